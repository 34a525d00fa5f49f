//! What differs between operating systems. A file here has all of one system.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub(super) use unix::{
    all_may_read, device, follow_no_link, inode, link_count, may_read, mtime_ns, never_wait, owner,
};
#[cfg(unix)]
pub use unix::{
    disk_usage, error_name, is_executable, path_bytes, path_from_bytes, path_from_vec, read_at,
    remote_file_system, write_all_at,
};
