//! `zirc cache gc`: makes room in caches.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytesize::ByteSize;
use clap::Args;

use crate::flags::{CachesArgs, FormatFlag};
use crate::housekeeping::{self, Done, Limits, Packages, Plan, User};
use crate::inventory::{self, CacheDir};
use crate::output::terminal::{Progress, say};
use crate::output::{Format, collected};
use crate::{Error, Status};

/// Remove what is old or too much from cache directories, so that no build fails for it.
///
/// Without a limit only what nobody can need goes: outputs that no manifest knows of, and what builds that
/// were interrupted have left in tmp/. A manifest goes before what it names. Nothing is removed while
/// somebody is at work: while a manifest is locked, a process has its working directory in the project, or a
/// file of the cache open. What is not recognised is left, and no link is followed.
#[derive(Args, Debug)]
#[command(after_help = "\
Sizes are like 100MB, 2GiB or 1000000, times like 12h, 30d or 2weeks. What was used last is told by when it \
was last written or read, as far as the file system keeps that.

Examples:
  zirc cache gc --dry-run
  zirc cache gc --max-size 2GiB .zig-cache
  zirc cache gc --older-than 30d --keep-last 3 --yes --wait 5m

Exit status: 0 what could be removed is, or somebody was at work, 2 could not run, or could not remove all.")]
pub(crate) struct GcArgs {
    #[command(flatten)]
    caches: CachesArgs,
    /// What each of the directories may take. What was not used for longest goes first.
    #[arg(long, value_name = "SIZE")]
    max_size: Option<ByteSize>,
    /// Remove what was not used for so long.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    older_than: Option<Duration>,
    /// Keep the newest N results of each step and program, whatever the limits are.
    #[arg(long, value_name = "N")]
    keep_last: Option<usize>,
    /// A project whose packages are needed; may be given several times. Packages that none of them needs may
    /// go then. Without, all packages stay.
    #[arg(long = "project", value_name = "DIR")]
    projects: Vec<PathBuf>,
    /// Say what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// How long to wait for others to end their work. Otherwise they are left alone at once.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    wait: Option<Duration>,
    #[command(flatten)]
    format: FormatFlag,
}

/// Plans, asks and removes.
pub(super) fn run(args: &GcArgs, out: &mut dyn Write) -> Result<Status, Error> {
    let may_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !args.dry_run && !args.yes && !may_ask {
        return Err(Error::Usage(
            "there is no terminal to ask on: give --yes, or --dry-run".to_owned(),
        ));
    }
    let is_human = args.format.resolve() == Format::Human;
    let wait = args.wait.unwrap_or_default();
    let dirs = args.caches.open()?;
    if !housekeeping::sees_processes() {
        say(format_args!(
            "note: this system does not tell who is at work: that is judged by locks and by what was written lately"
        ));
    }
    let (dirs, mut collected) = match args.dry_run {
        true => (dirs, Vec::new()),
        false => idle(dirs, wait)?,
    };
    let packages = packages(args, &dirs);
    let limits = Limits {
        max_size: args.max_size.map(|size| size.as_u64()),
        older_than: args.older_than,
        keep_last: args.keep_last,
    };
    let progress = Progress::counting();
    let plans: Vec<Plan> = (dirs.iter())
        .map(|dir| inventory::holdings(dir, &|files| progress.count(files)))
        .map(|holdings| housekeeping::plan(holdings, &limits, &packages))
        .collect();
    progress.finish();
    if is_human {
        out.write_all(collected::plans(&plans).as_bytes())?;
        out.flush()?;
    }
    let is_empty = plans.iter().all(|plan| plan.remove.is_empty());
    let is_agreed = !args.dry_run && (is_empty || args.yes || ask()?);
    let mut is_whole = plans.iter().all(|plan| plan.problems.count == 0);
    for plan in plans {
        let done = is_agreed.then(|| carry_out(&plan, wait)).transpose()?;
        is_whole &= done.as_ref().is_none_or(|done| done.problems.count == 0);
        collected.push(collected::Collected {
            path: plan.path.clone(),
            plan: Some(plan),
            users: Vec::new(),
            done,
        });
    }
    let text = match is_human {
        true => collected::done(&collected).into_bytes(),
        false => collected::json(&collected)?,
    };
    out.write_all(&text)?;
    Ok(match is_whole {
        true => Status::Clean,
        false => Status::CouldNotRun,
    })
}

/// Those of the directories in which nobody is at work, and the others.
fn idle(
    dirs: Vec<CacheDir>,
    wait: Duration,
) -> Result<(Vec<CacheDir>, Vec<collected::Collected>), Error> {
    let mut idle = Vec::new();
    let mut busy = Vec::new();
    let until = Instant::now() + wait;
    for dir in dirs {
        let left = until.saturating_duration_since(Instant::now());
        let users = housekeeping::wait_until_idle(&dir.path, left, &waiting)
            .map_err(|error| Error::path("look at", &dir.path, error))?;
        match users.is_empty() {
            true => idle.push(dir),
            false => busy.push(collected::Collected {
                path: dir.path,
                plan: None,
                users,
                done: None,
            }),
        }
    }
    Ok((idle, busy))
}

fn waiting(users: &[User]) {
    if let Some(user) = users.first() {
        say(format_args!("note: waiting: {}", user.describe()));
    }
}

fn packages(args: &GcArgs, dirs: &[CacheDir]) -> Packages {
    let caches: Vec<PathBuf> = dirs.iter().map(|dir| dir.path.clone()).collect();
    let packages = Packages::of(&args.projects, &caches);
    for unknown in &packages.unknown {
        say(format_args!(
            "note: packages stay, as it is not known which are needed: {unknown}"
        ));
    }
    packages
}

fn ask() -> Result<bool, Error> {
    let mut err = io::stderr().lock();
    write!(err, "remove it? [y/N] ")?;
    err.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn carry_out(plan: &Plan, wait: Duration) -> Result<Done, Error> {
    let progress = Progress::counting();
    let until = Instant::now() + wait;
    let done = housekeeping::carry_out(plan, until, &waiting, &|files| progress.count(files));
    progress.finish();
    done.map_err(|error| Error::path("remove anything from", &plan.path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the help says of sizes and times.
    #[test]
    fn sizes_and_times() {
        let size = |text: &str| text.parse::<ByteSize>().map(|size| size.as_u64()).ok();
        assert_eq!(size("100MB"), Some(100_000_000));
        assert_eq!(size("2GiB"), Some(2 << 30));
        assert_eq!(size("1000000"), Some(1_000_000));
        assert_eq!(size("0"), Some(0));
        for bad in ["", "-1", "GB", "1 apple"] {
            assert_eq!(size(bad), None, "{bad}");
        }
        let time = |text: &str| humantime::parse_duration(text).ok();
        let hours = |hours: u64| Some(Duration::from_secs(hours * 3600));
        assert_eq!(time("12h"), hours(12));
        assert_eq!(time("30d"), hours(30 * 24));
        assert_eq!(time("2weeks"), hours(14 * 24));
        assert_eq!(time("-1h"), None);
    }
}
