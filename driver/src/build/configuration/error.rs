//! Why a configuration is not understood.

use std::path::PathBuf;

/// Why there is no map in a configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Something in it contradicts something else.
    #[error("it is damaged: {0}")]
    Damaged(Problem),
    /// Something in it means nothing in the release that it should be of.
    #[error("it is damaged, or of another release than {release}: {unknown}")]
    Unknown {
        /// The release that it should be of.
        release: &'static str,
        /// What it is.
        unknown: Unknown,
    },
    /// The map has no room for other text.
    #[error("{0} is not UTF-8")]
    NotText(&'static str),
    /// A path in it is relative to a directory that nobody told.
    #[error(
        "it was made in a directory that is not known, and '{}' is relative to it",
        .0.display()
    )]
    Relative(PathBuf),
    /// The release has no such file.
    #[error("{0} keeps no configuration")]
    Release(&'static str),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        Error::Damaged(problem)
    }
}

/// What contradicts something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    /// Shorter than its header.
    #[error("it is shorter than its header")]
    Header,
    /// The lengths in the header do not come to that of the file.
    #[error("the lengths in its header do not add up to its own")]
    Length,
    /// The strings do not begin as they always do.
    #[error("its strings do not begin with an empty one and 'root'")]
    Strings,
    /// A string begins behind the last, or has no end.
    #[error("a string is not in it, or has no end")]
    String,
    /// Bytes that are not in it.
    #[error("bytes are named that are not in it")]
    Bytes,
    /// A record begins or ends behind the last word.
    #[error("a record is not in it, or not whole")]
    Record,
    /// A step that is not there.
    #[error("a step is named that is not in it")]
    Step,
    /// A generated file with a number too large.
    #[error("a generated file is named that is not in it")]
    Generated,
    /// Two steps make one file.
    #[error("two steps make the same file")]
    MadeTwice,
    /// The records of its steps come to more words than there are.
    #[error("its records overlap")]
    Overlap,
    /// It comes to more than [`MAX_MODULE_MAP_LEN`](crate::limits::MAX_MODULE_MAP_LEN).
    #[error("its modules come to more text than any build has")]
    TooLarge,
}

/// What means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unknown {
    /// A kind of step.
    #[error("a step is of kind {0}")]
    Step(u32),
    /// A kind of path.
    #[error("a path is of kind {0}")]
    Path(u32),
    /// A directory that a path may be relative to.
    #[error("a path is relative to directory {0}")]
    Base(u32),
    /// A bit that is always zero, or a field with a value that it never has.
    #[error("the flags {0:#010x} of {1} are none")]
    Flags(u32, &'static str),
}
