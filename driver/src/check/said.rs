//! What the user is told besides the outcome.

use std::path::Path;

use cache_store::Warning;

use crate::whole_run;

/// Notes and warnings, in the order in which they came up.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// What the user should know.
    pub notes: Vec<String>,
    /// What went wrong with the cache, and does not matter for the answer.
    pub warnings: Vec<String>,
}

impl Said {
    pub(super) fn warn_of_entries(&mut self, warnings: &[Warning]) {
        self.warnings.extend(describe_warnings(warnings));
    }

    pub(crate) fn note_unreported(&mut self, errors: usize, lib_dir: Option<&Path>) {
        if let (1.., Some(dir)) = (errors, lib_dir) {
            let plural = if errors == 1 { "" } else { "s" };
            self.notes.push(format!(
                "{errors} error{plural} in the lib directory '{}' not reported: it is of no release of Zig that is known",
                dir.display()
            ));
        }
    }

    /// That a content was given for a file that is not part of what was checked.
    pub(super) fn note_unused_buffer(&mut self, path: &Path) {
        self.notes.push(format!(
            "'{}' is not part of what was checked: the content given for it counts for nothing",
            path.display()
        ));
    }

    /// Takes an error about manifests for what it is: a warning, if that.
    pub(super) fn warn_of_manifest<T>(&mut self, result: Result<T, manifest::Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                let warning = whole_run::warning(&error, &self.warnings);
                self.warnings.extend(warning);
                None
            }
        }
    }
}

/// Warnings as text. Of those that say the same of one entry after the other, as when the disk is full, one
/// is enough.
pub(crate) fn describe_warnings(warnings: &[Warning]) -> Vec<String> {
    let mut groups: Vec<(&Warning, usize)> = Vec::new();
    for warning in warnings {
        let like = |other: &Warning| {
            other.kind == warning.kind && other.error.to_string() == warning.error.to_string()
        };
        match groups.iter_mut().find(|(first, _)| like(first)) {
            Some((_, more)) => *more += 1,
            None => groups.push((warning, 0)),
        }
    }
    let describe = |(first, more): (&Warning, usize)| match more {
        0 => first.to_string(),
        _ => format!("{first} (and {more} more like it)"),
    };
    groups.into_iter().map(describe).collect()
}
