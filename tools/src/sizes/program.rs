//! Programs of many files.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::mixed;
use fixtures::Rng;

/// How the files of a program import each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As projects do: a tree of directories with some ten files each, every file imports a few others, near
    /// ones more often, and imports go round in circles. Most files are short, a few long.
    Project,
    /// The same with one error in each file.
    Errors,
    /// The same with an import that leads nowhere in each file.
    Unresolved,
    /// One file imports all others, which lie beside it.
    Flat,
    /// Each file imports the next one alone.
    Chain,
    /// Two files import the others, in turn, and those are missing.
    Missing,
    /// No file imports another, all import the standard library: a directory of programs, checked as one.
    Roots,
}

/// Files and subdirectories of a directory.
const FILES: usize = 12;
const DIRECTORIES: usize = 8;

/// Names of directories from the root down to that with number `directory`.
fn directory(mut directory: usize) -> Vec<String> {
    let mut parts = Vec::new();
    while directory != 0 {
        parts.push(format!("part_{}", (directory - 1) % DIRECTORIES));
        directory = (directory - 1) / DIRECTORIES;
    }
    parts.reverse();
    parts
}

/// The path of a file as another imports it.
fn import_path(from: usize, to: usize) -> String {
    let [from_dir, to_dir] = [from, to].map(|file| directory(file / FILES));
    let common = from_dir
        .iter()
        .zip(&to_dir)
        .take_while(|(a, b)| a == b)
        .count();
    let up = "../".repeat(from_dir.len() - common);
    let down: String = to_dir[common..]
        .iter()
        .map(|part| format!("{part}/"))
        .collect();
    format!("{up}{down}{}", file_name(to))
}

fn file_name(file: usize) -> String {
    match file {
        0 => "main.zig".to_owned(),
        file => format!("file_{file}.zig"),
    }
}

/// How many files a file imports that no lower one does: so all are reached.
const CHILDREN: usize = 5;

fn imports(rng: &mut Rng, file: usize, files: usize) -> Vec<String> {
    let mut targets: Vec<usize> = (file * CHILDREN + 1..=file * CHILDREN + CHILDREN)
        .take_while(|&child| child < files)
        .collect();
    for _ in 0..rng.below(6) {
        targets.push(match rng.below(4) {
            // Helpers that everybody uses.
            0 => rng.below(files.min(40)),
            _ => (file / FILES * FILES + rng.below(FILES)).min(files - 1),
        });
    }
    targets.sort_unstable();
    targets.dedup();
    targets.iter().map(|&to| import_path(file, to)).collect()
}

fn length(rng: &mut Rng) -> usize {
    match rng.below(100) {
        0..50 => 400 + rng.below(1100),
        50..85 => 1500 + rng.below(3500),
        85..98 => 5000 + rng.below(10000),
        _ => 15000 + rng.below(45000),
    }
}

/// A function with an error in it that is found when it is lowered, as the root of a program needs one to
/// stop the reference after that stage.
pub(crate) const FAILING: &str = "fn failing() void {\n    const unused = 1;\n}\n";

/// Writes a program of `files` files into `dir`, which must not exist: `main.zig` and what it imports, and
/// `failing.zig`, which is the same as `main.zig` with [`FAILING`] added; a directory of roots goes without.
/// Returns how many bytes its files have without `failing.zig`.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write(dir: &Path, files: usize, shape: Shape) -> io::Result<u64> {
    let mut bytes = 0;
    let written = match shape {
        Shape::Missing => 2,
        _ => files,
    };
    for file in 0..written {
        let mut rng = Rng::new(7, file as u64);
        let path = match shape {
            Shape::Project | Shape::Errors | Shape::Unresolved | Shape::Roots => {
                let dir = dir.join(directory(file / FILES).iter().collect::<PathBuf>());
                if file % FILES == 0 {
                    fs::create_dir_all(&dir)?;
                }
                dir.join(file_name(file))
            }
            Shape::Flat | Shape::Chain | Shape::Missing => {
                if file == 0 {
                    fs::create_dir_all(dir)?;
                }
                dir.join(file_name(file))
            }
        };
        let imports = match shape {
            Shape::Project | Shape::Errors => imports(&mut rng, file, files),
            Shape::Unresolved => {
                let mut imports = imports(&mut rng, file, files);
                imports.push("nowhere".to_owned());
                imports
            }
            Shape::Flat if file == 0 => (1..files).map(file_name).collect(),
            Shape::Chain if file + 1 < files => vec![file_name(file + 1)],
            Shape::Flat | Shape::Chain => Vec::new(),
            Shape::Missing => {
                let next = (file == 0).then_some(1);
                let missing = (file + 2..files).step_by(2);
                next.into_iter().chain(missing).map(file_name).collect()
            }
            Shape::Roots => vec!["std".to_owned()],
        };
        let length = match shape {
            Shape::Flat | Shape::Chain | Shape::Missing => 400,
            _ => length(&mut rng),
        };
        let mut out = BufWriter::new(File::create(&path)?);
        mixed::write(file as u64, length, &imports, &mut out)?;
        if shape == Shape::Errors {
            out.write_all(FAILING.as_bytes())?;
        }
        out.flush()?;
        bytes += fs::metadata(&path)?.len();
    }
    if shape == Shape::Roots {
        return Ok(bytes);
    }
    let main = fs::read_to_string(dir.join("main.zig"))?;
    // Twice the same name would be another error, after which no import is followed.
    let failing = if shape == Shape::Errors { "" } else { FAILING };
    fs::write(dir.join("failing.zig"), main + failing)?;
    Ok(bytes)
}

/// A file of a project or of a directory of roots that nothing else imports, or few do.
pub(crate) fn last_file(dir: &Path, files: usize) -> PathBuf {
    let file = files - 1;
    let dir = dir.join(directory(file / FILES).iter().collect::<PathBuf>());
    dir.join(file_name(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_imports() {
        assert_eq!(import_path(0, 5), "file_5.zig");
        assert_eq!(import_path(0, FILES), format!("part_0/file_{FILES}.zig"));
        assert_eq!(import_path(FILES, 0), "../main.zig");
        assert_eq!(
            import_path(FILES, 2 * FILES),
            format!("../part_1/file_{}.zig", 2 * FILES)
        );
    }

    #[test]
    fn every_file_is_imported() {
        let dir = std::env::temp_dir().join(format!("growth-{}", std::process::id()));
        for shape in [Shape::Project, Shape::Flat, Shape::Chain] {
            write(&dir, 150, shape).unwrap();
            let mut seen = std::collections::BTreeSet::new();
            let mut queue = vec![dir.join("main.zig")];
            while let Some(path) = queue.pop() {
                let path = path.canonicalize().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                if !seen.insert(path.clone()) {
                    continue;
                }
                for import in text.split("@import(\"").skip(1) {
                    let end = import.find('"').unwrap();
                    queue.push(path.parent().unwrap().join(&import[..end]));
                }
            }
            fs::remove_dir_all(&dir).unwrap();
            assert_eq!(seen.len(), 150, "{shape:?}");
        }
    }
}
