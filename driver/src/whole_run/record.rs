//! What a manifest hit reports again: the outcome of the run that wrote the manifest.
//!
//! A magic number, a digest over all that follows, the digest of the manifest's lines that it belongs to,
//! then the fields: numbers as 8 bytes little endian, bytes behind their number. Anything else is no record.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cache_store::file::open_in_cache;
use manifest::{Digest, hash_contents};
use syntax::location::Span;

use crate::diagnostic::{Location, Position};
use crate::graph::{MadeBy, Unresolved, UnresolvedReason};
use crate::limits::MAX_RECORD_LEN;
use crate::paths;

const MAGIC: &[u8; 8] = b"zircrec\x05";

/// The outcome of a run in which nothing failed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Record {
    /// What the manifest says that goes with it: see `listing_digest`.
    pub(crate) of: [u8; 16],
    /// Files whose IR came from the cache.
    pub(crate) hits: usize,
    /// Files that were lowered.
    pub(crate) generated: usize,
    /// Errors that are not reported: see `Module::errors_are_counted`.
    pub(crate) unreported: usize,
    /// All files as messages name them, in path order.
    pub(crate) files: Vec<PathBuf>,
    /// Imports that lead nowhere.
    pub(crate) unresolved: Vec<Unresolved>,
}

const REASONS: [UnresolvedReason; 4] = [
    UnresolvedReason::ModuleNotFound,
    UnresolvedReason::ImportOutsideModulePath,
    UnresolvedReason::StdNotFound,
    UnresolvedReason::NotGenerated,
];

impl Record {
    /// The version of this layout and of what it means.
    pub(crate) const VERSION: u32 = 5;

    /// The bytes. `None` if there are too many of them to be worth keeping.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Writer(self.of.to_vec());
        out.number(self.hits as u64);
        out.number(self.generated as u64);
        out.number(self.unreported as u64);
        out.number(self.files.len() as u64);
        for file in &self.files {
            out.bytes(paths::bytes(file));
        }
        out.number(self.unresolved.len() as u64);
        for Unresolved {
            path,
            import,
            reason,
            made_by,
            token,
            location,
        } in &self.unresolved
        {
            out.bytes(paths::bytes(path));
            out.bytes(import);
            let reason = REASONS.iter().position(|r| r == reason)?;
            out.number(reason as u64);
            out.number(u64::from(made_by.is_some()));
            if let Some(MadeBy { module, step }) = made_by {
                out.bytes(module.as_bytes());
                out.bytes(step.as_bytes());
            }
            out.number(u64::from(*token));
            out.number(u64::from(location.is_some()));
            if let Some(Location {
                line,
                column,
                column_utf16,
                end: last,
                span: Span { start, end, main },
                source_line,
            }) = location
            {
                for number in [line, column, column_utf16, start, end, main] {
                    out.number(u64::from(*number));
                }
                for number in [last.line, last.column, last.column_utf16] {
                    out.number(u64::from(number));
                }
                out.number(u64::from(source_line.is_some()));
                out.bytes(source_line.as_deref().unwrap_or_default());
            }
            if out.0.len() as u64 > MAX_RECORD_LEN {
                return None;
            }
        }
        let Writer(payload) = out;
        let mut record = MAGIC.to_vec();
        record.extend_from_slice(&hash_contents(&payload).0);
        record.extend_from_slice(&payload);
        (record.len() as u64 <= MAX_RECORD_LEN).then_some(record)
    }

    /// `None` if these are not the bytes of a record.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Record> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (digest, payload) = rest.split_first_chunk::<16>()?;
        if hash_contents(payload) != Digest(*digest) {
            return None;
        }
        let (of, payload) = payload.split_first_chunk::<16>()?;
        let mut reader = Reader(payload);
        let mut record = Record {
            of: *of,
            hits: reader.number()?,
            generated: reader.number()?,
            unreported: reader.number()?,
            ..Record::default()
        };
        for _ in 0..reader.number::<u64>()? {
            record.files.push(reader.path()?);
        }
        for _ in 0..reader.number::<u64>()? {
            record.unresolved.push(Unresolved {
                path: reader.path()?,
                import: reader.bytes()?.to_vec(),
                reason: *REASONS.get(reader.number::<usize>()?)?,
                made_by: match reader.number::<u64>()? {
                    0 => None,
                    _ => Some(MadeBy {
                        module: reader.text()?,
                        step: reader.text()?,
                    }),
                },
                token: reader.number()?,
                location: match reader.number::<u64>()? {
                    0 => None,
                    _ => Some(Location {
                        line: reader.number()?,
                        column: reader.number()?,
                        column_utf16: reader.number()?,
                        span: Span {
                            start: reader.number()?,
                            end: reader.number()?,
                            main: reader.number()?,
                        },
                        end: Position {
                            line: reader.number()?,
                            column: reader.number()?,
                            column_utf16: reader.number()?,
                        },
                        source_line: match (reader.number::<u64>()?, reader.bytes()?) {
                            (0, _) => None,
                            (_, line) => Some(line.into()),
                        },
                    }),
                },
            });
        }
        reader.0.is_empty().then_some(record)
    }

    /// Reads one from a file. Whatever is wrong with it, then there is none.
    pub(crate) fn read(path: &Path) -> Option<Record> {
        let file = open_in_cache(OpenOptions::new().read(true), path).ok()?;
        if file.metadata().ok()?.len() > MAX_RECORD_LEN {
            return None;
        }
        let mut bytes = Vec::new();
        // It may grow while it is read.
        file.take(MAX_RECORD_LEN + 1).read_to_end(&mut bytes).ok()?;
        Record::decode(&bytes)
    }

    /// Puts the bytes of a record where one may be already, or the part of one. If that is not possible there
    /// is none.
    pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let mut file = open_in_cache(&mut options, path)?;
        let result = file.set_len(0).and_then(|()| file.write_all(bytes));
        if result.is_err() {
            // A part of one is none, but occupies space that there may not be.
            let _ = std::fs::remove_file(path);
        }
        result
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        let (number, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        T::try_from(u64::from_le_bytes(*number)).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn path(&mut self) -> Option<PathBuf> {
        Some(paths::from_bytes(self.bytes()?).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let location = Location {
            line: 3,
            column: 4,
            column_utf16: 2,
            end: Position {
                line: 5,
                column: 8,
                column_utf16: 6,
            },
            span: Span {
                start: 5,
                end: u32::MAX,
                main: 6,
            },
            source_line: Some(b"\xffline".as_slice().into()),
        };
        let unresolved = |reason, location| Unresolved {
            path: "a.zig".into(),
            import: b"x\0\xfe".to_vec(),
            reason,
            made_by: (reason == UnresolvedReason::NotGenerated).then(|| MadeBy {
                module: "c".to_owned(),
                step: "translate-c".to_owned(),
            }),
            token: 7,
            location,
        };
        Record {
            of: *b"0123456789abcdef",
            hits: 1,
            generated: 2,
            unreported: 3,
            files: vec!["a.zig".into(), paths::from_bytes(b"/l/\xff").into()],
            unresolved: vec![
                unresolved(UnresolvedReason::StdNotFound, Some(location.clone())),
                unresolved(
                    UnresolvedReason::ModuleNotFound,
                    Some(Location {
                        source_line: None,
                        ..location
                    }),
                ),
                unresolved(UnresolvedReason::ImportOutsideModulePath, None),
                unresolved(UnresolvedReason::NotGenerated, None),
            ],
        }
    }

    #[test]
    fn records_survive_the_round_trip() {
        let record = record();
        let bytes = record.encode().unwrap();
        let read = Record::decode(&bytes).unwrap();
        assert_eq!(read, record);
    }

    #[test]
    fn nothing_else_is_a_record() {
        let bytes = record().encode().unwrap();
        for len in 0..bytes.len() {
            assert!(Record::decode(&bytes[..len]).is_none(), "{len}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Record::decode(&damaged).is_none(), "{at}");
        }
        assert!(Record::decode(&[bytes, vec![0]].concat()).is_none());
    }

    #[test]
    fn lengths_that_cannot_be_are_no_record() {
        // With a digest that holds: counts and lengths far beyond what is there.
        for payload in [[u64::MAX; 6], [1, 1, 0, u64::MAX, u64::MAX, 0]] {
            let numbers = payload.iter().flat_map(|n| n.to_le_bytes());
            let payload: Vec<u8> = [0; 16].into_iter().chain(numbers).collect();
            let mut bytes = MAGIC.to_vec();
            bytes.extend_from_slice(&hash_contents(&payload).0);
            bytes.extend_from_slice(&payload);
            assert!(Record::decode(&bytes).is_none());
        }
    }
}
