//! `zirc cache`: a look into caches.

mod explain;
mod gc;
mod pack;
mod stats;
mod unpack;
mod verify;

use std::io::Write;

use clap::{Args, Subcommand};

use crate::{Error, Status};

/// Look into caches, of zirc and of Zig.
#[derive(Args, Debug)]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Subcommand, Debug)]
enum CacheCommand {
    Explain(explain::ExplainArgs),
    Gc(gc::GcArgs),
    Pack(pack::PackArgs),
    Stats(stats::StatsArgs),
    Unpack(unpack::UnpackArgs),
    Verify(verify::VerifyArgs),
}

/// Runs the verb. Those that change something write what they have done to `out`.
pub(crate) fn run(args: &CacheArgs, out: &mut dyn Write) -> Result<Status, Error> {
    match &args.command {
        CacheCommand::Explain(args) => explain::run(args),
        CacheCommand::Gc(args) => gc::run(args, out),
        CacheCommand::Pack(args) => pack::run(args),
        CacheCommand::Stats(args) => stats::run(args),
        CacheCommand::Unpack(args) => unpack::run(args, out),
        CacheCommand::Verify(args) => verify::run(args, out),
    }
}
