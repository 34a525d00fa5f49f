//! `zirc man`.

use std::path::PathBuf;

use clap::{Args, Command};

use crate::{Error, Status};

/// Write a manual page for each command.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// The directory that they go to: zirc.1, zirc-check.1 and so on. It is made if it is not there.
    dir: PathBuf,
}

/// Writes the pages of `command`, which is the whole command line.
pub(crate) fn run(args: &ManArgs, command: Command) -> Result<Status, Error> {
    std::fs::create_dir_all(&args.dir)
        .and_then(|()| clap_mangen::generate_to(command, &args.dir))
        .map_err(|error| Error::path("write pages into", &args.dir, error))?;
    Ok(Status::Clean)
}
