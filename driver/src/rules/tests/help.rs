//! Help against the table and the front end: its rules exist, its examples are what they are said to be.

use release::Generation;
use syntax::Mode;

use super::super::help::all;
use super::super::{Family, Kind, Rule};
use super::found;

/// So many rules have help at least.
const AT_LEAST: usize = 60;

/// The rules of a source's errors.
fn errors(rule: &Rule, source: &str, generation: Generation) -> Vec<&'static str> {
    let mode = match rule.family {
        Family::Zon => Mode::Zon,
        _ => Mode::Zig,
    };
    let found = found(source.as_bytes(), mode, generation);
    found.iter().map(|one| Rule::of(&one.message).id).collect()
}

#[test]
fn help_is_for_rules_of_the_table_in_its_order() {
    let mut rules = Rule::all().iter();
    for (id, _) in all() {
        let is_it = |rule: &Rule| rule.id == *id;
        assert!(
            rules.any(is_it),
            "{id} is no rule, is there twice, or stands behind a later one"
        );
    }
    let count = all().count();
    assert!(count >= AT_LEAST, "{count} rules have help");
}

#[test]
fn help_is_text_as_it_is_printed() {
    for (id, help) in all() {
        for paragraph in help.text.split('\n') {
            assert!(paragraph.ends_with('.'), "{id}: {paragraph:?}");
            assert_eq!(paragraph, paragraph.trim(), "{id}");
            assert!(!paragraph.contains("  "), "{id}: two spaces: {paragraph:?}");
        }
        assert!(help.text.matches('`').count() % 2 == 0, "{id}: quotes");
        for source in help.example.iter().flat_map(|one| [one.wrong, one.right]) {
            assert!(source.ends_with('\n'), "{id}: {source:?}");
            for line in source.lines() {
                assert_eq!(line, line.trim_end(), "{id}");
            }
            assert_eq!(source.trim(), source.trim_end_matches('\n'), "{id}");
        }
    }
}

#[test]
fn an_example_is_wrong_by_its_rule_and_right_without_error() {
    let mut faults = Vec::new();
    for (id, help) in all() {
        let rule = Rule::by_id(id).unwrap();
        let Some(example) = help.example else {
            // What only whole programs show: one file parsed alone has none of it.
            assert_eq!(rule.family, Family::Imports, "{id} has no example");
            continue;
        };
        assert_ne!(rule.kind, Kind::Note, "{id}");
        for &generation in Generation::ALL {
            if !rule.is_in(generation) {
                continue;
            }
            let name = generation.name();
            let wrong = errors(rule, example.wrong, generation);
            if wrong.is_empty() || wrong.iter().any(|other| other != id) {
                faults.push(format!("{id} in {name}: wrong gives {wrong:?}"));
            }
            let right = errors(rule, example.right, generation);
            if !right.is_empty() {
                faults.push(format!("{id} in {name}: right gives {right:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
