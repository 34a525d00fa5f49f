//! All that is needed to load what the options describe.

use std::path::PathBuf;
use std::sync::Arc;

use super::options::CheckOptions;
use super::said::Said;
use crate::Error;
use crate::environment::Environment;
use crate::graph::{Program, Stores};
use crate::project::{self, Buffer};

/// What a check, or a compilation that lives on, begins with.
pub(crate) struct Prepared {
    pub(crate) environment: Environment,
    pub(crate) programs: Vec<Program>,
    pub(crate) stores: Stores,
    pub(crate) said: Said,
}

impl Prepared {
    /// Finds all of it.
    pub(crate) fn new(options: &CheckOptions) -> Result<Prepared, Error> {
        let first = options.modules.first().map(|module| &module.root);
        let path = first.or(options.paths.first());
        let environment = Environment::find(&options.environment, path.map(PathBuf::as_path))?;
        Prepared::in_environment(options, environment)
    }

    /// The same, where the environment is found.
    pub(crate) fn in_environment(
        options: &CheckOptions,
        mut environment: Environment,
    ) -> Result<Prepared, Error> {
        let [local, global] = environment.entry_dirs();
        let shared = environment.shared;
        let (stores, of_stores) = Stores::open(local.as_deref(), global.as_deref(), shared);
        let mut said = Said {
            notes: std::mem::take(&mut environment.notes),
            warnings: std::mem::take(&mut environment.warnings),
        };
        said.warnings.extend(of_stores);
        let (cwd, lib_dir) = (&environment.cwd, environment.lib_dir.as_deref());
        let buffer = options.buffer.as_ref();
        let buffer = buffer.map(|buffer| Arc::new(Buffer::new(buffer, cwd)));
        let mut programs = project::programs(
            &options.paths,
            &options.modules,
            &environment.directories(),
            cwd,
            lib_dir,
            buffer.as_ref(),
        )?;
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
        })
    }
}
