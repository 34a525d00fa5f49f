//! The driver: what makes a tool of the crates below it. `zirc` is its binary.
//!
//! A [`graph::Program`] is a set of modules with root files; loading it follows every import with parallel
//! workers, through the cache, and gives a [`graph::Graph`]: all files, all errors, all imports that lead
//! nowhere. On top of that are [`check`](mod@check) (whole programs, by manifest where nothing changed) and
//! [`compilation`] (a program loaded again and again), with [`changes`] (what differs between two versions of
//! a file). The verbs of the command line are thin.
//!
//! What is here: modules and import resolution, workers, diagnostics and their text, directories, the command
//! line. What is not: parsing and lowering (`syntax`, `astgen`), the layout of IR (`zir`), entries and locks
//! (`cache-store`).
//!
//! A program is of one release of Zig, which its lib directory, its `build.zig.zon` or the user says
//! (`environment`); [`check`](mod@check) can take several, one after the other, and compare.
//!
//! Everything a user sees is in path order, whatever the number of threads.

mod archive;
mod build;
pub mod changes;
pub mod check;
pub mod cli;
mod command;
pub mod compilation;
mod diagnostic;
mod environment;
mod explain;
mod file;
mod flags;
pub mod graph;
mod housekeeping;
mod input;
mod inventory;
mod limits;
mod memory;
mod output;
mod paths;
mod project;
pub mod rules;
mod whole_run;
mod zon_json;

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

impl Status {
    /// That of a command that ran.
    pub(crate) fn errors(found: bool) -> Status {
        match found {
            true => Status::ErrorsFound,
            false => Status::Clean,
        }
    }
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
    /// What is wrong in a document that says what to do: lines, each with its place.
    #[error("{0}")]
    Document(String),
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
