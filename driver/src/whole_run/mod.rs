//! Whole programs at once: a manifest of everything that a run read, so that the next run over the same files
//! looks at no more than their stats.
//!
//! The manifest's key is what a run is told: versions, the lib directory, modules with their roots and
//! dependencies, root files (of a directory, all that were found in it). Its lines are the files of the
//! import table, in path order. Beside it lies a *record* of the same name: what a hit has to report again.
//! In it is a digest of the manifest's paths and of the files' contents, so that either is believed only
//! together with the other, whatever becomes of one of them. `--strict` is not part of it: imports that lead
//! nowhere are recorded, what they amount to is decided when they are reported.
//!
//! # When something changed
//!
//! The record also has what each file imports, if that has no error of its own. Of a file whose stat is still
//! the one in the manifest nothing more is wanted, so that after an edit no other file is opened, nor an
//! entry: a run costs a stat a file and what changed. If the files that changed import what they did, the
//! program consists of what it did, and not even that is gone over again (`edit`).
//!
//! # Errors
//!
//! A run with errors is recorded like any other, its errors with it, and a hit reports them again. Only where
//! a file could not be loaded nobody can tell when that ends: the coming of a file is in no stat. The
//! manifest then has the files that could be, and the record says that it is no hit whatever they are. In
//! every other run no import leads to a file that is not there, so there is none whose coming would change
//! anything, apart from those in a directory that is scanned; they are in the key.
//!
//! # Where
//!
//! Manifests are `h/<key>.txt` and records `o/<key>` below the local cache directory. In directories shared
//! with the reference they are below `zirc/` there. Names could not clash, but neither side has a use for the
//! other's manifests, and in the reference's `o/` everything is a directory.
//!
//! # When nothing is written
//!
//! Whatever goes wrong here concerns the next run only: the answer is that of a run without manifest, with a
//! warning where it is about the cache, without one where a source changed meanwhile.

mod edit;
mod fields;
mod parts;
mod record;

use std::cell::OnceCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cache_store::CacheableIr;
use cache_store::file::{Metadata, open_source};
use manifest::{
    Answer, Cache, Digest, Entry, Error, HashHelper, Miss, MissReason, OnWait, Prefixes, Previous,
    Stat, hash_contents,
};
use rayon::prelude::*;
use release::Release;

use crate::environment::{Environment, layout, refuse_foreign_link};
use crate::explain::describe_miss;
use crate::file::{Known, KnownFile};
use crate::graph::{ContentDigest, LoadedFile, Modules, Program, Unresolved};
use crate::inventory::NO_DIR;
use crate::paths;
pub(crate) use edit::Edit;
use parts::Part;
pub(crate) use record::{Record, read_undigested};

/// The directories that paths in manifests are relative to, numbered as the reference's compiler numbers
/// them.
pub(crate) fn prefixes(
    cwd: &Path,
    lib_dir: Option<&Path>,
    local: &Path,
    global: &Path,
) -> Prefixes {
    let mut prefixes = Prefixes::new(cwd);
    prefixes.push(lib_dir.unwrap_or(Path::new(NO_DIR)));
    prefixes.push(local);
    prefixes.push(global);
    prefixes
}

/// Manifests of ours below a directory, which is made if need be, and where what belongs to them is.
///
/// # Errors
/// If the directory cannot be used.
pub(crate) fn open_base(base: &Path, prefixes: Prefixes) -> Result<(Cache, PathBuf), Error> {
    let (manifests, records) = (layout::manifests(base), layout::records(base));
    for dir in [base, &manifests, &records] {
        refuse_foreign_link(dir).map_err(|source| Error::Manifest {
            path: dir.into(),
            action: "use this directory for",
            source,
        })?;
    }
    Ok((Cache::open(&manifests, prefixes)?, records))
}

/// What the key is made of.
pub(crate) struct Told<'a> {
    pub(crate) release: Release,
    pub(crate) cwd: &'a Path,
    pub(crate) lib_dir: Option<&'a Path>,
    pub(crate) build_root: &'a Path,
    /// Whether errors in it count as others do.
    pub(crate) lib_is_known: bool,
    pub(crate) programs: &'a [Program],
}

/// A directory with manifests and records.
#[derive(Debug)]
pub(crate) struct Manifests {
    cache: Cache,
    records: PathBuf,
}

/// Whether the run was done before.
pub(crate) enum Asked<'m> {
    /// It was, and this came of it.
    Hit(Record),
    /// It is to be done.
    Miss(Box<Pending<'m>>),
}

/// A run that is being done. Others that want the same wait as long as this lives.
pub(crate) struct Pending<'m> {
    miss: Miss<'m>,
    release: Release,
    /// What is left of the last run.
    before: Option<Before>,
    known: OnceCell<Known>,
    records: &'m Path,
}

/// What the last run has written: a manifest and a record that go together.
struct Before {
    /// The files of the manifest, and which of them are what they were.
    previous: Previous,
    record: Record,
}

impl Manifests {
    /// Those of the local cache directory, if there is one.
    pub(crate) fn of(environment: &Environment) -> Option<Result<Manifests, Error>> {
        let dirs = environment.dirs.as_ref()?;
        let lib_dir = environment.lib_dir.as_deref();
        let prefixes = prefixes(&environment.cwd, lib_dir, &dirs.local, &dirs.global);
        let base = layout::own_base(&dirs.local, environment.shared);
        Some(Manifests::open(&base, prefixes))
    }

    /// Opens the directory, which is made if need be.
    fn open(base: &Path, prefixes: Prefixes) -> Result<Manifests, Error> {
        let (cache, records) = open_base(base, prefixes)?;
        Ok(Manifests { cache, records })
    }

    /// To be asked before any source is read. `on_wait` is told of the manifest if somebody else has it
    /// locked for long.
    pub(crate) fn ask<'m>(
        &'m self,
        told: &Told<'_>,
        on_wait: &'m (dyn Fn(&Path) + Sync),
    ) -> Result<Asked<'m>, Error> {
        let mut manifest = self.cache.obtain();
        manifest.invalid_is_miss = true;
        manifest.on_wait = OnWait::call(on_wait);
        told.add_to(&mut manifest.hash);
        manifest.keep_previous = true;
        let mut found = None;
        let mut miss = match manifest.hit()? {
            Answer::Hit(hit) => match self.record_of(hit.key(), hit.files()) {
                Some(record) if record.is_whole => return Ok(Asked::Hit(record)),
                record => {
                    found = record;
                    hit.unhit()?
                }
            },
            Answer::Miss(miss) => miss,
        };
        // Read under the lock that the miss holds. What it says of one file goes into the next manifest, so
        // it is believed no sooner than in a hit.
        let before = miss.take_previous().and_then(|previous| {
            let record = found.or_else(|| self.record_of(miss.key(), &previous.files))?;
            // Otherwise not two that belong together, whatever the digests say.
            let is_one = record.files.len() == previous.files.len();
            is_one.then_some(Before { previous, record })
        });
        Ok(Asked::Miss(Box::new(Pending {
            release: told.release,
            before,
            known: OnceCell::new(),
            miss,
            records: &self.records,
        })))
    }

    /// The record of the manifest with this key, if it goes with these lines.
    fn record_of(&self, key: Digest, entries: &[Entry]) -> Option<Record> {
        let record = Record::read(&self.records.join(key.to_string()))?;
        (record.of == listing_digest(entries).0).then_some(record)
    }
}

impl Before {
    /// The files that the last run has seen and that are what they were.
    fn known(&self, release: Release) -> Known {
        let Before { previous, record } = self;
        let parts = record.checked_parts();
        let Some(parts) = parts.and_then(|parts| parts.all(record.files.len(), release)) else {
            return Known::default();
        };
        let lines = previous.files.iter().zip(&previous.same);
        let known = parts
            .into_iter()
            .zip(lines)
            .map(|(part, (line, &is_same))| {
                let file = KnownFile {
                    stat: line.stat.into(),
                    digest: ContentDigest(line.digest),
                    imports: part.imports?,
                    entry: part.entry,
                };
                is_same.then_some(file)
            });
        Known::new(Arc::clone(&record.files), known.collect())
    }
}

/// What of a manifest's lines has to be so in the record that goes with it: all but the stats.
fn listing_digest(entries: &[Entry]) -> Digest {
    let paths: usize = entries.iter().map(|entry| entry.path.sub_path.len()).sum();
    let mut all = Vec::with_capacity(entries.len() * (1 + 8 + 16) + paths);
    for Entry { path, digest, .. } in entries {
        all.push(path.prefix);
        all.extend_from_slice(&(path.sub_path.len() as u64).to_le_bytes());
        all.extend_from_slice(&path.sub_path);
        all.extend_from_slice(&digest.0);
    }
    hash_contents(&all)
}

impl Told<'_> {
    fn add_to(&self, hash: &mut HashHelper) {
        hash.add_bytes(b"zirc check");
        hash.add_bytes(env!("CARGO_PKG_VERSION").as_bytes());
        hash.add(Record::VERSION);
        hash.add(<zir::Zir as CacheableIr>::trailer_tag(self.release));
        hash.add(<zoir::Zoir as CacheableIr>::trailer_tag(self.release));
        hash.add_bytes(self.release.as_str().as_bytes());
        hash.add(self.lib_dir.is_some());
        if let Some(dir) = self.lib_dir {
            self.add_path(hash, dir);
        }
        hash.add(self.lib_is_known);
        self.add_path(hash, self.build_root);
        hash.add(self.programs.len() as u64);
        for program in self.programs {
            self.add_program(hash, program);
        }
    }

    /// A path as it was given, which messages show, and where it is.
    fn add_path(&self, hash: &mut HashHelper, path: &Path) {
        let absolute = paths::absolute(self.cwd, path);
        hash.add_bytes(paths::bytes(path));
        hash.add_bytes(paths::bytes(&absolute));
    }

    fn add_program(&self, hash: &mut HashHelper, program: &Program) {
        let Modules { std, .. } = &program.modules;
        let modules = program.modules.all();
        hash.add(modules.len() as u64);
        for module in modules {
            hash.add_bytes(module.name.as_bytes());
            self.add_path(hash, &module.display_root());
            hash.add_optional_bytes(module.root_src_path.as_deref().map(paths::bytes));
            hash.add_optional_bytes(module.made_by.as_deref().map(str::as_bytes));
            hash.add(module.deps.len() as u64);
            for (name, module) in &module.deps {
                hash.add_bytes(name);
                hash.add(module.0);
            }
        }
        hash.add_optional(std.map(|std| std.0));
        let roots: Vec<&[u8]> = program
            .roots
            .iter()
            .map(|root| paths::bytes(root))
            .collect();
        hash.add_list_of_bytes(&roots);
    }
}

/// What is to be recorded of a file.
struct Input<'f> {
    path: &'f Path,
    /// The stat of what was used.
    used: Stat,
    /// The digest of what was used, where it is known.
    digest: Option<Digest>,
    /// The digest of what was read once more, for the places of imports.
    placed: Option<Digest>,
}

impl Pending<'_> {
    /// Why the run has to be done, for people.
    pub(crate) fn describe(&self) -> String {
        let was_partial = (self.before.as_ref()).is_some_and(|before| !before.record.is_whole);
        match (self.miss.reason(), was_partial) {
            (MissReason::Unhit, true) => "the last run could not load every file".to_owned(),
            (reason, _) => describe_miss(reason),
        }
    }

    /// What is known of files that may be what they were.
    pub(crate) fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let before = self.before.as_ref();
            before.map_or_else(Known::default, |before| before.known(self.release))
        })
    }

    /// Writes record and manifest of a run. `files` are those of the import table. `workers` are asked for
    /// where files have to be read for it; if they cannot be started, nothing is written.
    pub(crate) fn complete<'f, 'w, E>(
        mut self,
        files: &[(PathBuf, LoadedFile)],
        mut unresolved: impl Iterator<Item = &'f Unresolved>,
        mut record: Record,
        workers: impl FnOnce() -> Result<Option<&'w rayon::ThreadPool>, E>,
    ) -> Result<(), Error> {
        // The file is not any more what it was, or could not be read again.
        if let Some(lost) = unresolved.find(|u| u.location.is_none()) {
            let path = lost.path.clone();
            return Err(Error::Changed { path });
        }
        let mut inputs = Vec::with_capacity(files.len());
        for (_, file) in files {
            // What could not be loaded has no line.
            let Some(used) = file.used else {
                record.is_whole = false;
                continue;
            };
            record.parts.push(&Part {
                imports: file.imports.clone(),
                entry: file.entry,
            });
            inputs.push(Input {
                path: &file.path,
                used: used.stat.into(),
                digest: used.digest.map(|digest| digest.0),
                placed: file.placed.map(|digest| digest.0),
            });
        }
        let unread = inputs.iter().filter(|input| input.digest.is_none());
        let unread: Vec<&Path> = unread.map(|input| input.path).collect();
        let mut looks = Vec::new();
        if !unread.is_empty() {
            let Ok(workers) = workers() else {
                return Ok(());
            };
            looks = match workers {
                Some(workers) => {
                    workers.install(|| unread.par_iter().map(|path| look_at(path)).collect())
                }
                None => unread.iter().map(|path| look_at(path)).collect(),
            };
        }
        let mut looks = looks.into_iter();
        self.miss.reserve(inputs.len());
        for input in &inputs {
            let path = input.path;
            let changed = || Error::Changed { path: path.into() };
            let now = match input.digest {
                Some(_) => None,
                None => looks.next().transpose().map_err(|source| Error::File {
                    path: path.into(),
                    source,
                })?,
            };
            let digest = input.digest.or(now.map(|(digest, _)| digest));
            if input.placed.is_some() && input.placed != digest {
                return Err(changed());
            }
            match (input.digest, now) {
                (Some(digest), _) => self.miss.add_file_post_digest(path, digest, input.used)?,
                (None, Some((digest, now))) => {
                    let Input { path, used, .. } = *input;
                    self.miss
                        .add_file_post_unchanged_digest(path, digest, now, used)?;
                }
                (None, None) => return Err(changed()),
            }
        }
        self.write(record)
    }

    /// Writes the record, then the manifest that it goes with.
    fn write(mut self, mut record: Record) -> Result<(), Error> {
        record.of = listing_digest(self.miss.files()).0;
        let Some(record) = record.encode() else {
            return Ok(());
        };
        let path = self.records.join(self.miss.key().to_string());
        let written = match Record::write(&path, &record) {
            // Not made before there is something to put into it, or cleared meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(self.records).and_then(|()| Record::write(&path, &record))
            }
            result => result,
        };
        written.map_err(|source| Error::Manifest {
            path,
            action: "write the record of",
            source,
        })?;
        self.miss.write_manifest()
    }
}

/// A file's content and the stat that it had before it was read.
fn look_at(path: &Path) -> std::io::Result<(Digest, Stat)> {
    // It was a regular file a moment ago; if it is none any more this must not wait.
    let file = open_source(path)?;
    let metadata = Metadata::of(&file)?;
    if !metadata.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    Ok((manifest::hash_file(&file)?, Stat::of(&metadata)))
}

/// What to tell of manifests that cannot be used, besides `others` that were told. The answer is right
/// without a manifest: that a source changed meanwhile is nothing to complain about, nor that it cannot be
/// listed, nor that a cache may only be read; and what else is wrong with the cache was said before if
/// entries could not be written either.
pub(crate) fn warning(error: &Error, others: &[String]) -> Option<String> {
    match error {
        Error::Manifest { source, .. }
            if others.is_empty()
                && !matches!(
                    source.kind(),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
                ) =>
        {
            Some(error.to_string())
        }
        _ => None,
    }
}
