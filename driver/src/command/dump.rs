//! `zirc dump`: the IR as text.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use syntax::{Ast, Mode};

use crate::file::Ir;
use crate::flags::VersionFlag;
use crate::{Error, Status, input};

/// Print the IR of a file as text.
///
/// A file with errors is printed as far as it was lowered.
#[derive(Args, Debug)]
pub(crate) struct DumpArgs {
    /// The file; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take it as ZON, whatever its name.
    #[arg(long)]
    zon: bool,
    #[command(flatten)]
    version: VersionFlag,
}

/// Prints the IR of a file on standard output.
pub(crate) fn run(args: &DumpArgs) -> Result<Status, Error> {
    let release = args.version.for_files(Some(&args.file))?.release;
    let source = input::load(&args.file)?;
    let mode = match args.zon {
        true => Mode::Zon,
        false => input::mode_of(&args.file),
    };
    let tree = Ast::parse(&source, mode, release);
    let ir = Ir::lower(&tree);
    std::io::stdout().lock().write_all(&ir.print(&tree))?;
    Ok(Status::errors(ir.has_errors()))
}
