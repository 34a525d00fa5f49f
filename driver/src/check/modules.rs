//! The module map of one project, to be shown.

use std::path::PathBuf;

use super::options::CheckOptions;
use super::prepare::open_stores;
use super::said::Said;
use crate::build::{Build, MapSource, TextFiles};
use crate::environment::Environment;
use crate::graph::Observer;
use crate::project::ModuleMap;
use crate::{Error, build, paths};

/// The modules of a project.
pub(crate) struct ProjectModules {
    /// The working directory, absolute.
    pub(crate) cwd: PathBuf,
    /// The directory of `build.zig`, absolute.
    pub(crate) root: PathBuf,
    pub(crate) map: ModuleMap,
    /// Where it was learnt.
    pub(crate) source: MapSource,
    /// Where root files that are ours are put.
    pub(crate) texts: TextFiles,
    /// What else there is to tell.
    pub(crate) said: Said,
}

/// The modules of the project that the options' path, or the working directory, is in.
///
/// # Errors
/// If there is no project, its modules are not known and not to be learnt, or that fails.
pub(crate) fn modules(
    options: &CheckOptions,
    observer: &dyn Observer,
) -> Result<ProjectModules, Error> {
    let path = options.paths.first();
    let mut environment = Environment::find(&options.environment, path.map(PathBuf::as_path))?;
    let (stores, mut said) = open_stores(&mut environment);
    // Whether std is at hand says nothing about modules.
    said.notes.clear();
    let texts = TextFiles::of(&environment)?;
    let dir = path.map_or(environment.cwd.clone(), |path| {
        paths::absolute(&environment.cwd, path)
    });
    let root = build::project_of(&dir)?;
    let builder = build::Builder {
        options: &options.build,
        environment: &environment,
        stores: &stores,
        texts: &texts,
        jobs: options.jobs,
        observer,
    };
    let build::Obtained::Build(found) = builder.obtain(&root)? else {
        return Err(Error::Usage(format!(
            "the modules of '{}' are not known: --build runs its build.zig, by zig, to learn them",
            root.display()
        )));
    };
    let Build {
        map,
        source,
        started: _,
        warnings,
    } = *found;
    for warning in warnings {
        said.warn_of_manifest::<()>(Err(warning));
    }
    Ok(ProjectModules {
        cwd: environment.cwd.clone(),
        root,
        map,
        source,
        texts,
        said,
    })
}
