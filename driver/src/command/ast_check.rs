//! `zirc ast-check`: the reference's `zig ast-check` on any number of files.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;
use release::Release;

use crate::check::{Row, check_file, check_stdin, share};
use crate::diagnostic::Diagnostic;
use crate::environment::release_for_files;
use crate::flags::{ColorFlag, FileList, Releases, VersionsFlag, Workers, say_warnings};
use crate::limits::FILES_BATCH;
use crate::output::human::Renderer;
use crate::output::matrix;
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
    color: ColorFlag,
    #[command(flatten)]
    workers: Workers,
}

/// Checks each file by itself. What it finds goes to standard error, in the order of the files.
pub(crate) fn run(args: &AstCheckArgs) -> Result<Status, Error> {
    let renderer = Renderer::on_stderr(args.color.color);
    let (releases, warnings) = args.versions.resolve();
    say_warnings(&warnings);
    if args.files.is_stdin() {
        return match releases {
            Releases::One(asked) => {
                let release = release_for_files(asked, None)?.release;
                let found = check_stdin(args.zon, &[release]);
                let found = found.into_iter().flatten().collect::<Vec<_>>();
                renderer.print(&found)?;
                Ok(Status::errors(!found.is_empty()))
            }
            Releases::Several(releases) => {
                let found = check_stdin(args.zon, &releases);
                print_matrix(renderer, &releases, vec![found])
            }
        };
    }
    let files = args.files.gather()?;
    let pool = crate::pool(args.workers.jobs)?;
    let check = |batch: &[PathBuf], releases: &[Release]| -> Vec<Vec<Vec<Diagnostic>>> {
        let checked = batch.par_iter();
        let checked = checked.map(|file| check_file(file, args.zon, releases));
        pool.install(|| checked.collect())
    };
    let asked = match releases {
        Releases::One(asked) => asked,
        Releases::Several(releases) => {
            let batches = files.chunks(FILES_BATCH);
            let found = batches.flat_map(|batch| check(batch, &releases));
            return print_matrix(renderer, &releases, found.collect());
        }
    };
    let first = files.first().map(PathBuf::as_path);
    let releases = [release_for_files(asked, first)?.release];
    let mut clean = true;
    for batch in files.chunks(FILES_BATCH) {
        let found = check(batch, &releases);
        let mut stderr = std::io::stderr().lock();
        for found in found.iter().flatten().filter(|found| !found.is_empty()) {
            clean = false;
            stderr.write_all(&renderer.text(found))?;
        }
    }
    Ok(Status::errors(!clean))
}

/// Prints how releases compare, then each error once. `found` has for each file the errors of each release.
fn print_matrix(
    renderer: Renderer,
    releases: &[Release],
    found: Vec<Vec<Vec<Diagnostic>>>,
) -> Result<Status, Error> {
    let row = |(number, &release): (usize, &Release)| {
        let of_release = found.iter().map(|file| file[number].len());
        let failed = of_release.clone().filter(|&errors| errors > 0).count();
        Row {
            release,
            passes: failed == 0,
            files: found.len(),
            failed,
            errors: of_release.sum(),
            std: None,
        }
    };
    let rows: Vec<Row> = releases.iter().enumerate().map(row).collect();
    let of_file = |file: Vec<Vec<Diagnostic>>| share(releases.iter().copied().zip(file).collect());
    let shared: Vec<_> = found.into_iter().flat_map(of_file).collect();
    let text = matrix::files(renderer, &rows, &shared);
    std::io::stderr().lock().write_all(&text)?;
    Ok(Status::errors(!shared.is_empty()))
}
