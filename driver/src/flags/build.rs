//! `--build` and what goes with it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::check::{BuildMode, BuildOptions};

/// How modules are learnt from `build.zig`.
#[derive(Args, Debug)]
#[command(next_help_heading = "Modules of build.zig")]
pub(crate) struct BuildFlags {
    /// Check all that build.zig makes: each compile step, tests included, with its modules.
    ///
    /// For that build.zig is run, by zig, unless what it makes is known from an earlier time and nothing
    /// that it depends on has changed. That executes code of the project and of its packages: use it with what
    /// you would build. Nothing is built or fetched. Without this flag what is known is used, and nothing is
    /// run. PATH is then the directory of a project.
    #[arg(long)]
    build: bool,
    /// Run nothing, whatever zirc.zon says: use what is known from an earlier time.
    #[arg(long, conflicts_with_all = ["build", "reconfigure"])]
    pub(crate) no_build: bool,
    /// The same as --build, and build.zig is run in any case: it reads something that changes without its files changing.
    #[arg(long)]
    reconfigure: bool,
    /// End build.zig if it takes longer.
    #[arg(long, value_name = "TIME", default_value = "900s", value_parser = duration)]
    build_timeout: Duration,
    /// The zig to run, whose release counts and whose standard library is used. Otherwise that of the lib
    /// directory, or the one on PATH.
    #[arg(long, value_name = "EXE")]
    pub(crate) zig: Option<PathBuf>,
    /// An option of the build, as zig build takes it.
    #[arg(short = 'D', value_name = "NAME[=VALUE]")]
    defines: Vec<String>,
}

/// A number of seconds, or one with a unit.
fn duration(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => humantime::parse_duration(text).map_err(|error| error.to_string()),
    }
}

impl BuildFlags {
    /// What they come to.
    pub(crate) fn resolve(&self) -> BuildOptions {
        BuildOptions {
            mode: match (self.reconfigure, self.build) {
                (true, _) => BuildMode::Anew,
                (false, true) => BuildMode::Run,
                (false, false) => BuildMode::IfKnown,
            },
            timeout: self.build_timeout,
            defines: self.defines.clone(),
        }
    }
}
