//! `zirc emit`: the IR as bytes, for comparison and for tools.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use syntax::{Ast, Mode};

use crate::inputs::mode_of;
use crate::{Error, Status, inputs};

/// What to emit, and where.
#[derive(Clone, Debug, Default)]
pub struct EmitOptions {
    /// The files.
    pub files: Vec<PathBuf>,
    /// A file that lists more of them.
    pub files_from: Option<PathBuf>,
    /// The directory for the results.
    pub out_dir: PathBuf,
    /// Number of workers; 0 means one for each core.
    pub jobs: usize,
}

/// Writes `<n>.bin` for the n-th file, from 0: the header with its stat zero, then the sections.
pub fn run(options: &EmitOptions) -> Result<Status, Error> {
    let files = inputs::gather(&options.files, options.files_from.as_deref())?;
    if files.is_empty() {
        return Err(Error::Usage("no files were given".to_owned()));
    }
    std::fs::create_dir_all(&options.out_dir)
        .map_err(|e| Error::path("create", &options.out_dir, e))?;
    let pool = crate::pool(options.jobs)?;
    let emitted: Vec<Result<(), Error>> = pool.install(|| {
        files
            .par_iter()
            .enumerate()
            .map(|(n, file)| emit(file, &options.out_dir.join(format!("{n}.bin"))))
            .collect()
    });
    let mut status = Status::Clean;
    for result in emitted {
        match result {
            Ok(()) => {}
            Err(error) => {
                crate::terminal::say(format_args!("error: {error}"));
                status = Status::ErrorsFound;
            }
        }
    }
    Ok(status)
}

fn emit(file: &Path, out: &Path) -> Result<(), Error> {
    let source = inputs::load(file)?;
    let bytes = match mode_of(file) {
        Mode::Zig => astgen::generate(&Ast::parse(&source, Mode::Zig)).to_bytes(),
        Mode::Zon => {
            let tree = Ast::parse(&source, Mode::Zon);
            zongen::generate(&tree, zongen::Options::default()).to_bytes()
        }
    };
    std::fs::write(out, bytes).map_err(|e| Error::path("write", out, e))
}
