//! Why a file's IR was found in the cache or generated, and why a manifest was a miss.

use std::path::{Path, PathBuf};

use cache_store::{Hit, How, Reason, StatField};
use manifest::{Explanation, MissReason};

/// Where a file's IR came from, as a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Out of the cache, or not looked at because the manifest says that it is unchanged.
    Hit,
    /// It was lowered.
    Generated,
    /// It could not be loaded.
    NotLoaded,
}

/// Why a file was a hit or was lowered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileReason {
    /// The file as messages name it.
    pub path: PathBuf,
    /// Where its IR came from.
    pub origin: Origin,
    /// Why, as a word for programs.
    pub reason: &'static str,
    /// Why, for people.
    pub text: &'static str,
}

impl FileReason {
    /// The reason for a file that the manifest says is unchanged.
    pub(crate) fn of_manifest(path: &Path) -> FileReason {
        FileReason {
            path: path.to_owned(),
            origin: Origin::Hit,
            reason: "manifest",
            text: "unchanged, says the manifest",
        }
    }

    /// The reason for a file that was looked at.
    pub(crate) fn of(path: &Path, how: Option<How>) -> FileReason {
        let (origin, reason, text) = match how {
            None => (Origin::NotLoaded, "not_loaded", "could not be loaded"),
            Some(How::Hit(hit)) => {
                let (reason, text) = match hit {
                    Hit::Stat => ("stat", "unchanged"),
                    Hit::Unchecked => ("unchecked", "unchanged, an entry of the reference"),
                    Hit::Content => ("content", "stat changed, content same"),
                    Hit::Manifest => ("manifest", "unchanged, says the manifest"),
                    Hit::Young => ("young", "content same, too new to go by its timestamp"),
                };
                (Origin::Hit, reason, text)
            }
            Some(How::Generated(reason)) => {
                let (reason, text) = match reason {
                    Reason::NoCache => ("no_cache", "no cache"),
                    Reason::NoEntry => ("no_entry", "no entry"),
                    Reason::InvalidHeader => ("invalid", "the entry is invalid"),
                    Reason::Truncated => ("truncated", "the entry is truncated"),
                    Reason::Stale(StatField::Inode) => ("inode", "another inode and content"),
                    Reason::Stale(StatField::Size) => ("size", "another size"),
                    Reason::Stale(StatField::Mtime) => {
                        ("mtime", "another modification time and content")
                    }
                    Reason::ContentChanged => ("content", "another content, with the same stat"),
                    Reason::Checksum => ("checksum", "the entry is damaged"),
                    Reason::Version => ("version", "the entry is of another version"),
                    Reason::Malformed => ("malformed", "the entry makes no sense"),
                };
                (Origin::Generated, reason, text)
            }
        };
        FileReason {
            path: path.to_owned(),
            origin,
            reason,
            text,
        }
    }
}

/// What `zirc check --explain` tells besides.
#[derive(Clone, Debug, Default)]
pub struct CheckExplanation {
    /// Why the manifest was a miss, if it was asked and was one.
    pub manifest: Option<String>,
    /// Every file, in path order.
    pub files: Vec<FileReason>,
}

/// What became of the files of a manifest.
pub(crate) struct ManifestExplanation {
    pub(crate) manifest: PathBuf,
    /// The files that could be looked at.
    pub(crate) files: Vec<Explanation>,
    /// How many are in the lib directory, which was not found.
    pub(crate) not_looked_at: usize,
}

/// Why a manifest was a miss.
pub(crate) fn describe_miss(reason: &MissReason) -> String {
    match reason {
        MissReason::New => "there was none".to_owned(),
        MissReason::Header => "it is of another format".to_owned(),
        MissReason::Invalid(error) => format!("it is damaged: {error}"),
        MissReason::Incomplete => "it lacks files".to_owned(),
        MissReason::File { path, finding, .. } => {
            format!("{}: {}", path.display(), finding.as_str())
        }
        MissReason::NoOutput(_) => "there is no record of what came of it".to_owned(),
        MissReason::Unhit => "the record of what came of it is damaged".to_owned(),
        _ => "for another reason".to_owned(),
    }
}
