//! `zirc releases`: which releases are known.

use std::io::Write;

use clap::Args;
use release::Release;

use crate::environment;
use crate::flags::{FormatFlag, LibFlags, say_warnings};
use crate::output::{Format, json, matrix};
use crate::{Error, Status};

/// List the releases of Zig that are known.
///
/// Releases of one generation have the same front end. Where the lib directory of a release is at hand,
/// programs are checked together with its standard library.
#[derive(Args, Debug)]
pub(crate) struct ReleasesArgs {
    #[command(flatten)]
    libs: LibFlags,
    #[command(flatten)]
    format: FormatFlag,
}

/// Prints the list on standard output.
pub(crate) fn run(args: &ReleasesArgs) -> Result<Status, Error> {
    let (libs, warnings) = args.libs.resolve();
    say_warnings(&warnings);
    let libs = environment::libs_at_hand(&libs)?;
    let of = |&release: &Release| {
        let lib = libs.iter().find(|lib| lib.release() == Some(release));
        (release, lib.cloned())
    };
    let list: Vec<_> = Release::ALL.iter().map(of).collect();
    let text = match args.format.resolve() {
        Format::Human => matrix::releases(&list).into_bytes(),
        Format::Json => json::releases(&list)?,
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(Status::Clean)
}
