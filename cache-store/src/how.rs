//! Where an IR came from, and why.

/// Why an entry was good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// The source's stat is the recorded one.
    Stat,
    /// The same, but the entry has no checksum (the reference wrote it): its structure holds.
    Unchecked,
    /// The stat is another one and the content is the recorded one. The new stat was recorded.
    Content,
    /// The stat is the recorded one, and as the source was young then, its content was compared too.
    Young,
    /// The source's stat is the one that a manifest of the caller's has: no entry was looked at.
    Manifest,
}

/// A field of a [`Stat`](crate::Stat).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatField {
    /// The inode number.
    Inode,
    /// The length.
    Size,
    /// The time of last modification.
    Mtime,
}

/// Why an IR was generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The store is disabled, or the entry could not be opened or read.
    NoCache,
    /// There was no entry, or an empty one.
    NoEntry,
    /// The entry was too short for a header, or the header cannot be one (the reference's *invalid*).
    InvalidHeader,
    /// The body was shorter than the header says (the reference's *truncated*).
    Truncated,
    /// The source is another one (the reference's *stale*): the first field in which its stat differs.
    Stale(StatField),
    /// The source's stat is the recorded one, but its content is not.
    ContentChanged,
    /// A checksum does not hold, or the trailer is not whole.
    Checksum,
    /// The trailer is of another version.
    Version,
    /// The structure of a body without a checksum does not hold.
    Malformed,
}

/// Where an IR came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// Out of the entry.
    Hit(Hit),
    /// Generated. It was written to the entry unless a warning says otherwise.
    Generated(Reason),
}
