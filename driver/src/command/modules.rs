//! `zirc modules`: the module map of a project.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::check::{CheckOptions, modules};
use crate::flags::{BuildFlags, EnvironmentFlags, VersionFlag, Workers};
use crate::output::modules as output;
use crate::output::terminal::{Progress, say};
use crate::project::Settings;
use crate::{Error, Status, environment};

/// Print which modules build.zig makes: for each compile step its root file and what every module may import.
///
/// Without --build only what is known from an earlier time is printed, and nothing is run.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc modules --build
  zirc modules --format json | jq '.programs[].step'
  zirc modules --format args | while read -r line; do eval \"zirc check $line\"; done

Exit status: 0 they are known, 2 they are not, or could not be learnt.")]
pub(crate) struct ModulesArgs {
    /// The directory of the project, or one in it. The working directory if it is not given.
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    build: BuildFlags,
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    environment: EnvironmentFlags,
    #[command(flatten)]
    workers: Workers,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: ModulesFormat,
}

/// `--format` of modules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
enum ModulesFormat {
    /// Text for people.
    #[default]
    Human,
    /// One JSON value.
    Json,
    /// A line for each compile step: --dep and -M, as zirc check and zig take them.
    Args,
}

/// Prints the map.
pub(crate) fn run(args: &ModulesArgs) -> Result<Status, Error> {
    let settings = Settings::find(&environment::working_dir()?)?;
    let settings = settings.as_ref();
    let mut environment = args.environment.resolve(settings)?;
    args.version.resolve(settings, &mut environment)?;
    let build = args.build.resolve(settings, false, &mut environment);
    let options = CheckOptions {
        paths: args.dir.iter().cloned().collect(),
        build,
        environment,
        jobs: args.workers.jobs,
        ..CheckOptions::default()
    };
    let progress = Progress::new(args.format == ModulesFormat::Human);
    let found = modules(&options, &progress);
    progress.finish();
    let found = found?;
    for warning in &found.said.warnings {
        say(format_args!("warning: {warning}"));
    }
    for note in &found.said.notes {
        say(format_args!("note: {note}"));
    }
    let (out, left_out) = match args.format {
        ModulesFormat::Human => (output::human(&found), Vec::new()),
        ModulesFormat::Json => (output::json(&found)?, Vec::new()),
        ModulesFormat::Args => output::args(&found)?,
    };
    for line in left_out {
        say(format_args!("note: {line}"));
    }
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(&out)?;
    stdout.flush()?;
    Ok(Status::Clean)
}
