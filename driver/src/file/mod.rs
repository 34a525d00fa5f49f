//! One file of a program: from its source, through the store, to what the program wants of it.
//!
//! What is here knows nothing of other files: the content of a file has names and tokens of imports, and
//! where they lead is the graph's business.

mod content;
mod known;
mod lower;
mod print;
mod source;
mod stores;

pub(crate) use content::{Content, EntryPlace, WithWarnings};
pub use content::{ContentDigest, Used};
pub(crate) use known::{Known, KnownFile};
pub(crate) use lower::{Import, Ir};
pub use source::Observer;
pub(crate) use source::{Key, Loaded, Wanted, load, load_ir};
pub use stores::Stores;
