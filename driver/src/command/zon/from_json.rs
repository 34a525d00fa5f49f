//! `zirc zon from-json`: JSON as ZON.

use std::path::PathBuf;

use clap::Args;

use super::document::{finish, read};
use crate::flags::{ColorFlag, VersionFlag};
use crate::zon_json::from_json;
use crate::{Error, Status};

/// What `zirc zon from-json --help` says of the mapping.
const HELP: &str = "\
What becomes of what:
  objects                 structs, fields in their order; a name twice in one object is an error, and so is a name that
                          is empty or has a null in it: ZON has none such
  arrays                  arrays
  {}, []                  .{}
  true, false, null       the same
  numbers                 the same digits, however many; -0 is -0.0
  strings                 strings, but for those that zirc zon json writes for what JSON has no form for (see its help):
                          \".name\" is an enum literal, \"9007199254740992\" an integer, \"inf\" infinity, and \"'.name\"
                          the string .name. With --plain they are all strings.

The result is formatted as zig fmt has it.

Exit status: 0 printed, 1 the document is broken or cannot be ZON, 2 could not run.";

/// Print a JSON document as ZON.
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(crate) struct ZonFromJsonArgs {
    /// The document; - or none for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take every string as it is: none is read as ZON.
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    color: ColorFlag,
}

/// Prints a JSON document as ZON.
pub(crate) fn run(args: &ZonFromJsonArgs) -> Result<Status, Error> {
    // It only decides which names need quotes: each release lays out alike what is written here.
    let release = args.version.for_files(args.file.as_deref())?.release;
    let (source, path) = read(args.file.as_deref())?;
    finish(from_json(&source, &path, args.plain, release), &args.color)
}
