//! The `zirc` command.

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
use mimalloc::MiMalloc as Allocator;
#[cfg(not(feature = "mimalloc"))]
use std::alloc::System as Allocator;

#[cfg(target_os = "linux")]
#[global_allocator]
static GLOBAL: huge_pages::HugePages<Allocator> = huge_pages::HugePages(Allocator);
#[cfg(not(target_os = "linux"))]
#[global_allocator]
static GLOBAL: Allocator = Allocator;

/// Longer than nearly all arrays of a file. What is longer the system gives and takes: it grows without being
/// copied, and leaves no hole behind, so that the longest file decides how much memory a run needs.
#[cfg(not(feature = "mimalloc"))]
const FREED_FIRST: usize = 256 << 10;

/// Stack with which the first thread is as well off as another.
const STACK_LEFT: usize = 512 << 10;

/// Stack that it has where the system gives less, or does not say how much: what it is elsewhere.
const STACK_LEN: usize = 8 << 20;

fn main() -> ExitCode {
    #[cfg(not(feature = "mimalloc"))]
    teach_glibc();
    // musl takes what the first thread has used of its stack for all that there is. Each expression of a
    // source would be lowered on a stack of its own, which costs more than the lowering.
    stacker::maybe_grow(STACK_LEFT, STACK_LEN, driver::cli::main)
}

/// What a worker has for a file it frees before it takes the next one. glibc would give that memory back to
/// the system each time, and fault it in again page by page, which is a good part of the time of lowering
/// many files. From the largest block freed so far it learns how much to keep; this one is never touched, so
/// it costs nothing. Where there is not as much, it does without.
#[cfg(not(feature = "mimalloc"))]
fn teach_glibc() {
    let mut freed_first = Vec::<u8>::new();
    let _ = freed_first.try_reserve_exact(FREED_FIRST);
    drop(std::hint::black_box(freed_first));
}
