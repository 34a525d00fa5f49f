//! Mutants as files.

use std::fs;
use std::path::PathBuf;

use super::releases::OneRelease;
use super::result::Result;
use super::selection::{Chance, Files};
use super::setup::{Setup, mode_of};
use crate::mutate::Mutator;
use crate::reference::Mode;

/// Writes mutants of the files into a directory, instead of comparing them
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: cargo compare mutants --lib --seed 3 --first 4711 --save /tmp/mutants"
)]
pub(crate) struct Args {
    #[command(flatten)]
    release: OneRelease,
    #[command(flatten)]
    files: Files,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 1)]
    mutants: u64,
    #[command(flatten)]
    chance: Chance,
    /// Where to
    #[arg(long, value_name = "DIR")]
    save: PathBuf,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    let files = Setup::new(args.release.release())?.files(&args.files)?;
    let mutator = Mutator::from_files(&files)?;
    fs::create_dir_all(&args.save)?;
    let Chance { seed, first } = args.chance;
    for number in first..first.saturating_add(args.mutants) {
        let (origin, text) = mutator.mutant(seed, number);
        let ending = match mode_of(origin.as_ref()) {
            Mode::Zon => "zon",
            Mode::Zig => "zig",
        };
        fs::write(args.save.join(format!("{number}.{ending}")), text)?;
    }
    Ok(true)
}
