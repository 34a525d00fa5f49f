//! Showing an instruction, a word of `extra` and their place in the source.

use crate::reference::Names;
use crate::reference::layout::{AstLayout, ZirView};

#[derive(Clone, Copy)]
enum Kind {
    Signed,
    Number,
    Hex,
    Ref,
    Text,
}

type Field = (&'static str, usize, usize, Kind);

fn fields(kind: &str) -> &'static [Field] {
    use Kind::{Hex, Number, Ref, Signed, Text};
    match kind {
        "extended" => &[("small", 6, 2, Hex), ("operand", 0, 4, Number)],
        "un_node" => &[("src_node", 0, 4, Signed), ("operand", 4, 4, Ref)],
        "un_tok" => &[("src_tok", 0, 4, Number), ("operand", 4, 4, Ref)],
        "pl_node" => &[("src_node", 0, 4, Signed), ("payload_index", 4, 4, Number)],
        "pl_tok" => &[("src_tok", 0, 4, Number), ("payload_index", 4, 4, Number)],
        "bin" => &[("lhs", 0, 4, Ref), ("rhs", 4, 4, Ref)],
        "str" => &[("start", 0, 4, Text), ("len", 4, 4, Number)],
        "str_tok" => &[("start", 0, 4, Text), ("src_tok", 4, 4, Number)],
        "tok" => &[("tok", 0, 4, Number)],
        "node" | "unreachable" => &[("src_node", 0, 4, Signed)],
        "ptr_type" => &[
            ("payload_index", 0, 4, Number),
            ("flags", 4, 1, Hex),
            ("size", 5, 1, Number),
        ],
        "int_type" => &[
            ("src_node", 0, 4, Signed),
            ("bit_count", 4, 2, Number),
            ("signedness", 6, 1, Number),
        ],
        "break" => &[("operand", 0, 4, Ref), ("payload_index", 4, 4, Number)],
        "dbg_stmt" => &[("line", 0, 4, Number), ("column", 4, 4, Number)],
        "inst_node" => &[("src_node", 0, 4, Signed), ("inst", 4, 4, Number)],
        "str_op" => &[("str", 0, 4, Text), ("operand", 4, 4, Ref)],
        "defer" => &[("index", 0, 4, Number), ("len", 4, 4, Number)],
        "defer_err_code" => &[("err_code", 0, 4, Ref), ("payload_index", 4, 4, Number)],
        "save_err_ret_index" => &[("operand", 0, 4, Ref)],
        "elem_val_imm" => &[("operand", 0, 4, Ref), ("idx", 4, 4, Number)],
        "declaration" => &[("src_node", 0, 4, Number), ("payload_index", 4, 4, Number)],
        _ => &[("low", 0, 4, Hex), ("high", 4, 4, Hex)],
    }
}

fn number(data: &[u8; 8], offset: usize, size: usize) -> u32 {
    data[offset..offset + size]
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn reference(names: &Names, value: u32) -> String {
    let statics = names.table("ref").len() as u32 - 1;
    if value == u32::MAX || value < statics {
        format!("@{}", names.name("ref", value))
    } else {
        format!("%{}", value - statics)
    }
}

fn shown(
    names: &Names,
    zir: &ZirView<'_>,
    data: &[u8; 8],
    (name, offset, size, kind): Field,
) -> String {
    let value = number(data, offset, size);
    match kind {
        Kind::Signed => format!("{name}={}", value as i32),
        Kind::Number => format!("{name}={value}"),
        Kind::Hex => format!("{name}=0x{value:x}"),
        Kind::Ref => format!("{name}={}", reference(names, value)),
        Kind::Text => format!("{name}={value}:{:?}", zir.string(value)),
    }
}

/// The name of an instruction; of an extended one, its opcode's.
pub(crate) fn tag_name(names: &Names, tag: u8, data: &[u8; 8]) -> String {
    if names.kind(tag) == "extended" {
        names.name("extended", number(data, 4, 2))
    } else {
        names.name("inst", u32::from(tag))
    }
}

/// One line for an instruction.
pub(crate) fn instruction(names: &Names, zir: &ZirView<'_>, index: usize) -> String {
    if index >= zir.len() {
        return format!("%{index} (none: there are {})", zir.len());
    }
    let data = zir.data_of(index);
    let tag = zir.tags[index];
    let shown: Vec<_> = fields(names.kind(tag))
        .iter()
        .map(|field| shown(names, zir, &data, *field))
        .collect();
    format!(
        "%{index} {} {}",
        tag_name(names, tag, &data),
        shown.join(" ")
    )
}

/// The first field of an instruction in which two data differ.
pub(crate) fn differing_field(names: &Names, tag: u8, mask: u8) -> &'static str {
    fields(names.kind(tag))
        .iter()
        .find(|(_, offset, size, _)| (*offset..offset + size).any(|byte| mask >> byte & 1 != 0))
        .map_or("opcode", |(name, ..)| name)
}

/// The instruction whose payload a word of `extra` most likely belongs to: the one with the last payload
/// index not behind it.
pub(crate) fn owner_of_extra(
    names: &Names,
    zir: &ZirView<'_>,
    word: usize,
) -> Option<(usize, usize)> {
    (0..zir.len())
        .filter_map(|index| {
            let data = zir.data_of(index);
            let tag = zir.tags[index];
            let start = if names.kind(tag) == "extended" {
                number(&data, 0, 4)
            } else {
                let (_, offset, ..) = fields(names.kind(tag))
                    .iter()
                    .find(|(name, ..)| *name == "payload_index" || *name == "index")?;
                number(&data, *offset, 4)
            } as usize;
            (start <= word).then_some((start, index))
        })
        .max()
        .map(|(start, index)| (index, start))
}

/// Line of a byte offset, counted from 1, and its text.
fn line_at(source: &[u8], at: usize) -> (usize, String) {
    let at = at.min(source.len());
    let line = source[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = source[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |p| p + 1);
    let end = source[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(source.len(), |p| p + at);
    let mut text = String::from_utf8_lossy(&source[start..end])
        .trim()
        .to_owned();
    if text.len() > 160 {
        let end = (0..=160)
            .rev()
            .find(|n| text.is_char_boundary(*n))
            .unwrap_or(0);
        text.truncate(end);
    }
    (line, text)
}

/// Line and text of a node of the reference's tree.
pub(crate) fn node_line(source: &[u8], tree: &[u8], node: usize) -> Option<(usize, String)> {
    let layout = AstLayout::parse(tree)?;
    let token = layout.main_token(tree, node)?;
    Some(line_at(source, layout.token_start(tree, token)?))
}

/// Line and text of a token of the reference's tree.
pub(crate) fn token_line(source: &[u8], tree: &[u8], token: usize) -> Option<(usize, String)> {
    let layout = AstLayout::parse(tree)?;
    Some(line_at(source, layout.token_start(tree, token)?))
}

/// Where in the source an instruction stands: by the declaration before it and, if it has a node, that.
/// Nodes are relative to the innermost declaration or container, so this is a good guess, no more.
pub(crate) fn place(
    names: &Names,
    zir: &ZirView<'_>,
    source: &[u8],
    tree: &[u8],
    index: usize,
) -> String {
    let upto = index.min(zir.len().saturating_sub(1));
    let declaration = (0..=upto)
        .rev()
        .find(|n| *n < zir.len() && names.kind(zir.tags[*n]) == "declaration")
        .map(|n| number(&zir.data_of(n), 0, 4) as usize);
    let mut out = String::new();
    let base = declaration.unwrap_or(0);
    if let Some((line, text)) = declaration.and_then(|node| node_line(source, tree, node)) {
        out += &format!("    in the declaration at line {line}: {text}\n");
    }
    if index < zir.len() {
        let data = zir.data_of(index);
        let relative = fields(names.kind(zir.tags[index]))
            .iter()
            .find(|(name, ..)| *name == "src_node")
            .map(|(_, offset, ..)| number(&data, *offset, 4) as i32);
        let node = relative.and_then(|by| usize::try_from(base as i64 + i64::from(by)).ok());
        if let Some((line, text)) = node.and_then(|node| node_line(source, tree, node)) {
            out += &format!("    near line {line}: {text}\n");
        }
        let statement = (0..=upto)
            .rev()
            .find(|n| names.name("inst", zir.tags[*n].into()) == "dbg_stmt");
        if let (Some(n), Some((line, _))) = (statement, node_line(source, tree, base)) {
            let below = number(&zir.data_of(n), 0, 4) as usize;
            let text = source.split(|byte| *byte == b'\n').nth(line - 1 + below);
            out += &format!(
                "    after the statement at line {}: {}\n",
                line + below,
                String::from_utf8_lossy(text.unwrap_or_default()).trim()
            );
        }
    }
    out
}
