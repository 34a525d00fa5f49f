//! ZON text in the reference's canonical layout.
//!
//! Values stay as they are written, and so do comments; what changes is the space around them, trailing
//! commas, and the quotes of names. Whether a list goes on one line or on many is decided by the text itself:
//! by a comma after its last element and by comments in it.
//!
//! A text is formatted if it can be parsed, which is a question of its form only: types, operators, calls,
//! even blocks of statements have a place in the tree of a document, though they mean nothing in ZON.

mod arrays;
mod assembly;
mod containers;
mod control;
mod expr;
mod layout;
mod lists;
mod loss;
mod measure;
mod names;
mod output;
mod same;
mod tokens;
mod types;

use release::Rules;
use syntax::{Ast, NodeIndex};

use layout::Layout;
use measure::Measured;
use output::{Fault, Output, Space};

pub use crate::limits::{MAX_DEPTH, MAX_NESTING};
pub use loss::{Loss, Part};
pub use same::is_same_document;

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

type Done = Result<(), Error>;

/// The text of `tree` as the release of the tree lays it out.
///
/// What [`generate`](crate::generate) rejects for its meaning, such as duplicate names or operators, is
/// formatted. A result is always the [same document](is_same_document).
///
/// ```
/// use syntax::{Ast, Mode, Release};
///
/// let tree = Ast::parse(b".{.a=1,\n.@\"b\"  =.{2}, // two\n}", Mode::Zon, Release::V0_14_1);
/// let text = zongen::fmt::render(&tree)?;
/// assert_eq!(text, b".{\n    .a = 1,\n    .b = .{2}, // two\n}\n");
/// # Ok::<(), zongen::fmt::Error>(())
/// ```
pub fn render(tree: &Ast<'_>) -> Result<Vec<u8>, Error> {
    if !tree.errors.is_empty() {
        return Err(Error::Syntax);
    }
    let layout = Layout::new(tree);
    let rules = tree.release.rules();
    let mut r = Render {
        tree,
        rules,
        layout: &layout,
        out: Output::new(rules),
        depth: 0,
        in_operands: false,
        inner_assembly: None,
        measured: Measured::default(),
    };
    r.comments(0, tree.token_start(0) as usize);
    let value = tree.node_data(0).lhs;
    r.expr(value, Space::Newline)?;
    r.check(value)?;
    if let Some(offset) = r.out.disabled_offset {
        r.out.append_verbatim(&tree.source[offset..]);
    }
    let text = r.out.text;
    match same::first_loss(tree, &text) {
        None => Ok(text),
        Some(loss) => Err(Error::Lossy(loss)),
    }
}

struct Render<'r, 's> {
    tree: &'r Ast<'s>,
    rules: &'static Rules,
    layout: &'r Layout,
    out: Output,
    /// Expressions around the current one.
    depth: u32,
    /// Whether the current one is in the operands of assembly.
    in_operands: bool,
    /// The last assembly with operands that was in those of another.
    inner_assembly: Option<NodeIndex>,
    measured: Measured,
}

impl Render<'_, '_> {
    /// Fails if what was written so far could not be put down. `node` is where that was found.
    fn check(&self, node: NodeIndex) -> Done {
        match self.out.fault {
            None => Ok(()),
            Some(Fault::TooDeep) => Err(Error::TooIndented(node)),
            Some(Fault::Negative) => Err(Error::NoLayout(self.inner_assembly.unwrap_or(node))),
        }
    }
}
