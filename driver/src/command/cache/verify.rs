//! `zirc cache verify`: what is wrong in caches.

use std::io::Write;

use clap::Args;

use crate::flags::{CachesArgs, FindingsFormatFlag};
use crate::output::terminal::Progress;
use crate::output::{Form, verified};
use crate::{Error, Status, environment, housekeeping, inventory};

/// Say what is wrong in cache directories, and mend what makes builds fail.
///
/// A manifest whose output was removed makes `zig build` fail, and it goes on failing. That and whatever else
/// has this effect is found and, with --repair, taken away. What is merely done anew (an input has changed,
/// an entry is cut) and what only takes room is told as well.
///
/// Nothing in a manifest says whether there was an output: a step that runs a program may keep none. Where
/// nothing proves that there was one it is said that it may make a build fail. Inputs in Zig's lib directory
/// are taken for unchanged.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc cache verify
  zirc cache verify --repair .zig-cache
  zirc cache verify --format json | jq '.directories[].found[] | select(.severity == \"fails\")'

Exit status: 0 nothing makes a build fail (any more), 1 something does, 2 could not run, or could not look at \
everything.")]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    caches: CachesArgs,
    /// Take away what makes builds fail, and nothing else: such manifests are emptied, so that what they are
    /// of is built anew.
    #[arg(long)]
    repair: bool,
    /// With --repair: what may make a build fail, too. Steps that keep nothing are done anew then.
    #[arg(long, requires = "repair")]
    doubtful: bool,
    #[command(flatten)]
    format: FindingsFormatFlag,
}

/// Prints what was found, and what was done about it.
pub(super) fn run(args: &VerifyArgs, out: &mut dyn Write) -> Result<Status, Error> {
    let dirs = args.caches.open()?;
    let cwd = environment::working_dir()?;
    let known = args.caches.sets(&cwd);
    let progress = Progress::counting();
    let lib = environment::find_lib_dir(args.caches.lib.zig_lib_dir.as_deref(), &cwd)?;
    let lib = lib.as_deref();
    let found = inventory::verify(&dirs, &cwd, &known, lib, &|files| progress.count(files));
    progress.finish();
    let repair = |dir| housekeeping::repair(dir, args.doubtful);
    let repairs = args
        .repair
        .then(|| found.iter().map(repair).collect::<Vec<_>>());
    match args.format.resolve() {
        Form::Human => out.write_all(verified::human(&found, repairs.as_deref()).as_bytes())?,
        Form::Json => out.write_all(&verified::json(&found, repairs.as_deref())?)?,
        Form::Exchange(exchange) => {
            exchange.write(&verified::findings(&found), &cwd, true, out)?;
        }
    }
    let fails = match &repairs {
        None => found.iter().any(inventory::Verified::fails),
        Some(repairs) => (repairs.iter().flatten()).any(|r| r.is_certain && !r.is_mended()),
    };
    let is_whole = found.iter().all(|dir| dir.problems.count == 0);
    Ok(match (fails, is_whole) {
        (true, _) => Status::ErrorsFound,
        (false, false) => Status::CouldNotRun,
        (false, true) => Status::Clean,
    })
}
