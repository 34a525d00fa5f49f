//! Where Zig's lib directory is: the home of the standard library.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::layout;
use crate::{Error, paths};

/// Where it was looked for, for those who are told that there is none.
pub(crate) const NOT_FOUND: &str =
    "no --zig-lib-dir, no ZIG_LIB_DIR, no zig on PATH, no ziglang Python package";

/// The lib directory: what `--zig-lib-dir` says, else `ZIG_LIB_DIR`, else that of the `zig` on `PATH`, else
/// that of the `ziglang` Python package. `None` where there is none.
///
/// # Errors
/// If the flag or the variable names something else than a lib directory.
pub(crate) fn find(flag: Option<&Path>, cwd: &Path) -> Result<Option<PathBuf>, Error> {
    let variable = || std::env::var_os("ZIG_LIB_DIR").filter(|dir| !dir.is_empty());
    let named = match flag {
        Some(dir) => Some(("--zig-lib-dir", dir.to_owned())),
        None => variable().map(|dir| ("ZIG_LIB_DIR", PathBuf::from(dir))),
    };
    if let Some((by, dir)) = named {
        return match what_is_wrong(&dir) {
            None => Ok(Some(paths::canonical(cwd, &dir))),
            Some(problem) => Err(Error::Usage(format!(
                "{by} names '{}', which is no lib directory of Zig: {problem}",
                dir.display()
            ))),
        };
    }
    let found = of_zig_on_path().or_else(of_python_package);
    Ok(found.map(|dir| paths::canonical(cwd, &dir)))
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

fn on_path(program: &str) -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let program = program.to_owned();
    dirs.into_iter()
        // One that depends on where we are may be a folder of what is checked, and nothing in there is run.
        .filter(|dir| dir.is_absolute())
        .map(move |dir| dir.join(&program))
        .filter(|candidate| candidate.is_file())
}

/// Asks `zig env`, after a look at the places where an installed `zig` has its lib directory: that is the
/// same answer without starting a process.
fn of_zig_on_path() -> Option<PathBuf> {
    let zig = on_path("zig").next()?;
    if let Ok(real) = zig.canonicalize() {
        for dir in real.ancestors().skip(1) {
            for lib in layout::LIB_DIRS {
                let lib = dir.join(lib);
                if is_lib_dir(&lib) {
                    return Some(lib);
                }
            }
        }
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
fn of_python_package() -> Option<PathBuf> {
    for python in on_path("python3") {
        let Ok(real) = python.canonicalize() else {
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
