//! What differs between operating systems. A file here has all of one system.

mod processes;
#[cfg(unix)]
mod unix;

pub use processes::{AtWork, How, Query, at_work, kill_tree};

#[cfg(unix)]
pub(super) use unix::{
    accessed_ns, all_may_read, device, follow_no_link, inode, leave_no_trace, link_count, may_read,
    mtime_ns, never_wait, owner,
};
#[cfg(unix)]
pub use unix::{
    disk_usage, error_name, is_executable, make_executable, path_bytes, path_from_bytes,
    path_from_vec, read_at, remote_file_system, write_all_at,
};
