//! `compare manifest`: has zig build three small projects and reads every manifest it wrote.
//!
//! Each must be written back byte for byte, be a hit, and say by its digests what its output is called. After
//! an edit of one source, exactly that file must be explained as changed.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use syntax::Release;

use crate::reference::{Reference, target_dir};
use manifest::{Answer, Cache, Digest, Finding, Listing, Prefixes, choose_prefixes, explain};

/// The manifests of projects that zig builds
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare manifest /tmp/projects")]
pub(crate) struct Args {
    /// Where the projects are made [default: target/manifest-projects]
    path: Option<PathBuf>,
}

/// Runs the verb.
pub(crate) fn main(args: Args) -> Result<bool> {
    check(&Reference::locate(Release::V0_14_1)?, args.path)
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Project {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// The source that is edited.
    edit: &'static str,
}

const PROJECTS: [Project; 3] = [
    Project {
        name: "one",
        edit: "src/other.zig",
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const exe = b.addExecutable(.{
        .name = "one",
        .root_source_file = b.path("src/main.zig"),
        .target = b.standardTargetOptions(.{}),
        .optimize = b.standardOptimizeOption(.{}),
    });
    b.installArtifact(exe);
}
"#,
            ),
            (
                "src/main.zig",
                "const std = @import(\"std\");\npub fn main() void {\n    std.debug.print(\"{d}\\n\", .{@import(\"other.zig\").value});\n}\n",
            ),
            ("src/other.zig", "pub const value: u32 = 7;\n"),
        ],
    },
    // Steps of every kind that keeps a manifest: C sources, written files, a configured header, a test.
    Project {
        name: "two",
        edit: "src/add.h",
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const lib = b.addStaticLibrary(.{
        .name = "two",
        .root_source_file = b.path("src/root.zig"),
        .target = target,
        .optimize = optimize,
    });
    const options = b.addOptions();
    options.addOption(bool, "fancy", true);
    lib.root_module.addOptions("options", options);
    lib.addCSourceFile(.{ .file = b.path("src/add.c") });
    lib.addIncludePath(b.path("src"));
    lib.addConfigHeader(b.addConfigHeader(.{ .style = .blank, .include_path = "cfg.h" }, .{ .HAVE_X = 1 }));
    const written = b.addWriteFiles();
    const generated = written.add("gen.zig", "pub const value = 3;\n");
    _ = written.addCopyFile(b.path("src/add.h"), "add.h");
    lib.root_module.addAnonymousImport("gen", .{ .root_source_file = generated });
    b.installArtifact(lib);
    const tests = b.addTest(.{ .root_source_file = b.path("src/test.zig"), .target = target, .optimize = optimize });
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
                "#include \"add.h\"\n#include \"cfg.h\"\nint add(int a, int b) { return a + b + HAVE_X; }\n",
            ),
            ("src/add.h", "int add(int a, int b);\n"),
            (
                "src/test.zig",
                "test {\n    try @import(\"std\").testing.expect(@embedFile(\"two words.txt\").len > 0);\n}\n",
            ),
            ("src/two words.txt", "data\n"),
        ],
    },
    // A dependency, and a program whose output is kept.
    Project {
        name: "three",
        edit: "dep/src/root.zig",
        files: &[
            (
                "build.zig",
                r#"const std = @import("std");
pub fn build(b: *std.Build) void {
    const target = b.standardTargetOptions(.{});
    const optimize = b.standardOptimizeOption(.{});
    const dep = b.dependency("dep", .{ .target = target, .optimize = optimize });
    const exe = b.addExecutable(.{
        .name = "three",
        .root_source_file = b.path("src/main.zig"),
        .target = target,
        .optimize = optimize,
    });
    exe.root_module.addImport("dep", dep.module("dep"));
    b.installArtifact(exe);
    const out = b.addRunArtifact(exe).captureStdOut();
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
                r#"const std = @import("std");
pub fn main() !void {
    try std.io.getStdOut().writer().print("{d}\n", .{@import("dep").triple(2)});
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
                "pub fn triple(x: u32) u32 {\n    return x * 3;\n}\n",
            ),
        ],
    },
];

/// Makes the projects, builds them and checks their manifests. What exists in `dir` is built again as it is.
pub(crate) fn check(reference: &Reference, dir: Option<PathBuf>) -> Result<bool> {
    let dir = std::path::absolute(dir.unwrap_or_else(|| target_dir().join("manifest-projects")))?;
    let global = dir.join("global");
    for project in &PROJECTS {
        build(reference, &dir.join(project.name), project, &global)?;
    }
    let mut tally = Tally::default();
    for project in &PROJECTS {
        let root = dir.join(project.name);
        let local = root.join(".zig-cache");
        println!("{}:", project.name);
        for manifest in Manifest::all(&local)? {
            manifest.check(&candidates(reference, &root, &local, &global), &mut tally)?;
        }
    }
    println!("global:");
    for manifest in Manifest::all(&global)? {
        manifest.check(&candidates(reference, &dir, &global, &global), &mut tally)?;
    }
    for project in &PROJECTS {
        let root = dir.join(project.name);
        let local = root.join(".zig-cache");
        explain_edit(
            project,
            &root,
            &local,
            &candidates(reference, &root, &local, &global),
            &mut tally,
        )?;
    }
    println!(
        "{} manifests, {} files in them; {} named their output; {} failures",
        tally.manifests, tally.files, tally.outputs, tally.failures
    );
    Ok(tally.failures == 0)
}

fn build(reference: &Reference, root: &Path, project: &Project, global: &Path) -> Result<()> {
    for (name, text) in project.files {
        let path = root.join(name);
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap_or(root))?;
            fs::write(&path, text)?;
        }
    }
    let mut zig = Command::new(reference.zig());
    zig.arg("build")
        .arg("--cache-dir")
        .arg(root.join(".zig-cache"))
        .arg("--global-cache-dir")
        .arg(global);
    let status = zig.current_dir(root).status()?;
    if !status.success() {
        return Err(format!("zig build in {}: {status}", root.display()).into());
    }
    Ok(())
}

/// What a manifest's prefixes can have been: those of the compiler, and those of a step of the build.
fn candidates(reference: &Reference, root: &Path, local: &Path, global: &Path) -> [Prefixes; 2] {
    [reference.lib(), root.to_path_buf()].map(|first| {
        let mut prefixes = Prefixes::new(root);
        prefixes.push(first);
        prefixes.push(local);
        prefixes.push(global);
        prefixes
    })
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
    key: Digest,
    /// The directory of its output.
    outputs: PathBuf,
}

impl Manifest {
    fn all(cache: &Path) -> Result<Vec<Manifest>> {
        let mut out = Vec::new();
        for entry in fs::read_dir(cache.join("h"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
                let key = Digest::from_hex(stem)
                    .ok_or_else(|| format!("{}: not a key", path.display()))?;
                out.push(Manifest {
                    path,
                    key,
                    outputs: cache.join("o"),
                });
            }
        }
        out.sort_by_key(|manifest| manifest.key);
        Ok(out)
    }

    fn check(&self, candidates: &[Prefixes], tally: &mut Tally) -> Result<()> {
        tally.manifests += 1;
        let bytes = fs::read(&self.path)?;
        let listing = Listing::read(&self.path, 4)?;
        tally.files += listing.entries.len();
        let prefixes = choose_prefixes(&listing, candidates).ok_or("no prefixes")?;
        let explanations = explain(&listing, prefixes, true);
        let distrusted = listing
            .entries
            .iter()
            .filter(|entry| entry.stat.is_distrusted())
            .count();
        let changed = explanations
            .iter()
            .filter(|one| !matches!(one.finding, Finding::Unchanged))
            .count();
        println!(
            "  {} {} files, {distrusted} of them without a stat; prefix 1 is {}",
            self.key,
            listing.entries.len(),
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
            changed == distrusted,
            "files whose stat was recorded and differs",
        );

        // A hit may write, so it is asked of a copy.
        let scratch = target_dir().join(format!("compare-manifest-{}", std::process::id()));
        let cache = Cache::open(&scratch, prefixes.clone())?;
        fs::write(cache.path_of(self.key), &bytes)?;
        let answer = cache.obtain_by_key(self.key).hit()?;
        let final_digest = match &answer {
            Answer::Hit(hit) => {
                let left = fs::read(cache.path_of(self.key))?;
                tally.expect(
                    distrusted > 0 || left == bytes,
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

        let output = self.outputs.join(final_digest.to_string());
        if output.is_dir() {
            tally.outputs += 1;
            let mut names = Vec::new();
            for entry in fs::read_dir(&output)? {
                names.push(entry?.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            println!("    o/{final_digest}: {}", names.join(" "));
        } else {
            println!("    o/{final_digest} does not exist");
            // A run that is only done for its effect, a test say, keeps nothing: that it was done is all
            // there is to know.
            let [only] = &listing.entries[..] else {
                tally.expect(false, "no output");
                return Ok(());
            };
            let program = prefixes
                .locate(&only.path)
                .is_some_and(|path| path.starts_with(&self.outputs));
            tally.expect(program, "no output, and not the run of a program");
        }
        Ok(())
    }
}

fn explain_edit(
    project: &Project,
    root: &Path,
    local: &Path,
    candidates: &[Prefixes],
    tally: &mut Tally,
) -> Result<()> {
    let path = root.join(project.edit);
    let before = fs::read(&path)?;
    let modified = fs::metadata(&path)?.modified()?;
    let mut listings = Vec::new();
    for manifest in Manifest::all(local)? {
        let listing = Listing::read(&manifest.path, 4)?;
        let prefixes = choose_prefixes(&listing, candidates).ok_or("no prefixes")?;
        listings.push((listing, prefixes));
    }
    fs::write(&path, [before.as_slice(), b"\n"].concat())?;
    let (mut named, mut times) = (BTreeSet::new(), 0);
    for (listing, prefixes) in &listings {
        for one in explain(listing, prefixes, false) {
            if !one.finding.is_same() {
                named.insert(one.path);
                times += 1;
            }
        }
    }
    fs::write(&path, &before)?;
    fs::File::options()
        .write(true)
        .open(&path)?
        .set_modified(modified)?;
    println!(
        "{}: after an edit of {}, {times} manifests name {named:?}",
        project.name, project.edit
    );
    tally.expect(
        named == BTreeSet::from([path]),
        "not exactly the edited file",
    );
    Ok(())
}
