//! All that is needed to load what the options describe.

use std::path::PathBuf;
use std::sync::Arc;

use super::builds::{self, BuildUsed, Found};
use super::options::CheckOptions;
use super::said::Said;
use crate::Error;
use crate::build::{BuildMode, TextFiles};
use crate::environment::Environment;
use crate::graph::{Observer, Program, Stores};
use crate::project::{self, Buffer, Frame};

/// What a check, or a compilation that lives on, begins with.
pub(crate) struct Prepared {
    pub(crate) environment: Environment,
    pub(crate) programs: Vec<Program>,
    pub(crate) stores: Stores,
    pub(crate) said: Said,
    /// The builds that modules were learnt from.
    pub(crate) builds: Vec<BuildUsed>,
    /// Root files that are ours; those that are temporary are gone with this.
    pub(crate) texts: Option<TextFiles>,
}

impl Prepared {
    /// Finds all of it.
    pub(crate) fn new(options: &CheckOptions, observer: &dyn Observer) -> Result<Prepared, Error> {
        let first = options.modules.first().map(|module| &module.root);
        let path = first.or(options.paths.first());
        let environment = Environment::find(&options.environment, path.map(PathBuf::as_path))?;
        Prepared::in_environment(options, environment, observer, &[])
    }

    /// The same for each of several environments. Where modules cannot be learnt in one, those of the newest
    /// release in which they can are taken.
    pub(crate) fn each(
        options: &CheckOptions,
        environments: Vec<Environment>,
        observer: &dyn Observer,
    ) -> Result<Vec<Prepared>, Error> {
        let prepared = (environments.iter().cloned())
            .map(|environment| Prepared::in_environment(options, environment, observer, &[]));
        let prepared: Vec<Result<Prepared, Error>> = prepared.collect();
        let good = prepared.iter().rev().flatten();
        let builds = good.map(|prepared| &prepared.builds);
        let builds = builds
            .into_iter()
            .find(|builds| !builds.is_empty())
            .cloned();
        let Some(builds) = builds else {
            return prepared.into_iter().collect();
        };
        let zig = builds.first().map(|build| build.zig.clone());
        let zig = zig.unwrap_or_default();
        let one = |(prepared, environment): (Result<Prepared, Error>, Environment)| {
            let error = match prepared {
                Ok(prepared) => return Ok(prepared),
                Err(error) => error,
            };
            let release = environment.choice.release;
            let mut prepared = Prepared::in_environment(options, environment, observer, &builds)?;
            let error = error.to_string();
            let error = error.lines().next().unwrap_or_default();
            prepared.said.notes.push(format!(
                "modules are those that Zig {zig} makes of build.zig, since Zig {release} does not: {error}"
            ));
            Ok(prepared)
        };
        prepared.into_iter().zip(environments).map(one).collect()
    }

    /// The same, where the environment is found.
    pub(crate) fn in_environment(
        options: &CheckOptions,
        mut environment: Environment,
        observer: &dyn Observer,
        learnt: &[BuildUsed],
    ) -> Result<Prepared, Error> {
        let (stores, mut said) = open_stores(&mut environment);
        let texts = match options.build.mode {
            BuildMode::Off => None,
            // Without a directory for them there is no cache either, in which a build would be known.
            BuildMode::IfKnown => TextFiles::of(&environment).ok(),
            _ => Some(TextFiles::of(&environment)?),
        };
        let found = match &texts {
            Some(_) if !learnt.is_empty() => builds::repeated(learnt),
            Some(texts) => {
                builds::find(options, &environment, &stores, texts, observer, &mut said)?
            }
            None => Found::Paths(Vec::new()),
        };
        // Names of files begin at the project that is built.
        if let (Found::Builds(builds), None) = (&found, &options.environment.build_root)
            && let [(root, _)] = &**builds
        {
            environment.build_root = root.clone();
        }
        let (cwd, lib_dir) = (&environment.cwd, environment.lib_dir.as_deref());
        let buffer = options.buffer.as_ref();
        let buffer = buffer.map(|buffer| Arc::new(Buffer::new(buffer, cwd)));
        let directories = environment.directories();
        let frame = Frame {
            directories: &directories,
            cwd,
            lib_dir,
            buffer: buffer.as_ref(),
            exclude: options.exclude.as_ref(),
        };
        let (mut programs, used) = match (found, &texts) {
            (Found::Builds(found), Some(texts)) => {
                let is_asked_for = options.build.mode != BuildMode::IfKnown;
                builds::programs(found, frame, texts, is_asked_for, &mut said)?
            }
            (Found::Paths(more), _) if !more.is_empty() => {
                let paths = [vec![PathBuf::from(".")], more].concat();
                (
                    project::programs(&paths, &options.modules, frame)?,
                    Vec::new(),
                )
            }
            _ => {
                let programs = project::programs(&options.paths, &options.modules, frame)?;
                (programs, Vec::new())
            }
        };
        if let (false, Some(lib_dir)) = (environment.lib_is_known, lib_dir) {
            for program in &mut programs {
                program.modules.count_errors_in_std(lib_dir);
            }
        }
        Ok(Prepared {
            programs,
            environment,
            stores,
            said,
            builds: used,
            texts,
        })
    }
}

/// The stores of entries, and what there is to tell of the environment by then.
pub(super) fn open_stores(environment: &mut Environment) -> (Stores, Said) {
    let [local, global] = environment.entry_dirs();
    let shared = environment.shared;
    let (stores, of_stores) = Stores::open(local.as_deref(), global.as_deref(), shared);
    let mut said = Said {
        notes: std::mem::take(&mut environment.notes),
        warnings: std::mem::take(&mut environment.warnings),
    };
    said.warnings.extend(of_stores);
    (stores, said)
}
