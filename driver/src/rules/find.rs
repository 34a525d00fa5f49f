//! Rules by name and by message.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::help::{self, Help};
use super::model::Rule;
use super::pattern::Pattern;
use super::table;

impl Rule {
    /// All rules, in the order of the table.
    pub fn all() -> &'static [Rule] {
        table::RULES
    }

    /// The rule of that name.
    pub fn by_id(id: &str) -> Option<&'static Rule> {
        static BY_ID: LazyLock<HashMap<&str, &Rule>> =
            LazyLock::new(|| Rule::all().iter().map(|rule| (rule.id, rule)).collect());
        BY_ID.get(id).copied()
    }

    /// The rule of a message. Of several wordings that fit, the one with the most text of its own.
    pub fn of(message: &[u8]) -> &'static Rule {
        static PATTERNS: LazyLock<Vec<(Pattern, &Rule)>> = LazyLock::new(|| {
            let of_rule = |rule: &'static Rule| {
                let patterns = rule.wordings.iter();
                patterns.map(move |wording| (Pattern::new(wording.text), rule))
            };
            let mut patterns: Vec<_> = Rule::all().iter().flat_map(of_rule).collect();
            patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.own_len()));
            patterns
        });
        let fits = |(pattern, _): &&(Pattern, &Rule)| pattern.fits(message);
        PATTERNS
            .iter()
            .find(fits)
            .map_or(&Rule::OTHER, |(_, rule)| rule)
    }

    /// What to do about it: its own help, if it has one.
    pub fn help(&self) -> Option<&'static Help> {
        help::of(self.id)
    }
}
