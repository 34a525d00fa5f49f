//! Reading a manifest's file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::Error;
use crate::inspect;
use crate::limits::MAX_MANIFEST_LEN;
use crate::listing::{Listing, ParseError, ParseErrorKind};

impl Listing {
    /// Reads a manifest's file, without a lock: to look at it, not to rely on it.
    pub fn read(path: &Path, prefix_count: usize) -> Result<Listing, Error> {
        let text = inspect::open(path).and_then(|(file, _)| read_text(&file));
        let text = text.map_err(|source| Error::Manifest {
            path: path.into(),
            action: "read",
            source,
        })?;
        let listing = match text {
            Some(text) => Listing::parse(&text, prefix_count),
            None => Err(ParseError {
                line: 1,
                kind: ParseErrorKind::TooLong,
            }),
        };
        listing.map_err(|source| Error::Format {
            path: path.into(),
            source,
        })
    }
}

/// All of a manifest, `None` if it is too long.
pub(crate) fn read_text(file: &File) -> io::Result<Option<Vec<u8>>> {
    if file.metadata()?.len() > MAX_MANIFEST_LEN {
        return Ok(None);
    }
    let mut text = Vec::new();
    // It may grow while it is read.
    file.take(MAX_MANIFEST_LEN + 1).read_to_end(&mut text)?;
    Ok((text.len() as u64 <= MAX_MANIFEST_LEN).then_some(text))
}
