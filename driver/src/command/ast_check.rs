//! `zirc ast-check`: the reference's `zig ast-check` on any number of files.

use std::io::Write;
use std::path::Path;

use cache_store::{SourceError, SourceFile};
use clap::Args;
use rayon::prelude::*;
use release::Release;
use syntax::{Ast, Mode};

use crate::diagnostic::Diagnostic;
use crate::file::Ir;
use crate::flags::{ColorFlag, FileList, Workers};
use crate::limits::AST_CHECK_BATCH;
use crate::output::human::Renderer;
use crate::{Error, Status, input, paths};

/// Check single files, as `zig ast-check` does: same output, same status.
///
/// No imports are followed and no cache is used. Without a file, standard input is checked.
#[derive(Args, Debug)]
pub(crate) struct AstCheckArgs {
    #[command(flatten)]
    files: FileList,
    /// Take the input for ZON, whatever its name.
    #[arg(long)]
    zon: bool,
    #[command(flatten)]
    color: ColorFlag,
    #[command(flatten)]
    workers: Workers,
}

/// Checks each file by itself. What it finds goes to standard error, in the order of the files.
pub(crate) fn run(args: &AstCheckArgs) -> Result<Status, Error> {
    let renderer = Renderer::on_stderr(args.color.color);
    if args.files.is_stdin() {
        return check_stdin(args.zon, renderer);
    }
    let files = args.files.gather()?;
    let pool = crate::pool(args.workers.jobs)?;
    let mut clean = true;
    for batch in files.chunks(AST_CHECK_BATCH) {
        let outputs: Vec<Vec<u8>> = pool.install(|| {
            batch
                .par_iter()
                .map(|file| check_file(file, args.zon, renderer))
                .collect()
        });
        let mut stderr = std::io::stderr().lock();
        for output in outputs.iter().filter(|output| !output.is_empty()) {
            clean = false;
            stderr.write_all(output)?;
        }
    }
    Ok(Status::errors(!clean))
}

fn check_stdin(zon: bool, renderer: Renderer) -> Result<Status, Error> {
    let source = match input::read_stdin() {
        Err(SourceError::Io(error)) => Err(error.to_string()),
        Err(error) => Err(format!("error.{}", error.name())),
        // As the reference has it, which would take this for UTF-16.
        Ok(source) if source.starts_with(b"\xff\xfe") => {
            Err("error.UnsupportedEncoding".to_owned())
        }
        Ok(source) => Ok(source),
    };
    let output = match source {
        Err(problem) => format!("error: unable to read stdin: {problem}\n").into_bytes(),
        Ok(source) => {
            let mode = if zon { Mode::Zon } else { Mode::Zig };
            renderer.text(&check_source(&source, mode, input::STDIN.as_bytes()))
        }
    };
    std::io::stderr().lock().write_all(&output)?;
    Ok(Status::errors(!output.is_empty()))
}

/// What the reference prints for this file: nothing if it is clean.
fn check_file(file: &Path, zon: bool, renderer: Renderer) -> Vec<u8> {
    match SourceFile::open(file).and_then(SourceFile::into_bytes) {
        Ok(source) => {
            let mode = if zon { Mode::Zon } else { input::mode_of(file) };
            renderer.text(&check_source(&source, mode, paths::bytes(file)))
        }
        Err(error) => {
            let mut output = b"error: ".to_vec();
            // Those that are no files the reference gets to open; it fails later, without a word about the
            // file.
            if let SourceError::Io(_) = &error {
                output.extend_from_slice(b"unable to open file for ast-check '");
                output.extend_from_slice(paths::bytes(file));
                output.extend_from_slice(b"': ");
            }
            output.extend_from_slice(error.name().as_bytes());
            output.push(b'\n');
            output
        }
    }
}

/// All errors of one source.
fn check_source(source: &[u8], mode: Mode, path: &[u8]) -> Vec<Diagnostic> {
    let tree = Ast::parse(source, mode, Release::V0_14_1);
    Ir::lower(&tree).diagnostics(&tree, path)
}
