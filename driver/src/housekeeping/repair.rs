//! What makes a build fail is taken away, and nothing else.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, Mode, Stat, open_in_cache, try_lock};

use crate::environment::layout::Kind;
use crate::inventory::{Failing, Verified};

/// What became of something that made builds fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// The manifest is empty now, and what was in the place of its output is gone: the next build does the
    /// work anew.
    Emptied,
    /// It was none, and is gone.
    Removed,
    /// A build is at it.
    InUse,
    /// It is not as it was found any more: somebody else has been there.
    Changed,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Repair {
    /// Below the cache directory.
    pub(crate) path: PathBuf,
    /// Whether it made builds fail for certain.
    pub(crate) is_certain: bool,
    pub(crate) outcome: io::Result<Outcome>,
}

impl Repair {
    /// Whether it cannot make a build fail any more.
    pub(crate) fn is_mended(&self) -> bool {
        matches!(self.outcome, Ok(Outcome::Emptied | Outcome::Removed))
    }
}

/// Takes away what makes builds fail. What may do so is left where nothing else does, unless the `doubtful`
/// is to go as well: then nobody has taken anything out of the directory, and it belongs to steps that keep
/// nothing.
pub(crate) fn repair(verified: &Verified, doubtful: bool) -> Vec<Repair> {
    if !verified.fails() && !doubtful {
        return Vec::new();
    }
    let one = |failing: &Failing| Repair {
        outcome: mend(&verified.path, failing),
        path: failing.path.clone(),
        is_certain: failing.is_certain,
    };
    verified.failing.iter().map(one).collect()
}

fn mend(dir: &Path, failing: &Failing) -> io::Result<Outcome> {
    let at = dir.join(&failing.path);
    let metadata = match Metadata::of_link(&at) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Outcome::Changed),
        Err(error) => return Err(error),
    };
    if Stat::of(&metadata) != failing.stat {
        return Ok(Outcome::Changed);
    }
    if metadata.is_dir() {
        // Whatever is in it, it is nothing of a cache.
        fs::remove_dir(&at)?;
        return Ok(Outcome::Removed);
    }
    // An empty manifest is a miss. Of other things even an empty one would be believed.
    let is_manifest = failing.path.starts_with(Kind::Manifests.folder());
    if !metadata.is_file() || !is_manifest {
        fs::remove_file(&at)?;
        return Ok(Outcome::Removed);
    }
    let file = open_in_cache(OpenOptions::new().read(true).write(true), &at)?;
    if !try_lock(&file, Mode::Exclusive)? {
        return Ok(Outcome::InUse);
    }
    // Now that nobody else writes.
    let is_there = |path: &PathBuf| dir.join(path).symlink_metadata().is_ok();
    if Stat::of(&Metadata::of(&file)?) != failing.stat
        || failing.missing.as_ref().is_some_and(is_there)
    {
        return Ok(Outcome::Changed);
    }
    if let Some(path) = &failing.in_the_way {
        // Before the manifest: without that nothing would tell that it is in the way.
        match Metadata::of_link(&dir.join(path)) {
            Ok(metadata) if metadata.is_dir() => return Ok(Outcome::Changed),
            Ok(_) => fs::remove_file(dir.join(path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    file.set_len(0)?;
    Ok(Outcome::Emptied)
}
