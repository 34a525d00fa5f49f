//! How deep what may nest and how large what may be, for `zirc` and for the reference.

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use release::{Generation, Release};

use crate::reference::{Mode, Reference};
use crate::sizes::{self, Row};

use crate::compare::releases::OneRelease;
use crate::growth::measure::{End, run_to};
use crate::machine::in_memory;
use crate::zirc::{Zirc, release_flag};

/// How deep what may nest, for both
///
/// For each construct that nests: how many levels `zirc` and the reference take, and what becomes of more.
/// Then sizes of a million, and the limits that the crates name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo limits --out docs", verbatim_doc_comment)]
pub(crate) struct Args {
    /// Parts of names of constructs: only those are tried
    names: Vec<String>,
    #[command(flatten)]
    zirc: Zirc,
    /// Where to make the sources [default: /dev/shm, else the system's directory]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Write limits.md there; without it, it is printed
    #[arg(long, value_name = "DIR", conflicts_with = "by_release")]
    out: Option<PathBuf>,
    /// Print the tables of all generations alone
    #[arg(long)]
    by_release: bool,
    #[command(flatten)]
    release: OneRelease,
}

/// Nothing is tried beyond.
const MOST: usize = 1_000_000;

/// Processor time of one try.
const SECONDS: u64 = 20;

/// What came of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Works,
    /// An error, with its text.
    Refused(String),
    TooSlow,
    Crashes,
}

impl Verdict {
    fn text(&self) -> String {
        match self {
            Verdict::Works => "works".to_owned(),
            Verdict::Refused(message) => format!("error: `{message}`"),
            Verdict::TooSlow => format!("takes more than {SECONDS} s"),
            Verdict::Crashes => "crashes".to_owned(),
        }
    }
}

#[derive(Clone)]
struct Session {
    dir: PathBuf,
    zirc: PathBuf,
    zig: PathBuf,
    /// What makes ours work as that release does.
    release_flag: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Ours,
    Theirs,
}

impl Session {
    fn check(&self, side: Side, path: &Path) -> io::Result<Verdict> {
        let mut command = match side {
            Side::Ours => Command::new(&self.zirc),
            Side::Theirs => Command::new(&self.zig),
        };
        command.arg("ast-check");
        if side == Side::Ours {
            command.args(&self.release_flag);
        }
        command.arg(path);
        let messages = self.dir.join("messages");
        let end = run_to(&command, SECONDS, Stdio::from(File::create(&messages)?))?;
        Ok(match end {
            End::Status(0, _) => Verdict::Works,
            End::Status(..) => {
                let mut text = Vec::new();
                File::open(&messages)?
                    .take(1 << 20)
                    .read_to_end(&mut text)?;
                let text = String::from_utf8_lossy(&text);
                let line = text.lines().find(|line| line.contains("error: "));
                let message = line.and_then(|line| line.split_once("error: "));
                Verdict::Refused(message.map_or("?", |(_, message)| message).to_owned())
            }
            End::TooSlow => Verdict::TooSlow,
            End::Signal(_) => Verdict::Crashes,
        })
    }

    fn attempt(&self, side: Side, row: &Row, size: usize) -> io::Result<Verdict> {
        let path = self.dir.join(match row.mode {
            Mode::Zig => "source.zig",
            Mode::Zon => "source.zon",
        });
        let mut out = BufWriter::new(File::create(&path)?);
        row.write(size, &mut out)?;
        out.flush()?;
        drop(out);
        self.check(side, &path)
    }

    /// The largest size that works, exact for ours and within a thirtieth for the reference, and what becomes
    /// of more; nothing if [`MOST`] works.
    fn search(&self, side: Side, row: &Row) -> io::Result<(usize, Option<Verdict>)> {
        let mut good = 0;
        let mut bad = None;
        let mut size = 500;
        while bad.is_none() {
            match self.attempt(side, row, size)? {
                Verdict::Works if size == MOST => return Ok((size, None)),
                Verdict::Works => {
                    good = size;
                    size = (size * 2).min(MOST);
                }
                other => bad = Some((size, other)),
            }
        }
        let Some((mut least_bad, mut why)) = bad else {
            return Ok((good, None));
        };
        loop {
            let step = match side {
                Side::Ours => 1,
                Side::Theirs => (good / 30).max(1),
            };
            // Where the time is the limit, it is no sharp one.
            let step = if why == Verdict::TooSlow {
                step.max(good / 10)
            } else {
                step
            };
            if least_bad - good <= step {
                return Ok((good, Some(why)));
            }
            let middle = good + (least_bad - good) / 2;
            match self.attempt(side, row, middle)? {
                Verdict::Works => good = middle,
                other => (least_bad, why) = (middle, other),
            }
        }
    }
}

/// Texts of one line on which some releases were not seen to end.
const ENDLESS: &[&str] = &["test { ((1)); }"];

/// The newest release of each generation.
fn newest() -> impl Iterator<Item = Release> {
    let all = Generation::ALL.iter();
    all.map(|generation| generation.newest_release())
}

/// What the compilers of all generations take of what nests, and whether ours takes the same in each.
fn by_release(session: &Session, names: &[String]) -> Result<String, Box<dyn Error>> {
    let releases: Vec<Release> = newest().collect();
    let mut sessions = Vec::new();
    for &release in &releases {
        sessions.push(Session {
            zig: Reference::locate(release)?.zig(),
            release_flag: release_flag(&session.zirc, &["ast-check"], release)?,
            ..session.clone()
        });
    }
    let header = |first: &str| {
        let columns: String = releases
            .iter()
            .map(|release| format!(" Zig {release} |"))
            .collect();
        format!(
            "| {first} |{columns}\n|---|{}\n",
            "--:|".repeat(releases.len())
        )
    };
    let mut out = format!(
        "## By release\n\n\
         How many levels the compiler of each release takes. More crashes, or where it says *slow* takes more than {SECONDS} s.{}\n\n{}",
        if names.is_empty() {
            ""
        } else {
            " This is a choice of the lines above."
        },
        header("levels of"),
    );
    let mut different = Vec::new();
    for row in wanted(&sizes::rows(), names).filter(|row| nests(row)) {
        let mut line = format!("| {} |", title(row));
        for session in &sessions {
            let (takes, end) = session.search(Side::Theirs, row)?;
            let end = match end {
                Some(Verdict::Crashes) => String::new(),
                Some(Verdict::TooSlow) => ", slow".to_owned(),
                Some(end) => format!(", {}", end.text()),
                None => " and more".to_owned(),
            };
            let _ = write!(line, " {}{end} |", about(takes));
        }
        eprintln!("{line}");
        out += &line;
        out.push('\n');
        // What ours takes is found out once.
        let (takes, end) = session.search(Side::Ours, row)?;
        for (session, release) in sessions.iter().zip(&releases) {
            let mut same = session.attempt(Side::Ours, row, takes)? == Verdict::Works;
            if let Some(end) = &end {
                same &= session.attempt(Side::Ours, row, takes + 1)? == *end;
            }
            if !same {
                let (takes, _) = session.search(Side::Ours, row)?;
                different.push(format!(
                    "- As Zig {release}: {} {}.\n",
                    thousands(takes),
                    title(row)
                ));
            }
        }
    }
    out += match different.is_empty() {
        true => "\n`zirc` takes the same in all of them.\n",
        false => "\n`zirc` takes the same in all of them, but:\n\n",
    };
    out.extend(different);
    let _ = write!(
        out,
        "\nA short text on which some releases were not seen to end; `zirc` ends on it in each:\n\n{}",
        header("text"),
    );
    let path = session.dir.join("source.zig");
    for text in ENDLESS {
        fs::write(&path, text)?;
        let mut line = format!("| `{text}` |");
        for session in &sessions {
            let ours = session.check(Side::Ours, &path)?;
            let theirs = session.check(Side::Theirs, &path)?;
            let agrees = theirs == ours
                || theirs == Verdict::TooSlow
                    && matches!(ours, Verdict::Works | Verdict::Refused(_));
            if !agrees {
                return Err(format!("{text}: {} but {} here", theirs.text(), ours.text()).into());
            }
            let _ = write!(line, " {} |", theirs.text());
        }
        eprintln!("{line}");
        out += &line;
        out.push('\n');
    }
    Ok(out)
}

/// The digits in groups of three.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

fn about(number: usize) -> String {
    // Two digits are what is known.
    let unit = 10usize.pow((number.max(10).ilog10()) - 1);
    thousands(number / unit * unit)
}

/// Rows that nest, or chain.
fn nests(row: &Row) -> bool {
    row.group == "Nesting"
        || row.group == sizes::SQUARE
        || row.name.starts_with("chain of")
        || row.name.starts_with("nested")
        || row.name == "else ifs"
}

/// Those of the rows that are to be tried.
fn wanted<'r>(rows: &'r [Row], names: &'r [String]) -> impl Iterator<Item = &'r Row> {
    let named = |row: &&Row| names.iter().any(|name| row.name.contains(name.as_str()));
    rows.iter()
        .filter(move |row| names.is_empty() || named(row))
}

/// What the page calls a row.
fn title(row: &Row) -> String {
    let mode = match row.mode {
        Mode::Zig => "",
        Mode::Zon => "ZON: ",
    };
    format!("{mode}{}", row.name)
}

/// Rows of which a million is tried.
const SIZES: &[&str] = &[
    "constants",
    "imports in one file",
    "fields of a struct",
    "fields of an enum",
    "names of an error set",
    "parameters of a function",
    "constants, each of the last",
    "variables, changed later",
    "statements",
    "defers",
    "prongs of a switch",
    "string literals",
    "elements of an array",
    "arguments of a call",
    "lines of a multiline string",
    "lines of comments",
    "bytes of a comment",
    "bytes of a string",
    "bytes of an identifier",
    "elements on one line",
    "digits of a decimal integer",
    "digits of a hexadecimal integer",
    "digits of a float",
    "fields",
    "entries",
];

/// The limits that the crates name: crate, name, value, what for.
fn named() -> Vec<(&'static str, &'static str, u64, &'static str)> {
    vec![
        (
            "syntax",
            "MAX_NESTING",
            syntax::limits::MAX_NESTING.into(),
            "levels of anything that the parser recurses into",
        ),
        (
            "syntax",
            "MAX_SOURCE_LEN",
            syntax::limits::MAX_SOURCE_LEN as u64,
            "bytes of a source; offsets have 32 bits, as the reference's",
        ),
        (
            "astgen",
            "MAX_NESTING",
            astgen::limits::MAX_NESTING.into(),
            "levels of expressions that are lowered",
        ),
        (
            "astgen",
            "CONTAINER_NESTING",
            astgen::limits::CONTAINER_NESTING.into(),
            "levels that a container counts for: its source is hashed with all that is in it, so time grows with the square of the depth",
        ),
        (
            "zir",
            "MAX_PRINT_DEPTH",
            zir::limits::MAX_PRINT_DEPTH.into(),
            "levels of bodies that `zirc dump` prints",
        ),
        (
            "zir",
            "MAX_PRINT_REPEATED",
            zir::limits::MAX_PRINT_REPEATED,
            "instructions of deferred bodies that it prints again",
        ),
        (
            "zir",
            "MAX_DECIMAL_LIMBS",
            zir::limits::MAX_DECIMAL_LIMBS as u64,
            "limbs of an integer that it prints in decimal",
        ),
        (
            "zoir",
            "MAX_DECIMAL_LIMBS",
            zoir::limits::MAX_DECIMAL_LIMBS as u64,
            "the same for ZON",
        ),
        (
            "zoir",
            "MAX_PRINT_INDENT",
            zoir::limits::MAX_PRINT_INDENT as u64,
            "levels by which its text is indented",
        ),
    ]
}

fn named_table() -> String {
    let mut out =
        String::from("| crate | constant | value | what it limits |\n|---|---|--:|---|\n");
    for (name, constant, value, what) in named() {
        let _ = writeln!(
            out,
            "| `{name}` | `{constant}` | {} | {what} |",
            thousands(value as usize)
        );
    }
    out
}

/// Sources at a limit that the format has, and one beyond: both say the same of them.
fn of_the_format() -> Vec<(&'static str, String)> {
    let tuple = |fields: usize| format!("const T = struct {{{}}};\n", "u8,".repeat(fields));
    vec![
        (
            "an integer type of 65,535 bits",
            "const T = u65535;\n".to_owned(),
        ),
        ("of 65,536 bits", "const T = u65536;\n".to_owned()),
        ("a tuple type of 65,535 fields", tuple(65_535)),
        ("of 65,536 fields", tuple(65_536)),
    ]
}

fn write_page(
    session: &Session,
    release: Release,
    names: &[String],
) -> Result<String, Box<dyn Error>> {
    let mut out = format!(
        "# Limits\n\n\
         What may nest how deep, and be how large: what `zirc` does and what the reference does. Neither is a limit of the language, which\n\
         names none. The reference has no limits of its own on nesting: it recurses until the stack ends (8 MB by default), and crashes. Ours\n\
         recurses on a stack that grows, up to a depth that has a name, and says so when there is more. The reference is Zig {release};\n\
         what the other releases do is told below.\n\n\
         `cargo limits --out docs` makes this page: a made-up source for each line, given to `zirc ast-check` and to `zig ast-check`;\n\
         the depth by bisection, exact for ours. The sources are in `tools/src/sizes/rows.rs`.\n\n\
         ## Nesting and chains\n\n\
         | levels of | zirc takes | more | the reference takes | more |\n|---|--:|---|--:|---|\n",
    );
    let rows = sizes::rows();
    for row in wanted(&rows, names).filter(|row| nests(row)) {
        let (ours, our_end) = session.search(Side::Ours, row)?;
        let (theirs, their_end) = session.search(Side::Theirs, row)?;
        let end = |end: Option<Verdict>| end.map_or("not tried".to_owned(), |end| end.text());
        let line = format!(
            "| {} | {} | {} | {} | {} |\n",
            title(row),
            thousands(ours),
            end(our_end),
            about(theirs),
            end(their_end),
        );
        eprint!("{line}");
        out += &line;
    }
    out.push('\n');
    out += &by_release(session, names)?;
    out +=
        "\n## Sizes\n\nA million of each:\n\n| number of | zirc | the reference |\n|---|---|---|\n";
    for row in wanted(&rows, names).filter(|row| SIZES.contains(&row.name)) {
        let line = format!(
            "| {} | {} | {} |\n",
            title(row),
            session.attempt(Side::Ours, row, MOST)?.text(),
            session.attempt(Side::Theirs, row, MOST)?.text(),
        );
        eprint!("{line}");
        out += &line;
    }
    out += "\nFiles of a program, lengths of import chains and numbers of errors are in [growth.md](growth.md): 100,000 of each work.\n\
            \n## Limits of the format\n\nWhere ZIR has 16 bits for a number. Messages are the reference's.\n\n| source | zirc | the reference |\n|---|---|---|\n";
    let path = session.dir.join("source.zig");
    for (name, text) in of_the_format() {
        fs::write(&path, text)?;
        let [ours, theirs] = [Side::Ours, Side::Theirs].map(|side| session.check(side, &path));
        let _ = writeln!(out, "| {name} | {} | {} |", ours?.text(), theirs?.text());
    }
    // A hole, so it takes no room.
    File::create(&path)?.set_len(1 << 32)?;
    let [ours, theirs] = [Side::Ours, Side::Theirs].map(|side| session.check(side, &path));
    let _ = writeln!(
        out,
        "| a file of 4 GiB | {} | {} |",
        ours?.text(),
        theirs?.text()
    );
    out += "\
            \n## Messages about files\n\n\
            The error about a file of two modules names the file that imports it, not the file, under 0.15 and 0.16: \
            a defect of theirs, kept.\n\n\
            Not refused, as the reference does from 0.15 on: the import of a file below `b/` of Zig's global cache \
            directory.\n\
            \n## Named limits\n\nEvery limit is a constant in the `limits` module of its crate, with its reason.\n\n";
    out += &named_table();
    Ok(out)
}

/// Runs the command.
pub(crate) fn main(args: &Args) -> Result<bool, Box<dyn Error>> {
    let dir = args.dir.clone().unwrap_or_else(in_memory);
    let zirc = args.zirc.existing()?;
    let release = args.release.release();
    let session = Session {
        release_flag: release_flag(&zirc, &["ast-check"], release)?,
        dir: dir.join(format!("limits-{}", std::process::id())),
        zirc,
        zig: Reference::locate(release)?.zig(),
    };
    fs::create_dir_all(&session.dir)?;
    let page = match args.by_release {
        true => by_release(&session, &args.names),
        false => write_page(&session, release, &args.names),
    };
    fs::remove_dir_all(&session.dir)?;
    match &args.out {
        Some(dir) => {
            fs::create_dir_all(dir)?;
            fs::write(dir.join("limits.md"), page?)?;
        }
        None => print!("{}", page?),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_limits_as_they_are() {
        let page = include_str!("../../docs/limits.md");
        assert!(
            page.contains(&named_table()),
            "run `cargo limits --out docs`"
        );
    }

    #[test]
    fn numbers() {
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(thousands(12), "12");
        assert_eq!(about(98_765), "98,000");
    }
}
