//! A check of whole programs: the manifest is asked whether all is as it was; if not, the programs are
//! loaded, what they share is merged, and the outcome is recorded for the next time.

mod merge;
mod options;
mod prepare;
mod report;
mod said;

use std::path::Path;
use std::time::Instant;

pub use crate::environment::{CacheFlags, EnvironmentOptions};
pub use crate::explain::{CheckExplanation, FileReason, Origin};
use crate::graph::Observer;
pub use crate::project::ModuleArg;
use crate::whole_run::{Asked, Manifests, Pending, Told};
use crate::{Error, pool};
use merge::Merged;
pub use options::CheckOptions;
pub(crate) use prepare::{Prepared, judge_lib};
pub use report::{ManifestState, Recorded, Report};
pub use said::Said;
pub(crate) use said::describe_warnings;

/// Checks. Nothing is printed.
///
/// # Errors
/// If a path cannot be opened, the modules do not fit together, or the lib directory is none or of another
/// release. What is wrong in the programs is in the report.
pub fn check(options: &CheckOptions, observer: &dyn Observer) -> Result<Report, Error> {
    let begin = Instant::now();
    let prepared = Prepared::new(options)?;
    let Prepared {
        environment,
        mut programs,
        stores,
        mut said,
    } = prepared;
    let told = Told {
        release: environment.release,
        cwd: &environment.cwd,
        lib_dir: environment.lib_dir.as_deref(),
        programs: &programs,
    };
    // A local directory that cannot be made was complained about already.
    let wanted = !options.no_manifest && stores.local.is_enabled();
    let manifests = wanted.then(|| Manifests::of(&environment)).flatten();
    let manifests = said.warn_of_manifest(manifests.transpose()).flatten();
    let waiting = |manifest: &Path| observer.waiting_for_manifest(manifest);
    let asked = manifests
        .as_ref()
        .map(|manifests| manifests.ask(&told, &waiting));
    let (pending, refused) = match asked.transpose() {
        Ok(Some(Asked::Hit(record))) => {
            said.note_unreported(record.unreported, environment.lib_dir.as_deref());
            return Ok(Report::repeated(said, record, options.explain, begin));
        }
        Ok(Some(Asked::Miss(pending))) => (Some(pending), None),
        Ok(None) => (None, None),
        Err(error) => (None, Some(error)),
    };
    judge_lib(&environment, &mut programs)?;
    let pool = pool(options.jobs)?;
    let mut merged = Merged::default();
    for program in &programs {
        merged.add(program.load(&stores, &pool, observer), &environment.cwd);
    }
    said.warn_of_entries(&merged.warnings);
    // After those about entries: what refuses the lock of a manifest refuses theirs as well.
    said.warn_of_manifest(refused.map_or(Ok(()), Err));
    said.note_unreported(merged.unreported(), environment.lib_dir.as_deref());
    let miss = pending.as_deref().map(Pending::reason);
    let mut report = Report::new(said, &mut merged, miss, options.explain);
    if let Some(pending) = pending
        && merged.is_consistent()
        && report.is_clean()
    {
        let record = report.record();
        let written = pending.complete(&merged.files, &report.unresolved, record, &pool);
        report.said.warn_of_manifest(written);
    }
    report.elapsed_ms = begin.elapsed().as_millis() as u64;
    Ok(report)
}
