//! Where Zig's lib directory is: the home of the standard library.

use std::borrow::Cow;
use std::env::consts::EXE_SUFFIX;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cache_store::file::real_path;
use release::Release;

use super::layout;
use super::lib_release::{LibRelease, release_of};
use crate::{Error, paths};

/// Where it was looked for, for those who are told that there is none.
pub(crate) const NOT_FOUND: &str =
    "no --zig-lib-dir, no ZIG_LIB_DIR, no zig on PATH, no ziglang Python package";

/// A lib directory as the command line names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LibArg {
    /// The release that it is said to be of. Without it, what is in the directory tells.
    pub release: Option<Release>,
    /// The directory.
    pub dir: PathBuf,
}

/// What a directory is named as that may have a version before it, as `VERSION=DIR`. What stands before the
/// first `=` is one if it begins like one: `./0=lib` is a directory.
pub(crate) fn split_version(named: &Path) -> (Option<&[u8]>, Cow<'_, Path>) {
    let bytes = paths::bytes(named);
    let equals = memchr::memchr(b'=', bytes).filter(|_| bytes[0].is_ascii_digit());
    match equals {
        Some(at) => (Some(&bytes[..at]), paths::from_bytes(&bytes[at + 1..])),
        None => (None, Cow::Borrowed(named)),
    }
}

/// How a lib directory came to be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub(crate) enum LibSource {
    /// It was named on the command line.
    #[serde(rename = "--zig-lib-dir")]
    Flag,
    /// It was named in the environment.
    #[serde(rename = "ZIG_LIB_DIR")]
    Variable,
    /// It belongs to the compiler that would be run.
    #[serde(rename = "PATH")]
    Compiler,
    /// It belongs to a Python package.
    #[serde(rename = "Python package")]
    Python,
}

impl LibSource {
    /// In a word or two.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            LibSource::Flag => "--zig-lib-dir",
            LibSource::Variable => "ZIG_LIB_DIR",
            LibSource::Compiler => "PATH",
            LibSource::Python => "Python package",
        }
    }
}

/// A lib directory that is at hand.
#[derive(Clone, Debug)]
pub(crate) struct Lib {
    /// As the reference has it.
    pub(crate) dir: PathBuf,
    pub(crate) source: LibSource,
    /// What is in it tells this.
    pub(crate) contents: LibRelease,
    /// The release that it was said to be of.
    pub(crate) said: Option<Release>,
}

impl Lib {
    fn new(cwd: &Path, dir: &Path, source: LibSource) -> Lib {
        Lib {
            contents: release_of(dir),
            dir: paths::canonical(cwd, dir),
            source,
            said: None,
        }
    }

    /// The release that it is of, if that is known.
    pub(crate) fn release(&self) -> Option<Release> {
        match self.contents {
            LibRelease::Known(release) => Some(release),
            LibRelease::Foreign(_) => None,
            LibRelease::Unknown => self.said,
        }
    }

    /// The version that it is of in text, whether or not it is understood here.
    pub(crate) fn version(&self) -> Option<&'static str> {
        match self.contents {
            LibRelease::Foreign(version) => Some(version),
            _ => self.release().map(Release::as_str),
        }
    }

    /// Whether programs of that release may import it: it is of no other.
    pub(crate) fn may_serve(&self, release: Release) -> bool {
        self.version().is_none_or(|of| of == release.as_str())
    }
}

/// The lib directories that are named: by the flag, else by `ZIG_LIB_DIR`.
///
/// # Errors
/// If one is no lib directory, or of another release than it is said to be of.
pub(super) fn named(args: &[LibArg], cwd: &Path) -> Result<Vec<Lib>, Error> {
    let variable = std::env::var_os("ZIG_LIB_DIR").filter(|dir| !dir.is_empty());
    let variable = variable.filter(|_| args.is_empty()).map(|dir| LibArg {
        release: None,
        dir: dir.into(),
    });
    let source = match variable {
        Some(_) => LibSource::Variable,
        None => LibSource::Flag,
    };
    let lib = |arg: &LibArg| {
        let (by, dir) = (source.as_str(), arg.dir.display());
        if let Some(problem) = what_is_wrong(&arg.dir) {
            return Err(Error::Usage(format!(
                "{by} names '{dir}', which is no lib directory of Zig: {problem}"
            )));
        }
        let lib = Lib {
            said: arg.release,
            ..Lib::new(cwd, &arg.dir, source)
        };
        match (arg.release, lib.version()) {
            (Some(said), Some(version)) if said.as_str() != version => Err(Error::Usage(format!(
                "{by} names '{dir}' as the lib directory of Zig {said}: it is of Zig {version}"
            ))),
            _ => Ok(lib),
        }
    };
    let libs = args.iter().chain(&variable).map(lib);
    libs.collect()
}

/// How much may be done to find a lib directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Effort {
    /// Look at the places where installed programs have theirs.
    Look,
    /// Ask the programs as well, where that was in vain. To start Python takes longer than to check a file.
    Ask,
}

/// The lib directories that are found: that of the `zig` on `PATH`, then that of the `ziglang` Python
/// package. Each is looked for when it is asked for.
pub(super) fn found(cwd: &Path, effort: Effort) -> impl Iterator<Item = Lib> {
    let of_compiler = std::iter::once_with(move || (of_zig_on_path(effort), LibSource::Compiler));
    let of_package = std::iter::once_with(move || (of_python_package(effort), LibSource::Python));
    let both = of_compiler.chain(of_package);
    both.filter_map(|(dir, source)| Some(Lib::new(cwd, &dir?, source)))
}

/// The lib directory that comes first, whatever it is of: what is named, else what is found.
///
/// # Errors
/// If what is named is no lib directory.
pub(crate) fn first(flag: Option<&Path>, cwd: &Path) -> Result<Option<PathBuf>, Error> {
    let arg = flag.map(|dir| LibArg {
        release: None,
        dir: dir.to_owned(),
    });
    let named = named(arg.as_slice(), cwd)?;
    let first = named
        .into_iter()
        .next()
        .or_else(|| found(cwd, Effort::Ask).next());
    Ok(first.map(|lib| lib.dir))
}

/// Why a directory holds no standard library.
fn what_is_wrong(dir: &Path) -> Option<String> {
    let error = match layout::std_file(dir).metadata() {
        Ok(metadata) if metadata.is_file() => return None,
        Ok(_) => return Some("its std/std.zig is no file".to_owned()),
        Err(error) => error,
    };
    Some(match dir.metadata() {
        Err(error) => error.to_string(),
        Ok(metadata) if !metadata.is_dir() => "it is no directory".to_owned(),
        Ok(_) if error.kind() == ErrorKind::NotFound => "it holds no std/std.zig".to_owned(),
        Ok(_) => format!("its std/std.zig: {error}"),
    })
}

fn is_lib_dir(dir: &Path) -> bool {
    what_is_wrong(dir).is_none()
}

pub(super) fn on_path(program: &str) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let program = format!("{program}{EXE_SUFFIX}");
    dirs.into_iter()
        // One that depends on where we are may be a folder of what is checked, and nothing in there is run.
        .filter(|dir| dir.is_absolute())
        .map(move |dir| dir.join(&program))
        .filter(|candidate| candidate.is_file())
}

fn of_zig_on_path(effort: Effort) -> Option<PathBuf> {
    lib_dir_of(&on_path("zig").next()?, effort)
}

/// The lib directory of a compiler. Asks `zig env`, after a look at the places where an installed `zig` has
/// it: that is the same answer without starting a process.
pub(super) fn lib_dir_of(zig: &Path, effort: Effort) -> Option<PathBuf> {
    if let Ok(real) = real_path(zig) {
        for dir in real.ancestors().skip(1) {
            for lib in layout::LIB_DIRS {
                let lib = dir.join(lib);
                if is_lib_dir(&lib) {
                    return Some(lib);
                }
            }
        }
    }
    if effort == Effort::Look {
        return None;
    }
    let output = Command::new(zig)
        .arg("env")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let dir = PathBuf::from(lib_dir_of_env(&text)?);
    is_lib_dir(&dir).then_some(dir)
}

/// The value of `lib_dir` in what `zig env` prints: JSON up to 0.14, ZON from 0.15 on.
fn lib_dir_of_env(text: &str) -> Option<String> {
    let after = text.split("lib_dir").nth(1)?;
    let value = after.trim_start_matches(['"', ' ', ':', '=']);
    // Both languages escape a quote and a backslash alike; other escapes do not occur in sane paths.
    let mut dir = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some(dir),
            '\\' => dir.push(chars.next()?),
            _ => dir.push(c),
        }
    }
    None
}

/// Has Python print where the package is. Given a program with `-c`, Python looks for modules in the working
/// directory first, which may be that of what is checked: nothing may be imported before that is put right.
const PRINT_PYTHON_PACKAGE: &str = "\
import sys
sys.path = [dir for dir in sys.path if dir]
import importlib.util
print(importlib.util.find_spec('ziglang').submodule_search_locations[0])
";

/// Looks where Python programs on `PATH` keep packages, then asks Python.
fn of_python_package(effort: Effort) -> Option<PathBuf> {
    for python in on_path("python3") {
        let Ok(real) = real_path(&python) else {
            continue;
        };
        for prefix in [python.parent(), real.parent()]
            .into_iter()
            .flatten()
            .filter_map(Path::parent)
        {
            let Ok(entries) = prefix.join("lib").read_dir() else {
                continue;
            };
            let mut candidates: Vec<PathBuf> = entries
                .flatten()
                .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(b"python3"))
                .map(|entry| entry.path().join(layout::PYTHON_LIB_DIR))
                .filter(|lib| is_lib_dir(lib))
                .collect();
            candidates.sort();
            if let Some(lib) = candidates.pop() {
                return Some(lib);
            }
        }
    }
    if effort == Effort::Look {
        return None;
    }
    let python = on_path("python3").next()?;
    let output = Command::new(python)
        .args(["-c", PRINT_PYTHON_PACKAGE])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let dir = Path::new(String::from_utf8(output.stdout).ok()?.trim_end()).join("lib");
    is_lib_dir(&dir).then_some(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Modules that Python needs for the answer, lying in the directory where it is asked.
    #[test]
    fn python_runs_nothing_of_the_working_directory() {
        let Some(python) = on_path("python3").next() else {
            eprintln!("not run: no python3 on PATH");
            return;
        };
        let dir = tempfile::tempdir().unwrap();
        let ran = dir.path().join("ran");
        for module in ["contextlib", "types", "warnings", "functools", "ziglang"] {
            let text = format!("open({ran:?}, 'w')\n");
            std::fs::write(dir.path().join(format!("{module}.py")), text).unwrap();
        }
        let ask = |program: &str| {
            let mut command = Command::new(&python);
            command.args(["-c", program]).current_dir(&dir);
            command.stderr(Stdio::null()).output().unwrap();
            std::fs::remove_file(&ran).is_ok()
        };
        assert!(!ask(PRINT_PYTHON_PACKAGE));
        assert!(ask("import ziglang"), "the trap works");
    }

    #[test]
    fn reads_both_forms_of_zig_env() {
        let json = "{\n \"zig_exe\": \"/z/zig\",\n \"lib_dir\": \"/z/li\\\"b\",\n \"std_dir\": \"/z/lib/std\"\n}\n";
        assert_eq!(lib_dir_of_env(json).as_deref(), Some("/z/li\"b"));
        let zon = ".{\n    .zig_exe = \"/z/zig\",\n    .lib_dir = \"/z/lib\",\n}\n";
        assert_eq!(lib_dir_of_env(zon).as_deref(), Some("/z/lib"));
        assert_eq!(lib_dir_of_env("nothing"), None);
    }
}
