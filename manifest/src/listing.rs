//! A manifest in memory, whichever format it has on disk.

use std::fmt;

use hashbrown::HashSet;

use crate::digest::{Digest, HashHelper};
use crate::entry::{Entry, ParseErrorKind};
use crate::format::{Format, lines, records};
use crate::limits::MAX_PREFIXES;
use crate::prefix::PrefixedPath;

/// What stands in a manifest, in the order in which the inputs were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// How it is written.
    pub format: Format,
    /// The inputs.
    pub entries: Vec<Entry>,
}

/// What is wrong with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    /// What the manifest was read as.
    pub format: Format,
    /// Number of the line or record, from 1. Line 1 is the text's header.
    pub number: usize,
    /// What it is.
    pub kind: ParseErrorKind,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.format.unit(), self.number, self.kind)
    }
}

impl Listing {
    /// Reads a manifest of either format ([`Format::of_bytes`]). `prefix_count` is the number of directories
    /// there are, number 0 included.
    pub fn parse(bytes: &[u8], prefix_count: usize) -> Result<Listing, ParseError> {
        Format::of_bytes(bytes).parse(bytes, prefix_count)
    }

    /// The same, whatever directories there were: to look at what a manifest says where nothing is known of
    /// them.
    pub fn parse_any(bytes: &[u8]) -> Result<Listing, ParseError> {
        Listing::parse(bytes, MAX_PREFIXES)
    }

    /// What stands in the manifest's file.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.format {
            Format::Lines => lines::write(&self.entries),
            Format::Records => records::write(&self.entries),
        }
    }

    /// The name of a manifest of records whose inputs are the first `inputs` of these and which was told what
    /// went into `told`; the entries after them were found while the work was done. In lines, the names of
    /// inputs are part of what a build is told.
    pub fn key(&self, told: &HashHelper, inputs: usize) -> Digest {
        let mut hash = told.clone();
        if self.format == Format::Records {
            for entry in self.entries.iter().take(inputs) {
                let (kind, metadata_only) = (entry.kind, entry.metadata_only);
                hash.raw(&records::flags_and_path(kind, metadata_only, &entry.path));
            }
        }
        hash.finish()
    }

    /// The name of the output that belongs to the manifest with this key: in `o/`, and of a configuration in
    /// `c/`.
    pub fn final_digest(&self, key: Digest) -> Digest {
        final_digest(self.format, key, &self.entries)
    }
}

impl Format {
    /// Reads a manifest of this format. `prefix_count` is the number of directories there are, number 0
    /// included.
    pub fn parse(self, bytes: &[u8], prefix_count: usize) -> Result<Listing, ParseError> {
        if bytes.is_empty() {
            return Err(ParseError {
                format: self,
                number: 1,
                kind: ParseErrorKind::Empty,
            });
        }
        let prefix_count = prefix_count.min(MAX_PREFIXES);
        let entries = match self {
            Format::Lines => lines::parse(bytes, prefix_count),
            Format::Records => records::parse(bytes, prefix_count),
        };
        match entries {
            Ok(entries) => Ok(Listing {
                format: self,
                entries,
            }),
            Err((number, kind)) => Err(ParseError {
                format: self,
                number,
                kind,
            }),
        }
    }
}

pub(crate) fn final_digest(format: Format, key: Digest, entries: &[Entry]) -> Digest {
    let mut hash = format.hash();
    hash.raw(&key.0);
    let mut seen = HashSet::<_, foldhash::fast::RandomState>::default();
    for entry in entries {
        // There is none twice in lines.
        if format == Format::Lines || seen.insert(&entry.path) {
            hash.raw(&entry.digest.0);
        }
    }
    hash.finish()
}

/// Whether the path can stand in a manifest of this format.
pub(crate) fn is_writable(format: Format, path: &PrefixedPath) -> bool {
    match format {
        Format::Lines => lines::is_writable(path),
        Format::Records => records::is_writable(path),
    }
}
