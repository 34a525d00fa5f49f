//! What differs between operating systems. A file here has all of one system.

mod processes;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub use processes::{AtWork, How, Query, at_work, kill_tree};

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub use system::{
    Directory, Metadata, append_at, disk_usage, error_name, is_executable, make_executable,
    path_bytes, path_end, path_from_bytes, path_from_vec, read_at, real_path, remote_file_system,
    rewind, set_times, write_all_at,
};
pub(super) use system::{
    find_readable, may_read, open_at_once, open_no_link, open_without_trace, unlock,
    unlock_exclusive,
};
