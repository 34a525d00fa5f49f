//! `zirc ast-check`: the reference's `zig ast-check` on any number of files.

use std::io::Write;
use std::path::{Path, PathBuf};

use cache_store::{SourceError, SourceFile};
use rayon::prelude::*;
use syntax::{Ast, Mode};

use crate::diagnostics::{Diagnostic, Renderer, zir_diagnostics};
use crate::terminal::Color;
use crate::{Error, Status, inputs, paths};

/// What to check, and how.
#[derive(Clone, Debug, Default)]
pub struct AstCheckOptions {
    /// The files.
    pub files: Vec<PathBuf>,
    /// A file that lists more of them.
    pub files_from: Option<PathBuf>,
    /// Take every file for ZON, whatever its name.
    pub zon: bool,
    /// Colours.
    pub color: Color,
    /// Number of workers; 0 means one for each core.
    pub jobs: usize,
}

/// Files that are checked before their output is written: enough to keep workers busy.
const BATCH: usize = 256;

/// Checks each file by itself. What it finds goes to standard error, in the order of the files.
pub fn run(options: &AstCheckOptions) -> Result<Status, Error> {
    let renderer = Renderer {
        color: options.color.on_stderr(),
    };
    if options.files.is_empty() && options.files_from.is_none() {
        return check_stdin(options, renderer);
    }
    let files = inputs::gather(&options.files, options.files_from.as_deref())?;
    let pool = crate::pool(options.jobs)?;
    let mut clean = true;
    for batch in files.chunks(BATCH) {
        let outputs: Vec<Vec<u8>> = pool.install(|| {
            batch
                .par_iter()
                .map(|file| check_file(file, options.zon, renderer))
                .collect()
        });
        let mut stderr = std::io::stderr().lock();
        for output in outputs.iter().filter(|output| !output.is_empty()) {
            clean = false;
            stderr.write_all(output)?;
        }
    }
    Ok(if clean {
        Status::Clean
    } else {
        Status::ErrorsFound
    })
}

fn check_stdin(options: &AstCheckOptions, renderer: Renderer) -> Result<Status, Error> {
    let source = match inputs::read_stdin() {
        Err(SourceError::Io(error)) => Err(error.to_string()),
        Err(error) => Err(format!("error.{}", error.name())),
        // As the reference has it, which would take this for UTF-16.
        Ok(source) if source.starts_with(b"\xff\xfe") => {
            Err("error.UnsupportedEncoding".to_owned())
        }
        Ok(source) => Ok(source),
    };
    let mut output = Vec::new();
    match source {
        Err(problem) => writeln!(output, "error: unable to read stdin: {problem}")?,
        Ok(source) => {
            let mode = if options.zon { Mode::Zon } else { Mode::Zig };
            render_all(
                &mut output,
                renderer,
                &check_source(&source, mode, inputs::STDIN.as_bytes()),
            );
        }
    }
    std::io::stderr().lock().write_all(&output)?;
    Ok(if output.is_empty() {
        Status::Clean
    } else {
        Status::ErrorsFound
    })
}

/// What the reference prints for this file: nothing if it is clean.
fn check_file(file: &Path, zon: bool, renderer: Renderer) -> Vec<u8> {
    let mut output = Vec::new();
    match SourceFile::open(file).and_then(SourceFile::into_bytes) {
        Ok(source) => {
            let mode = if zon || inputs::mode_of(file) == Mode::Zon {
                Mode::Zon
            } else {
                Mode::Zig
            };
            render_all(
                &mut output,
                renderer,
                &check_source(&source, mode, paths::bytes(file)),
            );
        }
        Err(error) => {
            match &error {
                SourceError::Io(_) => {
                    output.extend_from_slice(b"error: unable to open file for ast-check '");
                    output.extend_from_slice(paths::bytes(file));
                    output.extend_from_slice(b"': ");
                }
                // The reference gets to open these and fails later, without a word about the file.
                _ => output.extend_from_slice(b"error: "),
            }
            output.extend_from_slice(error.name().as_bytes());
            output.push(b'\n');
        }
    }
    output
}

fn render_all(output: &mut Vec<u8>, renderer: Renderer, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        renderer
            .render(output, diagnostic)
            .expect("writing to memory");
    }
}

/// All errors of one source.
pub fn check_source(source: &[u8], mode: Mode, path: &[u8]) -> Vec<Diagnostic> {
    let tree = Ast::parse(source, mode);
    match mode {
        Mode::Zig => zir_diagnostics(&astgen::generate(&tree), &tree, path),
        Mode::Zon => {
            let zoir = zongen::generate(&tree, zongen::Options::default());
            crate::zon_diagnostics::zoir_diagnostics(zoir.view(), &tree, path)
        }
    }
}
