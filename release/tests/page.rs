//! docs/releases.md is made of the rules' own words: each rule with the releases in which it holds.
//!
//! `UPDATE_PAGES=1 cargo test -p release` writes it.

use std::fmt::Write as _;
use std::path::Path;

use release::{Generation, RULES, Release};

/// What stands before the rules.
const HEAD: &str = "\
# What changed in Zig's front end between releases

This page is made of the rules by which zirc tells releases apart (`release/src/rules.rs`), in their own words: what
a release does, and in which of the reference's functions that is. What is not a matter of yes or no stands in tables
with a column of generations: tokens, nodes and errors of `syntax`, instructions, constants and payloads of `zir`,
builtins of `astgen`.

Releases that have the same front end are one generation.

";

fn releases_of(generation: Generation) -> Vec<&'static str> {
    let all = Release::ALL.iter();
    all.filter(|release| release.generation() == generation)
        .map(|release| release.as_str())
        .collect()
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| generation | releases |\n|---|---|\n");
    for &generation in Generation::ALL {
        let releases = releases_of(generation).join(", ");
        let _ = writeln!(page, "| {} | {releases} |", generation.name());
    }
    let mut area = "";
    for rule in RULES {
        if rule.area != area {
            area = rule.area;
            let mut letters = area.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            let title: String = first.into_iter().chain(letters).collect();
            let _ = write!(page, "\n## {title}\n\n");
        }
        let words: Vec<&str> = rule.doc.split_whitespace().collect();
        let _ = writeln!(
            page,
            "- *{}* (`{}`): {}",
            rule.range,
            rule.name,
            words.join(" ")
        );
    }
    page
}

#[test]
fn the_page_is_what_the_rules_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/releases.md");
    let page = page();
    if std::env::var_os("UPDATE_PAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/releases.md is not what the rules say: run UPDATE_PAGES=1 cargo test -p release"
    );
}
