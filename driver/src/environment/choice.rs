//! Which release of Zig programs are checked as, and which lib directory is that release's.

use std::path::{Path, PathBuf};

use release::Release;
use serde::Serialize;

use super::lib_dir::{self, Effort, Lib, LibArg, NOT_FOUND};
use super::lib_release::LibRelease;
use super::minimum::{Minimum, minimum_of};
use crate::{Error, paths};

/// What a release follows from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseFrom {
    /// `--zig-version`.
    Flag,
    /// `zig_versions` in the project's `zirc.zon`.
    Settings,
    /// The lib directory that was named.
    LibDirectory,
    /// The lib directory that was found.
    LibFound,
    /// The project's `build.zig.zon`.
    MinimumZigVersion,
    /// Nothing says anything: it is the newest that is known.
    #[default]
    Newest,
}

/// A release, and what it follows from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The release.
    pub release: Release,
    /// What it follows from.
    pub from: ReleaseFrom,
}

impl Default for Choice {
    fn default() -> Choice {
        Choice {
            release: Release::NEWEST,
            from: ReleaseFrom::Newest,
        }
    }
}

/// What was chosen.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) choice: Choice,
    /// The lib directory of that release, if it is at hand.
    pub(super) lib: Option<Lib>,
    /// What the user should know.
    pub(super) notes: Vec<String>,
}

/// The release for programs in the directory `near`, absolute, and its lib directory. `asked` is
/// `--zig-version`.
///
/// # Errors
/// If a lib directory is named that is none, or the release of the one that counts is not understood here.
pub(super) fn choose(
    asked: Option<Release>,
    args: &[LibArg],
    near: &Path,
    cwd: &Path,
    effort: Effort,
) -> Result<Chosen, Error> {
    let named = lib_dir::named(args, cwd)?;
    decide(asked, named, lib_dir::found(cwd, effort), &|| {
        minimum_of(near)
    })
}

/// The same, of what is there. What is found, and the project's minimum, is looked for when it is asked for.
fn decide(
    asked: Option<Release>,
    mut named: Vec<Lib>,
    mut found: impl Iterator<Item = Lib>,
    minimum: &dyn Fn() -> Option<Minimum>,
) -> Result<Chosen, Error> {
    if let Some(release) = asked {
        let from = ReleaseFrom::Flag;
        let libs = named.into_iter().chain(found);
        return Ok(serve(Choice { release, from }, libs));
    }
    if let [_, other, ..] = &*named {
        return Err(Error::Usage(format!(
            "several lib directories are named ('{}' is the second): say with --zig-version which release is meant",
            other.dir.display()
        )));
    }
    let (lib, from) = match named.pop() {
        Some(lib) => (Some(lib), ReleaseFrom::LibDirectory),
        None => (found.next(), ReleaseFrom::LibFound),
    };
    // Nothing is below the minimum that is named.
    let is_below = |version: &str| match (from, minimum()) {
        (ReleaseFrom::LibFound, Some(minimum)) => match Release::find(version) {
            Ok(found) => found.release < minimum.release,
            // What is not even known is older than all that are.
            Err(_) => true,
        },
        _ => false,
    };
    let told = lib.as_ref().and_then(Lib::version);
    match (told, lib.as_ref().and_then(Lib::release)) {
        (Some(version), _) if is_below(version) => {}
        (_, Some(release)) => return Ok(serve(Choice { release, from }, lib)),
        (Some(version), None) => {
            let dir = lib.map(|lib| lib.dir).unwrap_or_default();
            return Err(foreign(&dir, version));
        }
        (None, None) => {}
    }
    let (choice, note) = without_lib(minimum());
    let mut chosen = serve(choice, lib.into_iter().chain(found));
    chosen.notes.splice(..0, note);
    Ok(chosen)
}

/// The release where no lib directory tells: the project's minimum, else the newest. A note says so where the
/// minimum is no release.
fn without_lib(minimum: Option<Minimum>) -> (Choice, Option<String>) {
    let Some(minimum) = minimum else {
        return (Choice::default(), None);
    };
    let Minimum {
        file,
        text,
        release,
        is_another,
    } = minimum;
    let file = file.display();
    let note = is_another.then(|| {
        format!("minimum_zig_version in '{file}' is {text}, which is not known: the nearest, {release}, is used")
    });
    let from = ReleaseFrom::MinimumZigVersion;
    (Choice { release, from }, note)
}

/// The release of what single files are checked as, in the directory `near`, absolute. No lib directory is
/// needed for that: one that is not understood tells nothing, and no program is started to find one.
pub(super) fn choose_for_files(near: &Path, cwd: &Path) -> Choice {
    match choose(None, &[], near, cwd, Effort::Look) {
        Ok(chosen) => chosen.choice,
        Err(_) => without_lib(minimum_of(near)).0,
    }
}

/// The first of the lib directories that programs of the release may import.
fn serve(choice: Choice, libs: impl IntoIterator<Item = Lib>) -> Chosen {
    let mut others = Vec::new();
    let mut chosen = Chosen {
        choice,
        lib: None,
        notes: Vec::new(),
    };
    for lib in libs {
        if lib.may_serve(choice.release) {
            chosen.lib = Some(lib);
            return chosen;
        }
        others.push(lib);
    }
    chosen.notes.push(not_found(choice.release, &others));
    chosen
}

/// That the standard library of a release is not at hand, though others are.
fn not_found(release: Release, others: &[Lib]) -> String {
    let other = |lib: &Lib| match lib.version() {
        Some(version) => format!("'{}' is of Zig {version}", lib.dir.display()),
        None => format!("'{}' is of no release that is known", lib.dir.display()),
    };
    let why = match others {
        [] => NOT_FOUND.to_owned(),
        [..] => {
            let others: Vec<String> = others.iter().map(other).collect();
            format!("it is not Zig {release}'s: {}", others.join(", "))
        }
    };
    format!("std was not found ({why}): only the program's own files are checked")
}

fn foreign(dir: &Path, version: &str) -> Error {
    let known: Vec<&str> = Release::ALL.iter().map(|r| r.as_str()).collect();
    let newest = Release::NEWEST;
    let known = match known.split_last() {
        Some((last, rest @ [_, ..])) => format!("{} and {last}", rest.join(", ")),
        _ => newest.to_string(),
    };
    Error::Usage(format!(
        "the lib directory '{}' is of Zig {version}, and this is zirc {}, which knows Zig {known}: name one \
         of these with --zig-lib-dir or ZIG_LIB_DIR (the Python package ziglang {newest} has one), or say with \
         --zig-version what to check as",
        dir.display(),
        env!("CARGO_PKG_VERSION"),
    ))
}

/// The lib directories that are at hand, all that are needed for these releases: no program is started to
/// find another once each release has one.
///
/// # Errors
/// If one is named that is none, or two for one release.
pub(super) fn at_hand(
    args: &[LibArg],
    releases: &[Release],
    cwd: &Path,
) -> Result<Vec<Lib>, Error> {
    let mut libs = lib_dir::named(args, cwd)?;
    for (i, lib) in libs.iter().enumerate() {
        let earlier = libs[..i]
            .iter()
            .find(|other| other.release() == lib.release());
        if let (Some(other), Some(release)) = (earlier, lib.release()) {
            return Err(Error::Usage(format!(
                "two lib directories are named for Zig {release}: '{}' and '{}'",
                other.dir.display(),
                lib.dir.display()
            )));
        }
    }
    let is_there = |libs: &[Lib], release| libs.iter().any(|lib| lib.release() == Some(release));
    let mut found = lib_dir::found(cwd, Effort::Ask);
    while !releases.iter().all(|&release| is_there(&libs, release)) {
        match found.next() {
            Some(lib) => libs.push(lib),
            None => break,
        }
    }
    Ok(libs)
}

/// The lib directory of a release, where several releases are asked for: one of which it is known.
pub(super) fn choose_among(release: Release, libs: &[Lib]) -> Chosen {
    let choice = Choice {
        release,
        from: ReleaseFrom::Flag,
    };
    let lib = libs.iter().find(|lib| lib.release() == Some(release));
    let notes = match lib {
        Some(_) => Vec::new(),
        None => vec![not_found(release, libs)],
    };
    Chosen {
        choice,
        lib: lib.cloned(),
        notes,
    }
}

/// The directory of a file or directory that is given, absolute.
pub(super) fn near(path: Option<&Path>, cwd: &Path) -> PathBuf {
    let path = path.unwrap_or(Path::new("."));
    let absolute = paths::absolute(cwd, path);
    match absolute.parent() {
        Some(parent) if !absolute.is_dir() => parent.to_owned(),
        _ => absolute,
    }
}

/// Whether errors in it are the user's: those in a library that is of no release as published are not.
pub(super) fn is_known(lib: &Lib) -> bool {
    !matches!(lib.contents, LibRelease::Unknown)
}

#[cfg(test)]
mod tests {
    use super::super::lib_dir::LibSource;
    use super::*;

    fn lib(contents: LibRelease, said: Option<Release>) -> Lib {
        Lib {
            dir: "/z/lib".into(),
            source: LibSource::Compiler,
            contents,
            said,
        }
    }

    #[test]
    fn a_lib_directory_serves_its_own_release_only() {
        let of = |release| lib(LibRelease::Known(release), None);
        for (lib, serves) in [
            (of(Release::V0_14_1), [false, true]),
            (of(Release::V0_14_0), [true, false]),
            (lib(LibRelease::Foreign("0.13.0"), None), [false, false]),
            (lib(LibRelease::Unknown, None), [true, true]),
            (
                lib(LibRelease::Unknown, Some(Release::V0_14_0)),
                [true, false],
            ),
        ] {
            let found = [Release::V0_14_0, Release::V0_14_1].map(|r| lib.may_serve(r));
            assert_eq!(found, serves, "{lib:?}");
        }
    }

    fn decided(
        named: &[LibRelease],
        found: &[LibRelease],
        minimum: Option<Release>,
    ) -> Result<(Release, ReleaseFrom, Option<LibRelease>), String> {
        let minimum = || {
            minimum.map(|release| Minimum {
                file: "/p/build.zig.zon".into(),
                text: release.to_string(),
                release,
                is_another: false,
            })
        };
        let libs = |contents: &[LibRelease]| -> Vec<Lib> {
            contents
                .iter()
                .map(|&contents| lib(contents, None))
                .collect()
        };
        let decided = decide(None, libs(named), libs(found).into_iter(), &minimum);
        let Chosen { choice, lib, notes } = decided.map_err(|error| error.to_string())?;
        assert_eq!(lib.is_none(), notes.len() == 1, "{notes:?}");
        Ok((choice.release, choice.from, lib.map(|lib| lib.contents)))
    }

    #[test]
    fn what_decides() {
        use LibRelease::{Foreign, Known, Unknown};
        use ReleaseFrom::{LibDirectory, LibFound, MinimumZigVersion, Newest};
        let (old, new) = (Release::V0_14_0, Release::V0_14_1);
        let last = Release::NEWEST;
        // What is named counts, whatever the project says.
        for minimum in [None, Some(old), Some(new)] {
            let expected = (old, LibDirectory, Some(Known(old)));
            assert_eq!(decided(&[Known(old)], &[Known(new)], minimum), Ok(expected));
        }
        // What is found counts, unless the project wants a later one, which may be at hand as well.
        let found = (new, LibFound, Some(Known(new)));
        assert_eq!(decided(&[], &[Known(new)], None), Ok(found));
        assert_eq!(
            decided(&[], &[Known(new), Known(old)], Some(old)),
            Ok(found)
        );
        let minimum = |lib| Ok((new, MinimumZigVersion, lib));
        assert_eq!(decided(&[], &[Known(old)], Some(new)), minimum(None));
        let both = [Known(old), Known(new)];
        assert_eq!(decided(&[], &both, Some(new)), minimum(Some(Known(new))));
        assert_eq!(decided(&[], &[Foreign("0.13.0")], Some(new)), minimum(None));
        // What is of no release as published says nothing, and is used.
        assert_eq!(decided(&[], &[Unknown], Some(new)), minimum(Some(Unknown)));
        assert_eq!(decided(&[Unknown], &[], Some(new)), minimum(Some(Unknown)));
        assert_eq!(
            decided(&[Unknown], &[], None),
            Ok((last, Newest, Some(Unknown)))
        );
        assert_eq!(decided(&[], &[], None), Ok((last, Newest, None)));
        assert_eq!(decided(&[], &[], Some(new)), minimum(None));
        // What is not understood is said.
        for (named, found, minimum) in [
            (&[Foreign("0.13.0")][..], &[][..], None),
            (&[Foreign("0.13.0")], &[], Some(new)),
            (&[], &[Foreign("0.13.0")], None),
            (&[Known(old), Known(new)], &[], None),
        ] {
            assert!(
                decided(named, found, minimum).is_err(),
                "{named:?} {found:?}"
            );
        }
    }

    #[test]
    fn several_releases_use_what_is_known_of_each() {
        let libs = [
            lib(LibRelease::Unknown, None),
            lib(LibRelease::Known(Release::V0_14_1), None),
        ];
        let note = |release| choose_among(release, &libs).notes;
        assert!(note(Release::V0_14_1).is_empty());
        assert_eq!(
            note(Release::V0_14_0),
            [
                "std was not found (it is not Zig 0.14.0's: '/z/lib' is of no release that is known, '/z/lib' is of \
              Zig 0.14.1): only the program's own files are checked"
            ]
        );
    }

    #[test]
    fn a_release_that_is_not_understood_is_named() {
        let error = foreign(Path::new("/z/lib"), "0.13.0").to_string();
        let version = env!("CARGO_PKG_VERSION");
        let start = format!(
            "the lib directory '/z/lib' is of Zig 0.13.0, and this is zirc {version}, which knows Zig 0.14.0"
        );
        assert!(error.starts_with(&start), "{error}");
    }
}
