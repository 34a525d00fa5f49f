//! What of the caches the next build or check would find.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, is_absolute};
use cache_store::{Directories, Root, SourceFile, Stat};
use manifest::{Digest, Entry, Format, Kind as InputKind, Listing, Prefixes};
use walkdir::WalkDir;

use super::found::FoundDir;
use super::member::{Base, Member, with_slashes};
use crate::environment::layout::{self, Kind};
use crate::inventory::manifests::{self, Contents};
use crate::inventory::{EntryLook, PackageName, Problems, digest_of, entries, package_name};
use crate::paths;

/// Where things are on this machine.
pub(crate) struct Places<'a> {
    /// The working directory, absolute.
    pub(crate) cwd: &'a Path,
    /// The project's directory.
    pub(crate) project: &'a Path,
    /// The lib directory, if there is one.
    pub(crate) lib: Option<&'a Path>,
    /// Sets of directories that a manifest may have been written with.
    pub(crate) candidates: &'a dyn Fn(Format, &Path) -> Vec<Prefixes>,
}

/// Why something that is packed may be none of what is found elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Elsewhere {
    /// An entry of the reference's is found by inode, size and time of its source.
    EntryStat,
    /// A manifest has an input of which size, inode and time are all that counts.
    InputMetadata,
    /// An entry is named by the absolute path of its source.
    EntryPath,
    /// An entry is named by the path of the lib directory.
    LibPath,
    /// The manifest of a check is named by absolute paths.
    CheckPath,
    /// A manifest has an input by its absolute path.
    InputPath,
}

impl Elsewhere {
    /// Whether nothing but the same files on the same disk will do: another checkout has others.
    pub(crate) fn needs_same_files(self) -> bool {
        matches!(self, Elsewhere::EntryStat | Elsewhere::InputMetadata)
    }

    /// A word for programs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Elsewhere::EntryStat => "entry_stat",
            Elsewhere::InputMetadata => "input_metadata",
            Elsewhere::EntryPath => "entry_path",
            Elsewhere::LibPath => "lib_path",
            Elsewhere::CheckPath => "check_path",
            Elsewhere::InputPath => "input_path",
        }
    }

    /// When it is a hit, and when not, for people.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Elsewhere::EntryStat => {
                "entries of Zig's: found only by inode, size and time of the source"
            }
            Elsewhere::InputMetadata => {
                "manifests with an input of which only inode, size and time count"
            }
            Elsewhere::EntryPath => "entries named by the absolute path of the source",
            Elsewhere::LibPath => "entries named by the path of Zig's lib directory",
            Elsewhere::CheckPath => {
                "manifests of checks: named by the path of the working directory"
            }
            Elsewhere::InputPath => "manifests with an input by its absolute path",
        }
    }
}

/// What is not packed, by number.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct LeftOut {
    /// Manifests with an input that is not as it is recorded.
    pub(crate) stale: u64,
    /// Manifests without an output, be it that there was none or that it was removed.
    pub(crate) without_output: u64,
    /// Things with something in them that is neither a file nor a directory.
    pub(crate) with_links: u64,
    /// What is of no use to another checkout.
    pub(crate) needs_same_files: u64,
}

/// What is to be packed of a member.
#[derive(Debug)]
pub(super) enum Body {
    /// This. A manifest is packed as it was read.
    Bytes(Vec<u8>),
    /// What is at this path: a file, or a directory with all below it.
    At(PathBuf),
}

/// What the next build or check would find.
#[derive(Debug, Default)]
pub(crate) struct Used {
    /// In the order of an archive.
    pub(super) members: Vec<(Member, Body)>,
    /// Whose caches they are.
    pub(super) project: PathBuf,
    /// What need not be found elsewhere, by names in the archive.
    pub(crate) elsewhere: BTreeMap<Elsewhere, BTreeSet<String>>,
    pub(crate) left_out: LeftOut,
    /// What could not be looked at.
    pub(crate) problems: Problems,
}

/// What not to pack although it would be found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    /// What is found only with the same files.
    pub(crate) for_checkout: bool,
    /// Entries.
    pub(crate) without_entries: bool,
}

/// Finds out.
pub(crate) fn used(dirs: &[FoundDir], places: &Places<'_>, choice: Choice) -> Used {
    let mut finder = Finder {
        dirs,
        places,
        choice,
        used: Used {
            project: places.project.to_owned(),
            ..Used::default()
        },
        things: HashMap::new(),
        found_same: HashMap::new(),
        sources: HashMap::new(),
        source_paths: BTreeSet::new(),
        by_digest: None,
    };
    for dir in dirs {
        finder.manifests(dir);
    }
    finder.packages();
    if !choice.without_entries {
        for dir in dirs {
            finder.entries(dir);
        }
    }
    let mut used = finder.used;
    used.members
        .sort_by(|(a, _), (b, _)| a.order().cmp(&b.order()));
    used
}

struct Finder<'a> {
    dirs: &'a [FoundDir],
    places: &'a Places<'a>,
    choice: Choice,
    used: Used,
    /// Outputs, packages and the like that were looked at: whether they are packed.
    things: HashMap<Member, bool>,
    /// What was found out of inputs.
    found_same: HashMap<(PathBuf, Input), bool>,
    /// The files that live manifests list, by their stats: recorded ones, and those of now.
    sources: HashMap<Stat, PathBuf>,
    source_paths: BTreeSet<PathBuf>,
    by_digest: Option<HashMap<[u8; 16], PathBuf>>,
}

/// What is recorded of an input, but for where it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Input {
    format: Format,
    kind: InputKind,
    metadata_only: bool,
    stat: (u64, u64, i64),
    digest: Digest,
}

impl Finder<'_> {
    fn manifests(&mut self, dir: &FoundDir) {
        let Some(folder) = dir.dir.folder(Kind::Manifests) else {
            return;
        };
        // The same for all manifests of a form that lie here.
        let mut sets_of: HashMap<Format, Vec<Prefixes>> = HashMap::new();
        for name in self.names(&folder) {
            let path = folder.join(&name);
            let Some((format, key)) = manifests::key_of(name.as_os_str()) else {
                continue;
            };
            let bytes = match manifests::read_bytes(&path) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.used.problems.note(&path, &error);
                    continue;
                }
            };
            let Contents::Listed(listing) = manifests::contents(&bytes, format) else {
                continue;
            };
            let candidates = self.places.candidates;
            let sets = sets_of
                .entry(format)
                .or_insert_with(|| candidates(format, &path));
            let Some(prefixes) = sets.iter().find(|set| self.is_live(&listing, set)) else {
                self.used.left_out.stale += 1;
                continue;
            };
            let member = Member {
                base: dir.base,
                is_inner: dir.is_inner,
                kind: Kind::Manifests,
                name: paths::bytes(&name).to_vec(),
            };
            let output = manifests::output_of(dir.dir.is_own, key, &listing);
            let reason = self.reason_of_manifest(dir, &listing, prefixes);
            if self.is_refused(reason) {
                continue;
            }
            match self.output(dir, output) {
                Some(true) => {}
                Some(false) => continue,
                None => {
                    self.used.left_out.without_output += 1;
                    continue;
                }
            }
            self.note(&member, reason);
            self.used.members.push((member, Body::Bytes(bytes)));
            for entry in &listing.entries {
                if let Some(path) = prefixes.locate(&entry.path) {
                    self.input(&path, entry);
                }
            }
        }
    }

    /// Whether all inputs are as they are recorded.
    fn is_live(&mut self, listing: &Listing, prefixes: &Prefixes) -> bool {
        listing.entries.iter().all(|entry| {
            let Some(path) = prefixes.locate(&entry.path) else {
                return false;
            };
            let input = Input {
                format: listing.format,
                kind: entry.kind,
                metadata_only: entry.metadata_only,
                stat: (entry.stat.size, entry.stat.inode, entry.stat.mtime_ns),
                digest: entry.digest,
            };
            let of_one = || {
                let one = Listing {
                    format: listing.format,
                    entries: vec![entry.clone()],
                };
                let explained = manifest::explain(&one, prefixes, false);
                explained.iter().all(|e| e.finding.is_same())
            };
            *self.found_same.entry((path, input)).or_insert_with(of_one)
        })
    }

    fn reason_of_manifest(
        &self,
        dir: &FoundDir,
        listing: &Listing,
        prefixes: &Prefixes,
    ) -> Option<Elsewhere> {
        if dir.dir.is_own {
            return Some(Elsewhere::CheckPath);
        }
        let mut entries = listing.entries.iter();
        if entries.any(|entry| entry.metadata_only) {
            return Some(Elsewhere::InputMetadata);
        }
        let is_elsewhere = |entry: &Entry| {
            // What is below the project or the caches by its absolute path is there under another one.
            entry.path.prefix == 0
                && is_absolute(&entry.path.sub_path)
                && prefixes.locate(&entry.path).is_some()
        };
        let mut entries = listing.entries.iter();
        entries.any(is_elsewhere).then_some(Elsewhere::InputPath)
    }

    /// Whether something is not packed for this reason.
    fn is_refused(&mut self, reason: Option<Elsewhere>) -> bool {
        let is_refused =
            self.choice.for_checkout && reason.is_some_and(Elsewhere::needs_same_files);
        self.used.left_out.needs_same_files += u64::from(is_refused);
        is_refused
    }

    fn note(&mut self, member: &Member, reason: Option<Elsewhere>) {
        if let Some(reason) = reason {
            let names = self.used.elsewhere.entry(reason).or_default();
            names.insert(member.display());
        }
    }

    /// Packs what a manifest's build made. Whether it could be; `None` if there is nothing.
    fn output(&mut self, dir: &FoundDir, output: Digest) -> Option<bool> {
        let member = |kind| Member {
            base: dir.base,
            is_inner: dir.is_inner,
            kind,
            name: output.to_string().into_bytes(),
        };
        let kinds = [Kind::Outputs, Kind::Configurations].into_iter();
        let mut there = kinds.filter_map(|kind| {
            let path = dir.dir.folder(kind)?.join(output.to_string());
            let metadata = path.symlink_metadata().ok()?;
            let member = member(kind);
            let is_file = metadata.is_file() && member.may_be_file();
            (is_file || (metadata.is_dir() && member.may_be_dir())).then_some((member, path))
        });
        let (member, path) = there.next()?;
        Some(self.thing(member, path))
    }

    /// Packs a thing, once. Whether it can be.
    fn thing(&mut self, member: Member, path: PathBuf) -> bool {
        if let Some(&is_packed) = self.things.get(&member) {
            return is_packed;
        }
        let mut is_plain = true;
        for entry in WalkDir::new(&path).follow_links(false) {
            match entry {
                Ok(entry) => {
                    is_plain &= entry.file_type().is_file() || entry.file_type().is_dir();
                }
                Err(error) => {
                    is_plain = false;
                    let at = error.path().unwrap_or(&path).to_owned();
                    self.used.problems.note(&at, &io::Error::from(error));
                }
            }
        }
        self.used.left_out.with_links += u64::from(!is_plain);
        self.things.insert(member.clone(), is_plain);
        if is_plain {
            self.used.members.push((member, Body::At(path)));
        }
        is_plain
    }

    /// Remembers a file that a manifest lists. If it is in a cache directory, what it is in there is packed.
    fn input(&mut self, path: &Path, entry: &Entry) {
        let path = paths::absolute(self.places.cwd, path);
        if let Some((member, top)) = self.member_of(&path) {
            self.thing(member, top);
        }
        if entry.kind == InputKind::File {
            let recorded = Stat {
                inode: entry.stat.inode,
                size: entry.stat.size,
                mtime_ns: entry.stat.mtime_ns.into(),
            };
            let now = Metadata::at(&path).ok();
            let now = now.map(|metadata| Stat::of(&metadata));
            for stat in [Some(recorded), now].into_iter().flatten() {
                if stat.mtime_ns != 0 {
                    self.sources.insert(stat, path.clone());
                }
            }
            self.source_paths.insert(path);
        }
    }

    /// What a file in a cache directory belongs to, and where that is.
    fn member_of(&self, path: &Path) -> Option<(Member, PathBuf)> {
        let inside = self.dirs.iter().filter_map(|found| {
            let dir = paths::absolute(self.places.cwd, &found.dir.path);
            let rest = path.strip_prefix(&dir).ok()?.to_owned();
            Some((found, dir, rest))
        });
        // A global one may be around a local one.
        let (found, dir, rest) = inside.max_by_key(|(_, dir, _)| dir.as_os_str().len())?;
        let inner = if found.is_inner { "zirc/" } else { "" };
        let name = [
            format!("{}/{inner}", found.base.name()).as_bytes(),
            &with_slashes(paths::bytes(&rest)),
        ]
        .concat();
        let (member, _) = Member::parse(&name)?;
        if matches!(member.kind, Kind::Entries | Kind::Manifests) {
            return None;
        }
        let top = dir.join(member.kind.path_of(paths::from_bytes(&member.name)));
        Some((member, top))
    }

    /// Packs the archives of packages that are unpacked in the project and used there.
    fn packages(&mut self) {
        let unpacked = self.places.project.join(layout::PROJECT_PACKAGES);
        let below = |path: &PathBuf| {
            let rest = path.strip_prefix(&unpacked).ok()?;
            Some(rest.iter().next()?.to_owned())
        };
        let hashes: BTreeSet<_> = self.source_paths.iter().filter_map(below).collect();
        for hash in hashes {
            let mut name = hash;
            name.push(".tar.gz");
            if package_name(&name, false).1 != PackageName::Hash {
                continue;
            }
            for found in self.dirs {
                let Some(folder) = found.dir.folder(Kind::Packages) else {
                    continue;
                };
                let path = folder.join(&name);
                if path.symlink_metadata().is_ok_and(|m| m.is_file()) {
                    let member = Member {
                        base: found.base,
                        is_inner: found.is_inner,
                        kind: Kind::Packages,
                        name: paths::bytes(Path::new(&name)).to_vec(),
                    };
                    self.thing(member, path);
                }
            }
        }
    }

    /// Packs the entries of the sources that the manifests list.
    fn entries(&mut self, dir: &FoundDir) {
        let Some(folder) = dir.dir.folder(Kind::Entries) else {
            return;
        };
        for name in self.names(&folder) {
            if digest_of(name.as_os_str()).is_none() {
                continue;
            }
            let path = folder.join(&name);
            let entry = match entries::source_of(&path) {
                Ok(entry) => entry,
                Err(error) => {
                    self.used.problems.note(&path, &error);
                    continue;
                }
            };
            let by_stat = entry.stats.iter().find_map(|stat| self.sources.get(stat));
            let by_stat = by_stat.cloned();
            let (source, reason) = match entry.look {
                EntryLook::Empty | EntryLook::Cut => continue,
                EntryLook::Reference => (by_stat, Some(Elsewhere::EntryStat)),
                EntryLook::Ours(release) => {
                    let found = by_stat.or_else(|| {
                        let digest = entry.digest?;
                        self.by_digest().get(&digest).cloned()
                    });
                    let reason = release.zip(found.as_deref());
                    let reason =
                        reason.and_then(|(release, path)| self.reason_of_entry(release, path));
                    (found, reason)
                }
            };
            if source.is_none() || self.is_refused(reason) {
                continue;
            }
            let member = Member {
                base: dir.base,
                is_inner: dir.is_inner,
                kind: Kind::Entries,
                name: paths::bytes(&name).to_vec(),
            };
            self.note(&member, reason);
            self.used.members.push((member, Body::At(path)));
        }
    }

    /// Entries of ours are found by the content of their source, wherever their name is the same.
    fn reason_of_entry(&self, release: release::Release, source: &Path) -> Option<Elsewhere> {
        let Places { cwd, lib, .. } = *self.places;
        let is_in_lib = lib.is_some_and(|lib| {
            let lib = paths::absolute(cwd, lib);
            source.starts_with(lib)
        });
        if !release.rules().files_are_canonical_paths {
            return match is_in_lib {
                true => Some(Elsewhere::LibPath),
                false => (!source.starts_with(cwd)).then_some(Elsewhere::EntryPath),
            };
        }
        let mut known = vec![(Root::BuildRoot, paths::bytes(cwd))];
        known.extend(lib.map(|lib| (Root::ZigLib, paths::bytes(lib))));
        for found in self.dirs {
            let root = match found.base {
                Base::ZigLocal | Base::ZircLocal => Root::LocalCache,
                Base::ZigGlobal | Base::ZircGlobal => Root::GlobalCache,
            };
            known.push((root, paths::bytes(&found.dir.path)));
        }
        let directories = Directories::new(release, paths::bytes(cwd), &known);
        let path = directories.canonical(paths::bytes(source));
        (path.root == Root::None).then_some(Elsewhere::EntryPath)
    }

    fn by_digest(&mut self) -> &HashMap<[u8; 16], PathBuf> {
        let sources = &self.source_paths;
        self.by_digest.get_or_insert_with(|| {
            let of_one = |path: &PathBuf| {
                // What cannot be read any more is no source of an entry.
                let digest = SourceFile::open(path).ok()?.digest().ok()?;
                Some((digest, path.clone()))
            };
            sources.iter().filter_map(of_one).collect()
        })
    }

    /// The names in a folder, sorted.
    fn names(&mut self, folder: &Path) -> Vec<PathBuf> {
        let mut names = Vec::new();
        match fs::read_dir(folder) {
            Ok(entries) => {
                for entry in entries {
                    match entry {
                        Ok(entry) => names.push(PathBuf::from(entry.file_name())),
                        Err(error) => self.used.problems.note(folder, &error),
                    }
                }
            }
            Err(error) => self.used.problems.note(folder, &error),
        }
        names.sort();
        names
    }
}
