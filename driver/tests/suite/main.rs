//! `zirc` as a process, on small made-up projects with a made-up standard library: no Zig is needed.

mod archive;
mod ast_check;
mod bad_input;
mod buffers;
mod build;
mod cache;
mod check;
mod commands;
mod common;
mod diff;
mod forms;
mod gc;
mod goldens;
mod inventory;
mod licences;
mod made_cache;
mod nesting;
mod programs;
mod rooms;
mod settings;
mod verify;
mod versions;
mod watch;
mod whole;
mod zon_fmt;
mod zon_json;
