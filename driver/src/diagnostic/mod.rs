//! Errors and notes about sources, apart from how they look: what a diagnostic is, its place in a source, and
//! how it is taken out of either IR.

mod model;
mod place;
mod quoted;
mod zir;
mod zoir;

pub use model::{Diagnostic, Severity};
pub(crate) use place::{Lines, token_span, without_line};
pub use place::{Location, Position};
pub(crate) use quoted::quoted;
pub(crate) use zir::zir_diagnostics;
pub(crate) use zoir::zoir_diagnostics;
