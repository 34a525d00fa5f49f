//! What maintainers run. Nothing that is shipped depends on this crate, and it depends on everything.
//!
//! The binary `compare` holds our crates against the [`mod@reference`], the released Zig, and measures both;
//! a verb is a file of [`compare`]. The binary `faults` breaks what `zirc check` relies on. [`mutate`] makes
//! broken and unusual sources out of good ones, reproducibly. CONTRIBUTING.md tells how the binaries are
//! called.

//!
//! All of it is for Unix: processes are limited and killed, and files have modes. Elsewhere the binaries say
//! so.

#[cfg(unix)]
mod bench;
#[cfg(unix)]
pub mod compare;
#[cfg(unix)]
mod cost;
#[cfg(unix)]
pub mod faults;
#[cfg(unix)]
mod generated;
#[cfg(unix)]
mod growth;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod machine;
#[cfg(unix)]
pub mod mutate;
#[cfg(unix)]
pub mod reference;
#[cfg(unix)]
mod sizes;
#[cfg(unix)]
mod zirc;

/// What the binaries are where they cannot work.
#[cfg(not(unix))]
macro_rules! for_unix {
    ($name:ident) => {
        /// Says that it cannot work here.
        pub mod $name {
            /// Says so, and fails.
            pub fn main() -> std::process::ExitCode {
                eprintln!(concat!(
                    "error: ",
                    stringify!($name),
                    " works on Unix alone"
                ));
                std::process::ExitCode::from(2)
            }
        }
    };
}
#[cfg(not(unix))]
for_unix!(compare);
#[cfg(not(unix))]
for_unix!(faults);
