//! A check of whole programs: the manifest is asked whether all is as it was; if not, the programs are
//! loaded, what they share is merged, and the outcome is recorded for the next time.

mod builds;
mod files;
mod matrix;
mod modules;
mod options;
mod prepare;
mod report;
mod said;

use std::cell::OnceCell;
use std::path::Path;
use std::thread::ScopedJoinHandle;
use std::time::Instant;

use release::Release;

pub(crate) use crate::build::command_line;
pub use crate::build::{BuildMode, BuildOptions, MapSource, Started};
use crate::environment::Environment;
pub use crate::environment::{CacheFlags, Choice, EnvironmentOptions, LibArg, ReleaseFrom};
pub use crate::explain::{CheckExplanation, FileReason, Origin};
use crate::graph::{Earlier, Merging, Observer};
pub use crate::input::Exclude;
pub use crate::project::{BufferArg, ModuleArg};
use crate::whole_run::{Asked, Manifests, Pending, Told};
use crate::{Error, pool};
pub use builds::BuildUsed;
pub(crate) use files::{Verdict, check_file, check_stdin, check_tree};
pub use matrix::Matrix;
use matrix::Together;
pub(crate) use matrix::{Row, Shared, share};
pub(crate) use modules::{ProjectModules, modules};
pub use options::CheckOptions;
pub(crate) use prepare::Prepared;
pub use report::{ManifestState, Recorded, Report};
pub use said::Said;
pub(crate) use said::describe_warnings;

/// Checks. Nothing is printed.
///
/// # Errors
/// If a path cannot be opened, the modules do not fit together, or the lib directory is none or of a release
/// that is not known. What is wrong in the programs is in the report.
pub fn check(options: &CheckOptions, observer: &dyn Observer) -> Result<Report, Error> {
    let begin = Instant::now();
    let prepared = Prepared::new(options, observer)?;
    run(options, prepared, None, observer, begin)
}

/// Checks under each of several releases, at the same time and with the same workers. Nothing is printed.
///
/// # Errors
/// As [`check`]. A release without a lib directory is no error.
pub fn check_each(
    options: &CheckOptions,
    releases: &[Release],
    observer: &dyn Observer,
) -> Result<Matrix, Error> {
    let begin = Instant::now();
    let environments = Environment::find_each(&options.environment, releases)?;
    let prepared = Prepared::each(options, environments, observer)?;
    let pool = pool(options.jobs)?;
    let together = Together::new(observer, prepared.len());
    // A thread for each release, apart from the workers. Whoever waits for the lock of a manifest holds up
    // nobody: a worker that did could have begun with another release while it holds the lock of the first.
    let reports = std::thread::scope(|scope| {
        let start = |(number, prepared)| {
            let (together, pool) = (&together, &pool);
            scope.spawn(move || run(options, prepared, Some(pool), &together.run(number), begin))
        };
        let threads: Vec<_> = prepared.into_iter().enumerate().map(start).collect();
        let end = |thread: ScopedJoinHandle<'_, Result<Report, Error>>| match thread.join() {
            Ok(report) => report,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(end).collect::<Result<Vec<_>, _>>()
    })?;
    Ok(Matrix { reports })
}

/// What is left to do for one release. Without workers to share, some of its own.
fn run(
    options: &CheckOptions,
    prepared: Prepared,
    workers: Option<&rayon::ThreadPool>,
    observer: &dyn Observer,
    begin: Instant,
) -> Result<Report, Error> {
    let Prepared {
        environment,
        programs,
        stores,
        mut said,
        builds,
        texts: _texts,
    } = prepared;
    let told = Told {
        release: environment.choice.release,
        cwd: &environment.cwd,
        lib_dir: environment.lib_dir.as_deref(),
        build_root: &environment.build_root,
        lib_is_known: environment.lib_is_known,
        programs: &programs,
    };
    // A local directory that cannot be made was complained about already.
    // What is not on disk is not what the next run will find.
    let is_on_disk = options.buffer.is_none();
    let wanted = !options.no_manifest && is_on_disk && stores.local.is_enabled();
    let manifests = wanted.then(|| Manifests::of(&environment)).flatten();
    let manifests = said.warn_of_manifest(manifests.transpose()).flatten();
    let waiting = |manifest: &Path| observer.waiting_for_manifest(manifest);
    let asked = manifests
        .as_ref()
        .map(|manifests| manifests.ask(&told, &waiting));
    let (mut pending, refused) = match asked.transpose() {
        Ok(Some(Asked::Hit(record))) => {
            said.note_unreported(record.unreported, environment.lib_dir.as_deref());
            let mut report = Report::repeated(&environment, said, record, options.explain, begin);
            report.builds = builds;
            return Ok(report);
        }
        Ok(Some(Asked::Miss(pending))) => (Some(pending), None),
        Ok(None) => (None, None),
        Err(error) => (None, Some(error)),
    };
    let mut warnings = Vec::new();
    let edit = pending.as_deref_mut();
    let edit = edit.and_then(|pending| pending.edit(&stores, observer, &mut warnings));
    if let (Some(pending), Some(edit)) = (pending.take_if(|_| edit.is_some()), edit) {
        said.warn_of_entries(&warnings);
        said.note_unreported(edit.record.unreported, environment.lib_dir.as_deref());
        let miss = pending.describe();
        let mut report = Report::edited(&environment, said, &edit, miss, options.explain);
        let written = pending.complete_edit(edit);
        report.said.warn_of_manifest(written);
        report.builds = builds;
        report.elapsed_ms = begin.elapsed().as_millis() as u64;
        return Ok(report);
    }
    let own = OnceCell::new();
    // Started once there is work for them: where little has changed there is none. One alone is this thread.
    let workers = || match (workers, own.get()) {
        (None, _) if options.jobs == 1 => Ok(None),
        (Some(workers), _) => Ok(Some(workers)),
        (None, Some(own)) => Ok(Some(own)),
        (None, None) => pool(options.jobs).map(|new| Some(own.get_or_init(|| new))),
    };
    let mut merging = Merging::new(warnings);
    let earlier = Earlier {
        memory: None,
        known: pending.as_deref().map(Pending::known),
    };
    for program in &programs {
        let graph = program.load_with(&stores, workers, observer, earlier)?;
        merging.add(graph, &environment.cwd);
    }
    let mut merged = merging.finish();
    let buffer = programs.first().and_then(|program| program.buffer.as_ref());
    if let Some(buffer) = buffer.filter(|buffer| !buffer.was_used()) {
        said.note_unused_buffer(buffer.path());
    }
    said.warn_of_entries(&merged.warnings);
    // After those about entries: what refuses the lock of a manifest refuses theirs as well.
    said.warn_of_manifest(refused.map_or(Ok(()), Err));
    said.note_unreported(merged.unreported(), environment.lib_dir.as_deref());
    let miss = pending.as_deref().map(Pending::describe);
    let mut report = Report::new(&environment, said, &mut merged, miss, options.explain);
    if let Some(pending) = pending
        && merged.is_consistent()
    {
        let record = report.record();
        let written = pending.complete(&merged.files, report.nowhere(), record, workers);
        report.said.warn_of_manifest(written);
    }
    report.builds = builds;
    report.elapsed_ms = begin.elapsed().as_millis() as u64;
    Ok(report)
}
