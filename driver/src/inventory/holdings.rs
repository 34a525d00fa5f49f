//! What is in a cache directory that could be removed: what belongs together, how much it takes, and when it
//! was last used.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use cache_store::file::{FileId, Metadata, Stat, disk_usage};
use manifest::{Digest, Listing};

use super::cache_dir::{CacheDir, PackageName, digest_of, package_name};
use super::manifests::{self, Contents};
use super::outputs::{output_in, output_path};
use super::places::runner;
use super::problems::Problems;
use super::things::{Seen, Size, Thing, things};
use crate::environment::layout::{self, Kind};
use crate::paths;

/// What something is to whoever wants to remove it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Role {
    /// What an earlier run has taken away and not come to delete.
    Gone,
    /// Something in `tmp/`.
    Temporary,
    /// An output that no manifest names or has among its inputs.
    Orphan,
    /// A manifest with nothing in it.
    Empty,
    /// A manifest with what it names, if that is there.
    Result,
    /// The IR of a source.
    Entry,
    /// Options of a build script, which no manifest names.
    Options,
    /// A package.
    Package,
}

/// Something that could be removed.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    pub(crate) role: Role,
    /// The manifest's name in `h/`, and how it was found.
    pub(crate) manifest: Option<(OsString, Stat)>,
    /// What else it is, below the cache directory, and which file or directory that was.
    pub(crate) thing: Option<(PathBuf, FileId)>,
    pub(crate) size: Size,
    /// When it was last written or read, nanoseconds since 1970; by a result that needs it, too.
    pub(crate) used_ns: i128,
    /// Which step or program it is a result of: results with the same number are of the same.
    pub(crate) root: Option<usize>,
}

/// All of them, and what is there besides.
#[derive(Debug)]
pub(crate) struct Holdings {
    pub(crate) path: PathBuf,
    pub(crate) is_own: bool,
    pub(crate) all: Vec<Holding>,
    /// Everything of the known kinds, removable or not.
    pub(crate) total: Size,
    /// What of `h/` is not understood: then no output is known to be an orphan.
    pub(crate) not_understood: u64,
    pub(crate) problems: Problems,
}

/// Begins the names in `tmp/` of what is about to be deleted.
pub(crate) const GONE: &str = "zirc-gone-";

/// Looks at a directory. `looked_at` is told of files as they are counted.
pub(crate) fn holdings(dir: &CacheDir, looked_at: &dyn Fn(u64)) -> Holdings {
    let mut gatherer = Gatherer::default();
    let mut problems = Problems::default();
    let mut seen = Seen::default();
    let mut total = Size::default();
    let count = &mut |files| looked_at(files);
    // Manifests first: then it is known what belongs to them.
    let order = [
        Kind::Manifests,
        Kind::Outputs,
        Kind::Configurations,
        Kind::Entries,
        Kind::Packages,
        Kind::Temporary,
        Kind::Builtins,
    ];
    for kind in order {
        let Some(folder) = dir.folder(kind) else {
            continue;
        };
        // The folder itself takes room too, a lot of it where it has many names.
        if let Ok(metadata) = Metadata::of_link(&folder) {
            total.bytes += disk_usage(&metadata);
        }
        let look = &mut |thing: Thing, problems: &mut Problems| {
            total += thing.size;
            match kind {
                Kind::Manifests => gatherer.manifest(dir, &thing, problems),
                Kind::Outputs | Kind::Configurations => gatherer.output(kind, &thing),
                Kind::Entries if digest_of(&thing.name).is_some() && !thing.metadata.is_dir() => {
                    gatherer.add(Role::Entry, kind, &thing);
                }
                Kind::Packages => {
                    let (_, name) = package_name(&thing.name, thing.metadata.is_dir());
                    if name == PackageName::Hash {
                        gatherer.add(Role::Package, kind, &thing);
                    }
                }
                Kind::Temporary => {
                    if let Some(role) = temporary(&thing.name) {
                        gatherer.add(role, kind, &thing);
                    }
                }
                // It is small, and everything needs it.
                Kind::Builtins | Kind::Entries => {}
            }
        };
        things(&folder, &mut seen, &mut problems, count, look);
    }
    let not_understood = gatherer.not_understood;
    Holdings {
        path: dir.path.clone(),
        is_own: dir.is_own,
        all: gatherer.finish(),
        total,
        not_understood,
        problems,
    }
}

/// What a name in `tmp/` is of; `None` if it is not known who would call something so.
fn temporary(name: &OsStr) -> Option<Role> {
    let bytes = paths::bytes(Path::new(name));
    if bytes.starts_with(GONE.as_bytes()) {
        return Some(Role::Gone);
    }
    // A number in hexadecimal digits, with a name behind it for what is no directory.
    let is_digit = |b: &&u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let digits = bytes.iter().take_while(is_digit).count();
    let ends = matches!(bytes.get(digits), None | Some(b'-' | b'.' | b'_'));
    ((8..=16).contains(&digits) && ends).then_some(Role::Temporary)
}

#[derive(Default)]
struct Gatherer {
    all: Vec<Holding>,
    /// Which result names an output.
    owners: HashMap<Digest, usize>,
    /// The outputs that a result has among its inputs.
    needs: Vec<(usize, Digest)>,
    /// Those, and of manifests that name nothing.
    needed: HashSet<Digest>,
    /// Outputs that no manifest names.
    unowned: Vec<(Digest, Holding)>,
    roots: HashMap<Vec<u8>, usize>,
    /// The results that run build scripts, by what they are.
    runners: Vec<(&'static str, usize)>,
    not_understood: u64,
}

impl Gatherer {
    fn add(&mut self, role: Role, kind: Kind, thing: &Thing) {
        self.all.push(holding(role, kind, thing));
    }

    fn manifest(&mut self, dir: &CacheDir, thing: &Thing, problems: &mut Problems) {
        let Some((format, key)) = manifests::key_of(&thing.name) else {
            // What is called otherwise may be a manifest of a release that is not known.
            self.not_understood += u64::from(thing.name != "timestamp");
            return;
        };
        let contents = match manifests::read(&thing.path, format) {
            Ok(contents) => contents,
            Err(error) => {
                problems.note(&thing.path, &error);
                self.not_understood += 1;
                return;
            }
        };
        let manifest = Some((thing.name.clone(), Stat::of(&thing.metadata)));
        let mut held = Holding {
            manifest,
            thing: None,
            ..holding(Role::Result, Kind::Manifests, thing)
        };
        match contents {
            Contents::Empty => {
                held.role = Role::Empty;
                self.all.push(held);
            }
            Contents::Listed(listing) => {
                held.root = Some(self.root(&listing));
                let number = self.all.len();
                self.runners
                    .extend(runner(&listing).map(|runner| (runner, number)));
                for entry in &listing.entries {
                    if let Some((output, _)) = output_in(&entry.path.sub_path) {
                        self.needs.push((number, output));
                        self.needed.insert(output);
                    }
                }
                let output = manifests::output_of(dir.is_own, key, &listing);
                self.owners.insert(output, number);
                self.all.push(held);
            }
            Contents::Other | Contents::Damaged => self.not_understood += 1,
        }
    }

    fn root(&mut self, listing: &Listing) -> usize {
        let name = manifests::root_of(listing).unwrap_or_default();
        let next = self.roots.len();
        *self.roots.entry(name).or_insert(next)
    }

    fn output(&mut self, kind: Kind, thing: &Thing) {
        let Some(digest) = digest_of(&thing.name) else {
            return;
        };
        let owner = self.owners.get(&digest).copied();
        match owner.and_then(|owner| self.all.get_mut(owner)) {
            Some(owner) if owner.thing.is_none() => {
                let path = output_path(kind, digest);
                owner.thing = Some((path, FileId::of(&thing.metadata)));
                owner.size += thing.size;
                owner.used_ns = owner.used_ns.max(thing.used_ns);
            }
            _ => {
                let role = match kind {
                    Kind::Configurations => Role::Options,
                    _ => Role::Orphan,
                };
                self.unowned.push((digest, holding(role, kind, thing)));
            }
        }
    }

    /// What runs the build script was used when the newest result was made, whatever its own times say: every
    /// build begins with it. Of several of a kind that is the newest.
    fn use_runners(&mut self) {
        let results = self.all.iter().filter(|held| held.role == Role::Result);
        let Some(newest_ns) = results.map(|held| held.used_ns).max() else {
            return;
        };
        let mut newest: HashMap<&str, usize> = HashMap::new();
        for &(runner, number) in &self.runners {
            let other = newest.entry(runner).or_insert(number);
            if self.all[number].used_ns > self.all[*other].used_ns {
                *other = number;
            }
        }
        for number in newest.into_values() {
            self.all[number].used_ns = newest_ns;
        }
    }

    fn finish(mut self) -> Vec<Holding> {
        self.use_runners();
        // What a result needs is used whenever that is. Steps follow each other; there are not many.
        for _ in 0..crate::limits::MAX_STEPS_IN_A_ROW {
            let mut is_changed = false;
            for (by, needed) in &self.needs {
                let used_ns = self.all[*by].used_ns;
                let Some(&owner) = self.owners.get(needed) else {
                    continue;
                };
                if self.all[owner].used_ns < used_ns {
                    self.all[owner].used_ns = used_ns;
                    is_changed = true;
                }
            }
            if !is_changed {
                break;
            }
        }
        for (digest, held) in self.unowned {
            // What a manifest has among its inputs goes after that.
            let is_orphan = held.role == Role::Orphan;
            let is_kept = is_orphan && (self.not_understood > 0 || self.needed.contains(&digest));
            if !is_kept {
                self.all.push(held);
            }
        }
        self.all
    }
}

fn holding(role: Role, kind: Kind, thing: &Thing) -> Holding {
    let path = kind.path_of(&thing.name);
    Holding {
        role,
        manifest: None,
        thing: Some((path, FileId::of(&thing.metadata))),
        size: thing.size,
        used_ns: thing.used_ns,
        root: None,
    }
}

/// The project that a cache directory is the local one of, if it is one.
pub(crate) fn project_of(dir: &Path) -> Option<&Path> {
    let dir = match dir.ends_with(layout::OWN) {
        true => dir.parent()?,
        false => dir,
    };
    let parent = dir.parent()?;
    let is_local = |shared| dir.ends_with(layout::local_folder(shared));
    let is_project = is_local(true) || is_local(false) || layout::is_project(parent);
    is_project.then_some(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_tmp() {
        let role = |name: &str| temporary(OsStr::new(name));
        for known in [
            "0123456789abcdef",
            "23456789abcdef-foo.o",
            "0123456789abcdef.lock",
        ] {
            assert_eq!(role(known), Some(Role::Temporary), "{known}");
        }
        assert_eq!(role("zirc-gone-12-3"), Some(Role::Gone));
        for unknown in [
            "my thesis",
            "abc",
            "0123456789abcdefg",
            "0123456789abcdef0",
            "",
        ] {
            assert_eq!(role(unknown), None, "{unknown}");
        }
    }
}
