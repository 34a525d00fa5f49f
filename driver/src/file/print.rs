//! An IR as text.

use syntax::Ast;
use syntax::location::Span;
use zir::Zir;
use zoir::Zoir;

use crate::diagnostic::Lines;

pub(super) fn zir(zir: &Zir, tree: &Ast<'_>) -> Vec<u8> {
    let places = Places {
        tree,
        lines: Lines::new(tree.source),
    };
    let mut text = Vec::new();
    zir::print::print(zir.view(), Some(&places), &mut text);
    text
}

pub(super) fn zoir(zoir: &Zoir, tree: &Ast<'_>) -> Vec<u8> {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = zoir::print(&mut text, zoir.view(), tree.release);
    text.into_bytes()
}

/// Where things are in the source, for the printer.
struct Places<'t> {
    tree: &'t Ast<'t>,
    lines: Lines<'t>,
}

impl Places<'_> {
    fn span(&self, span: Span) -> zir::print::Span {
        let (start_line, start_column, _) = self.lines.find(span.start);
        let (end_line, end_column, _) = self.lines.find(span.end);
        zir::print::Span {
            start_line: start_line + 1,
            start_column: start_column + 1,
            end_line: end_line + 1,
            end_column: end_column + 1,
        }
    }
}

impl zir::print::Positions for Places<'_> {
    fn node(&self, node: u32) -> Option<zir::print::Span> {
        (node < self.tree.nodes_len()).then(|| self.span(self.tree.node_to_span(node)))
    }

    fn token(&self, token: u32) -> Option<zir::print::Span> {
        (token < self.tree.tokens_len()).then(|| self.span(self.tree.token_to_span(token)))
    }

    fn first_token(&self, node: u32) -> Option<u32> {
        (node < self.tree.nodes_len()).then(|| self.tree.first_token(node))
    }
}
