//! Errors as users see them: taken out of an IR, placed in the source, and rendered as the reference
//! renders them.

use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;
use syntax::location::Span;
use syntax::{Ast, TokenIndex};
use zir::{CompileError, Zir};

use crate::limits::MAX_SHOWN_LINES_LEN;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The program is wrong.
    Error,
    /// Belongs to an error, or is worth knowing.
    Note,
}

/// A place in a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// Line, from 0.
    pub line: u32,
    /// Column in bytes, from 0.
    pub column: u32,
    /// Byte offsets: where the marked range begins, where the caret stands, where the range ends.
    pub span: Span,
    /// The line without its newline, where it should be shown.
    pub source_line: Option<Arc<[u8]>>,
}

/// An error or a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file as the user would name it. Need not be UTF-8.
    pub path: Vec<u8>,
    /// Where in the file, if anywhere in particular.
    pub location: Option<Location>,
    /// What it says. Need not be UTF-8.
    pub message: Vec<u8>,
    /// What belongs to it.
    pub notes: Vec<Diagnostic>,
}

/// What [`Diagnostic`] is in JSON. Lines and columns count from 1; text that is not UTF-8 is replaced.
#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    path: std::borrow::Cow<'a, str>,
    line: Option<u32>,
    column: Option<u32>,
    severity: Severity,
    message: std::borrow::Cow<'a, str>,
    notes: &'a [Diagnostic],
}

impl Serialize for Diagnostic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        JsonDiagnostic {
            path: String::from_utf8_lossy(&self.path),
            line: self.location.as_ref().map(|l| l.line + 1),
            column: self.location.as_ref().map(|l| l.column + 1),
            severity: self.severity,
            message: String::from_utf8_lossy(&self.message),
            notes: &self.notes,
        }
        .serialize(serializer)
    }
}

fn token_end(tree: &Ast<'_>, token: TokenIndex) -> u32 {
    tree.token_start(token) + tree.token_slice(token).len() as u32
}

/// Where the lines of a source begin, so that any number of places is found without reading it anew.
#[derive(Debug)]
pub(crate) struct Lines<'s> {
    source: &'s [u8],
    /// Offset of the first byte of each line.
    starts: Vec<u32>,
    /// The line asked for last: many errors on one long line share its text.
    last: RefCell<Option<(u32, Arc<[u8]>)>>,
    /// What showing the lines of all places given out takes.
    shown: Cell<u64>,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(source: &'s [u8]) -> Lines<'s> {
        let newlines = memchr::memchr_iter(b'\n', source).map(|newline| newline as u32 + 1);
        Lines {
            source,
            starts: std::iter::once(0).chain(newlines).collect(),
            last: RefCell::new(None),
            shown: Cell::new(0),
        }
    }

    /// Line and column of a byte offset, both from 0, and the line itself without its newline.
    pub(crate) fn find(&self, offset: u32) -> (u32, u32, &'s [u8]) {
        let offset = offset.min(self.source.len() as u32);
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let start = self.starts[line];
        let end = self
            .starts
            .get(line + 1)
            .map_or(self.source.len(), |&next| next as usize - 1);
        (
            line as u32,
            offset - start,
            &self.source[start as usize..end],
        )
    }

    /// Whether so much was shown that no more lines will be.
    fn is_exhausted(&self) -> bool {
        self.shown.get() > MAX_SHOWN_LINES_LEN
    }

    /// The place of `span`.
    pub(crate) fn location(&self, span: Span) -> Location {
        let (line, column, text) = self.find(span.main);
        let marks = u64::from(span.end.max(span.main).saturating_sub(span.start));
        let shown = text.len() as u64 + u64::from(column) + marks;
        self.shown.set(self.shown.get() + shown);
        if self.is_exhausted() {
            return Location {
                line,
                column,
                span,
                source_line: None,
            };
        }
        let mut last = self.last.borrow_mut();
        let source_line = match &*last {
            Some((number, text)) if *number == line => text.clone(),
            _ => Arc::from(text),
        };
        *last = Some((line, source_line.clone()));
        Location {
            line,
            column,
            span,
            source_line: Some(source_line),
        }
    }
}

impl Location {
    /// For a note: the line is not shown again if the error is on it already.
    pub(crate) fn without_line_of(mut self, error: &Location) -> Location {
        if self.shows_the_same(error) {
            self.source_line = None;
        }
        self
    }

    /// Whether the same text would be shown, marked at the same place.
    pub(crate) fn shows_the_same(&self, other: &Location) -> bool {
        self.line == other.line
            && self.column == other.column
            && self.source_line == other.source_line
    }

    /// The place of a token.
    pub(crate) fn of_token(tree: &Ast<'_>, token: TokenIndex) -> Location {
        let start = tree.token_start(token);
        Lines::new(tree.source).location(Span {
            start,
            end: token_end(tree, token),
            main: start,
        })
    }
}

/// The compile errors in `zir`, which was made from `tree`.
pub fn zir_diagnostics(zir: &Zir, tree: &Ast<'_>, path: &[u8]) -> Vec<Diagnostic> {
    if !zir.view().has_compile_errors() {
        return Vec::new();
    }
    let lines = Lines::new(tree.source);
    let span = |item: &CompileError<'_>, end_offset: u32| {
        if item.node != 0 {
            if lines.is_exhausted() {
                // It is not shown; finding its ends takes a while in deep trees.
                return tree.token_to_span(tree.main_token(item.node));
            }
            return tree.node_to_span(item.node);
        }
        let start = tree.token_start(item.token).wrapping_add(item.byte_offset);
        let len = tree.token_slice(item.token).len() as u32;
        // The reference takes the offset of the error, not of the note, off a note's length.
        Span {
            start,
            end: start.wrapping_add(len).wrapping_sub(end_offset),
            main: start,
        }
    };
    let diagnostic = |severity, item: &CompileError<'_>, location| Diagnostic {
        severity,
        path: path.to_vec(),
        location: Some(location),
        message: item.message.to_vec(),
        notes: Vec::new(),
    };
    zir.view()
        .compile_errors()
        .map(|error| {
            let location = lines.location(span(&error, error.byte_offset));
            let notes = error.notes().map(|note| {
                let place = lines.location(span(&note, error.byte_offset));
                diagnostic(Severity::Note, &note, place.without_line_of(&location))
            });
            let notes = notes.collect();
            Diagnostic {
                notes,
                ..diagnostic(Severity::Error, &error, location)
            }
        })
        .collect()
}

/// Writes diagnostics as text.
#[derive(Clone, Copy, Debug)]
pub struct Renderer {
    /// Whether to use terminal colours.
    pub color: bool,
}

impl Renderer {
    const BOLD: &str = "\x1b[1m";
    const DIM: &str = "\x1b[2m";
    const RED: &str = "\x1b[31m";
    const GREEN: &str = "\x1b[32m";
    const CYAN: &str = "\x1b[36m";
    const RESET: &str = "\x1b[0m";

    /// Prints diagnostics to standard error, all at once.
    pub(crate) fn print(self, diagnostics: &[Diagnostic]) -> io::Result<()> {
        let mut text = Vec::new();
        for diagnostic in diagnostics {
            self.render(&mut text, diagnostic)?;
        }
        io::stderr().lock().write_all(&text)
    }

    fn set(self, out: &mut dyn Write, code: &str) -> io::Result<()> {
        if self.color {
            out.write_all(code.as_bytes())
        } else {
            Ok(())
        }
    }

    /// One error or note with all that belongs to it, in the reference's form.
    pub fn render(self, out: &mut dyn Write, diagnostic: &Diagnostic) -> io::Result<()> {
        self.render_indented(out, diagnostic, 0)
    }

    fn render_indented(self, out: &mut dyn Write, d: &Diagnostic, indent: usize) -> io::Result<()> {
        let (kind, color) = match d.severity {
            Severity::Error => ("error", Self::RED),
            Severity::Note => ("note", Self::CYAN),
        };
        let Some(location) = &d.location else {
            self.set(out, color)?;
            spaces(out, indent)?;
            write!(out, "{kind}: ")?;
            self.set(out, Self::RESET)?;
            out.write_all(until_nul(&d.message))?;
            out.write_all(b"\n")?;
            self.set(out, Self::RESET)?;
            for note in &d.notes {
                self.render_indented(out, note, indent + 4)?;
            }
            return Ok(());
        };
        let mut prefix = vec![b' '; indent];
        prefix.extend_from_slice(until_nul(&d.path));
        write!(prefix, ":{}:{}: ", location.line + 1, location.column + 1)?;
        // What follows the first line of a message is indented by this.
        let width = prefix.len() + kind.len() + 2;
        out.write_all(&prefix[..indent])?;
        self.set(out, Self::BOLD)?;
        out.write_all(&prefix[indent..])?;
        self.set(out, color)?;
        write!(out, "{kind}: ")?;
        self.set(out, Self::RESET)?;
        self.set(out, Self::BOLD)?;
        for (i, line) in until_nul(&d.message).split(|&b| b == b'\n').enumerate() {
            if i > 0 {
                out.write_all(b"\n")?;
                spaces(out, width)?;
            }
            out.write_all(line)?;
        }
        out.write_all(b"\n")?;
        self.set(out, Self::RESET)?;
        if let Some(line) = &location.source_line {
            self.render_line(out, line, location)?;
        }
        for note in &d.notes {
            self.render_indented(out, note, indent)?;
        }
        Ok(())
    }

    fn render_line(self, out: &mut dyn Write, line: &[u8], location: &Location) -> io::Result<()> {
        let line: Vec<u8> = until_nul(line)
            .iter()
            .map(|&b| if b == b'\t' { b' ' } else { b })
            .collect();
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        let Span { start, end, main } = location.span;
        let before = main.saturating_sub(start) as usize;
        let after = end.saturating_sub(main).saturating_sub(1) as usize;
        let column = (location.column as usize).saturating_sub(before);
        spaces(out, column)?;
        self.set(out, Self::GREEN)?;
        out.write_all(&b"~".repeat(before))?;
        out.write_all(b"^")?;
        out.write_all(&b"~".repeat(after))?;
        out.write_all(b"\n")?;
        self.set(out, Self::RESET)
    }

    /// A line that stands for itself, dimmed.
    pub fn dim(self, out: &mut dyn Write, text: &str) -> io::Result<()> {
        self.set(out, Self::DIM)?;
        writeln!(out, "{text}")?;
        self.set(out, Self::RESET)
    }
}

/// Not by a width in a format string, which cannot be as wide as a line.
fn spaces(out: &mut dyn Write, count: usize) -> io::Result<()> {
    out.write_all(&b" ".repeat(count))
}

/// The reference keeps text NUL-terminated, so it shows none of what comes after a NUL.
fn until_nul(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(0, text).unwrap_or(text.len())]
}
