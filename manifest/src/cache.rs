//! The protocol: hit or miss under a lock, and what follows.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use cache_store::file::Clock;

use crate::dep_file::prerequisites;
use crate::digest::{Digest, HashHelper};
use crate::entry::{Entry, Kind, ParseErrorKind};
use crate::error::Error;
use crate::format::Format;
use crate::format::records::{flags_and_path, metadata_digest};
use crate::index::Index;
use crate::inspect::{self, Finding, Nearby, inspect, is_unchanged};
use crate::limits::MAX_MANIFEST_LEN;
use crate::listing::{Listing, ParseError, final_digest, is_writable};
use crate::lock::{Lock, LockedFile, OnWait, Wait};
use crate::prefix::{PrefixedPath, Prefixes, to_path};
use crate::read::read_text;
use crate::stat::Stat;

/// A directory of manifests. Can be shared by threads.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
    prefixes: Prefixes,
    format: Format,
    output_dir: Option<PathBuf>,
    /// What the keys of all manifests begin with: the version of whoever writes them, say.
    pub hash: HashHelper,
}

impl Cache {
    /// Manifests of lines in this directory, which is created if need be.
    pub fn open(dir: &Path, prefixes: Prefixes) -> Result<Cache, Error> {
        Cache::open_format(dir, prefixes, Format::Lines)
    }

    /// Manifests of this format, likewise. Those of the other are not seen.
    pub fn open_format(dir: &Path, prefixes: Prefixes, format: Format) -> Result<Cache, Error> {
        create_dir(dir)?;
        Ok(Cache {
            dir: dir.into(),
            prefixes,
            format,
            output_dir: None,
            hash: format.hash(),
        })
    }

    /// How the manifests are written.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Says that every output lies in `dir` under its final digest. A manifest whose output does not exist is
    /// then a miss, whatever its files: its build did not end well, or it lost lines.
    pub fn require_output_in(&mut self, dir: impl Into<PathBuf>) {
        self.output_dir = Some(dir.into());
    }

    /// The directories that paths are relative to.
    pub fn prefixes(&self) -> &Prefixes {
        &self.prefixes
    }

    /// Where the manifest with this key is.
    pub fn path_of(&self, key: Digest) -> PathBuf {
        self.dir.join(self.format.file_name(key))
    }

    /// The path of such an input as it stands in a manifest.
    fn prefixed(
        &self,
        path: &Path,
        kind: Kind,
        metadata_only: bool,
    ) -> Result<PrefixedPath, Error> {
        if self.format == Format::Lines && (kind != Kind::File || metadata_only) {
            return Err(Error::NotInLines { path: path.into() });
        }
        let prefixed = self.prefixes.find_in(self.format, path);
        match is_writable(self.format, &prefixed) {
            true => Ok(prefixed),
            false => Err(Error::Path {
                path: to_path(&prefixed.sub_path),
            }),
        }
    }

    /// Begins a manifest. What the build depends on is added to its `hash`, then [`Manifest::hit`] is asked.
    pub fn obtain(&self) -> Manifest<'_> {
        Manifest {
            cache: self,
            hash: self.hash.clone(),
            key: None,
            inputs: Vec::new(),
            index: Index::default(),
            want_shared_lock: true,
            invalid_is_miss: false,
            keep_previous: false,
            on_wait: OnWait::default(),
        }
    }

    /// Begins a manifest whose key is known already; nothing of its `hash` counts.
    pub fn obtain_by_key(&self, key: Digest) -> Manifest<'_> {
        Manifest {
            key: Some(key),
            ..self.obtain()
        }
    }
}

/// What to record of a stat.
fn recorded(clock: &Clock, stat: Stat) -> Stat {
    match clock.trusts(i128::from(stat.mtime_ns)) {
        true => stat,
        false => stat.distrusted(),
    }
}

fn create_dir(dir: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(dir).map_err(|source| Error::Manifest {
        path: dir.into(),
        action: "create the directory of",
        source,
    })
}

/// A file or directory that the build is told to read.
#[derive(Debug)]
struct Input {
    path: PrefixedPath,
    kind: Kind,
    metadata_only: bool,
    max_size: Option<u64>,
}

impl Input {
    fn is(&self, entry: &Entry) -> bool {
        (&self.path, self.kind, self.metadata_only)
            == (&entry.path, entry.kind, entry.metadata_only)
    }
}

/// A manifest that is being asked for.
#[derive(Debug)]
pub struct Manifest<'c> {
    cache: &'c Cache,
    /// The key: a hash over everything that the build depends on apart from contents of files.
    pub hash: HashHelper,
    key: Option<Digest>,
    inputs: Vec<Input>,
    index: Index,
    /// Whether a hit holds the shared lock only, so that others can use the same output: true unless changed.
    pub want_shared_lock: bool,
    /// Whether a manifest that does not parse is a miss ([`MissReason::Invalid`]), to be written anew, rather
    /// than
    /// [`Error::Format`]: false unless changed.
    pub invalid_is_miss: bool,
    /// Whether a miss tells of every file if it is what it was ([`Miss::take_previous`]), and not only of the
    /// first that is not: false unless changed.
    pub keep_previous: bool,
    /// Who is told when a lock is waited for: nobody unless changed.
    pub on_wait: OnWait<'c>,
}

impl<'c> Manifest<'c> {
    /// Adds a file whose name is known beforehand: its path goes into the key, its content is one of the
    /// things compared. Adding it again changes nothing.
    ///
    /// With a `max_size`, a miss has the content at hand ([`Miss::contents`]), and a longer file is an error.
    pub fn add_file(&mut self, path: &Path, max_size: Option<u64>) -> Result<usize, Error> {
        self.add(path, Kind::File, false, max_size)
    }

    /// Adds a file or a directory, likewise. With `metadata_only` its stat is compared and not its content,
    /// unless it is added without that too. Only records have directories and bare metadata.
    pub fn add_input(
        &mut self,
        path: &Path,
        kind: Kind,
        metadata_only: bool,
    ) -> Result<usize, Error> {
        self.add(path, kind, metadata_only, None)
    }

    fn add(
        &mut self,
        path: &Path,
        kind: Kind,
        metadata_only: bool,
        max_size: Option<u64>,
    ) -> Result<usize, Error> {
        let prefixed = self.cache.prefixed(path, kind, metadata_only)?;
        if let Some(index) = self.index.get(&prefixed, |at| &self.inputs[at].path) {
            let input = &mut self.inputs[index];
            if input.kind != kind {
                return Err(Error::BothKinds { path: path.into() });
            }
            input.metadata_only &= metadata_only;
            input.max_size = input.max_size.max(max_size);
            return Ok(index);
        }
        if self.cache.format == Format::Lines {
            self.hash.add(prefixed.prefix);
            self.hash.add_bytes(&prefixed.sub_path);
        }
        self.inputs.push(Input {
            path: prefixed,
            kind,
            metadata_only,
            max_size,
        });
        self.index
            .insert(self.inputs.len() - 1, |at| &self.inputs[at].path);
        Ok(self.inputs.len() - 1)
    }

    /// The manifest's name: a hash over everything that the build depends on, and the names of its inputs.
    pub fn key(&self) -> Digest {
        if let Some(key) = self.key {
            return key;
        }
        let mut hash = self.hash.clone();
        if self.cache.format == Format::Records {
            // Not before all are known: one that is added twice may have other flags after that.
            for input in &self.inputs {
                hash.raw(&flags_and_path(
                    input.kind,
                    input.metadata_only,
                    &input.path,
                ));
            }
        }
        hash.finish()
    }

    /// Adds all prerequisites of a dependency file (as `cc -MD` writes it).
    pub fn add_dep_file(&mut self, path: &Path) -> Result<(), Error> {
        for file in read_dep_file(path)? {
            self.add_file(&to_path(&file), None)?;
        }
        Ok(())
    }

    /// Whether the build was done before with the same files.
    ///
    /// Waits as long as another process does the same build. After a hit the shared lock is held (unless
    /// `want_shared_lock` is false), after a miss the exclusive one.
    pub fn hit(self) -> Result<Answer<'c>, Error> {
        let cache = self.cache;
        let key = self.key();
        let path = cache.path_of(key);
        let fail = |action| {
            let path = path.clone();
            move |source| Error::Manifest {
                path,
                action,
                source,
            }
        };
        let locked = match LockedFile::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Somebody has cleared the cache.
                create_dir(&cache.dir)?;
                LockedFile::open(&path)
            }
            result => result,
        };
        let mut locked = locked.map_err(fail("open"))?;
        let wait = Wait {
            path: &path,
            notice: self.on_wait,
        };
        locked
            .lock(self.want_shared_lock, wait)
            .map_err(fail("lock"))?;
        let mut clock = Clock::new(&cache.dir);
        loop {
            let text = read_text(locked.file()).map_err(fail("read"))?;
            let verdict = match self.verify(key, text.as_deref(), &mut clock) {
                Err(source) if !self.invalid_is_miss => return Err(Error::Format { path, source }),
                Err(error) => Verdict::Miss {
                    reason: MissReason::Invalid(error),
                    known: Vec::new(),
                    previous: None,
                },
                Ok(verdict) => verdict,
            };
            match verdict {
                Verdict::Hit { listing, refreshed } => {
                    if refreshed && locked.may_write() {
                        write(locked.file(), &listing).map_err(fail("write"))?;
                    }
                    if self.want_shared_lock {
                        locked.downgrade(wait).map_err(fail("lock"))?;
                    }
                    let state = State {
                        cache,
                        key,
                        path,
                        locked,
                        clock,
                        want_shared_lock: self.want_shared_lock,
                        on_wait: self.on_wait,
                    };
                    let input_count = self.inputs.len();
                    return Ok(Answer::Hit(Hit {
                        state,
                        listing,
                        input_count,
                    }));
                }
                // Others may have written it meanwhile.
                Verdict::Miss { .. } if locked.upgrade(wait).map_err(fail("lock"))? => {}
                Verdict::Miss {
                    reason,
                    known,
                    previous,
                } => {
                    let state = State {
                        cache,
                        key,
                        path,
                        locked,
                        clock,
                        want_shared_lock: self.want_shared_lock,
                        on_wait: self.on_wait,
                    };
                    let mut miss = self.miss(state, reason, known)?;
                    miss.previous = previous;
                    return Ok(Answer::Miss(miss));
                }
            }
        }
    }

    fn verify(
        &self,
        key: Digest,
        text: Option<&[u8]>,
        clock: &mut Clock,
    ) -> Result<Verdict, ParseError> {
        let Cache {
            prefixes, format, ..
        } = self.cache;
        let format = *format;
        let text = text.ok_or(ParseError {
            format,
            number: 1,
            kind: ParseErrorKind::TooLong,
        })?;
        if text.is_empty() {
            return Ok(Verdict::Miss {
                reason: MissReason::New,
                known: Vec::new(),
                previous: None,
            });
        }
        let mut listing = match format.parse(text, prefixes.count()) {
            // A format of another time, as far as the format itself goes.
            Err(ParseError {
                kind: ParseErrorKind::Header,
                ..
            }) => {
                return Ok(Verdict::Miss {
                    reason: MissReason::Header,
                    known: Vec::new(),
                    previous: None,
                });
            }
            result => result?,
        };
        for (index, (entry, input)) in listing.entries.iter().zip(&self.inputs).enumerate() {
            if !input.is(entry) {
                return Err(ParseError {
                    format,
                    number: format.number_of(index),
                    kind: ParseErrorKind::OtherInput,
                });
            }
        }
        let mut refreshed = false;
        let mut reason = None;
        let mut known = 0;
        let mut nearby = Nearby::new(prefixes);
        let mut path = PathBuf::new();
        // Of the files behind those that the build is told to read.
        let mut same = Vec::new();
        for (index, entry) in listing.entries.iter_mut().enumerate() {
            let is_input = index < self.inputs.len();
            let is_proved = nearby.proves(entry);
            if !is_proved && !prefixes.locate_in(&entry.path, &mut path) {
                break;
            }
            // The digests of what the build is told to read are wanted in any case. Of others nothing is read
            // any more.
            if reason.is_some() && !is_input {
                if !self.keep_previous {
                    break;
                }
                same.push(is_proved || is_unchanged(&path, entry));
                continue;
            }
            let finding = match is_proved {
                true => Finding::Unchanged,
                false => inspect(&path, entry, format, false, || clock.observe()),
            };
            if let Finding::Unchanged = finding
                && !entry.metadata_only
            {
                known = index + 1;
                if !is_input && self.keep_previous {
                    same.push(true);
                }
                continue;
            }
            let was = entry.clone();
            match &finding {
                // The digest of a stat is nothing to be believed: it is known what it has to be.
                Finding::Unchanged if entry.metadata_only => {
                    entry.digest = metadata_digest(&entry.stat);
                }
                Finding::Unchanged => {}
                Finding::MetadataChanged { found } => {
                    entry.stat = recorded(clock, *found);
                    entry.digest = metadata_digest(&entry.stat);
                }
                Finding::StatChanged { found } => {
                    entry.stat = recorded(clock, *found);
                    refreshed |= entry.stat != was.stat;
                }
                // Of others it is what was recorded that is wanted.
                Finding::ContentChanged { .. } if !is_input => {}
                Finding::ContentChanged { found, digest } => {
                    entry.stat = recorded(clock, *found);
                    entry.digest = *digest;
                }
                Finding::Missing
                | Finding::NotAFile
                | Finding::NotADirectory
                | Finding::Unreadable(_) => {
                    reason.get_or_insert_with(|| MissReason::File {
                        path: path.clone(),
                        expected: was,
                        finding,
                    });
                    if is_input {
                        break;
                    }
                    same.push(false);
                    continue;
                }
            }
            if !is_input {
                same.push(finding.is_same());
            }
            if !finding.is_same() && reason.is_none() {
                reason = Some(MissReason::File {
                    path: path.clone(),
                    expected: was,
                    finding,
                });
            }
            known = index + 1;
        }
        if reason.is_none() && listing.entries.len() < self.inputs.len() {
            reason = Some(MissReason::Incomplete);
        }
        if let (None, Some(dir)) = (&reason, &self.cache.output_dir) {
            let output = dir.join(listing.final_digest(key).to_string());
            if std::fs::symlink_metadata(&output).is_err() {
                reason = Some(MissReason::NoOutput(output));
            }
        }
        Ok(match reason {
            None => Verdict::Hit { listing, refreshed },
            Some(reason) => {
                let inputs = self.inputs.len().min(listing.entries.len());
                let files = listing.entries.split_off(inputs);
                listing.entries.truncate(known);
                let is_whole = self.keep_previous && files.len() == same.len();
                Verdict::Miss {
                    reason,
                    known: listing.entries,
                    previous: is_whole.then_some(Previous { files, same }),
                }
            }
        })
    }

    fn miss(
        self,
        mut state: State<'c>,
        reason: MissReason,
        known: Vec<Entry>,
    ) -> Result<Miss<'c>, Error> {
        // Before anything is read, by us or by whoever does the build now.
        state.clock.observe();
        let mut miss = Miss {
            state,
            files: Vec::with_capacity(self.inputs.len()),
            index: self.index,
            contents: Vec::new(),
            reason: Box::new(reason),
            previous: None,
            dirty: true,
        };
        let mut known = known.into_iter();
        for Input {
            path,
            kind,
            metadata_only,
            max_size,
        } in self.inputs
        {
            let known = known.next();
            let contents = match (known, max_size) {
                (Some(entry), None) => {
                    miss.files.push(entry);
                    None
                }
                (None, None) => {
                    let entry = miss.hash_input(path, kind, metadata_only)?;
                    miss.files.push(entry);
                    None
                }
                (_, Some(max)) => {
                    let (entry, bytes) = miss.read_file(path, max)?;
                    miss.files.push(entry);
                    Some(bytes)
                }
            };
            miss.contents.push(contents);
        }
        Ok(miss)
    }
}

enum Verdict {
    Hit {
        listing: Listing,
        /// Whether a stat is to be recorded anew.
        refreshed: bool,
    },
    Miss {
        reason: MissReason,
        /// The first of the files that the build is told to read, as they are now.
        known: Vec<Entry>,
        previous: Option<Previous>,
    },
}

/// The files that the last build came upon, in the order of the manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previous {
    /// What is recorded of them; if only the stat of one is another, its stat now.
    pub files: Vec<Entry>,
    /// Of each, whether it is what was recorded. From the first that is not, one of which the stat alone is
    /// another counts as changed too.
    pub same: Vec<bool>,
}

/// Whether a build was done before.
#[derive(Debug)]
pub enum Answer<'c> {
    /// It was.
    Hit(Hit<'c>),
    /// It was not, or not with these files.
    Miss(Miss<'c>),
}

/// Why a manifest is a miss.
#[derive(Debug)]
#[non_exhaustive]
pub enum MissReason {
    /// There was none, or a build was begun that never ended well.
    New,
    /// Its first line is that of another format.
    Header,
    /// It does not parse.
    Invalid(ParseError),
    /// It lacks files that the build is told to read.
    Incomplete,
    /// A file is not what it was. It is the first such.
    File {
        /// Where it is.
        path: PathBuf,
        /// What is recorded.
        expected: Entry,
        /// What was found.
        finding: Finding,
    },
    /// All files are what they were, but the output is not there.
    NoOutput(PathBuf),
    /// [`Hit::unhit`].
    Unhit,
}

#[derive(Debug)]
struct State<'c> {
    cache: &'c Cache,
    key: Digest,
    path: PathBuf,
    locked: LockedFile,
    clock: Clock,
    want_shared_lock: bool,
    on_wait: OnWait<'c>,
}

impl State<'_> {
    fn upgrade(&mut self) -> Result<bool, Error> {
        let wait = Wait {
            path: &self.path,
            notice: self.on_wait,
        };
        let result = self.locked.upgrade(wait);
        result.map_err(self.fail("lock"))
    }

    fn downgrade(&mut self) -> Result<(), Error> {
        let wait = Wait {
            path: &self.path,
            notice: self.on_wait,
        };
        let result = self.locked.downgrade(wait);
        result.map_err(self.fail("lock"))
    }

    fn fail(&self, action: &'static str) -> impl FnOnce(io::Error) -> Error + use<> {
        let path = self.path.clone();
        move |source| Error::Manifest {
            path,
            action,
            source,
        }
    }
}

/// The build was done before with the same files. The lock is held as long as this lives.
#[derive(Debug)]
pub struct Hit<'c> {
    state: State<'c>,
    listing: Listing,
    input_count: usize,
}

impl<'c> Hit<'c> {
    /// The manifest's key: its name.
    pub fn key(&self) -> Digest {
        self.state.key
    }

    /// The manifest's file.
    pub fn path(&self) -> &Path {
        &self.state.path
    }

    /// All files of the build, with their present stats.
    pub fn files(&self) -> &[Entry] {
        &self.listing.entries
    }

    /// The name of the build's output.
    pub fn final_digest(&self) -> Digest {
        self.listing.final_digest(self.state.key)
    }

    /// Takes the hit for a miss after all, because the output is of no use. Only what the build is told to
    /// read stays.
    pub fn unhit(mut self) -> Result<Miss<'c>, Error> {
        self.state.upgrade()?;
        self.state.clock.observe();
        let mut files = self.listing.entries;
        let previous = files.split_off(self.input_count.min(files.len()));
        Ok(Miss {
            index: Index::of(files.len(), |at| &files[at].path),
            contents: Vec::new(),
            files,
            state: self.state,
            reason: Box::new(MissReason::Unhit),
            previous: Some(Previous {
                same: vec![true; previous.len()],
                files: previous,
            }),
            dirty: true,
        })
    }

    /// Only the lock.
    pub fn into_lock(self) -> Lock {
        self.state.locked.into_lock()
    }
}

/// The build is to be done. The exclusive lock is held as long as this lives: others that want the same wait.
#[derive(Debug)]
pub struct Miss<'c> {
    state: State<'c>,
    files: Vec<Entry>,
    index: Index,
    contents: Vec<Option<Vec<u8>>>,
    /// Boxed, as it would make an [`Answer`] much larger than a hit needs.
    reason: Box<MissReason>,
    previous: Option<Previous>,
    dirty: bool,
}

impl Miss<'_> {
    /// The manifest's key: its name.
    pub fn key(&self) -> Digest {
        self.state.key
    }

    /// The manifest's file.
    pub fn path(&self) -> &Path {
        &self.state.path
    }

    /// Why.
    pub fn reason(&self) -> &MissReason {
        &self.reason
    }

    /// All files added so far.
    pub fn files(&self) -> &[Entry] {
        &self.files
    }

    /// The files that the last build came upon, if that was wanted ([`Manifest::keep_previous`]) and the
    /// manifest is one of its format. After [`Hit::unhit`] all of them are the same.
    pub fn take_previous(&mut self) -> Option<Previous> {
        self.previous.take()
    }

    /// Adds all files that the last build came upon again, of which those in `changed` have another digest
    /// now: each with its position, the digest, and its stat from before it was read.
    pub fn add_previous(&mut self, files: Vec<Entry>, changed: &[(usize, Digest, Stat)]) {
        let first = self.files.len();
        self.files.extend(files);
        for &(position, digest, stat) in changed {
            if let Some(entry) = self.files.get_mut(first + position) {
                entry.digest = digest;
                entry.stat = recorded(&self.state.clock, stat);
            }
        }
        let files = &self.files;
        self.index = Index::of(files.len(), |at| &files[at].path);
        self.dirty = true;
    }

    /// Makes room for so many files more.
    pub fn reserve(&mut self, count: usize) {
        self.files.reserve(count);
        let files = &self.files;
        self.index.reserve(count, |at| &files[at].path);
    }

    /// The content of a file that was added with a size by [`Manifest::add_file`], which returned `index`.
    pub fn contents(&self, index: usize) -> Option<&[u8]> {
        self.contents.get(index)?.as_deref()
    }

    /// Adds a file that the build came upon, with the content it has now. Adding it again changes nothing.
    pub fn add_file_post(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(path) = self.unknown(path)? {
            let entry = self.hash_file(path)?;
            self.push(entry);
        }
        Ok(())
    }

    /// Adds a file or directory that the build came upon, as it is now. With `metadata_only` its stat counts
    /// and not its content. Only records have directories and bare metadata.
    pub fn add_input_post(
        &mut self,
        path: &Path,
        kind: Kind,
        metadata_only: bool,
    ) -> Result<(), Error> {
        let cache = self.state.cache;
        let prefixed = cache.prefixed(path, kind, metadata_only)?;
        match self.position(&prefixed) {
            None => {
                let entry = self.hash_input(prefixed, kind, metadata_only)?;
                self.push(entry);
            }
            Some(index) if self.files[index].kind != kind => {
                return Err(Error::BothKinds { path: path.into() });
            }
            Some(index) if self.files[index].metadata_only && !metadata_only => {
                self.files[index] = self.hash_input(prefixed, kind, false)?;
                self.dirty = true;
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The same, and returns the content.
    pub fn add_file_post_fetch(&mut self, path: &Path, max_size: u64) -> Result<Vec<u8>, Error> {
        let prefixed = self.state.cache.prefixed(path, Kind::File, false)?;
        let (entry, bytes) = self.read_file(prefixed, max_size)?;
        match self.position(&entry.path) {
            Some(index) if self.files[index].digest != entry.digest => {
                Err(Error::Changed { path: path.into() })
            }
            Some(_) => Ok(bytes),
            None => {
                self.push(entry);
                Ok(bytes)
            }
        }
    }

    /// Adds a file whose content was read already, after [`Manifest::hit`], and its stat from before it was
    /// read.
    pub fn add_file_post_contents(
        &mut self,
        path: &Path,
        bytes: &[u8],
        stat: Stat,
    ) -> Result<(), Error> {
        let digest = self.state.cache.format.hash_contents(bytes);
        self.add_file_post_digest(path, digest, stat)
    }

    /// The same with the content's digest ([`Format::hash_contents`]), which other threads can have made.
    pub fn add_file_post_digest(
        &mut self,
        path: &Path,
        digest: Digest,
        stat: Stat,
    ) -> Result<(), Error> {
        if let Some(path) = self.unknown(path)? {
            let stat = recorded(&self.state.clock, stat);
            self.push(Entry {
                path,
                kind: Kind::File,
                metadata_only: false,
                stat,
                digest,
            });
        }
        Ok(())
    }

    /// Adds a file of which the build knows its stat but not its content, as it used something made out of it
    /// before.
    ///
    /// The file is read now. If it could have changed since the build relied on it, that is
    /// [`Error::Changed`]: no manifest must be written then.
    pub fn add_file_post_unchanged(&mut self, path: &Path, used: Stat) -> Result<(), Error> {
        let Some(prefixed) = self.unknown(path)? else {
            return Ok(());
        };
        let entry = self.hash_file(prefixed)?;
        self.push_unchanged(path, entry, used)
    }

    /// The same with what [`hash_file`](crate::hash_file) said of the opened file, and the stat it had before
    /// that.
    pub fn add_file_post_unchanged_digest(
        &mut self,
        path: &Path,
        digest: Digest,
        stat: Stat,
        used: Stat,
    ) -> Result<(), Error> {
        let Some(prefixed) = self.unknown(path)? else {
            return Ok(());
        };
        self.push_unchanged(
            path,
            Entry {
                path: prefixed,
                kind: Kind::File,
                metadata_only: false,
                stat: recorded(&self.state.clock, stat),
                digest,
            },
            used,
        )
    }

    fn push_unchanged(&mut self, path: &Path, entry: Entry, used: Stat) -> Result<(), Error> {
        if !entry.stat.proves(&used) {
            return Err(Error::Changed { path: path.into() });
        }
        self.push(entry);
        Ok(())
    }

    /// Adds all prerequisites of a dependency file, as `cc -MD` writes it and `zirc check --depfile`: what a
    /// program that was started says it has read.
    ///
    /// ```no_run
    /// # fn f(mut miss: manifest::Miss<'_>) -> Result<(), Box<dyn std::error::Error>> {
    /// std::process::Command::new("cc").args(["-MD", "-MF", "a.d", "-c", "a.c"]).status()?;
    /// miss.add_dep_file_post("a.d".as_ref())?;
    /// miss.write_manifest()?;
    /// # Ok(()) }
    /// ```
    pub fn add_dep_file_post(&mut self, path: &Path) -> Result<(), Error> {
        read_dep_file(path)?
            .iter()
            .try_for_each(|file| self.add_file_post(&to_path(file)))
    }

    /// The name of the build's output, once all files are added.
    pub fn final_digest(&self) -> Digest {
        final_digest(self.state.cache.format, self.state.key, &self.files)
    }

    /// Writes the manifest. After that the shared lock is held, if that was wanted, and others can use the
    /// output, which must be in its place by now.
    pub fn write_manifest(&mut self) -> Result<(), Error> {
        if self.dirty {
            if !self.state.locked.may_write() && self.state.locked.is_exclusive() {
                return Err(self.state.fail("write")(
                    io::ErrorKind::PermissionDenied.into(),
                ));
            }
            // Files added after a first call: the lock was given up for a shared one.
            self.state.upgrade()?;
            if self.state.clock.ran_backwards() {
                for file in &mut self.files {
                    file.stat = file.stat.distrusted();
                }
            }
            let listing = Listing {
                format: self.state.cache.format,
                entries: std::mem::take(&mut self.files),
            };
            let written = write(self.state.locked.file(), &listing);
            self.files = listing.entries;
            written.map_err(self.state.fail("write"))?;
            self.dirty = false;
        }
        if self.state.want_shared_lock {
            self.state.downgrade()?;
        }
        Ok(())
    }

    /// Only the lock.
    pub fn into_lock(self) -> Lock {
        self.state.locked.into_lock()
    }

    fn unknown(&self, path: &Path) -> Result<Option<PrefixedPath>, Error> {
        let path = self.state.cache.prefixed(path, Kind::File, false)?;
        Ok(self.position(&path).is_none().then_some(path))
    }

    fn position(&self, path: &PrefixedPath) -> Option<usize> {
        self.index.get(path, |at| &self.files[at].path)
    }

    fn push(&mut self, entry: Entry) {
        self.files.push(entry);
        self.index
            .insert(self.files.len() - 1, |at| &self.files[at].path);
        self.dirty = true;
    }

    fn locate(&self, path: &PrefixedPath) -> PathBuf {
        // Its number came from the same prefixes.
        self.state.cache.prefixes.locate(path).unwrap_or_default()
    }

    fn hash_file(&self, path: PrefixedPath) -> Result<Entry, Error> {
        self.hash_input(path, Kind::File, false)
    }

    fn hash_input(
        &self,
        path: PrefixedPath,
        kind: Kind,
        metadata_only: bool,
    ) -> Result<Entry, Error> {
        let at = self.locate(&path);
        let recorded = |stat| recorded(&self.state.clock, stat);
        let found = match metadata_only {
            true => inspect::stat(&at, kind).map(|stat| {
                let stat = recorded(stat);
                (stat, metadata_digest(&stat))
            }),
            false => inspect::hash(&at, kind, self.state.cache.format)
                .map(|(stat, digest)| (recorded(stat), digest)),
        };
        let (stat, digest) = found.map_err(|source| Error::File { path: at, source })?;
        Ok(Entry {
            path,
            kind,
            metadata_only,
            stat,
            digest,
        })
    }

    fn read_file(&self, path: PrefixedPath, max: u64) -> Result<(Entry, Vec<u8>), Error> {
        let at = self.locate(&path);
        let read = inspect::read(&at, max).map_err(|source| Error::File {
            path: at.clone(),
            source,
        })?;
        let (bytes, stat) = read.ok_or(Error::FileTooBig { path: at, max })?;
        let stat = recorded(&self.state.clock, stat);
        Ok((
            Entry {
                path,
                kind: Kind::File,
                metadata_only: false,
                stat,
                digest: self.state.cache.format.hash_contents(&bytes),
            },
            bytes,
        ))
    }
}

fn write(mut file: &File, listing: &Listing) -> io::Result<()> {
    let text = listing.to_bytes();
    let mut attempt = || {
        // Cut off first: who dies in between leaves a part of the new text and nothing of the old. Not down
        // to nothing: some file systems write a file that was emptied to the disk when it is closed, which
        // takes long.
        let kept = match listing.format {
            Format::Lines => 1,
            // One byte can be a manifest without inputs.
            Format::Records => 0,
        };
        if file.metadata()?.len() > kept {
            file.set_len(kept)?;
        }
        file.rewind()?;
        file.write_all(&text)
    };
    let result = attempt();
    if result.is_err() {
        // An empty one is a miss. If that fails too, the part that was written is not taken for a whole.
        let _ = file.set_len(0);
    }
    result
}

fn read_dep_file(path: &Path) -> Result<Vec<Vec<u8>>, Error> {
    let read = inspect::read(path, MAX_MANIFEST_LEN).map_err(|source| Error::File {
        path: path.into(),
        source,
    })?;
    let (text, _) = read.ok_or(Error::FileTooBig {
        path: path.into(),
        max: MAX_MANIFEST_LEN,
    })?;
    prerequisites(&text).map_err(|source| Error::DepFile {
        path: path.into(),
        source,
    })
}
