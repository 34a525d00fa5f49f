//! `zirc zon`: work with ZON documents.

mod document;
mod fmt;
mod from_json;
mod json;

use clap::{Args, Subcommand};

use crate::{Error, Status};

/// Work with ZON documents.
#[derive(Args, Debug)]
pub(crate) struct ZonArgs {
    #[command(subcommand)]
    command: ZonCommand,
}

#[derive(Subcommand, Debug)]
enum ZonCommand {
    Json(json::ZonJsonArgs),
    FromJson(from_json::ZonFromJsonArgs),
    Fmt(fmt::ZonFmtArgs),
}

/// Runs the verb.
pub(crate) fn run(args: ZonArgs) -> Result<Status, Error> {
    match args.command {
        ZonCommand::Json(args) => json::run(&args),
        ZonCommand::FromJson(args) => from_json::run(&args),
        ZonCommand::Fmt(args) => fmt::run(&args),
    }
}
