//! `zirc completions`.

use std::io::Write;

use clap::{Args, Command};

use crate::{Error, Status};

/// Print a completion script for a shell.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Prints the script for `command`, which is the whole command line.
pub(crate) fn run(args: &CompletionsArgs, mut command: Command) -> Result<Status, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "zirc", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Status::Clean)
}
