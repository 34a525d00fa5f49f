//! Times ZON: parsing and lowering against the reference's, and reading typed values against `serde_json`
//! reading the same values from JSON.
//!
//! Wall clock and one thread, so run it on a machine that does nothing else, and in a release build. Each row
//! is the median over the rounds, with the fastest round behind it.

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::result::Result;
use super::setup::Setup;
use crate::reference::Reference;
use serde::{Deserialize, Serialize};
use syntax::{Ast, Mode, Release};
use zoir::typed::SerOptions;

/// Time of both for a document of ZON, and of typed values against serde_json
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare bench-zon --save /tmp/documents")]
pub(crate) struct Args {
    /// Keep the documents in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    let setup = Setup::new(Release::V0_14_1)?;
    let is_faster = run(&setup.reference, &setup.scratch, args.save.as_deref())?;
    Ok(is_faster)
}

/// What configuration and data are made of: names, texts, numbers, flags, lists, maps, and what may be
/// absent.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Document {
    name: String,
    version: String,
    fingerprint: u64,
    items: Vec<Item>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    id: u32,
    name: String,
    description: String,
    kind: Kind,
    enabled: bool,
    weight: f64,
    offset: i64,
    position: [f32; 3],
    tags: Vec<String>,
    parent: Option<u32>,
    dependencies: BTreeMap<String, Dependency>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Library,
    Executable,
    Test,
    Custom { level: u8, label: String },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Dependency {
    url: String,
    hash: String,
    lazy: bool,
}

/// Numbers that are the same every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 11) % limit
    }

    fn words(&mut self, count: u64) -> String {
        const WORDS: [&str; 16] = [
            "graph", "window", "socket", "layout", "vector", "signal", "buffer", "render", "parse",
            "queue", "thread", "module", "shader", "cache", "stream", "table",
        ];
        let words: Vec<_> = (0..count).map(|_| WORDS[self.below(16) as usize]).collect();
        words.join(" ")
    }

    fn item(&mut self, id: u32) -> Item {
        let kind = match self.below(8) {
            0 => Kind::Custom {
                level: self.below(256) as u8,
                label: self.words(2),
            },
            1 => Kind::Test,
            2 | 3 => Kind::Executable,
            _ => Kind::Library,
        };
        let count = 2 + self.below(7);
        let mut description = self.words(count);
        if self.below(8) == 0 {
            description.push_str("\nsecond line, \"quoted\"");
        }
        let dependencies = (0..self.below(4))
            .map(|n| {
                let name = self.words(1);
                let dependency = Dependency {
                    url: format!(
                        "https://example.org/{name}/archive/v{n}.{}.tar.gz",
                        self.below(40)
                    ),
                    hash: format!("1220{:016x}{:016x}", self.next(), self.next()),
                    lazy: self.below(2) == 0,
                };
                (name, dependency)
            })
            .collect();
        Item {
            id,
            name: format!("{}_{id}", self.words(1)),
            description,
            kind,
            enabled: self.below(3) > 0,
            weight: self.below(1_000_000) as f64 / 1000.0,
            offset: self.next() as i64 >> self.below(60),
            position: [0; 3].map(|_| self.below(20_000) as f32 / 100.0 - 100.0),
            tags: (0..self.below(5)).map(|_| self.words(1)).collect(),
            parent: (self.below(2) == 0).then(|| self.below(1000) as u32),
            dependencies,
        }
    }
}

fn document(items: u32) -> Document {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    Document {
        name: "benchmark".to_owned(),
        version: "0.14.1".to_owned(),
        fingerprint: 0xa66330b97eb969ae,
        items: (0..items).map(|id| random.item(id)).collect(),
    }
}

/// Rounds in one run of the reference's program, after one that does not count.
const INNER: usize = 4;
/// How often both take their turn.
const ROUNDS: usize = 9;

#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort();
        sorted[sorted.len() / 2].as_secs_f64() * 1e3
    }

    fn fastest(&self) -> f64 {
        let fastest = self.0.iter().min();
        fastest.map_or(0.0, |time| time.as_secs_f64() * 1e3)
    }

    /// Times what is done, and lets its result go.
    fn take<T>(&mut self, work: impl Fn() -> T) {
        for round in 0..=INNER {
            let start = Instant::now();
            drop(black_box(work()));
            if round > 0 {
                self.0.push(start.elapsed());
            }
        }
    }
}

/// Parsing and lowering by the reference's program.
fn reference(program: &Path, list: &Path, times: &mut Times) -> io::Result<()> {
    let rounds = (INNER + 1).to_string();
    let output = Command::new(program)
        .arg(list)
        .args([&rounds, "lower"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    for line in text.lines().skip(1) {
        let stages: Option<Vec<u64>> = line.split(' ').map(|word| word.parse().ok()).collect();
        let Some([_, _, parse, lower]) = stages.as_deref() else {
            let message = format!("the reference's program prints {line:?}");
            return Err(io::Error::other(message));
        };
        times.0.push(Duration::from_nanos(parse + lower));
    }
    Ok(())
}

fn generate(text: &[u8]) -> zoir::Zoir {
    let tree = Ast::parse(text, Mode::Zon, Release::V0_14_1);
    zongen::generate(&tree, zongen::Options::default())
}

fn print(what: &str, them: &str, theirs: &Times, ours: &Times) {
    println!(
        "{what:<42} {them:<14} {:>8.2} ({:>6.2}) ms    ours {:>8.2} ({:>6.2}) ms    ratio {:.2}",
        theirs.median(),
        theirs.fastest(),
        ours.median(),
        ours.fastest(),
        ours.median() / theirs.median(),
    );
}

/// Prints the table for a document of about a megabyte, laid out and on one line; `dir` is a directory to be
/// made. True if parsing and lowering is not slower than the reference's.
///
/// The documents are kept in `save`.
fn run(reference_install: &Reference, dir: &Path, save: Option<&Path>) -> io::Result<bool> {
    if cfg!(debug_assertions) {
        println!("This is no release build: everything of ours is slower than it should be.");
    }
    let program = reference_install.bench()?;
    fs::create_dir_all(dir)?;
    let document = document(1200);
    let json_error = |error| io::Error::other(format!("serde_json: {error}"));
    let mut is_faster = true;
    for (layout, whitespace) in [("laid out", true), ("on one line", false)] {
        let options = SerOptions::default().whitespace(whitespace);
        let zon = zoir::typed::to_string_with(&document, options)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let json = if whitespace {
            serde_json::to_string_pretty(&document)
        } else {
            serde_json::to_string(&document)
        };
        let json = json.map_err(json_error)?;
        // Both sides read the same values.
        assert_eq!(zongen::from_str::<Document>(&zon).as_ref(), Ok(&document));
        assert_eq!(
            serde_json::from_str::<Document>(&json).map_err(json_error)?,
            document
        );
        let file = dir.join("document.zon");
        fs::write(&file, &zon)?;
        if let Some(save) = save {
            let name = layout.replace(' ', "-");
            fs::write(save.join(&name).with_extension("zon"), &zon)?;
            fs::write(save.join(&name).with_extension("json"), &json)?;
        }
        let list = dir.join("list");
        fs::write(&list, format!("{}\n", file.display()))?;

        let mut rows: [(Times, Times); 3] = Default::default();
        for _ in 0..ROUNDS {
            let [lower, typed, value] = &mut rows;
            reference(&program, &list, &mut lower.0)?;
            lower.1.take(|| generate(zon.as_bytes()));
            typed
                .0
                .take(|| serde_json::from_slice::<Document>(json.as_bytes()).is_ok());
            typed
                .1
                .take(|| zongen::from_slice::<Document>(zon.as_bytes()).is_ok());
            value
                .0
                .take(|| serde_json::from_slice::<serde_json::Value>(json.as_bytes()).is_ok());
            value
                .1
                .take(|| zongen::from_slice::<zoir::typed::Value>(zon.as_bytes()).is_ok());
        }
        println!(
            "{layout}: {} bytes of ZON, {} of JSON, {} rounds: median (fastest)",
            zon.len(),
            json.len(),
            ROUNDS * INNER
        );
        let [lower, typed, value] = &rows;
        print("parse and lower", "reference", &lower.0, &lower.1);
        print("text to a typed value", "serde_json", &typed.0, &typed.1);
        print("text to any value", "serde_json", &value.0, &value.1);
        is_faster &= lower.1.median() <= lower.0.median();
    }
    fs::remove_dir_all(dir)?;
    Ok(is_faster)
}
