//! What may be wrong with something in a cache, and how much that matters.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::inventory::things::Size;
use crate::limits::MAX_PROBLEMS;

/// How much it matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Severity {
    /// A build that asks for it fails, and goes on failing.
    Fails,
    /// So it does unless the step keeps nothing, and nothing tells.
    MayFail,
    /// Whoever asks for it does the work anew.
    Miss,
    /// It takes room.
    Room,
}

impl Severity {
    /// For programs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Severity::Fails => "fails",
            Severity::MayFail => "may-fail",
            Severity::Miss => "miss",
            Severity::Room => "room",
        }
    }
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Trouble {
    /// A text that the reference does not take.
    ManifestDamaged,
    /// A directory, a FIFO and the like under the name of a manifest.
    ManifestNoFile,
    /// The same under the name of an entry.
    EntryNoFile,
    /// An input has become something else than a file: the reference cannot read it.
    InputNoFile,
    /// The output is not there.
    OutputMissing,
    /// A file and the like is in its place.
    OutputNoDir,
    /// It lacks a file.
    OutputLacks,
    /// The output is not there, and something was taken out of `o/` since the last thing came.
    OutputTaken,
    /// The output is not there, if ever it was.
    OutputUnknown,
    /// There is nothing in it, and that is so since its manifest was written.
    OutputEmpty,
    /// Something was put into it or taken out of it since its manifest was written.
    OutputAltered,
    /// Options that a build script is told are not what they are named by.
    OptionsDamaged,
    /// It begins like no manifest; or its records make no sense, which is no error.
    ManifestOther,
    /// An input is gone.
    InputMissing,
    /// An input is another.
    InputChanged,
    /// An input cannot be read.
    InputUnreadable,
    /// The record beside a manifest of zirc's is not there.
    RecordMissing,
    /// Nothing was written to the entry.
    EntryEmpty,
    /// The entry is shorter than it says.
    EntryCut,
    /// An output that belongs to no manifest.
    Orphan,
    /// Something in `tmp/` that nobody is working on any more.
    OldTemporary,
    /// The name of a package that is no hash of any release.
    PackageName,
}

impl Trouble {
    #[cfg(test)]
    pub(crate) const ALL: [Trouble; 22] = [
        Trouble::ManifestDamaged,
        Trouble::ManifestNoFile,
        Trouble::EntryNoFile,
        Trouble::InputNoFile,
        Trouble::OutputMissing,
        Trouble::OutputNoDir,
        Trouble::OutputLacks,
        Trouble::OutputTaken,
        Trouble::OutputUnknown,
        Trouble::OutputEmpty,
        Trouble::OutputAltered,
        Trouble::OptionsDamaged,
        Trouble::ManifestOther,
        Trouble::InputMissing,
        Trouble::InputChanged,
        Trouble::InputUnreadable,
        Trouble::RecordMissing,
        Trouble::EntryEmpty,
        Trouble::EntryCut,
        Trouble::Orphan,
        Trouble::OldTemporary,
        Trouble::PackageName,
    ];

    /// How much it matters.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Trouble::ManifestDamaged
            | Trouble::ManifestNoFile
            | Trouble::EntryNoFile
            | Trouble::InputNoFile
            | Trouble::OutputMissing
            | Trouble::OutputNoDir
            | Trouble::OutputLacks
            | Trouble::OutputTaken
            | Trouble::OptionsDamaged => Severity::Fails,
            Trouble::OutputUnknown | Trouble::OutputEmpty | Trouble::OutputAltered => {
                Severity::MayFail
            }
            Trouble::ManifestOther
            | Trouble::InputMissing
            | Trouble::InputChanged
            | Trouble::InputUnreadable
            | Trouble::RecordMissing
            | Trouble::EntryEmpty
            | Trouble::EntryCut => Severity::Miss,
            Trouble::Orphan | Trouble::OldTemporary | Trouble::PackageName => Severity::Room,
        }
    }

    /// For programs.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Trouble::ManifestDamaged => "manifest-damaged",
            Trouble::ManifestNoFile => "manifest-no-file",
            Trouble::EntryNoFile => "entry-no-file",
            Trouble::InputNoFile => "input-no-file",
            Trouble::OutputMissing => "output-missing",
            Trouble::OutputNoDir => "output-no-directory",
            Trouble::OutputLacks => "output-lacks-file",
            Trouble::OutputTaken => "output-taken",
            Trouble::OutputUnknown => "output-unknown",
            Trouble::OutputEmpty => "output-empty",
            Trouble::OutputAltered => "output-altered",
            Trouble::OptionsDamaged => "options-damaged",
            Trouble::ManifestOther => "manifest-other",
            Trouble::InputMissing => "input-missing",
            Trouble::InputChanged => "input-changed",
            Trouble::InputUnreadable => "input-unreadable",
            Trouble::RecordMissing => "record-missing",
            Trouble::EntryEmpty => "entry-empty",
            Trouble::EntryCut => "entry-cut",
            Trouble::Orphan => "orphan",
            Trouble::OldTemporary => "old-temporary",
            Trouble::PackageName => "package-name",
        }
    }

    /// For people, with what is found behind it.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Trouble::ManifestDamaged => "manifest makes no sense",
            Trouble::ManifestNoFile => "no file under the name of a manifest",
            Trouble::EntryNoFile => "no file under the name of an entry",
            Trouble::InputNoFile => "input has become something else than a file",
            Trouble::OutputMissing => "output is not there",
            Trouble::OutputNoDir => "output is no directory",
            Trouble::OutputLacks => "output lacks a file",
            Trouble::OutputTaken => "no output, and one was taken away",
            Trouble::OutputUnknown => "no output, as of a step that keeps none",
            Trouble::OutputEmpty => "output is empty",
            Trouble::OutputAltered => "output was altered after its manifest",
            Trouble::OptionsDamaged => "options are not what they are named by",
            Trouble::ManifestOther => "manifest is taken for none",
            Trouble::InputMissing => "input is gone",
            Trouble::InputChanged => "input has changed",
            Trouble::InputUnreadable => "input cannot be read",
            Trouble::RecordMissing => "record is not there",
            Trouble::EntryEmpty => "entry is empty",
            Trouble::EntryCut => "entry is cut",
            Trouble::Orphan => "belongs to no manifest",
            Trouble::OldTemporary => "unfinished, and old",
            Trouble::PackageName => "name is no hash of a package",
        }
    }
}

/// Something that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    /// Below the cache directory.
    pub(crate) path: PathBuf,
    /// What about it.
    pub(crate) detail: Option<String>,
}

/// All of a kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) count: u64,
    /// The room that it takes.
    pub(crate) size: Size,
    /// As many as are worth telling.
    pub(crate) first: Vec<Found>,
}

/// All that is wrong in a directory, the worst first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Troubles(BTreeMap<Trouble, Group>);

impl Troubles {
    pub(super) fn add(
        &mut self,
        trouble: Trouble,
        path: PathBuf,
        size: Size,
        detail: Option<String>,
    ) {
        let group = self.0.entry(trouble).or_default();
        group.count += 1;
        group.size += size;
        if group.first.len() < MAX_PROBLEMS {
            group.first.push(Found { path, detail });
        }
    }

    /// By kind.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Trouble, &Group)> {
        self.0.iter().map(|(trouble, group)| (*trouble, group))
    }
}
