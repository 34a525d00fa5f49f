//! Where the inputs of a manifest are: it numbers directories, and says nothing about them.

use std::path::{Path, PathBuf};

use cache_store::file::is_separator;
use manifest::{Entry, Format, Listing, Place, Places, PrefixedPath, Prefixes};

use crate::environment::{CacheDirs, layout};
use crate::paths;

/// Nothing lies below it: stands for a directory that is not known, so that the others keep their numbers;
/// and here for the lib directory. A compiler of another release has another, so what is in the one that is
/// at hand says nothing about the manifests of all.
pub(crate) const NO_DIR: &str = if cfg!(windows) {
    "\\\\.\\NUL"
} else {
    "/dev/null"
};

/// As many files of `std` no step of a build has among its inputs. A program that imports it has hundreds.
const STD_FILES: usize = 10;

/// The number of the lib directory in manifests of ours, and of compilers.
pub(crate) const LIB_PREFIX: u8 = 1;

/// Sets of directories that the manifests of the cache directory `dir` may have been written with, numbered
/// as each of `lists` has it.
///
/// They say nothing about it, but they lie in one of them: their cache directory is mostly the local one and
/// in the project's own directory. `known` are directories that builds here would use.
pub(crate) fn prefix_sets(
    dir: &Path,
    cwd: &Path,
    known: &[CacheDirs],
    lib: &Path,
    lists: &[&[Place]],
) -> Vec<Prefixes> {
    let dir = paths::absolute(cwd, dir);
    let mut locals = vec![&*dir];
    if dir.ends_with(layout::OWN) {
        locals.extend(dir.parent());
    }
    let mut bases: Vec<&Path> = Vec::new();
    let projects = locals.iter().filter_map(|dir| dir.parent());
    let here = [Some(cwd), layout::project_root(cwd)];
    for base in projects.chain(here.into_iter().flatten()) {
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    let mut globals: Vec<&Path> = Vec::new();
    for CacheDirs { local, global } in known {
        // One that lies in the global directory tells nothing about the local one.
        if locals.contains(&&**global) && !locals.contains(&&**local) {
            locals.push(local);
        }
        if !globals.contains(&&**global) {
            globals.push(global);
        }
    }
    if globals.is_empty() {
        globals.push(&dir);
    }
    let mut sets = Vec::new();
    for local_cache in &locals {
        for global_cache in &globals {
            for base in &bases {
                let places = Places {
                    working_dir: base,
                    lib,
                    local_cache,
                    global_cache,
                    build_root: base,
                };
                sets.extend(lists.iter().map(|list| places.numbered(list)));
            }
        }
    }
    sets
}

/// Directories that the manifests of a cache directory may have been written with.
#[derive(Debug)]
pub(super) struct Candidates {
    lines: Vec<Prefixes>,
    /// Those where number 1 is the lib directory, as a compiler has it.
    compilers: Vec<Prefixes>,
    /// The same with the lib directory that is at hand, if one is.
    compilers_with_lib: Vec<Prefixes>,
    records: Vec<Prefixes>,
    /// A lib directory that is at hand.
    lib: Option<PathBuf>,
}

impl Candidates {
    /// Of a cache directory. `known` are directories that builds here would use, `lib` is a lib directory.
    pub(super) fn of(
        dir: &Path,
        cwd: &Path,
        known: &[CacheDirs],
        lib: Option<&Path>,
    ) -> Candidates {
        let with_lib = |format: Format, lists: usize, lib: &Path| {
            prefix_sets(dir, cwd, known, lib, &format.prefix_lists()[..lists])
        };
        let sets = |format, lists| with_lib(format, lists, Path::new(NO_DIR));
        let all = |format: Format| sets(format, format.prefix_lists().len());
        Candidates {
            lines: all(Format::Lines),
            // The first list is theirs.
            compilers: sets(Format::Lines, 1),
            compilers_with_lib: lib.map_or(Vec::new(), |lib| with_lib(Format::Lines, 1, lib)),
            records: all(Format::Records),
            lib: lib.map(Path::to_owned),
        }
    }

    /// Where an input would be if it were in the lib directory.
    pub(super) fn as_if_in_lib(&self, entry: &Entry) -> Option<PathBuf> {
        let path = paths::from_bytes(&entry.path.sub_path);
        self.lib.as_ref().map(|lib| lib.join(path))
    }

    /// The directories that it may have been written with.
    pub(super) fn sets(&self, listing: &Listing) -> &[Prefixes] {
        match listing.format {
            Format::Records => &self.records,
            Format::Lines if is_compilation(listing) => &self.compilers,
            Format::Lines => &self.lines,
        }
    }

    /// The same with a lib directory, if one is at hand. It may be that of another compiler.
    pub(super) fn sets_with_lib(&self, listing: &Listing) -> &[Prefixes] {
        match listing.format {
            Format::Lines if self.lib.is_some() && is_compilation(listing) => {
                &self.compilers_with_lib
            }
            _ => self.sets(listing),
        }
    }

    /// Of the inputs, those that are to be looked at, and where they are. What is in the lib directory is
    /// taken for unchanged.
    pub(super) fn locate(&self, mut listing: Listing) -> Option<(Listing, &Prefixes)> {
        let sets = self.sets(&listing);
        if listing.format == Format::Records || is_compilation(&listing) {
            listing.entries.retain(|e| e.path.prefix != LIB_PREFIX);
        }
        let prefixes = manifest::choose_prefixes(&listing, sets)?;
        if prefixes.dir(LIB_PREFIX) == Some(Path::new(NO_DIR)) {
            listing.entries.retain(|e| e.path.prefix != LIB_PREFIX);
        }
        Some((listing, prefixes))
    }
}

/// Whether a compiler has written it that compiled Zig: all that it compiles has the standard library in it,
/// be its first file under a path that is damaged.
pub(super) fn is_compilation(listing: &Listing) -> bool {
    let entries = listing.entries.iter();
    let in_std = entries.filter(|entry| is_below_std(&entry.path));
    if in_std.take(STD_FILES).count() == STD_FILES {
        return true;
    }
    listing.entries.iter().any(|entry| {
        let path = &entry.path;
        let above = above(&path.sub_path, layout::STD_FILE);
        above.is_some_and(|above| match path.prefix {
            LIB_PREFIX => above.is_empty(),
            _ => above.last().is_some_and(|&end| is_separator(end)),
        })
    })
}

/// Whether it is below `std` in the lib directory, if the number is that.
pub(super) fn is_below_std(path: &PrefixedPath) -> bool {
    match path.sub_path[..] {
        [b's', b't', b'd', end, ..] => path.prefix == LIB_PREFIX && is_separator(end),
        _ => false,
    }
}

/// What is before the end of a path, which `end` has with `/` between its parts.
fn above<'p>(path: &'p [u8], end: &str) -> Option<&'p [u8]> {
    let (above, found) = path.split_at_checked(path.len().checked_sub(end.len())?)?;
    let is_same = |(&a, b): (&u8, u8)| a == b || (b == b'/' && is_separator(a));
    found.iter().zip(end.bytes()).all(is_same).then_some(above)
}

/// The program that runs a project's build script, if it is of a compilation of that.
pub(super) fn runner(listing: &Listing) -> Option<&'static str> {
    // To 0.16 one, in 0.17 one that configures and one that makes.
    let runners = [
        "compiler/build_runner.zig",
        "compiler/configurer.zig",
        "compiler/Maker.zig",
    ];
    let is_in = |runner: &&str| {
        let mut entries = listing.entries.iter();
        entries.any(|entry| above(&entry.path.sub_path, runner).is_some())
    };
    runners.into_iter().find(is_in)
}

/// Whether it is of a compilation of tests that the build's own runner runs.
pub(super) fn is_test(listing: &Listing) -> bool {
    let runner = "compiler/test_runner.zig";
    let mut entries = listing.entries.iter();
    entries.any(|entry| above(&entry.path.sub_path, runner).is_some())
}
