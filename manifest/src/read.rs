//! Reading a manifest's file.

use std::fs::File;
use std::io;
use std::path::Path;

use cache_store::file::{path_bytes, read_whole};

use crate::entry::ParseErrorKind;
use crate::error::Error;
use crate::format::Format;
use crate::inspect;
use crate::limits::MAX_MANIFEST_LEN;
use crate::listing::{Listing, ParseError};

impl Listing {
    /// Reads a manifest's file, whichever format it has, without a lock: to look at it, not to rely on it.
    pub fn read(path: &Path, prefix_count: usize) -> Result<Listing, Error> {
        Listing::read_with(path, |_| prefix_count)
    }

    /// The same, where the number of directories follows from the format.
    pub fn read_with(
        path: &Path,
        prefix_count: impl FnOnce(Format) -> usize,
    ) -> Result<Listing, Error> {
        let text = inspect::open(path).and_then(|(file, _)| read_text(&file));
        let text = text.map_err(|source| Error::Manifest {
            path: path.into(),
            action: "read",
            source,
        })?;
        let listing = match text {
            Some(text) => {
                let format = match text.is_empty() {
                    true => format_of(path),
                    false => Format::of_bytes(&text),
                };
                format.parse(&text, prefix_count(format))
            }
            None => Err(ParseError {
                format: format_of(path),
                number: 1,
                kind: ParseErrorKind::TooLong,
            }),
        };
        listing.map_err(|source| Error::Format {
            path: path.into(),
            source,
        })
    }
}

/// The format that the file's name promises.
fn format_of(path: &Path) -> Format {
    let name = path.file_name().map(|name| path_bytes(Path::new(name)));
    let known = name.and_then(Format::of_file_name);
    known.map_or(Format::default(), |(format, _)| format)
}

/// All of a manifest, `None` if it is too long.
pub(crate) fn read_text(file: &File) -> io::Result<Option<Vec<u8>>> {
    read_whole(file, MAX_MANIFEST_LEN)
}
