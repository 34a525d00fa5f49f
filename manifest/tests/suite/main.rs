//! The crate through its interface.

mod common;
mod damage;
mod explaining;
mod format;
mod many;
mod previous;
mod protocol;
mod records;
mod timestamps;
