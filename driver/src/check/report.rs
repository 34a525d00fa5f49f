//! The outcome of a check.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use cache_store::{Hit, How};
use serde::Serialize;

use super::builds::BuildUsed;
use super::said::Said;
use crate::environment::{Choice, Environment};
use crate::explain::{CheckExplanation, FileReason};
use crate::graph::{Diagnostic, Merged, Unresolved};
use crate::whole_run::{Edit, Record};

/// Whether the manifest had the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ManifestState {
    /// Nothing has changed: the report is that of the run that wrote the manifest.
    Hit,
    /// There was none, or something has changed.
    Miss,
    /// None was asked.
    #[default]
    Off,
}

/// What the run that wrote a manifest did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Recorded {
    /// Files whose IR came from the cache then.
    pub hits: usize,
    /// Files that were lowered then.
    pub generated: usize,
}

/// The outcome of a check, over all its programs.
#[derive(Debug, Default)]
pub struct Report {
    /// The release of Zig that was checked for, and what it follows from.
    pub choice: Choice,
    /// Whether the standard library of that release was at hand.
    pub std_at_hand: bool,
    /// Number of files, each counted once.
    pub files: usize,
    /// Files whose IR came from the cache.
    pub hits: usize,
    /// Files that were lowered.
    pub generated: usize,
    /// Files with errors, or that could not be loaded.
    pub failed: usize,
    /// Errors in a lib directory of no known release, which are counted and not reported.
    pub unreported: usize,
    /// Whether the manifest had the answer.
    pub manifest: ManifestState,
    /// What the run that wrote the manifest did, if the manifest had the answer.
    pub recorded: Option<Recorded>,
    /// Time taken, in milliseconds.
    pub elapsed_ms: u64,
    /// All files that were read, in path order.
    pub inputs: Arc<Vec<PathBuf>>,
    /// Where each file's IR came from, if that was asked for.
    pub explanation: Option<CheckExplanation>,
    /// All errors.
    pub diagnostics: Vec<Diagnostic>,
    /// Imports that lead nowhere.
    pub unresolved: Vec<Unresolved>,
    /// Imports of modules that a step of the build has yet to make.
    pub not_generated: Vec<Unresolved>,
    /// The builds that modules were learnt from.
    pub builds: Vec<BuildUsed>,
    /// What else there is to tell.
    pub said: Said,
}

impl Report {
    /// What came of loading. `miss` says why the manifest was one, if it was asked.
    pub(super) fn new(
        environment: &Environment,
        said: Said,
        merged: &mut Merged,
        miss: Option<String>,
        explain: bool,
    ) -> Report {
        let all = std::mem::take(&mut merged.unresolved);
        let (not_generated, unresolved) = split(all);
        let files = merged.files.iter().map(|(_, file)| file);
        let count = |wanted: fn(&How) -> bool| {
            let hows = files.clone().filter_map(|file| file.how.as_ref());
            hows.filter(|how| wanted(how)).count()
        };
        let mut inputs = Vec::with_capacity(files.len());
        let used = files.clone().filter(|file| file.used.is_some());
        inputs.extend(used.map(|file| file.path.clone()));
        Report {
            choice: environment.choice,
            std_at_hand: environment.lib_dir.is_some(),
            files: files.len(),
            hits: count(|how| matches!(how, How::Hit(_))),
            generated: count(|how| matches!(how, How::Generated(_))),
            failed: files.clone().filter(|file| file.failed).count(),
            unreported: merged.unreported(),
            manifest: match &miss {
                Some(_) => ManifestState::Miss,
                None => ManifestState::Off,
            },
            inputs: Arc::new(inputs),
            explanation: explain.then(|| CheckExplanation {
                manifest: miss,
                files: (files.clone())
                    .map(|file| FileReason::of(&file.path, file.how))
                    .collect(),
            }),
            diagnostics: std::mem::take(&mut merged.diagnostics),
            unresolved,
            not_generated,
            said,
            ..Report::default()
        }
    }

    /// What a run over the same files came to.
    pub(super) fn repeated(
        environment: &Environment,
        said: Said,
        record: Record,
        explain: bool,
        begin: Instant,
    ) -> Report {
        let files = record.files.iter();
        let reasons = files.map(|path| FileReason::of_manifest(path));
        Report {
            manifest: ManifestState::Hit,
            // Nothing was generated now; what the run that wrote the manifest did is told apart from that.
            hits: record.files.len(),
            generated: 0,
            recorded: Some(Recorded {
                hits: record.hits,
                generated: record.generated,
            }),
            explanation: explain.then(|| CheckExplanation {
                manifest: None,
                files: reasons.collect(),
            }),
            elapsed_ms: begin.elapsed().as_millis() as u64,
            ..Report::of_record(environment, said, record)
        }
    }

    /// What came of a run after which few files have changed.
    pub(super) fn edited(
        environment: &Environment,
        said: Said,
        edit: &Edit,
        miss: String,
        explain: bool,
    ) -> Report {
        let Edit { record, hows, .. } = edit;
        let mut hows = hows.iter().peekable();
        let reason = |(position, path): (usize, &PathBuf)| {
            let how = hows.next_if(|(changed, _)| *changed == position);
            let how = how.map_or(How::Hit(Hit::Manifest), |(_, how)| *how);
            FileReason::of(path, Some(how))
        };
        Report {
            manifest: ManifestState::Miss,
            explanation: explain.then(|| CheckExplanation {
                manifest: Some(miss),
                files: record.files.iter().enumerate().map(reason).collect(),
            }),
            ..Report::of_record(environment, said, record.clone())
        }
    }

    /// What a record has to tell.
    fn of_record(environment: &Environment, said: Said, record: Record) -> Report {
        let (not_generated, unresolved) = split(record.unresolved);
        Report {
            choice: environment.choice,
            std_at_hand: environment.lib_dir.is_some(),
            files: record.files.len(),
            hits: record.hits,
            generated: record.generated,
            failed: record.failed,
            unreported: record.unreported,
            diagnostics: record.diagnostics,
            unresolved,
            not_generated,
            inputs: record.files,
            said,
            ..Report::default()
        }
    }

    /// Whether nothing is wrong, apart from imports that lead nowhere.
    pub fn is_clean(&self) -> bool {
        self.failed == 0 && self.diagnostics.is_empty()
    }

    /// The same, but that with `strict` imports that lead nowhere are wrong.
    pub(crate) fn passes(&self, strict: bool) -> bool {
        self.is_clean() && (!strict || self.unresolved.is_empty())
    }

    /// All imports that lead to no file.
    pub(super) fn nowhere(&self) -> impl Iterator<Item = &Unresolved> + Clone {
        self.unresolved.iter().chain(&self.not_generated)
    }

    /// What the next run with nothing changed is to report.
    pub(super) fn record(&self) -> Record {
        Record {
            // Known when the manifest is written.
            of: [0; 16],
            is_whole: true,
            hits: self.hits,
            generated: self.generated,
            failed: self.failed,
            unreported: self.unreported,
            files: self.inputs.clone(),
            diagnostics: self.diagnostics.clone(),
            unresolved: self.nowhere().cloned().collect(),
            ..Record::default()
        }
    }
}

/// Those of modules that are not made yet, and the others.
fn split(unresolved: Vec<Unresolved>) -> (Vec<Unresolved>, Vec<Unresolved>) {
    let is_made = |import: &Unresolved| import.made_by.is_some();
    unresolved.into_iter().partition(is_made)
}
