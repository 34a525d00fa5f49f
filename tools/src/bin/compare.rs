//! Holds our crates against the reference. See `compare --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tools::compare::main()
}
