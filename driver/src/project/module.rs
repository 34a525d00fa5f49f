//! Modules: named sets of files with a root file and a table of the names they may import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cache_store::ModuleRoot;

use crate::paths;

/// Position of a module in [`Modules`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ModuleId(pub(crate) u32);

/// A module.
#[derive(Clone, Debug)]
pub struct Module {
    /// The name that messages use.
    pub name: String,
    /// The directory that `sub_path` is relative to; the working directory where there is none.
    pub root_dir: Option<PathBuf>,
    /// The directory of the root file. Imports may not leave it.
    pub sub_path: PathBuf,
    /// The root file, relative to `sub_path`. A directory that is checked as a whole has none.
    pub root_src_path: Option<PathBuf>,
    /// What `@import` of a name means in files of this module.
    pub deps: BTreeMap<Vec<u8>, ModuleId>,
    /// Whether errors in its files are counted and not reported: it is the standard library of a release that
    /// is not known, whose language may be another.
    pub errors_are_counted: bool,
    /// The name of the step of a build that has yet to make the root file, if one has.
    pub made_by: Option<String>,
    /// Its place among the modules of several programs: what is remembered of its files serves all of them.
    pub(crate) shared: Option<ModuleId>,
}

impl Module {
    /// The module whose root file is `path`, relative to the working directory or absolute.
    pub fn of_root_file(name: &str, path: &Path) -> Module {
        // `.`, `..` and `/` name a directory and have no last part. That they are none is found when they are
        // opened.
        let (dir, file) = match (path.parent(), path.file_name()) {
            (Some(dir), Some(file)) => (dir.to_owned(), PathBuf::from(file)),
            _ => (PathBuf::new(), path.to_owned()),
        };
        Module {
            name: name.to_owned(),
            root_dir: None,
            sub_path: dir,
            root_src_path: Some(file),
            deps: BTreeMap::new(),
            errors_are_counted: false,
            made_by: None,
            shared: None,
        }
    }

    /// The module of all files below `dir`.
    pub fn of_directory(dir: &Path) -> Module {
        Module {
            name: "root".to_owned(),
            root_dir: None,
            sub_path: if dir == Path::new(".") {
                PathBuf::new()
            } else {
                dir.to_owned()
            },
            root_src_path: None,
            deps: BTreeMap::new(),
            errors_are_counted: false,
            made_by: None,
            shared: None,
        }
    }

    /// The standard library in this lib directory.
    pub fn std(lib_dir: &Path) -> Module {
        Module {
            name: "std".to_owned(),
            root_dir: Some(lib_dir.to_owned()),
            sub_path: "std".into(),
            root_src_path: Some("std.zig".into()),
            deps: BTreeMap::new(),
            errors_are_counted: false,
            made_by: None,
            shared: None,
        }
    }

    /// The root directory, resolved.
    pub fn resolved_root(&self) -> PathBuf {
        let root_dir = self.root_dir.as_deref().unwrap_or(Path::new("."));
        paths::resolve(&[paths::bytes(root_dir), paths::bytes(&self.sub_path)])
    }

    /// The root directory as messages name it.
    pub fn display_root(&self) -> PathBuf {
        let path = paths::join(&[
            self.root_dir.as_deref().unwrap_or(Path::new("")),
            &self.sub_path,
        ]);
        if path.as_os_str().is_empty() {
            ".".into()
        } else {
            path
        }
    }

    /// The path of one of its files as messages name it, and as it is opened.
    pub fn full_path(&self, sub_file_path: &Path) -> PathBuf {
        paths::join(&[
            self.root_dir.as_deref().unwrap_or(Path::new("")),
            &self.sub_path,
            sub_file_path,
        ])
    }

    /// What names of cache entries depend on, for any module but the main one.
    pub(crate) fn entry_root(&self) -> ModuleRoot<'_> {
        ModuleRoot::Other {
            root_dir: self.root_dir.as_deref().map(paths::bytes),
            sub_path: paths::bytes(&self.sub_path),
        }
    }
}

/// The modules of one program.
#[derive(Clone, Debug)]
pub struct Modules {
    modules: Vec<Module>,
    /// The standard library, where it was found.
    pub std: Option<ModuleId>,
}

impl Modules {
    /// The module that is being checked; its files are cached in the local directory.
    pub const MAIN: ModuleId = ModuleId(0);

    /// A program of one module.
    pub fn new(main: Module) -> Modules {
        Modules {
            modules: vec![main],
            std: None,
        }
    }

    /// Adds a module.
    pub fn add(&mut self, module: Module) -> ModuleId {
        self.modules.push(module);
        ModuleId(self.modules.len() as u32 - 1)
    }

    /// Adds the standard library of `lib_dir`, unless the program brings a module of that name along or is
    /// the standard library.
    pub fn add_std(&mut self, lib_dir: &Path) {
        let std = Module::std(lib_dir);
        let root_file = |m: &Module| {
            m.root_src_path
                .as_ref()
                .map(|file| paths::resolve(&[paths::bytes(&m.resolved_root()), paths::bytes(file)]))
        };
        if root_file(self.get(Self::MAIN)) == root_file(&std) {
            self.std = Some(Self::MAIN);
        } else if let Some(own) = self.modules.iter().position(|m| m.name == "std") {
            self.std = Some(ModuleId(own as u32));
        } else {
            self.std = Some(self.add(std));
        }
    }

    /// Has errors in the standard library of that lib directory counted, unless it is what is checked.
    pub(crate) fn count_errors_in_std(&mut self, lib_dir: &Path) {
        if let Some(std) = self.std.filter(|std| *std != Self::MAIN) {
            let std = self.get_mut(std);
            std.errors_are_counted = std.root_dir.as_deref() == Some(lib_dir);
        }
    }

    /// All modules, the main one first.
    pub(crate) fn all(&self) -> &[Module] {
        &self.modules
    }

    /// The module at `id`.
    pub fn get(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// The module at `id`, to change.
    pub fn get_mut(&mut self, id: ModuleId) -> &mut Module {
        &mut self.modules[id.0 as usize]
    }
}
