//! The programs of a module map.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::map::{BuildModule, ModuleMap, ModuleRootFile};
use super::module::{Module, ModuleId, Modules};
use super::programs::{Frame, Program};
use crate::{Error, paths};

/// The modules of one program under the names that `zig build` gives them on the compiler's command line.
///
/// Source: `Module.getGraph` and `Step.Compile.CliNamedModules` of Zig's `std.Build`.
pub(crate) struct NamedModules<'m> {
    map: &'m ModuleMap,
    /// Positions in the map's list and names, the root module first.
    modules: Vec<(u32, String)>,
    places: HashMap<u32, usize>,
}

impl<'m> NamedModules<'m> {
    /// Those that a module of the map reaches, itself first: breadth first, in the order of the import
    /// tables. A module is named as the last import that reaches it names it. Of two that are named alike,
    /// the later one gets a number.
    pub(crate) fn new(map: &'m ModuleMap, root: u32) -> NamedModules<'m> {
        let mut modules = vec![(root, "root")];
        let mut places = HashMap::from([(root, 0)]);
        let mut next = 0;
        while let Some(&(module, _)) = modules.get(next) {
            next += 1;
            for import in &map.modules[module as usize].imports {
                let place = *places.entry(import.module).or_insert(modules.len());
                match modules.get_mut(place) {
                    Some((_, name)) => *name = &import.name,
                    None => modules.push((import.module, &import.name)),
                }
            }
        }
        let mut taken: HashSet<String> = HashSet::from(["root".to_owned()]);
        let mut named = vec![(root, "root".to_owned())];
        for (module, wanted) in &modules[1..] {
            let mut name = (*wanted).to_owned();
            let mut number = 0;
            while !taken.insert(name.clone()) {
                name = format!("{wanted}{number}");
                number += 1;
            }
            named.push((*module, name));
        }
        NamedModules {
            map,
            modules: named,
            places,
        }
    }

    /// Each with its name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'m BuildModule, &str)> {
        self.numbered().map(|(_, module, name)| (module, name))
    }

    /// The same, with their positions in the map.
    fn numbered(&self) -> impl Iterator<Item = (u32, &'m BuildModule, &str)> {
        let modules = self.modules.iter();
        modules.map(|(number, name)| (*number, &self.map.modules[*number as usize], name.as_str()))
    }

    /// The imports of a module: the name in `@import`, and the name of the module.
    pub(crate) fn imports(&self, module: &'m BuildModule) -> impl Iterator<Item = (&'m str, &str)> {
        let imports = module.imports.iter();
        imports.map(|import| {
            let (_, name) = &self.modules[self.places[&import.module]];
            (import.name.as_str(), name.as_str())
        })
    }

    /// Positions of the imports' modules.
    fn targets(&self, module: &BuildModule) -> Vec<(Vec<u8>, ModuleId)> {
        let target = |import: &super::map::BuildImport| {
            let place = self.places[&import.module];
            (import.name.clone().into_bytes(), ModuleId(place as u32))
        };
        module.imports.iter().map(target).collect()
    }
}

/// A compile step that is not checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Skipped {
    /// The name of the step.
    pub(crate) step: String,
    /// The step that has yet to make its root file. `None` if it has no Zig.
    pub(crate) made_by: Option<String>,
}

/// The programs of a map, each once: two compile steps with one root module are the same to us. A test runner
/// of the project's own is a program besides. `text_file` gives the file that a text whose file is not there
/// yet was put into.
///
/// # Errors
/// Those of `text_file`.
pub(crate) fn mapped_programs(
    map: &ModuleMap,
    text_file: &dyn Fn(&str, &str) -> Result<PathBuf, Error>,
    frame: Frame<'_>,
) -> Result<(Vec<Program>, Vec<Skipped>), Error> {
    let mapper = Mapper {
        map,
        text_file,
        frame,
    };
    let mut programs = Vec::new();
    let mut skipped = Vec::new();
    let mut seen = HashSet::new();
    for program in &map.programs {
        if seen.insert((program.module, None)) {
            match mapper.program(program.module, None)? {
                Ok(program) => programs.push(program),
                Err(made_by) => skipped.push(Skipped {
                    step: program.title().to_owned(),
                    made_by,
                }),
            }
        }
        let runner = program.test_runner.as_deref();
        if runner.is_some() && seen.insert((program.module, runner)) {
            programs.extend(mapper.program(program.module, runner)?.ok());
        }
    }
    Ok((programs, skipped))
}

/// Makes programs of modules.
struct Mapper<'a> {
    map: &'a ModuleMap,
    text_file: &'a dyn Fn(&str, &str) -> Result<PathBuf, Error>,
    frame: Frame<'a>,
}

impl Mapper<'_> {
    /// The program of a root module, or of a test runner, which may import what the root module may and is
    /// the main module of what tests are compiled to. Without a root file, the step that has yet to make it.
    fn program(
        &self,
        root: u32,
        runner: Option<&str>,
    ) -> Result<Result<Program, Option<String>>, Error> {
        let Mapper {
            map,
            text_file,
            frame,
        } = self;
        let named = NamedModules::new(map, root);
        // What is shared with other programs: behind the modules of the map the standard library, and behind
        // that test runners, each with the number of its root module.
        let std = map.modules.len() as u32;
        let mut all = Vec::new();
        if let Some(runner) = runner {
            all.push(Module {
                shared: Some(ModuleId(std + 1 + root)),
                ..Module::of_root_file("root", &paths::canonical(frame.cwd, Path::new(runner)))
            });
        }
        let first = all.len() as u32;
        for (number, module, name) in named.numbered() {
            all.push(Module {
                shared: Some(ModuleId(number)),
                ..linked(module, name, *text_file, frame.cwd)?
            });
        }
        for (place, (module, _)) in named.iter().enumerate() {
            let targets = named.targets(module).into_iter();
            let deps = targets.map(|(name, ModuleId(id))| (name, ModuleId(id + first)));
            all[place + first as usize].deps = deps.collect();
        }
        if runner.is_some() {
            all[0].deps = all[1].deps.clone();
        }
        let mut all = all.into_iter();
        let Some(main) = all.next() else {
            return Ok(Err(None));
        };
        let Some(root) = main.root_src_path.clone() else {
            return Ok(Err(main.made_by));
        };
        let mut modules = Modules::new(main);
        for module in all {
            modules.add(module);
        }
        let mut program = frame.program(modules, vec![root]);
        if let Some(id) = program.modules.std {
            let module = program.modules.get_mut(id);
            module.shared.get_or_insert(ModuleId(std));
        }
        Ok(Ok(program))
    }
}

/// A module of a map without its imports.
fn linked(
    module: &BuildModule,
    name: &str,
    text_file: &dyn Fn(&str, &str) -> Result<PathBuf, Error>,
    cwd: &Path,
) -> Result<Module, Error> {
    let of_file = |path: &Path| Module::of_root_file(name, &paths::canonical(cwd, path));
    let without_file = |made_by| Module {
        root_src_path: None,
        made_by,
        ..Module::of_root_file(name, Path::new(name))
    };
    Ok(match &module.root {
        ModuleRootFile::Path(path) => of_file(Path::new(path)),
        ModuleRootFile::Text { name, text } => of_file(&text_file(name, text)?),
        ModuleRootFile::Generated { step, .. } => without_file(Some(step.clone())),
        ModuleRootFile::None => without_file(None),
    })
}
