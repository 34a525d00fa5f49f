//! What a manifest hit reports again: the outcome of the run that wrote the manifest.
//!
//! | bytes | |
//! |---|---|
//! | 8 | a magic number |
//! | 16 | the digest of what follows, up to the end of the outcome |
//! | 16 | the digest of the parts |
//! | 8, 8 | the lengths of outcome and parts, little endian |
//! | | the outcome: the digest of the manifest's lines that it belongs to, then its fields |
//! | | the parts: what is known of each file ([`Parts`]), which a hit does not look at |
//!
//! Numbers are LEB128, bytes stand behind their number. Of a path stands how many bytes it has in common with
//! the one before it, and the rest. Anything else is no record.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::file::{open_in_cache, read_whole};
use manifest::{Digest, hash_contents};
use release::Release;
use syntax::location::Span;

use super::fields::{Reader, Writer};
use super::parts::Parts;
use crate::diagnostic::{Diagnostic, Location, Position, Severity};
use crate::environment::layout::RECORD_MAGIC;
use crate::graph::{MadeBy, Unresolved, UnresolvedReason};
use crate::limits::MAX_RECORD_LEN;
use crate::paths;

const MAGIC: &[u8; 8] = &{
    let [a, b, c, d, e, f, g] = *RECORD_MAGIC;
    [a, b, c, d, e, f, g, Record::VERSION as u8]
};

/// Where the digested bytes begin.
const DIGESTED_AT: usize = MAGIC.len() + 16;

/// Where the length of the outcome stands.
const LEN_AT: usize = DIGESTED_AT + 16;

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
    pub(crate) files: Arc<Vec<PathBuf>>,
    /// All errors.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Imports that lead nowhere.
    pub(crate) unresolved: Vec<Unresolved>,
    /// What is known of each file.
    pub(crate) parts: Parts,
    /// The digest that the parts ought to have.
    pub(crate) parts_digest: Digest,
}

const REASONS: [UnresolvedReason; 4] = [
    UnresolvedReason::ModuleNotFound,
    UnresolvedReason::ImportOutsideModulePath,
    UnresolvedReason::StdNotFound,
    UnresolvedReason::NotGenerated,
];

impl Record {
    /// The version of this layout and of what it means.
    pub(crate) const VERSION: u32 = 6;

    /// The bytes. `None` if there are too many of them to be worth keeping.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Writer::default();
        out.raw(MAGIC);
        out.raw(&[0; 16]);
        out.raw(&hash_contents(self.parts.bytes()).0);
        out.raw(&[0; 8]);
        out.raw(&(self.parts.bytes().len() as u64).to_le_bytes());
        let begin = out.len();
        out.raw(&self.of);
        out.flag(self.is_whole);
        for number in [self.hits, self.generated, self.failed, self.unreported] {
            out.number(number as u64);
        }
        out.paths(&self.files)?;
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
        let outcome_len = (out.len() - begin) as u64;
        let mut record = out.into_bytes();
        record[LEN_AT..LEN_AT + 8].copy_from_slice(&outcome_len.to_le_bytes());
        let digest = hash_contents(&record[DIGESTED_AT..]);
        record[MAGIC.len()..DIGESTED_AT].copy_from_slice(&digest.0);
        record.extend_from_slice(self.parts.bytes());
        (record.len() as u64 <= MAX_RECORD_LEN).then_some(record)
    }

    /// `None` if these are not the bytes of a record. The parts are not looked at: see
    /// [`checked_parts`](Self::checked_parts).
    pub(crate) fn decode(mut bytes: Vec<u8>) -> Option<Record> {
        let (digest, digested) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<16>()?;
        let (parts_digest, rest) = digested.split_first_chunk::<16>()?;
        let (len, rest) = rest.split_first_chunk::<8>()?;
        let (parts_len, rest) = rest.split_first_chunk::<8>()?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
        let (outcome, parts) = rest.split_at_checked(len)?;
        if parts.len() as u64 != u64::from_le_bytes(*parts_len) {
            return None;
        }
        let (digested, _) = digested.split_at(digested.len() - parts.len());
        if hash_contents(digested) != Digest(*digest) {
            return None;
        }
        let mut record = Record::of_outcome(outcome)?;
        record.parts_digest = Digest(*parts_digest);
        let parts_at = bytes.len() - parts.len();
        bytes.drain(..parts_at);
        record.parts = Parts::from_bytes(bytes);
        Some(record)
    }

    fn of_outcome(outcome: &[u8]) -> Option<Record> {
        let (of, outcome) = outcome.split_first_chunk::<16>()?;
        let mut reader = Reader(outcome);
        let mut record = Record {
            of: *of,
            is_whole: reader.flag()?,
            hits: reader.number()?,
            generated: reader.number()?,
            failed: reader.number()?,
            unreported: reader.number()?,
            files: Arc::new(reader.paths()?),
            ..Record::default()
        };
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
        reader.0.is_empty().then_some(record)
    }

    /// The parts, if they are those that were written.
    pub(crate) fn checked_parts(&self) -> Option<&Parts> {
        (hash_contents(self.parts.bytes()) == self.parts_digest).then_some(&self.parts)
    }

    /// Reads one from a file. Whatever is wrong with it, then there is none.
    pub(crate) fn read(path: &Path) -> Option<Record> {
        let file = open_in_cache(OpenOptions::new().read(true), path).ok()?;
        Record::decode(read_whole(&file, MAX_RECORD_LEN).ok()??)
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

/// Reads what the digests of a record are over, as if they were right: the length of the outcome in two
/// bytes, little endian, the outcome, the parts. What is one has to survive being written.
///
/// # Errors
/// That it is none.
pub(crate) fn read_undigested(bytes: &[u8]) -> Result<(), String> {
    let none = || "no record".to_owned();
    let (len, rest) = bytes.split_first_chunk::<2>().ok_or_else(none)?;
    let len = usize::from(u16::from_le_bytes(*len));
    let (outcome, parts) = rest.split_at_checked(len).ok_or_else(none)?;
    let mut record = Record::of_outcome(outcome).ok_or_else(none)?;
    record.parts = Parts::from_bytes(parts.to_vec());
    record.parts_digest = hash_contents(parts);
    let written = record.encode().ok_or_else(none)?;
    let read = Record::decode(written).ok_or("what was written is none")?;
    if read != record || read.checked_parts().is_none() {
        return Err("another record than what was written".to_owned());
    }
    let count = read.files.len();
    let all = read.parts.all(count, Release::NEWEST).ok_or_else(none)?;
    for (position, part) in all.iter().enumerate() {
        let new = read.parts.with(&[(position, part.clone())]);
        let new = new.and_then(|parts| parts.get(position, Release::NEWEST));
        if new.as_ref() != Some(part) {
            return Err(format!("part {position} is another"));
        }
    }
    Ok(())
}

impl Writer {
    /// A path for each file, in path order. `None` if they are too long together.
    fn paths(&mut self, paths: &[PathBuf]) -> Option<()> {
        self.number(paths.len() as u64);
        let mut total = 0;
        let mut before: &[u8] = b"";
        for path in paths {
            let path = paths::bytes(path);
            total += path.len() as u64;
            if total > MAX_RECORD_LEN {
                return None;
            }
            let same = paths::common_len(before, path);
            self.number(same as u64);
            self.bytes(&path[same..]);
            before = path;
        }
        Some(())
    }

    fn is_too_long(&self) -> bool {
        self.len() as u64 > MAX_RECORD_LEN
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

impl Reader<'_> {
    /// A few bytes can stand for a long path, so their length together has a limit.
    fn paths(&mut self) -> Option<Vec<PathBuf>> {
        let count: usize = self.number()?;
        // Two bytes at least for each.
        let mut paths = Vec::with_capacity(count.min(self.0.len() / 2));
        let mut total = 0;
        let mut path = Vec::new();
        for _ in 0..count {
            let same: usize = self.number()?;
            let rest = self.bytes()?;
            if same > path.len() {
                return None;
            }
            path.truncate(same);
            path.extend_from_slice(rest);
            total += path.len() as u64;
            if total > MAX_RECORD_LEN {
                return None;
            }
            paths.push(paths::from_bytes(&path).into_owned());
        }
        Some(paths)
    }

    fn path(&mut self) -> Option<PathBuf> {
        Some(paths::from_bytes(self.bytes()?).into_owned())
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
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::parts::Part;
    use super::*;
    use crate::file::Import;

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
        let import = Import {
            name: b"x.zig".to_vec(),
            token: 9,
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
        let mut parts = Parts::default();
        for imports in [None, Some(Arc::from([import]))] {
            let entry = None;
            parts.push(&Part { imports, entry });
        }
        let parts_digest = hash_contents(parts.bytes());
        Record {
            of: *b"0123456789abcdef",
            is_whole: true,
            hits: 1,
            generated: 2,
            failed: 4,
            unreported: 3,
            files: Arc::new(vec!["a.zig".into(), paths::from_bytes(b"/l/\xff").into()]),
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
            parts,
            parts_digest,
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
        let read = Record::decode(bytes).unwrap();
        assert_eq!(read, record);
        assert_eq!(read.checked_parts(), Some(&record.parts));
    }

    #[test]
    fn nothing_else_is_a_record() {
        let read = |bytes: &[u8]| {
            let record = Record::decode(bytes.to_vec())?;
            record.checked_parts().is_some().then_some(record)
        };
        let bytes = record().encode().unwrap();
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_none(), "{len}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(read(&damaged).is_none(), "{at}");
        }
        assert!(read(&[bytes, vec![0]].concat()).is_none());
    }

    #[test]
    fn lengths_that_cannot_be_are_no_record() {
        // With digests that hold: counts and lengths far beyond what is there, and paths that a few bytes
        // make long.
        let begin = [1, 0, 0, 0, 0];
        let many = u64::MAX;
        let fields: [&[u64]; 5] = [
            &[many],
            &[1, many],
            &[1, 0, many],
            &[0, many],
            &[2, 0, 0, 1, 0],
        ];
        for fields in fields {
            assert!(decode_fields(&[&begin, fields].concat()).is_none());
        }
        assert!(decode_fields(&[&begin[..], &[2, 0, 0, 0, 0, 0, 0]].concat()).is_some());
        let long = [&begin[..], &[100_000, 0, 4000], &[0; 4000]].concat();
        let repeated = [4000, 0].repeat(99_999);
        assert!(decode_fields(&[long, repeated, vec![0, 0]].concat()).is_none());
    }

    fn decode_fields(fields: &[u64]) -> Option<Record> {
        let mut outcome = Writer::default();
        outcome.raw(&[0; 16]);
        fields.iter().for_each(|field| outcome.number(*field));
        let outcome = outcome.into_bytes();
        let digested = [
            &hash_contents(b"").0[..],
            &(outcome.len() as u64).to_le_bytes(),
            &[0; 8],
            &outcome,
        ];
        let digested = digested.concat();
        Record::decode([MAGIC, &hash_contents(&digested).0[..], &digested].concat())
    }
}
