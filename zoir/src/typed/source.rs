//! What the text adds to a document: places, and strings that outlive it.

use crate::errors::Place;
use crate::typed::error::Location;

/// The text that a document was made of. Every answer may be `None`.
///
/// Nodes are given by their number in the syntax tree, which is what a ZOIR refers to.
pub trait Source<'de> {
    /// The place of a node, starting with its main token.
    fn node(&self, ast_node: u32) -> Option<Location>;

    /// The place of the name of a struct's field.
    fn field_name(&self, ast_node: u32, field: u32) -> Option<Location>;

    /// The place of a compile error or its note.
    fn place(&self, place: Place) -> Option<Location>;

    /// The text of a string literal without its quotes, if it is that string as it stands.
    fn borrow_string(&self, ast_node: u32, value: &[u8]) -> Option<&'de [u8]>;

    /// The text of the name of a struct's field, if it is that name as it stands.
    fn borrow_field_name(&self, ast_node: u32, field: u32, name: &[u8]) -> Option<&'de [u8]>;
}

/// No text at all.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSource;

impl<'de> Source<'de> for NoSource {
    fn node(&self, _: u32) -> Option<Location> {
        None
    }

    fn field_name(&self, _: u32, _: u32) -> Option<Location> {
        None
    }

    fn place(&self, _: Place) -> Option<Location> {
        None
    }

    fn borrow_string(&self, _: u32, _: &[u8]) -> Option<&'de [u8]> {
        None
    }

    fn borrow_field_name(&self, _: u32, _: u32, _: &[u8]) -> Option<&'de [u8]> {
        None
    }
}
