//! What is asked of a check.

use std::path::PathBuf;

use crate::build::BuildOptions;
use crate::environment::EnvironmentOptions;
use crate::input::Exclude;
use crate::project::{BufferArg, ModuleArg};

/// What to check.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Root files and directories, each a program of its own.
    pub paths: Vec<PathBuf>,
    /// A program of several modules, the main one first. Excludes `paths`.
    pub modules: Vec<ModuleArg>,
    /// Whether modules are learnt from `build.zig`. Excludes `modules`; `paths` are directories of projects.
    pub build: BuildOptions,
    /// A file whose content is not the one on disk. Then no manifest is asked or written.
    pub buffer: Option<BufferArg>,
    /// What is left out of directories.
    pub exclude: Option<Exclude>,
    /// Where things are.
    pub environment: EnvironmentOptions,
    /// Use no manifest: look at the cache entry of every file.
    pub no_manifest: bool,
    /// Number of workers; 0 means one for each core.
    pub jobs: usize,
    /// Say of each file why it was a hit or was lowered.
    pub explain: bool,
}
