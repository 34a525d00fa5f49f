//! Files as caches need them: opened without waiting, locked with a notice, and told apart by stats that can
//! be believed.
//!
//! The operating system's own calls are in one folder, `sys`. Another system is one more file there.
//!
//! This module stands alone: with the crate's default features off there is nothing else, and nothing that
//! the rest needs is built.

mod clock;
mod lock;
mod open;
mod read;
mod stat;
mod sys;
mod text;

pub use clock::{Clock, is_too_young, set_mtime, wall_clock_ns};
pub use lock::{Mode, downgrade, lock, try_lock, unlock};
pub use open::{
    OpenedInCache, check_readable, create_in_cache, expect_regular, find_readable, look_in_cache,
    open_in_cache, open_or_create_in_cache, open_source,
};
pub use read::read_whole;
pub use stat::{FileId, Stat, accessed_ns, changed_ns, created_ns, link_count, owner};
pub use sys::{
    AtWork, Directory, How, Metadata, Query, append_at, at_work, disk_usage, error_name,
    is_executable, kill_tree, make_executable, path_bytes, path_end, path_from_bytes,
    path_from_vec, read_at, real_path, remote_file_system, rewind, set_times, write_all_at,
};
pub use text::{SEPARATOR, is_absolute, is_plain_name, is_plain_part, is_separator, split_root};
