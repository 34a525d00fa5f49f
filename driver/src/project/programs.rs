//! The programs that a command line describes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::Directories;
use release::Release;

use super::buffer::Buffer;
use super::module::{Module, Modules};
use crate::input::{self, Exclude};
use crate::{Error, paths};

/// A module of the command line: `--dep ... -MNAME=PATH`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleArg {
    /// Its name.
    pub name: String,
    /// Its root file.
    pub root: PathBuf,
    /// What its files may import: the name used there, the name of the module.
    pub deps: Vec<(String, String)>,
}

/// Why files of a module cannot import another by this name, if they cannot.
pub(crate) fn import_conflict(import: &str, module: &str) -> Option<String> {
    let conflicts = matches!(import, "root" | "builtin") || (import == "std" && module != "std");
    conflicts.then(|| format!("unable to import as '{import}': conflicts with builtin module"))
}

/// What to load, and from where.
#[derive(Debug)]
pub struct Program {
    /// Its modules. The first is the main one.
    pub modules: Modules,
    /// The files to begin with, each by its path below the main module's root.
    pub roots: Vec<PathBuf>,
    /// The release of Zig that it is written for.
    pub release: Release,
    /// The working directory, absolute.
    pub cwd: PathBuf,
    /// What canonical paths begin at, in that release.
    pub directories: Directories,
    /// The file whose content is not the one on disk.
    pub buffer: Option<Arc<Buffer>>,
}

impl Program {
    /// The content that is to be taken for that of a file, if there is one.
    pub(crate) fn buffered(&self, path: &Path) -> Option<&[u8]> {
        let buffer = self.buffer.as_ref()?;
        buffer.is_at(&self.cwd, path).then(|| buffer.text())
    }
}

/// What all programs of a run have in common.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// What canonical paths begin at, in the release that counts.
    pub(crate) directories: &'a Directories,
    /// The working directory, absolute.
    pub(crate) cwd: &'a Path,
    /// The lib directory, if there is one.
    pub(crate) lib_dir: Option<&'a Path>,
    /// The file whose content is not the one on disk.
    pub(crate) buffer: Option<&'a Arc<Buffer>>,
    /// What is left out of directories.
    pub(crate) exclude: Option<&'a Exclude>,
}

impl Frame<'_> {
    /// A program of these modules, and the standard library.
    pub(crate) fn program(&self, mut modules: Modules, roots: Vec<PathBuf>) -> Program {
        if let Some(lib_dir) = self.lib_dir {
            modules.add_std(lib_dir);
        }
        Program {
            modules,
            roots,
            release: self.directories.release(),
            cwd: self.cwd.to_owned(),
            directories: self.directories.clone(),
            buffer: self.buffer.cloned(),
        }
    }
}

/// The programs that the arguments describe.
///
/// # Errors
/// If a path cannot be opened, or the modules do not fit together.
pub(crate) fn programs(
    paths: &[PathBuf],
    modules: &[ModuleArg],
    frame: Frame<'_>,
) -> Result<Vec<Program>, Error> {
    let Frame {
        cwd,
        buffer,
        exclude,
        ..
    } = frame;
    let program = |modules, roots| frame.program(modules, roots);
    // It need not be there yet.
    let is_buffer = |path: &Path| buffer.is_some_and(|buffer| buffer.is_at(cwd, path));
    if !modules.is_empty() {
        if let Some(path) = paths.first() {
            return Err(Error::Usage(format!(
                "main module provided both by '-M{}={}' and by positional argument '{}'",
                modules[0].name,
                modules[0].root.display(),
                path.display()
            )));
        }
        let (modules, root) = link_modules(modules, cwd, &is_buffer)?;
        return Ok(vec![program(modules, vec![root])]);
    }
    let default = [PathBuf::from(".")];
    let given = if paths.is_empty() {
        &default[..]
    } else {
        paths
    };
    given
        .iter()
        .map(|path| {
            if is_directory(path, &is_buffer)? {
                let resolved = paths::canonical_dir(cwd, path);
                let modules = Modules::new(Module::of_directory(&resolved));
                let mut roots = input::scan(&resolved, exclude)?;
                let below = buffer.and_then(|buffer| paths::below(cwd, &resolved, buffer.path()));
                if let Some(below) = below
                    && let Err(at) = roots.binary_search(&below)
                {
                    roots.insert(at, below);
                }
                return Ok(program(modules, roots));
            }
            let resolved = paths::canonical(cwd, path);
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            let main = Module::of_root_file(&name, &resolved);
            let root = main.root_src_path.clone().unwrap_or_default();
            Ok(program(Modules::new(main), vec![root]))
        })
        .collect()
}

/// That there are two modules of a name.
pub(super) fn exists_already(name: &str) -> String {
    format!("unable to add module '{name}': it exists already")
}

/// That a module may import one that is not there.
pub(super) fn non_existent(of: &str, name: &str) -> String {
    format!("module '{of}' depends on non-existent module '{name}'")
}

/// Whether a path that was given is a directory; it must be something.
fn is_directory(path: &Path, is_buffer: &dyn Fn(&Path) -> bool) -> Result<bool, Error> {
    match path.metadata() {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(_) if is_buffer(path) => Ok(false),
        Err(error) => Err(Error::path("open", path, error)),
    }
}

/// Modules with their dependencies by name, and the main module's root file.
fn link_modules(
    args: &[ModuleArg],
    cwd: &Path,
    is_buffer: &dyn Fn(&Path) -> bool,
) -> Result<(Modules, PathBuf), Error> {
    let mut ids = BTreeMap::new();
    let mut modules: Option<Modules> = None;
    let mut main_root = PathBuf::new();
    for arg in args {
        // That another module's root is missing is an error where it is imported, if it is.
        if modules.is_none() {
            is_directory(&arg.root, is_buffer)?;
        }
        let module = Module::of_root_file(&arg.name, &paths::canonical(cwd, &arg.root));
        let id = match &mut modules {
            Some(modules) => modules.add(module),
            None => {
                main_root = module.root_src_path.clone().unwrap_or_default();
                modules = Some(Modules::new(module));
                Modules::MAIN
            }
        };
        if ids.insert(arg.name.as_str(), id).is_some() {
            return Err(Error::Usage(exists_already(&arg.name)));
        }
    }
    let Some(mut modules) = modules else {
        return Err(Error::Usage("no module was given".to_owned()));
    };
    for arg in args {
        for (import, name) in &arg.deps {
            let Some(&dep) = ids.get(name.as_str()) else {
                return Err(Error::Usage(non_existent(&arg.name, name)));
            };
            modules
                .get_mut(ids[arg.name.as_str()])
                .deps
                .insert(import.clone().into_bytes(), dep);
        }
    }
    Ok((modules, main_root))
}
