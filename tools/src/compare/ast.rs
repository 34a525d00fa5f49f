//! AST against AST.

use std::ops::Range;

use syntax::Release;

use crate::reference::dead::node_word_is_dead;
use crate::reference::layout::{AstLayout, ParseError};
use crate::reference::{Mode, Names, Op};

use super::describe;
use super::releases::Releases;
use super::result::Result;
use super::run::Options;
use super::run::{Outcome, Source, Worker};
use super::selection::Selection;
use super::setup::{Setup, sources};
use super::subject;

/// Trees: tokens, nodes, extra data and errors of the parser
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare ast --lib fixtures/zig")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: Options,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    args.releases.each(|release| one(args, release))
}

fn one(args: &Args, release: Release) -> Result<bool> {
    let mut setup = Setup::new(release)?;
    let files = setup.files(&args.selection.files)?;
    let sources = sources(files, &args.selection)?;
    Ok(setup.compare("ast", &sources, &args.options, &check))
}

fn word(bytes: &[u8], range: &Range<usize>, index: usize) -> Option<u32> {
    let at = range.start + index * 4;
    (at + 4 <= range.end)
        .then(|| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")))
}

fn byte(bytes: &[u8], range: &Range<usize>, index: usize) -> Option<u32> {
    let at = range.start + index;
    (at < range.end).then(|| u32::from(bytes[at]))
}

fn error(names: &Names, error: Option<&ParseError>) -> String {
    match error {
        None => "(no more)".to_owned(),
        Some(error) => format!(
            "{} is_note={} token_is_prev={} token={} extra={} offset={}: {}",
            names.name("ast_error", error.tag.into()),
            error.is_note,
            error.token_is_prev,
            error.token,
            error.extra,
            error.offset,
            error.message
        ),
    }
}

/// Name, where it lies in each of the two trees, how one element is read, and the table of its names.
type Section<'a> = (
    &'static str,
    &'a Range<usize>,
    &'a Range<usize>,
    fn(&[u8], &Range<usize>, usize) -> Option<u32>,
    Option<&'static str>,
);

/// Compares two trees; words in which the reference's two builds differ are undefined.
pub(crate) fn compare(
    release: Release,
    names: &Names,
    source: &Source,
    fast: &[u8],
    safe: &[u8],
    ours: &[u8],
) -> Outcome {
    let (Some(theirs), Some(our)) = (AstLayout::parse(fast), AstLayout::parse(ours)) else {
        return Outcome::different("layout", "the sections do not add up".to_owned());
    };
    let text = &source.bytes;
    let sections: [Section<'_>; 6] = [
        (
            "token tag",
            &theirs.token_tags,
            &our.token_tags,
            byte,
            Some("token"),
        ),
        (
            "token start",
            &theirs.token_starts,
            &our.token_starts,
            word,
            None,
        ),
        (
            "node tag",
            &theirs.node_tags,
            &our.node_tags,
            byte,
            Some("node"),
        ),
        (
            "main token",
            &theirs.main_tokens,
            &our.main_tokens,
            word,
            None,
        ),
        ("node data", &theirs.node_data, &our.node_data, word, None),
        ("extra data", &theirs.extra, &our.extra, word, None),
    ];
    for (what, left, right, read, table) in sections {
        let unit = if table.is_some() { 1 } else { 4 };
        let count = left.len().max(right.len()) / unit;
        for n in 0..count {
            let (a, b) = (read(fast, left, n), read(ours, right, n));
            if a == b || (a.is_some() && b.is_some() && a != read(safe, left, n)) {
                continue;
            }
            if what == "node data" && a.is_some() && b.is_some() {
                let tag = byte(fast, &theirs.node_tags, n / 2).unwrap_or(u32::MAX);
                if node_word_is_dead(release, &names.name("node", tag), n % 2 == 1) {
                    continue;
                }
            }
            let show = |value: Option<u32>| match (value, table) {
                (None, _) => "(none)".to_owned(),
                (Some(value), Some(table)) => names.name(table, value),
                (Some(value), None) => value.to_string(),
            };
            let mut report = format!("  {what} {n}: reference {}, ours {}\n", show(a), show(b));
            let node = match what {
                "node tag" | "main token" => Some(n),
                "node data" => Some(n / 2),
                _ => None,
            };
            let mut category = what.to_owned();
            if let Some(node) = node {
                let tag = byte(fast, &theirs.node_tags, node)
                    .map_or("none".to_owned(), |tag| names.name("node", tag));
                report += &format!("    node {node} is {tag}");
                if let Some((line, text)) = describe::node_line(text, fast, node) {
                    report += &format!(", line {line}: {text}");
                }
                report += "\n";
                category += &format!(" of {tag}");
            } else if what.starts_with("token")
                && let Some((line, text)) = describe::token_line(text, fast, n)
            {
                report += &format!("    line {line}: {text}\n");
            }
            return Outcome::different(&category, report);
        }
    }
    let (left, right) = (theirs.errors(fast), our.errors(ours));
    let at = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    if at < left.len() || at < right.len() {
        let (a, b) = (left.get(at), right.get(at));
        let name = |error: Option<&ParseError>| {
            error.map_or("none".to_owned(), |error| {
                names.name("ast_error", error.tag.into())
            })
        };
        return Outcome::different(
            &format!("error {} / ours: {}", name(a), name(b)),
            format!(
                "  error {at}\n    - {}\n    + {}\n",
                error(names, a),
                error(names, b)
            ),
        );
    }
    Outcome::Identical
}

/// One source.
pub(crate) fn check(worker: &mut Worker, source: &Source) -> Outcome {
    let mode = Mode::of(&source.name);
    let _ = [&mut worker.fast, &mut worker.safe]
        .map(|oracle| oracle.send(Op::Ast, mode, &source.bytes));
    let ours = subject::ast(&source.bytes, mode, worker.release, &worker.numbers);
    let [fast, safe] = [&mut worker.fast, &mut worker.safe].map(|oracle| oracle.receive());
    let ours = match ours {
        Ok(ours) => ours,
        Err(panic) => return Outcome::Panicked(panic),
    };
    match (fast, safe) {
        (Ok(fast), Ok(safe)) if fast.len() == safe.len() => {
            compare(worker.release, &worker.names, source, &fast, &safe, &ours)
        }
        (Ok(_), Ok(_)) => Outcome::Skipped("the two builds of the reference disagree".to_owned()),
        (Err(why), _) => Outcome::Skipped(why.to_string()),
        (_, Err(why)) => Outcome::Skipped(format!("checked build: {why}")),
    }
}
