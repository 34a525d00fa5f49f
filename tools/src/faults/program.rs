//! Small programs, made up: a root file, others that it reaches, ZON, a standard library of a few files; with
//! errors or without. And edits of them.

use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::dice::Dice;

/// What is wrong with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Flaw {
    None,
    /// An error that lowering finds.
    Lowering,
    /// Errors that the parser finds.
    Parsing,
}

/// A file of the program.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Below the round's directory.
    pub(crate) path: PathBuf,
    imports: Vec<&'static str>,
    /// Changed by edits that keep the length.
    value: u32,
    /// How many functions it has.
    functions: usize,
    flaw: Flaw,
    present: bool,
}

/// A program and its files.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) files: Vec<File>,
    /// Whether edits may bring errors in.
    flawed: bool,
}

const FILES: [(&str, &[&str]); 15] = [
    (
        "p/main.zig",
        &["std", "a.zig", "sub/c.zig", "data.zon", "util", "builtin"],
    ),
    ("p/a.zig", &["b.zig", "same1.zig", "same2.zig", "std"]),
    ("p/b.zig", &["a.zig", "sub/deep/d.zig", "data.zon"]),
    ("p/sub/c.zig", &["../b.zig", "deep/d.zig", "std"]),
    ("p/sub/deep/d.zig", &["../../big.zig", "root"]),
    ("p/big.zig", &[]),
    ("p/same1.zig", &[]),
    ("p/same2.zig", &[]),
    ("p/data.zon", &[]),
    ("p/other.zig", &["a.zig", "other.zon", "std"]),
    ("p/other.zon", &[]),
    ("p/util/util.zig", &["more.zig", "std"]),
    ("p/util/more.zig", &[]),
    ("lib/std/std.zig", &["mem.zig", "big.zig"]),
    ("lib/std/mem.zig", &["std.zig"]),
];
const STD_BIG: &str = "lib/std/big.zig";
/// Without these nothing can be asked.
const ROOTS: [&str; 3] = ["p/main.zig", "p/other.zig", "lib/std/std.zig"];

impl Program {
    /// One that may have errors, or one that has none.
    pub(crate) fn new(flawed: bool, dice: &mut Dice) -> Program {
        let names = FILES.iter().copied().chain([(STD_BIG, [].as_slice())]);
        let files = names
            .map(|(path, imports)| {
                let mut imports = imports.to_vec();
                if flawed && path.ends_with(".zig") && dice.chance(10) {
                    imports.push(dice.one_of(&[
                        "missing.zig",
                        "no_module",
                        "../../outside.zig",
                        "bad.zon",
                    ]));
                }
                File {
                    path: path.into(),
                    imports,
                    // The two that are alike stay so until one is edited.
                    value: if path.contains("same") {
                        1_000_000
                    } else {
                        1_000_000 + dice.below(1000) as u32
                    },
                    functions: match dice.below(10) {
                        _ if path.contains("same") => 2,
                        _ if path.ends_with("big.zig") => 20 + dice.below(400),
                        0 => 40,
                        n => n,
                    },
                    flaw: flaw(flawed, dice),
                    present: true,
                }
            })
            .collect();
        Program { files, flawed }
    }

    /// Writes all of it, below `root`. Most files are old.
    pub(crate) fn write(&self, root: &Path, dice: &mut Dice) {
        for file in &self.files {
            file.write(root, dice);
        }
    }

    /// Changes one or a few of the files.
    pub(crate) fn edit(&mut self, root: &Path, dice: &mut Dice) {
        for _ in 0..1 + dice.below(3) {
            let flawed = self.flawed;
            let index = dice.below(self.files.len());
            let file = &mut self.files[index];
            match dice.below(6) {
                0 => file.functions = dice.below(12),
                1 if flawed => file.flaw = flaw(true, dice),
                2 if flawed && !file.imports.is_empty() => {
                    let at = dice.below(file.imports.len());
                    file.imports.remove(at);
                }
                3 if flawed && !ROOTS.contains(&file.path.to_str().unwrap_or_default()) => {
                    file.present = !file.present
                }
                // The same length.
                _ => file.value = 1_000_000 + (file.value + 1 + dice.below(999) as u32) % 1_000_000,
            }
            file.write(root, dice);
        }
    }

    /// Brings an error into a file, or takes it out.
    pub(crate) fn break_file(&mut self, root: &Path, path: &Path, dice: &mut Dice) {
        if let Some(file) = self.files.iter_mut().find(|file| file.path == path) {
            file.flaw = match file.flaw {
                Flaw::None => Flaw::Lowering,
                _ => Flaw::None,
            };
            file.write(root, dice);
        }
    }

    /// One of the files that are there.
    pub(crate) fn any(&self, dice: &mut Dice) -> &File {
        let present: Vec<&File> = self.files.iter().filter(|file| file.present).collect();
        present[dice.below(present.len())]
    }

    /// All that are there.
    pub(crate) fn present(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.present)
    }
}

fn flaw(flawed: bool, dice: &mut Dice) -> Flaw {
    match dice.below(20) {
        0 | 1 if flawed => Flaw::Lowering,
        2 if flawed => Flaw::Parsing,
        _ => Flaw::None,
    }
}

impl File {
    /// Another state of the same file, that imports the same.
    pub(crate) fn variant(&self, dice: &mut Dice) -> File {
        let mut variant = self.clone();
        variant.value = 1_000_000 + (self.value + 1 + dice.below(999) as u32) % 1_000_000;
        if dice.chance(50) {
            variant.functions = dice.below(60);
        }
        if dice.chance(30) {
            variant.flaw = if self.flaw == Flaw::None {
                Flaw::Lowering
            } else {
                Flaw::None
            };
        }
        variant
    }

    /// Another text of the same length, with an error in it where this has none.
    pub(crate) fn alike(&self) -> (Vec<u8>, Vec<u8>) {
        let mut other = self.clone();
        other.flaw = match self.flaw {
            Flaw::None => Flaw::Lowering,
            _ => Flaw::None,
        };
        let mut texts = [self.text(), other.text()];
        let len = texts.iter().map(Vec::len).max().unwrap_or(0) + 3;
        for text in &mut texts {
            text.extend_from_slice(b"//");
            text.resize(len - 1, b'-');
            text.push(b'\n');
        }
        let [this, other] = texts;
        (this, other)
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        // A `Vec` takes everything that is written to it.
        let _ = if self.path.as_os_str().as_bytes().ends_with(b".zon") {
            self.zon(&mut text)
        } else {
            self.zig(&mut text)
        };
        text
    }

    fn zig(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        for (n, import) in self.imports.iter().enumerate() {
            writeln!(out, "const import{n} = @import(\"{import}\");")?;
        }
        writeln!(out, "pub const value = {};", self.value)?;
        for n in 0..self.functions {
            writeln!(
                out,
                "pub fn work{n}(a: u32, b: []const u8) !u32 {{\n    var sum: u32 = a *% {n};\n    for (b, 0..) |c, i| {{\n        \
                 if (c == 'x' and i > {n}) return error.Bad{n};\n        sum +%= c;\n    }}\n    return switch (sum) {{\n        \
                 0 => 1,\n        1...9 => value,\n        else => sum,\n    }};\n}}"
            )?;
        }
        match self.flaw {
            Flaw::None => Ok(()),
            Flaw::Lowering => writeln!(
                out,
                "fn bad() void {{\n    const unused = {};\n    undeclared();\n}}",
                self.value
            ),
            Flaw::Parsing => writeln!(out, "fn bad( {{\n    const = ;\n}}\nvar"),
        }
    }

    fn zon(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        writeln!(out, ".{{\n    .value = {},", self.value)?;
        for n in 0..self.functions {
            writeln!(
                out,
                "    .f{n} = .{{ \"text {n}\", 0x{n:x}, {n}.5, .{{ .deep = 'c' }} }},"
            )?;
        }
        match self.flaw {
            Flaw::None => {}
            Flaw::Lowering => writeln!(out, "    .bad = undeclared,\n    .value = 1,")?,
            Flaw::Parsing => writeln!(out, "    .bad = = ,")?,
        }
        writeln!(out, "}}")
    }

    /// Brings the file into this state: in place or by renaming, with an mtime that says when or with one
    /// that was long ago.
    pub(crate) fn write(&self, root: &Path, dice: &mut Dice) {
        let path = root.join(&self.path);
        if !self.present {
            let _ = fs::remove_file(path);
            return;
        }
        let parent = path.parent().unwrap_or(root);
        fs::create_dir_all(parent).expect("directory for sources");
        put(&path, &self.text(), dice);
    }
}

/// Gives a source a text: in place or by renaming, with an mtime that says when or with one that was long
/// ago.
pub(crate) fn put(path: &Path, text: &[u8], dice: &mut Dice) {
    if dice.chance(70) {
        fs::write(path, text).expect("source");
    } else {
        let new = path.with_extension("new");
        fs::write(&new, text).expect("source");
        fs::rename(&new, path).expect("source");
    }
    if dice.chance(75) {
        set_mtime(path, long_ago(dice));
    }
}

/// A time before today that no two files share.
pub(crate) fn long_ago(dice: &mut Dice) -> SystemTime {
    let back = Duration::from_secs(3600 + dice.below(1_000_000) as u64);
    SystemTime::now() - back - Duration::from_nanos(dice.below(1_000_000_000) as u64)
}

pub(crate) fn set_mtime(path: &Path, time: SystemTime) {
    let file = fs::File::options().append(true).open(path);
    file.and_then(|file| file.set_modified(time))
        .expect("mtime of a source");
}
