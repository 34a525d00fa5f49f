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
use std::time::Duration;

use syntax::Release;

pub use names::Names;
pub use oracle::{Mode, NoAnswer, Op, Oracle};

/// What both programs import: the differences between the releases' standard libraries.
const SHARED_SOURCE: (&str, &str) = ("release.zig", include_str!("../../oracle/release.zig"));
const ORACLE_SOURCE: &str = include_str!("../../oracle/oracle.zig");
const BENCH_SOURCE: &str = include_str!("../../oracle/bench.zig");

/// Builds of another source are kept for so long: another checkout may be using them.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How an oracle was compiled. The two differ in exactly the bytes Zig leaves undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// Optimised, undefined memory left as it was.
    Fast,
    /// Optimised with checks, undefined memory overwritten with 0xaa.
    Safe,
}

/// The installed compiler of one release.
#[derive(Clone, Debug)]
pub struct Reference {
    release: Release,
    /// What belongs to the release: the package `ziglang`, and what was built with it.
    home: PathBuf,
}

/// The directory with a folder for each release: what the environment names `ZIRC_REFERENCES`, else
/// `zirc-references` in the user's cache directory.
///
/// # Errors
/// If the environment names neither that nor a home.
pub fn references_dir() -> io::Result<PathBuf> {
    let named = |name| std::env::var_os(name).filter(|dir| !dir.is_empty());
    if let Some(dir) = named("ZIRC_REFERENCES") {
        return Ok(dir.into());
    }
    let cache = named("XDG_CACHE_HOME").map(PathBuf::from);
    cache
        .filter(|dir| dir.is_absolute())
        .or_else(|| Some(Path::new(&named("HOME")?).join(".cache")))
        .map(|cache| cache.join("zirc-references"))
        .ok_or_else(|| io::Error::other("neither ZIRC_REFERENCES nor HOME is set"))
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
    /// Takes a release's compiler from its folder of [`references_dir`], `VERSION/ziglang`. It is installed
    /// there from its Python wheel when it is not there yet.
    ///
    /// # Errors
    /// If it is not there and cannot be installed, or is of another version.
    pub fn locate(release: Release) -> io::Result<Reference> {
        let root = references_dir()?;
        fs::create_dir_all(&root)?;
        let reference = Reference {
            release,
            home: fs::canonicalize(root)?.join(release.as_str()),
        };
        reference.install()?;
        let output = Command::new(reference.zig()).arg("version").output()?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if version != release.as_str() {
            return Err(io::Error::other(format!(
                "{} is Zig {version}, not {release}",
                reference.zig().display()
            )));
        }
        Ok(reference)
    }

    /// Installed aside and renamed, the compiler last: one that is there is whole.
    fn install(&self) -> io::Result<()> {
        if self.zig().exists() {
            return Ok(());
        }
        fs::create_dir_all(&self.home)?;
        let aside = self.home.join(format!("installing-{}", std::process::id()));
        let output = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"])
            .arg(&aside)
            .arg(format!("ziglang=={}", wheel_version(self.release)))
            .output()?;
        if !output.status.success() {
            let _ = fs::remove_dir_all(&aside);
            return Err(failed(
                &format!("installing the reference {}", self.release),
                &output,
            ));
        }
        let mut names: Vec<_> = fs::read_dir(&aside)?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<io::Result<_>>()?;
        names.sort_by_key(|name| name == "ziglang");
        for name in names {
            let renamed = fs::rename(aside.join(&name), self.home.join(&name));
            // Another process may have been faster.
            if renamed.is_err() && !self.home.join(&name).exists() {
                renamed?;
            }
        }
        fs::remove_dir_all(&aside)
    }

    /// The release that it is.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The `zig` executable.
    pub fn zig(&self) -> PathBuf {
        self.home.join("ziglang/zig")
    }

    /// The `lib` directory, whose sources are the first corpus.
    pub fn lib(&self) -> PathBuf {
        self.home.join("ziglang/lib")
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

    /// Both builds of the oracle, fast and safe, at the same time where they are not there yet.
    ///
    /// # Errors
    /// If one does not compile.
    pub fn oracles(&self) -> io::Result<[PathBuf; 2]> {
        std::thread::scope(|scope| {
            let fast = scope.spawn(|| self.oracle(Build::Fast));
            let safe = self.oracle(Build::Safe)?;
            let fast = fast.join();
            Ok([
                fast.unwrap_or_else(|_| Err(io::Error::other("panic")))?,
                safe,
            ])
        })
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
        (SHARED_SOURCE, source).hash(&mut hasher);
        let dir = self
            .home
            .join(format!("{program}-{:016x}", hasher.finish()));
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
        fs::write(work.join(SHARED_SOURCE.0), SHARED_SOURCE.1)?;
        let built = work.join(program);
        let output = Command::new(self.zig())
            .arg("build-exe")
            .arg(&source_path)
            .args(options)
            .arg("--cache-dir")
            .arg(work.join("cache"))
            .arg("--global-cache-dir")
            .arg(work.join("cache"))
            .arg(format!("-femit-bin={}", built.display()))
            .output()?;
        if !output.status.success() {
            let _ = fs::remove_dir_all(&work);
            let _ = fs::remove_dir(&dir);
            return Err(failed(
                &format!("building {program} with Zig {}", self.release),
                &output,
            ));
        }
        fs::rename(&built, &binary)?;
        fs::remove_dir_all(&work)?;
        self.remove_old(program, &dir);
        Ok(binary)
    }

    /// Removes what was built of other sources long ago. What cannot be removed stays.
    fn remove_old(&self, program: &str, but: &Path) {
        let prefix = format!("{program}-");
        for entry in fs::read_dir(&self.home).into_iter().flatten().flatten() {
            let of_program = entry.file_name().to_string_lossy().starts_with(&prefix);
            let age = entry
                .metadata()
                .and_then(|of| of.modified())
                .map(|at| at.elapsed());
            if of_program && entry.path() != but && matches!(age, Ok(Ok(age)) if age > KEPT) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// What the registry of Python calls the wheel of a release.
fn wheel_version(release: Release) -> &'static str {
    match release {
        Release::V0_17_0 => "0.17.0.post0",
        release => release.as_str(),
    }
}
