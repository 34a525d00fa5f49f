//! The same programs under several releases, and what these have in common.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use release::Release;

use super::report::Report;
use crate::graph::{Diagnostic, Observer, Unresolved};
use crate::paths::{self, Resolved};

/// Something that is so under some of the releases.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Shared<T> {
    /// What is so.
    pub(crate) item: T,
    /// Under these, oldest first.
    pub(crate) releases: Vec<Release>,
}

/// A line of the table that says how releases compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    /// The release.
    pub(crate) release: Release,
    /// Whether nothing is wrong.
    pub(crate) passes: bool,
    /// Number of files.
    pub(crate) files: usize,
    /// How many of them have errors or could not be loaded.
    pub(crate) failed: usize,
    /// Number of errors.
    pub(crate) errors: usize,
    /// Whether the standard library was at hand; none where it is not asked for.
    pub(crate) std: Option<bool>,
}

/// What came of each release, oldest first.
#[derive(Debug)]
pub struct Matrix {
    /// The reports.
    pub reports: Vec<Report>,
}

impl Matrix {
    /// The table. With `strict` an import that leads nowhere is an error.
    pub(crate) fn rows(&self, strict: bool) -> Vec<Row> {
        let row = |report: &Report| {
            let unresolved = if strict { report.unresolved.len() } else { 0 };
            Row {
                release: report.choice.release,
                passes: report.passes(strict),
                files: report.files,
                failed: report.failed,
                errors: report.diagnostics.len() + unresolved,
                std: Some(report.std_at_hand),
            }
        };
        self.reports.iter().map(row).collect()
    }

    /// All errors, each once, in path order.
    pub(crate) fn diagnostics(&self) -> Vec<Shared<Diagnostic>> {
        let lists = self.lists(|report| report.diagnostics.clone());
        share_by_path(lists, |diagnostic| &diagnostic.path)
    }

    /// All imports that lead nowhere, likewise.
    pub(crate) fn unresolved(&self) -> Vec<Shared<Unresolved>> {
        let lists = self.lists(|report| report.unresolved.clone());
        share_by_path(lists, |unresolved| paths::bytes(&unresolved.path))
    }

    /// All imports of modules that the build has yet to make, likewise.
    pub(crate) fn not_generated(&self) -> Vec<Shared<Unresolved>> {
        let lists = self.lists(|report| report.not_generated.clone());
        share_by_path(lists, |unresolved| paths::bytes(&unresolved.path))
    }

    /// What else there is to tell.
    pub(crate) fn notes(&self) -> Vec<Shared<String>> {
        share(self.lists(|report| report.said.notes.clone()))
    }

    /// What the user is warned of.
    pub(crate) fn warnings(&self) -> Vec<Shared<String>> {
        share(self.lists(|report| report.said.warnings.clone()))
    }

    /// All files that were read under any of them, in path order.
    pub(crate) fn inputs(&self) -> Vec<PathBuf> {
        let all = self.reports.iter().flat_map(|report| &*report.inputs);
        let all: BTreeMap<Resolved, &PathBuf> = all.map(|p| (Resolved(p.clone()), p)).collect();
        all.into_values().cloned().collect()
    }

    fn lists<T>(&self, of: impl Fn(&Report) -> Vec<T>) -> Vec<(Release, Vec<T>)> {
        let list = |report: &Report| (report.choice.release, of(report));
        self.reports.iter().map(list).collect()
    }
}

/// What each release says, each once, file by file in path order.
pub(crate) fn share_by_path<T: Clone + Eq + Hash>(
    lists: Vec<(Release, Vec<T>)>,
    path: impl Fn(&T) -> &[u8],
) -> Vec<Shared<T>> {
    let mut files: BTreeMap<Resolved, Vec<(Release, Vec<T>)>> = BTreeMap::new();
    for (release, list) in lists {
        for item in list {
            let file = Resolved(paths::from_bytes(path(&item)).into_owned());
            let lists = files.entry(file).or_default();
            match lists.last_mut() {
                Some((last, list)) if *last == release => list.push(item),
                _ => lists.push((release, vec![item])),
            }
        }
    }
    files.into_values().flat_map(share).collect()
}

/// What each release says, each once. What only later releases say stands behind what they say before it, so
/// the order of each list is kept as far as all agree on it. What a release says twice is there twice.
pub(crate) fn share<T: Clone + Eq + Hash>(lists: Vec<(Release, Vec<T>)>) -> Vec<Shared<T>> {
    let mut items: Vec<Shared<T>> = Vec::new();
    // The item behind each, by number; the one in front of all has no item.
    const FRONT: usize = 0;
    let mut next: Vec<Option<usize>> = vec![None];
    let mut places: HashMap<(T, usize), usize> = HashMap::new();
    for (release, list) in lists {
        let mut times: HashMap<T, usize> = HashMap::new();
        let mut last = FRONT;
        for item in list {
            let time = times.entry(item.clone()).or_default();
            let key = (item.clone(), *time);
            *time += 1;
            let place = *places.entry(key).or_insert_with(|| {
                let place = next.len();
                next.push(next[last]);
                next[last] = Some(place);
                items.push(Shared {
                    item,
                    releases: Vec::new(),
                });
                place
            });
            items[place - 1].releases.push(release);
            last = place;
        }
    }
    let mut items: Vec<Option<Shared<T>>> = items.into_iter().map(Some).collect();
    let mut shared = Vec::with_capacity(items.len());
    let mut at = next[FRONT];
    while let Some(place) = at {
        shared.extend(items[place - 1].take());
        at = next[place];
    }
    shared
}

/// Tells an observer of several runs as if they were one.
pub(super) struct Together<'o> {
    observer: &'o dyn Observer,
    /// How many files are done and known, of each.
    counts: Mutex<Vec<[usize; 2]>>,
}

/// One of several runs.
pub(super) struct OneOf<'t> {
    all: &'t Together<'t>,
    number: usize,
}

impl<'o> Together<'o> {
    pub(super) fn new(observer: &'o dyn Observer, runs: usize) -> Together<'o> {
        Together {
            observer,
            counts: Mutex::new(vec![[0, 0]; runs]),
        }
    }

    pub(super) fn run(&self, number: usize) -> OneOf<'_> {
        OneOf { all: self, number }
    }
}

impl Observer for OneOf<'_> {
    fn progress(&self, done: usize, total: usize) {
        let counts = self.all.counts.lock();
        let mut counts = counts.unwrap_or_else(|poisoned| poisoned.into_inner());
        counts[self.number] = [done, total];
        let sum = |i: usize| counts.iter().map(|of| of[i]).sum();
        self.all.observer.progress(sum(0), sum(1));
    }

    fn waiting(&self, entry: &Path) {
        self.all.observer.waiting(entry);
    }

    fn note(&self, what: &str) {
        self.all.observer.note(what);
    }

    fn running(&self, what: &str) {
        self.all.observer.running(what);
    }

    fn waiting_for_manifest(&self, manifest: &Path) {
        self.all.observer.waiting_for_manifest(manifest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASES: [Release; 3] = [Release::V0_14_0, Release::V0_14_1, Release::V0_15_1];

    /// Lists of words, one for each release, as `word:releases` by number.
    fn shared(lists: &[&str]) -> String {
        let words = |list: &str| -> Vec<String> {
            let words = list.split(' ').filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        let lists = RELEASES.iter().zip(lists);
        let lists = lists.map(|(&release, list)| (release, words(list)));
        let number = |release: &Release| RELEASES.iter().position(|r| r == release).unwrap();
        let one = |shared: &Shared<String>| {
            let releases = shared.releases.iter().map(|r| number(r).to_string());
            format!("{}:{}", shared.item, releases.collect::<String>())
        };
        let shared = share(lists.collect());
        shared.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn each_is_there_once() {
        for (lists, expected) in [
            (&["", "", ""][..], ""),
            (&["a b", "a b", "a b"], "a:012 b:012"),
            (&["a b", "", "a b"], "a:02 b:02"),
            // Behind what came before it in its own list.
            (&["a c", "a b c"], "a:01 b:1 c:01"),
            (&["a", "b a"], "b:1 a:01"),
            (&["a b", "a c", "a d"], "a:012 d:2 c:1 b:0"),
            (&["", "a", "b"], "b:2 a:1"),
            // Where they do not agree, the older one's order.
            (&["a b", "b a"], "a:01 b:01"),
            (&["a b", "b x a y"], "a:01 y:1 b:01 x:1"),
            // Twice is twice.
            (&["a a b", "a b", "a a a b"], "a:012 a:02 a:2 b:012"),
        ] {
            assert_eq!(shared(lists), expected, "{lists:?}");
        }
    }

    #[test]
    fn nothing_is_lost() {
        // All lists of up to three of three words, for two releases.
        let mut lists = vec![String::new()];
        for _ in 0..3 {
            for list in lists.clone() {
                lists.extend(["a", "b", "c"].map(|word| format!("{list} {word}")));
            }
        }
        for old in &lists {
            for new in &lists {
                let shared = shared(&[old, new]);
                for (number, list) in [('0', old), ('1', new)] {
                    let count = |word: &str| list.split(' ').filter(|w| *w == word).count();
                    for word in ["a", "b", "c"] {
                        let of = shared.split(' ').filter(|s| {
                            s.split_once(':')
                                .is_some_and(|(w, r)| w == word && r.contains(number))
                        });
                        assert_eq!(of.count(), count(word), "{old:?} {new:?}: {shared}");
                    }
                }
            }
        }
    }

    #[test]
    fn files_are_in_path_order() {
        let lists = [
            (Release::V0_14_0, vec!["b/x 1", "b/x 2", "c 1"]),
            (Release::V0_14_1, vec!["a 1", "b/x 2", "b/x 3", "b 1"]),
        ];
        let shared = share_by_path(lists.to_vec(), |item| {
            item.split(' ').next().unwrap().as_bytes()
        });
        let items: Vec<_> = shared.iter().map(|s| (s.item, s.releases.len())).collect();
        let expected = [
            ("a 1", 1),
            ("b 1", 1),
            ("b/x 1", 1),
            ("b/x 2", 2),
            ("b/x 3", 1),
            ("c 1", 1),
        ];
        assert_eq!(items, expected);
    }
}
