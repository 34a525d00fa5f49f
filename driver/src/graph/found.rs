//! What was found: files, errors, imports that lead nowhere.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::{How, Warning};
use syntax::TokenIndex;

use super::sources::Sources;
use crate::diagnostic::{Diagnostic, Location};
use crate::file::{Content, ContentDigest, EntryPlace, Import, Used};
use crate::project::Module;

/// Why an import was left alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UnresolvedReason {
    /// There is no module of that name, and it is no path of a `.zig` or `.zon` file.
    ModuleNotFound,
    /// The path leads out of the module.
    ImportOutsideModulePath,
    /// The standard library is wanted and was not found.
    StdNotFound,
    /// The module's root file has yet to be made by a step of the build.
    NotGenerated,
}

impl UnresolvedReason {
    /// What to tell the user.
    pub fn describe(self) -> &'static str {
        match self {
            UnresolvedReason::ModuleNotFound => "no module of that name is known",
            UnresolvedReason::ImportOutsideModulePath => {
                "the path leads out of the module's root directory"
            }
            UnresolvedReason::StdNotFound => "the standard library was not found",
            UnresolvedReason::NotGenerated => "a step of the build has yet to make it",
        }
    }
}

/// An import that leads to no file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Unresolved {
    /// The importing file as messages name it.
    pub path: PathBuf,
    /// What it imports. Need not be UTF-8.
    pub import: Vec<u8>,
    /// Why it is unresolved.
    pub reason: UnresolvedReason,
    /// The module and the step that makes it, if the reason is that the step has not been run.
    pub made_by: Option<MadeBy>,
    /// The token of the import.
    pub token: TokenIndex,
    pub(crate) location: Option<Location>,
}

/// What a module that is not there yet comes from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MadeBy {
    /// The module's name.
    pub module: String,
    /// The name of the step of the build that makes its root file.
    pub step: String,
}

/// One file of the program.
#[derive(Debug)]
pub struct LoadedFile {
    /// Its path as messages name it.
    pub path: PathBuf,
    /// Where its IR came from; `None` where it has none.
    pub how: Option<How>,
    /// What of it was used; `None` where it could not be loaded.
    pub used: Option<Used>,
    /// Whether it has errors or could not be loaded.
    pub failed: bool,
    /// The digest of the source in which the places of its unresolved imports were found, if it has any. It
    /// was read once more for that.
    pub placed: Option<ContentDigest>,
    /// Errors in it that are counted and not reported.
    pub unreported: usize,
    /// What it imports, if it has no error of its own.
    pub(crate) imports: Option<Arc<[Import]>>,
    /// Its entry, if it has one and only one.
    pub(crate) entry: Option<EntryPlace>,
}

impl LoadedFile {
    /// One that could not be loaded.
    pub(super) fn unloaded(path: PathBuf) -> LoadedFile {
        LoadedFile {
            path,
            how: None,
            used: None,
            failed: true,
            placed: None,
            unreported: 0,
            imports: None,
            entry: None,
        }
    }

    /// One with that content, and the errors in it.
    pub(super) fn of(path: PathBuf, content: Content) -> (LoadedFile, Vec<Diagnostic>) {
        let file = LoadedFile {
            how: Some(content.how),
            used: Some(content.used),
            failed: content.failed,
            imports: (!content.failed).then_some(content.imports),
            entry: content.entry,
            ..LoadedFile::unloaded(path)
        };
        (file, content.diagnostics)
    }

    /// Takes in what another program, loaded after this one's, made of the same file. Says whether both saw
    /// the same of it.
    ///
    /// Where its IR came from is what the first one says: for the later ones it is always in the cache.
    pub(crate) fn merge(&mut self, later: &LoadedFile) -> bool {
        let agree = |a: Option<ContentDigest>, b| a.zip(b).is_none_or(|(a, b)| a == b);
        let digest = |file: &LoadedFile| file.used.and_then(|used| used.digest);
        let same = agree(self.placed, later.placed)
            && self.used.map(|used| used.stat) == later.used.map(|used| used.stat)
            && agree(digest(self), digest(later));
        self.failed |= later.failed;
        self.placed = self.placed.or(later.placed);
        // In releases whose entries are named by modules it may have one of each.
        if self.entry != later.entry {
            self.entry = None;
        }
        same
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Graph {
    /// All files by their resolved paths, in path order.
    pub files: Vec<(PathBuf, LoadedFile)>,
    /// Errors, in path order, within a file as the reference orders them.
    pub diagnostics: Vec<Diagnostic>,
    /// Imports that lead nowhere, in path order.
    pub unresolved: Vec<Unresolved>,
    /// What went wrong with the cache and did not matter.
    pub warnings: Vec<Warning>,
}

impl Graph {
    /// Takes in the imports that lead nowhere, each with its place. The files are there already.
    pub(super) fn set_unresolved(
        &mut self,
        mut unresolved: Vec<Unresolved>,
        sources: &mut Sources<'_>,
    ) {
        unresolved.sort_by(|a, b| a.path.cmp(&b.path).then(a.token.cmp(&b.token)));
        let mut placed: HashMap<&Path, Option<ContentDigest>> = HashMap::new();
        for of_file in unresolved.chunk_by_mut(|a, b| a.path == b.path) {
            for import in &mut *of_file {
                import.location = sources.token(&import.path, import.token);
            }
            if let [first, ..] = of_file {
                let digest = sources.text(&first.path).map(ContentDigest::of);
                placed.insert(&first.path, digest);
            }
        }
        for (_, file) in &mut self.files {
            if let Some(digest) = placed.get(&*file.path) {
                file.placed = *digest;
            }
        }
        self.unresolved = unresolved;
    }
}

impl Unresolved {
    /// One whose place is not known yet.
    pub(super) fn new(
        path: PathBuf,
        import: Vec<u8>,
        token: TokenIndex,
        reason: UnresolvedReason,
    ) -> Unresolved {
        Unresolved {
            path,
            import,
            reason,
            made_by: None,
            token,
            location: None,
        }
    }

    /// One of a module whose root file is not there yet.
    pub(super) fn not_generated(
        path: PathBuf,
        import: Vec<u8>,
        token: TokenIndex,
        module: &Module,
    ) -> Unresolved {
        let step = module.made_by.clone().unwrap_or_default();
        let module = module.name.clone();
        Unresolved {
            made_by: Some(MadeBy { module, step }),
            ..Unresolved::new(path, import, token, UnresolvedReason::NotGenerated)
        }
    }

    /// What to tell the user.
    pub fn message(&self) -> Vec<u8> {
        let mut message = b"unresolved import '".to_vec();
        message.extend_from_slice(&self.import);
        message.extend_from_slice(b"': ");
        message.extend_from_slice(self.reason.describe().as_bytes());
        message
    }

    /// Where the import stands.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }
}
