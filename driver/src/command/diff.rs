//! `zirc diff`: what changed between two versions of a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use syntax::{Ast, Mode};

use crate::file::Ir;
use crate::flags::{ColorFlag, FormatFlag, VersionFlag};
use crate::input::Stream;
use crate::output::{Format, human, json};
use crate::{Error, Status, input, paths};

/// Say what changed between two versions of a file, declaration by declaration.
///
/// Declarations are matched by their names in the containers they are in. Said of them is which are outdated
/// (their source changed), which names appeared, vanished, or changed pub, which containers have other
/// fields, and which declarations only moved to another line. Of ZON it is said whether the value changed.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 both could be compared, whether or not they differ, 1 errors were found in them, 2 could not run.")]
pub(crate) struct DiffArgs {
    /// The version before; - for standard input.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The version after, likewise. What has no name of its own is of the other's kind.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    format: FormatFlag,
    #[command(flatten)]
    color: ColorFlag,
}

/// Compares two files and prints what changed on standard output, errors in them on standard error.
pub(crate) fn run(args: &DiffArgs) -> Result<Status, Error> {
    let files = [&args.old, &args.new];
    let is_stdin = |file: &&PathBuf| input::stream_of(file) == Some(Stream::Stdin);
    if files.iter().all(is_stdin) {
        return Err(Error::Usage(
            "standard input cannot be both versions".to_owned(),
        ));
    }
    let named = files.iter().filter(|file| input::stream_of(file).is_none());
    let modes: Vec<Mode> = named.map(|file| input::mode_of(file)).collect();
    let mode = modes.first().copied().unwrap_or(Mode::Zig);
    if modes.iter().any(|&other| other != mode) {
        return Err(Error::Usage("ZON cannot be compared with Zig".to_owned()));
    }
    let choice = args.version.for_files(Some(&args.new))?;
    let [old, new] = [input::load(&args.old)?, input::load(&args.new)?];
    let mut diagnostics = Vec::new();
    let mut lower = |source: &[u8], path: &Path| {
        let tree = Ast::parse(source, mode, choice.release);
        let ir = Ir::lower(&tree);
        diagnostics.extend(ir.diagnostics(&tree, paths::bytes(path)));
        ir
    };
    let (old, new) = (lower(&old, &args.old), lower(&new, &args.new));
    let found = match old.is_good() && new.is_good() {
        true => Ir::compare(&old, &new),
        false => None,
    };
    let text = match args.format.resolve() {
        Format::Human => {
            human::Renderer::on_stderr(args.color.color).print(&diagnostics)?;
            let change = found.and_then(|found| found.into_change());
            change
                .map(|change| human::changes(&change, ""))
                .unwrap_or_default()
                .into_bytes()
        }
        Format::Json => json::diff(&args.old, &args.new, choice, found.as_ref(), &diagnostics)?,
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(Status::errors(!diagnostics.is_empty()))
}
