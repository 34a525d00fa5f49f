use crate::environment::Environment;
use crate::graph::Release;
use crate::project::ModuleMap;
use std::path::{Path, PathBuf};
pub(super) struct Current {
    pub(super) path: PathBuf,
    pub(super) inputs: Vec<PathBuf>,
}
pub(super) fn current(_: &Path, _: &Environment) -> Option<Current> {
    None
}
pub(super) fn inputs_of(_: &Path, _: &Environment, _: &Path) -> Vec<PathBuf> {
    Vec::new()
}
pub(super) fn read(_: &[u8], _: Release, _: &Path) -> Result<ModuleMap, String> {
    Err("stub".into())
}
