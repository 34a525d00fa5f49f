//! `zirc dump`: the IR as text.

use std::io::Write;
use std::path::Path;

use syntax::location::Span;
use syntax::{Ast, Mode};

use crate::diagnostics::Lines;
use crate::inputs::mode_of;
use crate::{Error, Status, inputs};

/// Prints the IR of a file on standard output. A file with errors is printed as far as it was lowered.
pub fn run(file: &Path) -> Result<Status, Error> {
    let source = inputs::load(file)?;
    let mut text = Vec::new();
    let has_errors = match mode_of(file) {
        Mode::Zig => {
            let tree = Ast::parse(&source, Mode::Zig);
            let zir = astgen::generate(&tree);
            let places = Places {
                tree: &tree,
                lines: Lines::new(&source),
            };
            zir::print::print(zir.view(), Some(&places), &mut text);
            zir.view().has_compile_errors()
        }
        Mode::Zon => {
            let tree = Ast::parse(&source, Mode::Zon);
            let zoir = zongen::generate(&tree, zongen::Options::default());
            let mut printed = String::new();
            zoir::print(&mut printed, zoir.view()).map_err(std::io::Error::other)?;
            text = printed.into_bytes();
            zoir.view().has_compile_errors()
        }
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(if has_errors {
        Status::ErrorsFound
    } else {
        Status::Clean
    })
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
