//! The modules of a build, as its configuration tells them: which compile steps there are, the module that
//! each begins with, and what every module may import.
//!
//! It is a ZON document, made by a build runner of ours (0.14 to 0.16) or out of the configuration that
//! `zig build` keeps (from 0.17 on), and kept in the cache.

use serde::{Deserialize, Serialize};

/// The modules of a build.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModuleMap {
    /// The version of this layout: [`ModuleMap::VERSION`].
    pub(crate) version: u32,
    /// The version of the `zig` that configured the build, as it names itself.
    pub(crate) zig: String,
    /// The directory of `build.zig`, absolute.
    pub(crate) build_root: String,
    /// All modules that a compile step uses, and those that the package offers to others.
    pub(crate) modules: Vec<BuildModule>,
    /// The compile steps, in the order in which the build knows them.
    pub(crate) programs: Vec<BuildProgram>,
    /// Hashes of lazy packages that `build.zig` asked for and that are not there.
    pub(crate) absent_packages: Vec<String>,
}

/// A module of a build.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuildModule {
    /// Its root file.
    pub(crate) root: ModuleRootFile,
    /// The package that it belongs to: empty for the project's own, else the prefix of its names in
    /// `zig build` (`dep.` or `dep.of_dep.`).
    pub(crate) package: String,
    /// What its files may import, in the order of the build's table.
    pub(crate) imports: Vec<BuildImport>,
}

/// The root file of a module of a build.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ModuleRootFile {
    /// None: it consists of C sources, objects or libraries.
    None,
    /// A file, absolute.
    Path(String),
    /// A file that a step writes when it is run, and whose text is known before: options.
    Text {
        /// What the file is called: `options.zig`.
        name: String,
        /// Its content.
        text: String,
    },
    /// A file that a step makes when it is run, and nobody knows before.
    Generated {
        /// The name of the step.
        step: String,
        /// The file, relative to what the step makes. Empty if the step makes this one file.
        sub_path: String,
    },
}

/// An import of a module.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuildImport {
    /// The name in `@import`.
    pub(crate) name: String,
    /// The module, by its position in [`ModuleMap::modules`].
    pub(crate) module: u32,
}

/// A compile step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BuildProgram {
    /// What it makes.
    pub(crate) kind: ProgramKind,
    /// The name of what it makes, without prefix and extension.
    pub(crate) name: String,
    /// The name of the step.
    pub(crate) step: String,
    /// The package that it belongs to, as in [`BuildModule::package`].
    pub(crate) package: String,
    /// Its root module, by its position in [`ModuleMap::modules`].
    pub(crate) module: u32,
    /// The file of a test runner of the project's own, absolute. It may import what the root module may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) test_runner: Option<String>,
}

/// What a compile step makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProgramKind {
    /// An executable.
    Exe,
    /// A library.
    Lib,
    /// An object.
    Obj,
    /// Tests.
    Test,
    /// Tests as an object.
    TestObj,
    /// Nothing: a module that the package offers to others.
    Module,
}

impl BuildProgram {
    /// The name of its step, or its own where it has none.
    pub(crate) fn title(&self) -> &str {
        match self.step.is_empty() {
            true => &self.name,
            false => &self.step,
        }
    }
}

impl ModuleRootFile {
    /// Whether there is a file of Zig, or its text.
    pub(crate) fn is_zig(&self) -> bool {
        matches!(self, ModuleRootFile::Path(_) | ModuleRootFile::Text { .. })
    }
}

impl ModuleMap {
    /// The version of this layout.
    pub(crate) const VERSION: u32 = 1;

    /// The map in a ZON document.
    ///
    /// # Errors
    /// If it is none, of another version, or a module is named that is not there.
    pub(crate) fn from_zon(text: &[u8]) -> Result<ModuleMap, String> {
        let map: ModuleMap = zongen::from_slice(text).map_err(|error| error.to_string())?;
        map.validate()?;
        Ok(map)
    }

    /// Whether every module that is named is there.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn validate(&self) -> Result<(), String> {
        if self.version != ModuleMap::VERSION {
            let (found, known) = (self.version, ModuleMap::VERSION);
            return Err(format!("it has version {found}, and {known} is known"));
        }
        let imports = self.modules.iter().flat_map(|module| &module.imports);
        let named = imports.map(|import| import.module);
        let named = named.chain(self.programs.iter().map(|program| program.module));
        for number in named {
            if number as usize >= self.modules.len() {
                let len = self.modules.len();
                return Err(format!("it names module {number} of {len}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> ModuleMap {
        let path = |path: &str| ModuleRootFile::Path(path.to_owned());
        let module = |root, imports| BuildModule {
            root,
            package: String::new(),
            imports,
        };
        let import = |name: &str, module| BuildImport {
            name: name.to_owned(),
            module,
        };
        ModuleMap {
            version: ModuleMap::VERSION,
            zig: "0.16.0".to_owned(),
            build_root: "/p".to_owned(),
            modules: vec![
                module(
                    path("/p/main.zig"),
                    vec![import("o", 1), import("c", 2), import("m", 0)],
                ),
                module(
                    ModuleRootFile::Text {
                        name: "options.zig".to_owned(),
                        text: "pub const a = \"\u{e9}\";\n".to_owned(),
                    },
                    vec![],
                ),
                module(
                    ModuleRootFile::Generated {
                        step: "translate-c".to_owned(),
                        sub_path: String::new(),
                    },
                    vec![],
                ),
                module(ModuleRootFile::None, vec![]),
            ],
            programs: vec![BuildProgram {
                kind: ProgramKind::TestObj,
                name: "p".to_owned(),
                step: "compile test Debug native".to_owned(),
                package: "dep.".to_owned(),
                module: 0,
                test_runner: Some("/p/runner.zig".to_owned()),
            }],
            absent_packages: vec!["N-V-__8".to_owned()],
        }
    }

    #[test]
    fn there_and_back() {
        let text = zoir::typed::to_string(&map()).unwrap();
        assert_eq!(ModuleMap::from_zon(text.as_bytes()), Ok(map()), "{text}");
    }

    #[test]
    fn what_is_no_map() {
        let text = zoir::typed::to_string(&map()).unwrap();
        for (from, to) in [
            (".version = 1", ".version = 2"),
            (".module = 2", ".module = 4"),
            (".test_obj", ".tests"),
            (".zig =", ".zag ="),
        ] {
            let bad = text.replace(from, to);
            assert_ne!(bad, text, "{from}");
            assert!(ModuleMap::from_zon(bad.as_bytes()).is_err(), "{bad}");
        }
        for len in 0..text.len() - 1 {
            assert!(
                ModuleMap::from_zon(&text.as_bytes()[..len]).is_err(),
                "{len}"
            );
        }
    }
}
