//! What a manifest hit reports again: the outcome of the run that wrote the manifest.
//!
//! A magic number, a digest over all that follows, the digest of the manifest's lines that it belongs to,
//! then the fields: numbers as 8 bytes little endian, bytes behind their number. Anything else is no record.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::file::open_in_cache;
use manifest::{Digest, hash_contents};
use syntax::location::Span;

use crate::diagnostic::{Diagnostic, Location, Position, Severity};
use crate::file::Import;
use crate::graph::{MadeBy, Unresolved, UnresolvedReason};
use crate::limits::MAX_RECORD_LEN;
use crate::paths;

const MAGIC: &[u8; 8] = b"zircrec\x05";

/// An error has notes, and these have none. One more, so that a change of that need not be one here.
const MAX_NOTES_DEPTH: usize = 3;

/// The outcome of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Record {
    /// What the manifest says that goes with it: see `listing_digest`.
    pub(crate) of: [u8; 16],
    /// Whether every file could be loaded. If not, nobody knows when the run would end otherwise.
    pub(crate) is_whole: bool,
    /// Files whose IR came from the cache.
    pub(crate) hits: usize,
    /// Files that were lowered.
    pub(crate) generated: usize,
    /// Files with errors.
    pub(crate) failed: usize,
    /// Errors that are not reported: see `Module::errors_are_counted`.
    pub(crate) unreported: usize,
    /// All files as messages name them, in path order.
    pub(crate) files: Vec<PathBuf>,
    /// All errors.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Imports that lead nowhere.
    pub(crate) unresolved: Vec<Unresolved>,
    /// What each file imports, if it has no error of its own.
    pub(crate) imports: Vec<Option<Arc<[Import]>>>,
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
        out.flag(self.is_whole);
        for number in [self.hits, self.generated, self.failed, self.unreported] {
            out.number(number as u64);
        }
        out.number(self.files.len() as u64);
        for file in &self.files {
            out.bytes(paths::bytes(file));
        }
        out.diagnostics(&self.diagnostics)?;
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
            out.flag(made_by.is_some());
            if let Some(MadeBy { module, step }) = made_by {
                out.bytes(module.as_bytes());
                out.bytes(step.as_bytes());
            }
            out.number(u64::from(*token));
            out.location(location.as_ref());
            if out.is_too_long() {
                return None;
            }
        }
        for imports in &self.imports {
            out.flag(imports.is_some());
            let imports = imports.as_deref().unwrap_or_default();
            out.number(imports.len() as u64);
            for Import { name, token } in imports {
                out.bytes(name);
                out.number(u64::from(*token));
            }
        }
        let Writer(payload) = out;
        let mut record = MAGIC.to_vec();
        record.extend_from_slice(&hash_contents(&payload).0);
        record.extend_from_slice(&payload);
        (record.len() as u64 <= MAX_RECORD_LEN).then_some(record)
    }

    /// `None` if these are not the bytes of a record. The imports are read only if they are asked for.
    pub(crate) fn decode(bytes: &[u8], with_imports: bool) -> Option<Record> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (digest, payload) = rest.split_first_chunk::<16>()?;
        if hash_contents(payload) != Digest(*digest) {
            return None;
        }
        let (of, payload) = payload.split_first_chunk::<16>()?;
        let mut reader = Reader(payload);
        let mut record = Record {
            of: *of,
            is_whole: reader.flag()?,
            hits: reader.number()?,
            generated: reader.number()?,
            failed: reader.number()?,
            unreported: reader.number()?,
            ..Record::default()
        };
        for _ in 0..reader.number::<u64>()? {
            record.files.push(reader.path()?);
        }
        record.diagnostics = reader.diagnostics(MAX_NOTES_DEPTH)?;
        for _ in 0..reader.number::<u64>()? {
            record.unresolved.push(Unresolved {
                path: reader.path()?,
                import: reader.bytes()?.to_vec(),
                reason: *REASONS.get(reader.number::<usize>()?)?,
                made_by: match reader.flag()? {
                    false => None,
                    true => Some(MadeBy {
                        module: reader.text()?,
                        step: reader.text()?,
                    }),
                },
                token: reader.number()?,
                location: reader.location()?,
            });
        }
        if !with_imports {
            // The digest says that the rest is what was written.
            return Some(record);
        }
        for _ in 0..record.files.len() {
            let is_known = reader.flag()?;
            let mut imports = Vec::new();
            for _ in 0..reader.number::<u64>()? {
                imports.push(Import {
                    name: reader.bytes()?.to_vec(),
                    token: reader.number()?,
                });
            }
            record.imports.push(is_known.then(|| imports.into()));
        }
        reader.0.is_empty().then_some(record)
    }

    /// Reads one from a file. Whatever is wrong with it, then there is none.
    pub(crate) fn read(path: &Path, with_imports: bool) -> Option<Record> {
        let file = open_in_cache(OpenOptions::new().read(true), path).ok()?;
        if file.metadata().ok()?.len() > MAX_RECORD_LEN {
            return None;
        }
        let mut bytes = Vec::new();
        // It may grow while it is read.
        file.take(MAX_RECORD_LEN + 1).read_to_end(&mut bytes).ok()?;
        Record::decode(&bytes, with_imports)
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

    fn flag(&mut self, is_so: bool) {
        self.0.push(u8::from(is_so));
    }

    fn is_too_long(&self) -> bool {
        self.0.len() as u64 > MAX_RECORD_LEN
    }

    fn location(&mut self, location: Option<&Location>) {
        self.flag(location.is_some());
        let Some(Location {
            line,
            column,
            column_utf16,
            end,
            span,
            source_line,
        }) = location
        else {
            return;
        };
        for number in [
            line,
            column,
            column_utf16,
            &span.start,
            &span.end,
            &span.main,
        ] {
            self.number(u64::from(*number));
        }
        for number in [end.line, end.column, end.column_utf16] {
            self.number(u64::from(number));
        }
        self.flag(source_line.is_some());
        self.bytes(source_line.as_deref().unwrap_or_default());
    }

    /// `None` if it has become too long.
    fn diagnostics(&mut self, list: &[Diagnostic]) -> Option<()> {
        self.number(list.len() as u64);
        for Diagnostic {
            severity,
            path,
            location,
            message,
            notes,
        } in list
        {
            self.flag(*severity == Severity::Error);
            self.bytes(path);
            self.location(location.as_ref());
            self.bytes(message);
            self.diagnostics(notes)?;
            if self.is_too_long() {
                return None;
            }
        }
        Some(())
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

    fn flag(&mut self) -> Option<bool> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte != 0)
    }

    fn location(&mut self) -> Option<Option<Location>> {
        if !self.flag()? {
            return Some(None);
        }
        Some(Some(Location {
            line: self.number()?,
            column: self.number()?,
            column_utf16: self.number()?,
            span: Span {
                start: self.number()?,
                end: self.number()?,
                main: self.number()?,
            },
            end: Position {
                line: self.number()?,
                column: self.number()?,
                column_utf16: self.number()?,
            },
            source_line: match (self.flag()?, self.bytes()?) {
                (false, _) => None,
                (true, line) => Some(line.into()),
            },
        }))
    }

    /// Notes may have notes, but only so deep.
    fn diagnostics(&mut self, depth: usize) -> Option<Vec<Diagnostic>> {
        let mut list = Vec::new();
        for _ in 0..self.number::<u64>()? {
            list.push(Diagnostic {
                severity: match self.flag()? {
                    true => Severity::Error,
                    false => Severity::Note,
                },
                path: self.bytes()?.to_vec(),
                location: self.location()?,
                message: self.bytes()?.to_vec(),
                notes: self.diagnostics(depth.checked_sub(1)?)?,
            });
        }
        Some(list)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn path(&mut self) -> Option<PathBuf> {
        Some(paths::from_bytes(self.bytes()?).into_owned())
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
            is_whole: true,
            hits: 1,
            generated: 2,
            failed: 4,
            unreported: 3,
            files: vec!["a.zig".into(), paths::from_bytes(b"/l/\xff").into()],
            diagnostics: vec![
                Diagnostic {
                    notes: vec![Diagnostic::note(
                        b"b.zig",
                        Some(location.clone()),
                        b"n\0".into(),
                    )],
                    ..Diagnostic::error(b"a.zig", Some(location.clone()), b"\xfem".into())
                },
                Diagnostic::error(b"", None, b"nowhere".into()),
            ],
            imports: vec![
                None,
                Some(Arc::from([Import {
                    name: b"x.zig".to_vec(),
                    token: 9,
                }])),
            ],
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
        let read = Record::decode(&bytes, true).unwrap();
        assert_eq!(read, record);
    }

    #[test]
    fn nothing_else_is_a_record() {
        let bytes = record().encode().unwrap();
        for len in 0..bytes.len() {
            assert!(Record::decode(&bytes[..len], true).is_none(), "{len}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Record::decode(&damaged, true).is_none(), "{at}");
        }
        assert!(Record::decode(&[bytes, vec![0]].concat(), true).is_none());
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
            assert!(Record::decode(&bytes, true).is_none());
        }
    }
}
