//! `zirc zon`: work with ZON documents.

mod fmt;
mod from_json;
mod json;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::diagnostic::Diagnostic;
use crate::flags::ColorFlag;
use crate::output::human::Renderer;
use crate::{Error, Status, input, paths};

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

/// The bytes of the input, and what it is called in errors.
fn read(file: Option<&Path>) -> Result<(Vec<u8>, Vec<u8>), Error> {
    match file.filter(|file| *file != Path::new("-")) {
        Some(file) => Ok((input::load(file)?, paths::bytes(file).to_vec())),
        None => Ok((input::load_stdin()?, input::STDIN.into())),
    }
}

/// Prints the text, or what is wrong.
fn finish(result: Result<Vec<u8>, Vec<Diagnostic>>, color: &ColorFlag) -> Result<Status, Error> {
    match result {
        Ok(text) => {
            std::io::Write::write_all(&mut std::io::stdout().lock(), &text)?;
            Ok(Status::Clean)
        }
        Err(diagnostics) => {
            Renderer::on_stderr(color.color).print(&diagnostics)?;
            Ok(Status::ErrorsFound)
        }
    }
}
