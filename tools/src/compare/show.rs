//! The reference's ZIR as text.

use std::fs;

use super::describe;
use super::releases::OneRelease;
use super::result::Result;
use super::selection::Files;
use super::setup::Setup;
use crate::reference::layout::ZirView;
use crate::reference::{Mode, Op};

/// Prints the reference's ZIR of the files
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare show some/file.zig")]
pub(crate) struct Args {
    #[command(flatten)]
    release: OneRelease,
    #[command(flatten)]
    files: Files,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    let mut setup = Setup::new(args.release.release())?;
    for path in setup.files(&args.files)? {
        let source = fs::read(&path)?;
        let zir = setup
            .oracle
            .ask(Op::Zir, Mode::Zig, &source)
            .map_err(|why| why.to_string())?;
        let view = ZirView::parse(&zir).ok_or("no ZIR")?;
        println!("{}:", path.display());
        for index in 0..view.len() {
            println!("{}", describe::instruction(&setup.names, &view, index));
        }
        for (at, word) in view.extra.chunks(4).enumerate() {
            let word = u32::from_le_bytes(word.try_into()?);
            println!("extra[{at}] {word} (0x{word:x})");
        }
        println!("strings {:?}", String::from_utf8_lossy(view.strings));
    }
    Ok(true)
}
