//! Why something was done again: what became of the files of a manifest (`zirc cache explain`), and where
//! each file's IR came from (`zirc check --explain`).

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use cache_store::{Hit, How, Reason, StatField};
use manifest::{Digest, Explanation, Finding, Listing, MissReason, Prefixes, Stat};
use serde::Serialize;

use crate::cache_dirs::{CacheDirs, CacheFlags};
use crate::check::Format;
use crate::{Error, Status, lib_dir, paths, whole};

/// Where a file's IR came from, as a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Out of the cache, or not looked at because the manifest says that it is unchanged.
    Hit,
    /// It was lowered.
    Generated,
    /// It could not be loaded.
    NotLoaded,
}

/// Why a file was a hit or was lowered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FileReason {
    path: String,
    origin: Origin,
    /// A word for programs.
    reason: &'static str,
    /// A few for people.
    #[serde(skip)]
    text: &'static str,
}

impl FileReason {
    /// The reason for a file that the manifest says is unchanged.
    pub(crate) fn of_manifest(path: &Path) -> FileReason {
        FileReason {
            path: paths::display(path),
            origin: Origin::Hit,
            reason: "manifest",
            text: "unchanged, says the manifest",
        }
    }

    /// The reason for a file that was looked at.
    pub(crate) fn of(path: &Path, how: Option<How>) -> FileReason {
        let (origin, reason, text) = match how {
            None => (Origin::NotLoaded, "not_loaded", "could not be loaded"),
            Some(How::Hit(hit)) => {
                let (reason, text) = match hit {
                    Hit::Stat => ("stat", "unchanged"),
                    Hit::Unchecked => ("unchecked", "unchanged, an entry of the reference"),
                    Hit::Content => ("content", "stat changed, content same"),
                    Hit::Young => ("young", "content same, too new to go by its timestamp"),
                };
                (Origin::Hit, reason, text)
            }
            Some(How::Generated(reason)) => {
                let (reason, text) = match reason {
                    Reason::NoCache => ("no_cache", "no cache"),
                    Reason::NoEntry => ("no_entry", "no entry"),
                    Reason::InvalidHeader => ("invalid", "the entry is invalid"),
                    Reason::Truncated => ("truncated", "the entry is truncated"),
                    Reason::Stale(StatField::Inode) => ("inode", "another inode and content"),
                    Reason::Stale(StatField::Size) => ("size", "another size"),
                    Reason::Stale(StatField::Mtime) => {
                        ("mtime", "another modification time and content")
                    }
                    Reason::ContentChanged => ("content", "another content, with the same stat"),
                    Reason::Checksum => ("checksum", "the entry is damaged"),
                    Reason::Version => ("version", "the entry is of another version"),
                    Reason::Malformed => ("malformed", "the entry makes no sense"),
                };
                (Origin::Generated, reason, text)
            }
        };
        FileReason {
            path: paths::display(path),
            origin,
            reason,
            text,
        }
    }
}

/// What `zirc check --explain` tells besides.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CheckExplanation {
    /// Why the manifest was a miss, if it was asked and was one.
    pub manifest: Option<String>,
    /// Every file, in path order.
    pub files: Vec<FileReason>,
}

impl CheckExplanation {
    pub(crate) fn print(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        for FileReason {
            path, origin, text, ..
        } in &self.files
        {
            match origin {
                Origin::Hit => writeln!(out, "{path}: hit: {text}")?,
                Origin::Generated => writeln!(out, "{path}: generated: {text}")?,
                Origin::NotLoaded => writeln!(out, "{path}: {text}")?,
            }
        }
        if let Some(reason) = &self.manifest {
            writeln!(out, "manifest: miss: {reason}")?;
        }
        Ok(())
    }
}

/// Why a manifest was a miss.
pub(crate) fn describe_miss(reason: &MissReason) -> String {
    match reason {
        MissReason::New => "there was none".to_owned(),
        MissReason::Header => "it is of another format".to_owned(),
        MissReason::Invalid(error) => format!("it is damaged: {error}"),
        MissReason::Incomplete => "it lacks files".to_owned(),
        MissReason::File { path, finding, .. } => {
            format!("{}: {}", path.display(), finding.as_str())
        }
        MissReason::NoOutput(_) => "there is no record of what came of it".to_owned(),
        MissReason::Unhit => "the record of what came of it is damaged".to_owned(),
        _ => "for another reason".to_owned(),
    }
}

/// What to explain, and how.
#[derive(Clone, Debug, Default)]
pub struct ExplainOptions {
    /// A manifest, or the 32 digits of its name.
    pub manifest: PathBuf,
    /// Where caches are.
    pub cache: CacheFlags,
    /// `--zig-lib-dir`.
    pub zig_lib_dir: Option<PathBuf>,
    /// Compare contents even where stats are as recorded.
    pub contents: bool,
    /// Form of the output.
    pub format: Format,
}

/// `zirc cache explain`.
pub fn run(options: &ExplainOptions) -> Result<Status, Error> {
    let cwd = std::env::current_dir()
        .map_err(|e| Error::path("find the working directory", Path::new("."), e))?;
    let env = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let known: Vec<CacheDirs> = [false, true]
        .into_iter()
        .filter_map(|share| {
            let flags = CacheFlags {
                share: share || options.cache.share,
                ..options.cache.clone()
            };
            CacheDirs::find(&flags, &cwd, &env)
        })
        .collect();
    let path = find(&options.manifest, &known)?;
    let candidates = candidates(options, &path, &cwd, &known);
    let count = candidates.first().map_or(1, Prefixes::count);
    let fail = |error: manifest::Error| Error::Usage(error.to_string());
    let listing = Listing::read(&path, count).map_err(fail)?;
    let Some(prefixes) = manifest::choose_prefixes(&listing, &candidates) else {
        return Err(Error::Usage("no directories are known".to_owned()));
    };
    let explanations = manifest::explain(&listing, prefixes, options.contents);
    match options.format {
        Format::Human => print(&explanations)?,
        Format::Json => print_json(&path, &explanations)?,
    }
    Ok(if explanations.iter().all(|e| e.finding.is_same()) {
        Status::Clean
    } else {
        Status::ErrorsFound
    })
}

/// The manifest's file: as it was given, or below one of the cache directories.
fn find(given: &Path, known: &[CacheDirs]) -> Result<PathBuf, Error> {
    if Digest::from_hex(paths::bytes(given)).is_none() || given.exists() {
        return Ok(given.to_owned());
    }
    let mut name = given.as_os_str().to_owned();
    name.push(".txt");
    let mut looked_in = Vec::new();
    for dir in known.iter().flat_map(|dirs| [&dirs.local, &dirs.global]) {
        for dir in [dir.join("h"), dir.join("zirc/h")] {
            let path = dir.join(&name);
            if path.is_file() {
                return Ok(path);
            }
            if !looked_in.contains(&dir) {
                looked_in.push(dir);
            }
        }
    }
    let looked_in: Vec<String> = looked_in.iter().map(|dir| paths::display(dir)).collect();
    Err(Error::Usage(format!(
        "no manifest '{}' in {}",
        given.display(),
        looked_in.join(", ")
    )))
}

/// Sets of directories that the manifest may have been written with.
///
/// It says nothing about them, but it lies in one of them: its cache directory is mostly the local one and in the
/// project's own directory.
fn candidates(
    options: &ExplainOptions,
    manifest: &Path,
    cwd: &Path,
    known: &[CacheDirs],
) -> Vec<Prefixes> {
    let absolute = paths::resolve(&[paths::bytes(cwd), paths::bytes(manifest)]);
    let mut own: Vec<&Path> = Vec::new();
    if let Some(dir) = absolute.parent().and_then(Path::parent) {
        own.push(dir);
        if dir.ends_with("zirc") {
            own.extend(dir.parent());
        }
    }
    let mut bases = vec![cwd];
    let build_root = cwd.ancestors().find(|dir| dir.join("build.zig").exists());
    for dir in own.iter().filter_map(|dir| dir.parent()).chain(build_root) {
        if !bases.contains(&dir) {
            bases.push(dir);
        }
    }
    let lib_dir = lib_dir::find(options.zig_lib_dir.as_deref(), cwd);
    let mut locals: Vec<&Path> = own.clone();
    let mut globals: Vec<&Path> = Vec::new();
    for dirs in known {
        let CacheDirs { local, global } = dirs;
        // One that lies in the global directory tells nothing about the local one.
        if own.contains(&&**global) && !locals.contains(&&**local) {
            locals.push(local);
        }
        if !globals.contains(&&**global) {
            globals.push(global);
        }
    }
    let mut sets = Vec::new();
    for local in &locals {
        for global in &globals {
            for base in &bases {
                sets.push(whole::prefixes(base, lib_dir.as_deref(), local, global));
                sets.push(whole::prefixes(base, Some(base), local, global));
            }
        }
    }
    sets
}

fn print(explanations: &[Explanation]) -> Result<(), Error> {
    let mut out = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for explanation in explanations {
        writeln!(out, "{explanation}")?;
        *counts.entry(explanation.finding.as_str()).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(finding, count)| format!("{count} {finding}"))
        .collect();
    let files = explanations.len();
    let plural = if files == 1 { "" } else { "s" };
    writeln!(out, "{files} file{plural}: {}", counts.join(", "))?;
    std::io::stdout().lock().write_all(&out)?;
    Ok(())
}

#[derive(Serialize)]
struct JsonState {
    size: u64,
    inode: u64,
    mtime_ns: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl JsonState {
    fn new(stat: &Stat, digest: Option<&Digest>) -> JsonState {
        JsonState {
            size: stat.size,
            inode: stat.inode,
            mtime_ns: stat.mtime_ns,
            digest: digest.map(ToString::to_string),
        }
    }
}

#[derive(Serialize)]
struct JsonFile {
    path: String,
    prefix: u8,
    state: &'static str,
    expected: JsonState,
    found: Option<JsonState>,
    error: Option<String>,
}

#[derive(Serialize)]
struct JsonExplanation {
    manifest: String,
    files: Vec<JsonFile>,
}

fn print_json(path: &Path, explanations: &[Explanation]) -> Result<(), Error> {
    let files = explanations.iter().map(|explanation| {
        let expected = &explanation.expected;
        let (found, error) = match &explanation.finding {
            Finding::StatChanged { found } => (Some(JsonState::new(found, None)), None),
            Finding::ContentChanged { found, digest } => {
                (Some(JsonState::new(found, Some(digest))), None)
            }
            Finding::Unreadable(error) => (None, Some(error.to_string())),
            _ => (None, None),
        };
        JsonFile {
            path: paths::display(&explanation.path),
            prefix: expected.path.prefix,
            state: explanation.finding.as_str(),
            expected: JsonState::new(&expected.stat, Some(&expected.digest)),
            found,
            error,
        }
    });
    let explanation = JsonExplanation {
        manifest: paths::display(path),
        files: files.collect(),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &explanation).map_err(std::io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(())
}
