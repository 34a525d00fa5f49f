//! A file as one module reaches it, and where its imports lead.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::{SourceError, Warning};

use super::found::UnresolvedReason;
use crate::file::{Content, Key};
use crate::paths;
use crate::project::ModuleId;

/// Position in the list of instances.
pub(super) type InstanceId = usize;

/// Where an import leads.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A file of the same module, by its path.
    File(InstanceId),
    /// The root file of a module.
    Package(InstanceId),
    /// Nothing to load.
    Skip,
    /// Out of the module: to the file of this resolved path, if another module has it.
    Outside(PathBuf),
    /// Nowhere.
    Unresolved(UnresolvedReason),
    /// To a module whose root file is not there yet.
    NotGenerated(ModuleId),
}

#[derive(Debug)]
pub(super) struct Instance {
    pub(super) key: Arc<Key>,
    /// The same, below the module's root.
    pub(super) sub_file_path: Arc<Path>,
    /// What came of loading it; `None` until then.
    pub(super) result: Option<Result<Content, SourceError>>,
    /// Where each import of the content leads.
    pub(super) targets: Vec<Target>,
    /// What went wrong with the cache and did not matter.
    pub(super) warnings: Vec<Warning>,
}

/// Positions of files in an import table, by their paths alone, which stay where they are.
pub(super) type ByPath = HashMap<Resolved, usize, foldhash::fast::RandomState>;

/// The path that the file of a key has in the import table.
#[derive(Debug)]
pub(super) struct Resolved(pub(super) Arc<Key>);

impl Borrow<[u8]> for Resolved {
    fn borrow(&self) -> &[u8] {
        paths::bytes(&self.0.resolved)
    }
}

impl Hash for Resolved {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let path: &[u8] = self.borrow();
        path.hash(state);
    }
}

impl PartialEq for Resolved {
    fn eq(&self, other: &Resolved) -> bool {
        let (path, others): (&[u8], &[u8]) = (self.borrow(), other.borrow());
        path == others
    }
}

impl Eq for Resolved {}

impl Instance {
    /// The path that it has in the import table.
    pub(super) fn resolved(&self) -> &[u8] {
        paths::bytes(&self.key.resolved)
    }

    /// Whether loading it gave errors or warnings.
    pub(super) fn has_messages(&self) -> bool {
        let has_errors = match &self.result {
            Some(Ok(content)) => !content.diagnostics.is_empty(),
            Some(Err(_)) => true,
            None => false,
        };
        has_errors || !self.warnings.is_empty()
    }

    /// Whether it could not be loaded for a reason that says nothing of what is there.
    pub(super) fn is_hindered(&self) -> bool {
        matches!(&self.result, Some(Err(error)) if !error.is_about_source())
    }
}
