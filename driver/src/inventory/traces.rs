//! Whether something was taken out of a folder.
//!
//! What comes into a folder is changed by that itself, at the same moment as the folder; to take something
//! away changes the folder alone. So if the folder was changed after all that is in it, something was taken
//! out of it since the last thing came. If nothing tells that, it still may have been, before that.

use std::fs;
use std::io;
use std::path::Path;

use cache_store::file::{Metadata, Stat, changed_ns, created_ns, open_source, set_mtime};

use crate::environment::layout;
use crate::limits::CHANGE_TICK;

/// What the times of a folder and of what is in it tell.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traces {
    /// When anything came into the folder, or was taken out of it, for the last time; nanoseconds since 1970.
    folder_ns: Option<i128>,
    /// When anything that is in it was changed for the last time.
    newest_ns: Option<i128>,
}

impl Traces {
    /// Those of a folder, before anything in it was seen.
    pub(super) fn begin(folder: &Path) -> Traces {
        let folder_ns = Metadata::at(folder).ok().map(|m| Stat::of(&m).mtime_ns);
        Traces {
            folder_ns,
            newest_ns: None,
        }
    }

    /// Something is in the folder, at that path.
    pub(super) fn see(&mut self, path: &Path, metadata: &Metadata) {
        let mut came_ns = changed_ns(metadata);
        // Every build writes the list of a project's dependencies anew, in the place where it is.
        if came_ns > self.newest_ns && path.join(layout::DEPENDENCIES_FILE).exists() {
            came_ns = created_ns(metadata).or(came_ns);
        }
        self.newest_ns = self.newest_ns.max(came_ns);
    }

    /// Those of a folder and of all that is in it.
    pub(crate) fn of(folder: &Path) -> io::Result<Traces> {
        let mut traces = Traces::begin(folder);
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            // What has gone meanwhile is not there.
            if let Ok(metadata) = Metadata::of_link(&path) {
                traces.see(&path, &metadata);
            }
        }
        Ok(traces)
    }

    /// Whether something was taken out since the last thing came. False as well where the system does not
    /// tell.
    pub(crate) fn tell_of_removal(&self) -> bool {
        let times = self.folder_ns.zip(self.newest_ns);
        times.is_some_and(|(folder, newest)| folder - newest > CHANGE_TICK.as_nanos() as i128)
    }

    /// Makes a folder look as if the last thing that happened to it were that its newest came.
    pub(crate) fn remove(folder: &Path) -> io::Result<()> {
        let traces = Traces::of(folder)?;
        match traces.newest_ns {
            Some(newest_ns) if traces.tell_of_removal() => {
                set_mtime(&open_source(folder)?, folder, newest_ns)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::thread::sleep;

    #[test]
    fn what_is_taken_out_is_told_until_something_comes() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path();
        let is_told = || Traces::of(folder).unwrap().tell_of_removal();
        let wait = || sleep(3 * CHANGE_TICK);
        assert!(!is_told());
        for name in ["a", "b", "c", "d"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        assert!(!is_told());
        wait();
        fs::write(folder.join("a/file"), "").unwrap();
        fs::remove_dir(folder.join("b")).unwrap();
        // What happened in `a` is as young.
        assert!(!is_told());
        wait();
        fs::remove_dir(folder.join("c")).unwrap();
        assert!(is_told());
        Traces::remove(folder).unwrap();
        assert!(!is_told());
        wait();
        fs::remove_dir(folder.join("d")).unwrap();
        assert!(is_told());
        wait();
        // What is written anew in its place does not come.
        let dependencies = folder.join("f").join(layout::DEPENDENCIES_FILE);
        fs::create_dir(folder.join("f")).unwrap();
        fs::write(&dependencies, "").unwrap();
        wait();
        fs::remove_dir(folder.join("a")).unwrap_err();
        fs::remove_dir_all(folder.join("a")).unwrap();
        wait();
        fs::rename(&dependencies, folder.join("f/old")).unwrap();
        fs::rename(folder.join("f/old"), &dependencies).unwrap();
        assert!(is_told());
        // It was made elsewhere before.
        let elsewhere = tempfile::tempdir_in(folder.parent().unwrap()).unwrap();
        fs::rename(elsewhere.path(), folder.join("e")).unwrap();
        assert!(!is_told());
    }
}
