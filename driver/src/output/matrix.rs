//! Releases side by side, as text.

use std::fmt::Write as _;

use release::Release;

use super::human::{self, Renderer};
use crate::check::{Matrix, Row, Shared, Verdict};
use crate::diagnostic::Diagnostic;
use crate::environment::Lib;
use crate::graph::Unresolved;
use crate::paths;

/// Columns of text, each as wide as its widest cell; numbers to the right.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let is_number = cell.bytes().all(|b| b.is_ascii_digit());
            // Writing to a string does not fail.
            let _ = match is_number {
                true => write!(line, "{cell:>width$}  "),
                false => write!(line, "{cell:<width$}  "),
            };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn verdict(passes: bool) -> String {
    if passes { "passes" } else { "fails" }.to_owned()
}

/// The table that compares releases.
fn rows(rows: &[Row]) -> String {
    let with_std = rows.iter().any(|row| row.std.is_some());
    let mut cells = vec![words(&["release", "verdict", "files", "failed", "errors"])];
    if with_std {
        cells[0].push("std".to_owned());
    }
    for row in rows {
        let counts = [row.files, row.failed, row.errors].map(|count| count.to_string());
        let mut line = vec![row.release.to_string(), verdict(row.passes)];
        line.extend(counts);
        line.extend(
            row.std
                .map(|std| if std { "found" } else { "not found" }.to_owned()),
        );
        cells.push(line);
    }
    table(&cells)
}

/// Under which of `all` something is so.
fn under(releases: &[Release], all: usize) -> String {
    if releases.len() == all {
        return "under all".to_owned();
    }
    let releases: Vec<&str> = releases.iter().map(|release| release.as_str()).collect();
    format!("under {}", releases.join(", "))
}

/// The table, and each error once.
pub(crate) fn files(renderer: Renderer, table: &[Row], found: &[Shared<Diagnostic>]) -> Vec<u8> {
    let mut text = rows(table).into_bytes();
    diagnostics(renderer, table.len(), found, &mut text);
    text
}

fn diagnostics(renderer: Renderer, all: usize, found: &[Shared<Diagnostic>], text: &mut Vec<u8>) {
    for Shared { item, releases } in found {
        text.push(b'\n');
        renderer.add(text, item);
        renderer.dim(text, &under(releases, all));
    }
}

/// Imports that lead nowhere under some release, as far as they are told by themselves.
pub(super) fn unresolved(matrix: &Matrix, strict: bool) -> Vec<Shared<Diagnostic>> {
    let told = matrix.unresolved().into_iter().filter_map(|shared| {
        Some(Shared {
            item: human::unresolved(&shared.item, strict)?,
            releases: shared.releases,
        })
    });
    told.collect()
}

/// The matrix of a check.
pub(crate) fn check(renderer: Renderer, matrix: &Matrix, strict: bool) -> Vec<u8> {
    let table = matrix.rows(strict);
    let all = table.len();
    let mut text = files(renderer, &table, &matrix.diagnostics());
    diagnostics(renderer, all, &unresolved(matrix, strict), &mut text);
    let mut said = String::new();
    let not_generated: Vec<Unresolved> = (matrix.not_generated().into_iter())
        .map(|shared| shared.item)
        .collect();
    if let Some(line) = human::not_generated(&not_generated) {
        said += &format!("note: {line}\n");
    }
    for (kind, list) in [("warning", matrix.warnings()), ("note", matrix.notes())] {
        for Shared { item, releases } in list {
            said += &format!("{kind}: {item} ({})\n", under(&releases, all));
        }
    }
    if !said.is_empty() {
        text.push(b'\n');
        text.extend_from_slice(said.as_bytes());
    }
    for report in &matrix.reports {
        if let Some(explanation) = &report.explanation {
            text.extend_from_slice(format!("\nZig {}:\n", report.choice.release).as_bytes());
            // Writing to memory does not fail.
            let _ = human::explain(explanation, &mut text);
        }
    }
    let ms = matrix.reports.iter().map(|report| report.elapsed_ms);
    renderer.dim(&mut text, &format!("\nin {} ms", ms.max().unwrap_or(0)));
    text
}

/// What `zirc versions` found.
pub(crate) fn versions(renderer: Renderer, verdicts: &[Verdict]) -> Vec<u8> {
    let row = |verdict: &Verdict| Row {
        release: verdict.release,
        passes: verdict.passes(),
        files: verdict.files,
        failed: verdict.failed,
        errors: verdict.errors,
        std: None,
    };
    let table: Vec<Row> = verdicts.iter().map(row).collect();
    let mut text = rows(&table).into_bytes();
    let mut passing = verdicts.iter().filter(|verdict| verdict.passes());
    let line = match (passing.next(), passing.next_back()) {
        (None, _) => "passes under none of them".to_owned(),
        (Some(only), None) => format!("passes under {} alone", only.release),
        (Some(oldest), Some(newest)) => {
            format!("oldest {}, newest {}", oldest.release, newest.release)
        }
    };
    text.extend_from_slice(format!("{line}\n").as_bytes());
    let failing: Vec<&Verdict> = verdicts.iter().filter(|v| !v.passes()).collect();
    // What neighbours say alike is said once.
    let alike = |a: &&Verdict, b: &&Verdict| a.errors == b.errors && a.reasons == b.reasons;
    for verdicts in failing.chunk_by(alike) {
        let verdict = verdicts[0];
        let releases: Vec<&str> = verdicts.iter().map(|v| v.release.as_str()).collect();
        text.extend_from_slice(format!("\nZig {}:\n", releases.join(", ")).as_bytes());
        for reason in &verdict.reasons {
            renderer.add(&mut text, reason);
        }
        if let more @ 1.. = verdict.errors - verdict.reasons.len() {
            renderer.dim(&mut text, &format!("and {more} more"));
        }
    }
    text
}

/// What `zirc releases` lists: each release with its lib directory, if that is at hand.
pub(crate) fn releases(releases: &[(Release, Option<Lib>)]) -> String {
    let mut cells = vec![words(&["release", "generation", "lib directory"])];
    for (release, lib) in releases {
        let lib = match lib {
            Some(lib) => format!("{} ({})", paths::display(&lib.dir), lib.source.as_str()),
            None => "not found".to_owned(),
        };
        let generation = release.generation().name().to_owned();
        cells.push(vec![release.to_string(), generation, lib]);
    }
    table(&cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [words(&["a", "count", "x"]), words(&["long", "7", "yes"])];
        assert_eq!(table(&rows), "a     count  x\nlong      7  yes\n");
        assert_eq!(table(&[]), "");
    }
}
