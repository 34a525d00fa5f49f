//! A ZOIR, written as JSON.

use release::Release;
use syntax::{Ast, Mode};
use zoir::{F128, Node, NodeIndex, Range, ZoirRef};

use super::special;
use super::text::{error, newline};
use crate::diagnostic::{Diagnostic, Lines, zoir_diagnostics};

/// A ZON document as JSON; otherwise what is wrong with it. `path` is its name in errors. With `plain` there
/// are no marks that tell what was no string, and numbers are numbers however large: the way back is lost.
pub(crate) fn to_json(
    source: &[u8],
    path: &[u8],
    plain: bool,
    release: Release,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let tree = Ast::parse(source, Mode::Zon, release);
    let zoir = zongen::generate(&tree, zongen::Options::default());
    let view = zoir.view();
    if view.has_compile_errors() {
        return Err(zoir_diagnostics(view, &tree, path));
    }
    let mut writer = Writer {
        zoir: view,
        is_plain: plain,
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

/// Writes a ZOIR as JSON.
struct Writer<'z> {
    zoir: ZoirRef<'z>,
    is_plain: bool,
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
                let text = value.to_string();
                // The longest of all are written to base 16, which no number of JSON is.
                if is_exact || self.is_plain && !text.contains('x') {
                    plain(out, &text);
                } else {
                    json_string(out, &text);
                }
            }
            Node::Float(value) => {
                let text = float(value);
                let is_beyond = !self.is_plain && special::is_beyond_double(value);
                if value.is_nan() || value.is_infinite() || is_beyond {
                    json_string(out, &text);
                } else {
                    plain(out, &text);
                }
            }
            Node::EnumLiteral(name) => match std::str::from_utf8(name) {
                Ok(name) if self.is_plain => json_string(out, name),
                Ok(name) => json_string(out, &special::enum_literal(name)),
                Err(_) => self.not_text.push((index, false)),
            },
            Node::String(value) => match std::str::from_utf8(value) {
                Ok(value) if !self.is_plain && special::needs_mark(value) => {
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

/// Digits of a float, with an exponent where that keeps zeros out. Always with a dot or an exponent, so that
/// it is none of an integer.
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
