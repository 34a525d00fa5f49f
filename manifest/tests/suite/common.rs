//! A project directory with its manifests.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use manifest::{Answer, Cache, Hit, Manifest, Miss, Prefixes};
use tempfile::TempDir;

/// A directory with `lib/`, `cache/` and sources.
pub(crate) struct Project {
    pub(crate) dir: TempDir,
    pub(crate) cache: Cache,
}

impl Project {
    pub(crate) fn new() -> Project {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cache/h"), prefixes(dir.path())).unwrap();
        Project { dir, cache }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file and sets its mtime back, as if it had been there for long.
    pub(crate) fn write_old(&self, name: &str, text: &str) {
        self.write(name, text);
        age(&self.path(name), 1);
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn obtain(&self) -> Manifest<'_> {
        let mut manifest = self.cache.obtain();
        manifest.hash.add_bytes(b"test");
        manifest
    }

    pub(crate) fn ask(&self) -> Answer<'_> {
        self.obtain().hit().unwrap()
    }

    pub(crate) fn is_hit(&self) -> bool {
        matches!(self.ask(), Answer::Hit(_))
    }

    /// Does a build that reads these files.
    pub(crate) fn build(&self, files: &[&str]) {
        let mut miss = miss(self.ask());
        for file in files {
            miss.add_file_post(file.as_ref()).unwrap();
        }
        miss.write_manifest().unwrap();
    }

    /// Where the one manifest is.
    pub(crate) fn manifest(&self) -> PathBuf {
        self.cache.path_of(self.obtain().hash.peek())
    }

    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(self.manifest()).unwrap()
    }
}

pub(crate) fn prefixes(dir: &Path) -> Prefixes {
    let mut prefixes = Prefixes::new(dir);
    prefixes.push("lib");
    prefixes.push("cache");
    prefixes
}

/// Sets the mtime this many minutes back, to a time with all its digits.
pub(crate) fn age(path: &Path, minutes: u64) {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let then =
        Duration::from_secs(now.as_secs() - minutes * 60) + Duration::from_nanos(123_456_789);
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + then).unwrap();
}

#[track_caller]
pub(crate) fn hit(answer: Answer<'_>) -> Hit<'_> {
    match answer {
        Answer::Hit(hit) => hit,
        Answer::Miss(miss) => panic!("a miss: {:?}", miss.reason()),
    }
}

#[track_caller]
pub(crate) fn miss(answer: Answer<'_>) -> Miss<'_> {
    match answer {
        Answer::Miss(miss) => miss,
        Answer::Hit(hit) => panic!("a hit: {:?}", hit.files()),
    }
}
