//! Our tags of tokens, nodes and errors in the numbers of a release. Ours are the union of all releases, so
//! they are found by their names.

use std::collections::HashMap;
use std::fmt::Debug;

use syntax::{ErrorTag, NodeTag, TokenTag};

use crate::reference::Names;

/// What a tag gets that the release does not have.
pub(crate) const UNKNOWN: u8 = 255;

/// The numbers of our tags.
#[derive(Clone, Debug)]
pub(crate) struct TagNumbers {
    tokens: Vec<u8>,
    nodes: Vec<u8>,
    errors: HashMap<String, u8>,
}

/// The reference's name of a tag of ours: `PtrTypeBitRange` is `ptr_type_bit_range`.
pub(crate) fn reference_name(tag: impl Debug) -> String {
    let mut out = String::new();
    for c in format!("{tag:?}").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

impl TagNumbers {
    /// The numbers that go with a release's names.
    pub(crate) fn new(names: &Names) -> TagNumbers {
        let table = |table: &str| -> HashMap<String, u8> {
            let rows = names.table(table).into_iter();
            rows.map(|(number, name)| (name.to_owned(), number as u8))
                .collect()
        };
        let number = |numbers: &HashMap<String, u8>, name: String| {
            numbers.get(&name).copied().unwrap_or(UNKNOWN)
        };
        let (tokens, nodes) = (table("token"), table("node"));
        TagNumbers {
            tokens: TokenTag::ALL
                .iter()
                .map(|tag| number(&tokens, reference_name(tag)))
                .collect(),
            nodes: NodeTag::ALL
                .iter()
                .map(|tag| number(&nodes, reference_name(tag)))
                .collect(),
            errors: table("ast_error"),
        }
    }

    pub(crate) fn token(&self, tag: TokenTag) -> u8 {
        self.tokens.get(tag as usize).copied().unwrap_or(UNKNOWN)
    }

    pub(crate) fn node(&self, tag: NodeTag) -> u8 {
        self.nodes.get(tag as usize).copied().unwrap_or(UNKNOWN)
    }

    pub(crate) fn error(&self, tag: ErrorTag) -> u8 {
        let number = self.errors.get(&reference_name(tag));
        number.copied().unwrap_or(UNKNOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_name() {
        let names = Names::parse(
            "token 7 identifier\nnode 3 ptr_type_bit_range\nast_error 5 expected_block\n",
        );
        let numbers = TagNumbers::new(&names);
        assert_eq!(numbers.token(TokenTag::Identifier), 7);
        assert_eq!(numbers.token(TokenTag::Eof), UNKNOWN);
        assert_eq!(numbers.node(NodeTag::PtrTypeBitRange), 3);
        assert_eq!(numbers.error(ErrorTag::ExpectedBlock), 5);
        assert_eq!(numbers.error(ErrorTag::ExpectedExpr), UNKNOWN);
    }
}
