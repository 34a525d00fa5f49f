//! What most verbs need: the reference, its oracles, and the sources that were asked for.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fixtures::walk;
use syntax::Release;

use super::result::Result;
use super::run::{self, Options, Outcome, Source, Sources, Worker};
use super::selection::{Files, Selection};
use super::subject;
use super::tags::TagNumbers;
use crate::generated;
use crate::mutate::Mutator;
use crate::reference::dead::DeadBytes;
use crate::reference::layout::ZirView;
use crate::reference::{Mode, Names, Op, Oracle, Reference, target_dir};

/// Time the reference has for one source.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The reference, ready to answer.
pub(crate) struct Setup {
    pub(crate) reference: Reference,
    /// The oracle without safety checks.
    pub(crate) fast: PathBuf,
    /// The oracle with safety checks.
    pub(crate) safe: PathBuf,
    /// An oracle for questions besides those of the workers.
    pub(crate) oracle: Oracle,
    pub(crate) names: Names,
    /// A directory of this process, not yet made.
    pub(crate) scratch: PathBuf,
}

impl Setup {
    pub(crate) fn new(release: Release) -> Result<Setup> {
        let reference = Reference::locate(release)?;
        let [fast, safe] = reference.oracles()?;
        let mut oracle = Oracle::new(fast.clone(), TIMEOUT);
        let answer = oracle
            .ask(Op::Names, Mode::Zig, b"")
            .map_err(|why| format!("the oracle does not answer: {why}"))?;
        let names = Names::parse(&String::from_utf8(answer)?);
        let version = names.name("version", 0);
        if version != release.as_str() {
            return Err(format!("{} is of Zig {version}, not {release}", fast.display()).into());
        }
        subject::catch_panics_quietly();
        Ok(Setup {
            reference,
            fast,
            safe,
            oracle,
            names,
            scratch: target_dir().join(format!("compare-{}", std::process::id())),
        })
    }

    /// The files that were asked for, in the order of their roots.
    pub(crate) fn files(&mut self, wanted: &Files) -> io::Result<Vec<PathBuf>> {
        let mut roots = wanted.paths.clone();
        if wanted.lib {
            roots.push(self.reference.lib());
        }
        for release in wanted.other_libs.releases() {
            if !(wanted.lib && release == self.reference.release()) {
                roots.push(Reference::locate(release)?.lib());
            }
        }
        if roots.is_empty() {
            roots.extend(["zig", "zon"].map(|folder| fixtures::root().join(folder)));
        }
        let mut files = Vec::new();
        for root in roots {
            let found = walk(&root)
                .map_err(|err| io::Error::other(format!("{}: {err}", root.display())))?;
            files.extend(found);
        }
        if wanted.with_errors {
            files.retain(|path| self.has_errors(path));
        }
        Ok(files)
    }

    fn has_errors(&mut self, path: &Path) -> bool {
        let source = std::fs::read(path).unwrap_or_default();
        match mode_of(path) {
            Mode::Zig => self
                .oracle
                .ask(Op::Zir, Mode::Zig, &source)
                .is_ok_and(|zir| ZirView::parse(&zir).is_some_and(|zir| zir.has_errors())),
            Mode::Zon => self
                .oracle
                .ask(Op::Zoir, Mode::Zon, &source)
                .is_ok_and(|zoir| zoir.get(16..20).is_some_and(|len| len != [0; 4])),
        }
    }

    /// Compares all sources; `what` names the comparison in the totals. True if all that was compared is
    /// identical, and something was.
    pub(crate) fn compare(
        &self,
        what: &str,
        sources: &Sources,
        options: &Options,
        check: &(dyn Fn(&mut Worker, &Source) -> Outcome + Sync),
    ) -> bool {
        // Not `self`: the oracle that it holds belongs to one thread.
        let Setup {
            fast,
            safe,
            names,
            scratch,
            ..
        } = self;
        let release = self.reference.release();
        let make_worker = |job: usize| Worker {
            release,
            names: names.clone(),
            numbers: TagNumbers::new(names),
            dead: DeadBytes::new(names),
            fast: Oracle::new(fast.clone(), TIMEOUT),
            safe: Oracle::new(safe.clone(), TIMEOUT * 3),
            scratch: scratch.join(job.to_string()),
        };
        run::run(
            &format!("{what} {release}"),
            sources,
            options,
            &make_worker,
            check,
        )
    }

    /// Removes what the workers left in their directories.
    pub(crate) fn clear(&self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// The sources that were asked for, where `files` are those of the selection.
pub(crate) fn sources(files: Vec<PathBuf>, selection: &Selection) -> io::Result<Sources> {
    if selection.generated {
        let mut inputs = generated::nested(selection.depth);
        if selection.depth <= 1000 {
            inputs.extend(generated::at_limits());
        }
        return Ok(Sources::Generated(inputs));
    }
    Ok(match selection.mutants {
        None => Sources::Files(files),
        Some(count) => Sources::Mutants {
            mutator: Mutator::from_files(&files)?,
            seed: selection.chance.seed,
            first: selection.chance.first,
            count,
        },
    })
}

/// The language of a file by its name.
pub(crate) fn mode_of(path: &Path) -> Mode {
    Mode::of(&path.to_string_lossy())
}
