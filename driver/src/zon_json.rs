//! `zirc zon json` and `zirc zon from-json`: ZON as JSON, and back.

use std::path::PathBuf;

use crate::terminal::Color;
use crate::{Error, Status};

/// What `zirc zon json --help` says of the mapping.
pub(crate) const JSON_HELP: &str = "";
/// What `zirc zon from-json --help` says of the mapping.
pub(crate) const FROM_JSON_HELP: &str = "";

/// A ZON document to print as JSON.
#[derive(Clone, Debug, Default)]
pub struct JsonOptions {
    /// The file; standard input if there is none.
    pub file: Option<PathBuf>,
    /// Colours in the errors.
    pub color: Color,
}

/// A JSON document to print as ZON.
#[derive(Clone, Debug, Default)]
pub struct FromJsonOptions {
    /// The file; standard input if there is none.
    pub file: Option<PathBuf>,
    /// Take every string as it is.
    pub plain: bool,
    /// Colours in the errors.
    pub color: Color,
}

/// Prints a ZON document as JSON.
pub fn run_json(options: &JsonOptions) -> Result<Status, Error> {
    Err(Error::Usage(format!("not yet: {options:?}")))
}

/// Prints a JSON document as ZON.
pub fn run_from_json(options: &FromJsonOptions) -> Result<Status, Error> {
    Err(Error::Usage(format!("not yet: {options:?}")))
}
