//! `zirc versions`: under which releases a tree passes.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use release::Release;

use crate::check::{Verdict, check_tree};
use crate::flags::{ColorFlag, FormatFlag, Workers};
use crate::output::human::Renderer;
use crate::output::{Format, json, matrix};
use crate::{Error, Status};

/// Say under which releases of Zig a tree passes.
///
/// Every .zig and .zon file in it is checked by itself, as `zig ast-check` of each release does. No imports
/// are followed, and no Zig needs to be installed. Of each release that fails the first three errors are
/// shown.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 some release passes, 1 none does, 2 could not run.")]
pub(crate) struct VersionsArgs {
    /// A file, or a directory, of which every file is checked (ignore files are honoured). The working
    /// directory if it is not given.
    #[arg(value_name = "PATH", default_value = ".", hide_default_value = true)]
    path: PathBuf,
    #[command(flatten)]
    workers: Workers,
    #[command(flatten)]
    format: FormatFlag,
    #[command(flatten)]
    color: ColorFlag,
}

/// Checks under all releases, and prints on standard output how they compare.
pub(crate) fn run(args: &VersionsArgs) -> Result<Status, Error> {
    let verdicts = check_tree(&args.path, Release::ALL, args.workers.jobs)?;
    let text = match args.format.resolve() {
        Format::Human => matrix::versions(Renderer::on_stdout(args.color.color), &verdicts),
        Format::Json => json::versions(&verdicts)?,
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(Status::errors(!verdicts.iter().any(Verdict::passes)))
}
