//! The `zirc` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    driver::cli::main()
}
