//! Groups of options that several verbs share. They are what was typed; what follows from it is made here
//! once.

mod build;
mod caches;
mod version;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgMatches, Args, Command, FromArgMatches, error::ErrorKind};

use crate::check::{CacheFlags, EnvironmentOptions, LibArg, ModuleArg};
use crate::output::terminal::Color;
use crate::output::{FindingsFormat, Form, Format};
use crate::project::{OutputForm, Settings, import_conflict};
use crate::{Error, environment, input};
pub(crate) use build::BuildFlags;
pub(crate) use caches::CachesArgs;
use version::Asked;
pub(crate) use version::{Releases, VersionFlag, VersionsFlag, say_warnings};

/// `-j`.
#[derive(Args, Debug)]
pub(crate) struct Workers {
    /// Number of workers. One for each core if not given.
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(crate) jobs: usize,
}

/// `--color`.
#[derive(Args, Debug)]
pub(crate) struct ColorFlag {
    /// Colours in the output.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) color: Color,
}

/// `--format`.
#[derive(Args, Debug)]
pub(crate) struct FormatFlag {
    /// Form of the output. [default: human]
    #[arg(long, value_enum)]
    format: Option<Format>,
}

impl FormatFlag {
    /// The form.
    pub(crate) fn resolve(&self) -> Format {
        self.format.unwrap_or_default()
    }
}

/// `--format` of what finds something in files.
#[derive(Args, Debug)]
pub(crate) struct FindingsFormatFlag {
    /// Form of the output. [default: human]
    #[arg(long, value_enum)]
    format: Option<FindingsFormat>,
}

impl FindingsFormatFlag {
    /// The form.
    pub(crate) fn resolve(&self) -> Form {
        self.format.unwrap_or_default().form()
    }

    /// The same where the settings may say it.
    pub(crate) fn resolve_with(&self, settings: Option<&Settings>) -> Form {
        let said = settings.and_then(|settings| settings.format);
        let said = said.map(|form| match form {
            OutputForm::Human => FindingsFormat::Human,
            OutputForm::Json => FindingsFormat::Json,
            OutputForm::Github => FindingsFormat::Github,
            OutputForm::Sarif => FindingsFormat::Sarif,
            OutputForm::Rdjson => FindingsFormat::Rdjson,
            OutputForm::Gitlab => FindingsFormat::Gitlab,
        });
        self.format.or(said).unwrap_or_default().form()
    }
}

/// Files by name and from a list.
#[derive(Args, Debug)]
pub(crate) struct FileList {
    /// The files, - for standard input; what is found is printed in this order.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A file that lists more files, one a line; - for standard input.
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// The names in the list end with NULs, as `find -print0` and `git ls-files -z` write them.
    #[arg(short = '0', long, requires = "files_from")]
    null: bool,
}

impl FileList {
    /// Whether none were named in either way.
    pub(crate) fn is_stdin(&self) -> bool {
        self.files.is_empty() && self.files_from.is_none()
    }

    /// All of them.
    pub(crate) fn gather(&self) -> Result<Vec<PathBuf>, Error> {
        input::gather(&self.files, self.files_from.as_deref(), self.null)
    }
}

/// `--zig-lib-dir` of verbs for which it is of no release.
#[derive(Args, Debug)]
pub(crate) struct LibFlag {
    /// Zig's lib directory. Otherwise ZIG_LIB_DIR, or that of the zig on PATH, or of the ziglang Python
    /// package.
    #[arg(long, value_name = "DIR")]
    pub(crate) zig_lib_dir: Option<PathBuf>,
}

/// `--zig-lib-dir` of verbs that check programs as a release has them.
#[derive(Args, Debug)]
pub(crate) struct LibFlags {
    /// Zig's lib directory. It is used for the release that it is of, or is said to be of; there may be one
    /// for each. Otherwise ZIG_LIB_DIR, or that of the zig on PATH, or of the ziglang Python package.
    #[arg(
        long = "zig-lib-dir",
        value_name = "[VERSION=]DIR",
        value_parser = OsStringValueParser::new().try_map(lib_arg)
    )]
    zig_lib_dirs: Vec<NamedLib>,
}

/// A lib directory, and how its release is named.
#[derive(Clone, Debug)]
struct NamedLib {
    asked: Option<Asked>,
    dir: PathBuf,
}

fn lib_arg(value: OsString) -> Result<NamedLib, String> {
    let (version, dir) = environment::split_version(Path::new(&value));
    let version = version.map(String::from_utf8_lossy);
    NamedLib::new(version.as_deref(), &dir)
}

impl NamedLib {
    fn new(version: Option<&str>, dir: &Path) -> Result<NamedLib, String> {
        Ok(NamedLib {
            asked: version.map(Asked::parse).transpose()?,
            dir: dir.to_owned(),
        })
    }
}

impl LibFlags {
    /// What they come to, and warnings of those that are said to be of other releases than are known.
    pub(crate) fn resolve(&self) -> (Vec<LibArg>, Vec<String>) {
        LibFlags::resolve_these(&self.zig_lib_dirs)
    }

    /// The same where the settings may name some.
    fn resolve_with(
        &self,
        settings: Option<&Settings>,
    ) -> Result<(Vec<LibArg>, Vec<String>), Error> {
        match settings.filter(|_| self.zig_lib_dirs.is_empty()) {
            None => Ok(self.resolve()),
            Some(settings) => {
                let libs = settings.zig_lib_dirs.iter();
                let libs = libs.map(|lib| NamedLib::new(lib.version.as_deref(), &lib.dir));
                let libs = libs.collect::<Result<Vec<_>, _>>().map_err(Error::Usage)?;
                Ok(LibFlags::resolve_these(&libs))
            }
        }
    }

    fn resolve_these(libs: &[NamedLib]) -> (Vec<LibArg>, Vec<String>) {
        let warning = |lib: &NamedLib| lib.asked.as_ref()?.warning();
        let arg = |lib: &NamedLib| LibArg {
            release: lib.asked.as_ref().map(Asked::release),
            dir: lib.dir.clone(),
        };
        let warnings = libs.iter().filter_map(warning).collect();
        (libs.iter().map(arg).collect(), warnings)
    }
}

/// Where the cache directories are.
#[derive(Args, Debug)]
pub(crate) struct CacheDirFlags {
    /// The cache for the program's own files. Otherwise .zirc-cache beside the nearest build.zig.
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// The cache for all other files. Otherwise zirc in the user's cache directory.
    #[arg(long, value_name = "DIR")]
    global_cache_dir: Option<PathBuf>,
}

impl CacheDirFlags {
    /// What they come to. `share` is `--share-zig-cache`.
    pub(crate) fn resolve(&self, share: bool) -> CacheFlags {
        CacheFlags {
            local: self.cache_dir.clone(),
            global: self.global_cache_dir.clone(),
            share,
        }
    }
}

/// Where things are, for verbs that load programs.
#[derive(Args, Debug)]
pub(crate) struct EnvironmentFlags {
    #[command(flatten)]
    libs: LibFlags,
    #[command(flatten)]
    dirs: CacheDirFlags,
    /// Use Zig's own cache directories: each side uses what the other has written.
    #[arg(long)]
    share_zig_cache: bool,
    /// Neither read nor write a cache.
    #[arg(long)]
    no_cache: bool,
    /// The directory of the build, which Zig 0.17 names files by. Otherwise the working directory.
    #[arg(long, value_name = "DIR")]
    build_root: Option<PathBuf>,
}

impl EnvironmentFlags {
    /// What they come to, together with the settings. Those of the release are left to its own flags.
    pub(crate) fn resolve(&self, settings: Option<&Settings>) -> Result<EnvironmentOptions, Error> {
        // Our entries are those of a 64-bit little-endian machine everywhere: on another one the reference
        // would read other integers out of them than stand in the source.
        let can_share = cfg!(all(target_endian = "little", target_pointer_width = "64"));
        if self.share_zig_cache && !can_share {
            let error = "--share-zig-cache needs a 64-bit little-endian machine";
            return Err(Error::Usage(error.to_owned()));
        }
        let (zig_lib_dirs, warnings) = self.libs.resolve_with(settings)?;
        let mut cache = self.dirs.resolve(self.share_zig_cache);
        if let Some(settings) = settings {
            let said = settings.clone();
            cache.local = cache.local.or(said.cache_dir);
            cache.global = cache.global.or(said.global_cache_dir);
        }
        Ok(EnvironmentOptions {
            zig_version: None,
            zig: None,
            is_release_of_settings: false,
            zig_lib_dirs,
            notes: Vec::new(),
            warnings,
            cache,
            no_cache: self.no_cache,
            build_root: self.build_root.clone(),
        })
    }
}

/// `--dep` and `-M`.
#[derive(Args, Debug)]
struct RawModuleFlags {
    /// Let the module of the next -M import another by its name, or by another NAME.
    #[arg(long = "dep", value_name = "NAME[=MODULE]")]
    deps: Vec<String>,
    /// A module and its root file. The first is the one that is checked.
    #[arg(short = 'M', value_name = "NAME=PATH")]
    modules: Vec<String>,
}

/// Modules with their dependencies: each `-M` with the `--dep`s before it, so that their order on the command
/// line counts.
#[derive(Debug)]
pub(crate) struct ModuleFlags {
    pub(crate) modules: Vec<ModuleArg>,
}

impl Args for ModuleFlags {
    fn augment_args(command: Command) -> Command {
        RawModuleFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        RawModuleFlags::augment_args_for_update(command)
    }
}

impl FromArgMatches for ModuleFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<ModuleFlags, clap::Error> {
        let raw = RawModuleFlags::from_arg_matches(matches)?;
        match pair(&raw, matches) {
            Ok(modules) => Ok(ModuleFlags { modules }),
            Err(problem) => Err(clap::Error::raw(ErrorKind::ValueValidation, problem)),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = ModuleFlags::from_arg_matches(matches)?;
        Ok(())
    }
}

fn pair(raw: &RawModuleFlags, matches: &ArgMatches) -> Result<Vec<ModuleArg>, String> {
    let places = |id: &str| matches.indices_of(id).into_iter().flatten();
    let mut deps = raw.deps.iter().zip(places("deps")).peekable();
    let mut modules = Vec::new();
    for (module, place) in raw.modules.iter().zip(places("modules")) {
        let Some((name, root)) = module.split_once('=') else {
            return Err(format!("expected NAME=PATH after -M, found '{module}'"));
        };
        let mut own = Vec::new();
        while let Some((dep, _)) = deps.next_if(|(_, dep_place)| *dep_place < place) {
            own.push(dependency(dep)?);
        }
        modules.push(ModuleArg {
            name: name.to_owned(),
            root: root.into(),
            deps: own,
        });
    }
    match deps.next() {
        Some((dep, _)) => Err(format!(
            "--dep {dep} has no -M after it that it could belong to"
        )),
        None => Ok(modules),
    }
}

fn dependency(dep: &str) -> Result<(String, String), String> {
    let (import, module) = dep.split_once('=').unwrap_or((dep, dep));
    match import_conflict(import, module) {
        Some(conflict) => Err(conflict),
        None => Ok((import.to_owned(), module.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: ModuleFlags,
    }

    fn modules(args: &[&str]) -> Result<Vec<ModuleArg>, String> {
        let args = std::iter::once(&"zirc").chain(args);
        let line = Line::try_parse_from(args).map_err(|error| error.to_string())?;
        Ok(line.flags.modules)
    }

    #[test]
    fn dependencies_belong_to_the_next_module() {
        let args = [
            "--dep",
            "a",
            "--dep",
            "x=b",
            "-Mroot=r.zig",
            "-Ma=a.zig",
            "--dep",
            "a",
        ];
        let found = modules(&[&args[..], &["-Mb=b.zig"]].concat()).unwrap();
        let deps: Vec<_> = (found.iter())
            .map(|m| (m.name.as_str(), m.deps.clone()))
            .collect();
        let dep = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            deps,
            [
                ("root", vec![dep("a", "a"), dep("x", "b")]),
                ("a", vec![]),
                ("b", vec![dep("a", "a")])
            ]
        );
        let error = modules(&["-Mroot=r.zig", "--dep", "a"]).unwrap_err();
        let expected = "error: --dep a has no -M after it that it could belong to\n";
        assert!(error.starts_with(expected), "{error}");
        assert!(modules(&["--dep", "root", "-Mr=r.zig"]).is_err());
        assert!(modules(&["-Mr"]).is_err());
    }
}
