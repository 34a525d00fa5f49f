//! What is worked on.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::reference::Reference;
use crate::sizes::program::{self, Shape};
use fixtures::Rng;
use fixtures::walk;

/// Files on which every stage is timed.
pub(crate) struct Workload {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) about: String,
    /// The paths, one a line.
    pub(crate) list: PathBuf,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    make: fn(&Reference, &Path) -> io::Result<Vec<PathBuf>>,
}

/// A program to be checked.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// Its root with one error.
    pub(crate) failing: PathBuf,
    /// The error.
    pub(crate) error: &'static str,
    make: fn(&Path) -> io::Result<()>,
}

/// Bytes of the one large file, before the last part of it.
const LARGE: u64 = 10_000_000;
/// Number of the many small files.
const SMALL: usize = 4000;
/// Bytes of the one large document.
const DOCUMENT: usize = 1_000_000;
/// Number of small documents.
const DOCUMENTS: u64 = 200;

const IMPORTS_STD: &str = "const std = @import(\"std\");\n\npub fn main() void {\n    \
                           std.debug.print(\"hello\\n\", .{});\n}\n";

/// What a root has in addition so that the reference stops when all is lowered. It does so only if there is a
/// file without instructions, as one with a syntax error is. The second line would be an error of its own if
/// it went on.
const STOPS: &str = "const broken = @import(\"broken.zig\");\n\
                     comptime {\n    @compileError(\"analysed\");\n}\n";
const BROKEN: &str = "const x 1;\n";
const BROKEN_ERROR: &str = "expected ';' after declaration";

/// An error that does not keep the reference from analysing the program.
const UNUSED: &str = "fn unused() void {\n    const unused_constant = 1;\n}\n";
const UNUSED_ERROR: &str = "unused local constant";

fn past() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_001) + Duration::from_nanos(1)
}

/// Gives files a time of last modification that is past, as files have that nobody has just written: of those
/// the content is looked at again, as their timestamps prove nothing yet.
fn aged(paths: Vec<PathBuf>) -> io::Result<Vec<PathBuf>> {
    for path in &paths {
        File::options()
            .append(true)
            .open(path)?
            .set_modified(past())?;
    }
    Ok(paths)
}

/// All workloads, not made yet; `dir` is where they will be.
pub(crate) fn workloads(dir: &Path) -> Vec<Workload> {
    let workload = |name, about: &str, make| Workload {
        name,
        about: about.to_owned(),
        list: dir.join(format!("{name}.list")),
        files: 0,
        bytes: 0,
        make,
    };
    vec![
        workload("lib", "the reference's lib/", |reference, _| {
            walk(&reference.lib())
        }),
        workload("large", "one large file", large),
        workload("small", "many small files", |_, dir| small(dir)),
        workload("zon", "ZON documents", |_, dir| documents(dir)),
    ]
}

impl Workload {
    /// Makes the files.
    pub(crate) fn make(&mut self, reference: &Reference, dir: &Path) -> io::Result<()> {
        let paths = (self.make)(reference, dir)?;
        let mut out = BufWriter::new(File::create(&self.list)?);
        for path in &paths {
            writeln!(out, "{}", path.display())?;
            self.bytes += fs::metadata(path)?.len();
        }
        out.flush()?;
        self.files = paths.len() as u64;
        let size = format!("{:.1} MB", self.bytes as f64 / 1e6);
        self.about = match self.files {
            1 => format!("{}, {size}", self.about),
            files => format!("{}: {files} files, {size}", self.about),
        };
        Ok(())
    }
}

/// All programs, not made yet.
pub(crate) fn programs(dir: &Path) -> Vec<Program> {
    let program = |name, dir: PathBuf, root: &str, error, make| Program {
        name,
        failing: dir.join(root),
        error,
        make,
    };
    let std = || dir.join("std");
    vec![
        program("std", std(), "stops.zig", BROKEN_ERROR, imports_std),
        program(
            "std, analysed",
            std(),
            "unused.zig",
            UNUSED_ERROR,
            imports_std,
        ),
        program(
            "small",
            dir.join("small"),
            "stops.zig",
            BROKEN_ERROR,
            |dir| small(dir).map(drop),
        ),
    ]
}

impl Program {
    /// Makes the files.
    pub(crate) fn make(&self, dir: &Path) -> io::Result<()> {
        (self.make)(dir)
    }
}

/// The sources of the reference's library one after the other, each in a struct of its own.
fn large(reference: &Reference, dir: &Path) -> io::Result<Vec<PathBuf>> {
    let path = dir.join("large.zig");
    let mut out = BufWriter::new(File::create(&path)?);
    let mut written = 0;
    for (number, source) in walk(&reference.lib().join("std"))?.iter().enumerate() {
        if written >= LARGE {
            break;
        }
        let text = fs::read(source)?;
        writeln!(out, "pub const @\"part {number}\" = struct {{")?;
        out.write_all(&text)?;
        writeln!(out, "\n}};\n")?;
        written += text.len() as u64;
    }
    out.flush()?;
    drop(out);
    aged(vec![path])
}

/// Writes the roots beside `main.zig`.
fn roots(dir: &Path) -> io::Result<()> {
    let main = fs::read_to_string(dir.join("main.zig"))?;
    fs::write(dir.join("stops.zig"), format!("{main}{STOPS}"))?;
    fs::write(dir.join("unused.zig"), format!("{main}{UNUSED}"))?;
    fs::write(dir.join("broken.zig"), BROKEN)?;
    aged(walk(dir)?).map(drop)
}

/// A file that imports all others, which are short.
fn small(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let dir = dir.join("small");
    if !dir.exists() {
        program::write(&dir, SMALL, Shape::Flat)?;
        roots(&dir)?;
    }
    let mut paths = walk(&dir)?;
    paths.retain(|path| {
        path.file_name()
            .is_some_and(|name| name == "main.zig" || name.to_string_lossy().starts_with("file_"))
    });
    Ok(paths)
}

fn imports_std(dir: &Path) -> io::Result<()> {
    let dir = dir.join("std");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("main.zig"), IMPORTS_STD)?;
    roots(&dir)
}

/// A program that prints a line: the root, a file to edit, one that may have an error, and one that an edit
/// brings in.
pub(crate) fn hello(dir: &Path, with_error: bool) -> io::Result<()> {
    let imports = "const a = @import(\"a.zig\");\nconst broken = @import(\"broken.zig\");\n";
    let other = match with_error {
        false => "pub const x = 1;\n",
        true => BROKEN,
    };
    let files = [
        ("main.zig", [imports, IMPORTS_STD].concat()),
        ("a.zig", "pub fn f() void {}\n".to_owned()),
        ("b.zig", "pub fn f() void {}\n".to_owned()),
        ("broken.zig", other.to_owned()),
    ];
    for (name, text) in files {
        fs::write(dir.join(name), text)?;
    }
    aged(walk(dir)?).map(drop)
}

/// A line more in the file to edit.
pub(crate) fn edit_hello(dir: &Path, line: &str) -> io::Result<()> {
    let path = dir.join("a.zig");
    let mut file = File::options().append(true).open(path)?;
    writeln!(file, "{line}")?;
    file.set_modified(past() + Duration::from_secs(1))
}

/// One large document, and small ones of several lengths.
fn documents(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let dir = dir.join("zon");
    fs::create_dir_all(&dir)?;
    let mut paths = Vec::new();
    for number in 0..=DOCUMENTS {
        let path = dir.join(format!("{number}.zon"));
        let bytes = match number {
            0 => DOCUMENT,
            number => 1000 + 20 * number as usize,
        };
        fs::write(&path, document(number, bytes))?;
        paths.push(path);
    }
    aged(paths)
}

/// A document such as tools keep their data in.
fn document(number: u64, bytes: usize) -> String {
    const WORDS: [&str; 12] = [
        "graph", "window", "socket", "layout", "vector", "signal", "buffer", "render", "queue",
        "shader", "stream", "table",
    ];
    let mut rng = Rng::new(11, number);
    let mut out = format!(
        ".{{\n    .name = .document_{number},\n    .version = \"0.{number}.1\",\n    .items = .{{\n"
    );
    for id in 0.. {
        if out.len() + 300 > bytes {
            break;
        }
        let mut word = || WORDS[rng.below(WORDS.len())];
        let (name, other, kind, tag, link) = (word(), word(), word(), word(), word());
        let weight = rng.below(100_000) as f64 / 1000.0;
        let (offset, x) = (rng.below(1 << 30), rng.below(4000));
        out.push_str(&format!(
            "        .{{\n            .id = {id},\n            .name = \"{name}_{id}\",\n            \
             .text = \"the {other} of a \\\"{name}\\\"\\n\",\n            .kind = .{kind},\n            \
             .enabled = {},\n            .weight = {weight},\n            .offset = -{offset},\n            \
             .mask = 0x{offset:x},\n            .position = .{{ {x}.5, -{x}, 0 }},\n            \
             .tags = .{{ \"{tag}\", \"{link}\" }}, // as given\n        }},\n",
            x % 2 == 0,
        ));
    }
    out.push_str("    },\n    .paths = .{ \"build.zig\", \"src\" },\n}\n");
    out
}
