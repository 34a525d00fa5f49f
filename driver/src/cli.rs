//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::ast_check::{self, AstCheckOptions};
use crate::cache_dirs::CacheFlags;
use crate::check::{self, CheckOptions, Format, ModuleArg};
use crate::emit::{self, EmitOptions};
use crate::explain::{self, ExplainOptions};
pub use crate::terminal::Color;
use crate::watch::{self, WatchOptions};
use crate::zir_diff::{self, DiffOptions};
use crate::zon_fmt::{self, FmtOptions};
use crate::zon_json::{self, FromJsonOptions, JsonOptions};
use crate::{Error, Status, dump};

/// The front half of a Zig compiler: checks programs without building them.
///
/// It parses Zig and lowers it to ZIR as Zig 0.14.1 does, and finds what Zig finds at that stage: syntax
/// errors, unused and undeclared names, misplaced statements, files that are missing. It does no semantic
/// analysis: type errors are not found.
#[derive(Parser, Debug)]
#[command(name = "zirc", version, propagate_version = true, after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "Exit status: 0 nothing is wrong, 1 errors were found, 2 could not run.";

#[derive(Subcommand, Debug)]
enum Command {
    Check(CheckArgs),
    AstCheck(AstCheckArgs),
    Emit(EmitArgs),
    Dump(DumpArgs),
    Diff(DiffArgs),
    Watch(WatchArgs),
    Cache(CacheArgs),
    Zon(ZonArgs),
    Completions(CompletionsArgs),
}

/// Check programs: their root files and all that these import.
///
/// Results are kept in a cache, so that a second run reads only what has changed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc check src/main.zig
  zirc check                    every .zig and .zon file below this directory
  zirc check --dep util -Mroot=src/main.zig -Mutil=util/util.zig
  zirc check --format json src/main.zig

Exit status: 0 nothing is wrong, 1 errors were found, 2 could not run.")]
struct CheckArgs {
    /// A root file, or a directory, of which every file is checked (ignore files are honoured). The working
    /// directory if none is given.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Let the module of the next -M import another by its name, or by another NAME.
    #[arg(long = "dep", value_name = "NAME[=MODULE]")]
    deps: Vec<String>,
    /// A module and its root file. The first is the one that is checked.
    #[arg(short = 'M', value_name = "NAME=PATH")]
    modules: Vec<String>,
    /// Zig's lib directory. Otherwise ZIG_LIB_DIR, or that of the zig on PATH, or of the ziglang Python package.
    #[arg(long, value_name = "DIR")]
    zig_lib_dir: Option<PathBuf>,
    /// The cache for the program's own files. Otherwise .zirc-cache beside the nearest build.zig.
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// The cache for all other files. Otherwise zirc in the user's cache directory.
    #[arg(long, value_name = "DIR")]
    global_cache_dir: Option<PathBuf>,
    /// Use Zig's own cache directories: each side uses what the other has written.
    #[arg(long)]
    share_zig_cache: bool,
    /// Neither read nor write a cache.
    #[arg(long)]
    no_cache: bool,
    /// Look at the cache entry of every file, even if the manifest says that nothing has changed. Write no manifest.
    #[arg(long)]
    no_manifest: bool,
    /// Write a list of all files that were read, one a line.
    #[arg(long, value_name = "FILE")]
    file_inputs: Option<PathBuf>,
    /// Write the same as a rule for Make or Ninja. Its target is FILE without its extension .d.
    #[arg(long, value_name = "FILE")]
    depfile: Option<PathBuf>,
    /// Say of each file why it was found in the cache or generated.
    #[arg(long)]
    explain: bool,
    /// Number of workers. One for each core if not given.
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Colours in the output.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
    /// Fail if an import leads nowhere: to a module that is not known, or out of its module.
    #[arg(long)]
    strict: bool,
}

/// Check single files, as `zig ast-check` does: same output, same status.
///
/// No imports are followed and no cache is used. Without a file, standard input is checked.
#[derive(Args, Debug)]
struct AstCheckArgs {
    /// The files; what is found is printed in this order.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A file that lists more files, one a line; - for standard input.
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// Take the input for ZON, whatever its name.
    #[arg(long)]
    zon: bool,
    /// Colours in the output.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
    /// Number of workers. One for each core if not given.
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
}

/// Write the IR of files as bytes.
///
/// DIR/<n>.bin is the n-th file's, from 0: a header whose stat fields are zero, then the sections, as in a cache
/// entry of Zig's.
#[derive(Args, Debug)]
struct EmitArgs {
    /// The files.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A file that lists more files, one a line; - for standard input.
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
    /// The directory for the results; made if it is not there.
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
    /// Number of workers. One for each core if not given.
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
}

/// Print the IR of a file as text.
#[derive(Args, Debug)]
struct DumpArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Look into caches.
#[derive(Args, Debug)]
struct CacheArgs {
    #[command(subcommand)]
    command: CacheCommand,
}

#[derive(Subcommand, Debug)]
enum CacheCommand {
    Explain(ExplainArgs),
}

/// Say of each file of a manifest what became of it since.
///
/// Manifests of Zig are read too.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc cache explain .zirc-cache/h/0123456789abcdef0123456789abcdef.txt
  zirc cache explain 0123456789abcdef0123456789abcdef
  zirc cache explain .zig-cache/h/0123456789abcdef0123456789abcdef.txt

Exit status: 0 nothing has changed, 1 something has, 2 could not run.")]
struct ExplainArgs {
    /// A manifest, or its name: 32 digits, looked for in the cache directories.
    #[arg(value_name = "MANIFEST|HEX")]
    manifest: PathBuf,
    /// The cache directory to look in.
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// The global cache directory.
    #[arg(long, value_name = "DIR")]
    global_cache_dir: Option<PathBuf>,
    /// Zig's lib directory, if it is not the usual one.
    #[arg(long, value_name = "DIR")]
    zig_lib_dir: Option<PathBuf>,
    /// Compare contents even where size, inode and modification time are the recorded ones.
    #[arg(long)]
    contents: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Say what changed between two versions of a file, declaration by declaration.
///
/// Declarations are matched by their names in the containers they are in. Said of them is which are outdated (their
/// source changed), which names appeared, vanished, or changed pub, which containers have other fields, and which
/// declarations only moved to another line. Of ZON it is said whether the value changed.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 both could be compared, whether or not they differ, 1 errors were found in them, 2 could not run.")]
struct DiffArgs {
    /// The version before.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The version after.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Colours in the output.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// Check a program whenever one of its files changes.
///
/// After each change errors are printed as check prints them, and what changed in which declarations, on standard
/// output, as diff says it. It goes on until it is interrupted.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc watch src/main.zig
  zirc watch                    every .zig and .zon file below this directory
  zirc watch --poll 500         on a file system that does not tell of changes
  zirc watch --format json      a line for each update")]
struct WatchArgs {
    /// A root file, or a directory, of which every file is checked. The working directory if it is not given.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Zig's lib directory. Otherwise ZIG_LIB_DIR, or that of the zig on PATH, or of the ziglang Python package.
    #[arg(long, value_name = "DIR")]
    zig_lib_dir: Option<PathBuf>,
    /// The cache for the program's own files. Otherwise .zirc-cache beside the nearest build.zig.
    #[arg(long, value_name = "DIR")]
    cache_dir: Option<PathBuf>,
    /// The cache for all other files. Otherwise zirc in the user's cache directory.
    #[arg(long, value_name = "DIR")]
    global_cache_dir: Option<PathBuf>,
    /// Use Zig's own cache directories: each side uses what the other has written.
    #[arg(long)]
    share_zig_cache: bool,
    /// Neither read nor write a cache.
    #[arg(long)]
    no_cache: bool,
    /// Look at all files every so many milliseconds instead of waiting for the system to tell of changes. That is done
    /// once a second where the system cannot tell.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    poll: Option<u64>,
    /// Wait until nothing has changed for so many milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    debounce: u64,
    /// Number of workers. One for each core if not given.
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Colours in the output.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// Work with ZON documents.
#[derive(Args, Debug)]
struct ZonArgs {
    #[command(subcommand)]
    command: ZonCommand,
}

#[derive(Subcommand, Debug)]
enum ZonCommand {
    Json(ZonJsonArgs),
    FromJson(ZonFromJsonArgs),
    Fmt(ZonFmtArgs),
}

/// Print a ZON document as JSON.
#[derive(Args, Debug)]
#[command(after_help = zon_json::JSON_HELP)]
struct ZonJsonArgs {
    /// The document; - or none for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Colours in the errors.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// Print a JSON document as ZON.
#[derive(Args, Debug)]
#[command(after_help = zon_json::FROM_JSON_HELP)]
struct ZonFromJsonArgs {
    /// The document; - or none for standard input.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take every string as it is: none is read as ZON.
    #[arg(long)]
    plain: bool,
    /// Colours in the errors.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// Format ZON documents in place, as `zig fmt` does.
///
/// The names of files that were changed are printed. Files with errors are left as they are.
#[derive(Args, Debug)]
#[command(after_help = zon_fmt::HELP)]
struct ZonFmtArgs {
    /// The files, or directories of which every .zon file is meant.
    #[arg(value_name = "FILE", required_unless_present = "stdin")]
    files: Vec<PathBuf>,
    /// Format standard input to standard output.
    #[arg(long, conflicts_with = "files")]
    stdin: bool,
    /// A file or directory to pass over.
    #[arg(long, value_name = "FILE")]
    exclude: Vec<PathBuf>,
    /// Change nothing. Print the names of files that would be changed, and fail if there are any.
    #[arg(long)]
    check: bool,
    /// Colours in the errors.
    #[arg(long, value_enum, default_value_t)]
    color: Color,
}

/// Print a completion script for a shell.
#[derive(Args, Debug)]
struct CompletionsArgs {
    /// The shell.
    shell: clap_complete::Shell,
}

/// Runs the command that the process's arguments ask for.
pub fn main() -> ExitCode {
    match run(std::env::args_os()) {
        Ok(status) => status.into(),
        // The reader of our output has seen enough.
        Err(Error::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            Status::CouldNotRun.into()
        }
        Err(error) => {
            crate::terminal::say(format_args!("error: {error}"));
            Status::CouldNotRun.into()
        }
    }
}

fn parse(args: impl IntoIterator<Item = OsString>) -> Result<(Cli, clap::ArgMatches), clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    let cli = Cli::from_arg_matches(&matches)?;
    Ok((cli, matches))
}

/// Whether `args` (the program's name first) are a command line that [`run`] would act on. Nothing is run.
///
/// # Errors
/// The text that would be printed instead: what is wrong, or the help or version that is asked for.
pub fn check_args(args: impl IntoIterator<Item = OsString>) -> Result<(), String> {
    let (cli, matches) = parse(args).map_err(|error| error.to_string())?;
    if let (Command::Check(args), Some((_, matches))) = (&cli.command, matches.subcommand()) {
        module_args(args, matches).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// What `--share-zig-cache` asks for. Our entries are those of a 64-bit little-endian machine everywhere: on another one
/// the reference would read other integers out of them than stand in the source.
fn share(wanted: bool) -> Result<bool, Error> {
    if wanted && !cfg!(all(target_endian = "little", target_pointer_width = "64")) {
        return Err(Error::Usage(
            "--share-zig-cache needs a 64-bit little-endian machine".to_owned(),
        ));
    }
    Ok(wanted)
}

/// Runs the command that `args` (the program's name first) ask for. Prints help, versions and usage errors itself.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Result<Status, Error> {
    let (cli, matches) = match parse(args) {
        Ok(parsed) => parsed,
        Err(error) => {
            error.print()?;
            return Ok(if error.use_stderr() {
                Status::CouldNotRun
            } else {
                Status::Clean
            });
        }
    };
    match cli.command {
        Command::Check(args) => {
            let modules = match matches.subcommand() {
                Some((_, matches)) => module_args(&args, matches)?,
                None => Vec::new(),
            };
            check::run(&CheckOptions {
                paths: args.paths,
                modules,
                zig_lib_dir: args.zig_lib_dir,
                cache: CacheFlags {
                    local: args.cache_dir,
                    global: args.global_cache_dir,
                    share: share(args.share_zig_cache)?,
                },
                no_cache: args.no_cache,
                no_manifest: args.no_manifest,
                file_inputs: args.file_inputs,
                depfile: args.depfile,
                explain: args.explain,
                jobs: args.jobs,
                format: args.format,
                color: args.color,
                strict: args.strict,
            })
        }
        Command::AstCheck(args) => ast_check::run(&AstCheckOptions {
            files: args.files,
            files_from: args.files_from,
            zon: args.zon,
            color: args.color,
            jobs: args.jobs,
        }),
        Command::Emit(args) => emit::run(&EmitOptions {
            files: args.files,
            files_from: args.files_from,
            out_dir: args.out_dir,
            jobs: args.jobs,
        }),
        Command::Dump(args) => dump::run(&args.file),
        Command::Diff(args) => zir_diff::run(&DiffOptions {
            old: args.old,
            new: args.new,
            format: args.format,
            color: args.color,
        }),
        Command::Watch(args) => watch::run(&WatchOptions {
            check: CheckOptions {
                paths: args.path.into_iter().collect(),
                zig_lib_dir: args.zig_lib_dir,
                cache: CacheFlags {
                    local: args.cache_dir,
                    global: args.global_cache_dir,
                    share: share(args.share_zig_cache)?,
                },
                no_cache: args.no_cache,
                jobs: args.jobs,
                format: args.format,
                color: args.color,
                ..CheckOptions::default()
            },
            poll: args.poll.map(Duration::from_millis),
            debounce: Duration::from_millis(args.debounce),
        }),
        Command::Cache(CacheArgs {
            command: CacheCommand::Explain(args),
        }) => explain::run(&ExplainOptions {
            manifest: args.manifest,
            cache: CacheFlags {
                local: args.cache_dir,
                global: args.global_cache_dir,
                share: false,
            },
            zig_lib_dir: args.zig_lib_dir,
            contents: args.contents,
            format: args.format,
        }),
        Command::Zon(ZonArgs { command }) => match command {
            ZonCommand::Json(args) => zon_json::run_json(&JsonOptions {
                file: args.file,
                color: args.color,
            }),
            ZonCommand::FromJson(args) => zon_json::run_from_json(&FromJsonOptions {
                file: args.file,
                plain: args.plain,
                color: args.color,
            }),
            ZonCommand::Fmt(args) => zon_fmt::run(&FmtOptions {
                files: args.files,
                exclude: args.exclude,
                stdin: args.stdin,
                check: args.check,
                color: args.color,
            }),
        },
        Command::Completions(args) => {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut Cli::command(), "zirc", &mut script);
            std::io::Write::write_all(&mut std::io::stdout(), &script)?;
            Ok(Status::Clean)
        }
    }
}

/// Pairs each `-M` with the `--dep`s before it: their order on the command line counts.
fn module_args(args: &CheckArgs, matches: &clap::ArgMatches) -> Result<Vec<ModuleArg>, Error> {
    let places = |id: &str| {
        matches
            .indices_of(id)
            .into_iter()
            .flatten()
            .collect::<Vec<usize>>()
    };
    let mut deps = args.deps.iter().zip(places("deps")).peekable();
    let mut modules = Vec::new();
    for (module, place) in args.modules.iter().zip(places("modules")) {
        let Some((name, root)) = module.split_once('=') else {
            return Err(Error::Usage(format!(
                "expected NAME=PATH after -M, found '{module}'"
            )));
        };
        let mut own = Vec::new();
        while let Some((dep, _)) = deps.next_if(|(_, dep_place)| *dep_place < place) {
            own.push(dependency(dep)?);
        }
        modules.push(ModuleArg {
            name: name.to_owned(),
            root: root.into(),
            deps: own,
        });
    }
    match deps.next() {
        Some((dep, _)) => Err(Error::Usage(format!(
            "--dep {dep} has no -M after it that it could belong to"
        ))),
        None => Ok(modules),
    }
}

fn dependency(dep: &str) -> Result<(String, String), Error> {
    let (import, module) = dep.split_once('=').unwrap_or((dep, dep));
    if matches!(import, "root" | "builtin") || (import == "std" && module != "std") {
        return Err(Error::Usage(format!(
            "unable to import as '{import}': conflicts with builtin module"
        )));
    }
    Ok((import.to_owned(), module.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(args: &[&str]) -> Result<Vec<ModuleArg>, String> {
        let matches = Cli::command()
            .try_get_matches_from(args)
            .map_err(|e| e.to_string())?;
        let Command::Check(parsed) = Cli::from_arg_matches(&matches)
            .map_err(|e| e.to_string())?
            .command
        else {
            return Err("another command".into());
        };
        let (_, matches) = matches.subcommand().unwrap();
        module_args(&parsed, matches).map_err(|e| e.to_string())
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn dependencies_belong_to_the_next_module() {
        let found = modules(&[
            "zirc",
            "check",
            "--dep",
            "a",
            "--dep",
            "x=b",
            "-Mroot=r.zig",
            "-Ma=a.zig",
            "--dep",
            "a",
            "-Mb=b.zig",
        ])
        .unwrap();
        let deps: Vec<_> = found
            .iter()
            .map(|m| (m.name.as_str(), m.deps.clone()))
            .collect();
        let dep = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            deps,
            [
                ("root", vec![dep("a", "a"), dep("x", "b")]),
                ("a", vec![]),
                ("b", vec![dep("a", "a")])
            ]
        );
        assert!(modules(&["zirc", "check", "-Mroot=r.zig", "--dep", "a"]).is_err());
        assert!(modules(&["zirc", "check", "--dep", "root", "-Mr=r.zig"]).is_err());
        assert!(modules(&["zirc", "check", "-Mr"]).is_err());
    }
}
