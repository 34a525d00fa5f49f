//! The modules of a project as its `build.zig` makes them.
//!
//! To know them `build.zig` has to be run, which runs the project's code: it is done if it is asked for. What
//! came of it is a [`ModuleMap`], kept in the cache under a manifest (`keep`), so that it is done again only
//! when something that it depends on has changed. Up to 0.16 a build runner of ours takes the place of the
//! release's own (`runner`); from 0.17 on `zig build` itself keeps the configured build in a file that is
//! read here (`configuration`).

mod configuration;
mod keep;
mod packages;
mod runner;
mod texts;
mod zig;
mod zig_dirs;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use self::keep::{Asked, Keeper, Kept, Pending, identity};
use self::packages::Packages;
pub(crate) use self::texts::TextFiles;
pub use self::zig::Started;
pub(crate) use self::zig::command_line;
use self::zig::{OutFile, Ran, Zig};
use self::zig_dirs::ZigDirs;
use crate::Error;
use crate::environment::Environment;
use crate::environment::layout;
use crate::graph::{Observer, Release, Stores};
use crate::limits::MAX_MAP_LEN;
use crate::paths;
use crate::project::ModuleMap;

/// Whether `build.zig` is run to learn a project's modules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BuildMode {
    /// Modules are those of the command line.
    #[default]
    Off,
    /// A map that is current is used if there is one. Nothing is run.
    IfKnown,
    /// `build.zig` is run unless a map is current.
    Run,
    /// `build.zig` is run.
    Anew,
}

/// How modules are to be learnt from `build.zig`.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Whether it may be run.
    pub mode: BuildMode,
    /// How long it may run.
    pub timeout: Duration,
    /// Options of the build: `NAME` or `NAME=VALUE` each.
    pub defines: Vec<String>,
}

impl BuildOptions {
    /// How long `zig build` may take to configure: the first one with a 0.17 compiles a program of
    /// its own for two and a half minutes, and slower machines are in use.
    pub const TIMEOUT: Duration = Duration::from_secs(900);
}

impl Default for BuildOptions {
    fn default() -> BuildOptions {
        BuildOptions {
            mode: BuildMode::Off,
            timeout: BuildOptions::TIMEOUT,
            defines: Vec::new(),
        }
    }
}

/// Where a map comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MapSource {
    /// It was made before and kept.
    Cache,
    /// It was read from the configured build that `zig build` keeps.
    Configuration,
    /// `build.zig` was run for it.
    Run,
}

/// What came of asking for the modules of a project.
pub(crate) enum Obtained {
    /// They are known.
    Build(Box<Build>),
    /// Nothing was run and no map is current.
    Unknown,
}

/// The modules of a project.
pub(crate) struct Build {
    pub(crate) map: ModuleMap,
    pub(crate) source: MapSource,
    /// Programs that were started for it.
    pub(crate) started: Vec<Started>,
    /// What went wrong with the cache.
    pub(crate) warnings: Vec<manifest::Error>,
}

/// What it takes to learn the modules of projects.
#[derive(Clone, Copy)]
pub(crate) struct Builder<'a> {
    pub(crate) options: &'a BuildOptions,
    pub(crate) environment: &'a Environment,
    pub(crate) stores: &'a Stores,
    pub(crate) texts: &'a TextFiles,
    pub(crate) jobs: usize,
    pub(crate) observer: &'a dyn Observer,
}

/// The project that a directory (absolute) is in.
///
/// # Errors
/// If it is in none.
pub(crate) fn project_of(dir: &Path) -> Result<PathBuf, Error> {
    let root = layout::project_root(dir).map(Path::to_owned);
    root.ok_or_else(|| {
        Error::Usage(format!(
            "--build: there is no build.zig in '{}' or a directory above it",
            dir.display()
        ))
    })
}

impl Builder<'_> {
    /// The modules of the project in `root`, absolute.
    ///
    /// # Errors
    /// If `build.zig` is to be run and that fails.
    pub(crate) fn obtain(&self, root: &Path) -> Result<Obtained, Error> {
        let mode = self.options.mode;
        if mode == BuildMode::Off {
            return Ok(Obtained::Unknown);
        }
        let mut warnings = Vec::new();
        let keeper = Keeper::of(self.environment, root, &self.options.defines).transpose();
        let keeper = keeper.unwrap_or_else(|error| {
            warnings.push(error);
            None
        });
        let exe = self.environment.zig();
        let zig = exe.as_deref().and_then(identity);
        let on_wait = |manifest: &Path| self.observer.waiting_for_manifest(manifest);
        let mut pending = None;
        if let Some(keeper) = &keeper
            && (mode != BuildMode::IfKnown || keeper.has_one())
        {
            match keeper.ask(mode == BuildMode::Anew, zig.as_deref(), &on_wait) {
                Ok(Asked::Current(kept)) => {
                    let source = MapSource::Cache;
                    return Ok(self.built(kept.map, source, Vec::new(), warnings));
                }
                Ok(Asked::Miss(miss)) => pending = Some(miss),
                Err(error) => warnings.push(error),
            }
        }
        if mode != BuildMode::Anew
            && let Some((map, inputs)) = self.configured(root)
        {
            self.keep(root, pending, zig, &map, inputs, &mut warnings)?;
            return Ok(self.built(map, MapSource::Configuration, Vec::new(), warnings));
        }
        if mode == BuildMode::IfKnown {
            return Ok(Obtained::Unknown);
        }
        let mut started = Vec::new();
        let (map, inputs) = self.run(root, exe, &mut started)?;
        self.keep(root, pending, zig, &map, inputs, &mut warnings)?;
        Ok(self.built(map, MapSource::Run, started, warnings))
    }

    fn built(
        &self,
        map: ModuleMap,
        source: MapSource,
        started: Vec<Started>,
        warnings: Vec<manifest::Error>,
    ) -> Obtained {
        Obtained::Build(Box::new(Build {
            map,
            source,
            started,
            warnings,
        }))
    }

    /// Keeps a map for the next time, if it is told what it depends on. That this is not possible is a
    /// warning.
    fn keep(
        &self,
        root: &Path,
        pending: Option<Box<Pending<'_>>>,
        zig: Option<String>,
        map: &ModuleMap,
        inputs: Option<Vec<PathBuf>>,
        warnings: &mut Vec<manifest::Error>,
    ) -> Result<(), Error> {
        let (Some(pending), Some(inputs)) = (pending, inputs) else {
            return Ok(());
        };
        let mut packages = Packages::of(root, self.environment);
        let pool = crate::pool(self.jobs)?;
        let mut all = packages.inputs(self.environment, self.stores, &pool, self.observer);
        all.extend(inputs);
        all.sort();
        all.dedup();
        let absent = packages.absent.iter().map(|path| paths::display(path));
        let kept = Kept {
            zig: zig.unwrap_or_default(),
            absent: absent.collect(),
            map: map.clone(),
        };
        warnings.extend(pending.complete(&kept, &all).err());
        Ok(())
    }

    fn release(&self) -> Release {
        self.environment.choice.release
    }

    /// The map of the configured build that `zig build` keeps, if one with these options is current, and what
    /// it depends on.
    fn configured(&self, root: &Path) -> Option<(ModuleMap, Option<Vec<PathBuf>>)> {
        let zig_dirs = ZigDirs::of(root, self.environment);
        let options = self.build_options();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let current = configuration::current(&zig_dirs.at(None), self.release(), &options).ok()?;
        // Nearly always there is none, and the packages are not asked for.
        if current.is_empty() {
            return None;
        }
        // A lazy package that came since joins what it is made of.
        let packages = Packages::of(root, self.environment).dirs.into_iter();
        let packages = packages.filter(|dir| dir.starts_with(root));
        let files = packages.map(|dir| dir.join(layout::PACKAGE_FILE));
        let files: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
        let asked_for = current.into_iter().filter(|one| {
            let paths = &one.inputs.paths;
            one.is_asked_for && files.iter().all(|file| paths.contains(file))
        });
        // The newest that can be read: one that was made elsewhere may name packages relative to that.
        asked_for.into_iter().find_map(|one| {
            let dirs = zig_dirs.at(one.working_dir.as_deref());
            let read = self.read_configuration(&dirs, &one.path).ok()?;
            Some((read.map, zig_dirs.kept_inputs(one.inputs)))
        })
    }

    fn read_configuration(
        &self,
        dirs: &configuration::BuildDirs<'_>,
        path: &Path,
    ) -> Result<configuration::Configured, Error> {
        let bytes = read_bounded(path)?;
        configuration::read(&bytes, self.release(), dirs).map_err(|problem| {
            Error::Usage(format!(
                "the configured build '{}' is not understood as one of Zig {}: {problem}",
                path.display(),
                self.release()
            ))
        })
    }

    /// Runs `build.zig`. Returns the map, and files that it depends on: `None` if it holds for once only.
    fn run(
        &self,
        root: &Path,
        exe: Option<PathBuf>,
        started: &mut Vec<Started>,
    ) -> Result<(ModuleMap, Option<Vec<PathBuf>>), Error> {
        let release = self.release();
        let Some(exe) = exe else {
            return Err(Error::Usage(format!(
                "--build runs zig, and none was found (no zig on PATH, no ziglang Python package): Zig {release} is \
                 wanted here; name one with --zig"
            )));
        };
        let missing = Packages::of(root, self.environment).missing;
        if let Some((name, hash)) = missing.first() {
            let more = match missing.len() {
                1 => String::new(),
                len => format!(", and {} more", len - 1),
            };
            return Err(Error::Usage(format!(
                "the project in '{}' needs package '{name}' ({hash}){more}, which is not there: fetch it with 'zig \
                 build --fetch'",
                root.display()
            )));
        }
        let mut zig = Zig {
            exe: &exe,
            dir: root,
            timeout: Duration::from_secs(60),
        };
        let (version, asked) = zig
            .version()
            .map_err(|error| Error::path("run", &exe, error))?;
        started.push(asked);
        if version != release.as_str() {
            match Release::find(&version) {
                // What is nearest to it counts elsewhere, too, and if that does not do, zig says why.
                Ok(found) if found.release == release => self.observer.note(&format!(
                    "'{}' is Zig {version}, which is not known: its modules are learnt as those of Zig {release}",
                    exe.display()
                )),
                _ => return Err(self.other_version(root, &exe, &version)),
            }
        }
        zig.timeout = self.options.timeout;
        self.observer
            .running(&format!("zig build in '{}'", root.display()));
        let map = match release.rules().configured_build_is_kept {
            true => self.print_configuration(root, &zig, started),
            false => self.run_runner(root, &zig, started),
        };
        self.observer.running("");
        map
    }

    /// That the `zig` at hand is of another release than the project is checked as.
    fn other_version(&self, root: &Path, exe: &Path, version: &str) -> Error {
        let release = self.release();
        let exe = exe.display();
        let known = Release::find(version).is_ok_and(|found| found.release.as_str() == version);
        let unknown = if known {
            ""
        } else {
            ", which is not known here"
        };
        Error::Usage(format!(
            "--build runs zig, and '{exe}' is Zig {version}{unknown}: '{}' is checked as Zig {release}. Name a zig of \
             that release with --zig, or say with --zig-version what to check as",
            root.display()
        ))
    }

    fn run_runner(
        &self,
        root: &Path,
        zig: &Zig<'_>,
        started: &mut Vec<Started>,
    ) -> Result<(ModuleMap, Option<Vec<PathBuf>>), Error> {
        let dir = self.texts.directory(runner::FILES)?;
        let [(main, _), ..] = runner::FILES else {
            return Err(Error::Usage("there is no build runner".to_owned()));
        };
        let below = match self.texts {
            TextFiles::Cache(base) => Some(base.join("tmp")),
            TextFiles::Temporary(_) => None,
        };
        let out = OutFile::new(below.as_deref())
            .map_err(|error| Error::path("make a directory in", self.texts.base(), error))?;
        let mut args: Vec<OsString> = vec!["build".into(), "--build-runner".into()];
        args.push(dir.join(main).into());
        args.extend(self.common_args());
        let path = out.path();
        let ran = zig.run(&args, Some((runner::MAP_VARIABLE, &path)));
        let ran = self.succeed(zig, ran, root, started)?;
        let bytes = match read_bounded(&path) {
            Ok(bytes) => bytes,
            Err(_) => return Err(failed(&ran, root, "it ended without telling its modules")),
        };
        let map = ModuleMap::from_zon(&bytes).map_err(|problem| {
            let why = format!(
                "what it told of its modules is not understood: {}",
                problem.trim()
            );
            failed(&ran, root, &why)
        })?;
        Ok((map, Some(Vec::new())))
    }

    fn print_configuration(
        &self,
        root: &Path,
        zig: &Zig<'_>,
        started: &mut Vec<Started>,
    ) -> Result<(ModuleMap, Option<Vec<PathBuf>>), Error> {
        let mut args: Vec<OsString> = vec!["build".into(), "--print-configuration-path".into()];
        args.extend(self.common_args());
        let begin = SystemTime::now();
        let ran = zig.run(&args, None);
        let ran = match self.succeed(zig, ran, root, started) {
            Ok(ran) => ran,
            Err(error) => {
                let map = self.without_absent_packages(root, begin);
                return map.map(|map| (map, None)).ok_or(error);
            }
        };
        // It comes last: what `build.zig` prints may stand before it.
        let line = ran
            .stdout
            .trim_ascii_end()
            .split(|&byte| byte == b'\n')
            .next_back();
        let path = line.filter(|line| !line.is_empty());
        let Some(path) = path else {
            return Err(failed(
                &ran,
                root,
                "it ended without naming the configured build",
            ));
        };
        let path = paths::resolve(&[paths::bytes(root), path]);
        let zig_dirs = ZigDirs::of(root, self.environment);
        let dirs = zig_dirs.at(Some(root));
        let read = self.read_configuration(&dirs, &path)?;
        let inputs = configuration::made_of(&dirs, &path).filter(|_| !read.is_poisoned);
        Ok((
            read.map,
            inputs.and_then(|inputs| zig_dirs.kept_inputs(inputs)),
        ))
    }

    /// The map where `zig` failed to fetch lazy packages that `build.zig` asked for: before it tries, it
    /// writes what was configured without them.
    fn without_absent_packages(&self, root: &Path, begin: SystemTime) -> Option<ModuleMap> {
        let zig_dirs = ZigDirs::of(root, self.environment);
        let files = std::fs::read_dir(zig_dirs.temporary()).ok()?;
        let written = files.flatten().filter(|file| {
            let modified = file.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|modified| modified >= begin)
        });
        let read = written.filter_map(|file| {
            let read = self.read_configuration(&zig_dirs.at(Some(root)), &file.path());
            Some(read.ok()?.map)
        });
        let mut read = read.filter(|map| !map.absent_packages.is_empty());
        read.next()
    }

    /// The options of the build, as they are typed.
    fn build_options(&self) -> Vec<String> {
        let defines = self.options.defines.iter();
        defines.map(|define| format!("-D{define}")).collect()
    }

    /// The same for a command line.
    fn common_args(&self) -> Vec<OsString> {
        self.build_options()
            .into_iter()
            .map(OsString::from)
            .collect()
    }

    /// A run that ended well.
    fn succeed(
        &self,
        zig: &Zig<'_>,
        ran: std::io::Result<Ran>,
        root: &Path,
        started: &mut Vec<Started>,
    ) -> Result<Ran, Error> {
        let ran = ran.map_err(|error| Error::path("run", zig.exe, error))?;
        started.push(ran.started.clone());
        match ran.status {
            Some(status) if status.success() => Ok(ran),
            Some(status) => Err(failed(&ran, root, &format!("it ended with {status}"))),
            None => {
                let seconds = zig.timeout.as_secs();
                let why = format!("it was ended after {seconds} s (--build-timeout)");
                Err(failed(&ran, root, &why))
            }
        }
    }
}

/// Reads a configured build of a release as if it were that of the project in `/p`.
///
/// # Errors
/// Why it is none.
pub(crate) fn read_configuration(bytes: &[u8], release: Release) -> Result<(), String> {
    let dirs = configuration::BuildDirs {
        build_root: Path::new("/p"),
        working_dir: None,
        local_cache: Path::new("/p/.zig-cache"),
        global_cache: None,
        zig_exe: None,
        lib: None,
    };
    let read = configuration::read(bytes, release, &dirs).map_err(|error| error.to_string())?;
    read.map.validate()
}

/// What went wrong with a run, with what it said.
fn failed(ran: &Ran, root: &Path, why: &str) -> Error {
    let mut said = String::from_utf8_lossy(&ran.stderr).trim_end().to_owned();
    if said.is_empty() {
        said = String::from_utf8_lossy(&ran.stdout).trim_end().to_owned();
    }
    let command = command_line(&ran.started.command);
    let root = root.display();
    let said = match said.is_empty() {
        true => "\nIt said nothing".to_owned(),
        false => format!("\n{said}"),
    };
    Error::Usage(format!(
        "the modules of '{root}' were not learnt from its build.zig: {why}\n  {command}{said}"
    ))
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, Error> {
    let read = || {
        let len = std::fs::metadata(path)?.len();
        if len > MAX_MAP_LEN {
            return Err(std::io::Error::other("it is too long"));
        }
        std::fs::read(path)
    };
    read().map_err(|error| Error::path("read", path, error))
}
