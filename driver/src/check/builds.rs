//! The programs of projects, by what their `build.zig` makes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::options::CheckOptions;
use super::said::Said;
use crate::build::{self, Build, BuildMode, Builder, MapSource, Obtained, Started, TextFiles};
use crate::environment::{Environment, layout};
use crate::graph::{Observer, Program, Stores};
use crate::project::{self, Frame, ModuleMap, Place, Skipped};
use crate::{Error, paths};

/// A build that modules were learnt from.
#[derive(Clone, Debug)]
pub struct BuildUsed {
    pub(super) map: Arc<ModuleMap>,
    /// The directory of `build.zig`.
    pub root: PathBuf,
    /// Where its modules were learnt.
    pub source: MapSource,
    /// The version of the `zig` that configured it.
    pub zig: String,
    /// How many compile steps it has.
    pub compile_steps: usize,
    /// How many programs were checked; compile steps with the same root module are one.
    pub programs: usize,
    /// Programs that were started to learn them.
    pub started: Vec<Started>,
}

/// What is to be checked of projects.
pub(super) enum Found {
    /// Their modules are known.
    Builds(Vec<(PathBuf, Build)>),
    /// They are not to be asked for, or not known: what the paths say, and these directories besides.
    Paths(Vec<PathBuf>),
}

/// Learns the modules of what is asked for, if they are to be learnt.
///
/// # Errors
/// If `build.zig` is to be run and is not there, or that fails.
pub(super) fn find(
    options: &CheckOptions,
    environment: &Environment,
    stores: &Stores,
    texts: &TextFiles,
    observer: &dyn Observer,
    said: &mut Said,
) -> Result<Found, Error> {
    let CheckOptions {
        build,
        paths,
        modules,
        ..
    } = options;
    let cwd = &environment.cwd;
    let is_asked_for = matches!(build.mode, BuildMode::Run | BuildMode::Anew);
    let roots = match (is_asked_for, &**paths) {
        (true, _) if !modules.is_empty() => {
            let error =
                "--build learns modules from build.zig, and -M names them: give one of the two";
            return Err(Error::Usage(error.to_owned()));
        }
        (true, []) => vec![build::project_of(cwd)?],
        (true, paths) => projects(paths, cwd)?,
        (false, []) if build.mode == BuildMode::IfKnown && modules.is_empty() => {
            match layout::is_project(cwd) {
                true => vec![cwd.clone()],
                false => return Ok(Found::Paths(Vec::new())),
            }
        }
        (false, _) => return Ok(Found::Paths(Vec::new())),
    };
    let builder = Builder {
        options: build,
        environment,
        stores,
        texts,
        jobs: options.jobs,
        observer,
    };
    let mut found = Vec::new();
    for root in roots {
        match builder.obtain(&root)? {
            Obtained::Build(build) => found.push((root, *build)),
            Obtained::Unknown => {
                said.notes.push(
                    "modules that build.zig makes are not known: with --build it is run, by zig, to learn them, and \
                     they are remembered"
                        .to_owned(),
                );
                return Ok(Found::Paths(path_dependencies(&root)));
            }
        }
    }
    Ok(Found::Builds(found))
}

/// Builds as they were learnt for another release.
pub(super) fn repeated(builds: &[BuildUsed]) -> Found {
    let again = |used: &BuildUsed| {
        let build = Build {
            map: (*used.map).clone(),
            source: used.source,
            started: Vec::new(),
            warnings: Vec::new(),
        };
        (used.root.clone(), build)
    };
    Found::Builds(builds.iter().map(again).collect())
}

/// The projects that directories are in, each once.
fn projects(paths: &[PathBuf], cwd: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut roots = Vec::new();
    for path in paths {
        let metadata = path.metadata();
        let metadata = metadata.map_err(|error| Error::path("open", path, error))?;
        if !metadata.is_dir() {
            return Err(Error::Usage(format!(
                "--build checks all that build.zig makes: '{}' is a file, give the project's directory",
                path.display()
            )));
        }
        let absolute = paths::absolute(cwd, path);
        let root = build::project_of(&absolute)?;
        if !roots.contains(&root) {
            roots.push(root);
        }
    }
    Ok(roots)
}

/// The packages outside of a project that it finds by their paths, and those that these do.
fn path_dependencies(root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    project::each_package(&[root.to_owned()], |dir, dependencies| {
        let mut next = Vec::new();
        for dependency in dependencies.unwrap_or_default() {
            let Place::Path(path) = dependency.place else {
                continue;
            };
            let path = paths::absolute(dir, &paths::from_bytes(&path));
            // What is in the project is found with it.
            let is_known = path.starts_with(root) || found.contains(&path);
            if !is_known && path.is_dir() && !root.starts_with(&path) {
                found.push(path.clone());
                next.push(path);
            }
        }
        next
    });
    found
}

/// The programs of builds.
///
/// # Errors
/// If a file for options cannot be written.
pub(super) fn programs(
    builds: Vec<(PathBuf, Build)>,
    frame: Frame<'_>,
    texts: &TextFiles,
    is_asked_for: bool,
    said: &mut Said,
) -> Result<(Vec<Program>, Vec<BuildUsed>), Error> {
    let mut all = Vec::new();
    let mut used = Vec::new();
    for (root, build) in builds {
        let Build {
            map,
            source,
            started,
            warnings,
        } = build;
        for warning in warnings {
            said.warn_of_manifest::<()>(Err(warning));
        }
        let text_file = |name: &str, text: &str| texts.file(name, text);
        let (programs, skipped) = project::mapped_programs(&map, &text_file, frame)?;
        for Skipped { step, made_by } in &skipped {
            if let Some(by) = made_by {
                let note =
                    format!("'{step}' is not checked: its root file has yet to be made by '{by}'");
                said.notes.push(note);
            }
        }
        if !map.absent_packages.is_empty() {
            said.notes.push(format!(
                "build.zig asked for packages that are not there, and what needs them is missing (zig build \
                 fetches them): {}",
                map.absent_packages.join(", ")
            ));
        }
        if programs.is_empty() {
            let root = root.display();
            said.notes.push(format!(
                "'{root}': no compile step is reached from the steps of build.zig"
            ));
        }
        if !is_asked_for {
            let whence = match source {
                MapSource::Configuration => "the configured build that zig keeps",
                MapSource::Cache | MapSource::Run => "the cache",
            };
            said.notes.push(format!(
                "modules are those of build.zig, as {whence} has them: nothing was run (zirc modules shows them)"
            ));
        }
        used.push(BuildUsed {
            root,
            source,
            zig: map.zig.clone(),
            compile_steps: map.programs.len(),
            map: Arc::new(map),
            programs: programs.len(),
            started,
        });
        all.extend(programs);
    }
    Ok((all, used))
}

impl BuildUsed {
    /// What `--explain` says of it, a line each.
    pub(crate) fn explain(&self) -> Vec<String> {
        let root = self.root.display();
        let source = match self.source {
            MapSource::Cache => "unchanged, says the manifest",
            MapSource::Configuration => "read from the configured build that zig keeps",
            MapSource::Run => "build.zig was run",
        };
        let mut lines = vec![format!("modules of '{root}' by Zig {}: {source}", self.zig)];
        for Started { command, elapsed } in &self.started {
            let command = build::command_line(command);
            let elapsed = Duration::from_millis(elapsed.as_millis() as u64);
            lines.push(format!(
                "started: {command} ({})",
                humantime::format_duration(elapsed)
            ));
        }
        lines
    }
}
