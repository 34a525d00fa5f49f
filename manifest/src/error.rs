//! What can go wrong.

use std::io;
use std::path::PathBuf;

use crate::dep_file::DepFileError;
use crate::listing::ParseError;

/// Why a manifest could not be checked or written. None of them says anything about the build: who can
/// work without a cache carries on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The manifest's file could not be opened, locked, read or written.
    #[error("{}: cannot {action} the manifest: {source}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The manifest is not one.
    #[error("{}: {source}", path.display())]
    Format {
        /// The manifest.
        path: PathBuf,
        /// Where and what.
        source: ParseError,
    },
    /// A file that the build depends on could not be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is longer than whoever added it wants to have in memory.
    #[error("{}: larger than {max} bytes", path.display())]
    FileTooBig {
        /// The file.
        path: PathBuf,
        /// The limit.
        max: u64,
    },
    /// A file is not, or not certainly, what the build has read.
    #[error("{}: changed while it was in use", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A path that a manifest has no way to write.
    #[error("{}: such a path cannot be written in a manifest", path.display())]
    Path {
        /// The path.
        path: PathBuf,
    },
    /// Lines have no directories, and of files no bare metadata.
    #[error("{}: such an input cannot be written in a manifest of lines", path.display())]
    NotInLines {
        /// The path.
        path: PathBuf,
    },
    /// An input was added as a file and as a directory.
    #[error("{}: is an input as a file and as a directory", path.display())]
    BothKinds {
        /// The path.
        path: PathBuf,
    },
    /// A dependency file is not one.
    #[error("{}: {source}", path.display())]
    DepFile {
        /// The dependency file.
        path: PathBuf,
        /// Where and what.
        source: DepFileError,
    },
}
