//! From a source to its content or its whole IR, through the store.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use cache_store::file::Directory;
use cache_store::{EntryName, How, Options, SourceError, SourceFile, Store, Warning};
use release::Release;
use syntax::{Ast, Mode};
use zir::Zir;
use zoir::Zoir;

use super::content::{Content, WithWarnings};
use super::lower::{Ir, Lower};
use crate::paths;
use crate::project::ModuleId;

/// Called by workers, from any thread.
pub trait Observer: Sync {
    /// A file is done; `total` is how many are known by now.
    fn progress(&self, done: usize, total: usize);
    /// The lock of this entry has been waited for for a while.
    fn waiting(&self, entry: &Path);
    /// The same of a manifest's lock: whoever has it is checking the same program.
    fn waiting_for_manifest(&self, manifest: &Path) {
        self.waiting(manifest);
    }
    /// Something that the user should know at once.
    fn note(&self, what: &str) {
        let _ = what;
    }
    /// Something that may take long is under way; nothing if the text is empty.
    fn running(&self, what: &str) {
        let _ = what;
    }
}

/// A file as one module reaches it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) module: ModuleId,
    pub(crate) resolved: PathBuf,
}

// By the text of the path. It is resolved, so nothing is gained by comparing components, which is what paths
// do and costs more than all else about an import.
impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.module == other.module && paths::bytes(&self.resolved) == paths::bytes(&other.resolved)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.module.hash(state);
        paths::bytes(&self.resolved).hash(state);
    }
}

/// A file that is to be loaded.
pub(crate) struct Wanted<'l> {
    /// Where it is.
    pub(crate) path: &'l Path,
    /// A directory that it is in, and its name there, if that is the shorter way.
    pub(crate) below: Option<(&'l Directory, &'l [u8])>,
    /// The release of Zig that it is lowered as.
    pub(crate) release: Release,
    /// Its entry.
    pub(crate) name: EntryName,
    pub(crate) store: &'l Store,
    pub(crate) observer: &'l dyn Observer,
}

/// The content of a file: from the summary of its entry if there is a good one.
pub(crate) fn load(wanted: &Wanted<'_>) -> Result<WithWarnings<Content>, SourceError> {
    let file = match wanted.below {
        Some((directory, name)) => wanted.store.source_below(directory, name, wanted.path),
        None => wanted.store.source(wanted.path),
    }?;
    match crate::input::mode_of(wanted.path) {
        Mode::Zig => load_as::<Zir>(file, wanted),
        Mode::Zon => load_as::<Zoir>(file, wanted),
    }
}

fn load_as<I: Lower>(
    mut file: SourceFile,
    wanted: &Wanted<'_>,
) -> Result<WithWarnings<Content>, SourceError> {
    let lower = |text: &[u8]| I::lower(&Ast::parse(text, I::MODE, wanted.release));
    let on_wait = |entry: &Path| wanted.observer.waiting(entry);
    let options = Options {
        // A body is looked at only of an entry of the reference, and then all of it: a map would save
        // nothing, and who cuts such an entry without asking for its lock could end us with a signal.
        map: false,
        on_wait: Some(&on_wait),
        ..Options::default()
    };
    let outcome = wanted
        .store
        .update(&wanted.name, &mut file, &options, lower)?;
    let summary = outcome.ir.summary();
    let facts = match I::facts_of_summary(&summary) {
        Some(facts) => facts,
        None => lower(file.load()?).facts(),
    };
    drop(summary);
    if let cache_store::Ir::Fresh(ir) = outcome.ir {
        ir.reuse();
    }
    let path = paths::bytes(wanted.path);
    let content = Content::new(&mut file, path, I::MODE, wanted.release, outcome.how, facts)?;
    Ok((content, outcome.warnings))
}

/// A file with its whole IR.
pub(crate) struct Loaded {
    pub(crate) ir: Ir,
    pub(crate) content: Content,
}

/// The whole IR of an open file. `exclusive` where its entry is known to be of another text.
pub(crate) fn load_ir(
    file: SourceFile,
    wanted: &Wanted<'_>,
    exclusive: bool,
) -> Result<WithWarnings<Loaded>, SourceError> {
    match crate::input::mode_of(wanted.path) {
        Mode::Zig => load_ir_as::<Zir>(file, wanted, exclusive),
        Mode::Zon => load_ir_as::<Zoir>(file, wanted, exclusive),
    }
}

fn load_ir_as<I: Lower>(
    mut file: SourceFile,
    wanted: &Wanted<'_>,
    exclusive: bool,
) -> Result<WithWarnings<Loaded>, SourceError> {
    let on_wait = |entry: &Path| wanted.observer.waiting(entry);
    let options = Options {
        want: cache_store::Want::Body,
        map: true,
        exclusive,
        on_wait: Some(&on_wait),
    };
    let (how, ir, warnings) = own_ir::<I>(&mut file, wanted, &options)?;
    let path = paths::bytes(wanted.path);
    let content = Content::new(&mut file, path, I::MODE, wanted.release, how, ir.facts())?;
    let mut ir = ir.into_ir();
    ir.shrink_to_fit();
    Ok((Loaded { ir, content }, warnings))
}

/// The IR of a source as our own: entries are locked for as long as they are looked at.
fn own_ir<I: Lower>(
    file: &mut SourceFile,
    wanted: &Wanted<'_>,
    options: &Options<'_>,
) -> Result<(How, I, Vec<Warning>), SourceError> {
    let lower = |text: &[u8]| I::lower(&Ast::parse(text, I::MODE, wanted.release));
    let outcome = wanted.store.update(&wanted.name, file, options, lower)?;
    let ir = match outcome.ir {
        cache_store::Ir::Fresh(ir) => Some(ir),
        cache_store::Ir::Entry { body, .. } => body.view().as_ref().and_then(I::own),
        cache_store::Ir::Summary(_) => None,
    };
    let ir = match ir {
        Some(ir) => ir,
        None => lower(file.load()?),
    };
    Ok((outcome.how, ir, outcome.warnings))
}
