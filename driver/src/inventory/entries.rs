//! What an entry in `z/` is, by its bytes alone. Its name tells nothing.

use std::io;
use std::path::Path;

use cache_store::file::{look_in_cache, read_at};
use cache_store::limits::MAX_HEADER_LEN;
use cache_store::{CacheableIr, Stat, TRAILER_SOURCE_END, trailer_source_in, trailer_tag_in};
use release::Release;
use zir::Zir;
use zoir::Zoir;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EntryLook {
    /// Nothing was written to it: whoever made it has failed, or is at it.
    Empty,
    /// It has a trailer of ours, for this release if it is one that is known.
    Ours(Option<Release>),
    /// It has none, and all of what its header speaks of: the reference wrote it, whichever release.
    Reference,
    /// It has less than its header speaks of.
    Cut,
}

/// Looks at header and trailer of an entry.
///
/// # Errors
/// If it cannot be read, or is no regular file.
pub(super) fn look(path: &Path) -> io::Result<EntryLook> {
    source_of(path).map(|source| source.look)
}

/// What an entry says of the source that it was made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct EntrySource {
    /// What it is.
    pub(crate) look: EntryLook,
    /// The source's stat as it stands in the header: for each kind of IR that the entry may be.
    pub(crate) stats: Vec<Stat>,
    /// The source's digest, if the trailer of ours has one.
    pub(crate) digest: Option<[u8; 16]>,
}

/// Looks at header and trailer of an entry for what tells of its source.
///
/// # Errors
/// If it cannot be read, or is no regular file.
pub(crate) fn source_of(path: &Path) -> io::Result<EntrySource> {
    let file = look_in_cache(path)?;
    let mut found = EntrySource {
        look: EntryLook::Empty,
        stats: Vec::new(),
        digest: None,
    };
    let len = file.metadata()?.len();
    if len == 0 {
        return Ok(found);
    }
    let mut header = [0; MAX_HEADER_LEN];
    let read = read_at(&file, &mut header, 0)?;
    let headers = [
        header_of::<Zir>(&header[..read]).map(|it| (it, tag_of::<Zir> as fn(_) -> _)),
        header_of::<Zoir>(&header[..read]).map(|it| (it, tag_of::<Zoir> as fn(_) -> _)),
    ];
    found.look = EntryLook::Cut;
    for ((stat, end), tag) in headers.into_iter().flatten() {
        if end > len {
            continue;
        }
        let mut behind = [0; TRAILER_SOURCE_END];
        let read = read_at(&file, &mut behind, end)?;
        if let Some(trailer_tag) = trailer_tag_in(&behind[..read]) {
            let digest = trailer_source_in(&behind[..read]);
            // One of an earlier layout is good for no release.
            let release = digest.and_then(|_| {
                let mut known = Release::ALL.iter().copied();
                known.find(|&release| tag(release) == trailer_tag)
            });
            return Ok(EntrySource {
                look: EntryLook::Ours(release),
                stats: vec![stat],
                digest,
            });
        }
        found.look = EntryLook::Reference;
        found.stats.push(stat);
    }
    Ok(found)
}

/// The stat of the source, and where the body ends, if it is an IR of this kind.
fn header_of<I: CacheableIr>(header: &[u8]) -> Option<(Stat, u64)> {
    let header = I::decode_header(header.get(..I::HEADER_LEN)?)?;
    let end = header.body_len.checked_add(I::HEADER_LEN as u64)?;
    Some((header.stat, end))
}

fn tag_of<I: CacheableIr>(release: Release) -> [u8; 8] {
    I::trailer_tag(release)
}
