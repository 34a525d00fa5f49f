//! `--build` and what goes with it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::check::{BuildMode, BuildOptions, EnvironmentOptions};
use crate::environment;
use crate::project::Settings;

/// Under which help has them.
const HEADING: &str = "Modules of build.zig";

/// How modules are learnt from `build.zig`.
#[derive(Args, Debug)]
pub(crate) struct BuildFlags {
    /// Check all that build.zig makes: each compile step, tests included, with its modules.
    ///
    /// For that build.zig is run, by zig, unless what it makes is known from an earlier time and nothing that
    /// it depends on has changed. That executes code of the project and of its packages: use it with what you
    /// would build. No step of it is run. Without this flag what is known is used, and nothing is run.
    /// PATH is then the directory of a project.
    #[arg(long, help_heading = HEADING)]
    build: bool,
    /// Run nothing, whatever zirc.zon says: use what is known from an earlier time.
    #[arg(long, help_heading = HEADING, conflicts_with_all = ["build", "reconfigure"])]
    no_build: bool,
    /// The same as --build, and build.zig is run in any case: it reads what changes without its files
    /// changing.
    #[arg(long, help_heading = HEADING)]
    reconfigure: bool,
    /// End build.zig if it takes longer. 900 seconds if not given.
    #[arg(long, help_heading = HEADING, value_name = "TIME", value_parser = duration)]
    build_timeout: Option<Duration>,
    /// The zig to run, whose release counts and whose standard library is used. Otherwise that of the lib
    /// directory, or the one on PATH.
    #[arg(long, help_heading = HEADING, value_name = "EXE")]
    zig: Option<PathBuf>,
    /// An option of the build, as zig build takes it.
    #[arg(short = 'D', help_heading = HEADING, value_name = "NAME[=VALUE]")]
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
    /// What they come to, with what a project says. `is_named` is whether what is to be checked was named on
    /// the command line, so that it is not for the project to say.
    pub(crate) fn resolve(
        &self,
        settings: Option<&Settings>,
        is_named: bool,
        options: &mut EnvironmentOptions,
    ) -> BuildOptions {
        let said = settings.and_then(|settings| settings.build);
        let is_said = said == Some(true) && !is_named && !self.no_build;
        let of_project = settings.map(|settings| settings.build_options.iter());
        let of_project = of_project.into_iter().flatten();
        let mode = match (self.reconfigure, self.build || is_said) {
            (true, _) => BuildMode::Anew,
            (false, true) => BuildMode::Run,
            (false, false) => BuildMode::IfKnown,
        };
        // One that a project names and that is not here is missed when it is to be run.
        let of_project_zig = settings.and_then(|settings| settings.zig.clone());
        let of_project_zig =
            of_project_zig.filter(|zig| mode != BuildMode::IfKnown || environment::has_zig(zig));
        options.zig = self.zig.clone().or(of_project_zig);
        BuildOptions {
            mode,
            timeout: self.build_timeout.unwrap_or(BuildOptions::TIMEOUT),
            defines: match self.defines.is_empty() {
                true => of_project
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect(),
                false => self.defines.clone(),
            },
        }
    }
}
