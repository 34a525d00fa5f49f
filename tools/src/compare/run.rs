//! Many sources over a few threads, and what came of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use syntax::Release;

use super::tags::TagNumbers;
use crate::mutate::Mutator;
use crate::reference::dead::DeadBytes;
use crate::reference::{Names, Oracle};

/// Something to compare.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Where it lies, unless it was made up.
    pub(crate) path: Option<PathBuf>,
}

/// Where sources come from.
pub(crate) enum Sources {
    Files(Vec<PathBuf>),
    /// Made by this crate.
    Generated(Vec<fixtures::Input>),
    Mutants {
        mutator: Mutator,
        seed: u64,
        first: u64,
        count: u64,
    },
    /// ZON made up.
    Documents {
        seed: u64,
        first: u64,
        count: u64,
    },
    /// Made from a number: a name and a text.
    Made {
        make: Box<dyn Fn(u64) -> (String, Vec<u8>) + Sync>,
        first: u64,
        count: u64,
    },
}

impl Sources {
    fn len(&self) -> usize {
        match self {
            Sources::Files(files) => files.len(),
            Sources::Generated(inputs) => inputs.len(),
            Sources::Mutants { count, .. }
            | Sources::Documents { count, .. }
            | Sources::Made { count, .. } => *count as usize,
        }
    }

    fn get(&self, n: usize) -> std::io::Result<Source> {
        match self {
            Sources::Files(files) => Ok(Source {
                name: files[n].display().to_string(),
                bytes: fs::read(&files[n])?,
                path: Some(files[n].clone()),
            }),
            Sources::Documents { seed, first, .. } => {
                let number = first + n as u64;
                Ok(Source {
                    name: format!("document {seed}:{number}"),
                    bytes: fixtures::zon::document(*seed, number),
                    path: None,
                })
            }
            Sources::Made { make, first, .. } => {
                let (name, bytes) = make(first + n as u64);
                Ok(Source {
                    name,
                    bytes,
                    path: None,
                })
            }
            Sources::Generated(inputs) => Ok(Source {
                name: inputs[n].name.clone(),
                bytes: inputs[n].bytes.clone(),
                path: None,
            }),
            Sources::Mutants {
                mutator,
                seed,
                first,
                ..
            } => {
                let number = first + n as u64;
                let (origin, bytes) = mutator.mutant(*seed, number);
                Ok(Source {
                    name: format!("mutant {seed}:{number} of {origin}"),
                    bytes,
                    path: None,
                })
            }
        }
    }
}

/// What came of one source.
pub(crate) enum Outcome {
    Identical,
    Different {
        category: String,
        report: String,
    },
    Panicked(String),
    /// The reference has no answer; the reason.
    Skipped(String),
}

impl Outcome {
    pub(crate) fn different(category: &str, report: String) -> Outcome {
        Outcome::Different {
            category: category.to_owned(),
            report,
        }
    }
}

/// One thread's oracles.
pub(crate) struct Worker {
    pub(crate) release: Release,
    pub(crate) names: Names,
    pub(crate) numbers: TagNumbers,
    pub(crate) dead: DeadBytes,
    pub(crate) fast: Oracle,
    pub(crate) safe: Oracle,
    /// A directory of its own, for sources that must lie in a file.
    pub(crate) scratch: PathBuf,
}

/// How to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Threads [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    jobs: Option<u32>,
    /// Differences that are printed in full
    #[arg(long, value_name = "N", default_value_t = 5)]
    reports: usize,
    /// Keep sources that differ in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Name the identical files
    #[arg(long = "list")]
    list_identical: bool,
    /// Stop after that long
    #[arg(long, value_name = "N")]
    max_seconds: Option<u64>,
}

impl Options {
    fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, |jobs| jobs as usize)
    }
}

#[derive(Default)]
struct Tally {
    identical: usize,
    different: usize,
    panicked: usize,
    unreadable: usize,
    skipped: BTreeMap<String, Vec<String>>,
    categories: BTreeMap<String, (usize, String)>,
    reports: Vec<(usize, String)>,
}

/// Our side may hang; then its source must be named, and nothing more can be said.
const STUCK: Duration = Duration::from_secs(150);

/// Compares all sources, prints the reports, totals and gauge. True if everything that was compared is
/// identical and something was compared.
pub(crate) fn run(
    what: &str,
    sources: &Sources,
    options: &Options,
    make_worker: &(dyn Fn(usize) -> Worker + Sync),
    check: &(dyn Fn(&mut Worker, &Source) -> Outcome + Sync),
) -> bool {
    let started = Instant::now();
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(Tally::default());
    let busy: Vec<Mutex<Option<(String, Instant)>>> =
        (0..options.jobs()).map(|_| Mutex::new(None)).collect();
    let running = AtomicUsize::new(busy.len());
    std::thread::scope(|scope| {
        for (job, busy) in busy.iter().enumerate() {
            let (next, tally, running) = (&next, &tally, &running);
            // As deep a stack as the oracle's.
            let thread = std::thread::Builder::new().stack_size(512 << 20);
            let spawned = thread.spawn_scoped(scope, move || {
                let mut worker = make_worker(job);
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let out_of_time = options
                        .max_seconds
                        .is_some_and(|max| started.elapsed().as_secs() >= max);
                    if n >= sources.len() || out_of_time {
                        break;
                    }
                    let source = match sources.get(n) {
                        Ok(source) => source,
                        Err(err) => {
                            eprintln!("source {n}: {err}");
                            tally.lock().unwrap().unreadable += 1;
                            continue;
                        }
                    };
                    *busy.lock().unwrap() = Some((source.name.clone(), Instant::now()));
                    let outcome = check(&mut worker, &source);
                    *busy.lock().unwrap() = None;
                    let failed =
                        matches!(outcome, Outcome::Different { .. } | Outcome::Panicked(_));
                    if failed && let Some(dir) = &options.save {
                        let _ = fs::create_dir_all(dir);
                        let _ = fs::write(dir.join(format!("{n}.zig")), &source.bytes);
                    }
                    let mut tally = tally.lock().unwrap();
                    match outcome {
                        Outcome::Identical => {
                            tally.identical += 1;
                            if options.list_identical {
                                println!("identical: {}", source.name);
                            }
                        }
                        Outcome::Skipped(why) => {
                            tally.skipped.entry(why).or_default().push(source.name)
                        }
                        Outcome::Different { category, report } => {
                            tally.different += 1;
                            tally.note(n, category, source.name, &report);
                        }
                        Outcome::Panicked(words) => {
                            tally.panicked += 1;
                            tally.note(
                                n,
                                format!("panic: {words}"),
                                source.name,
                                &format!("  panicked at {words}\n"),
                            );
                        }
                    }
                }
                running.fetch_sub(1, Ordering::Relaxed);
            });
            spawned.expect("threads can be started");
        }
        while running.load(Ordering::Relaxed) > 0 {
            std::thread::sleep(Duration::from_millis(20));
            for busy in &busy {
                if let Some((name, since)) = &*busy.lock().unwrap()
                    && since.elapsed() > STUCK
                {
                    println!("{name}: no end after {} s; giving up", STUCK.as_secs());
                    std::process::exit(1);
                }
            }
        }
    });
    let mut tally = tally.into_inner().unwrap();
    tally.reports.sort();
    for (_, report) in tally.reports.iter().take(options.reports) {
        println!("{report}");
    }
    if !tally.categories.is_empty() {
        println!("first differences by category:");
        let mut categories: Vec<_> = tally.categories.iter().collect();
        categories.sort_by_key(|(name, (count, _))| (std::cmp::Reverse(*count), *name));
        for (name, (count, example)) in categories {
            println!("{count:6}  {name}   e.g. {example}");
        }
    }
    let skipped: usize = tally.skipped.values().map(Vec::len).sum();
    for (why, names) in &tally.skipped {
        println!(
            "skipped {}: {why}: {}",
            names.len(),
            names.first().map_or("", String::as_str)
        );
    }
    let compared = tally.identical + tally.different + tally.panicked;
    let done = compared + skipped + tally.unreadable;
    if done < sources.len() {
        println!("not reached in time: {}", sources.len() - done);
    }
    println!(
        "{what}: identical: {}/{compared} (different {}, panicked {}, skipped {skipped}, unreadable {}) in {:.1} s",
        tally.identical,
        tally.different,
        tally.panicked,
        tally.unreadable,
        started.elapsed().as_secs_f64()
    );
    if compared == 0 {
        println!("{what}: nothing was compared: this check did not run");
    }
    compared > 0 && tally.identical == compared && tally.unreadable == 0
}

impl Tally {
    fn note(&mut self, n: usize, category: String, name: String, report: &str) {
        self.reports.push((n, format!("{name}:\n{report}")));
        let entry = self
            .categories
            .entry(category)
            .or_insert_with(|| (0, name.clone()));
        entry.0 += 1;
        // The shortest name stands for the category whatever the order of the threads.
        if (name.len(), &name) < (entry.1.len(), &entry.1) {
            entry.1 = name;
        }
    }
}
