//! The command line: the enum of verbs, and what a process ends with.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::command::{
    ast_check, cache, check, completions, diff, dump, emit, explain, man, modules, releases,
    versions, watch, zon,
};
use crate::graph::Release;
use crate::output::terminal::say;
use crate::{Error, Status, build, project, whole_run};

/// The front half of a Zig compiler: checks programs without building them.
///
/// It parses Zig and lowers it to ZIR as a release of Zig does, and finds what that finds at that stage:
/// syntax errors, unused and undeclared names, misplaced statements, files that are missing. It does no
/// semantic analysis: type errors are not found. `zirc releases` lists the releases.
#[derive(Parser, Debug)]
#[command(name = "zirc", version, propagate_version = true, after_help = EXIT_STATUS)]
struct Cli<C: Subcommand = Command> {
    #[command(subcommand)]
    command: C,
}

/// Only the verb that is run again and again where little has changed. To describe all verbs to the parser
/// takes a seventh of such a run.
#[derive(Subcommand, Debug)]
enum CheckCommand {
    Check(check::CheckArgs),
}

const EXIT_STATUS: &str = "Exit status: 0 nothing is wrong, 1 errors were found, 2 could not run.";

#[derive(Subcommand, Debug)]
enum Command {
    Check(check::CheckArgs),
    AstCheck(ast_check::AstCheckArgs),
    Emit(emit::EmitArgs),
    Dump(dump::DumpArgs),
    Diff(diff::DiffArgs),
    Watch(watch::WatchArgs),
    Modules(modules::ModulesArgs),
    Versions(versions::VersionsArgs),
    Releases(releases::ReleasesArgs),
    Explain(explain::ExplainArgs),
    Cache(cache::CacheArgs),
    Zon(zon::ZonArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

/// Runs the command that the process's arguments ask for.
pub fn main() -> ExitCode {
    match run(std::env::args_os()) {
        Ok(status) => status.into(),
        // The reader of our output has seen enough.
        Err(Error::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Status::CouldNotRun.into()
        }
        // Each line says where.
        Err(Error::Document(lines)) => {
            say(format_args!("{lines}"));
            Status::CouldNotRun.into()
        }
        Err(error) => {
            say(format_args!("error: {error}"));
            Status::CouldNotRun.into()
        }
    }
}

/// Whether `args` (the program's name first) are a command line that [`main`] would act on. Nothing is run.
///
/// # Errors
/// The text that would be printed instead: what is wrong, or the help or version that is asked for.
pub fn check_args(args: impl IntoIterator<Item = OsString>) -> Result<(), String> {
    match parse(args) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Runs a verb of `zirc cache` that changes something, `args` being all arguments with the program's name
/// first. What it says is written to `out`.
///
/// # Errors
/// If it cannot run, or `args` are of another command.
pub fn change_cache(
    args: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
) -> Result<Status, Error> {
    match Cli::try_parse_from(args) {
        Ok(Cli {
            command: Command::Cache(args),
        }) => cache::run(&args, out),
        Ok(_) => Err(Error::Usage("not about a cache".to_owned())),
        Err(error) => Err(Error::Usage(error.to_string())),
    }
}

/// A document that others write and the command line reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Document {
    /// `zirc.zon`.
    Settings,
    /// The module map that a build runner writes.
    ModuleMap,
    /// The configured build that a release of Zig keeps.
    Configuration(Release),
    /// The record of a run, without the digests that it would not be believed without: the length of the
    /// outcome in two bytes, the outcome, the parts.
    Record,
}

/// Reads a document as it is read where it counts. Nothing is done with it.
///
/// # Errors
/// Why it is none.
pub fn read_document(document: Document, bytes: &[u8]) -> Result<(), String> {
    match document {
        Document::Settings => project::read_settings(bytes),
        Document::ModuleMap => project::ModuleMap::from_zon(bytes).map(drop),
        Document::Configuration(release) => build::read_configuration(bytes, release),
        Document::Record => whole_run::read_undigested(bytes),
    }
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    if args.get(1).is_none_or(|verb| verb != "check") {
        return Cli::try_parse_from(args);
    }
    let Cli {
        command: CheckCommand::Check(args),
    } = Cli::try_parse_from(args)?;
    let command = Command::Check(args);
    Ok(Cli { command })
}

/// Runs the command that `args` (the program's name first) ask for. Prints help, versions and usage errors
/// itself.
fn run(args: impl IntoIterator<Item = OsString>) -> Result<Status, Error> {
    let cli = match parse(args) {
        Ok(cli) => cli,
        Err(error) => {
            error.print()?;
            return Ok(match error.use_stderr() {
                true => Status::CouldNotRun,
                false => Status::Clean,
            });
        }
    };
    match cli.command {
        Command::Check(args) => check::run(args),
        Command::AstCheck(args) => ast_check::run(&args),
        Command::Emit(args) => emit::run(&args),
        Command::Dump(args) => dump::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Watch(args) => watch::run(&args),
        Command::Modules(args) => modules::run(&args),
        Command::Versions(args) => versions::run(&args),
        Command::Releases(args) => releases::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Cache(args) => cache::run(&args, &mut std::io::stdout().lock()),
        Command::Zon(args) => zon::run(args),
        Command::Completions(args) => completions::run(&args, <Cli>::command()),
        Command::Man(args) => man::run(&args, <Cli>::command()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        <Cli>::command().debug_assert();
        Cli::<CheckCommand>::command().debug_assert();
    }

    #[test]
    fn a_verb_by_itself_says_the_same() {
        let lines: [&[&str]; 7] = [
            &["--help"],
            &["-h"],
            &["--version"],
            &["--no-such"],
            &["--jobs"],
            &["--format", "no"],
            &["--jobs=1", "--jobs=2"],
        ];
        for line in lines {
            let args = || ["zirc", "check"].iter().chain(line);
            let of_all = <Cli>::try_parse_from(args()).unwrap_err();
            let of_one = Cli::<CheckCommand>::try_parse_from(args()).unwrap_err();
            assert_eq!(of_all.to_string(), of_one.to_string());
            assert_eq!(of_all.kind(), of_one.kind());
        }
    }
}
