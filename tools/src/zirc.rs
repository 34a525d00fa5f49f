//! Which `zirc` is run.

use std::path::{Path, PathBuf};
use std::process::Command;

use syntax::Release;

use crate::reference::target_dir;

/// The option that names the binary.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Zirc {
    /// The `zirc` to run [default: $ZIRC, else target/release/zirc]
    #[arg(long = "zirc", value_name = "PATH")]
    path: Option<PathBuf>,
}

impl Zirc {
    /// What option or environment name.
    pub(crate) fn named(&self) -> Option<PathBuf> {
        let named = self.path.clone();
        named.or_else(|| std::env::var_os("ZIRC").map(PathBuf::from))
    }

    /// The binary, whether it is there or not.
    pub(crate) fn path(&self) -> PathBuf {
        self.named()
            .unwrap_or_else(|| target_dir().join("release/zirc"))
    }

    /// The binary, which is there.
    pub(crate) fn existing(&self) -> Result<PathBuf, String> {
        let path = self.path();
        if !path.exists() {
            return Err(format!("{} is not there: build it first", path.display()));
        }
        Ok(path)
    }
}

/// The option that makes a verb of `zirc` work as a release does.
///
/// # Errors
/// If that binary does not know the option, unless it is a release that all of them know.
pub(crate) fn release_flag(
    zirc: &Path,
    verb: &[&str],
    release: Release,
) -> Result<Vec<String>, String> {
    const FLAG: &str = "--zig-version";
    let help = Command::new(zirc).args(verb).arg("--help").output();
    let help = help.map_err(|err| format!("{}: {err}", zirc.display()))?;
    if String::from_utf8_lossy(&help.stdout).contains(FLAG) {
        return Ok(vec![FLAG.to_owned(), release.to_string()]);
    }
    if release == Release::V0_14_1 {
        return Ok(Vec::new());
    }
    Err(format!(
        "{} {} does not know {FLAG}: it cannot be compared with Zig {release}",
        zirc.display(),
        verb.join(" ")
    ))
}
