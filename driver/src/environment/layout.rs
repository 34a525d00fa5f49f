//! What lies where in cache directories, lib directories and projects: the only place that knows these names.
//!
//! ```text
//! CACHE/            .zirc-cache or .zig-cache beside build.zig; zirc or zig in the user's cache directory
//!   z/              entries: the IR of a source each
//!   h/              manifests: what a run or a build read
//!   o/              what belongs to a manifest: a record of ours, a directory of outputs of the reference's
//!   zirc/           in directories shared with the reference: h/ and o/ of ours
//!   b/ c/ p/ tmp/   the reference's alone: Kind below says what is in them
//! LIB/std/std.zig   the root file of the standard library
//! ```

use std::path::{Path, PathBuf};

/// The file that tells that a directory is a project's.
const BUILD_SCRIPT: &str = "build.zig";

/// The build script of a project or package in a directory.
pub(crate) fn build_script(dir: &Path) -> PathBuf {
    dir.join(BUILD_SCRIPT)
}

/// The files of a project that say which modules it has.
pub(crate) fn scripts(dir: &Path) -> [PathBuf; 2] {
    [build_script(dir), dir.join(PACKAGE_FILE)]
}

/// What a project says of itself.
pub(crate) const PACKAGE_FILE: &str = "build.zig.zon";

/// What a project says of how zirc is to check it.
pub(crate) const SETTINGS_FILE: &str = "zirc.zon";

/// The folder of a project that 0.16 and later unpack its packages into.
pub(crate) const PROJECT_PACKAGES: &str = "zig-pkg";

/// Of a directory that caches of the user are kept in, the folder for ours or the reference's.
pub(crate) fn app_folder(shared: bool) -> &'static str {
    if shared { "zig" } else { OWN }
}

/// The local cache directory of a project, below the project's.
pub(crate) fn local_folder(shared: bool) -> &'static str {
    if shared { ".zig-cache" } else { ".zirc-cache" }
}

/// The folder of ours in what is the reference's as well.
pub(crate) const OWN: &str = "zirc";

/// The directory that `h/` and `o/` of ours are in, of a local cache directory.
pub(crate) fn own_base(local: &Path, shared: bool) -> PathBuf {
    if shared {
        local.join(OWN)
    } else {
        local.to_owned()
    }
}

/// The directory of entries.
pub(crate) fn entries(dir: &Path) -> PathBuf {
    dir.join("z")
}

/// The directory of manifests.
pub(crate) fn manifests(base: &Path) -> PathBuf {
    base.join("h")
}

/// What every record begins with, whatever its version.
pub(crate) const RECORD_MAGIC: &[u8; 7] = b"zircrec";

/// The directory of records.
pub(crate) fn records(base: &Path) -> PathBuf {
    base.join("o")
}

/// What is kept apart in a cache directory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Kind {
    /// The IR of a source each.
    Entries,
    /// What a build or a run read.
    Manifests,
    /// What belongs to a manifest.
    Outputs,
    /// The reference's made-up module `builtin`, one for each target and mode.
    Builtins,
    /// What a build script is told by options; from 0.17 on a configured build.
    Configurations,
    /// Packages that were fetched.
    Packages,
    /// What is being made and will be renamed to where it belongs.
    Temporary,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Kind; 7] = [
        Kind::Entries,
        Kind::Manifests,
        Kind::Outputs,
        Kind::Builtins,
        Kind::Configurations,
        Kind::Packages,
        Kind::Temporary,
    ];

    /// The name of its folder.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::Entries => "z",
            Kind::Manifests => "h",
            Kind::Outputs => "o",
            Kind::Builtins => "b",
            Kind::Configurations => "c",
            Kind::Packages => "p",
            Kind::Temporary => "tmp",
        }
    }

    /// Where the thing of this name is, below a cache directory.
    pub(crate) fn path_of(self, name: impl AsRef<Path>) -> PathBuf {
        Path::new(self.folder()).join(name)
    }

    /// What is in it, in a word or two.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Kind::Entries => "IR of sources",
            Kind::Manifests => "manifests",
            Kind::Outputs => "outputs",
            Kind::Builtins => "builtin modules",
            Kind::Configurations => "options, configured builds",
            Kind::Packages => "packages",
            Kind::Temporary => "unfinished",
        }
    }
}

/// The project that a directory is in: the nearest one above it with a build script.
pub(crate) fn project_root(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|dir| is_project(dir))
}

/// Whether a directory is a project's.
pub(crate) fn is_project(dir: &Path) -> bool {
    dir.join(BUILD_SCRIPT).exists()
}

/// What the project that a directory is in says of itself: the nearest such file above it.
pub(crate) fn package_file(dir: &Path) -> Option<PathBuf> {
    let files = dir.ancestors().map(|dir| dir.join(PACKAGE_FILE));
    files.into_iter().find(|file| file.is_file())
}

/// The settings that count in a directory: those in it or in the nearest directory above, as far as the
/// project goes. Where there is no project only its own count, as anybody may write to what is above.
pub(crate) fn settings_file(dir: &Path) -> Option<PathBuf> {
    let last = project_root(dir).unwrap_or(dir);
    let within = dir.ancestors().take_while(|dir| dir.starts_with(last));
    let mut files = within.map(|dir| dir.join(SETTINGS_FILE));
    // What cannot be read is told of by whoever reads it.
    files.find(|file| file.symlink_metadata().is_ok())
}

/// The list of a project's dependencies, in an output that no manifest names.
pub(crate) const DEPENDENCIES_FILE: &str = "dependencies.zig";

/// The root file of the standard library, below a lib directory.
pub(crate) const STD_FILE: &str = "std/std.zig";

/// The same, in this lib directory.
pub(crate) fn std_file(lib_dir: &Path) -> PathBuf {
    lib_dir.join(STD_FILE)
}

/// Where the lib directory of a compiler may be, relative to the directories above its executable.
pub(crate) const LIB_DIRS: [&str; 2] = ["lib", "lib/zig"];

/// The lib directory of the Python package, below a directory of Python's.
pub(crate) const PYTHON_LIB_DIR: &str = "site-packages/ziglang/lib";
