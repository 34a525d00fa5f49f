//! `zirc check`: whole programs.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::check::{BufferArg, CheckOptions, check, check_each};
use crate::flags::{
    BuildFlags, ColorFlag, EnvironmentFlags, FindingsFormatFlag, ModuleFlags, Releases,
    VersionsFlag, Workers,
};
use crate::input::{self, Stream};
use crate::output::findings::Findings;
use crate::output::human::{self, Renderer};
use crate::output::terminal::Progress;
use crate::output::{Form, depfile, json, matrix};
use crate::project::Settings;
use crate::{Error, Status, environment};

/// Check programs: their root files and all that these import.
///
/// Results are kept in a cache, so that a second run reads only what has changed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc check src/main.zig
  zirc check                    every .zig and .zon file below this directory
  zirc check --dep util -Mroot=src/main.zig -Mutil=util/util.zig
  zirc check --build            all that the build.zig of this project makes, tests included
  zirc check --format json src/main.zig
  zirc check --format sarif > zirc.sarif    for code scanning; github, rdjson and gitlab likewise
  zirc check --zig-version all --zig-lib-dir zig-0.14.1/lib src/main.zig
  zirc check src/main.zig - --stdin-filename src/a.zig    a.zig as it stands in an editor

What a project wants each time stands in a file zirc.zon beside its build.zig, say
  .{ .roots = .{ \"src/main.zig\" }, .zig_versions = .{ \"0.16.0\", \"0.17.1\" }, .exclude = .{ \"vendor/\" } }
The fields are roots, modules, zig_versions, exclude, build, build_options, cache_dir, global_cache_dir, zig_lib_dir,
format, strict and zig; docs/settings.md has all of them. Arguments win over what stands there.

With several releases it is said first how these compare, then each error once, with the releases that find it. The
standard library counts where that release's lib directory is at hand.

Exit status: 0 nothing is wrong, 1 errors were found, 2 could not run.")]
pub(crate) struct CheckArgs {
    /// A root file, or a directory, of which every file is checked (ignore files are honoured). The working
    /// directory if none is given.
    ///
    /// With - standard input is the content of the file that --stdin-filename names, whatever is on disk.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The file whose content is read from standard input. It need not exist.
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    modules: ModuleFlags,
    #[command(flatten)]
    build: BuildFlags,
    #[command(flatten)]
    versions: VersionsFlag,
    #[command(flatten)]
    environment: EnvironmentFlags,
    /// Look at the cache entry of every file, even if the manifest says that nothing has changed. Write no
    /// manifest.
    #[arg(long)]
    no_manifest: bool,
    /// Write a list of all files that were read, one a line.
    #[arg(long, value_name = "FILE")]
    file_inputs: Option<PathBuf>,
    /// Write the same as a rule for Make or Ninja. Its target is FILE without its extension .d.
    #[arg(long, value_name = "FILE")]
    depfile: Option<PathBuf>,
    /// Say of each file why it was found in the cache or generated.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    workers: Workers,
    #[command(flatten)]
    format: FindingsFormatFlag,
    #[command(flatten)]
    color: ColorFlag,
    /// Fail if an import leads nowhere: to a module that is not known, or out of its module.
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    strict: Option<bool>,
}

/// Checks and reports.
pub(crate) fn run(args: CheckArgs) -> Result<Status, Error> {
    let cwd = environment::working_dir()?;
    let settings = Settings::find(&cwd)?;
    let settings = settings.as_ref();
    let format = args.format.resolve_with(settings);
    let mut environment = args.environment.resolve(settings)?;
    let releases = args.versions.resolve_with(settings, &mut environment)?;
    let (mut paths, buffer) = buffer(args.paths, args.stdin_filename)?;
    let mut modules = args.modules.modules;
    let is_named = !paths.is_empty() || !modules.is_empty();
    let build = args.build.resolve(settings, is_named, &mut environment);
    if let Some(settings) = settings {
        if paths.is_empty() && modules.is_empty() {
            paths.clone_from(&settings.roots);
            modules.clone_from(&settings.modules);
        }
        if args.explain {
            let note = format!("settings of '{}'", settings.file.display());
            environment.notes.push(note);
        }
    }
    let options = CheckOptions {
        paths,
        buffer,
        modules,
        build,
        exclude: settings.and_then(|settings| settings.exclude.clone()),
        environment,
        no_manifest: args.no_manifest,
        jobs: args.workers.jobs,
        explain: args.explain,
    };
    let lists = Lists {
        file_inputs: args.file_inputs,
        depfile: args.depfile,
    };
    let said = settings.and_then(|settings| settings.strict);
    let strict = args.strict.or(said).unwrap_or_default();
    let color = args.color.color;
    let progress = Progress::new(format == Form::Human);
    let passes = match releases {
        Releases::One(_) => {
            let report = check(&options, &progress);
            progress.finish();
            let report = report?;
            lists.write(&report.inputs)?;
            match format {
                Form::Human => human::print_report(&report, strict, color)?,
                Form::Json => json::print_report(&report)?,
                Form::Exchange(exchange) => {
                    let found = Findings::of_report(&report, strict);
                    exchange.write(&found, &cwd, true, std::io::stdout().lock())?;
                }
            }
            report.passes(strict)
        }
        Releases::Several(releases) => {
            let matrix = check_each(&options, &releases, &progress);
            progress.finish();
            let matrix = matrix?;
            lists.write(&matrix.inputs())?;
            match format {
                Form::Human => {
                    let text = matrix::check(Renderer::on_stderr(color), &matrix, strict);
                    std::io::stderr().lock().write_all(&text)?;
                }
                Form::Json => json::print_matrix(&matrix)?,
                Form::Exchange(exchange) => {
                    let found = Findings::of_matrix(&matrix, strict);
                    exchange.write(&found, &cwd, true, std::io::stdout().lock())?;
                }
            }
            matrix.reports.iter().all(|report| report.passes(strict))
        }
    };
    Ok(Status::errors(!passes))
}

/// What is left of the paths, and the buffer if standard input is one.
fn buffer(
    mut paths: Vec<PathBuf>,
    filename: Option<PathBuf>,
) -> Result<(Vec<PathBuf>, Option<BufferArg>), Error> {
    let all = paths.len();
    paths.retain(|path| input::stream_of(path) != Some(Stream::Stdin));
    let buffer = match (paths.len() < all, filename) {
        (false, None) => None,
        (true, Some(path)) => Some(BufferArg {
            path,
            text: input::load_stdin()?,
        }),
        (true, None) => {
            let error = "- is the content of a file: say with --stdin-filename of which";
            return Err(Error::Usage(error.to_owned()));
        }
        (false, Some(_)) => {
            let error =
                "--stdin-filename goes with -, by which its content is read from standard input";
            return Err(Error::Usage(error.to_owned()));
        }
    };
    Ok((paths, buffer))
}

/// Where lists of what was read go.
struct Lists {
    file_inputs: Option<PathBuf>,
    depfile: Option<PathBuf>,
}

impl Lists {
    fn write(&self, inputs: &[PathBuf]) -> Result<(), Error> {
        if let Some(to) = &self.file_inputs {
            depfile::write_list(to, inputs)?;
        }
        if let Some(to) = &self.depfile {
            depfile::write_depfile(to, inputs)?;
        }
        Ok(())
    }
}
