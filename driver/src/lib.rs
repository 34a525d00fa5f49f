//! The driver: what makes a tool of the crates below it. `zirc` is its binary.
//!
//! A [`graph::Program`] is a set of modules with root files; loading it follows every import with parallel
//! workers, through the cache, and gives a [`graph::Graph`]: all files, all errors, all imports that lead
//! nowhere. The commands on top of that are thin: [`check`] (a whole program), [`ast_check`] (single files, as
//! the reference's command of that name), [`emit`] and [`dump`] (the IR as bytes and as text).
//!
//! What is here: modules and import resolution, workers, diagnostics and their text, directories, the command
//! line. What is not: parsing and lowering (`syntax`, `astgen`), the layout of IR (`zir`), entries and locks
//! (`cache-store`).
//!
//! Everything a user sees is in path order, whatever the number of threads.

pub mod ast_check;
pub mod cache_dirs;
pub mod check;
pub mod cli;
pub mod diagnostics;
pub mod dump;
pub mod emit;
pub mod explain;
pub mod graph;
pub mod incremental;
pub mod inputs;
pub mod inputs_list;
pub mod lib_dir;
pub mod limits;
pub mod module;
mod paths;
mod record;
mod terminal;
mod watch;
mod whole;
pub mod zir_diff;
pub mod zon_diagnostics;
pub mod zon_fmt;
pub mod zon_json;

/// What a process ends with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// Nothing is wrong.
    Clean = 0,
    /// Errors were found in what was checked.
    ErrorsFound = 1,
    /// The question itself could not be asked: bad arguments, no such file.
    CouldNotRun = 2,
}

impl From<Status> for std::process::ExitCode {
    fn from(status: Status) -> Self {
        std::process::ExitCode::from(status as u8)
    }
}

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something about a path.
    #[error("unable to {action} '{}': {error}", path.display())]
    Path {
        /// What was to be done with it.
        action: &'static str,
        /// The path.
        path: std::path::PathBuf,
        /// Why not.
        #[source]
        error: std::io::Error,
    },
    /// The workers could not be started.
    #[error("unable to start the workers: {0}")]
    Workers(#[from] rayon::ThreadPoolBuildError),
    /// The arguments contradict each other.
    #[error("{0}")]
    Usage(String),
    /// Output could not be written.
    #[error("unable to write the output: {0}")]
    Output(#[from] std::io::Error),
}

impl Error {
    pub(crate) fn path(
        action: &'static str,
        path: &std::path::Path,
        error: std::io::Error,
    ) -> Error {
        Error::Path {
            action,
            path: path.to_owned(),
            error,
        }
    }
}

/// A pool of `jobs` workers; 0 means one for each core.
pub(crate) fn pool(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    let builder = || {
        rayon::ThreadPoolBuilder::new()
            .num_threads(jobs)
            .thread_name(|i| format!("worker {i}"))
    };
    let roomy = builder().stack_size(limits::WORKER_STACK_LEN).build();
    Ok(roomy.or_else(|_| builder().build())?)
}
