//! The programs of a module map.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::map::{BuildModule, BuildProgram, ModuleMap, ModuleRootFile};
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
        let modules = self.modules.iter();
        modules.map(|(module, name)| (&self.map.modules[*module as usize], name.as_str()))
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

/// The programs of a map, each once: two compile steps with one root module are the same to us. `text_file`
/// gives the file that a text whose file is not there yet was put into.
///
/// # Errors
/// Those of `text_file`.
pub(crate) fn mapped_programs(
    map: &ModuleMap,
    text_file: &dyn Fn(&str, &str) -> Result<PathBuf, Error>,
    frame: Frame<'_>,
) -> Result<(Vec<Program>, Vec<Skipped>), Error> {
    let mut programs = Vec::new();
    let mut skipped = Vec::new();
    let mut seen = HashSet::new();
    for program in &map.programs {
        let BuildProgram { module, .. } = program;
        if !seen.insert(*module) {
            continue;
        }
        let named = NamedModules::new(map, *module);
        let mut modules: Option<Modules> = None;
        for (number, module, name) in named.numbered() {
            let linked = Module {
                shared: Some(ModuleId(number)),
                ..linked(module, name, text_file, frame.cwd)?
            };
            match &mut modules {
                Some(modules) => drop(modules.add(linked)),
                None => modules = Some(Modules::new(linked)),
            }
        }
        let Some(mut modules) = modules else { continue };
        for (place, (module, _)) in named.iter().enumerate() {
            let deps = named.targets(module).into_iter().collect();
            modules.get_mut(ModuleId(place as u32)).deps = deps;
        }
        let main = modules.get(Modules::MAIN);
        match main.root_src_path.clone() {
            Some(root) => {
                let mut program = frame.program(modules, vec![root]);
                if let Some(std) = program.modules.std {
                    let std = program.modules.get_mut(std);
                    std.shared.get_or_insert(ModuleId(map.modules.len() as u32));
                }
                programs.push(program);
            }
            None => skipped.push(Skipped {
                step: program.title().to_owned(),
                made_by: main.made_by.clone(),
            }),
        }
    }
    Ok((programs, skipped))
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
