//! docs/rules.md is made of the table and the help.
//!
//! `UPDATE_PAGES=1 cargo test -p driver --lib rules` writes it.

use std::fmt::Write as _;
use std::path::Path;

use super::super::{Family, Kind, Rule};

/// What stands before the families.
const HEAD: &str = "\
# Rules

This page is made of the table of rules (`driver/src/rules/table.rs`) and of the help about them; `zirc explain ID` prints the
same. Every message has a rule, whose name stands in `--format json`, `github`, `sarif`, `rdjson` and `gitlab`. It stays what it is
whatever names are in the message and however a release words it. In the messages here, `..` is what differs from case to case.
Where nothing is said of releases, all that are known have the message.

";

/// Text as code, whatever quotes are in it, in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace("{}", "..").replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}

fn name(rule: &Rule) -> String {
    let whose = match rule.kind {
        Kind::Own => " (of zirc)",
        Kind::Error | Kind::Note => "",
    };
    match rule.help() {
        Some(_) => format!("[{id}](#{id}){whose}", id = rule.id),
        None => format!("{}{whose}", rule.id),
    }
}

/// The table of a family: a line for each wording.
fn table(rules: &[&Rule], page: &mut String) {
    page.push_str("| rule | message | releases |\n|---|---|---|\n");
    for rule in rules {
        let mut name = name(rule);
        if rule.wordings.is_empty() {
            let _ = writeln!(page, "| {name} | | |");
        }
        for wording in rule.wordings {
            let when = match wording.generations.to_string() {
                always if always == "always" => String::new(),
                when => when,
            };
            let text = code(wording.text);
            let _ = writeln!(page, "| {name} | {text} | {when} |");
            name.clear();
        }
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for family in Family::ALL {
        let _ = writeln!(
            page,
            "- [{name}](#{anchor})",
            name = family.name(),
            anchor = anchor(*family)
        );
    }
    for family in Family::ALL {
        let of_it = Rule::all().iter().filter(|rule| rule.family == *family);
        let rules: Vec<&Rule> = of_it.collect();
        let _ = write!(page, "\n## {}\n\n{}\n\n", family.name(), family.help());
        table(&rules, &mut page);
        for rule in rules {
            let Some(help) = rule.help() else { continue };
            let text = help.text.replace('\n', "\n\n");
            let _ = write!(page, "\n### {}\n\n{text}\n", rule.id);
            if let Some(example) = help.example {
                for (title, source) in [("Wrong", example.wrong), ("Right", example.right)] {
                    let _ = write!(page, "\n{title}:\n\n```zig\n{source}```\n");
                }
            }
        }
    }
    page
}

/// Where a page's title leads.
fn anchor(family: Family) -> String {
    family.name().to_lowercase()
}

#[test]
fn the_page_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md");
    let page = page();
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/rules.md is not what the table says: run UPDATE_PAGES=1 cargo test -p driver --lib rules"
    );
}
