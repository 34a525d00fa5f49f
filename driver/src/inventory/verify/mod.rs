//! What is wrong in cache directories, and which of it makes a build fail.
//!
//! What a release of the reference does with damage was measured (docs/caches.md). In short: a manifest whose
//! inputs are as recorded is believed, and then what it names is opened. If that is not there, the build
//! fails, and goes on failing. A text that is no manifest is an error as well; all else is a miss, which
//! mends itself.
//!
//! Not every manifest names something: a step that runs a program and keeps nothing of it has none in `o/`.
//! Nothing in the manifest tells that. So it *fails* only where something proves that there was an output: a
//! compiler has written the manifest, or another one has the output's files among its inputs. Otherwise it
//! *may fail*, but for the tests that a build runs, which keep nothing.

mod damage;
mod inputs;
mod trouble;

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, Stat, wall_clock_ns};
use manifest::{Digest, Format, Listing};

use super::cache_dir::{CacheDir, PackageName, digest_of, package_name};
use super::entries::{self, EntryLook};
use super::manifests::{self, Contents};
use super::outputs::{Outputs, inputs_in_outputs, output_in, output_path};
use super::places::{Candidates, is_compilation, is_test};
use super::problems::Problems;
use super::reference_lines::{self, End, Read as Lines};
use super::things::{Seen, Size, Thing, things};
use crate::environment::CacheDirs;
use crate::environment::layout::Kind;
use crate::limits::{MAX_TRIED_INPUTS, OLD_TEMPORARY};
use crate::paths;
use inputs::Looked;
pub(crate) use trouble::{Found, Group, Severity, Trouble, Troubles};

/// What was found in one cache directory.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) path: PathBuf,
    /// Whether its manifests are zirc's.
    pub(crate) is_own: bool,
    pub(crate) manifests: u64,
    pub(crate) outputs: u64,
    pub(crate) entries: u64,
    pub(crate) troubles: Troubles,
    /// What makes builds fail, or may.
    pub(crate) failing: Vec<Failing>,
    /// Manifests, and files of other names in `h/`, that are not understood: then it cannot be told which
    /// outputs belong to none.
    pub(crate) not_understood: u64,
    pub(crate) problems: Problems,
}

impl Verified {
    /// Whether something makes a build fail, for certain.
    pub(crate) fn fails(&self) -> bool {
        self.failing.iter().any(|failing| failing.is_certain)
    }
}

/// Something that has to go for a build to pass: a manifest, what has the name of one or of an entry, or a
/// file of options.
#[derive(Clone, Debug)]
pub(crate) struct Failing {
    /// Where it is, below the cache directory.
    pub(crate) path: PathBuf,
    /// In which state it was found. In another one it is another matter.
    pub(crate) stat: Stat,
    /// What was not there, below the cache directory.
    pub(crate) missing: Option<PathBuf>,
    /// What was in the place of a directory, below the cache directory.
    pub(crate) in_the_way: Option<PathBuf>,
    /// Whether it makes builds fail. Otherwise it may.
    pub(crate) is_certain: bool,
}

/// Looks at all of the directories. `known` are directories that builds here would use, `lib` is a lib
/// directory if there is one; `looked_at` is told of files as they are counted.
pub(crate) fn verify(
    dirs: &[CacheDir],
    cwd: &Path,
    known: &[CacheDirs],
    lib: Option<&Path>,
    looked_at: &dyn Fn(u64),
) -> Vec<Verified> {
    let one = |dir: &CacheDir| {
        let candidates = Candidates::of(&dir.path, cwd, known, lib);
        Verifier::new(dir, candidates).run(looked_at)
    };
    dirs.iter().map(one).collect()
}

/// A manifest that was read, and names something.
struct Manifest {
    name: OsString,
    stat: Stat,
    output: Digest,
    /// Whether whoever asks for it believes it.
    is_hit: bool,
    is_compilation: bool,
    /// Of what compiles nothing and has few inputs: what it is the manifest of, and what it says.
    step: Option<(Digest, Listing)>,
    /// What its first input belongs to, if that is an output.
    first: Option<Digest>,
}

impl Failing {
    fn new(path: PathBuf, stat: Stat, is_certain: bool) -> Failing {
        Failing {
            path,
            stat,
            missing: None,
            in_the_way: None,
            is_certain,
        }
    }
}

struct Verifier<'a> {
    dir: &'a CacheDir,
    candidates: Candidates,
    outputs: Outputs,
    manifests: Vec<Manifest>,
    troubles: Troubles,
    failing: Vec<Failing>,
    /// Manifests that have among their inputs what is not there, and the output that it belongs to. They are
    /// as good as none, unless a path in them was damaged.
    doubtful: Vec<(Option<Digest>, Failing)>,
    not_understood: u64,
    /// Outputs that are compiled tests.
    tests: HashSet<Digest>,
    /// See [`Looked::damaged_options`].
    damaged_options: BTreeSet<PathBuf>,
}

impl<'a> Verifier<'a> {
    fn new(dir: &'a CacheDir, candidates: Candidates) -> Verifier<'a> {
        Verifier {
            dir,
            candidates,
            outputs: Outputs::default(),
            manifests: Vec::new(),
            troubles: Troubles::default(),
            failing: Vec::new(),
            doubtful: Vec::new(),
            not_understood: 0,
            tests: HashSet::new(),
            damaged_options: BTreeSet::new(),
        }
    }

    fn run(mut self, looked_at: &dyn Fn(u64)) -> Verified {
        let mut problems = Problems::default();
        let mut seen = Seen::default();
        let count = &mut |files| looked_at(files);
        let mut counts = [0; 3];
        let now_ns = wall_clock_ns();
        // Outputs last: by then it is known which of them are named.
        let order = [
            Kind::Manifests,
            Kind::Entries,
            Kind::Packages,
            Kind::Temporary,
            Kind::Outputs,
            Kind::Configurations,
        ];
        for kind in order {
            let Some(folder) = self.dir.folder(kind) else {
                continue;
            };
            self.outputs.begin(kind, &folder);
            let look = &mut |thing: Thing, problems: &mut Problems| match kind {
                Kind::Manifests => match manifests::key_of(&thing.name) {
                    Some((format, key)) => {
                        counts[0] += 1;
                        self.manifest(&thing, format, key, problems);
                    }
                    // What is called otherwise may be a manifest of a release that is not known.
                    None => self.not_understood += u64::from(thing.name != "timestamp"),
                },
                Kind::Entries => {
                    counts[2] += 1;
                    self.entry(&thing, problems);
                }
                Kind::Packages => {
                    if package_name(&thing.name, thing.metadata.is_dir()).1 == PackageName::Other {
                        self.add(Trouble::PackageName, kind, &thing, None);
                    }
                }
                Kind::Temporary => {
                    let age_ns = now_ns - thing.modified_ns;
                    if u128::try_from(age_ns).is_ok_and(|age| age > OLD_TEMPORARY.as_nanos()) {
                        self.add(Trouble::OldTemporary, kind, &thing, None);
                    }
                }
                Kind::Outputs | Kind::Configurations => {
                    counts[1] += u64::from(kind == Kind::Outputs);
                    self.outputs.add(kind, &thing, problems);
                }
                Kind::Builtins => {}
            };
            things(&folder, &mut seen, &mut problems, count, look);
        }
        self.judge();
        self.options();
        self.orphans();
        // What a manifest names will be there again.
        let outputs = &self.outputs;
        let doubtful = self.doubtful.into_iter();
        let doubtful = doubtful.filter(|(output, _)| {
            // One that is there was looked for elsewhere.
            output.is_none_or(|o| !outputs.is_named(o) || outputs.get(o).is_some())
        });
        self.failing.extend(doubtful.map(|(_, failing)| failing));
        // Of one that is there twice, what is certain.
        self.failing
            .sort_by(|a, b| (&a.path, b.is_certain).cmp(&(&b.path, a.is_certain)));
        self.failing.dedup_by(|b, a| a.path == b.path);
        let [manifests, outputs, entries] = counts;
        Verified {
            path: self.dir.path.clone(),
            is_own: self.dir.is_own,
            manifests,
            outputs,
            entries,
            troubles: self.troubles,
            failing: self.failing,
            not_understood: self.not_understood,
            problems,
        }
    }

    fn add(&mut self, trouble: Trouble, kind: Kind, thing: &Thing, detail: Option<String>) {
        let path = kind.path_of(&thing.name);
        self.troubles.add(trouble, path, thing.size, detail);
    }

    /// What is in `h/` under a manifest's name.
    fn manifest(&mut self, thing: &Thing, format: Format, key: Digest, problems: &mut Problems) {
        let file_type = thing.metadata.file_type();
        if !file_type.is_file() {
            // A link is followed by whoever opens it. Anything else cannot be opened, or waits for ever.
            match thing.opens_as_file() || self.dir.is_own {
                true => problems.note(&thing.path, &io::Error::other("not a regular file")),
                false => self.fails(Trouble::ManifestNoFile, Kind::Manifests, thing, None),
            }
            self.not_understood += 1;
            return;
        }
        let bytes = match manifests::read_bytes(&thing.path) {
            Ok(bytes) => bytes,
            Err(error) => {
                problems.note(&thing.path, &error);
                self.not_understood += 1;
                return;
            }
        };
        let (listing, end) = match (format, self.dir.is_own) {
            _ if bytes.is_empty() => return,
            (Format::Lines, false) => match reference_lines::read(&bytes) {
                Lines::Other => return self.other(thing),
                Lines::Lines { entries, end } => (Listing { format, entries }, end),
            },
            _ => match manifests::contents(&bytes, format) {
                Contents::Listed(listing) => (listing, End::Whole),
                Contents::Empty => return,
                Contents::Other | Contents::Damaged => return self.other(thing),
            },
        };
        let output = manifests::output_of(self.dir.is_own, key, &listing);
        let referred = inputs_in_outputs(&listing);
        if is_test(&listing) {
            self.tests.insert(output);
        }
        let is_compilation = is_compilation(&listing);
        let first = listing.entries.first();
        let first = first
            .and_then(|entry| output_in(&entry.path.sub_path))
            .map(|(output, _)| output);
        let is_step = !is_compilation && listing.entries.len() <= MAX_TRIED_INPUTS;
        let step = is_step.then(|| (key, listing.clone()));
        let Looked {
            found,
            missing,
            damaged_options,
        } = inputs::look(&self.candidates, listing, end);
        self.damaged_options.extend(damaged_options);
        // A path that is wrong says nothing about what was there.
        if !matches!(found, Some((Trouble::ManifestDamaged, _))) {
            self.outputs.refer(referred);
        }
        if let Some((trouble, detail)) = &found {
            match trouble.severity() {
                // zirc itself takes it for a miss.
                Severity::Fails if !self.dir.is_own => {
                    self.fails(*trouble, Kind::Manifests, thing, Some(detail.clone()));
                }
                Severity::Fails => {
                    let missed = Trouble::InputChanged;
                    self.add(missed, Kind::Manifests, thing, Some(detail.clone()));
                }
                _ => self.add(*trouble, Kind::Manifests, thing, Some(detail.clone())),
            }
        }
        if let Some(output) = missing
            && format == Format::Lines
            && !self.dir.is_own
        {
            let path = Kind::Manifests.path_of(&thing.name);
            let failing = Failing::new(path, Stat::of(&thing.metadata), false);
            self.doubtful.push((output, failing));
        }
        // Files are looked at before the line is come to.
        if let End::Refused(_) = end {
            match found {
                Some((Trouble::InputMissing, _)) => self.other(thing),
                Some((Trouble::ManifestDamaged, _)) => {}
                _ => self.fails(Trouble::ManifestDamaged, Kind::Manifests, thing, None),
            }
            return;
        }
        self.outputs.name(output);
        self.manifests.push(Manifest {
            name: thing.name.clone(),
            stat: Stat::of(&thing.metadata),
            output,
            is_hit: found.is_none(),
            is_compilation,
            step,
            first,
        });
    }

    fn other(&mut self, thing: &Thing) {
        self.add(Trouble::ManifestOther, Kind::Manifests, thing, None);
    }

    fn fails(&mut self, trouble: Trouble, kind: Kind, thing: &Thing, detail: Option<String>) {
        self.add(trouble, kind, thing, detail);
        let path = kind.path_of(&thing.name);
        self.failing
            .push(Failing::new(path, Stat::of(&thing.metadata), true));
    }

    fn entry(&mut self, thing: &Thing, problems: &mut Problems) {
        // As of manifests. zirc itself goes on without the entry.
        let is_asked_for = !self.dir.is_own && digest_of(&thing.name).is_some();
        if is_asked_for && !thing.opens_as_file() {
            return self.fails(Trouble::EntryNoFile, Kind::Entries, thing, None);
        }
        let trouble = match entries::look(&thing.path) {
            Ok(EntryLook::Empty) => Trouble::EntryEmpty,
            Ok(EntryLook::Cut) => Trouble::EntryCut,
            Ok(EntryLook::Ours(_) | EntryLook::Reference) => return,
            Err(error) => return problems.note(&thing.path, &error),
        };
        self.add(trouble, Kind::Entries, thing, None);
    }

    /// Which manifests name what is not there.
    fn judge(&mut self) {
        let manifests = std::mem::take(&mut self.manifests);
        // A compiler has written it, or another one needs it.
        let outputs = &self.outputs;
        let had_output = |manifest: &Manifest| {
            manifest.is_compilation || outputs.is_referred_to(manifest.output)
        };
        // That something was taken out of `o/` says nothing about the others where it is known what it was.
        let is_known_to_be_gone = |manifest: &Manifest| {
            manifest.is_hit && had_output(manifest) && outputs.get(manifest.output).is_none()
        };
        let were_taken_away =
            outputs.were_taken_away() && !manifests.iter().any(is_known_to_be_gone);
        let has_unnamed = outputs.has_unnamed();
        // Where that is so of most, the directory was copied, and the times tell nothing.
        let (mut count, mut altered) = (0, 0);
        for manifest in manifests.iter().filter(|manifest| manifest.is_hit) {
            if let Some(output) = outputs.get(manifest.output) {
                let is_altered = output.is_altered_since(manifest.stat.mtime_ns);
                count += 1;
                altered += usize::from(is_altered && !output.is_empty());
            }
        }
        let is_copied = altered * 2 > count;
        for manifest in manifests {
            let at = Kind::Manifests.path_of(&manifest.name);
            let mut tell = |trouble: Trouble, at_output: PathBuf, detail: String| {
                self.troubles
                    .add(trouble, at.clone(), Size::default(), Some(detail));
                if matches!(trouble.severity(), Severity::Fails | Severity::MayFail) {
                    let is_certain = trouble.severity() == Severity::Fails;
                    let mut failing = Failing::new(at.clone(), manifest.stat, is_certain);
                    match trouble {
                        Trouble::OutputEmpty | Trouble::OutputAltered => {}
                        Trouble::OutputNoDir => failing.in_the_way = Some(at_output),
                        _ => failing.missing = Some(at_output),
                    }
                    self.failing.push(failing);
                }
            };
            // Whoever asks for it does the work anew.
            if !manifest.is_hit {
                continue;
            }
            let path = output_path(Kind::Outputs, manifest.output);
            let shown = paths::display(&path);
            match self.outputs.get(manifest.output) {
                None if self.dir.is_own => tell(Trouble::RecordMissing, path, shown),
                None if had_output(&manifest) => tell(Trouble::OutputMissing, path, shown),
                None => {
                    let step = manifest.step.filter(|_| has_unnamed);
                    let other = step.and_then(|(key, listing)| outputs.one_digit_off(key, listing));
                    if let Some(other) = other {
                        let other = output_path(Kind::Outputs, other);
                        let shown = format!("'{}': one digit off", paths::display(&other));
                        tell(Trouble::ManifestDamaged, path, shown);
                    } else if manifest.first.is_some_and(|f| self.tests.contains(&f)) {
                        // It keeps nothing.
                    } else if were_taken_away {
                        tell(Trouble::OutputTaken, path, shown);
                    } else {
                        tell(Trouble::OutputUnknown, path, shown);
                    }
                }
                Some(_) if self.dir.is_own => {}
                Some(output) if output.is_in_the_way() => {
                    tell(Trouble::OutputNoDir, path, shown);
                }
                Some(output) => {
                    let lacks = self.outputs.lacks(&self.dir.path, manifest.output);
                    if let Some(file) = lacks {
                        let shown = paths::display(&file);
                        tell(Trouble::OutputLacks, file, shown);
                    } else if output.is_altered_since(manifest.stat.mtime_ns) {
                        if output.is_empty() {
                            tell(Trouble::OutputEmpty, path, shown);
                        } else if !is_copied {
                            tell(Trouble::OutputAltered, path, shown);
                        }
                    }
                }
            }
        }
    }

    /// Whoever needs one believes it by its name.
    fn options(&mut self) {
        for path in std::mem::take(&mut self.damaged_options) {
            // Those of another directory are told there.
            let Ok(metadata) = Metadata::of_link(&self.dir.path.join(&path)) else {
                continue;
            };
            self.troubles
                .add(Trouble::OptionsDamaged, path.clone(), Size::default(), None);
            self.failing
                .push(Failing::new(path, Stat::of(&metadata), true));
        }
    }

    fn orphans(&mut self) {
        if self.not_understood > 0 {
            return;
        }
        for (path, size) in self.outputs.orphans() {
            self.troubles.add(Trouble::Orphan, path, size, None);
        }
    }
}
