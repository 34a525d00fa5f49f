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
mod state;
mod tokens;
mod types;

use syntax::Ast;

use layout::Layout;
use output::{Output, Space};
use state::{Measured, Render};

pub use crate::limits::{MAX_DEPTH, MAX_NESTING};
pub use loss::{Loss, Part};
pub use same::is_same_document;
pub use state::Error;

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
