//! The import graph of one program: every file that its root files reach, loaded, lowered and cached by
//! parallel workers.
//!
//! Workers load a file once for each module that reaches it, in whatever order (`loader`). What the program
//! then consists of is decided afterwards, by one walk in the order of imports over what they found (`walk`,
//! and `canonical` from 0.15 on), so that nothing depends on timing: not which module a file belongs to, not
//! where an error is reported.

mod canonical;
mod found;
mod instance;
mod loader;
mod merged;
mod sources;
mod walk;

pub use crate::diagnostic::{Diagnostic, Location, Position, Severity};
pub use crate::file::{ContentDigest, Observer, Stores, Used};
pub use crate::project::{Buffer, Module, ModuleId, Modules, Program};
pub use ::cache_store::{Directories, Root};
pub use ::release::Release;
pub use found::{Graph, LoadedFile, MadeBy, Unresolved, UnresolvedReason};
pub(crate) use loader::Earlier;
pub(crate) use merged::{Merged, Merging};
