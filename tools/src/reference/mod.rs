//! The reference compiler: where it is, and the oracle built with it.

pub mod dead;
pub mod layout;
mod names;
mod oracle;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

pub use names::Names;
pub use oracle::{Mode, NoAnswer, Op, Oracle};

/// The release of Zig everything is held against.
pub const VERSION: &str = "0.14.1";

const ORACLE_SOURCE: &str = include_str!("../../oracle/oracle.zig");
const BENCH_SOURCE: &str = include_str!("../../oracle/bench.zig");

/// How an oracle was compiled. The two differ in exactly the bytes Zig leaves undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// Optimised, undefined memory left as it was.
    Fast,
    /// Optimised with checks, undefined memory overwritten with 0xaa.
    Safe,
}

/// An installed reference.
#[derive(Clone, Debug)]
pub struct Reference {
    root: PathBuf,
}

/// The directory of build outputs: `CARGO_TARGET_DIR`, or `target` in the workspace.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => PathBuf::from(dir),
        // Without a `..`, or the reference's manifests name one file in two ways.
        None => Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target"),
    }
}

fn failed(what: &str, output: &std::process::Output) -> io::Error {
    let text = String::from_utf8_lossy(&output.stderr);
    io::Error::other(format!("{what} failed: {}\n{text}", output.status))
}

impl Reference {
    /// Takes the reference from the directory `ZIRC_REFERENCE` (one that holds `zig` and `lib/`), else
    /// from `target/reference`, where it is installed from its Python wheel when it is not there yet.
    ///
    /// # Errors
    /// If it is not there and cannot be installed, or is of another version.
    pub fn locate() -> io::Result<Reference> {
        let root = match std::env::var_os("ZIRC_REFERENCE") {
            Some(dir) => PathBuf::from(dir),
            None => Reference::install(&target_dir().join("reference"))?,
        };
        let reference = Reference {
            root: fs::canonicalize(root)?,
        };
        let output = Command::new(reference.zig()).arg("version").output()?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if version != VERSION {
            return Err(io::Error::other(format!(
                "{} is Zig {version}, not {VERSION}",
                reference.zig().display()
            )));
        }
        Ok(reference)
    }

    fn install(dir: &Path) -> io::Result<PathBuf> {
        let package = dir.join("ziglang");
        if package.join("zig").exists() {
            return Ok(package);
        }
        let output = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(dir)
            .arg(format!("ziglang=={VERSION}"))
            .output()?;
        if !output.status.success() {
            return Err(failed("installing the reference", &output));
        }
        Ok(package)
    }

    /// The `zig` executable.
    pub fn zig(&self) -> PathBuf {
        self.root.join("zig")
    }

    /// The `lib` directory, whose 961 sources are the first corpus.
    pub fn lib(&self) -> PathBuf {
        self.root.join("lib")
    }

    /// The source of one part of the reference's front end (`AstGen.zig`, ...).
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn front_end_source(&self, name: &str) -> io::Result<String> {
        fs::read_to_string(self.lib().join("std/zig").join(name))
    }

    /// Builds the oracle, unless this very source has been built before, and returns its path.
    ///
    /// # Errors
    /// If it does not compile.
    pub fn oracle(&self, build: Build) -> io::Result<PathBuf> {
        let (name, mode) = match build {
            Build::Fast => ("fast", "-OReleaseFast"),
            Build::Safe => ("safe", "-OReleaseSafe"),
        };
        self.build(
            "oracle",
            ORACLE_SOURCE,
            name,
            &[mode, "-fstrip", "--stack", "536870912"],
        )
    }

    /// Builds the program that times the reference's front end, for this processor, and returns its path.
    ///
    /// # Errors
    /// If it does not compile.
    pub fn bench(&self) -> io::Result<PathBuf> {
        self.build(
            "bench",
            BENCH_SOURCE,
            "native",
            &["-OReleaseFast", "-mcpu=native", "-fstrip"],
        )
    }

    fn build(
        &self,
        program: &str,
        source: &str,
        name: &str,
        options: &[&str],
    ) -> io::Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (source, VERSION).hash(&mut hasher);
        let dir = target_dir().join(format!("{program}-{:016x}", hasher.finish()));
        let binary = dir.join(name);
        if binary.exists() {
            return Ok(binary);
        }
        // Built aside and renamed, so that an interrupted or a concurrent build is never taken for a whole
        // one.
        let work = dir.join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&work)?;
        let source_path = work.join(format!("{program}.zig"));
        fs::write(&source_path, source)?;
        let built = work.join(program);
        let output = Command::new(self.zig())
            .arg("build-exe")
            .arg(&source_path)
            .args(options)
            .arg("--cache-dir")
            .arg(work.join("cache"))
            .arg("--global-cache-dir")
            .arg(dir.join("global"))
            .arg(format!("-femit-bin={}", built.display()))
            .output()?;
        if !output.status.success() {
            return Err(failed(&format!("building {program}"), &output));
        }
        fs::rename(&built, &binary)?;
        fs::remove_dir_all(&work)?;
        Ok(binary)
    }
}
