//! Errors of Zig files, out of their ZIR.

use syntax::Ast;
use syntax::location::Span;
use zir::{CompileError, Zir};

use super::model::{Diagnostic, Severity};
use super::place::Lines;

/// The compile errors in `zir`, which was made from `tree`.
pub(crate) fn zir_diagnostics(zir: &Zir, tree: &Ast<'_>, path: &[u8]) -> Vec<Diagnostic> {
    if !zir.view().has_compile_errors() {
        return Vec::new();
    }
    let lines = Lines::new(tree.source);
    let span = |item: &CompileError<'_>, end_offset: u32| {
        if let Some(node) = item.node {
            if lines.is_exhausted() {
                // It is not shown; finding its ends takes a while in deep trees.
                return tree.token_to_span(tree.main_token(node));
            }
            return tree.node_to_span(node);
        }
        let token = item.token.unwrap_or_default();
        let start = tree.token_start(token).wrapping_add(item.byte_offset);
        let len = tree.token_slice(token).len() as u32;
        // The reference takes the offset of the error, not of the note, off a note's length.
        Span {
            start,
            end: start.wrapping_add(len).wrapping_sub(end_offset),
            main: start,
        }
    };
    let diagnostic = |severity, item: &CompileError<'_>, location| Diagnostic {
        severity,
        path: path.to_vec(),
        location: Some(location),
        message: item.message.to_vec(),
        notes: Vec::new(),
    };
    zir.view()
        .compile_errors()
        .map(|error| {
            let location = lines.location(span(&error, error.byte_offset));
            let notes = error.notes().map(|note| {
                let place = lines.location(span(&note, error.byte_offset));
                diagnostic(Severity::Note, &note, place.without_line_of(&location))
            });
            let notes = notes.collect();
            Diagnostic {
                notes,
                ..diagnostic(Severity::Error, &error, location)
            }
        })
        .collect()
}
