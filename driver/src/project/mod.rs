//! What is to be compiled: modules with their root files and the names that they may import, and programs of
//! these.

mod buffer;
mod map;
mod module;
mod programs;

pub use buffer::{Buffer, BufferArg};
pub use map::{BuildImport, BuildModule, BuildProgram, ModuleMap, ModuleRootFile, ProgramKind};
pub use module::{Module, ModuleId, Modules};
pub(crate) use programs::programs;
pub use programs::{ModuleArg, Program};
