//! `zirc zon json` and `zirc zon from-json`: ZON as JSON, and back.
//!
//! Nothing here recurses, and neither side becomes values in between: a ZOIR is written as JSON, and JSON is written as
//! ZON while it is read.

mod reader;
mod special;

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use syntax::location::Span;
use syntax::{Ast, Mode};
use zoir::{F128, Node, NodeIndex, Range, ZoirRef};

use crate::diagnostics::{Diagnostic, Lines, Renderer, Severity};
use crate::limits::MAX_INDENT;
use crate::terminal::Color;
use crate::zon_diagnostics::zoir_diagnostics;
use crate::{Error, Status, inputs, paths};

pub use reader::from_json;

/// What `zirc zon json --help` says of the mapping.
pub(crate) const JSON_HELP: &str = "\
What becomes of what:
  structs                 objects, fields in their order
  arrays                  arrays
  .{}                     {}: it is both an empty struct and an empty array
  true, false, null       the same
  integers, characters    numbers, if no larger than 9007199254740991 (2^53 - 1); of characters the code point
  floats                  numbers with a dot or an exponent: the shortest digits that mean the same in 128 bits
  strings                 strings; one that is not UTF-8 is an error

What JSON has no form for becomes a string that holds its text in ZON:
  enum literals           \".name\", or \".@\\\"any name\\\"\" where the name needs that in ZON
  larger integers         \"9007199254740992\"; of more than 65536 bits to base 16, with 0x in front
  floats beyond a double  \"1e400\", \"1e-400\"
  nan, inf, -inf          \"nan\", \"inf\", \"-inf\"
A string that would read as one of these has a ' put before it (\"'.name\", \"'inf\"), and so has one that would read so
behind any number of '. All other strings are as they were: \"../dir\", \".zig-cache\", \"123\".

zirc zon from-json makes ZON of it that means the same. Comments are lost.

Exit status: 0 printed, 1 the document is broken or cannot be JSON, 2 could not run.";

/// What `zirc zon from-json --help` says of the mapping.
pub(crate) const FROM_JSON_HELP: &str = "\
What becomes of what:
  objects                 structs, fields in their order; a name twice in one object is an error, and so is a name that
                          is empty or has a null in it: ZON has none such
  arrays                  arrays
  {}, []                  .{}
  true, false, null       the same
  numbers                 the same digits, however many; -0 is -0.0
  strings                 strings, but for those that zirc zon json writes for what JSON has no form for (see its help):
                          \".name\" is an enum literal, \"9007199254740992\" an integer, \"inf\" infinity, and \"'.name\"
                          the string .name. With --plain they are all strings.

The result is formatted as zig fmt has it.

Exit status: 0 printed, 1 the document is broken or cannot be ZON, 2 could not run.";

/// A ZON document to print as JSON.
#[derive(Clone, Debug, Default)]
pub struct JsonOptions {
    /// The file; standard input if there is none.
    pub file: Option<PathBuf>,
    /// Colours in the errors.
    pub color: Color,
}

/// A JSON document to print as ZON.
#[derive(Clone, Debug, Default)]
pub struct FromJsonOptions {
    /// The file; standard input if there is none.
    pub file: Option<PathBuf>,
    /// Take every string as it is.
    pub plain: bool,
    /// Colours in the errors.
    pub color: Color,
}

/// Prints a ZON document as JSON.
pub fn run_json(options: &JsonOptions) -> Result<Status, Error> {
    let (source, path) = read(options.file.as_deref())?;
    finish(to_json(&source, &path), options.color)
}

/// Prints a JSON document as ZON.
pub fn run_from_json(options: &FromJsonOptions) -> Result<Status, Error> {
    let (source, path) = read(options.file.as_deref())?;
    finish(from_json(&source, &path, options.plain), options.color)
}

/// The bytes of the input, and what it is called in errors.
fn read(file: Option<&Path>) -> Result<(Vec<u8>, Vec<u8>), Error> {
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => {
            let source = inputs::load(file)?;
            Ok((source, paths::bytes(file).to_vec()))
        }
        None => Ok((inputs::load_stdin()?, inputs::STDIN.into())),
    }
}

fn finish(result: Result<Vec<u8>, Vec<Diagnostic>>, color: Color) -> Result<Status, Error> {
    match result {
        Ok(text) => {
            std::io::stdout().lock().write_all(&text)?;
            Ok(Status::Clean)
        }
        Err(diagnostics) => {
            let renderer = Renderer {
                color: color.on_stderr(),
            };
            renderer.print(&diagnostics)?;
            Ok(Status::ErrorsFound)
        }
    }
}

/// A ZON document as JSON; otherwise what is wrong with it. `path` is its name in errors.
pub fn to_json(source: &[u8], path: &[u8]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let tree = Ast::parse(source, Mode::Zon);
    let zoir = zongen::generate(&tree, zongen::Options::default());
    let view = zoir.view();
    if view.has_compile_errors() {
        return Err(zoir_diagnostics(view, &tree, path));
    }
    let mut writer = Writer {
        zoir: view,
        out: Vec::new(),
        not_text: Vec::new(),
    };
    writer.document();
    if writer.not_text.is_empty() {
        return Ok(writer.out);
    }
    let lines = Lines::new(source);
    let diagnostics = writer.not_text.iter().map(|&(node, is_name)| {
        let ast_node = view.ast_node(node).unwrap_or(0);
        let (span, message) = if is_name {
            // `.name =` precedes the value.
            let token = tree.first_token(ast_node).saturating_sub(2);
            (
                tree.token_to_span(token),
                "the name is not UTF-8: JSON cannot hold it",
            )
        } else {
            (
                tree.node_to_span(ast_node),
                "the string is not UTF-8: JSON cannot hold it",
            )
        };
        error(path, &lines, span, message)
    });
    Err(diagnostics.collect())
}

fn error(path: &[u8], lines: &Lines<'_>, span: Span, message: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        path: path.to_vec(),
        location: Some(lines.location(span)),
        message: message.into(),
        notes: Vec::new(),
    }
}

fn newline(out: &mut Vec<u8>, depth: usize, width: usize) {
    out.push(b'\n');
    out.resize(out.len() + depth.min(MAX_INDENT) * width, b' ');
}

/// Writes a ZOIR as JSON.
struct Writer<'z> {
    zoir: ZoirRef<'z>,
    out: Vec<u8>,
    /// Values that are not UTF-8, or whose names are not.
    not_text: Vec<(NodeIndex, bool)>,
}

/// An array or object that is being written.
struct Open<'z> {
    values: Range,
    names: Option<zoir::Names<'z>>,
    next: u32,
}

impl<'z> Writer<'z> {
    fn document(&mut self) {
        let mut stack: Vec<Open<'z>> = Vec::new();
        stack.extend(self.value(NodeIndex::ROOT));
        while let Some(open) = stack.last_mut() {
            let at = open.next;
            open.next += 1;
            let names = open.names;
            match open.values.get(at) {
                Some(node) => {
                    if at > 0 {
                        self.out.push(b',');
                    }
                    newline(&mut self.out, stack.len(), 2);
                    if let Some(names) = names {
                        let name = names.get(at).unwrap_or_default();
                        match std::str::from_utf8(name) {
                            Ok(name) => json_string(&mut self.out, name),
                            Err(_) => self.not_text.push((node, true)),
                        }
                        self.out.extend_from_slice(b": ");
                    }
                    stack.extend(self.value(node));
                }
                None => {
                    stack.pop();
                    newline(&mut self.out, stack.len(), 2);
                    self.out.push(if names.is_some() { b'}' } else { b']' });
                }
            }
        }
        self.out.push(b'\n');
    }

    /// Writes a value, but of an array or object only the bracket.
    fn value(&mut self, index: NodeIndex) -> Option<Open<'z>> {
        let (names, values) = match self.zoir.node(index)? {
            Node::Array(values) => (None, values),
            Node::Struct(fields) => (Some(fields.names), fields.values),
            scalar => {
                self.scalar(index, scalar);
                return None;
            }
        };
        self.out.push(if names.is_some() { b'{' } else { b'[' });
        Some(Open {
            values,
            names,
            next: 0,
        })
    }

    fn scalar(&mut self, index: NodeIndex, node: Node<'z>) {
        let plain = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());
        let out = &mut self.out;
        match node {
            Node::True => plain(out, "true"),
            Node::False => plain(out, "false"),
            Node::Null => plain(out, "null"),
            Node::PosInf => plain(out, "\"inf\""),
            Node::NegInf => plain(out, "\"-inf\""),
            Node::Nan => plain(out, "\"nan\""),
            Node::Int(value) => plain(out, &value.to_string()),
            Node::Char(value) => plain(out, &value.to_string()),
            Node::BigInt(value) => {
                let is_exact = value
                    .magnitude()
                    .is_some_and(|magnitude| magnitude <= special::MAX_EXACT.into());
                if is_exact {
                    plain(out, &value.to_string());
                } else {
                    json_string(out, &value.to_string());
                }
            }
            Node::Float(value) => {
                let text = float(value);
                if value.is_nan() || value.is_infinite() || special::is_beyond_double(value) {
                    json_string(out, &text);
                } else {
                    plain(out, &text);
                }
            }
            Node::EnumLiteral(name) => match std::str::from_utf8(name) {
                Ok(name) => json_string(out, &special::enum_literal(name)),
                Err(_) => self.not_text.push((index, false)),
            },
            Node::String(value) => match std::str::from_utf8(value) {
                Ok(value) if special::needs_mark(value) => {
                    json_string(out, &format!("{}{value}", special::MARK));
                }
                Ok(value) => json_string(out, value),
                Err(_) => self.not_text.push((index, false)),
            },
            Node::Empty => plain(out, "{}"),
            // Not scalars.
            Node::Array(_) | Node::Struct(_) => {}
        }
    }
}

/// Digits of a float, with an exponent where that keeps zeros out. Always with a dot or an exponent, so that it is none
/// of an integer.
fn float(value: F128) -> String {
    let text = value.to_string();
    if value.is_nan() || value.is_infinite() {
        return text;
    }
    let magnitude = text.strip_prefix('-').unwrap_or(&text);
    let sign = &text[..text.len() - magnitude.len()];
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let all = [whole, fraction].concat();
    let digits = all.trim_start_matches('0');
    // The value is 0.digits times ten to this.
    let point = whole.len() as i64 - (all.len() - digits.len()) as i64;
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return format!("{sign}0.0");
    }
    if (-5..=21).contains(&point) {
        let fraction = if fraction.is_empty() { "0" } else { fraction };
        return format!("{sign}{whole}.{fraction}");
    }
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{dot}{rest}e{}", point - 1)
}

/// A string with its quotes.
fn json_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\'))
            .unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        rest = &rest[plain..];
        if let Some((&byte, after)) = rest.split_first() {
            match byte {
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            }
            rest = after;
        }
    }
    out.push(b'"');
}

/// A ZON string with its quotes, readable where it is not of ASCII.
fn zon_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' => out.extend(['\\', char]),
            '\0'..='\x1f' | '\x7f' => {
                let _ = write!(out, "\\x{:02x}", u32::from(char));
            }
            // Not seen, or taken for the end of a line.
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out.push('"');
    out
}

/// A name as it stands behind a dot.
fn zon_name(name: &str) -> String {
    if zoir::text::is_plain_name(name.as_bytes()) {
        name.to_owned()
    } else {
        format!("@{}", zon_string(name))
    }
}
