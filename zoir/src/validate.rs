//! Validation: whether bytes from anywhere are ZOIR that a reader can follow without looking.

use alloc::vec;
use core::fmt;

use crate::node::{Node, NodeIndex, Range};
use crate::tag::Tag;
use crate::view::ZoirRef;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There is neither a node nor a compile error.
    Empty,
    /// There are both.
    Both,
    /// There are notes and no compile error.
    NotesWithoutErrors,
    /// The node's tag has no known number.
    Tag(u8),
    /// What the node needs in `extra`, limbs or string bytes is out of range.
    Payload,
    /// The node is not a code point.
    CodePoint(u32),
    /// The node is an integer without limbs, or whose highest limb is zero.
    Limbs,
    /// The limbs of all integers together are more than there are.
    SharedLimbs,
    /// An array or struct without elements.
    NoElements,
    /// The node's elements are out of range, or it is among them or behind them.
    Elements,
    /// A field's name starts or ends out of range.
    Name,
    /// The node is in no array or struct, or in more than one.
    Shared,
    /// The error's message starts or ends out of range.
    Message,
    /// The error's notes are out of range.
    Notes,
}

/// Why arrays are not valid ZOIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// What it is.
    pub problem: Problem,
    /// Index of the node or compile error concerned; 0 where it is neither.
    pub index: u32,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let index = self.index;
        match self.problem {
            Problem::Empty => write!(f, "neither nodes nor errors"),
            Problem::Both => write!(f, "nodes and errors"),
            Problem::NotesWithoutErrors => write!(f, "notes without errors"),
            Problem::Tag(number) => write!(f, "node {index}: unknown tag {number}"),
            Problem::Payload => write!(f, "node {index}: data is out of range"),
            Problem::CodePoint(number) => write!(f, "node {index}: {number} is no code point"),
            Problem::Limbs => write!(f, "node {index}: superfluous limbs"),
            Problem::SharedLimbs => write!(f, "node {index}: limbs are used twice"),
            Problem::NoElements => write!(f, "node {index}: no elements"),
            Problem::Elements => write!(f, "node {index}: elements are out of range"),
            Problem::Name => write!(f, "node {index}: a name is out of range"),
            Problem::Shared => write!(f, "node {index} is not in exactly one place"),
            Problem::Message => write!(f, "error {index}: message is out of range"),
            Problem::Notes => write!(f, "error {index}: notes are out of range"),
        }
    }
}

impl core::error::Error for Error {}

/// Checks everything in the arrays that a reader looks at. Takes time and memory linear in their size.
///
/// After it, every accessor answers, every node but the root is in exactly one array or struct and comes
/// after it, and no limb is part of two integers.
pub fn validate(zoir: ZoirRef<'_>) -> Result<(), Error> {
    let nodes_len = zoir.nodes_len();
    let fail = |problem, index| Err(Error { problem, index });
    // A string ends at a NUL, so whatever starts at or before the last one ends in range.
    let strings_end = zoir
        .string_bytes()
        .iter()
        .rposition(|&byte| byte == 0)
        .map_or(0, |last| last + 1);
    let ends = |start: u32| (start as usize) < strings_end;

    if zoir.has_compile_errors() {
        if nodes_len != 0 || !zoir.extra().is_empty() || !zoir.limbs().is_empty() {
            return fail(Problem::Both, 0);
        }
        let mut notes_left = u64::from(zoir.error_notes_len());
        for (index, error) in (0..).zip(zoir.compile_errors()) {
            if !ends(error.msg) {
                return fail(Problem::Message, index);
            }
            let notes = zoir.notes(&error);
            if notes.len() != error.note_count as usize || u64::from(error.note_count) > notes_left
            {
                return fail(Problem::Notes, index);
            }
            notes_left -= u64::from(error.note_count);
            for note in notes {
                if !ends(note.msg) {
                    return fail(Problem::Message, index);
                }
            }
        }
        return Ok(());
    }
    if zoir.error_notes_len() != 0 {
        return fail(Problem::NotesWithoutErrors, 0);
    }
    if nodes_len == 0 {
        return fail(Problem::Empty, 0);
    }

    let mut placed = vec![false; nodes_len as usize];
    placed[0] = true;
    let mut limbs_left = zoir.limbs().len();
    for (index, &number) in (0..).zip(zoir.tag_bytes()) {
        let node = NodeIndex(index);
        let data = zoir.data(node).unwrap_or_default();
        let Some(tag) = Tag::from_u8(number) else {
            return fail(Problem::Tag(number), index);
        };
        // Not through `Node`: looking for the end of each string would not be linear.
        let is_text = matches!(tag, Tag::EnumLiteral | Tag::StringLiteralNull);
        if is_text {
            if !ends(data) {
                return fail(Problem::Payload, index);
            }
            continue;
        }
        let mut place = |range: Range| {
            if range.len == 0 {
                return fail(Problem::NoElements, index);
            }
            let (start, len) = (range.start.0 as usize, range.len as usize);
            let elements = if start > index as usize {
                placed.get_mut(start..)
            } else {
                None
            };
            let Some(elements) = elements.and_then(|rest| rest.get_mut(..len)) else {
                return fail(Problem::Elements, index);
            };
            for (at, is_placed) in (range.start.0..).zip(elements) {
                if core::mem::replace(is_placed, true) {
                    return fail(Problem::Shared, at);
                }
            }
            Ok(())
        };
        match zoir.node(node) {
            None => return fail(Problem::Payload, index),
            Some(Node::Char(code_point)) if code_point > u32::from(char::MAX) => {
                return fail(Problem::CodePoint(code_point), index);
            }
            Some(Node::BigInt(int)) => {
                if int.limbs().next_back().is_none_or(|limb| limb == 0) {
                    return fail(Problem::Limbs, index);
                }
                match limbs_left.checked_sub(int.limbs().len()) {
                    Some(left) => limbs_left = left,
                    None => return fail(Problem::SharedLimbs, index),
                }
            }
            Some(Node::Array(range)) => place(range)?,
            Some(Node::Struct(fields)) => {
                // Fails where there are more names than nodes left, so that names are looked at once per
                // node.
                place(fields.values)?;
                if !(0..fields.names.len()).all(|name| fields.names.start(name).is_some_and(ends)) {
                    return fail(Problem::Name, index);
                }
            }
            Some(_) => {}
        }
    }
    match placed.iter().position(|&is_placed| !is_placed) {
        Some(lost) => fail(Problem::Shared, lost as u32),
        None => Ok(()),
    }
}
