//! The module map of a project: as text, as JSON, as arguments.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::json::pretty;
use crate::Error;
use crate::check::{MapSource, ProjectModules};
use crate::paths;
use crate::project::{BuildModule, BuildProgram, ModuleRootFile, NamedModules, ProgramKind};

/// What a compile step makes, as a word.
fn kind(kind: ProgramKind) -> &'static str {
    match kind {
        ProgramKind::Exe => "executable",
        ProgramKind::Lib => "library",
        ProgramKind::Obj => "object",
        ProgramKind::Test | ProgramKind::TestObj => "tests",
        ProgramKind::Module => "module",
    }
}

/// The root file of a module for people.
fn root(found: &ProjectModules, module: &BuildModule) -> String {
    match &module.root {
        ModuleRootFile::Path(path) => shown(found, Path::new(path)),
        ModuleRootFile::Text { name, .. } => format!("({name}, written by the build)"),
        ModuleRootFile::Generated { step, .. } => format!("(yet to be made by '{step}')"),
        ModuleRootFile::None => "(no Zig)".to_owned(),
    }
}

fn shown(found: &ProjectModules, path: &Path) -> String {
    paths::display(&paths::canonical(&found.cwd, path))
}

/// For people: each compile step, with its modules and what these import.
pub(crate) fn human(found: &ProjectModules) -> Vec<u8> {
    let mut text = String::new();
    for program in &found.map.programs {
        let BuildProgram {
            kind: what,
            name,
            step,
            module,
            test_runner,
            ..
        } = program;
        text += &match step.is_empty() {
            true => format!("{} {name}\n", kind(*what)),
            false => format!("{} {name}: {step}\n", kind(*what)),
        };
        if let Some(runner) = test_runner {
            text += &format!("  (test runner {})\n", shown(found, Path::new(runner)));
        }
        let named = NamedModules::new(&found.map, *module);
        let width = named.iter().map(|(_, name)| name.chars().count()).max();
        let width = width.unwrap_or_default();
        for (module, name) in named.iter() {
            text += &format!("  {name:width$}  {}\n", root(found, module));
            let imports = named
                .imports(module)
                .map(|(import, name)| match import == name {
                    true => import.to_owned(),
                    false => format!("{import}={name}"),
                });
            let imports: Vec<String> = imports.collect();
            if !imports.is_empty() {
                text += &format!("  {:width$}    imports {}\n", "", imports.join(", "));
            }
        }
    }
    for hash in &found.map.absent_packages {
        text += &format!("absent package {hash}\n");
    }
    text.into_bytes()
}

#[derive(Serialize)]
struct JsonModules<'a> {
    version: u32,
    root: String,
    zig: &'a str,
    modules_from: MapSource,
    programs: Vec<JsonProgram<'a>>,
    modules: Vec<JsonModule<'a>>,
    absent_packages: &'a [String],
}

#[derive(Serialize)]
struct JsonProgram<'a> {
    kind: ProgramKind,
    name: &'a str,
    step: &'a str,
    package: &'a str,
    module: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    test_runner: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonModule<'a> {
    /// The file, absolute; null if there is none yet.
    root: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<&'a str>,
    package: &'a str,
    imports: serde_json::Map<String, Value>,
}

/// As JSON: the map as it is.
///
/// # Errors
/// None that is known.
pub(crate) fn json(found: &ProjectModules) -> Result<Vec<u8>, Error> {
    let map = &found.map;
    let programs = map.programs.iter().map(|program| JsonProgram {
        kind: program.kind,
        name: &program.name,
        step: &program.step,
        package: &program.package,
        module: program.module,
        test_runner: program.test_runner.as_deref(),
    });
    let modules = map.modules.iter().map(|module| {
        let (root, text, made_by) = match &module.root {
            ModuleRootFile::Path(path) => (Some(path.clone()), None, None),
            ModuleRootFile::Text { text, .. } => (None, Some(text.as_str()), None),
            ModuleRootFile::Generated { step, .. } => (None, None, Some(step.as_str())),
            ModuleRootFile::None => (None, None, None),
        };
        let imports = module.imports.iter();
        JsonModule {
            root,
            text,
            made_by,
            package: &module.package,
            imports: imports
                .map(|import| (import.name.clone(), Value::from(import.module)))
                .collect(),
        }
    });
    Ok(pretty(&JsonModules {
        version: map.version,
        root: paths::display(&found.root),
        zig: &map.zig,
        modules_from: found.source,
        programs: programs.collect(),
        modules: modules.collect(),
        absent_packages: &map.absent_packages,
    })?)
}

/// As arguments: a line for each compile step. What has no root file is left out, with all imports of it; the
/// second list says so.
///
/// # Errors
/// If a file for options cannot be written.
pub(crate) fn args(found: &ProjectModules) -> Result<(Vec<u8>, Vec<String>), Error> {
    let mut text = String::new();
    let mut left_out = Vec::new();
    for program in &found.map.programs {
        let named = NamedModules::new(&found.map, program.module);
        let mut words: Vec<String> = Vec::new();
        let mut lacks = Vec::new();
        for (module, name) in named.iter() {
            if !module.root.is_zig() {
                lacks.push(name.to_owned());
            }
        }
        for (module, name) in named.iter() {
            let path = match &module.root {
                ModuleRootFile::Path(path) => shown(found, Path::new(path)),
                ModuleRootFile::Text { name, text } => shown(found, &found.texts.file(name, text)?),
                ModuleRootFile::Generated { .. } | ModuleRootFile::None => continue,
            };
            for (import, of) in named.imports(module) {
                if lacks.iter().any(|lacking| lacking == of) {
                    continue;
                }
                words.push("--dep".to_owned());
                words.push(match import == of {
                    true => import.to_owned(),
                    false => format!("{import}={of}"),
                });
            }
            words.push(format!("-M{name}={path}"));
        }
        let step = program.title();
        if lacks.iter().any(|name| name == "root") {
            left_out.push(format!("'{step}' is left out: its root file is not there"));
            continue;
        }
        if !lacks.is_empty() {
            let modules = lacks.join(", ");
            left_out.push(format!(
                "of '{step}', modules without a root file are left out: {modules}"
            ));
        }
        text += &crate::check::command_line(&words);
        text.push('\n');
    }
    Ok((text.into_bytes(), left_out))
}
