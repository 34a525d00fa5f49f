//! The rules: a stable name for every message, by which a reader can look it up, count it and sort it out,
//! whatever names stand in its text and however a release of Zig words it.
//!
//! A cached IR holds the text of its errors and nothing that says which error it is, so a message is known by
//! its text: [`Rule::of`] looks for the wording that fits it most closely. `table` has the wordings,
//! `help` what to do about the frequent ones.

mod family;
mod find;
mod help;
mod model;
mod pattern;
mod table;
#[cfg(test)]
mod tests;

pub use family::Family;
pub use help::{Example, Help};
pub use model::{Kind, Rule, Wording};
