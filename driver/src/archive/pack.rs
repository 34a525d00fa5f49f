//! Writing an archive.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use cache_store::file::{Metadata, Mode, is_executable, lock, look_in_cache};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};
use walkdir::WalkDir;

use super::member::{END, Member, PROJECT, with_slashes};
use super::used::{Body, Used};
use crate::environment::layout::Kind;
use crate::{Error, paths};

/// What is in an archive.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Packed {
    /// By kind: how many things, files and bytes.
    pub(crate) kinds: Vec<(Kind, Count)>,
    /// Length of the archive's file; 0 if none was written.
    pub(crate) archive_len: u64,
}

/// How much there is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Count {
    pub(crate) things: u64,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

impl Packed {
    /// What counts for a kind.
    pub(super) fn of(&mut self, kind: Kind) -> &mut Count {
        let at = match self.kinds.iter().position(|(it, _)| *it == kind) {
            Some(at) => at,
            None => {
                self.kinds.push((kind, Count::default()));
                self.kinds.len() - 1
            }
        };
        &mut self.kinds[at].1
    }

    /// All of it.
    pub(crate) fn total(&self) -> Count {
        let mut total = Count::default();
        for (_, count) in &self.kinds {
            total.things += count.things;
            total.files += count.files;
            total.bytes += count.bytes;
        }
        total
    }
}

/// Writes what is used to a file, which takes its place when it is whole. With `to` being `None` it is only
/// counted. `looked_at` is told of files.
///
/// # Errors
/// If something cannot be read or written, or was changed meanwhile.
pub(crate) fn pack(
    used: &Used,
    to: Option<&Path>,
    looked_at: &dyn Fn(u64),
) -> Result<Packed, Error> {
    let Some(to) = to else {
        return write(used, io::sink(), looked_at).map(|(packed, _)| packed);
    };
    let fail = |error| Error::path("write the archive", to, error);
    // Neither a device nor what a link leads to is replaced.
    if to.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        return Err(fail(io::Error::other("it is no regular file")));
    }
    let parent = match to.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let beside = tempfile::Builder::new()
        .prefix(".zirc-pack-")
        .tempdir_in(parent)
        .map_err(fail)?;
    let path = beside.path().join("archive");
    let file = File::create_new(&path).map_err(fail)?;
    let gz = GzEncoder::new(BufWriter::new(file), Compression::default());
    let (mut packed, gz) = write(used, gz, looked_at)?;
    let file = gz.finish().map_err(fail)?;
    let file = file
        .into_inner()
        .map_err(|error| fail(error.into_error()))?;
    packed.archive_len = file.metadata().map_err(fail)?.len();
    drop(file);
    fs::rename(&path, to).map_err(fail)?;
    Ok(packed)
}

fn write<W: Write>(used: &Used, out: W, looked_at: &dyn Fn(u64)) -> Result<(Packed, W), Error> {
    let mut writer = Writer {
        tar: Builder::new(out),
        digest: blake3::Hasher::new(),
        packed: Packed::default(),
    };
    let project = paths::bytes(&used.project);
    let fail = |error| Error::path("write the archive", Path::new("."), error);
    hash_name(
        &mut writer.digest,
        What::File,
        PROJECT,
        project.len() as u64,
    );
    writer.digest.update(project);
    append(
        &mut writer.tar,
        PROJECT,
        project.len() as u64,
        false,
        project,
    )
    .map_err(fail)?;
    for (member, body) in &used.members {
        let name = member.path();
        writer.packed.of(member.kind).things += 1;
        let fail = |path: &Path, error| Error::path("pack", path, error);
        match body {
            Body::Bytes(bytes) => {
                let mut all = &bytes[..];
                writer
                    .file(member, &name, all.len() as u64, false, &mut all)
                    .map_err(|error| fail(&paths::from_bytes(&name), error))?;
                looked_at(1);
            }
            Body::At(top) => {
                for entry in WalkDir::new(top).follow_links(false).sort_by_file_name() {
                    let entry = entry.map_err(|error| fail(top, io::Error::from(error)))?;
                    let path = entry.path();
                    let below = path.strip_prefix(top).unwrap_or(Path::new(""));
                    let name = match paths::bytes(below) {
                        [] => name.clone(),
                        below => [&name[..], &with_slashes(below)].join(&b'/'),
                    };
                    let done = match entry.file_type().is_dir() {
                        true => writer.dir(&name),
                        false => writer.copy(member, &name, path),
                    };
                    done.map_err(|error| fail(path, error))?;
                    looked_at(1);
                }
            }
        }
    }
    let digest = format!("{}\n", writer.digest.finalize());
    let Writer {
        mut tar, packed, ..
    } = writer;
    append(&mut tar, END, digest.len() as u64, false, digest.as_bytes()).map_err(fail)?;
    Ok((packed, tar.into_inner().map_err(fail)?))
}

struct Writer<W: Write> {
    tar: Builder<W>,
    digest: blake3::Hasher,
    packed: Packed,
}

impl<W: Write> Writer<W> {
    fn dir(&mut self, name: &[u8]) -> io::Result<()> {
        hash_name(&mut self.digest, What::Dir, name, 0);
        let mut header = header(EntryType::Directory, 0, true);
        self.tar
            .append_data(&mut header, paths::from_bytes(name), io::empty())
    }

    fn copy(&mut self, member: &Member, name: &[u8], path: &Path) -> io::Result<()> {
        let file = look_in_cache(path)?;
        if member.kind == Kind::Entries {
            // Nobody writes to it now. Where there are no locks nobody waits for us either.
            let _ = lock(&file, Mode::Shared, &mut || {});
        }
        let metadata = Metadata::of(&file)?;
        let is_executable = is_executable(&metadata);
        self.file(member, name, metadata.len(), is_executable, &mut &file)
    }

    fn file(
        &mut self,
        member: &Member,
        name: &[u8],
        len: u64,
        is_executable: bool,
        from: &mut dyn Read,
    ) -> io::Result<()> {
        let what = match is_executable {
            true => What::Program,
            false => What::File,
        };
        hash_name(&mut self.digest, what, name, len);
        let mut hashed = Hashed {
            from: from.take(len),
            digest: &mut self.digest,
            read: 0,
        };
        append(&mut self.tar, name, len, is_executable, &mut hashed)?;
        if hashed.read != len {
            return Err(io::Error::other("it was changed while it was read"));
        }
        let count = self.packed.of(member.kind);
        count.files += 1;
        count.bytes += len;
        Ok(())
    }
}

fn append<W: Write>(
    tar: &mut Builder<W>,
    name: &[u8],
    len: u64,
    is_executable: bool,
    from: impl Read,
) -> io::Result<()> {
    let mut header = header(EntryType::Regular, len, is_executable);
    tar.append_data(&mut header, paths::from_bytes(name), from)
}

/// A header of which nothing depends on where and when it was made.
fn header(entry_type: EntryType, len: u64, is_executable: bool) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(entry_type);
    header.set_size(len);
    header.set_mode(if is_executable { 0o755 } else { 0o644 });
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// What a name in an archive is.
#[derive(Clone, Copy)]
pub(super) enum What {
    Dir,
    File,
    Program,
}

/// What the digest has of a file before its content.
pub(super) fn hash_name(digest: &mut blake3::Hasher, what: What, name: &[u8], len: u64) {
    digest.update(&[what as u8]);
    digest.update(&(name.len() as u64).to_le_bytes());
    digest.update(name);
    digest.update(&len.to_le_bytes());
}

/// What is read, as it is hashed.
pub(super) struct Hashed<'d, R> {
    pub(super) from: R,
    pub(super) digest: &'d mut blake3::Hasher,
    /// Bytes so far.
    pub(super) read: u64,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.read += read as u64;
        Ok(read)
    }
}
