//! Reading an archive, and putting what is in it into caches.

use std::collections::btree_map::Entry as MapEntry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use cache_store::file::{is_absolute, make_executable, open_source};
use flate2::bufread::GzDecoder;
use manifest::{Digest, Listing};
use tar::{Archive, Entry, EntryType};
use tempfile::TempDir;

use super::found::Bases;
use super::member::{Base, END, Member, PROJECT};
use super::pack::{Hashed, Packed, What, hash_name};
use super::place::{Done, Options, check_folders, put, would_put};
use crate::environment::layout::Kind;
use crate::inventory::manifests::{self, Contents};
use crate::inventory::{digest_of, output_in};
use crate::limits::{MAX_ARCHIVE_FILES, MAX_ARCHIVE_NAME_LEN, MAX_UNPACKED_LEN};
use crate::{Error, paths};

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Unpacked {
    /// Whether nothing was written.
    pub(crate) is_dry_run: bool,
    /// What was put where there was nothing, or nothing good.
    pub(crate) written: Packed,
    /// What was there already.
    pub(crate) kept: u64,
    /// What somebody else has locked.
    pub(crate) in_use: u64,
    /// What is for a directory that is not known here.
    pub(crate) nowhere: u64,
    /// Manifests that have files of a project elsewhere by their absolute paths.
    pub(crate) other_project: u64,
    /// What was not believed, by its name in the archive, and why.
    pub(crate) refused: Vec<(String, &'static str)>,
    /// The manifests of the archive, where they are now.
    pub(crate) manifests: Vec<PathBuf>,
}

/// Why an archive is none.
#[derive(Debug, thiserror::Error)]
enum Bad {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("'{0}' is no name of anything in a cache")]
    Name(String),
    #[error("'{0}' is neither a file nor a directory")]
    NotAFile(String),
    #[error("'{0}' is there twice, or within a file")]
    Twice(String),
    #[error("a name is longer than {MAX_ARCHIVE_NAME_LEN} bytes")]
    LongName,
    #[error("there are more than {MAX_ARCHIVE_FILES} files in it")]
    TooMany,
    #[error("there are more than {MAX_UNPACKED_LEN} bytes in it")]
    TooLong,
    #[error("the manifest '{0}' makes no sense")]
    Manifest(String),
    #[error("it has no end: it was cut, or is not from zirc cache pack")]
    Cut,
    #[error("something stands behind its end")]
    BehindEnd,
    #[error("it does not say of which project it is")]
    NoProject,
    #[error("it is damaged: its digest is another one")]
    Digest,
}

impl From<Bad> for io::Error {
    fn from(bad: Bad) -> io::Error {
        match bad {
            Bad::Io(error) => error,
            bad => io::Error::new(ErrorKind::InvalidData, bad.to_string()),
        }
    }
}

/// Unpacks an archive. Nothing is where it belongs before all of it was read and is whole. `looked_at` is
/// told of files. `project` is the directory of the project here.
///
/// # Errors
/// If it cannot be read or is damaged, or something cannot be written.
pub(crate) fn unpack(
    archive: &Path,
    bases: &Bases,
    project: &Path,
    options: Options,
    looked_at: &dyn Fn(u64),
) -> Result<Unpacked, Error> {
    let fail = |error: io::Error| Error::path("read the archive", archive, error);
    let file = open_source(archive).map_err(fail)?;
    if !file.metadata().map_err(fail)?.is_file() {
        return Err(fail(io::Error::other("it is no regular file")));
    }
    let mut stage = Stage {
        bases,
        project,
        moved_from: None,
        is_dry_run: options.is_dry_run,
        dirs: BTreeMap::new(),
        members: HashMap::new(),
    };
    stage.read(file, looked_at).map_err(|(action, path, bad)| {
        let path = path.unwrap_or_else(|| archive.to_owned());
        Error::path(action, &path, bad.into())
    })?;
    stage.place(options)
}

/// Where the headers and libraries of systems are, which are the same for projects anywhere.
const SYSTEM: [&str; 8] = [
    "/usr",
    "/lib",
    "/lib64",
    "/opt",
    "/nix/store",
    "/System",
    "/Library",
    "/Applications",
];

/// What was read of a member.
#[derive(Debug, Default)]
struct Staged {
    files: u64,
    bytes: u64,
    /// What a manifest names.
    output: Option<Digest>,
    /// Outputs of others that it lists files of.
    uses: Vec<Digest>,
    /// Whether it lists files of the project as it was elsewhere.
    is_elsewhere: bool,
}

/// Where files are until all is known to be well.
struct Stage<'a> {
    bases: &'a Bases,
    /// The project's directory here.
    project: &'a Path,
    /// That of the project that the archive is of, if it is another one.
    moved_from: Option<PathBuf>,
    is_dry_run: bool,
    /// A directory in each cache directory that something goes into.
    dirs: BTreeMap<Base, TempDir>,
    members: HashMap<Member, Staged>,
}

/// What went wrong, with what if not with the archive.
type Fault = (&'static str, Option<PathBuf>, Bad);

fn of_archive(bad: impl Into<Bad>) -> Fault {
    ("read the archive", None, bad.into())
}

impl Stage<'_> {
    fn read(&mut self, file: File, looked_at: &dyn Fn(u64)) -> Result<(), Fault> {
        let gz = GzDecoder::new(BufReader::new(file));
        let mut archive = Archive::new(gz.take(MAX_UNPACKED_LEN));
        let mut digest = blake3::Hasher::new();
        let mut long_name = None;
        let mut is_of_project = false;
        let mut is_at_end = false;
        let mut count = 0;
        // Extensions as they stand there: what is read into memory is for us to say.
        let found = archive.entries().map_err(of_archive)?.raw(true);
        for entry in found {
            let mut entry = entry.map_err(of_archive)?;
            if is_at_end {
                return Err(of_archive(Bad::BehindEnd));
            }
            let entry_type = entry.header().entry_type();
            if entry_type == EntryType::GNULongName {
                long_name = Some(read_name(&mut entry).map_err(of_archive)?);
                continue;
            }
            let name = long_name
                .take()
                .unwrap_or_else(|| entry.path_bytes().into_owned());
            let name = name.strip_suffix(b"/").unwrap_or(&name);
            let shown = || String::from_utf8_lossy(name).into_owned();
            let is_dir = match entry_type {
                EntryType::Regular => false,
                EntryType::Directory => true,
                _ => return Err(of_archive(Bad::NotAFile(shown()))),
            };
            if name == END {
                is_at_end = true;
                check_end(&mut entry, &digest).map_err(of_archive)?;
                continue;
            }
            if name == PROJECT && count == 0 {
                self.moved_from(&mut entry, &mut digest)
                    .map_err(of_archive)?;
                is_of_project = true;
                continue;
            }
            if !is_of_project {
                return Err(of_archive(Bad::NoProject));
            }
            count += 1;
            if count > MAX_ARCHIVE_FILES {
                return Err(of_archive(Bad::TooMany));
            }
            let Some((member, below)) = Member::parse(name) else {
                return Err(of_archive(Bad::Name(shown())));
            };
            if is_dir {
                if !member.may_be_dir() {
                    return Err(of_archive(Bad::Name(shown())));
                }
                hash_name(&mut digest, What::Dir, name, 0);
                self.dir(member, below)?;
            } else {
                if below.is_empty() && !member.may_be_file() {
                    return Err(of_archive(Bad::Name(shown())));
                }
                self.file(member, below, &mut entry, &mut digest)?;
            }
            looked_at(1);
        }
        let mut rest = archive.into_inner();
        // What is left tells whether the checksum of all is right.
        io::copy(&mut rest, &mut io::sink()).map_err(of_archive)?;
        if rest.limit() == 0 {
            return Err(of_archive(Bad::TooLong));
        }
        match is_at_end {
            true => Ok(()),
            false => Err(of_archive(Bad::Cut)),
        }
    }

    /// Reads of which project the archive is.
    fn moved_from(
        &mut self,
        entry: &mut Entry<'_, impl Read>,
        digest: &mut blake3::Hasher,
    ) -> Result<(), Bad> {
        let project = read_name(entry)?;
        hash_name(digest, What::File, PROJECT, project.len() as u64);
        digest.update(&project);
        let project = paths::from_bytes(&project);
        self.moved_from = (*project != *self.project).then(|| project.into_owned());
        Ok(())
    }

    /// Whether a manifest lists files by absolute paths that belong to the project as it was elsewhere, or to
    /// what was around it there.
    fn is_elsewhere(&self, listing: &Listing) -> bool {
        let Some(project) = &self.moved_from else {
            return false;
        };
        let mut entries = listing.entries.iter();
        entries.any(|entry| {
            let path = paths::from_bytes(&entry.path.sub_path);
            let is_system = || SYSTEM.iter().any(|dir| path.starts_with(dir));
            entry.path.prefix == 0
                && is_absolute(&entry.path.sub_path)
                && (path.starts_with(project) || !is_system())
        })
    }

    fn dir(&mut self, member: Member, below: &[u8]) -> Result<(), Fault> {
        if let Some(top) = self.top(&member)? {
            let path = top.join(paths::from_bytes(below));
            fs::create_dir_all(&path).map_err(|error| unwritten(&path, &member, error))?;
        }
        self.members.entry(member).or_default();
        Ok(())
    }

    fn file(
        &mut self,
        member: Member,
        below: &[u8],
        entry: &mut Entry<'_, impl Read>,
        digest: &mut blake3::Hasher,
    ) -> Result<(), Fault> {
        let len = entry.size();
        let name = match below {
            [] => member.path(),
            below => [&member.path()[..], below].join(&b'/'),
        };
        let mode = entry.header().mode().map_err(of_archive)?;
        let is_program = mode & 0o100 != 0;
        let what = if is_program {
            What::Program
        } else {
            What::File
        };
        hash_name(digest, what, &name, len);
        let mut hashed = Hashed {
            from: entry,
            digest,
            read: 0,
        };
        let mut known_of = Staged::default();
        let mut bytes = Vec::new();
        if member.kind == Kind::Manifests {
            let bad = || of_archive(Bad::Manifest(member.display()));
            if len > manifest::limits::MAX_MANIFEST_LEN {
                return Err(bad());
            }
            hashed.read_to_end(&mut bytes).map_err(of_archive)?;
            let known = manifests::key_of(paths::from_bytes(&member.name).as_os_str());
            let (format, key) = known.ok_or_else(bad)?;
            let Contents::Listed(listing) = manifests::contents(&bytes, format) else {
                return Err(bad());
            };
            known_of = Staged {
                output: Some(manifests::output_of(member.is_own(), key, &listing)),
                uses: listing.entries.iter().filter_map(used_output).collect(),
                is_elsewhere: !member.is_own() && self.is_elsewhere(&listing),
                ..Staged::default()
            };
        }
        let mut from: Box<dyn Read> = match member.kind {
            Kind::Manifests => Box::new(&bytes[..]),
            _ => Box::new(&mut hashed),
        };
        let written = match self.top(&member)? {
            None => io::copy(&mut from, &mut io::sink()).map_err(of_archive)?,
            Some(top) => {
                let path = match below {
                    [] => top,
                    below => top.join(paths::from_bytes(below)),
                };
                let fail = |error| unwritten(&path, &member, error);
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent).map_err(fail)?;
                }
                let mut file = File::create_new(&path).map_err(fail)?;
                let written = copy(&mut from, &mut file, &path)?;
                if is_program {
                    make_executable(&file).map_err(fail)?;
                }
                written
            }
        };
        if written != len {
            return Err(of_archive(io::Error::from(ErrorKind::UnexpectedEof)));
        }
        let staged = self.members.entry(member).or_default();
        let (files, bytes) = (staged.files + 1, staged.bytes + len);
        *staged = Staged {
            files,
            bytes,
            ..known_of
        };
        Ok(())
    }

    /// Where a member is until it gets its place. `None` if it is only looked at.
    fn top(&mut self, member: &Member) -> Result<Option<PathBuf>, Fault> {
        let Some(dir) = self.bases.dir(member.base) else {
            return Ok(None);
        };
        if self.is_dry_run {
            return Ok(None);
        }
        let stage = match self.dirs.entry(member.base) {
            MapEntry::Occupied(stage) => stage.into_mut(),
            MapEntry::Vacant(vacant) => {
                let fail = |(path, error)| ("unpack into", Some(path), Bad::from(error));
                vacant.insert(stage_in(dir).map_err(fail)?)
            }
        };
        Ok(Some(member.place(stage.path())))
    }

    fn place(mut self, options: Options) -> Result<Unpacked, Error> {
        let mut unpacked = Unpacked {
            is_dry_run: options.is_dry_run,
            ..Unpacked::default()
        };
        let mut members: Vec<_> = std::mem::take(&mut self.members).into_iter().collect();
        members.sort_by(|(a, _), (b, _)| a.order().cmp(&b.order()));
        let only_elsewhere = only_elsewhere(&members);
        let mut will_be_there = Vec::new();
        for (number, (member, staged)) in members.into_iter().enumerate() {
            let Some(dir) = self.bases.dir(member.base) else {
                unpacked.nowhere += 1;
                continue;
            };
            if staged.is_elsewhere {
                unpacked.other_project += 1;
                continue;
            }
            let digest = digest_of(paths::from_bytes(&member.name).as_os_str());
            let is_output = matches!(member.kind, Kind::Outputs | Kind::Configurations);
            if is_output && digest.is_some_and(|digest| only_elsewhere.contains(&digest)) {
                continue;
            }
            let to = member.place(dir);
            let done = match self.dirs.get(&member.base) {
                Some(stage) => {
                    let from = member.place(stage.path());
                    let aside = stage.path().join(format!("old-{number}"));
                    put(&member, staged.output, &from, &to, &aside, options)
                }
                None => would_put(&member, staged.output, &to, options, &will_be_there),
            };
            let done = done.map_err(|error| Error::path("unpack", &to, error))?;
            match done {
                Done::Written => {
                    let count = unpacked.written.of(member.kind);
                    count.things += 1;
                    count.files += staged.files;
                    count.bytes += staged.bytes;
                    will_be_there.push(to.clone());
                }
                Done::Kept => unpacked.kept += 1,
                Done::InUse => unpacked.in_use += 1,
                Done::Refused(why) => unpacked.refused.push((member.display(), why)),
            }
            let is_there = matches!(done, Done::Written | Done::Kept);
            if member.kind == Kind::Manifests && is_there {
                unpacked.manifests.push(to);
            }
        }
        Ok(unpacked)
    }
}

/// The output that an input is in, if it is in one.
fn used_output(entry: &manifest::Entry) -> Option<Digest> {
    output_in(&entry.path.sub_path).map(|(output, _)| output)
}

/// The outputs that are of no use but to manifests of a project elsewhere.
fn only_elsewhere(members: &[(Member, Staged)]) -> HashSet<Digest> {
    let of = |is_elsewhere| {
        let staged = members.iter().map(|(_, staged)| staged);
        staged.filter(move |staged| staged.is_elsewhere == is_elsewhere)
    };
    let mut outputs: HashSet<Digest> = of(true).filter_map(|staged| staged.output).collect();
    for staged in of(false) {
        for used in staged.uses.iter().chain(&staged.output) {
            outputs.remove(used);
        }
    }
    outputs
}

/// A directory for files until they get their places, on the disk where these are.
fn stage_in(dir: &Path) -> Result<TempDir, (PathBuf, io::Error)> {
    check_folders(dir)?;
    let temporary = dir.join(Kind::Temporary.folder());
    let made = fs::create_dir_all(&temporary).and_then(|()| {
        tempfile::Builder::new()
            .prefix("zirc-unpack-")
            .tempdir_in(&temporary)
    });
    made.map_err(|error| (temporary, error))
}

fn unwritten(path: &Path, member: &Member, error: io::Error) -> Fault {
    match error.kind() {
        // Of what is in the archive itself.
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            of_archive(Bad::Twice(member.display()))
        }
        _ => ("write", Some(path.to_owned()), error.into()),
    }
}

/// Copies, telling apart which of the two it is that fails.
fn copy(from: &mut dyn Read, to: &mut File, path: &Path) -> Result<u64, Fault> {
    let mut buffer = vec![0; COPY_LEN];
    let mut copied = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok(copied),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(of_archive(error)),
        };
        to.write_all(&buffer[..read])
            .map_err(|error| ("write", Some(path.to_owned()), error.into()))?;
        copied += read as u64;
    }
}

/// Bytes copied at a time: enough that system calls do not count.
const COPY_LEN: usize = 64 << 10;

/// A name that is too long for a header.
fn read_name(entry: &mut Entry<'_, impl Read>) -> Result<Vec<u8>, Bad> {
    if entry.size() > MAX_ARCHIVE_NAME_LEN {
        return Err(Bad::LongName);
    }
    let mut name = Vec::new();
    entry.read_to_end(&mut name)?;
    if name.last() == Some(&0) {
        name.pop();
    }
    Ok(name)
}

/// Whether the digest at the end is that of what was read.
fn check_end(entry: &mut Entry<'_, impl Read>, digest: &blake3::Hasher) -> Result<(), Bad> {
    let expected = format!("{}\n", digest.finalize());
    let mut found = Vec::new();
    entry
        .take(expected.len() as u64 + 1)
        .read_to_end(&mut found)?;
    match found == expected.as_bytes() {
        true => Ok(()),
        false => Err(Bad::Digest),
    }
}
