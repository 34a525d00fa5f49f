//! What to do about frequent messages, with an example that has it and one that has not: a file a family.

mod assembly;
mod builtins;
mod containers;
mod control_flow;
mod functions;
mod imports;
mod literals;
mod names;
mod row;
mod switch;
mod syntax;
mod unused;
mod values;
mod variables;
mod zon;

use row::Rows;
pub use row::{Example, Help};

/// As the families are ordered.
const FAMILIES: &[Rows] = &[
    syntax::ROWS,
    unused::ROWS,
    names::ROWS,
    literals::ROWS,
    containers::ROWS,
    functions::ROWS,
    variables::ROWS,
    control_flow::ROWS,
    switch::ROWS,
    builtins::ROWS,
    assembly::ROWS,
    values::ROWS,
    zon::ROWS,
    imports::ROWS,
];

/// All rules that have help of their own, in the order of the table.
pub(super) fn all() -> impl Iterator<Item = &'static (&'static str, Help)> {
    FAMILIES.iter().copied().flatten()
}

/// The help of a rule.
pub(super) fn of(id: &str) -> Option<&'static Help> {
    all().find(|(name, _)| *name == id).map(|(_, help)| help)
}
