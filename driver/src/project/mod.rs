//! What is to be compiled: modules with their root files and the names that they may import, and programs of
//! these.

mod buffer;
mod module;
mod programs;

pub use buffer::{Buffer, BufferArg};
pub use module::{Module, ModuleId, Modules};
pub(crate) use programs::programs;
pub use programs::{ModuleArg, Program};
