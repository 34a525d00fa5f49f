//! `zirc zon fmt`: the reference's `zig fmt` for ZON.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use syntax::{Ast, Mode};
use zongen::fmt;

use crate::diagnostics::{Diagnostic, Lines, Renderer, Severity};
use crate::terminal::Color;
use crate::zon_diagnostics::zoir_diagnostics;
use crate::{Error, Status, inputs, paths};

/// What to format, and how.
#[derive(Clone, Debug, Default)]
pub struct FmtOptions {
    /// The files, and directories of which every `.zon` file is meant.
    pub files: Vec<PathBuf>,
    /// Format standard input to standard output.
    pub stdin: bool,
    /// Change nothing; say which files would be changed.
    pub check: bool,
    /// Colours.
    pub color: Color,
}

/// Formats files in place, and prints the names of those that it changed.
pub fn run(options: &FmtOptions) -> Result<Status, Error> {
    let renderer = Renderer {
        color: options.color.on_stderr(),
    };
    if options.stdin {
        return format_stdin(options.check, renderer);
    }
    if options.files.is_empty() {
        return Err(Error::Usage(
            "expected at least one file, or --stdin".to_owned(),
        ));
    }
    let mut status = Status::Clean;
    for path in &options.files {
        if path.is_dir() {
            for below in inputs::scan(path)? {
                if inputs::mode_of(&below) == Mode::Zon {
                    status = worse(
                        status,
                        format_file(&path.join(below), options.check, renderer)?,
                    );
                }
            }
        } else {
            status = worse(status, format_file(path, options.check, renderer)?);
        }
    }
    Ok(status)
}

fn worse(a: Status, b: Status) -> Status {
    if (b as u8) > (a as u8) { b } else { a }
}

fn format_stdin(check: bool, renderer: Renderer) -> Result<Status, Error> {
    let mut source = Vec::new();
    let limit = cache_store::limits::MAX_SOURCE_LEN;
    io::stdin()
        .lock()
        .take(limit + 1)
        .read_to_end(&mut source)
        .map_err(|error| Error::path("read", Path::new("<stdin>"), error))?;
    match format(&source, b"<stdin>") {
        Err(diagnostics) => {
            report(renderer, &diagnostics)?;
            Ok(Status::ErrorsFound)
        }
        Ok(text) if check => Ok(if text == source {
            Status::Clean
        } else {
            Status::ErrorsFound
        }),
        Ok(text) => {
            io::stdout().lock().write_all(&text)?;
            Ok(Status::Clean)
        }
    }
}

fn format_file(path: &Path, check: bool, renderer: Renderer) -> Result<Status, Error> {
    let unable = |problem: &dyn std::fmt::Display| {
        eprintln!("error: unable to format '{}': {problem}", path.display());
        Ok(Status::CouldNotRun)
    };
    let source = match SourceFile::open(path).and_then(SourceFile::into_bytes) {
        Ok(source) => source,
        Err(error) => return unable(&error.name()),
    };
    let text = match format(&source, paths::bytes(path)) {
        Ok(text) if text == source => return Ok(Status::Clean),
        Ok(text) => text,
        Err(diagnostics) => {
            report(renderer, &diagnostics)?;
            return Ok(Status::ErrorsFound);
        }
    };
    if !check && let Err(error) = replace(path, &text) {
        return unable(&error);
    }
    let mut stdout = io::stdout().lock();
    stdout.write_all(paths::bytes(path))?;
    stdout.write_all(b"\n")?;
    Ok(if check {
        Status::ErrorsFound
    } else {
        Status::Clean
    })
}

/// The formatted text, or why there is none.
fn format(source: &[u8], path: &[u8]) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let tree = Ast::parse(source, Mode::Zon);
    let error = match fmt::render(&tree) {
        Ok(text) if is_same_document(&tree, &text) => return Ok(text),
        Ok(_) => {
            return Err(vec![Diagnostic {
                severity: Severity::Error,
                path: path.to_vec(),
                location: Some(Lines::new(source).location(tree.token_to_span(0))),
                message: b"left as it is: its formatted text would not mean the same".to_vec(),
                notes: Vec::new(),
            }]);
        }
        Err(error) => error,
    };
    let problems = || {
        let zoir = zongen::generate(&tree, zongen::Options::default());
        zoir_diagnostics(zoir.view(), &tree, path)
    };
    let (node, message, notes) = match error {
        fmt::Error::Syntax => return Err(problems()),
        fmt::Error::NotZon(node) => (
            node,
            "not ZON: left as it is".to_owned(),
            problems()
                .into_iter()
                .map(|problem| Diagnostic {
                    severity: Severity::Note,
                    ..problem
                })
                .collect(),
        ),
        fmt::Error::TooDeep(node) => (
            node,
            format!(
                "left as it is: arrays and structs nest deeper than {}",
                fmt::MAX_NESTING
            ),
            Vec::new(),
        ),
    };
    Err(vec![Diagnostic {
        severity: Severity::Error,
        path: path.to_vec(),
        location: Some(Lines::new(source).location(tree.node_to_span(node))),
        message: message.into_bytes(),
        notes,
    }])
}

/// Whether a text holds the tokens of `tree`, but for commas and the quotes of names. The reference loses what follows
/// a comment that turns formatting off inside an element of an array.
fn is_same_document(tree: &Ast<'_>, text: &[u8]) -> bool {
    let formatted = Ast::parse(text, Mode::Zon);
    let tokens = |tree: &Ast<'_>| {
        (0..tree.tokens_len())
            .filter(|&token| tree.token_tag(token) != syntax::TokenTag::Comma)
            .collect::<Vec<_>>()
    };
    let (old, new) = (tokens(tree), tokens(&formatted));
    formatted.errors.is_empty()
        && old.len() == new.len()
        && old.iter().zip(&new).all(|(&a, &b)| {
            let tag = tree.token_tag(a);
            tag == formatted.token_tag(b)
                && (tag == syntax::TokenTag::Identifier
                    || tree.token_slice(a).trim_ascii_end()
                        == formatted.token_slice(b).trim_ascii_end())
        })
}

fn report(renderer: Renderer, diagnostics: &[Diagnostic]) -> Result<(), Error> {
    let mut output = Vec::new();
    for diagnostic in diagnostics {
        renderer.render(&mut output, diagnostic)?;
    }
    io::stderr().lock().write_all(&output)?;
    Ok(())
}

/// Puts `text` in the place of a file, all of it or nothing. Where the path is a link, what it leads to is replaced.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}.tmp", std::process::id()));
    let temporary = dir.join(temporary_name);
    let mut file = File::create_new(&temporary)?;
    let written = file
        .write_all(text)
        .and_then(|()| file.set_permissions(permissions))
        .and_then(|()| fs::rename(&temporary, &path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    written
}
