//! ZOIR as text, in the form in which Zig's compiler prints it for its developers.

use alloc::vec::Vec;
use core::fmt;

use release::Release;

use crate::header::{Header, Stat};
use crate::limits::MAX_PRINT_INDENT;
use crate::node::{Node, NodeIndex, Range};
use crate::text::{Escaped, Style};
use crate::view::ZoirRef;

/// A size as the compiler prints it: in units of 1024, exact to as many digits as that takes.
struct Size(u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["B", "KiB", "MiB", "GiB"];
        let unit = (self.0.max(1).ilog2() as usize / 10).min(UNITS.len() - 1);
        let value = self.0 as f64 / (1u64 << (10 * unit)) as f64;
        write!(f, "{value}{}", UNITS[unit])
    }
}

/// A name as a release writes it, but `_` is not plain here.
struct PrintedName<'a>(Style, &'a [u8]);

impl fmt::Display for PrintedName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 == b"_" {
            f.write_str("@\"_\"")
        } else {
            self.0.write_name(f, self.1)
        }
    }
}

struct Open<'a> {
    values: Range,
    names: Option<crate::node::Names<'a>>,
    next: u32,
}

fn newline(f: &mut dyn fmt::Write, indent: usize) -> fmt::Result {
    f.write_str("\n")?;
    (0..indent.min(MAX_PRINT_INDENT)).try_for_each(|_| f.write_str("  "))
}

/// Prints the sizes of the arrays and then the value, as `release` writes its names; of a document with
/// errors only the messages. What is
/// out of bounds in arrays that are not valid is printed as `?`, and nothing twice that validation would find
/// twice.
pub fn print(f: &mut dyn fmt::Write, zoir: ZoirRef<'_>, release: Release) -> fmt::Result {
    let style = Style::of(release);
    if zoir.has_compile_errors() {
        for error in zoir.compile_errors() {
            let message = |start| Escaped(zoir.string(start).unwrap_or(b"?"));
            writeln!(f, "error at {:?}: {}", error.place, message(error.msg))?;
            for note in zoir.notes(&error) {
                writeln!(f, "  note at {:?}: {}", note.place, message(note.msg))?;
            }
        }
        return Ok(());
    }
    let [tags, data, ast_nodes, extra, limbs, strings, ..] =
        Header::of(zoir, Stat::default()).section_lens();
    let nodes = tags + data + ast_nodes;
    writeln!(
        f,
        "# Nodes:              {} ({})",
        zoir.nodes_len(),
        Size(nodes)
    )?;
    writeln!(
        f,
        "# Extra Data Items:   {} ({})",
        zoir.extra().len(),
        Size(extra)
    )?;
    writeln!(
        f,
        "# BigInt Limbs:       {} ({})",
        zoir.limbs().len(),
        Size(limbs)
    )?;
    writeln!(f, "# String Table Bytes: {}", Size(strings))?;
    writeln!(
        f,
        "# Total ZON Bytes:    {}",
        Size(nodes + extra + limbs + strings)
    )?;

    let mut stack: Vec<Open<'_>> = Vec::new();
    let mut next = Some(NodeIndex::ROOT);
    // In valid arrays each node is printed once.
    let mut left = zoir.nodes_len();
    loop {
        if let Some(index) = next.take() {
            let indent = stack.len();
            write!(f, "%{} = ", index.0)?;
            let node = zoir.node(index).filter(|_| left > 0);
            left = left.saturating_sub(1);
            match node {
                None => f.write_str("?")?,
                Some(Node::True) => f.write_str("true")?,
                Some(Node::False) => f.write_str("false")?,
                Some(Node::Null) => f.write_str("null")?,
                Some(Node::PosInf) => f.write_str("inf")?,
                Some(Node::NegInf) => f.write_str("-inf")?,
                Some(Node::Nan) => f.write_str("nan")?,
                Some(Node::Int(value)) => write!(f, "int({value})")?,
                Some(Node::BigInt(value)) => write!(f, "int(big {value})")?,
                Some(Node::Float(value)) => write!(f, "float({value})")?,
                Some(Node::Char(value)) => write!(f, "char({value})")?,
                Some(Node::EnumLiteral(name)) => {
                    write!(f, "enum_literal({})", PrintedName(style, name))?
                }
                Some(Node::String(value)) => write!(f, "str(\"{}\")", Escaped(value))?,
                Some(Node::Empty) => f.write_str("empty_literal(.{})")?,
                Some(Node::Array(values)) => {
                    f.write_str("array_literal({")?;
                    stack.push(Open {
                        values,
                        names: None,
                        next: 0,
                    });
                }
                Some(Node::Struct(fields)) => {
                    f.write_str("struct_literal({")?;
                    stack.push(Open {
                        values: fields.values,
                        names: Some(fields.names),
                        next: 0,
                    });
                }
            }
            if stack.len() == indent && indent > 0 {
                f.write_str(",")?;
            }
        }
        let indent = stack.len();
        let Some(open) = stack.last_mut() else { break };
        let at = open.next;
        open.next += 1;
        // Arrays that are not valid may claim any number of elements.
        match open.values.get(at).filter(|_| left > 0) {
            Some(index) => {
                newline(f, indent)?;
                if let Some(names) = &open.names {
                    let name = names.get(at).unwrap_or_default();
                    write!(f, "[{}] ", PrintedName(style, name))?;
                }
                next = Some(index);
            }
            None => {
                stack.pop();
                newline(f, indent - 1)?;
                f.write_str(if indent > 1 { "})," } else { "})" })?;
            }
        }
    }
    f.write_str("\n")
}
