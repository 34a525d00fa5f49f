//! The verbs of the command line, a file each: its arguments and what it does.

pub(crate) mod ast_check;
pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod dump;
pub(crate) mod emit;
pub(crate) mod explain;
pub(crate) mod man;
pub(crate) mod modules;
pub(crate) mod releases;
pub(crate) mod versions;
pub(crate) mod watch;
pub(crate) mod zon;
