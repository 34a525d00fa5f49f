//! Formatted text against formatted text: `zongen::fmt` and `zirc zon fmt` against `zig fmt`.
//!
//! The members of a Zig file are those of a `struct`, and that is an expression, which can stand in a
//! document of ZON: so every Zig source is one for the formatter too.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::mutate::Mutator;
use crate::reference::{Mode, Op};
use fixtures::Rng;
use syntax::{Ast, NodeTag, Release, TokenTag};

use super::releases::Releases;
use super::result;
use super::run::Options;
use super::run::{Outcome, Source, Sources, Worker};
use super::selection::{Chance, Selection};
use super::setup::{Setup, mode_of, sources};
use super::subject;
use crate::zirc::{Zirc, release_flag};

/// What is made of the layout of ZON; a Zig file counts as the struct that it is
///
/// With --mutants expressions are taken out of the files as well, and what is between tokens is changed.
/// Without it the commands are compared too, `zirc zon fmt` and `zig fmt`, on each .zon file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: cargo compare zon-fmt --lib fixtures/zon fixtures/zon_fmt --mutants 3000"
)]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    zirc: Zirc,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> result::Result<bool> {
    args.releases.each(|release| one(args, release))
}

fn one(args: &Args, release: Release) -> result::Result<bool> {
    let mut setup = Setup::new(release)?;
    let files = setup.files(&args.selection.files)?;
    let mut identical = true;
    if args.selection.mutants.is_none() {
        let zirc = args.zirc.existing()?.canonicalize()?;
        let release_flag = release_flag(&zirc, &["zon", "fmt"], release)?;
        let ours = [&["zon".to_owned(), "fmt".to_owned()], &*release_flag].concat();
        let zig = setup.reference.zig();
        let is_zon = |path: &&PathBuf| mode_of(path) == Mode::Zon;
        identical = setup.compare(
            "zon-fmt, commands",
            &Sources::Files(files.iter().filter(is_zon).cloned().collect()),
            &args.options,
            &|worker, source| commands(worker, source, &zig, &zirc, &ours),
        );
        setup.clear();
    }
    let Chance { seed, first } = args.selection.chance;
    let sources = match args.selection.mutants {
        None => sources(files, &args.selection)?,
        Some(count) => mutants(&files, release, seed, first, count)?,
    };
    Ok(setup.compare("zon-fmt", &sources, &args.options, &check) && identical)
}

/// A source as a document.
fn document(name: &str, bytes: &[u8]) -> Vec<u8> {
    if name.ends_with(".zig") {
        [b"struct {\n", bytes, b"\n}\n"].concat()
    } else {
        bytes.to_vec()
    }
}

fn first_difference(left: &[u8], right: &[u8]) -> String {
    let lines = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let lines = bytes.split(|byte| *byte == b'\n');
        lines.map(<[u8]>::to_vec).collect()
    };
    let (left, right) = (lines(left), lines(right));
    let n = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let text = |lines: &[Vec<u8>]| {
        let from = n.saturating_sub(2);
        let some: Vec<String> = (from..n + 2)
            .filter_map(|n| lines.get(n))
            .map(|line| line.escape_ascii().to_string())
            .collect();
        some.join("\n      ")
    };
    format!(
        "  line {}\n    - {}\n    + {}\n",
        n + 1,
        text(&left),
        text(&right)
    )
}

/// One document. Its reference text is returned if there is one that keeps it.
fn compare(worker: &mut Worker, bytes: &[u8]) -> Result<Vec<u8>, Outcome> {
    let ours = subject::formatted(bytes, worker.release).map_err(Outcome::Panicked)?;
    // Where the checked build crashes the other may write spaces until the memory is full.
    let skip = |why: String| Err(Outcome::Skipped(why));
    let theirs = match worker.safe.ask(Op::Fmt, Mode::Zon, bytes) {
        Ok(theirs) => theirs,
        Err(why) => return skip(format!("checked build: {why}")),
    };
    match worker.fast.ask(Op::Fmt, Mode::Zon, bytes) {
        Ok(fast) if fast == theirs => {}
        Ok(_) => return skip("the two builds of the reference disagree".to_owned()),
        Err(why) => return skip(why.to_string()),
    }
    let theirs = match theirs.split_first() {
        Some((1, text)) => Ok(text.to_vec()),
        _ => Err(zongen::fmt::Error::Syntax),
    };
    let is_kept = match &theirs {
        Ok(text) => {
            subject::is_same_document(bytes, text, worker.release).map_err(Outcome::Panicked)?
        }
        Err(_) => true,
    };
    let is_refused = matches!(ours, Err(zongen::fmt::Error::Lossy(_)));
    match (&theirs, &ours) {
        (Err(_), _) if ours == theirs => Err(Outcome::Skipped("syntax errors".to_owned())),
        (Ok(_), _) if !is_kept && is_refused => Err(Outcome::Skipped(
            "the reference loses a part, ours refuses".to_owned(),
        )),
        (Ok(text), Ok(our)) if is_kept && text == our => Ok(text.clone()),
        (Ok(text), Ok(our)) => Err(Outcome::different("text", first_difference(text, our))),
        (Ok(_), Err(error)) => Err(Outcome::different(
            &format!("refused: {error}"),
            format!("  only ours refuses: {error}\n"),
        )),
        (Err(_), _) => Err(Outcome::different(
            "syntax errors",
            "  only the reference finds syntax errors\n".to_owned(),
        )),
    }
}

/// One source, and what the reference makes of it once more.
pub(crate) fn check(worker: &mut Worker, source: &Source) -> Outcome {
    let bytes = document(&source.name, &source.bytes);
    let text = match compare(worker, &bytes) {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    if text == bytes {
        return Outcome::Identical;
    }
    match compare(worker, &text) {
        Ok(_) => Outcome::Identical,
        Err(Outcome::Different { category, report }) => Outcome::Different {
            category: format!("formatted again: {category}"),
            report,
        },
        Err(Outcome::Skipped(why)) if why == "syntax errors" => Outcome::different(
            "formatted again: syntax errors",
            "  a formatted text cannot be parsed\n".to_owned(),
        ),
        Err(other) => other,
    }
}

/// Mutants of files, expressions out of them, and documents made up, many of them with other gaps between
/// their tokens.
pub(crate) fn mutants(
    files: &[PathBuf],
    release: Release,
    seed: u64,
    first: u64,
    count: u64,
) -> io::Result<Sources> {
    let mutator = Mutator::from_files(files)?;
    let sources = files
        .iter()
        .map(|path| Ok((path.display().to_string(), fs::read(path)?)))
        .collect::<io::Result<Vec<_>>>()?;
    let sources: Vec<_> = sources
        .into_iter()
        .filter(|(name, bytes)| {
            Ast::parse(&document(name, bytes), syntax::Mode::Zon, release)
                .errors
                .is_empty()
        })
        .collect();
    if sources.is_empty() {
        return Err(io::Error::other("no sources without syntax errors"));
    }
    let make = move |number| {
        // Numbers of their own: the mutator uses the same seed.
        let mut rng = Rng::new(seed ^ 0x666d_7400, number);
        let (name, bytes) = match rng.below(10) {
            0 => {
                let (name, bytes) = mutator.mutant(seed, number);
                let bytes = document(&name, &bytes);
                (format!("mutant of {name}"), bytes)
            }
            1 | 2 => ("made up".to_owned(), fixtures::zon::document(seed, number)),
            3 => {
                let (name, bytes) = &sources[rng.below(sources.len())];
                (format!("from {name}"), document(name, bytes))
            }
            _ => {
                let (name, bytes) = &sources[rng.below(sources.len())];
                (format!("parts of {name}"), harvest(&mut rng, name, bytes))
            }
        };
        let bytes = if rng.below(4) > 0 {
            jostle(&mut rng, &bytes)
        } else {
            bytes
        };
        (format!("{seed}:{number} {name}.zon"), bytes)
    };
    Ok(Sources::Made {
        make: Box::new(make),
        first,
        count,
    })
}

fn pick<'a>(rng: &mut Rng, all: &[&'a str]) -> &'a str {
    all[rng.below(all.len())]
}

/// Whether nodes of this kind are expressions by themselves.
fn is_expression(tag: NodeTag) -> bool {
    use NodeTag as N;
    !matches!(
        tag,
        N::Root
            | N::Usingnamespace
            | N::TestDecl
            | N::GlobalVarDecl
            | N::LocalVarDecl
            | N::SimpleVarDecl
            | N::AlignedVarDecl
            | N::Errdefer
            | N::Defer
            | N::AssignDestructure
            | N::SwitchCaseOne
            | N::SwitchCaseInlineOne
            | N::SwitchCase
            | N::SwitchCaseInline
            | N::SwitchRange
            | N::ForRange
            | N::FnDecl
            | N::ContainerFieldInit
            | N::ContainerFieldAlign
            | N::ContainerField
            | N::AsmOutput
            | N::AsmInput
    ) && !(N::AssignMul..=N::Assign).contains(&tag)
}

/// A list of expressions out of a source.
fn harvest(rng: &mut Rng, name: &str, source: &[u8]) -> Vec<u8> {
    let zig = name.ends_with(".zig");
    let mode = if zig {
        syntax::Mode::Zig
    } else {
        syntax::Mode::Zon
    };
    let tree = Ast::parse(source, mode, Release::V0_14_1);
    if !tree.errors.is_empty() {
        return source.to_vec();
    }
    let longest = [40, 200, 1500][rng.below(3)];
    let wanted = [1, 2, 3, 5, 9, 30][rng.below(6)];
    let mut parts: Vec<&[u8]> = Vec::new();
    for _ in 0..wanted * 8 {
        let node = rng.below(tree.nodes_len() as usize) as u32;
        if !is_expression(tree.node_tag(node)) {
            continue;
        }
        let text = tree.get_node_source(node);
        if text.len() <= longest && parts.len() < wanted {
            parts.push(text);
        }
    }
    let (open, close) = [
        (".{", "}"),
        ("f(", ")"),
        ("@f(", ")"),
        ("T{", "}"),
        ("(", ")"),
    ][rng.below(if parts.len() == 1 { 5 } else { 4 })];
    let named = close == "}" && rng.below(3) == 0;
    let separators: &[&str] = [
        [", "].as_slice(),
        &[",\n"],
        &[",", ", ", ",\n", ",\n\n", ", // note\n", ",\n// note\n"],
        &[", ", ", ", ", ", ",\n"],
        &[", ", ", ", ", ", ",\n", ", // note\n"],
    ][rng.below(5)];
    let mut out = open.as_bytes().to_vec();
    for (n, part) in parts.iter().enumerate() {
        if named {
            write!(out, ".a{n} = ").expect("memory takes it");
        }
        if part.starts_with(b"\\\\") {
            out.push(b'\n');
        }
        out.extend_from_slice(part);
        if part
            .split(|&byte| byte == b'\n')
            .next_back()
            .is_some_and(|line| line.contains(&b'\\'))
        {
            out.push(b'\n');
        }
        if n + 1 < parts.len() || rng.below(2) == 0 {
            out.extend_from_slice(pick(rng, separators).as_bytes());
        }
    }
    out.extend_from_slice(close.as_bytes());
    out
}

const GAPS: &[&str] = &[
    "",
    "",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n\n\n",
    "  ",
    " // note\n",
    "\n// note\n",
    "\n\n// note\n",
    "\n// one\n\n// two\n\n",
    "\t",
    "\r\n",
    " //\n",
    " \n \n ",
];

/// The same tokens with other things between them; sometimes with a comma more or less at the end of a list.
fn jostle(rng: &mut Rng, source: &[u8]) -> Vec<u8> {
    let tree = Ast::parse(source, syntax::Mode::Zon, Release::V0_14_1);
    if !tree.errors.is_empty() {
        return source.to_vec();
    }
    let every = [2, 6, 20, 100][rng.below(4)];
    let only_lines = rng.below(3) == 0;
    let switches = rng.below(12) == 0;
    let mut out = Vec::with_capacity(source.len() * 2);
    let len = tree.tokens_len();
    out.extend_from_slice(&source[..tree.token_start(0) as usize]);
    for token in 0..len - 1 {
        let text = tree.token_slice(token);
        let (tag, next) = (tree.token_tag(token), tree.token_tag(token + 1));
        let closes = |tag| matches!(tag, TokenTag::RBrace | TokenTag::RParen);
        let opens = |tag| matches!(tag, TokenTag::LBrace | TokenTag::LParen);
        if tag == TokenTag::Comma && closes(next) && rng.below(8) == 0 {
            // Dropped.
        } else {
            out.extend_from_slice(text);
        }
        let is_line = matches!(
            tag,
            TokenTag::MultilineStringLiteralLine
                | TokenTag::DocComment
                | TokenTag::ContainerDocComment
        );
        if closes(next)
            && !is_line
            && !opens(tag)
            && !matches!(
                tag,
                TokenTag::Comma | TokenTag::Semicolon | TokenTag::RBrace
            )
            && rng.below(30) == 0
        {
            out.push(b',');
        }
        let end = tree.token_start(token) as usize + text.len();
        let gap = &source[end..tree.token_start(token + 1) as usize];
        if rng.below(every) != 0 {
            out.extend_from_slice(gap);
            continue;
        }
        let mut new = if only_lines {
            pick(rng, &["\n", " ", "\n\n", ""])
        } else if switches && rng.below(5) == 0 {
            pick(
                rng,
                &[
                    "\n// zig fmt: off\n",
                    "\n// zig fmt: on\n",
                    " //zig fmt: off\n",
                ],
            )
        } else {
            pick(rng, GAPS)
        };
        let may_touch = |tag| {
            opens(tag)
                || closes(tag)
                || matches!(
                    tag,
                    TokenTag::Comma | TokenTag::Semicolon | TokenTag::LBracket | TokenTag::RBracket
                )
        };
        if new.is_empty() && !gap.is_empty() && !may_touch(tag) && !may_touch(next) {
            new = " ";
        }
        let needs_line =
            is_line || matches!(next, TokenTag::DocComment | TokenTag::ContainerDocComment);
        if needs_line && !new.starts_with('\n') {
            out.push(b'\n');
        }
        out.extend_from_slice(new.as_bytes());
    }
    out.extend_from_slice(b"\n");
    out
}

fn run(command: &mut Command, input: &[u8]) -> io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    std::thread::scope(|scope| {
        // The other side may end without reading all of it.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output()
    })
}

/// What the commands make of one file: in place, by `--check` before and after, and from standard input.
///
/// `ours` is what is typed behind `zirc`.
pub(crate) fn commands(
    worker: &mut Worker,
    source: &Source,
    zig: &Path,
    zirc: &Path,
    ours: &[String],
) -> Outcome {
    match compare_commands(worker, source, zig, zirc, ours) {
        Ok(outcome) => outcome,
        Err(err) => Outcome::Skipped(err.to_string()),
    }
}

fn compare_commands(
    worker: &mut Worker,
    source: &Source,
    zig: &Path,
    zirc: &Path,
    ours: &[String],
) -> io::Result<Outcome> {
    fs::create_dir_all(&worker.scratch)?;
    let name = "file.zon";
    let path = worker.scratch.join(name);
    let bytes = document(&source.name, &source.bytes);
    match subject::formatted(&bytes, worker.release) {
        // Whether it is right to refuse, the comparison of the texts tells.
        Ok(Err(zongen::fmt::Error::Lossy(_))) => {
            return Ok(Outcome::Skipped("ours refuses".to_owned()));
        }
        Ok(_) => {}
        Err(panic) => return Ok(Outcome::Panicked(panic)),
    }
    let command = |binary: &Path, words: &[&str]| {
        let mut command = Command::new(binary);
        if binary == zirc {
            command.args(ours);
        } else {
            command.arg("fmt");
        }
        command.args(words).current_dir(&worker.scratch);
        command
    };
    let mut results = Vec::new();
    for binary in [zig, zirc] {
        let mut result: Vec<(&str, Vec<u8>)> = Vec::new();
        fs::write(&path, &bytes)?;
        for (what, words) in [
            ("--check", ["--check", name].as_slice()),
            ("in place", &[name]),
            ("--check of the result", &["--check", name]),
        ] {
            let output = run(&mut command(binary, words), b"")?;
            let Some(status) = output.status.code() else {
                return Ok(match binary == zig {
                    true => Outcome::Skipped(format!("the reference crashes ({})", output.status)),
                    false => Outcome::Panicked(format!("zirc: {}", output.status)),
                });
            };
            result.push((what, status.to_string().into_bytes()));
            result.push((what, output.stdout));
            result.push((what, output.stderr));
        }
        result.push(("the result", fs::read(&path)?));
        let zon: &[&str] = if binary == zig { &["--zon"] } else { &[] };
        let words = [&["--stdin"], zon].concat();
        let output = run(&mut command(binary, &words), &bytes)?;
        // The status of a syntax error on standard input is 2 there.
        let status = output.status.code().map(|code| code.min(1));
        result.push(("--stdin", format!("{status:?}").into_bytes()));
        result.push(("--stdin", output.stdout));
        result.push(("--stdin", output.stderr));
        results.push(result);
    }
    for ((what, theirs), (_, ours)) in results[0].iter().zip(&results[1]) {
        if theirs != ours {
            return Ok(Outcome::different(what, first_difference(theirs, ours)));
        }
    }
    Ok(Outcome::Identical)
}
