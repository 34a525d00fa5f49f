//! What to do about frequent messages, with an example that has it and one that has not.

/// Help about one rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Help {
    /// What it means and what to do.
    pub text: &'static str,
    /// A source with the error, and the same without. None where one file alone does not show it.
    pub example: Option<Example>,
}

/// A source that has an error, and what it would be without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Example {
    /// With the error.
    pub wrong: &'static str,
    /// Without.
    pub right: &'static str,
}

const HELP: &[(&str, Help)] = &[];

/// The help of a rule.
pub(super) fn of(id: &str) -> Option<&'static Help> {
    let mut all = HELP.iter();
    all.find(|(name, _)| *name == id).map(|(_, help)| help)
}
