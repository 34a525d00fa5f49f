//! Cached IR on disk: one *entry* per source file, in a directory that many processes share.
//!
//! An entry is a header, the arrays of the IR as they stand in memory, and a trailer of ours behind
//! them. Header and arrays are the reference compiler's own format, so that each side can use what
//! the other wrote; the reference ignores the trailer. What an IR looks like is its own business:
//! this crate sees it through [`CacheableIr`] and knows neither ZIR nor ZOIR.
//!
//! What is here:
//! - [`entry_name`]: the file name of an entry, by the reference's rule;
//! - [`SourceFile`]: a source and its [`Stat`], read so that what was read belongs to that stat;
//! - [`Store::update`]: the protocol. Use the entry if it is good, otherwise generate and write it,
//!   once, however many processes want it at the same time;
//! - [`EntryBody`]: a body out of an entry, mapped and locked for as long as it lives;
//! - [`mod@file`]: opening, locking, stats and clocks, which stands alone without the default feature
//!   `store`.
//!
//! What is not: parsing, lowering, directories other than the one of the entries, eviction. Nothing
//! is ever deleted.
//!
//! # What is believed
//!
//! | entry | source's stat | result |
//! |---|---|---|
//! | ours | as recorded | hit, after the checksum over what is used of the entry |
//! | ours | as recorded, but the source was younger than a timestamp tick, or its time is zero | hit if the digest of the source is the recorded one |
//! | ours | differs | the same, and the new stat is recorded |
//! | the reference's (no trailer) | as recorded | hit, if the structure holds ([`CacheableIr::validate`]), unless [`Store::only_ours`] |
//! | the reference's | differs | generated anew |
//! | damaged anywhere in what would be used | | generated anew |
//!
//! A cache that cannot be read or written is a [`Warning`] beside the result, never an error.
//!
//! # Limits
//!
//! A mapped body is protected from truncation by a lock that all users of the directory honour. A
//! process that truncates an entry without taking the lock can kill a process that has it mapped,
//! as with any mapped file; who cannot exclude that sets [`Options::map`] to false. Where the file system
//! refuses locks, bodies are copied rather than mapped, and two processes may generate the same
//! entry.
//!
//! # Example
//!
//! ```no_run
//! # use cache_store::*;
//! # fn f<I: CacheableIr>(lower: fn(&[u8]) -> I) -> Result<(), Box<dyn std::error::Error>> {
//! let (store, warning) = Store::open("cache/z".as_ref());
//! # drop(warning);
//! let name = entry_name(Release::V0_14_1, ModuleRoot::Main, b"src/hello.zig");
//! let mut source = store.source("src/hello.zig".as_ref())?;
//! let outcome = store.update::<I>(&name, &mut source, &Options::default(), lower)?;
//! println!("{:?}: {} bytes of summary", outcome.how, outcome.ir.summary().len());
//! # Ok(()) }
//! ```

#[cfg(feature = "store")]
mod age;
#[cfg(feature = "store")]
mod entry;
pub mod file;
#[cfg(feature = "store")]
mod how;
#[cfg(feature = "store")]
mod ir;
pub mod limits;
#[cfg(feature = "store")]
mod lock;
#[cfg(feature = "store")]
mod map;
#[cfg(feature = "store")]
mod name;
#[cfg(feature = "store")]
mod source;
#[cfg(feature = "store")]
mod store;
#[cfg(feature = "store")]
mod trailer;

#[cfg(feature = "store")]
pub use entry::EntryBody;
pub use file::Stat;
#[cfg(feature = "store")]
pub use how::{Hit, How, Reason, StatField};
#[cfg(feature = "store")]
pub use ir::{CacheableIr, Header, trailer_tag};
#[cfg(feature = "store")]
pub use name::{CanonicalPath, Directories, EntryName, ModuleRoot, Root, entry_name, resolve_path};
#[cfg(feature = "store")]
pub use release::Release;
#[cfg(feature = "store")]
pub use source::{SourceError, SourceFile};
#[cfg(feature = "store")]
pub use store::{Ir, Options, Outcome, Store, Want, Warning, WarningKind};
#[cfg(feature = "store")]
pub use trailer::{TRAILER_SOURCE_END, TRAILER_TAG_END, trailer_source_in, trailer_tag_in};
