//! What lies in cache directories, of zirc and of the reference, whatever release wrote it: what takes how
//! much room, what belongs to what, and what is damaged.
//!
//! Nothing here follows a link out of the directory that was given, and what is not recognised is counted and
//! left alone. Directories are walked as they are read, so that a million files take no more memory than the
//! names that belong together: 16 bytes and some for each manifest.

mod cache_dir;
pub(crate) mod entries;
mod holdings;
mod known_names;
pub(crate) mod manifests;
mod outputs;
mod places;
mod problems;
mod reference_lines;
mod references;
mod stats;
mod steps;
mod things;
mod traces;
mod verify;

pub(crate) use cache_dir::{CacheDir, PackageForm, PackageName, digest_of, package_name};
pub(crate) use entries::EntryLook;
pub(crate) use holdings::{GONE, Holding, Holdings, Role, holdings, project_of};
pub(crate) use known_names::KnownNames;
pub(crate) use outputs::output_in;
pub(crate) use places::{LIB_PREFIX, NO_DIR, prefix_sets};
pub(crate) use problems::{Problem, Problems};
pub(crate) use stats::{AGES, DirStats, KindStats, Share, stats};
pub(crate) use steps::{Step, steps};
pub(crate) use things::Size;
pub(crate) use traces::Traces;
pub(crate) use verify::{Failing, Found, Group, Severity, Trouble, Verified, verify};
