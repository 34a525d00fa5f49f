//! Holds `zirc check` against faults of all kinds. See `faults --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tools::faults::main()
}
