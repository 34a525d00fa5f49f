//! A rendering under way.

use hashbrown::HashMap;
use release::Rules;
use syntax::{Ast, NodeIndex};

use super::layout::Layout;
use super::loss::Loss;
use super::output::{Fault, Output};
use crate::limits::{MAX_DEPTH, MAX_NESTING};

/// Why a text was not formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It has syntax errors.
    Syntax,
    /// A line of this node is indented more than [`MAX_NESTING`] times.
    TooIndented(NodeIndex),
    /// This node lies in more than [`MAX_DEPTH`] expressions.
    TooDeep(NodeIndex),
    /// The reference has no layout for this node: assembly in the operands of assembly.
    NoLayout(NodeIndex),
    /// In the reference's layout a part of it would be lost or become something else. This is the first.
    Lossy(Loss),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Syntax => f.write_str("the text has syntax errors"),
            Error::TooIndented(_) => {
                write!(f, "nested too deep: more than {MAX_NESTING} indentations")
            }
            Error::TooDeep(_) => write!(f, "nested too deep: more than {MAX_DEPTH} expressions"),
            Error::NoLayout(_) => f.write_str("inline assembly in the operands of another"),
            Error::Lossy(loss) => loss.part.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

pub(super) type Done = Result<(), Error>;

/// What is looked for while nothing is kept.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Aim {
    /// Everything is kept.
    #[default]
    Text,
    /// How wide it is.
    Width,
    /// Whether it has several lines.
    Lines,
}

/// What is measured now, and what is known.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) aim: Aim,
    /// Whether a node has several lines, by how far the line that it is in is indented too much. Without it,
    /// brackets in brackets would be asked twice as often each time.
    pub(super) has_lines: HashMap<(NodeIndex, usize), bool, foldhash::fast::FixedState>,
}

/// The state of a rendering.
pub(super) struct Render<'r, 's> {
    pub(super) tree: &'r Ast<'s>,
    pub(super) rules: &'static Rules,
    pub(super) layout: &'r Layout,
    pub(super) out: Output,
    /// Expressions around the current one.
    pub(super) depth: u32,
    /// Whether the current one is in the operands of assembly.
    pub(super) in_operands: bool,
    /// The last assembly with operands that was in those of another.
    pub(super) inner_assembly: Option<NodeIndex>,
    pub(super) measured: Measured,
}

impl Render<'_, '_> {
    /// Fails if what was written so far could not be put down. `node` is where that was found.
    pub(super) fn check(&self, node: NodeIndex) -> Done {
        match self.out.fault {
            None => Ok(()),
            Some(Fault::TooDeep) => Err(Error::TooIndented(node)),
            Some(Fault::Negative) => Err(Error::NoLayout(self.inner_assembly.unwrap_or(node))),
        }
    }
}
