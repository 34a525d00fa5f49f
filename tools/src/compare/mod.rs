//! Holds our crates against the reference, and measures both: a file a verb.

mod ast;
mod ast_check;
mod bench_zon;
mod coverage;
mod describe;
mod manifest;
mod modules;
mod mutants;
mod names;
mod paths;
mod program;
pub(crate) mod releases;
mod result;
mod run;
mod selection;
mod setup;
mod show;
mod subject;
mod tags;
mod zir;
mod zon;
mod zon_fmt;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{bench, growth, limits};
use result::Result;

const AFTER: &str = "\
Examples:
  cargo compare zir --lib                             the reference's lib/
  cargo compare zir some/file.zig                     one file: a difference names instruction, field and both values
  cargo compare zir --lib --mutants 10000 --seed 3    files made of them, broken and unusual ones
  cargo compare ast-check --zirc target/debug/zirc fixtures/zig/err
  cargo compare zir --zig-version all --lib           each release's own lib/, with that release

The references are the released compilers. Each is installed at its first use, into a folder of its version in the
directory that ZIRC_REFERENCES names, else in ~/.cache/zirc-references. Input that it does not survive is counted as skipped, with the reason.
Status: 0 all held, 1 there are differences, 2 it could not run.";

/// Holds our crates against the released Zig, the reference, and measures both.
#[derive(Debug, Parser)]
#[command(name = "compare", bin_name = "cargo compare", after_help = AFTER)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Ast(ast::Args),
    Zir(zir::Args),
    Zon(zon::Args),
    ZonFmt(zon_fmt::Args),
    AstCheck(ast_check::Args),
    Manifest(manifest::Args),
    Modules(modules::Args),
    Program(program::Args),
    Bench(bench::Args),
    #[command(hide = true)]
    BenchStages(bench::StagesArgs),
    BenchZon(bench_zon::Args),
    Growth(growth::Args),
    Limits(limits::Args),
    Coverage(coverage::Args),
    Mutants(mutants::Args),
    Names(names::Args),
    Show(show::Args),
    Paths(paths::Args),
}

fn run(verb: Verb) -> Result<bool> {
    match verb {
        Verb::Ast(args) => ast::main(&args),
        Verb::Zir(args) => zir::main(&args),
        Verb::Zon(args) => zon::main(&args),
        Verb::ZonFmt(args) => zon_fmt::main(&args),
        Verb::AstCheck(args) => ast_check::main(&args),
        Verb::Manifest(args) => manifest::main(args),
        Verb::Modules(args) => modules::main(args),
        Verb::Program(args) => program::main(&args),
        Verb::Bench(args) => bench::main(&args),
        Verb::BenchStages(args) => bench::stages(&args),
        Verb::BenchZon(args) => bench_zon::main(&args),
        Verb::Growth(args) => growth::main(args),
        Verb::Limits(args) => limits::main(&args),
        Verb::Coverage(args) => coverage::main(&args),
        Verb::Mutants(args) => mutants::main(&args),
        Verb::Names(args) => names::main(&args),
        Verb::Show(args) => show::main(&args),
        Verb::Paths(args) => paths::main(&args),
    }
}

/// Runs the verb of the command line. The status is 0 if all held, 1 if not, 2 if it could not run.
pub fn main() -> ExitCode {
    match run(Cli::parse().verb) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("compare: {error}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn documented_calls_are_understood() {
        for call in [
            "zir --lib DIR --mutants 10000 --seed 42",
            "zon --lib DIR --mutants 20000 --seed 3",
            "zon-fmt --lib fixtures/zig fixtures/zon --mutants 3000 --seed 1",
            "zir --generated --depth 1000",
            "ast-check --lib DIR",
            "bench --only lib --dir /dev/shm --json new.json",
            "bench-stages LIST store DIR",
            "growth --out docs --no-reference ifs",
            "limits --out docs",
            "mutants --save DIR --mutants 7 --first 3",
            "program entries errors",
            "manifest",
            "names --zig-version all",
            "bench --zig-version 0.17.1 --only lib",
            "bench-stages LIST lower --zig-version 0.17.1",
            "limits --zig-version 0.16.0",
            "ast --zig-version 0.16.0,0.17.1 --lib-of all",
            "zir --zig-version all --lib",
            "show --zig-version 0.15.2 some/file.zig",
        ] {
            let words = std::iter::once("compare").chain(call.split(' '));
            Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{call}: {error}"));
        }
    }

    #[test]
    fn what_is_not_known_could_not_run() {
        for call in [
            "zri",
            "zir --mutant 3",
            "zir --jobs 0",
            "program entry",
            "mutants",
            "zir --zig-version 0.13.0",
            "show --zig-version all x.zig",
        ] {
            let words = std::iter::once("compare").chain(call.split(' '));
            let error = Cli::try_parse_from(words).expect_err(call);
            assert_eq!(error.exit_code(), 2, "{call}");
        }
    }
}
