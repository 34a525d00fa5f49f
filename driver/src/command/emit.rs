//! `zirc emit`: the IR as bytes, for comparison and for tools.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;
use release::Release;
use syntax::Ast;

use crate::file::Ir;
use crate::flags::{FileList, VersionFlag, Workers};
use crate::output::terminal::say;
use crate::{Error, Status, input};

/// Write the IR of files as bytes.
///
/// DIR/<n>.bin is the n-th file's, from 0: a header whose stat fields are zero, then the sections, as in a
/// cache entry of Zig's.
#[derive(Args, Debug)]
pub(crate) struct EmitArgs {
    #[command(flatten)]
    files: FileList,
    /// The directory for the results; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    workers: Workers,
}

/// Writes `<n>.bin` for the n-th file, from 0: the header with its stat zero, then the sections.
pub(crate) fn run(args: &EmitArgs) -> Result<Status, Error> {
    let files = args.files.gather()?;
    if files.is_empty() {
        return Err(Error::Usage("no files were given".to_owned()));
    }
    let first = files.first().map(PathBuf::as_path);
    let release = args.version.for_files(first)?.release;
    std::fs::create_dir_all(&args.out_dir).map_err(|e| Error::path("create", &args.out_dir, e))?;
    let emitted: Vec<Result<(), Error>> = crate::pool(args.workers.jobs)?.install(|| {
        files
            .par_iter()
            .enumerate()
            .map(|(n, file)| emit(file, release, &args.out_dir.join(format!("{n}.bin"))))
            .collect()
    });
    let mut failed = false;
    for error in emitted.into_iter().filter_map(Result::err) {
        say(format_args!("error: {error}"));
        failed = true;
    }
    Ok(Status::errors(failed))
}

fn emit(file: &Path, release: Release, out: &Path) -> Result<(), Error> {
    let source = input::load(file)?;
    let bytes = Ir::lower(&Ast::parse(&source, input::mode_of(file), release)).to_bytes();
    std::fs::write(out, bytes).map_err(|e| Error::path("write", out, e))
}
