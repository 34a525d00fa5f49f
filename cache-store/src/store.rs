//! The protocol by which entries are used and made.
//!
//! Look without a lock. What is good by its checksums was whole when it was read, whoever was writing then,
//! so it can be used. What has none, and what is to be mapped, is looked at under a shared lock. Otherwise
//! take the exclusive lock and look again, because somebody else may have written it meanwhile; only then
//! generate and write. So, of any number of processes that want an entry at once, one generates it and the
//! others wait and use it.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::age::{LastWritten, is_young};
use crate::entry::{self, Before, EntryBody, Examined, Failure, Origin};
use crate::file::{Directory, Mode, OpenedInCache, Stat, create_in_cache, open_or_create_in_cache};
use crate::how::{Hit, How, Reason, StatField};
use crate::ir::CacheableIr;
use crate::limits::{BODY_READ_LEN, START_READ_LEN};
use crate::lock::LockedFile;
use crate::name::EntryName;
use crate::source::{SourceError, SourceFile};
use release::Release;

/// A directory of entries.
#[derive(Clone, Debug)]
pub struct Store {
    dir: Option<PathBuf>,
    /// The same, opened when the first entry is, so that no entry is looked for all the way down.
    directory: Arc<OnceLock<Option<Directory>>>,
    /// Whether entries without a trailer are believed.
    unchecked: bool,
    /// Whether the entry that was opened last was not there before: then the next one is likely not to be
    /// either.
    makes_entries: Arc<AtomicBool>,
    /// What the clock of its file system last showed.
    written: Arc<LastWritten>,
}

/// What is wanted of an entry that hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Want {
    /// The summary; the body is not touched if the entry has one.
    #[default]
    Summary,
    /// The body (and the summary).
    Body,
}

/// How to go about an update.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What is wanted of an entry that hits.
    pub want: Want,
    /// Whether long bodies may be mapped. Otherwise they are copied, as short ones are.
    pub map: bool,
    /// Take the exclusive lock at once. For a source that is known to have changed since its entry was used:
    /// there is no hit to be expected.
    pub exclusive: bool,
    /// Called with the path of the entry when its lock is not to be had for a second. The wait then goes on
    /// until it is.
    pub on_wait: Option<&'a (dyn Fn(&Path) + Sync)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            want: Want::Summary,
            map: true,
            exclusive: false,
            on_wait: None,
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options {
            want,
            map,
            exclusive,
            on_wait,
        } = self;
        f.debug_struct("Options")
            .field("want", want)
            .field("map", map)
            .field("exclusive", exclusive)
            .field("on_wait", &on_wait.is_some())
            .finish()
    }
}

/// What an update came to.
#[derive(Debug)]
pub struct Outcome<I: CacheableIr> {
    /// Where the IR came from.
    pub how: How,
    /// The IR, or what was wanted of it.
    pub ir: Ir<I>,
    /// What went wrong with the cache; empty nearly always. The IR is right nonetheless.
    pub warnings: Vec<Warning>,
}

/// An IR in one of its forms.
#[derive(Debug)]
pub enum Ir<I: CacheableIr> {
    /// Its summary: a hit with [`Want::Summary`].
    Summary(Box<[u8]>),
    /// Its body out of an entry, and the summary if the entry had one: a hit with [`Want::Body`].
    Entry {
        /// The body.
        body: EntryBody<I>,
        /// The recorded summary.
        summary: Option<Box<[u8]>>,
    },
    /// Newly generated.
    Fresh(I),
}

impl<I: CacheableIr> Ir<I> {
    /// The summary, in whatever form the IR is.
    pub fn summary(&self) -> Cow<'_, [u8]> {
        let mut out = Vec::new();
        match self {
            Ir::Summary(summary) => return Cow::Borrowed(summary),
            Ir::Entry {
                summary: Some(summary),
                ..
            } => return Cow::Borrowed(summary),
            Ir::Entry {
                body,
                summary: None,
            } => {
                if let Some(view) = body.view() {
                    I::view_summary(&view, &mut out);
                }
            }
            Ir::Fresh(ir) => ir.summary(&mut out),
        }
        Cow::Owned(out)
    }
}

/// Something that went wrong with the cache and did not matter to the result.
#[derive(Debug, thiserror::Error)]
#[error("unable to {kind} '{}': {error}", path.display())]
pub struct Warning {
    /// What was not possible.
    pub kind: WarningKind,
    /// The entry, or the directory.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub error: io::Error,
}

/// What a [`Warning`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WarningKind {
    /// The directory could not be made. The store is disabled.
    #[error("create cache directory")]
    CreateDir,
    /// The entry could not be opened.
    #[error("open cache entry")]
    Open,
    /// The entry could not be opened for writing, so what was generated is not cached.
    #[error("write to cache entry")]
    ReadOnly,
    /// The entry could not be read.
    #[error("read cache entry")]
    Read,
    /// The entry could not be written and is empty now.
    #[error("write cache entry")]
    Write,
    /// The file system refused a lock. The work went on without.
    #[error("lock cache entry")]
    Lock,
}

impl Store {
    /// The store in this directory, which is made if it is not there. If that is impossible, the
    /// warning says why and the store is disabled.
    pub fn open(dir: &Path) -> (Store, Option<Warning>) {
        match std::fs::create_dir_all(dir) {
            Ok(()) => {
                let store = Store {
                    dir: Some(dir.to_owned()),
                    ..Store::disabled()
                };
                (store, None)
            }
            Err(error) => {
                let warning = Warning {
                    kind: WarningKind::CreateDir,
                    path: dir.to_owned(),
                    error,
                };
                (Store::disabled(), Some(warning))
            }
        }
    }

    /// A store that holds nothing: every update generates.
    pub fn disabled() -> Store {
        Store {
            dir: None,
            directory: Arc::default(),
            unchecked: true,
            makes_entries: Arc::default(),
            written: Arc::default(),
        }
    }

    /// The same store, whose entries are all ours: one without a trailer was cut, and is not believed. Not
    /// for a directory that the reference writes to.
    pub fn only_ours(self) -> Store {
        Store {
            unchecked: false,
            ..self
        }
    }

    /// Whether there is a directory behind it.
    pub fn is_enabled(&self) -> bool {
        self.dir.is_some()
    }

    /// The source at a path whose entry is in this store: read at once if that is likely not to be there.
    pub fn source(&self, path: &Path) -> Result<SourceFile, SourceError> {
        match self.makes_entries.load(Ordering::Relaxed) {
            true => SourceFile::read_at_once(path),
            false => SourceFile::find(path),
        }
    }

    /// The same of the file of that name below a directory, which is the one at `path`: for many whose way is
    /// long.
    pub fn source_below(
        &self,
        directory: &Directory,
        name: &[u8],
        path: &Path,
    ) -> Result<SourceFile, SourceError> {
        match self.makes_entries.load(Ordering::Relaxed) {
            true => SourceFile::read_at_once(path),
            false => SourceFile::find_below(directory, name, path),
        }
    }

    /// The IR of a source: out of its entry if that is good, otherwise by `generate`, called at most once,
    /// from the source's text.
    ///
    /// The only error is that of a source that cannot be read. Afterwards
    /// [`source.bytes()`](SourceFile::bytes) is the text if it had to be read, always so for [`Ir::Fresh`].
    pub fn update<I: CacheableIr>(
        &self,
        name: &EntryName,
        source: &mut SourceFile,
        options: &Options<'_>,
        generate: impl FnOnce(&[u8]) -> I,
    ) -> Result<Outcome<I>, SourceError> {
        let mut warnings = Vec::new();
        let Some(dir) = &self.dir else {
            return Ok(generated(
                Reason::NoCache,
                generate(source.load()?),
                warnings,
            ));
        };
        // Hardly ever needed.
        let path = || dir.join(name.as_str());
        let warning = |kind, error| Warning {
            kind,
            path: path(),
            error,
        };
        let OpenedInCache {
            file,
            read_only,
            is_new,
        } = match self.open_entry(dir, name) {
            Ok(opened) => opened,
            Err(error) => {
                warnings.push(warning(WarningKind::Open, error));
                return Ok(generated(
                    Reason::NoCache,
                    generate(source.load()?),
                    warnings,
                ));
            }
        };
        let writable = read_only.is_none();
        let mut on_wait = || {
            if let Some(on_wait) = options.on_wait {
                on_wait(&path());
            }
        };
        let mut file = LockedFile::new(file);
        let mut lock = |file: &mut LockedFile, mode| {
            let refused = file.lock(mode, &mut on_wait);
            refused.map(|error| warning(WarningKind::Lock, error))
        };
        let mut before = Before::Something;
        if writable && (is_new || options.exclusive) {
            warnings.extend(lock(&mut file, Mode::Exclusive));
        }
        // Somebody else may have written it before it was locked.
        if is_new && writable && entry::is_empty(file.file()) {
            before = Before::Nothing(self.written.of_new(file.file()));
        }

        let buffer_len = match options.want {
            Want::Summary => START_READ_LEN,
            Want::Body => BODY_READ_LEN,
        };
        // Each round either ends, or takes more of a lock, or has read the source, so there are four at most.
        let failure = loop {
            if let Before::Nothing(_) = before {
                break Failure::Bad(Reason::NoEntry);
            }
            let (unchecked, release) = (self.unchecked, name.release());
            let look = with_buffer(buffer_len, |buffer| {
                look::<I>(file, source, options, writable, unchecked, release, buffer)
            })?;
            let (needed, failure) = match look {
                Look::Hit {
                    hit,
                    ir,
                    unrecorded,
                } => {
                    warnings.extend(unrecorded.map(|error| warning(WarningKind::Write, error)));
                    return Ok(Outcome {
                        how: How::Hit(hit),
                        ir,
                        warnings,
                    });
                }
                Look::NeedsLock(same, mode) => {
                    file = same;
                    (mode, None)
                }
                Look::Miss(same, failure) => {
                    file = same;
                    let mode = match (&failure, writable) {
                        // Where locks bind all, what another writes cannot be read; it will be when he is
                        // done.
                        (Failure::Io(_), _) | (_, false) if file.mode().is_none() => Mode::Shared,
                        (_, true) => Mode::Exclusive,
                        (_, false) => Mode::Shared,
                    };
                    (mode, Some(failure))
                }
            };
            if file.mode() != Some(needed) {
                warnings.extend(lock(&mut file, needed));
            } else if let Some(failure) = failure {
                let looked_for = source.stat();
                source.load()?;
                if source.stat() == looked_for {
                    break failure;
                }
            }
        };
        let ir = generate(source.load()?);
        let reason = match failure {
            Failure::Bad(reason) => reason,
            Failure::Io(error) => {
                // What cannot be read is not written either: it may be no file.
                warnings.push(warning(WarningKind::Read, error));
                return Ok(generated(Reason::NoCache, ir, warnings));
            }
        };
        if let Some(error) = read_only {
            warnings.push(warning(WarningKind::ReadOnly, error));
        } else {
            let origin = Origin {
                release: name.release(),
                digest: source.digest()?,
                read: source.read_began()?,
                stat: source.stat(),
            };
            if let (Reason::NoEntry, Before::Something) = (reason, before) {
                before = Before::Nothing(None);
            }
            if let Err(error) = entry::write(file.file(), before, &ir, &origin) {
                warnings.push(warning(WarningKind::Write, error));
            }
        }
        Ok(generated(reason, ir, warnings))
    }

    /// Opens an entry, or makes an empty one.
    fn open_entry(&self, dir: &Path, name: &EntryName) -> io::Result<OpenedInCache> {
        let opened = |file, is_new| OpenedInCache {
            file,
            read_only: None,
            is_new,
        };
        let name = name.as_str();
        let makes_entries = self.makes_entries.load(Ordering::Relaxed);
        if let Some(directory) = self.directory.get_or_init(|| Directory::open(dir)) {
            let file = match makes_entries {
                true => directory.create_in_cache(name),
                false => directory.open_in_cache(name),
            };
            if let Some(file) = file {
                return Ok(opened(file, makes_entries));
            }
        } else if makes_entries && let Ok(file) = create_in_cache(&dir.join(name)) {
            return Ok(opened(file, true));
        }
        let path = dir.join(name);
        let opened = match open_or_create_in_cache(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // The directory went after the store was opened.
                std::fs::create_dir_all(dir)?;
                open_or_create_in_cache(&path)
            }
            opened => opened,
        };
        let is_new = opened.as_ref().is_ok_and(|opened| opened.is_new);
        self.makes_entries.store(is_new, Ordering::Relaxed);
        opened
    }
}

fn generated<I: CacheableIr>(reason: Reason, ir: I, warnings: Vec<Warning>) -> Outcome<I> {
    Outcome {
        how: How::Generated(reason),
        ir: Ir::Fresh(ir),
        warnings,
    }
}

/// What one look at an entry came to. The file comes back where there is more to do.
enum Look<I: CacheableIr> {
    Hit {
        hit: Hit,
        ir: Ir<I>,
        /// The new stat could not be recorded.
        unrecorded: Option<io::Error>,
    },
    /// It may be a hit, but something has to be recorded, or it is not to be believed without a lock.
    NeedsLock(LockedFile, Mode),
    Miss(LockedFile, Failure),
}

thread_local! {
    /// Where the beginnings of entries are read to. Empty before the first time.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Calls `work` with a buffer of that length, which is kept for the next time.
fn with_buffer<T>(len: usize, work: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut buffer = BUFFER.take();
    if buffer.len() < len {
        buffer = vec![0; len];
    }
    let result = work(&mut buffer[..len]);
    BUFFER.set(buffer);
    result
}

fn look<I: CacheableIr>(
    file: LockedFile,
    source: &mut SourceFile,
    options: &Options<'_>,
    writable: bool,
    unchecked: bool,
    release: Release,
    buffer: &mut [u8],
) -> Result<Look<I>, SourceError> {
    let mut examined = match Examined::<I>::read(file.file(), release, buffer) {
        Ok(examined) => examined,
        Err(failure) => return Ok(Look::Miss(file, failure)),
    };
    if examined.trailer.is_none() {
        if !unchecked {
            return Ok(Look::Miss(file, Failure::Bad(Reason::Checksum)));
        }
        if file.mode().is_none() {
            return Ok(Look::NeedsLock(file, Mode::Shared));
        }
    }
    let (hit, record) = match judge(&examined, source)? {
        Ok(verdict) => verdict,
        Err(reason) => return Ok(Look::Miss(file, Failure::Bad(reason))),
    };
    let record = record && writable;
    let is_exclusive = file.mode() == Some(Mode::Exclusive);
    if record && !is_exclusive {
        return Ok(Look::NeedsLock(file, Mode::Exclusive));
    }
    let mut copied = None;
    let mut unrecorded = None;
    if record {
        // The reference will believe the entry once its stat is right, and it has no checksum.
        match examined.copy_body(file.file()) {
            Ok(body) => copied = Some(body),
            Err(failure) => return Ok(Look::Miss(file, failure)),
        }
        let (stat, read) = (source.stat(), source.read_began()?);
        unrecorded = examined.restamp(file.file(), stat, read).err();
    }
    let summary = examined
        .trailer
        .as_mut()
        .and_then(|trailer| trailer.summary.take());
    if options.want == Want::Summary
        && let Some(summary) = summary
    {
        return Ok(Look::Hit {
            hit,
            ir: Ir::Summary(summary),
            unrecorded,
        });
    }
    // An exclusive lock is not kept for as long as a map lives: others may be waiting to read.
    let map = options.map && !is_exclusive;
    if map && copied.is_none() && file.mode().is_none() && examined.is_worth_mapping() {
        return Ok(Look::NeedsLock(file, Mode::Shared));
    }
    let body = match copied {
        Some(body) => Ok(body),
        None => examined.body(file, map),
    };
    match body {
        Ok(body) => {
            let ir = Ir::Entry { body, summary };
            let ir = match options.want {
                Want::Body => ir,
                Want::Summary => Ir::Summary(ir.summary().into()),
            };
            Ok(Look::Hit {
                hit,
                ir,
                unrecorded,
            })
        }
        Err((file, failure)) => Ok(Look::Miss(file, failure)),
    }
}

/// Whether an entry is one of the source, and whether something about it has to be recorded.
fn judge<I: CacheableIr>(
    examined: &Examined<'_, I>,
    source: &mut SourceFile,
) -> Result<Result<(Hit, bool), Reason>, SourceError> {
    let stat = source.stat();
    let Some(trailer) = &examined.trailer else {
        return Ok(match difference(&examined.stat, &stat) {
            None if stat.proves(&examined.stat) => Ok((Hit::Unchecked, false)),
            None => Err(Reason::Stale(StatField::Mtime)),
            Some(field) => Err(Reason::Stale(field)),
        });
    };
    let recorded = trailer.stat;
    let consistent = recorded == examined.stat;
    if consistent && stat.proves(&recorded) && !trailer.check_content {
        source.record(trailer.source_digest);
        return Ok(Ok((Hit::Stat, false)));
    }
    if recorded.size != stat.size {
        return Ok(Err(Reason::Stale(
            difference(&recorded, &stat).unwrap_or(StatField::Size),
        )));
    }
    let same_content = source.digest()? == trailer.source_digest;
    // It is that of the bytes now.
    let stat = source.stat();
    Ok(match (difference(&recorded, &stat), same_content) {
        (Some(field), false) => Err(Reason::Stale(field)),
        (None, false) => Err(Reason::ContentChanged),
        (None, true) if consistent => {
            let still_young = is_young(stat, source.read_began()?, None);
            Ok((Hit::Young, !still_young))
        }
        (_, true) => Ok((Hit::Content, true)),
    })
}

/// The first field that differs.
fn difference(a: &Stat, b: &Stat) -> Option<StatField> {
    if a.inode != b.inode {
        Some(StatField::Inode)
    } else if a.size != b.size {
        Some(StatField::Size)
    } else if a.mtime_ns != b.mtime_ns {
        Some(StatField::Mtime)
    } else {
        None
    }
}
