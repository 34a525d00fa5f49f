//! A run after which a few files have changed and import what they did: of the program nothing else can have
//! changed. What the last run has found is true of it, but for what was generated.
//!
//! That is so if the last run could load every file, and nothing that it has to tell is about the files that
//! changed. Whether an import leads to a file, and to which module that belongs, follows from names and
//! modules alone.

use std::path::Path;

use cache_store::{How, Warning};
use manifest::Error;

use super::parts::Part;
use super::{Pending, Record};
use crate::diagnostic::Diagnostic;
use crate::file::{self, Content, Observer, Stores, Wanted};
use crate::limits::MAX_EDITED_FILES;
use crate::paths;

/// What came of such a run.
pub(crate) struct Edit {
    /// What is to be told, and what the next run has to know.
    pub(crate) record: Record,
    /// The files that changed, in path order: their positions among all, and how each was loaded.
    pub(crate) hows: Vec<(usize, How)>,
    changed: Vec<(usize, manifest::Digest, manifest::Stat)>,
}

impl Pending<'_> {
    /// Loads the files that have changed, if they are few, and says what the run comes to if it is such a
    /// one. What was loaded is known afterwards in any case. What went wrong with the cache is added to
    /// `warnings`.
    pub(crate) fn edit(
        &mut self,
        stores: &Stores,
        observer: &dyn Observer,
        warnings: &mut Vec<Warning>,
    ) -> Option<Edit> {
        let changed = self.before.as_ref()?.changed()?;
        let old = self.parts(&changed)?;
        let mut loaded = Vec::new();
        for (&position, part) in changed.iter().zip(&old) {
            // Where that fails it will fail again, and is told then.
            let Some((content, new)) = self.load(position, part, stores, observer) else {
                break;
            };
            warnings.extend(new);
            loaded.push((position, content));
        }
        let edit = self.comes_to(&loaded, &old);
        if edit.is_none() && !loaded.is_empty() {
            self.add_loaded(loaded);
        }
        edit
    }

    /// Those of some files.
    fn parts(&self, positions: &[usize]) -> Option<Vec<Part>> {
        let parts = self.before.as_ref()?.record.checked_parts()?;
        let part = |&position| parts.get(position, self.release);
        positions.iter().map(part).collect()
    }

    fn load(
        &self,
        position: usize,
        part: &Part,
        stores: &Stores,
        observer: &dyn Observer,
    ) -> Option<(Content, Vec<Warning>)> {
        let place = part.entry?;
        let wanted = Wanted {
            path: self.before.as_ref()?.record.files.get(position)?,
            below: None,
            release: self.release,
            name: place.name,
            store: stores.get(place.is_local),
            observer,
        };
        let (mut content, warnings) = file::load(&wanted).ok()?;
        content.entry = Some(place);
        Some((content, warnings))
    }

    fn add_loaded(&mut self, loaded: Vec<(usize, Content)>) {
        self.known();
        let (Some(known), Some(before)) = (self.known.get_mut(), &self.before) else {
            return;
        };
        for (position, content) in loaded {
            known.add_loaded(&before.record.files[position], content);
        }
    }

    fn comes_to(&self, loaded: &[(usize, Content)], old: &[Part]) -> Option<Edit> {
        let before = self.before.as_ref()?;
        if loaded.len() != old.len() {
            return None;
        }
        let mut parts = Vec::new();
        let mut changed = Vec::new();
        for ((position, content), part) in loaded.iter().zip(old) {
            let before = part.imports.as_deref()?.iter().map(|import| &import.name);
            let now = content.imports.iter().map(|import| &import.name);
            if content.failed || !before.eq(now) {
                return None;
            }
            changed.push((*position, content.used.digest?.0, content.used.stat.into()));
            let part = Part {
                imports: Some(content.imports.clone()),
                entry: content.entry,
            };
            parts.push((*position, part));
        }
        let generated = |(_, content): &&(usize, Content)| matches!(content.how, How::Generated(_));
        let generated = loaded.iter().filter(generated).count();
        let record = Record {
            hits: before.record.files.len() - generated,
            generated,
            parts: before.record.parts.with(&parts)?,
            ..before.record.clone()
        };
        let how = |(position, content): &(usize, Content)| (*position, content.how);
        Some(Edit {
            record,
            hows: loaded.iter().map(how).collect(),
            changed,
        })
    }

    /// Writes record and manifest of such a run.
    pub(crate) fn complete_edit(mut self, edit: Edit) -> Result<(), Error> {
        let files = self.before.take().map(|before| before.previous.files);
        self.miss
            .add_previous(files.unwrap_or_default(), &edit.changed);
        self.write(edit.record)
    }
}

impl super::Before {
    /// The positions of the files that are not what they were, if what the last run has to tell is about
    /// others alone.
    fn changed(&self) -> Option<Vec<usize>> {
        let record = &self.record;
        let same = self.previous.same.iter().enumerate();
        let changed = same.filter(|(_, same)| !**same).map(|(at, _)| at);
        let changed: Vec<usize> = changed.take(MAX_EDITED_FILES + 1).collect();
        if !record.is_whole || changed.len() > MAX_EDITED_FILES {
            return None;
        }
        let is_told_of = |&at: &usize| {
            let path = &*record.files[at];
            let is_there = |import: &crate::graph::Unresolved| import.path == path;
            names(&record.diagnostics, path) || record.unresolved.iter().any(is_there)
        };
        (!changed.iter().any(is_told_of)).then_some(changed)
    }
}

/// Whether a message is about the file, or points into it.
fn names(diagnostics: &[Diagnostic], path: &Path) -> bool {
    let is_there = |diagnostic: &Diagnostic| {
        diagnostic.path == paths::bytes(path) || names(&diagnostic.notes, path)
    };
    diagnostics.iter().any(is_there)
}
