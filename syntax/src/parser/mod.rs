//! Tokens to nodes.

use crate::ast::{Ast, Mode};
use crate::node::NodeList;
use crate::tokenizer;

pub(crate) fn parse(source: &[u8], mode: Mode) -> Ast<'_> {
    let tokens = tokenizer::tokenize(source);
    let nodes = NodeList::with_capacity((tokens.tags.len() + 2) / 2);
    Ast { source, mode, extra_data: Vec::new(), errors: Vec::new(), tokens, nodes }
}
