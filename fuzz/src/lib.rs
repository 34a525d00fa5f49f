//! What the fuzz targets check: a property of zirc each, as a function of bytes that panics where it does not
//! hold. Texts are tried in one release of each generation, or in one that their first byte names.
//!
//! The targets themselves (`fuzz_targets/`) only tie these to libFuzzer. How to run them is told in
//! CONTRIBUTING.md.

pub mod archive;
pub mod ast;
mod by_release;
pub mod cache_verify;
pub mod command_line;
pub mod differential;
pub mod documents;
pub mod entry;
pub mod manifest;
pub mod manifest_records;
pub mod mutate;
mod scratch;
pub mod seeds;
pub mod zir_bytes;
pub mod zir_text;
pub mod zoir_bytes;
pub mod zoir_text;
mod zoir_types;
pub mod zon_fmt;
