//! The table against the messages that there are: every input of the fixtures under every generation.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::{inputs, unsaid};
use release::Generation;
use syntax::{Ast, Mode};

use super::pattern::Pattern;
use super::{Family, Kind, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::file::Ir;

mod help;
mod page;

/// Texts that are said of what is no input here: why not.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "this compiler implementation only supports 65535 tuple fields",
        LARGE,
    ),
    (
        "this compiler implementation only supports up to 65536 captures per namespace",
        LARGE,
    ),
    ("captured value here", LARGE),
    ("value used here", LARGE),
    ("nested too deep: more than {} expressions", LARGE),
    (
        "nested too deep: more than {} indentations",
        "it is said by zon fmt",
    ),
    ("nesting is deeper than {} levels", LARGE),
    ("source is longer than {} bytes", LARGE),
];

const LARGE: &str = "the inputs at limits are generated";

fn messages(found: &[Diagnostic], each: &mut dyn FnMut(&Diagnostic)) {
    for one in found {
        each(one);
        messages(&one.notes, each);
    }
}

/// What a generation says of a source.
fn found(source: &[u8], mode: Mode, generation: Generation) -> Vec<Diagnostic> {
    let tree = Ast::parse(source, mode, generation.newest_release());
    Ir::diagnostics_of(&tree, b"")
}

/// What all inputs give: each text with the generations that say it, and whether as an error.
fn said() -> BTreeMap<(Vec<u8>, bool), BTreeSet<Generation>> {
    let mut said: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let all = [("zig", Mode::Zig), ("zon", Mode::Zon), ("zon", Mode::Zig)];
    for (folder, mode) in all {
        for input in inputs(folder) {
            for &generation in Generation::ALL {
                let found = found(&input.bytes, mode, generation);
                messages(&found, &mut |one| {
                    let key = (one.message.clone(), one.severity == Severity::Error);
                    said.entry(key).or_default().insert(generation);
                });
            }
        }
    }
    said
}

#[test]
fn every_message_of_the_inputs_has_its_rule_and_its_releases() {
    let mut seen: BTreeMap<&str, BTreeSet<Generation>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((message, is_error), generations) in said() {
        let text = String::from_utf8_lossy(&message).into_owned();
        let rule = Rule::of(&message);
        let kind = match is_error {
            true => Kind::Error,
            false => Kind::Note,
        };
        if *rule == Rule::OTHER {
            wrong.push(format!("no rule: {text}"));
            continue;
        }
        if rule.kind != Kind::Own && rule.kind != kind {
            wrong.push(format!("{} is of another kind: {text}", rule.id));
        }
        let wording = rule
            .wordings
            .iter()
            .filter(|one| Pattern::new(one.text).fits(&message));
        for wording in wording {
            seen.entry(wording.text).or_default().extend(&generations);
        }
    }
    for rule in Rule::all() {
        let is_of_files = !matches!(rule.family, Family::Imports | Family::Cache);
        if !is_of_files || rule.id == "note-module" {
            continue;
        }
        for wording in rule.wordings {
            let all = Generation::ALL.iter().copied();
            let is_said = |&one: &Generation| {
                wording.generations.contains(one) && unsaid(wording.text, one).is_none()
            };
            let expected: BTreeSet<_> = all.filter(is_said).collect();
            let found = seen.remove(wording.text).unwrap_or_default();
            let mut elsewhere = ELSEWHERE.iter();
            if found.is_empty() && elsewhere.any(|(text, _)| *text == wording.text) {
                continue;
            }
            if found != expected {
                wrong.push(format!(
                    "{:?}: said by {found:?}, not {expected:?}",
                    wording.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_has_a_name_of_its_own_and_words_of_its_own() {
    let mut ids = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for rule in Rule::all() {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(rule.id.bytes().all(is_plain), "{}", rule.id);
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert_eq!(
            rule.kind == Kind::Note,
            rule.id.starts_with("note-"),
            "{}",
            rule.id
        );
        for wording in rule.wordings {
            assert!(
                texts.insert((wording.text, wording.generations.since)),
                "{}",
                wording.text
            );
            let example = wording.text.replace("{}", "x");
            assert_eq!(Rule::of(example.as_bytes()), rule, "{example}");
        }
    }
}
