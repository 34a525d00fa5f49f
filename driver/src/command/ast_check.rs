//! `zirc ast-check`: the reference's `zig ast-check` on any number of files.

use std::borrow::Cow;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;
use release::Release;

use crate::check::{Choice, Row, check_file, check_stdin, share};
use crate::diagnostic::Diagnostic;
use crate::environment::{release_for_files, working_dir};
use crate::flags::{
    ColorFlag, FileList, FindingsFormatFlag, Releases, VersionsFlag, Workers, say_warnings,
};
use crate::limits::FILES_BATCH;
use crate::output::findings::Findings;
use crate::output::human::Renderer;
use crate::output::{Form, json, matrix};
use crate::{Error, Status};

/// Check single files, as `zig ast-check` does: same output, same status.
///
/// No imports are followed and no cache is used. Without a file, standard input is checked. With several
/// releases it is said first how these compare, then each error once, with the releases that find it.
#[derive(Args, Debug)]
pub(crate) struct AstCheckArgs {
    #[command(flatten)]
    files: FileList,
    /// Take the input for ZON, whatever its name.
    #[arg(long)]
    zon: bool,
    #[command(flatten)]
    versions: VersionsFlag,
    #[command(flatten)]
    format: FindingsFormatFlag,
    #[command(flatten)]
    color: ColorFlag,
    #[command(flatten)]
    workers: Workers,
}

/// Checks each file by itself. What it finds is told in the order of the files.
pub(crate) fn run(args: &AstCheckArgs) -> Result<Status, Error> {
    let (releases, warnings) = args.versions.resolve();
    say_warnings(&warnings);
    let files = match args.files.is_stdin() {
        true => None,
        false => Some(args.files.gather()?),
    };
    let (releases, choice) = match releases {
        Releases::One(asked) => {
            let first = files.as_ref().and_then(|files| files.first());
            let choice = release_for_files(asked, first.map(PathBuf::as_path))?;
            (vec![choice.release], Some(choice))
        }
        Releases::Several(releases) => (releases, None),
    };
    let pool = crate::pool(args.workers.jobs)?;
    let check = |batch: &[PathBuf]| -> Vec<Checked> {
        let check = |file: &PathBuf| check_file(file, args.zon, &releases);
        pool.install(|| batch.par_iter().map(check).collect())
    };
    let batches = files.as_deref().unwrap_or_default().chunks(FILES_BATCH);
    let stdin = files
        .is_none()
        .then(|| vec![check_stdin(args.zon, &releases)]);
    let checked = stdin.into_iter().chain(batches.map(check)).flatten();
    let form = args.format.resolve();
    let renderer = Renderer::on_stderr(args.color.color);
    match choice {
        Some(choice) => one_release(choice, checked, form, renderer),
        None => several_releases(&releases, checked.collect(), form, renderer),
    }
}

/// The errors of a file under each release.
type Checked = Vec<Vec<Diagnostic>>;

/// Tells what files are under one release: as text while they are checked, otherwise when all are.
fn one_release(
    choice: Choice,
    checked: impl Iterator<Item = Checked>,
    form: Form,
    renderer: Renderer,
) -> Result<Status, Error> {
    let (mut files, mut failed, mut all) = (0, 0, Vec::new());
    for found in checked.map(|file| file.concat()) {
        files += 1;
        failed += usize::from(!found.is_empty());
        match form {
            Form::Human => renderer.print(&found)?,
            _ => all.extend(found),
        }
    }
    match form {
        Form::Human => {}
        Form::Json => json::print_files(choice, files, failed, &all)?,
        Form::Exchange(exchange) => {
            let found = Findings::of_files(all.iter().map(Cow::Borrowed));
            exchange.write(&found, &working_dir()?, true, std::io::stdout().lock())?;
        }
    }
    Ok(Status::errors(failed > 0))
}

/// Tells how releases compare, and each error once.
fn several_releases(
    releases: &[Release],
    checked: Vec<Checked>,
    form: Form,
    renderer: Renderer,
) -> Result<Status, Error> {
    let row = |(number, &release): (usize, &Release)| {
        let of_release = checked.iter().map(|file| file[number].len());
        let failed = of_release.clone().filter(|&errors| errors > 0).count();
        Row {
            release,
            passes: failed == 0,
            files: checked.len(),
            failed,
            errors: of_release.sum(),
            std: None,
        }
    };
    let rows: Vec<Row> = releases.iter().enumerate().map(row).collect();
    let of_file = |file: Checked| share(releases.iter().copied().zip(file).collect());
    let shared: Vec<_> = checked.into_iter().flat_map(of_file).collect();
    let status = Status::errors(!shared.is_empty());
    match form {
        Form::Human => {
            let text = matrix::files(renderer, &rows, &shared);
            std::io::stderr().lock().write_all(&text)?;
        }
        Form::Json => json::print_files_matrix(&rows, &shared)?,
        Form::Exchange(exchange) => {
            let found = Findings::of_shared(releases.len(), shared);
            exchange.write(&found, &working_dir()?, true, std::io::stdout().lock())?;
        }
    }
    Ok(status)
}
