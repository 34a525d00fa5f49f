//! Errors of ZON documents, out of their ZOIR.

use syntax::Ast;
use syntax::location::Span;
use zoir::{Place, ZoirRef};

use super::model::{Diagnostic, Severity};
use super::place::Lines;

/// The compile errors in `zoir`, which was made from `tree`.
pub(crate) fn zoir_diagnostics(zoir: ZoirRef<'_>, tree: &Ast<'_>, path: &[u8]) -> Vec<Diagnostic> {
    let lines = Lines::new(tree.source);
    let locate = |place: Place| {
        let span = match place {
            Place::Node(node) if node < tree.nodes_len() => tree.node_to_span(node),
            // For one of its errors the reference gives a node's number as a token's: it need not be one.
            Place::Token { token, offset } if token < tree.tokens_len() => {
                let token_start = tree.token_start(token);
                let start = token_start.saturating_add(offset);
                Span {
                    start,
                    end: token_start + tree.token_slice(token).len() as u32,
                    main: start,
                }
            }
            _ => Span {
                start: 0,
                end: 0,
                main: 0,
            },
        };
        lines.location(span)
    };
    let diagnostic = |severity, message: u32, location| Diagnostic {
        severity,
        path: path.to_vec(),
        location: Some(location),
        message: zoir.string(message).unwrap_or_default().to_vec(),
        notes: Vec::new(),
    };
    zoir.compile_errors()
        .map(|error| {
            let location = locate(error.place);
            let notes = zoir.notes(&error).map(|note| {
                diagnostic(
                    Severity::Note,
                    note.msg,
                    locate(note.place).without_line_of(&location),
                )
            });
            let notes = notes.collect();
            Diagnostic {
                notes,
                ..diagnostic(Severity::Error, error.msg, location)
            }
        })
        .collect()
}
