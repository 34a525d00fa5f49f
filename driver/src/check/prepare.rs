//! All that is needed to load what the options describe.

use super::options::CheckOptions;
use super::said::Said;
use crate::Error;
use crate::environment::Environment;
use crate::graph::{Program, Stores};
use crate::project;

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
        let mut environment = Environment::find(&options.environment)?;
        let [local, global] = environment.entry_dirs();
        let shared = environment.shared;
        let (stores, of_stores) = Stores::open(local.as_deref(), global.as_deref(), shared);
        let mut said = Said {
            notes: std::mem::take(&mut environment.notes),
            warnings: std::mem::take(&mut environment.warnings),
        };
        said.warnings.extend(of_stores);
        let (cwd, lib_dir) = (&environment.cwd, environment.lib_dir.as_deref());
        Ok(Prepared {
            programs: project::programs(&options.paths, &options.modules, cwd, lib_dir)?,
            environment,
            stores,
            said,
        })
    }
}
