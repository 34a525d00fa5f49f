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
            programs: project::programs(
                &options.paths,
                &options.modules,
                environment.release,
                cwd,
                lib_dir,
            )?,
            environment,
            stores,
            said,
        })
    }
}

/// Makes sure that the lib directory is not one of another release, and has errors in one that is not known
/// counted. Files of it are read for that.
pub(crate) fn judge_lib(environment: &Environment, programs: &mut [Program]) -> Result<(), Error> {
    let known = environment.knows_lib_release()?;
    if let (false, Some(lib_dir)) = (known, &environment.lib_dir) {
        for program in programs {
            program.modules.count_errors_in_std(lib_dir);
        }
    }
    Ok(())
}
