//! Which `zirc` is run.

use std::path::PathBuf;

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
