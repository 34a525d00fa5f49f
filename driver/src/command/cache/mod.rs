//! `zirc cache`: a look into caches.

mod explain;

use clap::{Args, Subcommand};

use crate::{Error, Status};

/// Look into caches.
#[derive(Args, Debug)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Subcommand, Debug)]
enum CacheCommand {
    Explain(explain::ExplainArgs),
}

/// Runs the verb.
pub(crate) fn run(args: &CacheArgs) -> Result<Status, Error> {
    match &args.command {
        CacheCommand::Explain(args) => explain::run(args),
    }
}
