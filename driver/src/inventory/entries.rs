//! What an entry in `z/` is, by its bytes alone. Its name tells nothing.

use std::io;
use std::path::Path;

use cache_store::file::{look_in_cache, read_at};
use cache_store::limits::MAX_HEADER_LEN;
use cache_store::{CacheableIr, TRAILER_TAG_END, trailer_tag_in};
use release::Release;
use zir::Zir;
use zoir::Zoir;

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum EntryLook {
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
    let file = look_in_cache(path)?;
    let len = file.metadata()?.len();
    if len == 0 {
        return Ok(EntryLook::Empty);
    }
    let mut header = [0; MAX_HEADER_LEN];
    let read = read_at(&file, &mut header, 0)?;
    let ends = [
        end_of::<Zir>(&header[..read]).map(|end| (end, tag_of::<Zir> as fn(_) -> _)),
        end_of::<Zoir>(&header[..read]).map(|end| (end, tag_of::<Zoir> as fn(_) -> _)),
    ];
    let mut look = EntryLook::Cut;
    for (end, tag) in ends.into_iter().flatten().filter(|(end, _)| *end <= len) {
        look = EntryLook::Reference;
        let mut behind = [0; TRAILER_TAG_END];
        let read = read_at(&file, &mut behind, end)?;
        if let Some(found) = trailer_tag_in(&behind[..read]) {
            let release = Release::ALL.iter().find(|&&release| tag(release) == found);
            return Ok(EntryLook::Ours(release.copied()));
        }
    }
    Ok(look)
}

/// Where the body ends, if it is an IR of this kind.
fn end_of<I: CacheableIr>(header: &[u8]) -> Option<u64> {
    let header = I::decode_header(header.get(..I::HEADER_LEN)?)?;
    header.body_len.checked_add(I::HEADER_LEN as u64)
}

fn tag_of<I: CacheableIr>(release: Release) -> [u8; 8] {
    I::trailer_tag(release)
}
