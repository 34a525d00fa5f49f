//! What comes of a verb.

use std::error::Error;

/// Whether all of it held, or why it could not run.
pub(super) type Result<T> = std::result::Result<T, Box<dyn Error>>;
