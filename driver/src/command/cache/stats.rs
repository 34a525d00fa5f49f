//! `zirc cache stats`: how much of what is in caches.

use std::io::Write;

use clap::Args;

use crate::environment::layout::Kind;
use crate::flags::{CachesArgs, FormatFlag};
use crate::inventory::{self, CacheDir, KnownNames};
use crate::output::terminal::Progress;
use crate::output::{Format, caches};
use crate::{Error, Status, environment};

/// Say how much of what is in cache directories.
///
/// Counts bytes and files by kind, age, release and step; names the largest, and says what nothing refers
/// to. Sizes are what removing would give back, as `du` counts. Nothing is written, and no link is followed.
#[derive(Args, Debug)]
#[command(after_help = "\
In a cache directory are: z (IR of sources), h (manifests: what a build read), o (outputs, one for each \
manifest), b (builtin modules), c (options, configured builds), p (packages), tmp (unfinished).

Which release wrote something is told by the form of a manifest, by what zirc adds to entries, and by the form \
of packages; of entries that Zig wrote by their names, where these are those of files of the project or of Zig's \
lib directory.

Examples:
  zirc cache stats
  zirc cache stats .zig-cache ~/.cache/zig
  zirc cache stats --format json .zig-cache | jq '.directories[].bytes'")]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    caches: CachesArgs,
    #[command(flatten)]
    format: FormatFlag,
}

/// Prints the counts.
pub(crate) fn run(args: &StatsArgs) -> Result<Status, Error> {
    let dirs = args.caches.open()?;
    let progress = Progress::counting();
    let cwd = environment::working_dir()?;
    let named = args.caches.lib.zig_lib_dir.as_deref();
    // Our entries say by themselves what they are.
    let has_names = |dir: &CacheDir| !dir.is_own && dir.folder(Kind::Entries).is_some();
    // To find a lib directory may take longer than to count.
    let lib = match named.is_some() || dirs.iter().any(has_names) {
        true => environment::find_lib_dir(named, &cwd)?,
        false => None,
    };
    let names = |dir: &CacheDir| match has_names(dir) {
        true => KnownNames::of(&dir.path, &cwd, lib.as_deref()),
        false => KnownNames::default(),
    };
    let stats = inventory::stats(&dirs, &names, &|files| progress.count(files));
    progress.finish();
    let text = match args.format.resolve() {
        Format::Human => caches::stats(&stats).into_bytes(),
        Format::Json => caches::stats_json(&stats)?,
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(Status::Clean)
}
