//! Cache directories made up for tests, with manifests whose names and outputs belong together.

use std::fs::{self, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cache_store::file::{Metadata, open_source, set_times};
use manifest::{Digest, Entry, Format, Kind, Listing, PrefixedPath, Stat};

use crate::common::Project;

/// The number of the lib directory, and of the local cache directory.
pub(crate) const LIB: u8 = 1;
pub(crate) const LOCAL: u8 = 2;

/// A manifest and its output.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// Where the manifest is.
    pub(crate) manifest: PathBuf,
    /// Its output in `o/`.
    pub(crate) output: PathBuf,
    /// The output's name.
    pub(crate) digest: String,
}

impl Made {
    /// Puts a file into the output. What a manifest names is there before it, so that is written again.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        write(&self.output.join(name), bytes);
        fs::write(&self.manifest, fs::read(&self.manifest).unwrap()).unwrap();
    }
}

pub(crate) fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// An input as it is now; one that is not there, or of the lib directory, as something.
fn entry(base: &Path, format: Format, prefix: u8, path: &str) -> Entry {
    let at = base.join(path);
    // For a step of a build, the number of the lib directory is that of the project.
    let is_lib = prefix == LIB && (path.starts_with("std/") || path.starts_with("compiler/"));
    let found = Metadata::at(&at).ok().filter(|_| !is_lib);
    Entry {
        path: PrefixedPath {
            prefix,
            sub_path: path.into(),
        },
        kind: Kind::File,
        metadata_only: false,
        stat: match &found {
            Some(metadata) => Stat::of(metadata),
            None => Stat {
                size: 1,
                inode: 1,
                mtime_ns: 1,
            },
        },
        digest: match found {
            Some(_) => format.hash_contents(&fs::read(&at).unwrap()),
            None => Digest([7; 16]),
        },
    }
}

/// A manifest in `cache`, below the project, with these inputs by prefix and path. Its output is not made.
pub(crate) fn manifest(
    project: &Project,
    cache: &str,
    format: Format,
    key: u8,
    inputs: &[(u8, &str)],
) -> Made {
    let dir = project.path(cache);
    let base = |prefix| match prefix {
        LOCAL => dir.clone(),
        _ => project.dir(),
    };
    let entries = inputs
        .iter()
        .map(|&(prefix, path)| entry(&base(prefix), format, prefix, path))
        .collect();
    let listing = Listing { format, entries };
    let key = Digest([key; 16]);
    let digest = listing.final_digest(key).to_string();
    let manifest = dir.join("h").join(format.file_name(key));
    write(&manifest, &listing.to_bytes());
    Made {
        manifest,
        output: dir.join("o").join(&digest),
        digest,
    }
}

/// The same of a compilation of a source, with its output: a file of that many bytes.
pub(crate) fn compilation(
    project: &Project,
    cache: &str,
    format: Format,
    key: u8,
    source: &str,
    size: usize,
) -> Made {
    let inputs = [(0, source), (LIB, "std/std.zig")];
    let inputs = match format {
        Format::Lines => inputs,
        // In records it is below the directory of the build.
        Format::Records => [(4, source), (LIB, "std/std.zig")],
    };
    let made = manifest(project, cache, format, key, &inputs);
    made.put("app", &vec![1; size]);
    made
}

/// Makes a path and all below it look as if they were last written and read so long ago.
pub(crate) fn age(path: &Path, age: Duration) {
    let then = SystemTime::now() - age;
    let metadata = path.symlink_metadata().unwrap();
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            self::age(&entry.unwrap().path(), age);
        }
    }
    if metadata.is_dir() || metadata.is_file() {
        let times = FileTimes::new().set_modified(then).set_accessed(then);
        let file = open_source(path).unwrap();
        set_times(&file, path, times).unwrap();
    }
}

/// Makes a cache directory look as if nobody was at work there. Where the system does not tell who is,
/// manifests and temporary files that are younger than ten minutes say that somebody may be.
pub(crate) fn rest(cache: &Path) {
    if cfg!(target_os = "linux") {
        return;
    }
    let then = SystemTime::now() - Duration::from_secs(11 * 60);
    let entries = ["h", "tmp"].map(|folder| fs::read_dir(cache.join(folder)));
    for entry in entries.into_iter().flatten().flatten() {
        let path = entry.unwrap().path();
        if path.metadata().unwrap().modified().unwrap() > then {
            let times = FileTimes::new().set_modified(then);
            set_times(&open_source(&path).unwrap(), &path, times).unwrap();
        }
    }
}

/// Everything below a directory: paths, and what is in files.
pub(crate) fn contents(dir: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut pending = vec![dir.to_owned()];
    while let Some(path) = pending.pop() {
        let metadata = path.symlink_metadata().unwrap();
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            pending.extend(entries.map(|entry| entry.unwrap().path()));
        }
        let text = metadata.is_file().then(|| fs::read(&path).unwrap());
        found.push((path, text));
    }
    found.sort();
    found
}
