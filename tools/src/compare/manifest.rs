//! `compare manifest`: has zig build small projects and reads every manifest it wrote.
//!
//! Each must be written back byte for byte, be a hit, and say by its digests what its output is called; where
//! zig prints manifests itself, it must say the same. After an edit of one input, exactly that one must be
//! explained as changed.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use manifest::{
    Answer, Cache, Digest, Finding, Format, Kind, Listing, Place, Places, Prefixes,
    choose_prefixes, explain,
};
use release::{Range, generations};

use super::releases::Releases;
use crate::reference::{Reference, target_dir};

/// The manifests of projects that zig builds
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare manifest --zig-version all /tmp/projects")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
    /// Where the projects are made, in a directory for each release [default: target/manifest-projects]
    path: Option<PathBuf>,
}

/// Runs the verb.
pub(crate) fn main(args: Args) -> Result<bool> {
    let dir = args
        .path
        .unwrap_or_else(|| target_dir().join("manifest-projects"));
    let dir = std::path::absolute(dir)?;
    args.releases.each(|release| {
        let dir = dir.join(release.as_str());
        check(&Reference::locate(release)?, &dir)
    })
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Project {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// What is changed, one after the other: a source, or a directory that gets another entry.
    edits: &'static [&'static str],
    /// Where it can be built.
    range: Range,
}

/// Stands in a `build.zig` for the arguments of `captureStdErr`.
const CAPTURE: &str = "CAPTURE_ARGUMENTS";

/// The arguments of `captureStdErr`.
const CAPTURE_ARGUMENTS: [(Range, &str); 2] =
    [(generations!(..G16), ""), (generations!(G16..), ".{}")];

const PROJECTS: [Project; 4] = [
    Project {
        name: "one",
        edits: &["src/other.zig"],
        range: generations!(..),
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const exe = b.addExecutable(.{ .name = "one", .root_module = b.createModule(.{
        .root_source_file = b.path("src/main.zig"),
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
    }) });
    b.installArtifact(exe);
}
"#,
            ),
            (
                "src/main.zig",
                r#"const std = @import("std");
pub fn main() void {
    std.debug.print("{d}\n", .{@import("other.zig").value});
}
"#,
            ),
            ("src/other.zig", "pub const value: u32 = 7;\n"),
        ],
    },
    // Steps of every kind that keeps a manifest: C sources, written files, a configured header, a test.
    Project {
        name: "two",
        edits: &["src/add.h"],
        range: generations!(..),
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const root = b.createModule(.{ .root_source_file = b.path("src/root.zig"), .target = target, .optimize = optimize });
    const lib = b.addLibrary(.{ .name = "two", .root_module = root });
    const options = b.addOptions();
    options.addOption(bool, "fancy", true);
    root.addOptions("options", options);
    root.addCSourceFile(.{ .file = b.path("src/add.c") });
    root.addIncludePath(b.path("src"));
    root.addConfigHeader(b.addConfigHeader(.{ .style = .blank, .include_path = "cfg.h" }, .{ .HAVE_X = 1 }));
    const written = b.addWriteFiles();
    const generated = written.add("gen.zig", "pub const value = 3;\n");
    _ = written.addCopyFile(b.path("src/add.h"), "add.h");
    root.addAnonymousImport("gen", .{ .root_source_file = generated });
    b.installArtifact(lib);
    const tests = b.addTest(.{ .root_module = b.createModule(.{
        .root_source_file = b.path("src/test.zig"),
        .target = target,
        .optimize = optimize,
    }) });
    b.getInstallStep().dependOn(&b.addRunArtifact(tests).step);
}
"#,
            ),
            (
                "src/root.zig",
                r#"const options = @import("options");
extern fn add(a: c_int, b: c_int) c_int;
export fn twice(a: c_int) c_int {
    return if (options.fancy) add(a, a) + @import("gen").value else 0;
}
"#,
            ),
            (
                "src/add.c",
                r#"#include "add.h"
#include "cfg.h"
int add(int a, int b) { return a + b + HAVE_X; }
"#,
            ),
            ("src/add.h", "int add(int a, int b);\n"),
            (
                "src/test.zig",
                r#"test {
    try @import("std").testing.expect(@embedFile("two words.txt").len > 0);
}
"#,
            ),
            ("src/two words.txt", "data\n"),
        ],
    },
    // A dependency, and a program whose output is kept.
    Project {
        name: "three",
        edits: &["dep/src/root.zig"],
        range: generations!(..),
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const dep = b.dependency("dep", .{ .target = target, .optimize = optimize });
    const root = b.createModule(.{ .root_source_file = b.path("src/main.zig"), .target = target, .optimize = optimize });
    root.addImport("dep", dep.module("dep"));
    const exe = b.addExecutable(.{ .name = "three", .root_module = root });
    b.installArtifact(exe);
    const out = b.addRunArtifact(exe).captureStdErr(CAPTURE_ARGUMENTS);
    b.getInstallStep().dependOn(&b.addInstallFile(out, "out.txt").step);
}
"#,
            ),
            (
                "build.zig.zon",
                r#".{
    .name = .three,
    .version = "0.0.1",
    .fingerprint = 0x46c5d8f591b5d55a,
    .dependencies = .{ .dep = .{ .path = "dep" } },
    .paths = .{""},
}
"#,
            ),
            (
                "src/main.zig",
                r#"pub fn main() void {
    @import("std").debug.print("{d}\n", .{@import("dep").triple(2)});
}
"#,
            ),
            (
                "dep/build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    _ = b.addModule("dep", .{
        .root_source_file = b.path("src/root.zig"),
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
    });
}
"#,
            ),
            (
                "dep/build.zig.zon",
                ".{ .name = .dep, .version = \"0.0.1\", .fingerprint = 0xf810543028376d0e, .paths = .{\"\"} }\n",
            ),
            (
                "dep/src/root.zig",
                r#"pub fn triple(x: u32) u32 {
    return x * 3;
}
"#,
            ),
        ],
    },
    // Directories, and files of which the time counts.
    Project {
        name: "four",
        edits: &[
            "main.zig", "read.txt", "seen.txt", "listed", "watched", "below",
        ],
        range: generations!(G17_0..),
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    b.dependOnFileContents(b.path("read.txt"));
    b.dependOnFileMetadata(b.path("seen.txt"));
    b.dependOnDirectoryContents(b.path("listed"));
    b.dependOnDirectoryMetadata(b.path("watched"));
    const options = b.addOptions();
    options.addOptionPathDirectory("below", b.path("below"));
    const exe = b.addExecutable(.{ .name = "four", .root_module = b.createModule(.{
        .root_source_file = b.path("main.zig"),
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
    }) });
    exe.root_module.addOptions("options", options);
    b.installArtifact(exe);
}
"#,
            ),
            (
                "main.zig",
                r#"pub fn main() void {
    @import("std").debug.print("{s}\n", .{@import("options").below});
}
"#,
            ),
            ("read.txt", "read\n"),
            ("seen.txt", "seen\n"),
            ("listed/a.txt", "a\n"),
            ("listed/b/c.txt", "c\n"),
            ("watched/a.txt", "a\n"),
            ("below/a.txt", "a\n"),
        ],
    },
];

/// Makes the projects, builds them and checks their manifests. What exists in `dir` is built again as it is.
fn check(reference: &Reference, dir: &Path) -> Result<bool> {
    let generation = reference.release().generation();
    let projects: Vec<&Project> = PROJECTS
        .iter()
        .filter(|project| project.range.contains(generation))
        .collect();
    println!("Zig {}", reference.release());
    let global = dir.join("global");
    for project in &projects {
        build(reference, &dir.join(project.name), project, &global)?;
    }
    let mut tally = Tally::default();
    for project in &projects {
        let root = dir.join(project.name);
        let local = root.join(".zig-cache");
        println!("{}:", project.name);
        let candidates = candidates(reference, &root, &local, &global);
        for manifest in Manifest::all(&local)? {
            manifest.check(reference, &global, &candidates, &mut tally)?;
        }
    }
    println!("global:");
    let below_global = candidates(reference, dir, &global, &global);
    for manifest in Manifest::all(&global)? {
        manifest.check(reference, &global, &below_global, &mut tally)?;
    }
    for project in &projects {
        let root = dir.join(project.name);
        let local = root.join(".zig-cache");
        let candidates = candidates(reference, &root, &local, &global);
        for edit in project.edits {
            explain_edit(project, &root.join(edit), &local, &candidates, &mut tally)?;
        }
    }
    println!(
        "Zig {}: {} manifests, {} files in them; {} named their output; {} failures",
        reference.release(),
        tally.manifests,
        tally.files,
        tally.outputs,
        tally.failures
    );
    Ok(tally.failures == 0)
}

fn build(reference: &Reference, root: &Path, project: &Project, global: &Path) -> Result<()> {
    let generation = reference.release().generation();
    let arguments = CAPTURE_ARGUMENTS
        .iter()
        .find(|(range, _)| range.contains(generation))
        .map_or("", |(_, arguments)| arguments);
    for (name, text) in project.files {
        let path = root.join(name);
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(&path, text.replace(CAPTURE, arguments))?;
        }
    }
    let status = zig(reference, global)
        .arg("build")
        .current_dir(root)
        .status()?;
    if !status.success() {
        return Err(format!("zig build in {}: {status}", root.display()).into());
    }
    Ok(())
}

/// Zig with this global cache directory. Releases differ in which options they have for that, all know the
/// variable.
fn zig(reference: &Reference, global: &Path) -> Command {
    let mut zig = Command::new(reference.zig());
    zig.env("ZIG_GLOBAL_CACHE_DIR", global)
        .env_remove("ZIG_LOCAL_CACHE_DIR");
    zig
}

/// What a manifest's prefixes can have been.
fn candidates(reference: &Reference, root: &Path, local: &Path, global: &Path) -> Vec<Prefixes> {
    let places = Places {
        working_dir: root,
        lib: &reference.lib(),
        local_cache: local,
        global_cache: global,
        build_root: root,
    };
    let lists = Format::of(reference.release()).prefix_lists();
    lists.iter().map(|list| places.numbered(list)).collect()
}

#[derive(Default)]
struct Tally {
    manifests: usize,
    files: usize,
    outputs: usize,
    failures: usize,
}

impl Tally {
    fn expect(&mut self, holds: bool, what: &str) {
        if !holds {
            self.failures += 1;
            println!("    WRONG: {what}");
        }
    }
}

struct Manifest {
    path: PathBuf,
    format: Format,
    key: Digest,
    /// The cache directory that it is in.
    cache: PathBuf,
}

impl Manifest {
    fn all(cache: &Path) -> Result<Vec<Manifest>> {
        let mut out = Vec::new();
        for entry in fs::read_dir(cache.join("h"))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            // Zig reads the clock off it.
            if name == b"timestamp" {
                continue;
            }
            let (format, key) = Format::of_file_name(name)
                .ok_or_else(|| format!("{}: not a key", path.display()))?;
            out.push(Manifest {
                path,
                format,
                key,
                cache: cache.to_owned(),
            });
        }
        out.sort_by_key(|manifest| manifest.key);
        Ok(out)
    }

    fn check(
        &self,
        reference: &Reference,
        global: &Path,
        candidates: &[Prefixes],
        tally: &mut Tally,
    ) -> Result<()> {
        tally.manifests += 1;
        let bytes = fs::read(&self.path)?;
        let count = candidates.first().map_or(0, Prefixes::count);
        let listing = Listing::read(&self.path, count)?;
        let format = Format::of(reference.release());
        tally.expect(
            (self.format, listing.format) == (format, format),
            "another format than the release's",
        );
        if format == Format::Records {
            self.compare_with_zig(&listing, &mut zig(reference, global), tally)?;
        }
        tally.files += listing.entries.len();
        let prefixes = choose_prefixes(&listing, candidates).ok_or("no prefixes")?;
        let explanations = explain(&listing, prefixes, true);
        let distrusted = listing
            .entries
            .iter()
            .filter(|entry| entry.stat.is_distrusted())
            .count();
        // Some files of its own zig writes anew at each build, 0.17 the list of the dependencies.
        let own = Place::LocalCache;
        let (rewritten, other): (Vec<_>, Vec<_>) = explanations
            .iter()
            .filter(|one| !matches!(one.finding, Finding::Unchanged))
            .partition(|one| {
                let place = format.prefix_lists()[0].get(usize::from(one.expected.path.prefix));
                place == Some(&own) && !one.expected.stat.is_distrusted()
            });
        println!(
            "  {} {} files, {distrusted} of them without a stat, {}; prefix 1 is {}",
            self.key,
            listing.entries.len(),
            special(&listing),
            prefixes.dir(1).unwrap_or(Path::new("")).display()
        );
        tally.expect(
            listing.to_bytes() == bytes,
            "not written back byte for byte",
        );
        for one in &explanations {
            tally.expect(one.finding.is_same(), &one.to_string());
        }
        tally.expect(
            other.len() == distrusted,
            "files whose stat was recorded and differs",
        );

        // A hit may write, so it is asked of a copy.
        let scratch = target_dir().join(format!("compare-manifest-{}", std::process::id()));
        let cache = Cache::open_format(&scratch, prefixes.clone(), self.format)?;
        fs::write(cache.path_of(self.key), &bytes)?;
        let answer = cache.obtain_by_key(self.key).hit()?;
        let final_digest = match &answer {
            Answer::Hit(hit) => {
                let left = fs::read(cache.path_of(self.key))?;
                tally.expect(
                    distrusted + rewritten.len() > 0 || left == bytes,
                    "the hit changed the manifest",
                );
                hit.final_digest()
            }
            Answer::Miss(miss) => {
                tally.expect(false, &format!("a miss: {:?}", miss.reason()));
                miss.final_digest()
            }
        };
        drop(answer);
        fs::remove_dir_all(&scratch)?;

        let name = final_digest.to_string();
        let output = ["o", "c"].map(|kind| self.cache.join(kind).join(&name));
        if let Some(output) = output.iter().find(|path| path.exists()) {
            tally.outputs += 1;
            let mut names = Vec::new();
            if output.is_dir() {
                for entry in fs::read_dir(output)? {
                    names.push(entry?.file_name().to_string_lossy().into_owned());
                }
            }
            names.sort();
            let shown = output.strip_prefix(&self.cache).unwrap_or(output);
            println!("    {}: {}", shown.display(), names.join(" "));
        } else {
            println!("    o/{name} does not exist");
            // A run that is only done for its effect, a test say, keeps nothing: that it was done is all
            // there is to know.
            let [only] = &listing.entries[..] else {
                tally.expect(false, "no output");
                return Ok(());
            };
            let program = prefixes
                .locate(&only.path)
                .is_some_and(|path| path.starts_with(self.cache.join("o")));
            tally.expect(program, "no output, and not the run of a program");
        }
        Ok(())
    }

    /// What `zig cache-cat` prints of the manifest.
    fn compare_with_zig(
        &self,
        listing: &Listing,
        zig: &mut Command,
        tally: &mut Tally,
    ) -> Result<()> {
        let output = zig.arg("cache-cat").arg(&self.path).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("zig cache-cat {}: {said}", self.path.display()).into());
        }
        let printed = String::from_utf8(output.stdout)?;
        let mut lines = printed.lines().map(str::trim);
        let said: Vec<&str> = lines
            .by_ref()
            .filter(|line| line.starts_with(".{ .size"))
            .collect();
        let ours: Vec<String> = listing
            .entries
            .iter()
            .map(|entry| {
                let directory = match entry.kind {
                    Kind::File => "",
                    Kind::Directory => ".directory = true, ",
                };
                let metadata = match entry.metadata_only {
                    false => "",
                    true => ".metadata = true, ",
                };
                format!(
                    ".{{ .size = {}, .inode = {}, .mtime = {}, .digest = \"{}\", {directory}{metadata}.prefix = {}, .path = \"{}\" }},",
                    entry.stat.size,
                    entry.stat.inode,
                    entry.stat.mtime_ns,
                    entry.digest,
                    entry.path.prefix,
                    String::from_utf8_lossy(&entry.path.sub_path)
                )
            })
            .collect();
        tally.expect(said == ours, "zig prints other files");
        let name = listing.final_digest(self.key);
        tally.expect(
            printed.contains(&format!(".discovered_hash = \"{name}\"")),
            "zig prints another name of the output",
        );
        Ok(())
    }
}

/// How many inputs are something else than the content of a file.
fn special(listing: &Listing) -> String {
    let count = |of: &dyn Fn(&manifest::Entry) -> bool| {
        listing.entries.iter().filter(|entry| of(entry)).count()
    };
    format!(
        "{} directories, {} by their metadata",
        count(&|entry| entry.kind == Kind::Directory),
        count(&|entry| entry.metadata_only)
    )
}

fn explain_edit(
    project: &Project,
    path: &Path,
    local: &Path,
    candidates: &[Prefixes],
    tally: &mut Tally,
) -> Result<()> {
    let count = candidates.first().map_or(0, Prefixes::count);
    let mut listings = Vec::new();
    for manifest in Manifest::all(local)? {
        let listing = Listing::read(&manifest.path, count)?;
        let prefixes = choose_prefixes(&listing, candidates).ok_or("no prefixes")?;
        listings.push((listing, prefixes));
    }
    let modified = fs::metadata(path)?.modified()?;
    let is_dir = path.is_dir();
    let added = path.join("added");
    let before = match is_dir {
        true => Vec::new(),
        false => fs::read(path)?,
    };
    match is_dir {
        true => fs::write(&added, "")?,
        false => fs::write(path, [before.as_slice(), b"\n"].concat())?,
    }
    let (mut named, mut times) = (BTreeSet::new(), 0);
    for (listing, prefixes) in &listings {
        for one in explain(listing, prefixes, false) {
            if !one.finding.is_same() {
                named.insert(one.path);
                times += 1;
            }
        }
    }
    let file = match is_dir {
        true => {
            fs::remove_file(&added)?;
            fs::File::open(path)?
        }
        false => {
            fs::write(path, &before)?;
            fs::File::options().write(true).open(path)?
        }
    };
    file.set_modified(modified)?;
    println!(
        "{}: after an edit of {}, {times} manifests name {named:?}",
        project.name,
        path.display()
    );
    tally.expect(
        named == BTreeSet::from([path.to_owned()]),
        "not exactly the edited input",
    );
    Ok(())
}
