//! ZON as JSON, and back.
//!
//! Nothing here recurses, and neither side becomes values in between: a ZOIR is written as JSON, and JSON is
//! written as ZON while it is read.

mod reader;
mod special;
#[cfg(test)]
mod tests;
mod text;
mod writer;

pub(crate) use reader::from_json;
pub(crate) use writer::to_json;
