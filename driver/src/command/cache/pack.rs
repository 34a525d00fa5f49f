//! `zirc cache pack`: what the next build or check would find, as one file.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use manifest::{Format, Prefixes};

use super::explain::candidates;
use crate::archive::{self, Bases, Choice, Places};
use crate::environment::{self, CacheDirs, layout};
use crate::flags::{CacheDirFlags, FormatFlag, LibFlag};
use crate::output::terminal::{Progress, say};
use crate::output::{self, archive as text};
use crate::{Error, Status};

/// Put what a build or check of this project would find in its caches into one file.
///
/// For a machine that builds the same project again, in CI say: smaller than the caches, and made only of
/// what is of use now.
///
/// A hit writes nothing, so caches do not tell what the last build used. They do tell what the next one would
/// use: a manifest (h/) all of whose inputs are as it recorded them. These are packed, with the outputs (o/,
/// c/), packages (p/) and made-up modules (b/) that they name, and the entries (z/) of the sources that they
/// list. After a build or check that passed, that is what it used, and what was made before of the same
/// sources in other modes or for other targets. What belongs to sources as they were is left out. A build or
/// check that failed leaves no manifest.
#[derive(Args, Debug)]
#[command(after_help = "\
The file is a tar in gzip. The same caches give the same bytes.

Not all of it is found again elsewhere; what need not be is told, by reason. Zig's own entries (z/) are found \
only with the very same files: with --for-checkout they are left out. Manifests are found with another \
checkout, which has other inodes and times, as the content decides then. Whether they are found in another \
directory depends on the release: docs/caches.md has a table.

Examples:
  zig build && zirc cache pack cache.tar.gz
  zirc check src/main.zig && zirc cache pack --for-checkout cache.tar.gz
  zirc check src/main.zig && zirc cache pack --without-entries answer.tar.gz
  zirc cache pack --dry-run --format json cache.tar.gz | jq .elsewhere

Exit status: 0 packed, 2 could not.")]
pub(crate) struct PackArgs {
    /// The file to write. One that is there is replaced when the new one is whole.
    #[arg(value_name = "ARCHIVE")]
    archive: PathBuf,
    /// Leave out what is found only with the very same files, which another checkout has not.
    #[arg(long)]
    for_checkout: bool,
    /// Leave out entries (z/). What did not change is answered by manifests alone, and the file is small.
    ///
    /// For a check that is its answer, with 41 KB for a program that uses std instead of 15 MB: smaller than
    /// what it would take to fetch entries, which are made anew in less time. After an edit the changed files
    /// are lowered, and others if what they import is not known.
    #[arg(long)]
    without_entries: bool,
    /// Only say what would be packed.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    dirs: CacheDirFlags,
    #[command(flatten)]
    lib: LibFlag,
    #[command(flatten)]
    format: FormatFlag,
}

/// Packs.
pub(crate) fn run(args: &PackArgs) -> Result<Status, Error> {
    let here = Here::find(&args.dirs, &args.lib)?;
    let dirs = here.bases.open()?;
    if here.lib.is_none() {
        let why = environment::NOT_FOUND;
        say(format_args!(
            "note: Zig's lib directory was not found ({why}): manifests that list files of it are left out"
        ));
    }
    let progress = Progress::counting();
    let choice = Choice {
        for_checkout: args.for_checkout,
        without_entries: args.without_entries,
    };
    let used = here.with_places(|places| archive::used(&dirs, places, choice));
    let to = (!args.dry_run).then_some(&*args.archive);
    let packed = archive::pack(&used, to, &|files| progress.count(files));
    progress.finish();
    let packed = packed?;
    let out = match args.format.resolve() {
        output::Format::Human => text::packed(&args.archive, &used, &packed).into_bytes(),
        output::Format::Json => text::packed_json(&args.archive, &used, &packed)?,
    };
    std::io::stdout().lock().write_all(&out)?;
    Ok(Status::Clean)
}

/// Where things are on this machine, for packing and unpacking.
pub(super) struct Here {
    cwd: PathBuf,
    lib: Option<PathBuf>,
    known: Vec<CacheDirs>,
    pub(super) bases: Bases,
}

impl Here {
    /// Finds out.
    pub(super) fn find(dirs: &CacheDirFlags, lib: &LibFlag) -> Result<Here, Error> {
        let cwd = environment::working_dir()?;
        let find = |share| CacheDirs::find(&dirs.resolve(share), &cwd, &environment::variable);
        let (own, zig) = (find(false), find(true));
        let lib = environment::find_lib_dir(lib.zig_lib_dir.as_deref(), &cwd)?;
        Ok(Here {
            known: own.iter().chain(&zig).cloned().collect(),
            bases: Bases::new(&cwd, own, zig),
            lib,
            cwd,
        })
    }

    /// Does something with it.
    pub(super) fn with_places<T>(&self, work: impl FnOnce(&Places<'_>) -> T) -> T {
        let sets = |format: Format, manifest: &Path| -> Vec<Prefixes> {
            candidates(
                format,
                self.lib.as_deref(),
                manifest,
                &self.cwd,
                &self.known,
            )
        };
        work(&Places {
            cwd: &self.cwd,
            project: layout::project_root(&self.cwd).unwrap_or(&self.cwd),
            lib: self.lib.as_deref(),
            candidates: &sets,
        })
    }
}
