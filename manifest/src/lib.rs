//! Manifests: which files a build read, whether they are still what they were, and which are not.
//!
//! A manifest is a file in `h/` that is named after its key. The key is a hash over everything that the build
//! was *told* (versions, options, names of files); what stands in the file is what the build *read*. The hash
//! over the key and the digests of all files, [`Hit::final_digest`], names the build's output. Formats and
//! rules are those of Zig, so that manifests of a `.zig-cache` can be read and explained too: a line a file
//! up to 0.16, a binary record from 0.17 on ([`Format`]). There is one model for both, [`Listing`].
//!
//! What is here:
//! - [`HashHelper`]: the key, out of typed fields;
//! - [`Prefixes`]: directories that paths are stored relative to;
//! - [`Cache::obtain`], [`Manifest::hit`]: hit or miss, under a lock; after a miss [`Miss::add_file_post`]
//!   and [`Miss::write_manifest`];
//! - [`Format`]: what a release's manifests look like, and the names and hashes that go with it;
//! - [`Listing`]: what stands in a manifest; [`Listing::parse_any`] reads one of either format, with no
//!   directory or clock at hand;
//! - [`explain`]: what became of every file of a manifest.
//!
//! What is not: anything about what a build is, what its output looks like or where it lies (but see
//! [`Cache::require_output_in`]).
//!
//! # What is believed
//!
//! | file's stat | file's content | |
//! |---|---|---|
//! | as recorded | not looked at | unchanged, if the file could be opened |
//! | differs, or is not to be trusted now or as recorded | digest as recorded | unchanged; the new stat is recorded |
//! | differs | digest differs | miss |
//! | no such file, not a regular file, unreadable | | miss |
//!
//! Records have directories as well, of which the content is the list of their entries
//! ([`list_directory`]), and inputs whose stat alone counts: if that differs, or was not to be trusted, it
//! is a miss.
//!
//! A stat is recorded only if the file cannot change any more without its mtime changing too: its mtime lies
//! before a moment of the file system's own clock at which nothing of the file had been read yet. Otherwise
//! mtime and inode are recorded as zero, and the content decides at the next run. So it does where the time
//! itself is zero or does not fit into the format: two such stats prove nothing by being equal. Whether a
//! file could be opened is told by its mode, and asked of the system only where not everybody may read the
//! file.
//!
//! # Limits
//!
//! A manifest that lost lines at its end (a crash while it was written) still reads well, and can be a hit
//! for fewer files than were read. Its final digest differs then, so that it names an output which nobody has
//! made: who keeps outputs by that digest and tells so with [`Cache::require_output_in`] gets a miss.
//!
//! # Example
//!
//! ```
//! use manifest::{Answer, Cache, Prefixes};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let dir = dir.path();
//! # std::fs::write(dir.join("main.zig"), "")?;
//! let mut prefixes = Prefixes::new(dir);
//! prefixes.push(dir.join("lib"));
//! let cache = Cache::open(&dir.join("cache/h"), prefixes)?;
//! for expect_hit in [false, true] {
//!     let mut manifest = cache.obtain();
//!     manifest.hash.add_bytes(b"mytool 1.0");
//!     manifest.hash.add(3u32);
//!     match manifest.hit()? {
//!         Answer::Hit(hit) => assert!(expect_hit, "{}", hit.final_digest()),
//!         Answer::Miss(mut miss) => {
//!             // Do the work, and tell what was read.
//!             miss.add_file_post("main.zig".as_ref())?;
//!             miss.write_manifest()?;
//!         }
//!     }
//! }
//! # Ok(()) }
//! ```

mod cache;
mod dep_file;
mod digest;
mod entry;
mod error;
mod explain;
mod format;
mod index;
mod inspect;
pub mod limits;
mod listing;
mod lock;
mod prefix;
mod read;
mod stat;

pub use cache::{Answer, Cache, Hit, Manifest, Miss, MissReason, Previous};
pub use dep_file::{DepFileError, DepFileErrorKind, prerequisites};
pub use digest::{Digest, Field, HashHelper, hash_contents, hash_file};
pub use entry::{Entry, Kind, ParseErrorKind};
pub use error::Error;
pub use explain::{Explanation, choose_prefixes, explain};
pub use format::Format;
pub use index::Index;
pub use inspect::{Finding, list_directory};
pub use listing::{Listing, ParseError};
pub use lock::{Lock, OnWait};
pub use prefix::{Place, Places, PrefixedPath, Prefixes};
pub use stat::Stat;
