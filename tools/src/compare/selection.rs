//! Which sources a verb takes: options that several verbs share.

use std::path::PathBuf;

use super::releases::OtherLibs;

/// Files.
#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    /// Files, or directories with .zig and .zon files [default: fixtures/zig and fixtures/zon]
    pub(crate) paths: Vec<PathBuf>,
    /// The reference's lib/ as well
    #[arg(long)]
    pub(crate) lib: bool,
    #[command(flatten)]
    pub(crate) other_libs: OtherLibs,
    /// Only files in which the reference finds errors
    #[arg(long)]
    pub(crate) with_errors: bool,
}

/// What is made from a seed and a number.
#[derive(Debug, clap::Args)]
pub(crate) struct Chance {
    /// What decides what is made up
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The number of the first, to repeat some
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) first: u64,
}

/// Files, or what is made of them or up.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    #[command(flatten)]
    pub(crate) files: Files,
    /// Instead of files: inputs at the limits of the format, and nested ones
    #[arg(long)]
    pub(crate) generated: bool,
    /// How deep the nested ones are; above 1000 there are no others
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) depth: usize,
    /// So many mutants of the files instead of the files
    #[arg(long, value_name = "N")]
    pub(crate) mutants: Option<u64>,
    #[command(flatten)]
    pub(crate) chance: Chance,
}
