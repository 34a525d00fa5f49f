//! Giving what was unpacked its place.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use cache_store::file::{Mode, open_in_cache, try_lock};
use manifest::Digest;
use walkdir::WalkDir;

use super::member::Member;
use crate::environment::layout::{self, Kind};
use crate::environment::refuse_foreign_link;
use crate::inventory::manifests::{self, Contents};
use crate::inventory::{EntryLook, entries};
use crate::paths;

/// How to unpack.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    /// Only say what would be done.
    pub(crate) is_dry_run: bool,
    /// Replace entries and manifests that are there and good.
    pub(crate) overwrite: bool,
}

impl Options {
    fn overwrites(self, member: &Member) -> bool {
        self.overwrite && matches!(member.kind, Kind::Entries | Kind::Manifests)
    }
}

/// What became of a member.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Done {
    Written,
    Kept,
    InUse,
    Refused(&'static str),
}

const NO_OUTPUT: &str = "what it names is not there: a build would fail";
const CUT_ENTRY: &str = "the entry is cut";

/// Gives a member its place.
pub(super) fn put(
    member: &Member,
    output: Option<Digest>,
    from: &Path,
    to: &Path,
    aside: &Path,
    options: Options,
) -> io::Result<Done> {
    match member.kind {
        Kind::Entries if !is_good_entry(from) => return Ok(Done::Refused(CUT_ENTRY)),
        Kind::Manifests if !has_output(member, output, to, &[]) => {
            return Ok(Done::Refused(NO_OUTPUT));
        }
        _ => {}
    }
    // Outputs are named by what is in them: what is whole is the same.
    if !options.overwrites(member) && is_good(member, from, to) {
        return Ok(Done::Kept);
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    if matches!(member.kind, Kind::Entries | Kind::Manifests) {
        // Who has it locked is writing it, or reads it and goes on with what it was.
        let mut open = OpenOptions::new();
        let held = match open_in_cache(open.read(true).write(true), to) {
            Ok(file) => match try_lock(&file, Mode::Exclusive) {
                Ok(false) => return Ok(Done::InUse),
                Ok(true) | Err(_) => Some(file),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if fs::rename(from, to).is_err() {
            // Not every file system replaces what somebody has open, be it only us. There it succeeds if
            // nobody has.
            drop(held);
            fs::rename(from, to)?;
        }
        return Ok(Done::Written);
    }
    match fs::rename(to, aside) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    match fs::rename(from, to) {
        Ok(()) => Ok(Done::Written),
        // Somebody has made it meanwhile, out of the same.
        Err(_) if to.is_dir() => Ok(Done::Kept),
        Err(error) => Err(error),
    }
}

/// The same without doing it.
pub(super) fn would_put(
    member: &Member,
    output: Option<Digest>,
    to: &Path,
    options: Options,
    written: &[PathBuf],
) -> io::Result<Done> {
    if member.kind == Kind::Manifests && !has_output(member, output, to, written) {
        return Ok(Done::Refused(NO_OUTPUT));
    }
    let is_there = match member.kind {
        Kind::Entries | Kind::Manifests => is_good(member, to, to),
        _ => to.symlink_metadata().is_ok(),
    };
    match is_there && !options.overwrites(member) {
        true => Ok(Done::Kept),
        false => Ok(Done::Written),
    }
}

/// Whether what is there already is as good as what would be put there.
fn is_good(member: &Member, from: &Path, to: &Path) -> bool {
    match member.kind {
        Kind::Entries => is_good_entry(to),
        Kind::Manifests => {
            let known = manifests::key_of(paths::from_bytes(&member.name).as_os_str());
            let Some((format, key)) = known else {
                return false;
            };
            let Ok(Contents::Listed(listing)) = manifests::read(to, format) else {
                return false;
            };
            let output = Some(manifests::output_of(member.is_own(), key, &listing));
            has_output(member, output, to, &[])
        }
        _ => has_all_of(from, to),
    }
}

fn is_good_entry(path: &Path) -> bool {
    let found = entries::source_of(path);
    found.is_ok_and(|found| !matches!(found.look, EntryLook::Empty | EntryLook::Cut))
}

/// Whether every file of one thing is in the other, with the same length.
fn has_all_of(from: &Path, to: &Path) -> bool {
    WalkDir::new(from).into_iter().all(|entry| {
        let same = || {
            let entry = entry.ok()?;
            let below = entry.path().strip_prefix(from).ok()?;
            let ours = entry.metadata().ok()?;
            let path = match below.as_os_str().is_empty() {
                true => to.to_owned(),
                false => to.join(below),
            };
            let there = path.symlink_metadata().ok()?;
            let is_same = ours.file_type() == there.file_type()
                && (ours.is_dir() || ours.len() == there.len());
            Some(is_same)
        };
        same().unwrap_or(false)
    })
}

/// Whether what a manifest at this place names is there. A manifest of ours that lacks it is a miss, no more.
fn has_output(
    member: &Member,
    output: Option<Digest>,
    manifest: &Path,
    written: &[PathBuf],
) -> bool {
    let Some(base) = manifest.parent().and_then(Path::parent) else {
        return false;
    };
    let Some(output) = output else {
        return false;
    };
    let kinds = [Kind::Outputs, Kind::Configurations].into_iter();
    let mut places = kinds.map(|kind| base.join(kind.path_of(output.to_string())));
    member.is_own()
        || places.any(|place| place.symlink_metadata().is_ok() || written.contains(&place))
}

/// Looks at the folders that things would go into: a link there may lead anywhere.
pub(super) fn check_folders(dir: &Path) -> Result<(), (PathBuf, io::Error)> {
    refuse_foreign_link(dir).map_err(|error| (dir.to_owned(), error))?;
    let inner = dir.join(layout::OWN);
    let of = |base: &Path| Kind::ALL.map(|kind| base.join(kind.folder()));
    let folders = of(dir).into_iter().chain(of(&inner)).chain([inner.clone()]);
    for folder in folders {
        let is_link = folder.symlink_metadata().is_ok_and(|m| m.is_symlink());
        if is_link {
            return Err((folder, io::Error::other("it is a symbolic link")));
        }
    }
    Ok(())
}
