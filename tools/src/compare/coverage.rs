//! Which of the reference's messages occur for a set of files.
//!
//! The messages are read out of the reference's sources at run time: every string literal that stands as
//! a format in a call that makes an error or a note, and every text of `Ast.renderError`.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use driver::rules::{Family, Kind, Rule};
use fixtures::unsaid;
use release::Generation;
use syntax::Release;

use super::releases::Releases;
use super::result::Result;
use super::selection::Files;
use super::setup::Setup;
use crate::generated;
use crate::reference::layout::{AstLayout, ZirView};
use crate::reference::{Mode, Names, Op, Oracle, Reference};

/// Which messages of the reference occur for the files, and whether our inputs are where they belong
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare coverage fixtures/zig/err")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
    #[command(flatten)]
    files: Files,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    args.releases.each(|release| one(args, release))
}

fn one(args: &Args, release: Release) -> Result<bool> {
    let mut setup = Setup::new(release)?;
    let files = setup.files(&args.files)?;
    Ok(print(
        &setup.reference,
        &mut setup.oracle,
        &setup.names,
        &files,
    )?)
}

/// A message as the reference's source has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Message {
    /// `AstGen.zig:1234`.
    pub(crate) place: String,
    /// The format string.
    pub(crate) format: String,
}

/// The literal parts of a format, between its placeholders.
fn parts(format: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
                parts.last_mut().expect("never empty").push(c);
            }
            '{' => {
                for c in chars.by_ref() {
                    if c == '}' {
                        break;
                    }
                }
                parts.push(String::new());
            }
            _ => parts.last_mut().expect("never empty").push(c),
        }
    }
    parts
}

/// A format as tables of ours have it: `{}` for each placeholder.
fn wording(format: &str) -> String {
    parts(format).join("{}")
}

/// Prints which messages of the reference the table of rules does not give to its generation, and the other
/// way round. True if there is none.
fn rules(generation: Generation, messages: &[Message]) -> bool {
    let mut wrong = 0;
    let mut in_sources = BTreeSet::new();
    for message in messages {
        let text = wording(&message.format);
        if text != "{}" && unsaid(&text, generation).is_none() {
            in_sources.insert(text);
        }
    }
    let mut in_table = BTreeSet::new();
    let of_sources = |rule: &&Rule| {
        rule.kind != Kind::Own && rule.family != Family::Imports && rule.id != "note-module"
    };
    for rule in Rule::all().iter().filter(of_sources) {
        let wordings = rule.wordings.iter();
        let of_it = wordings.filter(|one| one.generations.contains(generation));
        in_table.extend(of_it.map(|one| one.text.to_owned()));
    }
    in_table.retain(|text| unsaid(text, generation).is_none());
    // One text of the sources may make several messages, which have rows of their own (`unused {}`).
    for text in &in_sources {
        let has_rows = || in_table.iter().any(|one| matches(text, one));
        if *Rule::of(text.as_bytes()) == Rule::OTHER && !has_rows() {
            println!("no rule has it: {text:?}");
            wrong += 1;
        }
    }
    for text in &in_table {
        if !in_sources.contains(text) && !in_sources.iter().any(|one| matches(one, text)) {
            println!("a rule has it, the sources have not: {text:?}");
            wrong += 1;
        }
    }
    println!(
        "rules: {} messages of the table, {} of the sources; {wrong} without the other",
        in_table.len(),
        in_sources.len()
    );
    wrong == 0
}

/// Whether a message was made from a format.
pub(crate) fn matches(format: &str, message: &str) -> bool {
    let parts = parts(format);
    let Some((last, front)) = parts.split_last() else {
        return false;
    };
    let Some((first, middle)) = front.split_first() else {
        return message == last;
    };
    let Some(mut rest) = message.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// A string literal at the start of some text, unescaped, and its length in the source.
fn literal(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, at + 2)),
            '\\' => match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                c => out.push(c),
            },
            '\n' => return None,
            c => out.push(c),
        }
    }
    None
}

const CALLS: &[&str] = &[
    "failNode(",
    "failNodeNotes(",
    "failTok(",
    "failTokNotes(",
    "failOff(",
    "appendErrorNode(",
    "appendErrorNodeNotes(",
    "appendErrorTok(",
    "appendErrorTokNotes(",
    "appendErrorTokNotesOff(",
    "errNoteNode(",
    "errNoteTok(",
    "errNoteTokOff(",
    "addErrorNode(",
    "addErrorTok(",
    "addErrorTokOff(",
    "addErrorNodeNotes(",
    "addErrorTokNotes(",
    "addErrorTokNotesOff(",
    "writer.print(",
    "writer.writeAll(",
    "stream.print(",
    "stream.writeAll(",
    "w.print(",
    "w.writeAll(",
];

/// Every message in one of the reference's sources.
pub(crate) fn messages(file: &str, source: &str) -> Vec<Message> {
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if code.contains("fn ") {
            continue;
        }
        for call in CALLS {
            let Some(at) = code.find(call) else {
                continue;
            };
            // `failNode(` is also the end of a longer name.
            if code[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
                continue;
            }
            let offset = line.as_ptr() as usize - source.as_ptr() as usize + at + call.len();
            formats(&source[offset..], &mut |format| {
                found.push(Message {
                    place: format!("{file}:{}", number + 1),
                    format,
                });
            });
        }
    }
    found.sort();
    found.dedup();
    found
}

/// The string literals of an argument list, up to the tuple of values or its end.
fn formats(mut rest: &str, found: &mut dyn FnMut(String)) {
    let mut depth = 1;
    let mut any = false;
    while let Some(c) = rest.chars().next() {
        if let Some((text, len)) = literal(rest) {
            found(text);
            any = true;
            rest = &rest[len..];
            continue;
        }
        match c {
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth -= 1,
            '.' if any && depth == 1 && rest.starts_with(".{") => return,
            '\\' if rest.starts_with("\\\\") => {
                let mut text = String::new();
                while let Some(line) = rest.trim_start().strip_prefix("\\\\") {
                    let end = line.find('\n').unwrap_or(line.len());
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    text += &line[..end];
                    rest = &line[end..];
                }
                found(text);
                any = true;
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
        rest = &rest[c.len_utf8()..];
    }
}

/// What a set of files makes the reference say and emit.
#[derive(Default)]
struct Occurred {
    messages: BTreeSet<String>,
    nodes: BTreeSet<u32>,
    instructions: BTreeSet<u32>,
    extended: BTreeSet<u32>,
}

impl Occurred {
    fn add_zir(&mut self, names: &Names, zir: &ZirView<'_>) {
        for error in zir.errors() {
            for one in std::iter::once(&error).chain(&error.notes) {
                self.messages.insert(one.message.clone());
            }
        }
        for (index, tag) in zir.tags.iter().enumerate() {
            self.instructions.insert(u32::from(*tag));
            if names.kind(*tag) == "extended" {
                let data = zir.data_of(index);
                self.extended
                    .insert(u32::from(u16::from_le_bytes([data[4], data[5]])));
            }
        }
    }
}

/// Whether a file lies in a folder of inputs that the reference accepts (`ok`) or not (`err`).
fn expects_errors(path: &Path) -> Option<bool> {
    let below = path.strip_prefix(fixtures::root()).ok()?;
    below.iter().find_map(|part| match part.to_str()? {
        "ok" => Some(false),
        "err" => Some(true),
        _ => None,
    })
}

/// Prints which messages never occur for the files, and which nodes and instructions. True if all messages do
/// that can, and each of our inputs is where it belongs.
///
/// # Errors
/// If the reference's sources or a file cannot be read.
fn print(
    reference: &Reference,
    oracle: &mut Oracle,
    names: &Names,
    files: &[PathBuf],
) -> io::Result<bool> {
    let mut wanted = Vec::new();
    let mut sources = vec!["AstGen.zig", "Ast.zig", "string_literal.zig"];
    let zon = files
        .iter()
        .any(|path| path.extension().is_some_and(|ext| ext == "zon"));
    if zon {
        sources.push("ZonGen.zig");
    }
    for file in sources {
        wanted.extend(messages(file, &reference.front_end_source(file)?));
    }
    let mut occurred = Occurred::default();
    let mut misplaced = 0;
    for path in files {
        let source = std::fs::read(path)?;
        let mode = Mode::of(&path.to_string_lossy());
        let mut check = |has_errors: bool| {
            // Where an input lies says what the oldest release makes of it.
            let is_oldest = reference.release().generation() == Release::OLDEST.generation();
            if is_oldest && expects_errors(path).is_some_and(|expected| expected != has_errors) {
                let what = if has_errors {
                    "has errors"
                } else {
                    "has no error"
                };
                println!("{what}, against its folder: {}", path.display());
                misplaced += 1;
            }
        };
        if let Ok(tree) = oracle.ask(Op::Ast, mode, &source)
            && let Some(layout) = AstLayout::parse(&tree)
        {
            occurred
                .nodes
                .extend(tree[layout.node_tags].iter().map(|tag| u32::from(*tag)));
        }
        if mode == Mode::Zon {
            if let Ok(zoir) = oracle.ask(Op::Zoir, Mode::Zon, &source) {
                let said = zoir_messages(&zoir);
                check(!said.is_empty());
                occurred.messages.extend(said);
            }
            continue;
        }
        match oracle.ask(Op::Zir, Mode::Zig, &source) {
            Ok(zir) => {
                if let Some(view) = ZirView::parse(&zir) {
                    check(view.has_errors());
                    occurred.add_zir(names, &view);
                }
            }
            Err(why) => println!("no answer: {}: {why}", path.display()),
        }
    }
    for at in generated::at_limits() {
        if let Ok(zir) = oracle.ask(Op::Zir, Mode::Zig, &at.bytes)
            && let Some(view) = ZirView::parse(&zir)
        {
            occurred.add_zir(names, &view);
        }
    }
    let missing: Vec<_> = wanted
        .iter()
        .filter(|message| {
            !occurred
                .messages
                .iter()
                .any(|text| matches(&message.format, text))
        })
        .collect();
    let mut unexplained = 0;
    for message in &missing {
        match unsaid(&wording(&message.format), reference.release().generation()) {
            Some(row) => println!(
                "cannot occur: {} {:?}: {}",
                message.place, message.format, row.why
            ),
            None => {
                println!("never occurs: {} {:?}", message.place, message.format);
                unexplained += 1;
            }
        }
    }
    for (table, seen) in [
        ("node", &occurred.nodes),
        ("inst", &occurred.instructions),
        ("extended", &occurred.extended),
    ] {
        let all = names.table(table);
        let unseen: Vec<_> = all
            .iter()
            .filter(|(number, _)| !seen.contains(number))
            .map(|(_, name)| *name)
            .collect();
        println!(
            "{table}: {}/{} occur; not: {}",
            all.len() - unseen.len(),
            all.len(),
            unseen.join(" ")
        );
    }
    println!(
        "messages: {}/{} occur ({} files, {} different texts)",
        wanted.len() - missing.len(),
        wanted.len(),
        files.len(),
        occurred.messages.len()
    );
    // The table is of all sources; what they say of ZON is looked at with inputs of ZON only.
    let of_table = !zon || rules(reference.release().generation(), &wanted);
    Ok(unexplained == 0 && misplaced == 0 && of_table && !wanted.is_empty())
}

fn zoir_messages(zoir: &[u8]) -> Vec<String> {
    let number = |at: usize| {
        zoir.get(at..at + 4).map_or(0, |four| {
            u32::from_le_bytes(four.try_into().expect("four bytes")) as usize
        })
    };
    let [nodes, extra, limbs, strings, errors, notes] = [0, 4, 8, 12, 16, 20].map(number);
    let strings_at = 64 + nodes * 9 + extra * 4 + limbs * 8;
    let Some(table) = zoir.get(strings_at..strings_at + strings) else {
        return Vec::new();
    };
    let text = |at: usize| {
        let rest = table.get(number(at)..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(rest.len());
        String::from_utf8_lossy(&rest[..end]).into_owned()
    };
    let errors_at = strings_at + strings;
    let notes_at = errors_at + errors * 20;
    (0..errors)
        .map(|n| text(errors_at + n * 20))
        .chain((0..notes).map(|n| text(notes_at + n * 12)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_match_anything_and_the_rest_itself() {
        assert!(matches("unused {s}", "unused local"));
        assert!(matches("'{s}' and '{s}'", "'a' and 'b'"));
        assert!(matches("a {{}} b", "a {} b"));
        assert!(!matches("unused {s}", "used local"));
        assert!(!matches("no placeholder", "no placeholder at all"));
    }

    #[test]
    fn formats_are_found_behind_calls_over_several_lines() {
        let source = "try x.failNodeNotes(\n  node,\n  if (a) \"one {s}\" else \"two\",\n  .{ \"no\" },\n  &.{ try e.errNoteTok(t, \"three\", .{}) },\n);\n";
        let formats: Vec<_> = messages("f", source)
            .into_iter()
            .map(|m| m.format)
            .collect();
        assert_eq!(formats, ["one {s}", "two", "three"]);
    }
}
