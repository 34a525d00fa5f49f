//! ZOIR against ZOIR.

use syntax::Release;

use crate::reference::layout::{SECTIONS, ZOIR_HEADER, sections};
use crate::reference::{Mode, Op};

use super::releases::Releases;
use super::result::Result;
use super::run::{Options, Sources};
use super::run::{Outcome, Source, Worker};
use super::selection::{Chance, Selection};
use super::setup::{Setup, mode_of, sources};
use super::subject;

/// ZOIR: what is lowered from ZON, byte by byte; --mutants makes documents up as well
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare zon fixtures/zon --mutants 20000 --seed 3")]
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
    files.retain(|path| mode_of(path) == Mode::Zon);
    let made_up = args.selection.mutants.is_none_or(|count| {
        let Chance { seed, first } = args.selection.chance;
        let sources = Sources::Documents { seed, first, count };
        setup.compare("zon made up", &sources, &args.options, &check)
    });
    let sources = sources(files, &args.selection)?;
    Ok(setup.compare("zon", &sources, &args.options, &check) && made_up)
}

/// The messages of the entry's errors, in their order.
fn messages(
    entry: &[u8],
    strings: &[u8],
    section: std::ops::Range<usize>,
    size: usize,
) -> Vec<String> {
    let word = |bytes: &[u8], n: usize| {
        u32::from_le_bytes(bytes[n * 4..n * 4 + 4].try_into().expect("four bytes"))
    };
    let one = |item: &[u8]| {
        let text = strings.get(word(item, 0) as usize..).unwrap_or_default();
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        format!(
            "token {} node or offset {}: {}",
            word(item, 1) as i32,
            word(item, 2),
            String::from_utf8_lossy(text)
        )
    };
    entry[section].chunks_exact(size).map(one).collect()
}

/// Compares two entries; where the reference's two builds differ it is undefined. The report names the first
/// difference.
pub(crate) fn compare(source: &Source, fast: &[u8], safe: &[u8], ours: &[u8]) -> Outcome {
    let same = |at: usize| fast.get(at) == ours.get(at) || fast.get(at) != safe.get(at);
    if fast.len() == ours.len() && (0..fast.len()).all(same) {
        return Outcome::Identical;
    }
    let (Some(theirs), Some(our)) = (sections(fast), sections(ours)) else {
        return Outcome::different("layout", "the sections do not add up".to_owned());
    };
    let (left_strings, right_strings) = (&fast[theirs[5].clone()], &ours[our[5].clone()]);
    for section in [6, 7] {
        let size = SECTIONS[section].1;
        let left = messages(fast, left_strings, theirs[section].clone(), size);
        let right = messages(ours, right_strings, our[section].clone(), size);
        let at = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
        if at < left.len() || at < right.len() {
            let show = |list: &[String]| {
                list.get(at)
                    .cloned()
                    .unwrap_or_else(|| "(no more)".to_owned())
            };
            let text =
                String::from_utf8_lossy(&source.bytes[..source.bytes.len().min(200)]).into_owned();
            return Outcome::different(
                &format!("{} / {}", show(&left), show(&right)),
                format!(
                    "  {} {at}\n    - {}\n    + {}\n  in {text}\n",
                    SECTIONS[section].0,
                    show(&left),
                    show(&right)
                ),
            );
        }
    }
    for (n, (what, size)) in SECTIONS.iter().enumerate() {
        let (left, right) = (theirs[n].clone(), our[n].clone());
        let count = left.len().max(right.len()) / size;
        for item in 0..count {
            let part = |entry: &'_ [u8], range: &std::ops::Range<usize>| -> Option<Vec<u8>> {
                let start = range.start + item * size;
                (start + size <= range.end).then(|| entry[start..start + size].to_vec())
            };
            let (a, b) = (part(fast, &left), part(ours, &right));
            if a != b && (a.is_none() || b.is_none() || a == part(safe, &left)) {
                let text = String::from_utf8_lossy(&source.bytes[..source.bytes.len().min(200)])
                    .into_owned();
                return Outcome::different(
                    what,
                    format!("  {what} {item}: reference {a:x?}, ours {b:x?}\n  in {text}\n"),
                );
            }
        }
    }
    Outcome::different(
        "header",
        format!(
            "  {:?}\n  {:?}\n",
            &fast[..ZOIR_HEADER],
            &ours[..ZOIR_HEADER]
        ),
    )
}

/// One source, taken for ZON whatever its name.
pub(crate) fn check(worker: &mut Worker, source: &Source) -> Outcome {
    let _ = [&mut worker.fast, &mut worker.safe]
        .map(|oracle| oracle.send(Op::Zoir, Mode::Zon, &source.bytes));
    let ours = subject::zoir(&source.bytes, worker.release);
    let [fast, safe] = [&mut worker.fast, &mut worker.safe].map(|oracle| oracle.receive());
    let ours = match ours {
        Ok(ours) => ours,
        Err(panic) => return Outcome::Panicked(panic),
    };
    match (fast, safe) {
        (Ok(fast), Ok(safe)) if fast.len() == safe.len() => compare(source, &fast, &safe, &ours),
        (Ok(_), Ok(_)) => Outcome::Skipped("the two builds of the reference disagree".to_owned()),
        (Err(why), _) => Outcome::Skipped(why.to_string()),
        (_, Err(why)) => Outcome::Skipped(format!("checked build: {why}")),
    }
}
