//! The `zirc` command.

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Longer than what most sources need, shorter than what glibc would stop learning from (32 MiB).
#[cfg(not(feature = "mimalloc"))]
const FREED_FIRST: usize = 24 << 20;

fn main() -> ExitCode {
    #[cfg(not(feature = "mimalloc"))]
    teach_glibc();
    driver::cli::main()
}

/// A worker frees all that it had for a file before it takes the next one. glibc would give that memory back
/// to the system each time, and fault it in again page by page, which is a tenth of the time of lowering many
/// files. From the largest block freed so far it learns how much to keep; this one is never touched, so it
/// costs nothing. Where there is not as much, it does without.
#[cfg(not(feature = "mimalloc"))]
fn teach_glibc() {
    let mut freed_first = Vec::<u8>::new();
    let _ = freed_first.try_reserve_exact(FREED_FIRST);
    drop(std::hint::black_box(freed_first));
}
