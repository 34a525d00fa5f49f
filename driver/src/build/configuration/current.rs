//! Which configuration is current.
//!
//! `zig build` looks for it under a manifest. What goes into the manifest's name:
//!
//! 1. the version of Zig;
//! 2. the options that `build.zig` is told, as they are typed and in that order: `-D..`, `-fsys=`,
//!    `-fno-sys=`, `--release`, `--color=..`, and `--system` without its directory;
//! 3. whether it is configured although it cannot be followed (`--cache-poison=ignored`);
//! 4. the paths of all `build.zig.zon`, which are the manifest's first inputs.
//!
//! So it can be told whether one was made with options that are known, and not with which it was. The inputs
//! found later are those of the program that runs `build.zig`: its sources, the lib directory's too, and what
//! `build.zig` said that it reads. A configuration is current where all inputs are as they were; then `zig
//! build` runs nothing either. What `build.zig` reads without saying so (variables of the environment, files)
//! is no input. Nor is a package that was not there: `zig build` looks for another manifest once it is.
//!
//! Below the directory of `build.zig`, the files named first are absolute if `zig build` ran there, and else
//! relative to that directory: that tells what the paths of packages are relative to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, Stat};
use manifest::{Digest, Entry, Format, HashHelper, Kind as InputKind, Listing, Places, Prefixes};
use release::Release;

use super::modules::BuildDirs;
use crate::environment::layout::{self, Kind, PACKAGE_FILE};
use crate::inventory::manifests::{self, Contents};
use crate::inventory::{LIB_PREFIX, NO_DIR, digest_of};
use crate::paths;

/// The option to keep what nobody can follow. It is told apart from the others.
const IGNORE_POISON: &str = "--cache-poison=ignored";

/// A configuration whose inputs are all as they were when it was made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Current {
    /// The file.
    pub(crate) path: PathBuf,
    /// When it was made, nanoseconds since 1970.
    pub(crate) made_ns: i128,
    /// What it was made of.
    pub(crate) inputs: Inputs,
    /// Whether it was made by the release that was asked for, with the options that were asked for.
    pub(crate) is_asked_for: bool,
    /// Where `zig build` ran, if that is known.
    pub(crate) working_dir: Option<PathBuf>,
}

/// What a configuration was made of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Inputs {
    /// Files and directories, absolute, in the manifest's order. Without those in directories that are not
    /// known.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether all are files, and it is their content that counts.
    pub(crate) are_contents: bool,
}

/// The current configurations of the project in `dirs.build_root`, the newest first. `options` are those that
/// `build.zig` is told, as they would be typed.
///
/// Inputs in a directory that `dirs` does not name, the user's cache directory or the lib directory, are
/// taken for unchanged. `dirs.working_dir` is not looked at.
///
/// # Errors
/// If a directory of the cache cannot be listed. What cannot be read of it is none.
pub(crate) fn current(
    dirs: &BuildDirs<'_>,
    release: Release,
    options: &[&str],
) -> io::Result<Vec<Current>> {
    let folder = dirs.local_cache.join(Kind::Configurations.folder());
    if !release.rules().configured_build_is_kept || !folder.is_dir() {
        return Ok(Vec::new());
    }
    let told = told(release, options);
    let prefixes = prefixes(dirs);
    let mut found = Vec::new();
    for (key, listing) in listings(dirs)? {
        found.extend(one(dirs, &folder, &prefixes, key, &listing, &told));
    }
    // Of two that are as old, always the same first.
    found.sort_by(|a, b| (b.made_ns, &a.path).cmp(&(a.made_ns, &b.path)));
    Ok(found)
}

/// What a configuration was made of that `zig build` has named. `None` if that is told nowhere, as of one
/// that holds for once only. Whether the inputs are still what they were is not looked at.
pub(crate) fn made_of(dirs: &BuildDirs<'_>, configuration: &Path) -> Option<Inputs> {
    let name = digest_of(configuration.file_name()?)?;
    let mut all = listings(dirs).ok()?;
    let (_, listing) = all.find(|(key, listing)| listing.final_digest(*key) == name)?;
    Some(inputs(&listing.entries, &prefixes(dirs)))
}

/// The manifests, with their names. What cannot be read is none.
fn listings(dirs: &BuildDirs<'_>) -> io::Result<impl Iterator<Item = (Digest, Listing)>> {
    let found = match fs::read_dir(layout::manifests(dirs.local_cache)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found?),
    };
    let entries = found.into_iter().flatten().flatten();
    Ok(entries.filter_map(|entry| {
        let (format, key) = manifests::key_of(&entry.file_name())?;
        if format != Format::Records {
            return None;
        }
        match manifests::read(&entry.path(), format) {
            Ok(Contents::Listed(listing)) => Some((key, listing)),
            _ => None,
        }
    }))
}

/// Whether it is known where an input is.
fn is_known(entry: &Entry, prefixes: &Prefixes) -> bool {
    let dir = prefixes.dir(entry.path.prefix);
    dir.is_some_and(|dir| dir != Path::new(NO_DIR))
}

fn inputs(entries: &[Entry], prefixes: &Prefixes) -> Inputs {
    let known = entries.iter().filter(|entry| is_known(entry, prefixes));
    let by_content = |entry: &Entry| entry.kind == InputKind::File && !entry.metadata_only;
    Inputs {
        paths: known
            .filter_map(|entry| prefixes.locate(&entry.path))
            .collect(),
        are_contents: entries.iter().all(by_content),
    }
}

/// The configuration of a manifest, if it has one that is current.
fn one(
    dirs: &BuildDirs<'_>,
    folder: &Path,
    prefixes: &Prefixes,
    key: Digest,
    listing: &Listing,
    told: &HashHelper,
) -> Option<Current> {
    let path = folder.join(listing.final_digest(key).to_string());
    let metadata = Metadata::of_link(&path).ok()?;
    if !metadata.is_file() {
        return None;
    };
    // The script of another directory may lie in the same cache.
    let place = |entry: &Entry| prefixes.locate(&entry.path);
    let script = layout::build_script(dirs.build_root);
    if !listing
        .entries
        .iter()
        .any(|e| place(e).as_deref() == Some(&script))
    {
        return None;
    }
    let is_package_file = |entry: &&Entry| {
        let path = paths::from_bytes(&entry.path.sub_path);
        path.file_name().is_some_and(|name| name == PACKAGE_FILE)
    };
    let package_files: Vec<&Entry> = listing.entries.iter().take_while(is_package_file).collect();
    let own = dirs.build_root.join(PACKAGE_FILE);
    let own_entry = package_files
        .iter()
        .find(|e| place(e).as_deref() == Some(&own));
    // Whether there is one decides under which name it is looked for.
    if own_entry.is_some() != own.exists() {
        return None;
    }
    let entries = listing.entries.iter();
    let known = entries.filter(|entry| is_known(entry, prefixes)).cloned();
    // Most often it is the project's own files that have changed, and most files are the lib directory's.
    let (in_lib, others): (Vec<_>, Vec<_>) =
        known.partition(|entry| entry.path.prefix == LIB_PREFIX);
    let are_same = |entries| {
        let format = listing.format;
        let listing = Listing { format, entries };
        let looked_at = manifest::explain(&listing, prefixes, false);
        looked_at
            .iter()
            .all(|explanation| explanation.finding.is_same())
    };
    if !are_same(others) || !are_same(in_lib) {
        return None;
    }
    let ran_here = own_entry.is_some_and(|entry| entry.path.prefix == 0);
    Some(Current {
        is_asked_for: listing.key(told, package_files.len()) == key,
        inputs: inputs(&listing.entries, prefixes),
        made_ns: Stat::of(&metadata).mtime_ns,
        working_dir: ran_here.then(|| dirs.build_root.to_owned()),
        path,
    })
}

/// What the name of the manifest is made of, before its inputs.
fn told(release: Release, options: &[&str]) -> HashHelper {
    let mut hash = Format::Records.hash();
    hash.add_bytes(release.as_str().as_bytes());
    for option in options.iter().filter(|option| **option != IGNORE_POISON) {
        hash.add_bytes(option.as_bytes());
    }
    hash.add(options.contains(&IGNORE_POISON));
    hash
}

/// The directories as manifests number them.
fn prefixes(dirs: &BuildDirs<'_>) -> Prefixes {
    let unknown = Path::new(NO_DIR);
    let places = Places {
        working_dir: dirs.build_root,
        lib: dirs.lib.unwrap_or(unknown),
        local_cache: dirs.local_cache,
        global_cache: dirs.global_cache.unwrap_or(unknown),
        build_root: dirs.build_root,
    };
    let [list] = Format::Records.prefix_lists() else {
        return Prefixes::new(dirs.build_root);
    };
    places.numbered(list)
}

#[cfg(test)]
mod tests {
    use cache_store::file::real_path;
    use manifest::{Answer, Cache};

    use super::*;

    const RELEASE: Release = Release::V0_17_1;
    const FILES: [&str; 4] = ["build.zig", "build.zig.zon", "helper.zig", "lib/std.zig"];

    struct Project {
        _dir: tempfile::TempDir,
        root: PathBuf,
    }

    impl Project {
        fn new() -> Project {
            let dir = tempfile::tempdir().unwrap();
            let root = real_path(dir.path()).unwrap();
            for file in FILES {
                fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
                fs::write(root.join(file), file).unwrap();
            }
            fs::create_dir_all(root.join(".zig-cache/c")).unwrap();
            fs::create_dir(root.join(".zig-cache/h")).unwrap();
            Project { _dir: dir, root }
        }

        fn dirs<'a>(&'a self, paths: &'a [PathBuf; 2]) -> BuildDirs<'a> {
            BuildDirs {
                build_root: &self.root,
                working_dir: None,
                local_cache: &paths[0],
                global_cache: None,
                zig_exe: None,
                lib: Some(&paths[1]),
            }
        }

        fn paths(&self) -> [PathBuf; 2] {
            [self.root.join(".zig-cache"), self.root.join("lib")]
        }

        /// What `zig build` does: `ran_here` is whether in the directory of `build.zig`.
        fn configure(&self, ran_here: bool, inputs: &[&str], told: &[&str]) -> PathBuf {
            let unused = Path::new(NO_DIR);
            let [local_cache, lib] = self.paths();
            // Run there, no other number than 0 stands for it while the names of inputs are added.
            let prefixes = |build_root: &Path| {
                let places = Places {
                    working_dir: &self.root,
                    lib: &lib,
                    local_cache: &local_cache,
                    global_cache: unused,
                    build_root,
                };
                places.numbered(Format::Records.prefix_lists()[0])
            };
            let h = local_cache.join("h");
            let root = if ran_here { unused } else { &*self.root };
            let cache = Cache::open_format(&h, prefixes(root), Format::Records).unwrap();
            let mut manifest = cache.obtain();
            manifest.hash.add_bytes(RELEASE.as_str().as_bytes());
            for option in told {
                manifest.hash.add_bytes(option.as_bytes());
            }
            manifest.hash.add(false);
            for input in inputs {
                manifest.add_file(&self.root.join(input), None).unwrap();
            }
            let Answer::Miss(mut miss) = manifest.hit().unwrap() else {
                panic!("there is none yet");
            };
            for file in FILES {
                if !inputs.contains(&file) {
                    miss.add_file_post(&self.root.join(file)).unwrap();
                }
            }
            miss.write_manifest().unwrap();
            let path = local_cache.join("c").join(miss.final_digest().to_string());
            fs::write(&path, b"configured").unwrap();
            path
        }

        fn current(&self, options: &[&str]) -> Vec<Current> {
            let paths = self.paths();
            current(&self.dirs(&paths), RELEASE, options).unwrap()
        }
    }

    fn found(all: &[Current]) -> Vec<(&Path, bool)> {
        let mut found: Vec<_> = all.iter().map(|c| (&*c.path, c.is_asked_for)).collect();
        found.sort();
        found
    }

    /// Names of manifests of the reference, of a project without `build.zig.zon`.
    #[test]
    fn names_of_manifests() {
        let two = ["-Da", "-Db=c"];
        let turned = ["-Db=c", "-Da"];
        for (release, options, name) in [
            (
                Release::V0_17_0,
                &[][..],
                "bed6f369c923c7605bac73d67f7b5e2d",
            ),
            (Release::V0_17_0, &two, "09cbb965eb5e499e62fac429f2b074ce"),
            (
                Release::V0_17_0,
                &turned,
                "942b47d524ee392bfe80cc831569a29e",
            ),
            (
                Release::V0_17_0,
                &[IGNORE_POISON],
                "4e893840209e6fd7685c83e17a36ac51",
            ),
            (Release::V0_17_1, &[], "3dcbd53ce0b3a5dca38a958061287d4f"),
            (Release::V0_17_1, &two, "69e0050c2f7ebf9a767b57815a09e172"),
            (
                Release::V0_17_1,
                &turned,
                "2991aeee10464e2e3d30dabf022f73fd",
            ),
            (
                Release::V0_17_1,
                &[IGNORE_POISON],
                "e586bc5d9fe112f9b5270a433057f314",
            ),
        ] {
            assert_eq!(
                told(release, options).finish().to_string(),
                name,
                "{options:?}"
            );
        }
    }

    #[test]
    fn which_were_made_with_what() {
        let project = Project::new();
        let zon = ["build.zig.zon"];
        let plain = project.configure(true, &zon, &[]);
        let told = project.configure(true, &zon, &["-Dx"]);
        let elsewhere = project.configure(false, &zon, &[]);
        let all = project.current(&[]);
        let mut expected = vec![(&*plain, true), (&*told, false), (&*elsewhere, true)];
        expected.sort();
        assert_eq!(found(&all), expected);
        assert!(all.is_sorted_by(|a, b| a.made_ns >= b.made_ns));
        for one in &all {
            let here = (one.path != elsewhere).then_some(&project.root);
            assert_eq!(one.working_dir.as_ref(), here, "{one:?}");
            assert_eq!(
                made_of(&project.dirs(&project.paths()), &one.path).as_ref(),
                Some(&one.inputs)
            );
            assert!(one.inputs.are_contents);
            let mut inputs = one.inputs.paths.clone();
            inputs.sort();
            assert_eq!(inputs, FILES.map(|file| project.root.join(file)));
        }
        let asked_for = |options: &[&str]| {
            let all = project.current(options);
            let mut asked_for = all.into_iter().filter(|one| one.is_asked_for);
            (asked_for.next().map(|one| one.path), asked_for.count())
        };
        assert_eq!(asked_for(&["-Dx"]), (Some(told), 0));
        assert_eq!(asked_for(&["-Dx", "-Dx"]), (None, 0));
        let paths = project.paths();
        let of = |release| current(&project.dirs(&paths), release, &[]).unwrap();
        assert!(of(Release::V0_17_0).iter().all(|one| !one.is_asked_for));
        assert_eq!(of(Release::V0_16_0), []);
    }

    #[test]
    fn what_is_not_current() {
        let project = Project::new();
        let path = project.configure(true, &["build.zig.zon"], &[]);
        let is_current = || !project.current(&[]).is_empty();
        assert!(is_current());
        for file in FILES {
            let file = project.root.join(file);
            let before = fs::read(&file).unwrap();
            // The content counts where the stat is another.
            fs::remove_file(&file).unwrap();
            assert!(!is_current(), "{file:?}");
            fs::write(&file, b"another").unwrap();
            assert!(!is_current(), "{file:?}");
            fs::write(&file, before).unwrap();
            assert!(is_current(), "{file:?}");
        }
        // A lib directory that is not known is taken for unchanged.
        fs::write(project.root.join("lib/std.zig"), b"another").unwrap();
        let [local_cache, lib] = &project.paths();
        let mut dirs = BuildDirs {
            build_root: &project.root,
            working_dir: None,
            local_cache,
            global_cache: None,
            zig_exe: None,
            lib: None,
        };
        let one = current(&dirs, RELEASE, &[]).unwrap();
        assert_eq!(found(&one), [(&*path, true)]);
        assert_eq!(one[0].inputs.paths.len(), FILES.len() - 1);
        dirs.lib = Some(lib);
        assert_eq!(current(&dirs, RELEASE, &[]).unwrap(), []);
        // Of another project that has the same cache.
        dirs.lib = None;
        dirs.build_root = lib;
        assert_eq!(current(&dirs, RELEASE, &[]).unwrap(), []);
        fs::remove_file(path).unwrap();
        assert!(!is_current());
    }

    #[test]
    fn a_package_file_that_came_later() {
        let project = Project::new();
        let zon = project.root.join("build.zig.zon");
        // Read by `build.zig`, but not among what the name is made of.
        project.configure(true, &[], &[]);
        assert_eq!(project.current(&[]), []);
        fs::remove_file(&zon).unwrap();
        // It is an input all the same.
        assert_eq!(project.current(&[]), []);
    }

    #[test]
    fn damaged_and_empty_manifests_are_none() {
        let project = Project::new();
        let path = project.configure(true, &["build.zig.zon"], &[]);
        let h = project.root.join(".zig-cache/h");
        let name = fs::read_dir(&h).unwrap().map(|entry| entry.unwrap().path());
        let name = name
            .into_iter()
            .find(|path| manifests::key_of(path.file_name().unwrap()).is_some());
        let name = name.unwrap();
        let bytes = fs::read(&name).unwrap();
        for len in 0..bytes.len() {
            fs::write(&name, &bytes[..len]).unwrap();
            assert_eq!(project.current(&[]), [], "{len}");
        }
        fs::write(&name, &bytes).unwrap();
        assert_eq!(found(&project.current(&[])), [(&*path, true)]);
        fs::remove_dir_all(h).unwrap();
        assert_eq!(project.current(&[]), []);
    }
}
