//! How much of what there is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cache_store::file::wall_clock_ns;
use manifest::Digest;
use release::Release;

use super::cache_dir::{CacheDir, PackageForm, package_name};
use super::entries::{self, EntryLook};
use super::known_names::KnownNames;
use super::manifests::{self, Contents};
use super::problems::Problems;
use super::references::references;
use super::things::{Measured, Seen, Size, Thing, measure, things};
use crate::environment::layout::Kind;
use crate::limits::{LARGEST, MAX_ROOTS};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Ages that are told apart: each is what something is younger than, the last is all else.
pub(crate) const AGES: [(&str, Duration); 5] = [
    ("1 day", DAY),
    ("7 days", DAY.saturating_mul(7)),
    ("30 days", DAY.saturating_mul(30)),
    ("90 days", DAY.saturating_mul(90)),
    ("older", Duration::MAX),
];

/// All of a kind.
#[derive(Clone, Debug)]
pub(crate) struct KindStats {
    pub(crate) kind: Kind,
    /// Entries, manifests, outputs, packages: what lies in the folder itself.
    pub(crate) things: u64,
    /// With all below it.
    pub(crate) size: Size,
}

/// A share of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Share {
    pub(crate) name: String,
    pub(crate) things: u64,
    pub(crate) size: Size,
}

/// One of the largest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Largest {
    pub(crate) bytes: u64,
    /// Below the cache directory.
    pub(crate) path: PathBuf,
}

/// What is in one cache directory.
#[derive(Debug)]
pub(crate) struct DirStats {
    pub(crate) path: PathBuf,
    /// Whether its manifests are zirc's.
    pub(crate) is_own: bool,
    /// Those that are there.
    pub(crate) kinds: Vec<KindStats>,
    /// All that is recognised.
    pub(crate) total: Size,
    /// What is there besides, by name.
    pub(crate) unknown: Vec<Share>,
    /// By when it was last modified: a row for each of [`AGES`].
    pub(crate) ages: Vec<Size>,
    /// What was modified later than now: a clock runs wrong, or ran.
    pub(crate) in_future: Size,
    /// By the releases that wrote it, as far as that can be told.
    pub(crate) releases: Vec<Share>,
    /// By the first file that the manifests read, largest first; outputs count with their manifest. Those
    /// beyond a limit are left out.
    pub(crate) roots: Vec<Share>,
    /// How many are left out.
    pub(crate) more_roots: u64,
    pub(crate) largest: Vec<Largest>,
    /// Outputs that no manifest names. `None` where a manifest could not be read, so that it cannot be told.
    pub(crate) orphans: Option<Share>,
    /// Manifests that could not be read.
    pub(crate) not_understood: u64,
    pub(crate) problems: Problems,
}

const UNKNOWN_RELEASE: &str = "not to be told";

/// Counts what is in the directories. `names` makes the names of entries that are known for one; `looked_at`
/// is told of files as they are counted.
pub(crate) fn stats(
    dirs: &[CacheDir],
    names: &dyn Fn(&CacheDir) -> KnownNames,
    looked_at: &dyn Fn(u64),
) -> Vec<DirStats> {
    // A file with a name in each of two directories takes its room once.
    let mut seen = Seen::default();
    let now = wall_clock_ns();
    let dirs = dirs.iter();
    dirs.map(|dir| Counter::new(now).count(dir, &names(dir), &mut seen, looked_at))
        .collect()
}

#[derive(Default)]
struct Counter {
    now_ns: i128,
    kinds: BTreeMap<Kind, (u64, Size)>,
    ages: [Size; AGES.len()],
    in_future: Size,
    releases: BTreeMap<String, (u64, Size)>,
    /// Roots by number: their names, and what they come to.
    roots: Vec<(Vec<u8>, u64, Size)>,
    numbers: HashMap<Vec<u8>, usize>,
    more_roots: u64,
    /// Which root an output belongs to.
    root_of_output: HashMap<Digest, usize>,
    largest: BinaryHeap<Reverse<Largest>>,
    orphans: (u64, Size),
}

impl Counter {
    fn new(now_ns: i128) -> Counter {
        Counter {
            now_ns,
            ..Counter::default()
        }
    }

    fn count(
        mut self,
        dir: &CacheDir,
        names: &KnownNames,
        seen: &mut Seen,
        looked_at: &dyn Fn(u64),
    ) -> DirStats {
        let mut problems = Problems::default();
        let count = &mut |files| looked_at(files);
        for &kind in dir.kinds() {
            self.kinds.insert(kind, (0, Size::default()));
        }
        let references = references(dir, seen, &mut problems, count, &mut |thing, manifest| {
            self.add(Kind::Manifests, thing);
            if let Some(manifest) = manifest {
                self.add_release(manifests::releases_of(manifest.format), thing.size);
                self.add_root(dir.is_own, manifest.key, manifest.contents, thing.size);
            }
        });
        let kinds = dir.kinds().iter().filter(|kind| **kind != Kind::Manifests);
        for &kind in kinds {
            let Some(folder) = dir.folder(kind) else {
                continue;
            };
            things(
                &folder,
                seen,
                &mut problems,
                count,
                &mut |thing, problems| {
                    self.add(kind, &thing);
                    match kind {
                        Kind::Outputs => {
                            let digest = super::cache_dir::digest_of(&thing.name);
                            let referrer = digest.and_then(|d| references.outputs.get(&d));
                            match referrer {
                                Some(&format) => {
                                    self.add_release(manifests::releases_of(format), thing.size)
                                }
                                None => self.add_release(UNKNOWN_RELEASE, thing.size),
                            }
                            if let Some(root) = digest.and_then(|d| self.root_of_output.get(&d)) {
                                self.roots[*root].2 += thing.size;
                            }
                            if digest.is_some_and(|d| references.is_orphan(&d) == Some(true)) {
                                self.orphans.0 += 1;
                                self.orphans.1 += thing.size;
                            }
                        }
                        Kind::Entries => match entries::look(&thing.path) {
                            Ok(EntryLook::Ours(Some(release))) => {
                                self.add_release(release.as_str(), thing.size);
                            }
                            Ok(_) => {
                                let release = names.release_of(Path::new(&thing.name));
                                let release = release.map_or(UNKNOWN_RELEASE, Release::as_str);
                                self.add_release(release, thing.size);
                            }
                            Err(error) => problems.note(&thing.path, &error),
                        },
                        Kind::Packages => {
                            let (form, _) = package_name(&thing.name, thing.metadata.is_dir());
                            let releases = match form {
                                PackageForm::Directory => "0.14 and 0.15 (packages)",
                                PackageForm::Archive => "0.16 and 0.17 (packages)",
                            };
                            self.add_release(releases, thing.size);
                        }
                        Kind::Manifests
                        | Kind::Builtins
                        | Kind::Configurations
                        | Kind::Temporary => self.add_release(UNKNOWN_RELEASE, thing.size),
                    }
                },
            );
        }
        let mut unknown = Vec::new();
        for name in &dir.others {
            let path = dir.path.join(name);
            match measure(&path, seen, &mut problems) {
                Ok(Measured { size, .. }) => unknown.push(Share {
                    name: name.to_string_lossy().into_owned(),
                    things: 1,
                    size,
                }),
                Err(error) => problems.note(&path, &error),
            }
        }
        self.finish(dir, unknown, references.not_understood, problems)
    }

    fn add(&mut self, kind: Kind, thing: &Thing) {
        let (things, size) = self.kinds.entry(kind).or_default();
        *things += 1;
        *size += thing.size;
        match u128::try_from(self.now_ns - thing.modified_ns) {
            Ok(age) => {
                let younger = |(_, than): &&(&str, Duration)| age < than.as_nanos();
                let row = AGES.iter().take_while(|row| !younger(row)).count();
                self.ages[row.min(AGES.len() - 1)] += thing.size;
            }
            Err(_) => self.in_future += thing.size,
        }
        let bytes = thing.size.bytes;
        let is_large = self.largest.len() < LARGEST
            || self
                .largest
                .peek()
                .is_some_and(|Reverse(l)| l.bytes < bytes);
        if is_large {
            let path = kind.path_of(&thing.name);
            self.largest.push(Reverse(Largest { bytes, path }));
            if self.largest.len() > LARGEST {
                self.largest.pop();
            }
        }
    }

    fn add_release(&mut self, release: &str, size: Size) {
        if let Some(share) = self.releases.get_mut(release) {
            share.0 += 1;
            share.1 += size;
        } else {
            self.releases.insert(release.to_owned(), (1, size));
        }
    }

    fn add_root(&mut self, is_own: bool, key: Digest, contents: &Contents, size: Size) {
        let Contents::Listed(listing) = contents else {
            return;
        };
        let name = manifests::root_of(listing).unwrap_or_default();
        let number = match self.numbers.get(&name) {
            Some(&number) => number,
            None if self.roots.len() >= MAX_ROOTS => {
                self.more_roots += 1;
                return;
            }
            None => {
                self.numbers.insert(name.clone(), self.roots.len());
                self.roots.push((name, 0, Size::default()));
                self.roots.len() - 1
            }
        };
        self.roots[number].1 += 1;
        self.roots[number].2 += size;
        let output = manifests::output_of(is_own, key, listing);
        self.root_of_output.insert(output, number);
    }

    fn finish(
        self,
        dir: &CacheDir,
        unknown: Vec<Share>,
        not_understood: u64,
        problems: Problems,
    ) -> DirStats {
        let share = |(name, (things, size)): (String, (u64, Size))| Share { name, things, size };
        let mut total = Size::default();
        for (_, size) in self.kinds.values() {
            total += *size;
        }
        let mut releases: Vec<Share> = self.releases.into_iter().map(share).collect();
        releases.sort_by_key(|share| Reverse(share.size.bytes));
        let root = |(name, things, size): (Vec<u8>, u64, Size)| Share {
            name: String::from_utf8_lossy(&name).into_owned(),
            things,
            size,
        };
        let mut roots: Vec<Share> = self.roots.into_iter().map(root).collect();
        roots.sort_by(|a, b| (b.size.bytes, &a.name).cmp(&(a.size.bytes, &b.name)));
        let more = roots.len().saturating_sub(LARGEST) as u64;
        roots.truncate(LARGEST);
        let mut largest: Vec<Largest> = self.largest.into_iter().map(|Reverse(l)| l).collect();
        largest.sort_by(|a, b| (b.bytes, &a.path).cmp(&(a.bytes, &b.path)));
        let orphans = Share {
            name: String::new(),
            things: self.orphans.0,
            size: self.orphans.1,
        };
        let kinds = self.kinds.into_iter();
        DirStats {
            path: dir.path.clone(),
            is_own: dir.is_own,
            kinds: kinds
                .map(|(kind, (things, size))| KindStats { kind, things, size })
                .collect(),
            total,
            unknown,
            ages: self.ages.to_vec(),
            in_future: self.in_future,
            releases,
            roots,
            more_roots: self.more_roots + more,
            largest,
            orphans: (not_understood == 0).then_some(orphans),
            not_understood,
            problems,
        }
    }
}
