//! `zirc zon fmt`: the reference's `zig fmt` for ZON.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use cache_store::SourceFile;
use cache_store::file::{FileId, Metadata, real_path};
use clap::Args;
use release::Release;
use syntax::{Ast, Mode};
use zongen::fmt;

use crate::diagnostic::{Diagnostic, Lines};
use crate::file::Ir;
use crate::flags::{ColorFlag, VersionFlag};
use crate::output::human::Renderer;
use crate::output::terminal::say;
use crate::{Error, Status, input, paths};

/// What `zirc zon fmt --help` says at its end.
const HELP: &str = "\
Of a directory every .zon file below it is formatted, but for names that begin with a dot; links in it are not
followed. No file is formatted twice. A file that begins with the mark of UTF-16 (little endian) becomes UTF-8.

What can be parsed is formatted, whether or not it means something in ZON. Left as it is, with an error:
- what is indented more than 1000 times or nested deeper than 100000 expressions;
- inline assembly in the operands of another;
- what zig fmt would lose a part of: text behind `// zig fmt: off` inside an element of an array of several lines,
  comments behind the last comma or colon of an asm expression, and, where types are written, a field with an
  alignment but without a type, a documented parameter without a comma behind the last one, `callconv(.@\"inline\")`
  of a noinline function or with a comment in it, and long quoted names with escapes.

With --stdin --check the status is 1 if the text would be changed (the reference has it the other way round).

Exit status: 0 nothing is wrong, 1 errors were found or (--check) files would be changed, 2 could not run.";

/// Format ZON documents in place, as `zig fmt` does.
///
/// The names of files that were changed are printed. Files with errors are left as they are.
#[derive(Args, Debug)]
#[command(after_help = HELP)]
pub(crate) struct ZonFmtArgs {
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
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    color: ColorFlag,
}

/// Formats files in place, and prints the names of those that it changed.
pub(crate) fn run(args: &ZonFmtArgs) -> Result<Status, Error> {
    let renderer = Renderer::on_stderr(args.color.color);
    let first = args.files.first().map(PathBuf::as_path);
    let release = args.version.for_files(first)?.release;
    if args.stdin {
        return format_stdin(args.check, release, renderer);
    }
    let mut files = Files {
        check: args.check,
        release,
        renderer,
        seen: HashSet::new(),
        status: Status::Clean,
    };
    for path in &args.exclude {
        match Metadata::at(path) {
            Ok(metadata) => drop(files.seen.insert(FileId::of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::path("exclude", path, error)),
        }
    }
    for path in &args.files {
        files.format_path(path)?;
    }
    Ok(files.status)
}

struct Files {
    check: bool,
    release: Release,
    renderer: Renderer,
    /// What was formatted, and what is excluded.
    seen: HashSet<FileId>,
    status: Status,
}

impl Files {
    fn note(&mut self, status: Status) {
        if status as u8 > self.status as u8 {
            self.status = status;
        }
    }

    fn unable(&mut self, path: &Path, problem: &dyn std::fmt::Display) {
        say(format_args!(
            "error: unable to format '{}': {problem}",
            path.display()
        ));
        self.note(Status::CouldNotRun);
    }

    fn format_path(&mut self, path: &Path) -> Result<(), Error> {
        let mut waiting = vec![path.to_owned()];
        while let Some(path) = waiting.pop() {
            // Links count for what they lead to only where they are named by the user: others never get here.
            match Metadata::at(&path) {
                Ok(metadata) if !self.seen.insert(FileId::of(&metadata)) => {}
                Ok(metadata) if metadata.is_dir() => match below(&path) {
                    Ok(below) => waiting.extend(below.into_iter().rev()),
                    Err(error) => self.unable(&path, &error),
                },
                // What is wrong with it shows when it is read.
                _ => self.format_file(&path)?,
            }
        }
        Ok(())
    }

    fn format_file(&mut self, path: &Path) -> Result<(), Error> {
        let source = match SourceFile::open(path).and_then(SourceFile::into_bytes) {
            Ok(source) => source,
            Err(error) => {
                self.unable(path, &error.name());
                return Ok(());
            }
        };
        let text = match input::decode(&source) {
            Ok(text) => text,
            Err(problem) => {
                self.unable(path, &problem);
                return Ok(());
            }
        };
        let text = match format(&text, paths::bytes(path), self.release) {
            Ok(text) if text == source => return Ok(()),
            Ok(text) => text,
            Err(diagnostics) => {
                self.note(Status::ErrorsFound);
                self.renderer.print(&diagnostics)?;
                return Ok(());
            }
        };
        if self.check {
            self.note(Status::ErrorsFound);
        } else if let Err(error) = replace(path, &text) {
            self.unable(path, &error);
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(paths::bytes(path))?;
        stdout.write_all(b"\n")?;
        Ok(())
    }
}

/// The directories and ZON files in a directory, by their names. Ignore files do not matter.
fn below(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let is_wanted = kind.is_dir()
            || kind.is_file() && input::mode_of(Path::new(&entry.file_name())) == Mode::Zon;
        if is_wanted && !paths::bytes(Path::new(&entry.file_name())).starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn format_stdin(check: bool, release: Release, renderer: Renderer) -> Result<Status, Error> {
    let source = input::load_stdin()?;
    let text = input::decode(&source).map_err(|problem| {
        Error::path("read", Path::new(input::STDIN), io::Error::other(problem))
    })?;
    match format(&text, input::STDIN.as_bytes(), release) {
        Err(diagnostics) => {
            renderer.print(&diagnostics)?;
            Ok(Status::ErrorsFound)
        }
        Ok(text) if check => Ok(Status::errors(text != source)),
        Ok(text) => {
            io::stdout().lock().write_all(&text)?;
            Ok(Status::Clean)
        }
    }
}

/// The formatted text, or why there is none.
fn format(source: &[u8], path: &[u8], release: Release) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let mut tree = Ast::parse(source, Mode::Zon, release);
    let error = match fmt::render(&tree) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let span = match error {
        fmt::Error::Syntax => {
            if !release.rules().syntax_errors_by_zongen {
                tree.mode = Mode::Zig;
            }
            return Err(Ir::diagnostics_of(&tree, path));
        }
        fmt::Error::TooIndented(node) | fmt::Error::TooDeep(node) | fmt::Error::NoLayout(node) => {
            tree.node_to_span(node)
        }
        fmt::Error::Lossy(loss) => loss.span(),
    };
    let message = format!("left as it is: {error}").into_bytes();
    let location = Lines::new(source).location(span);
    Err(vec![Diagnostic::error(path, Some(location), message)])
}

/// Puts `text` in the place of a file, all of it or nothing. Where the path is a link, what it leads to is
/// replaced.
fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let path = real_path(path)?;
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
