//! What is to be compiled: modules with their root files and the names that they may import, and programs of
//! these.

mod buffer;
mod map;
mod mapped;
mod module;
mod package;
mod programs;
mod settings;

pub use buffer::{Buffer, BufferArg};
pub(crate) use map::{
    BuildImport, BuildModule, BuildProgram, ModuleMap, ModuleRootFile, ProgramKind,
};
pub(crate) use mapped::{NamedModules, Skipped, mapped_programs};
pub use module::{Module, ModuleId, Modules};
pub(crate) use package::{Place, each_package};
pub(crate) use programs::{Frame, import_conflict, programs};
pub use programs::{ModuleArg, Program};
pub(crate) use settings::{OutputForm, Settings, ZigVersions, read_settings};
