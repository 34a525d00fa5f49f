//! The store, tried with an IR of the tests' own: see [`common::Toy`].

mod common;
mod damage;
mod processes;
mod protocol;
mod sources;
