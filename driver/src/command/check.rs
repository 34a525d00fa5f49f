//! `zirc check`: whole programs.

use std::path::PathBuf;

use clap::Args;

use crate::check::{CheckOptions, check};
use crate::flags::{ColorFlag, EnvironmentFlags, FormatFlag, ModuleFlags, Workers};
use crate::output::terminal::Progress;
use crate::output::{Format, depfile, human, json};
use crate::{Error, Status};

/// Check programs: their root files and all that these import.
///
/// Results are kept in a cache, so that a second run reads only what has changed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc check src/main.zig
  zirc check                    every .zig and .zon file below this directory
  zirc check --dep util -Mroot=src/main.zig -Mutil=util/util.zig
  zirc check --format json src/main.zig

Exit status: 0 nothing is wrong, 1 errors were found, 2 could not run.")]
pub(crate) struct CheckArgs {
    /// A root file, or a directory, of which every file is checked (ignore files are honoured). The working
    /// directory if none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    modules: ModuleFlags,
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
    format: FormatFlag,
    #[command(flatten)]
    color: ColorFlag,
    /// Fail if an import leads nowhere: to a module that is not known, or out of its module.
    #[arg(long)]
    strict: bool,
}

/// Checks and reports.
pub(crate) fn run(args: CheckArgs) -> Result<Status, Error> {
    let format = args.format.format;
    let options = CheckOptions {
        paths: args.paths,
        modules: args.modules.modules,
        environment: args.environment.resolve()?,
        no_manifest: args.no_manifest,
        jobs: args.workers.jobs,
        explain: args.explain,
    };
    let progress = Progress::new(format == Format::Human);
    let report = check(&options, &progress);
    progress.finish();
    let report = report?;
    if let Some(to) = &args.file_inputs {
        depfile::write_list(to, &report.inputs)?;
    }
    if let Some(to) = &args.depfile {
        depfile::write_depfile(to, &report.inputs)?;
    }
    match format {
        Format::Human => human::print_report(&report, args.strict, args.color.color)?,
        Format::Json => json::print_report(&report)?,
    }
    let strictly_failed = args.strict && !report.unresolved.is_empty();
    Ok(Status::errors(!report.is_clean() || strictly_failed))
}
