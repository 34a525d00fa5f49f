//! ZIR against ZIR.

use syntax::Release;

use crate::reference::dead::{self, DeadBytes};
use crate::reference::layout::{CompileError, ZIR_HEADER, ZirView};
use crate::reference::{Mode, Names, NoAnswer, Op};

use super::describe;
use super::releases::Releases;
use super::result::Result;
use super::run::Options;
use super::run::{Outcome, Source, Worker};
use super::selection::Selection;
use super::setup::{Setup, mode_of, sources};
use super::subject;

/// ZIR: what is lowered from the tree, byte by byte
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare zir --lib --mutants 10000 --seed 3")]
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
    let mut files = setup.files(&args.selection.files)?;
    files.retain(|path| mode_of(path) == Mode::Zig);
    let sources = sources(files, &args.selection)?;
    Ok(setup.compare("zir", &sources, &args.options, &check))
}

fn listing(errors: &[CompileError], source: &[u8], tree: &[u8]) -> Vec<String> {
    let one = |error: &CompileError, kind: &str| {
        let place = match error.node {
            // None, up to 0.14 and from 0.15 on.
            0 | u32::MAX => describe::token_line(source, tree, error.token as usize),
            node => describe::node_line(source, tree, node as usize),
        };
        format!(
            "line {} node {} token {} offset {} {kind}: {}",
            place.map_or(0, |(line, _)| line),
            error.node,
            error.token,
            error.byte_offset,
            error.message
        )
    };
    errors
        .iter()
        .flat_map(|error| {
            std::iter::once(one(error, "error"))
                .chain(error.notes.iter().map(|note| one(note, "note")))
        })
        .collect()
}

/// Compares two entries. The report names the first difference.
pub(crate) fn compare(
    names: &Names,
    dead: &DeadBytes,
    source: &Source,
    fast: &[u8],
    safe: Option<&[u8]>,
    ours: &[u8],
    tree: &mut dyn FnMut() -> Vec<u8>,
) -> Outcome {
    let undefined = dead.undefined(names, fast, safe);
    let same = dead::is_same(fast, ours, &undefined);
    if same {
        return Outcome::Identical;
    }
    let (Some(theirs), Some(our)) = (ZirView::parse(fast), ZirView::parse(ours)) else {
        return Outcome::different("layout", "the sections do not add up".to_owned());
    };
    let tree = tree();
    let bytes = &source.bytes;
    let (their_errors, our_errors) = (theirs.errors(), our.errors());
    if their_errors != our_errors {
        let (left, right) = (
            listing(&their_errors, bytes, &tree),
            listing(&our_errors, bytes, &tree),
        );
        let at = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
        let show = |lines: &[String]| {
            let mut text = String::new();
            for line in lines.iter().skip(at).take(4) {
                text += &format!("      {line}\n");
            }
            if lines.len() <= at {
                text += "      (no more)\n";
            }
            text
        };
        let generic = |line: Option<&String>| {
            let message = line.map_or("nothing", |line| {
                line.split_once(": ").map_or("", |(_, rest)| rest)
            });
            // Names in quotes would make a category of each file.
            let mut out = String::new();
            for (n, part) in message.split('\'').enumerate() {
                out += if n % 2 == 1 { "'_'" } else { part };
            }
            out
        };
        let category = format!(
            "error: {} / ours: {}",
            generic(left.get(at)),
            generic(right.get(at))
        );
        return Outcome::different(
            &category,
            format!(
                "  compile errors differ at number {at}\n    reference:\n{}    ours:\n{}",
                show(&left),
                show(&right)
            ),
        );
    }
    let data_start = ZIR_HEADER + theirs.len();
    let data_undefined = |index: usize| -> u8 {
        (0..8).fold(0, |mask, byte| {
            mask | u8::from(undefined[data_start + index * 8 + byte]) << byte
        })
    };
    let differs = |index: usize| -> Option<(bool, u8)> {
        if index >= theirs.len() || index >= our.len() {
            return Some((true, 0));
        }
        let tag_undefined = undefined[ZIR_HEADER + index];
        let tag = if tag_undefined {
            our.tags[index] != 0
        } else {
            theirs.tags[index] != our.tags[index]
        };
        let dead = data_undefined(index);
        let (a, b) = (theirs.data_of(index), our.data_of(index));
        let mask = (0..8).fold(0u8, |mask, byte| {
            let wrong = if dead >> byte & 1 != 0 {
                b[byte] != 0
            } else {
                a[byte] != b[byte]
            };
            mask | u8::from(wrong) << byte
        });
        (tag || mask != 0).then_some((tag, mask))
    };
    let first = (0..theirs.len().max(our.len())).find_map(|index| Some((index, differs(index)?)));
    if let Some((index, (tag, mask))) = first {
        let name = |view: &ZirView<'_>| match view.tags.get(index) {
            Some(tag) => describe::tag_name(names, *tag, &view.data_of(index)),
            None => "end".to_owned(),
        };
        let category = if tag || name(&theirs) != name(&our) {
            format!("instruction {} / ours: {}", name(&theirs), name(&our))
        } else {
            let field = describe::differing_field(names, theirs.tags[index], mask);
            let dead = data_undefined(index) & mask;
            let what = if dead == mask {
                " (dead, must be 0)"
            } else {
                ""
            };
            format!("field {}.{field}{what}", name(&theirs))
        };
        let mut report = format!(
            "  instruction %{index} (of {} / ours {}): {category}\n{}",
            theirs.len(),
            our.len(),
            describe::place(names, &theirs, bytes, &tree, index)
        );
        for n in index.saturating_sub(4)..index + 4 {
            let (left, right) = (
                describe::instruction(names, &theirs, n),
                describe::instruction(names, &our, n),
            );
            if differs(n).is_none() {
                report += &format!("      {left}\n");
            } else {
                report += &format!("    - {left}\n    + {right}\n");
            }
        }
        return Outcome::different(&category, report);
    }
    if let Some(at) = first_difference(theirs.strings, our.strings) {
        let around = |bytes: &[u8]| {
            let from = at.saturating_sub(40);
            let upto = (at + 40).min(bytes.len());
            String::from_utf8_lossy(bytes.get(from..upto).unwrap_or_default()).replace('\0', "|")
        };
        return Outcome::different(
            "string_bytes",
            format!(
                "  string_bytes at {at} (of {} / ours {})\n    - {}\n    + {}\n",
                theirs.strings.len(),
                our.strings.len(),
                around(theirs.strings),
                around(our.strings)
            ),
        );
    }
    let extra_start = fast.len() - theirs.extra.len();
    let word = (0..theirs.extra.len().max(our.extra.len()) / 4).find(|word| {
        (0..4).any(|byte| {
            let at = word * 4 + byte;
            match (theirs.extra.get(at), our.extra.get(at)) {
                (Some(a), Some(b)) => {
                    if undefined[extra_start + at] {
                        *b != 0
                    } else {
                        a != b
                    }
                }
                _ => true,
            }
        })
    });
    let Some(word) = word else {
        return Outcome::different("header", "  the headers differ\n".to_owned());
    };
    let owner = describe::owner_of_extra(names, &theirs, word);
    let owner_name = owner.map_or("nothing".to_owned(), |(index, _)| {
        describe::tag_name(names, theirs.tags[index], &theirs.data_of(index))
    });
    let mut report = format!(
        "  extra[{word}] (of {} / ours {}){}\n",
        theirs.extra.len() / 4,
        our.extra.len() / 4,
        if undefined.get(extra_start + word * 4) == Some(&true) {
            " (dead, must be 0)"
        } else {
            ""
        }
    );
    if let Some((index, start)) = owner {
        report += &format!(
            "    word {} of the payload at {start} of {}\n{}",
            word - start,
            describe::instruction(names, &theirs, index),
            describe::place(names, &theirs, bytes, &tree, index)
        );
    }
    for n in word.saturating_sub(6)..word + 6 {
        let show = |value: Option<u32>| {
            value.map_or("(none)".to_owned(), |value| {
                format!("{value} (0x{value:x})")
            })
        };
        let (a, b) = (theirs.extra_at(n), our.extra_at(n));
        if a == b {
            report += &format!("      [{n}] {}\n", show(a));
        } else {
            report += &format!("    - [{n}] {}\n    + [{n}] {}\n", show(a), show(b));
        }
    }
    Outcome::different(&format!("extra of {owner_name}"), report)
}

fn first_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let shared = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    (shared < a.len() || shared < b.len()).then_some(shared)
}

/// Makes `safe` differ from `fast` wherever `again` does.
fn take_differing(safe: &mut [u8], fast: &[u8], again: &[u8]) {
    for (safe, (fast, again)) in safe.iter_mut().zip(fast.iter().zip(again)) {
        if fast != again {
            *safe = *again;
        }
    }
}

/// One source.
pub(crate) fn check(worker: &mut Worker, source: &Source) -> Outcome {
    if Mode::of(&source.name) == Mode::Zon {
        return Outcome::Skipped("ZON has no ZIR".to_owned());
    }
    let sent = [&mut worker.fast, &mut worker.safe]
        .map(|oracle| oracle.send(Op::Zir, Mode::Zig, &source.bytes).is_ok());
    let ours = subject::zir(&source.bytes, worker.release);
    let answers = [&mut worker.fast, &mut worker.safe].map(|oracle| oracle.receive());
    debug_assert!(sent.len() == answers.len());
    let [fast, safe] = answers;
    let ours = match ours {
        Ok(ours) => ours,
        Err(panic) => return Outcome::Panicked(panic),
    };
    let fast = match fast {
        Ok(fast) => fast,
        Err(why) => return Outcome::Skipped(why.to_string()),
    };
    let tree_oracle = &mut worker.fast;
    let mut tree = || {
        tree_oracle
            .ask(Op::Ast, Mode::Zig, &source.bytes)
            .unwrap_or_default()
    };
    match safe {
        Ok(mut safe) if safe.len() == fast.len() => {
            let outcome = compare(
                &worker.names,
                &worker.dead,
                source,
                &fast,
                Some(&safe),
                &ours,
                &mut tree,
            );
            if !matches!(outcome, Outcome::Different { .. }) {
                return outcome;
            }
            // What was never written may be half of an address, which both processes may have by chance.
            for oracle in [&mut worker.fast, &mut worker.safe] {
                oracle.restart();
                if let Ok(again) = oracle.ask(Op::Zir, Mode::Zig, &source.bytes)
                    && again.len() == fast.len()
                {
                    take_differing(&mut safe, &fast, &again);
                }
            }
            let tree_oracle = &mut worker.fast;
            let mut tree = || {
                tree_oracle
                    .ask(Op::Ast, Mode::Zig, &source.bytes)
                    .unwrap_or_default()
            };
            compare(
                &worker.names,
                &worker.dead,
                source,
                &fast,
                Some(&safe),
                &ours,
                &mut tree,
            )
        }
        Ok(_) => Outcome::Skipped("the two builds of the reference disagree".to_owned()),
        Err(why) => {
            // Without the second build, what differs may be undefined: only equality says something.
            match compare(
                &worker.names,
                &worker.dead,
                source,
                &fast,
                None,
                &ours,
                &mut tree,
            ) {
                Outcome::Identical => Outcome::Identical,
                _ if why == NoAnswer::Hang => Outcome::Skipped(why.to_string()),
                _ => Outcome::Skipped(format!("checked build: {why}")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "\
inst 0 add pl_node
inst 1 trap node
inst 2 extended extended
extended 0 this
extended 1 tuple_decl
ref 0 u0_type
ref 4294967295 none
";

    fn entry() -> Vec<u8> {
        let mut out = Vec::new();
        for len in [4u32, 5, 4, 0] {
            out.extend(len.to_le_bytes());
        }
        out.resize(ZIR_HEADER, 0);
        out.extend([0, 1, 2, 2]);
        out.extend([1, 0, 0, 0, 2, 0, 0, 0]);
        out.extend([3, 0, 0, 0, 0, 0, 0, 0]);
        out.extend([4, 0, 0, 0, 0, 0, 0, 0]);
        out.extend([3, 0, 0, 0, 1, 0, 9, 0]);
        out.extend(b"\0ab\0c");
        for word in [0u32, 0, 7, 8] {
            out.extend(word.to_le_bytes());
        }
        out
    }

    fn identical(fast: &[u8], safe: Option<&[u8]>, ours: &[u8]) -> bool {
        let names = Names::parse(NAMES);
        let source = Source {
            name: "x.zig".to_owned(),
            bytes: Vec::new(),
            path: None,
        };
        let dead = DeadBytes::new(&names);
        let outcome = compare(&names, &dead, &source, fast, safe, ours, &mut Vec::new);
        matches!(outcome, Outcome::Identical)
    }

    #[test]
    fn any_changed_byte_is_a_difference() {
        let entry = entry();
        assert!(identical(&entry, Some(&entry), &entry));
        for at in 0..entry.len() {
            let mut ours = entry.clone();
            ours[at] ^= 0x10;
            assert!(!identical(&entry, Some(&entry), &ours), "byte {at}");
        }
        assert!(!identical(&entry, Some(&entry), &entry[..entry.len() - 1]));
    }

    #[test]
    fn what_is_dead_by_the_table_must_be_zero_in_ours() {
        let ours = entry();
        let data = ZIR_HEADER + 4;
        for dead in [data + 12, data + 15, data + 22] {
            let mut theirs = entry();
            theirs[dead] = 0xaa;
            assert!(identical(&theirs, Some(&theirs), &ours), "byte {dead}");
            assert!(!identical(&theirs, Some(&theirs), &theirs), "byte {dead}");
        }
        let mut theirs = entry();
        theirs[data + 30] = 8;
        assert!(
            !identical(&theirs, Some(&theirs), &ours),
            "the small number of a tuple is not dead"
        );
    }

    #[test]
    fn what_differs_between_the_builds_must_be_zero_in_ours() {
        let last = entry().len() - 1;
        let (mut fast, mut safe) = (entry(), entry());
        (fast[last], safe[last]) = (0x55, 0xaa);
        assert!(identical(&fast, Some(&safe), &entry()));
        assert!(!identical(&fast, Some(&safe), &fast));
        assert!(!identical(&fast, None, &entry()));
        // Both builds by chance the same, and another process not.
        (fast[last], safe[last]) = (0x7f, 0x7f);
        assert!(!identical(&fast, Some(&safe), &entry()));
        let mut again = fast.clone();
        again[last] = 0x7e;
        take_differing(&mut safe, &fast, &again);
        assert!(identical(&fast, Some(&safe), &entry()));
    }
}
