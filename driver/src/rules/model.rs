//! What a rule is.

use release::{Generation, Range};

use super::family::Family;

/// Whose words they are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// An error that Zig has too.
    Error,
    /// A note that Zig has too. It belongs to an error.
    Note,
    /// What only zirc says: its limits, imports that lead nowhere, documents that it cannot turn into others.
    Own,
}

/// One way of saying it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wording {
    /// The text; `{}` stands for any text.
    pub text: &'static str,
    /// The generations that word it so.
    pub generations: Range,
}

/// A rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// What it is called, in lower case with hyphens. It stays.
    pub id: &'static str,
    /// Whose it is.
    pub kind: Kind,
    /// To what it belongs.
    pub family: Family,
    /// How it is said. Empty for [`Rule::OTHER`] and for what has no wording of its own.
    pub wordings: &'static [Wording],
}

impl Rule {
    /// That of a message in no table: one of a compiler that was changed, kept in a cache that it shares.
    pub const OTHER: Rule = Rule {
        id: "other",
        kind: Kind::Error,
        family: Family::Other,
        wordings: &[],
    };

    /// The message in a few words: its first wording, with dots for what differs.
    pub fn title(&self) -> String {
        match self.wordings.first() {
            Some(wording) => wording.text.replace("{}", ".."),
            None => self.id.replace('-', " "),
        }
    }

    /// Whether a generation has the message. What only zirc says is the same in all.
    pub fn is_in(&self, generation: Generation) -> bool {
        let mut wordings = self.wordings.iter();
        self.wordings.is_empty() || wordings.any(|one| one.generations.contains(generation))
    }
}
