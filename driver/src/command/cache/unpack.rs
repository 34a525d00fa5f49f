//! `zirc cache unpack`: what was packed, put into the caches here.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::pack::Here;
use crate::archive::{self, Options};
use crate::flags::{CacheDirFlags, FormatFlag, LibFlag};
use crate::output::terminal::Progress;
use crate::output::{self, archive as text};
use crate::{Error, Status};

/// Put what was packed into the caches of this project and user.
///
/// Nothing gets its place before the whole file was read and its digest is right; manifests come last, so
/// that none is there without what it names. What is there and whole already is kept.
///
/// Some releases list the project's files by their absolute paths. In another directory Zig would look at the
/// files of the directory that was packed, if that is there, and take what was made of them for what belongs
/// to these: such manifests are left out there.
///
/// Believe an archive as you believe whoever made it: Zig runs programs that it finds in its cache, and looks
/// at no digest of theirs.
#[derive(Args, Debug)]
#[command(after_help = "\
A file whose names are none of a cache, or lead out of it, or that has links in it, is refused as a whole.

With --touch the files of the project that the manifests list get the times that stand there, if their content \
is the recorded one. Manifests then still find another inode and look into the files once; the times are right \
for whatever else goes by them.

Examples:
  zirc cache unpack cache.tar.gz && zig build
  zirc cache unpack --touch cache.tar.gz
  zirc cache unpack --dry-run cache.tar.gz

Exit status: 0 unpacked, 1 some of it was refused or is in use, 2 could not.")]
pub(crate) struct UnpackArgs {
    /// What zirc cache pack has written.
    #[arg(value_name = "ARCHIVE")]
    archive: PathBuf,
    /// Give sources the times that the manifests have, where their content is the same.
    #[arg(long)]
    touch: bool,
    /// Replace entries and manifests even where there are good ones.
    #[arg(long)]
    overwrite: bool,
    /// Only say what would be written.
    #[arg(long, conflicts_with = "touch")]
    dry_run: bool,
    #[command(flatten)]
    dirs: CacheDirFlags,
    #[command(flatten)]
    lib: LibFlag,
    #[command(flatten)]
    format: FormatFlag,
}

/// Unpacks. What it says is written to `out`.
pub(crate) fn run(args: &UnpackArgs, out: &mut dyn Write) -> Result<Status, Error> {
    let here = Here::find(&args.dirs, &args.lib)?;
    let options = Options {
        is_dry_run: args.dry_run,
        overwrite: args.overwrite,
    };
    let progress = Progress::counting();
    let unpacked = here.with_places(|places| {
        let count = |files| progress.count(files);
        archive::unpack(&args.archive, &here.bases, places.project, options, &count)
    });
    progress.finish();
    let unpacked = unpacked?;
    let touched = args
        .touch
        .then(|| here.with_places(|places| archive::touch(&unpacked.manifests, places)));
    let text = match args.format.resolve() {
        output::Format::Human => text::unpacked(&unpacked, touched.as_ref()).into_bytes(),
        output::Format::Json => text::unpacked_json(&unpacked, touched.as_ref())?,
    };
    out.write_all(&text)?;
    let is_all = unpacked.refused.is_empty() && unpacked.in_use == 0;
    Ok(Status::errors(!is_all))
}
