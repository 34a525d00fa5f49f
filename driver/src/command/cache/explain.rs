//! `zirc cache explain`: what became of the files of a manifest.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use manifest::{Digest, Format, Listing, Prefixes};

use crate::environment::{self, CacheDirs, layout};
use crate::explain::ManifestExplanation;
use crate::flags::{CacheDirFlags, FormatFlag, LibFlag};
use crate::inventory::{self, CacheDir, Step};
use crate::limits::MAX_STEP_NAMES;
use crate::output::{self, human, json};
use crate::{Error, Status, paths};

/// Say of each file of a manifest what became of it since.
///
/// Manifests of Zig are read too: the text of the releases up to 0.16, and the binary ones of 0.17.
///
/// The names of steps are not in manifests. What --step is given is looked for among the files that the steps
/// made (a program or library is named like its step, and foo stands for libfoo.a) and among the first files
/// that they read (a module's root file: src/main.zig, main.zig or main), in the project's cache directories,
/// then in the user's. Manifests of zirc's do not tell the root file: any file of the program will do. Of
/// several the one that was written last is explained; a hit writes none.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc cache explain .zirc-cache/h/0123456789abcdef0123456789abcdef.txt
  zirc cache explain 0123456789abcdef0123456789abcdef
  zirc cache explain .zig-cache/h/0123456789abcdef0123456789abcdef.txt
  zirc cache explain .zig-cache/h/0123456789abcdef0123456789abcdef
  zirc cache explain --step myprogram

Exit status: 0 nothing has changed, 1 something has, 2 could not run, or could not look at every file.")]
pub(crate) struct ExplainArgs {
    /// A manifest, or its name: 32 digits, looked for in the cache directories.
    #[arg(value_name = "MANIFEST|HEX", required_unless_present = "step")]
    manifest: Option<PathBuf>,
    /// The manifest of the step that made a file of this name, or read one first.
    #[arg(long, value_name = "NAME", conflicts_with = "manifest")]
    step: Option<OsString>,
    #[command(flatten)]
    dirs: CacheDirFlags,
    #[command(flatten)]
    lib: LibFlag,
    /// Compare contents even where size, inode and modification time are the recorded ones.
    #[arg(long)]
    contents: bool,
    #[command(flatten)]
    format: FormatFlag,
}

/// Says what became of the files.
pub(crate) fn run(args: &ExplainArgs) -> Result<Status, Error> {
    let cwd = environment::working_dir()?;
    let known: Vec<CacheDirs> = [false, true]
        .into_iter()
        .filter_map(|share| {
            let flags = args.dirs.resolve(share);
            CacheDirs::find(&flags, &cwd, &environment::variable)
        })
        .collect();
    let lib_dir = environment::find_lib_dir(args.lib.zig_lib_dir.as_deref(), &cwd)?;
    let path = match (&args.manifest, &args.step) {
        (Some(manifest), _) => find(manifest, &known)?,
        (None, step) => find_step(step.as_deref().unwrap_or_default(), &known)?,
    };
    let fail = |error: manifest::Error| Error::Usage(error.to_string());
    let listing = Listing::read_with(&path, Format::prefix_count).map_err(fail)?;
    let candidates = candidates(listing.format, lib_dir.as_deref(), &path, &cwd, &known);
    let Some(prefixes) = manifest::choose_prefixes(&listing, &candidates) else {
        return Err(Error::Usage("no directories are known".to_owned()));
    };
    let mut explanations = manifest::explain(&listing, prefixes, args.contents);
    let not_looked_at = match prefixes.dir(inventory::LIB_PREFIX) {
        Some(dir) if dir == Path::new(inventory::NO_DIR) => {
            let before = explanations.len();
            explanations.retain(|e| e.expected.path.prefix != inventory::LIB_PREFIX);
            before - explanations.len()
        }
        _ => 0,
    };
    let explained = ManifestExplanation {
        manifest: path,
        files: explanations,
        not_looked_at,
    };
    let text = match args.format.resolve() {
        output::Format::Human => human::explanation(&explained).into_bytes(),
        output::Format::Json => json::explanation(&explained)?,
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(match explained {
        _ if explained.files.iter().any(|e| !e.finding.is_same()) => Status::ErrorsFound,
        ManifestExplanation {
            not_looked_at: 1.., ..
        } => Status::CouldNotRun,
        _ => Status::Clean,
    })
}

/// The manifest's file: as it was given, or below one of the cache directories.
fn find(given: &Path, known: &[CacheDirs]) -> Result<PathBuf, Error> {
    let key = match Digest::from_hex(paths::bytes(given)) {
        Some(key) if !given.exists() => key,
        _ => return Ok(given.to_owned()),
    };
    let mut looked_in = Vec::new();
    for dir in known.iter().flat_map(|dirs| [&dirs.local, &dirs.global]) {
        for base in [dir.clone(), dir.join(layout::OWN)] {
            let dir = layout::manifests(&base);
            for format in Format::ALL {
                let path = dir.join(format.file_name(key));
                if path.is_file() {
                    return Ok(path);
                }
            }
            if !looked_in.contains(&dir) {
                looked_in.push(dir);
            }
        }
    }
    let looked_in: Vec<String> = looked_in.iter().map(|dir| paths::display(dir)).collect();
    Err(Error::Usage(format!(
        "no manifest '{}' in {}",
        given.display(),
        looked_in.join(", ")
    )))
}

/// The manifest of a step, by what tells of it.
fn find_step(name: &OsStr, known: &[CacheDirs]) -> Result<PathBuf, Error> {
    let local = known.iter().map(|dirs| &dirs.local);
    let global = known.iter().map(|dirs| &dirs.global);
    let mut looked_in = Vec::new();
    let mut names = BTreeSet::new();
    for dir in local.chain(global) {
        if looked_in.contains(&dir) {
            continue;
        }
        looked_in.push(dir);
        let dirs = CacheDir::open_with_own(dir).unwrap_or_default();
        let steps = dirs.iter().flat_map(inventory::steps);
        let (called, others): (Vec<Step>, Vec<Step>) =
            steps.partition(|step| step.is_called(paths::bytes(Path::new(name))));
        // Of two that were written at the same time the same one each time.
        let newest = |a: &Step, b: &Step| (a.modified_ns, &a.path).cmp(&(b.modified_ns, &b.path));
        if let Some(step) = called.into_iter().max_by(newest) {
            return Ok(step.path);
        }
        names.extend(others.iter().flat_map(Step::names));
    }
    let looked_in: Vec<String> = looked_in.iter().map(|dir| paths::display(dir)).collect();
    let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
    let more = known.len().saturating_sub(MAX_STEP_NAMES);
    known.truncate(MAX_STEP_NAMES);
    let known = match (known.len(), more) {
        (0, _) => "no step is known".to_owned(),
        (_, 0) => format!("known are: {}", known.join(", ")),
        (_, more) => format!("known are: {}, and {more} more", known.join(", ")),
    };
    Err(Error::Usage(format!(
        "no step '{}' in {}; {known}",
        name.to_string_lossy(),
        looked_in.join(", ")
    )))
}

/// Sets of directories that the manifest may have been written with.
pub(super) fn candidates(
    format: Format,
    lib_dir: Option<&Path>,
    manifest: &Path,
    cwd: &Path,
    known: &[CacheDirs],
) -> Vec<Prefixes> {
    let manifest = paths::absolute(cwd, manifest);
    let dir = manifest.parent().and_then(Path::parent).unwrap_or(cwd);
    let lib = lib_dir.unwrap_or(Path::new(inventory::NO_DIR));
    inventory::prefix_sets(dir, cwd, known, lib, format.prefix_lists())
}
