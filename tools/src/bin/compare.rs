//! Holds our crates against the reference. See `compare --help`.

use std::process::ExitCode;

/// As `zirc` has it, whose stages are measured in this program.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: huge_pages::HugePages<std::alloc::System> =
    huge_pages::HugePages(std::alloc::System);

fn main() -> ExitCode {
    tools::compare::main()
}
