//! What may be wrong with an IR's bytes; said by the walk and by validation.

use std::fmt;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// `extra` is too short for the words at its start.
    Extra,
    /// The string bytes do not begin with a zero byte.
    Strings,
    /// A tag of no known number.
    Tag(u8),
    /// An opcode, enum member or capture of no known number.
    Number,
    /// An instruction out of range.
    Instruction(u32),
    /// A reference that is neither a constant nor an instruction in range.
    Reference(u32),
    /// A string that starts or ends out of range.
    String(u32),
    /// A payload at this index of `extra` that reaches out of range or contradicts itself.
    Payload(u32),
    /// Words at this index of `extra` that reach out of range.
    Words(u32),
    /// An instruction that is in two bodies, or in itself.
    Shared(u32),
    /// A declaration list names something else than a declaration.
    Declaration(u32),
    /// The payloads of all instructions together are longer than `extra`.
    Overlap,
    /// The first instruction is not the struct that a file is.
    MainStruct,
    /// There is neither an instruction nor a compile error.
    Empty,
    /// The note of a compile error has notes itself.
    NestedNotes,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extra => write!(f, "extra data is too short"),
            Self::Strings => write!(f, "string bytes do not begin with the empty string"),
            Self::Tag(number) => write!(f, "unknown tag {number}"),
            Self::Number => write!(f, "unknown number"),
            Self::Instruction(inst) => write!(f, "instruction {inst} is out of range"),
            Self::Reference(operand) => write!(f, "reference {operand} is out of range"),
            Self::String(start) => write!(f, "string at {start} is out of range"),
            Self::Payload(at) => write!(f, "payload at {at} is damaged"),
            Self::Words(at) => write!(f, "words at {at} are out of range"),
            Self::Shared(inst) => write!(f, "instruction {inst} is in two places"),
            Self::Declaration(inst) => write!(f, "instruction {inst} is no declaration"),
            Self::Overlap => write!(f, "payloads overlap"),
            Self::MainStruct => write!(f, "the first instruction is not a struct"),
            Self::Empty => write!(f, "neither instructions nor errors"),
            Self::NestedNotes => write!(f, "a note has notes"),
        }
    }
}
