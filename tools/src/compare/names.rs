//! Our tables against the reference's: names, and the numbers that ours have in a release.

use std::collections::BTreeMap;

use syntax::{ErrorTag, NodeTag, Release, TokenTag};
use zir::Format;

use super::releases::Releases;
use super::result::Result;
use super::setup::Setup;
use super::tags::reference_name;
use crate::reference::Names;

/// Names and numbers in our tables of instructions, constants, reasons, tokens, nodes and errors
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare names --zig-version all")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    args.releases.each(|release| {
        let setup = Setup::new(release)?;
        Ok(print(release, &setup.names))
    })
}

/// A table of ours in the numbers of a release: names by number.
type Table = BTreeMap<u32, String>;

fn counted(name_of: impl Fn(u32) -> Option<String>) -> Table {
    // All numbers of the format that are not references fit a byte.
    let numbers = 0..=u32::from(u8::MAX);
    numbers
        .filter_map(|number| Some((number, name_of(number)?)))
        .collect()
}

/// Our tables whose rows have numbers.
fn numbered(format: &Format) -> Vec<(&'static str, Table)> {
    let mut references: Table = (0..format.constants_len())
        .filter_map(|word| {
            let name = format.ref_of(word).constant_name()?;
            Some((word, name.to_owned()))
        })
        .collect();
    references.insert(u32::MAX, "none".to_owned());
    let named = |name: &'static str| Some(name.to_owned());
    vec![
        (
            "inst",
            counted(|number| named(format.tag(number as u8)?.name())),
        ),
        (
            "extended",
            counted(|number| named(format.extended_of(number)?.name())),
        ),
        ("ref", references),
        (
            "declaration",
            counted(|number| named(format.declaration_of(number)?.name())),
        ),
        (
            "reason",
            counted(|number| named(format.reason_of(number)?.name())),
        ),
        (
            "std_lang_value",
            counted(|number| named(format.builtin_value_of(number)?.name())),
        ),
        (
            "call_modifier",
            counted(|number| named(format.call_modifier_of(number)?.name())),
        ),
    ]
}

/// What differs in a table, a line each.
fn differences(table: &str, theirs: &Table, ours: &Table) -> Vec<String> {
    let numbers: std::collections::BTreeSet<u32> =
        theirs.keys().chain(ours.keys()).copied().collect();
    let show = |name: Option<&String>| name.map_or("nothing", String::as_str).to_owned();
    numbers
        .into_iter()
        .filter(|number| theirs.get(number) != ours.get(number))
        .map(|number| {
            format!(
                "  {table} {number}: reference {}, ours {}",
                show(theirs.get(&number)),
                show(ours.get(&number))
            )
        })
        .collect()
}

fn print(release: Release, names: &Names) -> bool {
    let format = Format::of(release.generation());
    let mut lines = Vec::new();
    let mut rows = 0;
    let theirs = |table: &str| -> Table {
        let all = names.table(table).into_iter();
        all.map(|(number, name)| (number, name.to_owned()))
            .collect()
    };
    for (table, ours) in numbered(format) {
        let theirs = theirs(table);
        if theirs.is_empty() {
            lines.push(format!("  {table}: the reference's table is empty"));
        }
        rows += theirs.len();
        lines.extend(differences(table, &theirs, &ours));
    }
    let kinds: Table = counted(|byte| Some(reference_name(format.tag(byte as u8)?.info().data)));
    let their_kinds = theirs("inst")
        .into_keys()
        .map(|byte| (byte, names.kind(byte as u8).to_owned()))
        .collect();
    lines.extend(differences("data of inst", &their_kinds, &kinds));
    // These have no numbers of ours: each of theirs must be among them.
    let all_of: [(&str, Vec<String>); 3] = [
        ("token", TokenTag::ALL.iter().map(reference_name).collect()),
        ("node", NodeTag::ALL.iter().map(reference_name).collect()),
        (
            "ast_error",
            ErrorTag::ALL.iter().map(reference_name).collect(),
        ),
    ];
    for (table, ours) in all_of {
        let theirs = theirs(table);
        if theirs.is_empty() {
            lines.push(format!("  {table}: the reference's table is empty"));
        }
        rows += theirs.len();
        let missing = theirs.values().filter(|name| !ours.contains(name));
        lines.extend(missing.map(|name| format!("  {table} {name}: we do not have it")));
    }
    for line in &lines {
        println!("{line}");
    }
    println!("names {release}: {rows} rows, {} differences", lines.len());
    lines.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_elsewhere_is_a_difference() {
        let table = |rows: &[(u32, &str)]| -> Table {
            rows.iter()
                .map(|(number, name)| (*number, (*name).to_owned()))
                .collect()
        };
        let theirs = table(&[(0, "add"), (1, "sub")]);
        assert!(differences("inst", &theirs, &theirs).is_empty());
        let ours = table(&[(0, "add"), (2, "sub")]);
        assert_eq!(
            differences("inst", &theirs, &ours),
            [
                "  inst 1: reference sub, ours nothing",
                "  inst 2: reference nothing, ours sub"
            ]
        );
    }

    #[test]
    fn tables_of_all_generations_have_rows() {
        for generation in release::Generation::ALL {
            for (table, rows) in numbered(Format::of(*generation)) {
                assert!(rows.len() > 5, "{table} of {generation:?}");
            }
        }
    }
}
