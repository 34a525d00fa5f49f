//! `zirc dump`: the IR as text.

use std::io::Write;
use std::path::Path;

use cache_store::SourceFile;
use syntax::location::Span;
use syntax::{Ast, Mode};

use crate::diagnostics::Lines;
use crate::{Error, Status, paths};

/// Prints the IR of a file on standard output. A file with errors is printed as far as it was lowered.
pub fn run(file: &Path) -> Result<Status, Error> {
    let source = SourceFile::open(file)
        .and_then(SourceFile::into_bytes)
        .map_err(|e| Error::path("load", file, std::io::Error::other(e.name())))?;
    if paths::bytes(file).ends_with(b".zon") {
        return Err(Error::Usage(format!(
            "'{}' is ZON, which is parsed and not lowered",
            file.display()
        )));
    }
    let tree = Ast::parse(&source, Mode::Zig);
    let zir = astgen::generate(&tree);
    let mut text = Vec::new();
    zir::print::print(
        zir.view(),
        Some(&Places {
            tree: &tree,
            lines: Lines::new(&source),
        }),
        &mut text,
    );
    std::io::stdout().lock().write_all(&text)?;
    Ok(if zir.view().has_compile_errors() {
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
