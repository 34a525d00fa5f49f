//! One document in, one out: what the verbs that convert have in common.

use std::io::Write;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::flags::ColorFlag;
use crate::input::Stream;
use crate::output::human::Renderer;
use crate::{Error, Status, input, paths};

/// The bytes of the input, and what it is called in errors.
pub(super) fn read(file: Option<&Path>) -> Result<(Vec<u8>, Vec<u8>), Error> {
    match file.filter(|&file| input::stream_of(file) != Some(Stream::Stdin)) {
        Some(file) => Ok((input::load(file)?, paths::bytes(file).to_vec())),
        None => Ok((input::load_stdin()?, input::STDIN.into())),
    }
}

/// Prints the text, or what is wrong.
pub(super) fn finish(
    result: Result<Vec<u8>, Vec<Diagnostic>>,
    color: &ColorFlag,
) -> Result<Status, Error> {
    match result {
        Ok(text) => {
            std::io::stdout().lock().write_all(&text)?;
            Ok(Status::Clean)
        }
        Err(diagnostics) => {
            Renderer::on_stderr(color.color).print(&diagnostics)?;
            Ok(Status::ErrorsFound)
        }
    }
}
