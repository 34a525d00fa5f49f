//! `zirc zon json`: ZON as JSON.

use std::path::PathBuf;

use clap::Args;

use super::document::{finish, read};
use crate::flags::{ColorFlag, VersionFlag};
use crate::zon_json::to_json;
use crate::{Error, Status};

/// What `zirc zon json --help` says of the mapping.
const HELP: &str = "\
What becomes of what:
  structs                 objects, fields in their order
  arrays                  arrays
  .{}                     {}: it is both an empty struct and an empty array
  true, false, null       the same
  integers, characters    numbers, if no larger than 9007199254740991 (2^53 - 1); of characters the code point
  floats                  numbers with a dot or an exponent: the shortest digits that mean the same in 128 bits
  strings                 strings; one that is not UTF-8 is an error

What JSON has no form for becomes a string that holds its text in ZON:
  enum literals           \".name\", or \".@\\\"any name\\\"\" where the name needs that in ZON
  larger integers         \"9007199254740992\"; of more than 65536 bits to base 16, with 0x in front
  floats beyond a double  \"1e400\", \"1e-400\"
  nan, inf, -inf          \"nan\", \"inf\", \"-inf\"
A string that would read as one of these has a ' put before it (\"'.name\", \"'inf\"), and so has one that would read so
behind any number of '. All other strings are as they were: \"../dir\", \".zig-cache\", \"123\".

zirc zon from-json makes ZON of it that means the same. Comments are lost.

With --plain, for readers that know nothing of this, an enum literal is its name alone (\"name\"), all strings are as they
were, and integers and floats are numbers however large, but for integers of more than 65536 bits; nan and inf, for which
JSON has no number, stay strings. There is no way back from that.

Exit status: 0 printed, 1 the document is broken or cannot be JSON, 2 could not run.";

/// Print a ZON document as JSON.
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(crate) struct ZonJsonArgs {
    /// The document; - or none for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write enum literals as plain strings and large numbers as numbers. One way: what was what is lost.
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    color: ColorFlag,
}

/// Prints a ZON document as JSON.
pub(crate) fn run(args: &ZonJsonArgs) -> Result<Status, Error> {
    let release = args.version.for_files(args.file.as_deref())?.release;
    let (source, path) = read(args.file.as_deref())?;
    finish(to_json(&source, &path, args.plain, release), &args.color)
}
