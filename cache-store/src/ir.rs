//! What the store needs to know of an IR.

use release::Release;

use crate::file::Stat;

/// What a header says.
#[derive(Clone, Copy, Debug)]
pub struct Header<L> {
    /// The source's stat when the entry was written.
    pub stat: Stat,
    /// The sum of the sections' lengths in bytes. The lengths are 32 bits wide and few, so this does
    /// not overflow.
    pub body_len: u64,
    /// The sections' lengths, for [`CacheableIr::view`].
    pub lengths: L,
}

/// An IR that can be kept in a [`Store`](crate::Store).
///
/// An entry is `HEADER_LEN` bytes of header, then the sections without padding between them. An
/// implementor says how the header is laid out, what the sections are, and how bytes are
/// looked at as IR without copying them.
///
/// Bytes handed to [`view`](Self::view), [`validate`](Self::validate) and
/// [`view_summary`](Self::view_summary) may come from anywhere. With any bytes at all those three must
/// not panic and must end.
pub trait CacheableIr: Sized {
    /// Length of the header; at most [`MAX_HEADER_LEN`](crate::limits::MAX_HEADER_LEN).
    const HEADER_LEN: usize;

    /// Names kind, release and version of the IR and of its summary. It stands in the trailer; an entry of
    /// ours with another tag is generated anew. Change it whenever the summary's layout changes, or the same
    /// source gives another IR than before (a defect of the lowering was mended).
    fn trailer_tag(release: Release) -> [u8; 8];

    /// The lengths of the sections, as decoded from a header.
    type Lengths: Copy;

    /// The IR borrowed from the bytes of a body.
    type View<'a>;

    /// Writes the header of `self` with `stat` in it. `out` is `HEADER_LEN` zero bytes.
    fn encode_header(&self, stat: &Stat, out: &mut [u8]);

    /// Reads a header of `HEADER_LEN` bytes. `None` when it cannot be one. Padding should not
    /// be looked at: the reference need not have written it.
    fn decode_header(header: &[u8]) -> Option<Header<Self::Lengths>>;

    /// Replaces the stat in an encoded header of `HEADER_LEN` bytes, and nothing else.
    fn set_stat(header: &mut [u8], stat: &Stat);

    /// Appends the sections in file order. Their total must be the `body_len` that the header of `self`
    /// decodes to.
    fn sections<'a>(&'a self, out: &mut Vec<&'a [u8]>);

    /// Slices a body of `release` of exactly `body_len` bytes into sections. It must depend on these and on
    /// the length of `body` only (deep checks belong into [`validate`](Self::validate)), and be cheap. `None`
    /// when the length does not fit.
    fn view<'a>(
        release: Release,
        lengths: &Self::Lengths,
        body: &'a [u8],
    ) -> Option<Self::View<'a>>;

    /// Whether the arrays are consistent: tags known, indices in bounds. Asked of a body without a
    /// checksum before it is believed. It should take time linear in the body at most.
    fn validate(view: &Self::View<'_>) -> bool;

    /// Appends the summary of `self`: what a user of the store needs when it does not need the body
    /// (imports, whether there are errors). At most
    /// [`MAX_SUMMARY_LEN`](crate::limits::MAX_SUMMARY_LEN) bytes; what is longer is not written, and
    /// the entry will be read through its body. The layout is the implementor's own.
    fn summary(&self, out: &mut Vec<u8>);

    /// Appends the summary of a borrowed IR: the bytes that [`summary`](Self::summary) gives for the same IR.
    fn view_summary(view: &Self::View<'_>, out: &mut Vec<u8>);
}

/// A [`CacheableIr::trailer_tag`]: the kind of IR, minor version and patch of the release, and a letter for
/// the version of what is ours.
pub fn trailer_tag(kind: &[u8; 3], release: Release, version: u8) -> [u8; 8] {
    let [_, minor, patch] = release.version();
    let digit = |number: u32| b'0' + (number % 10) as u8;
    let [a, b, c] = *kind;
    [
        a,
        b,
        c,
        digit(minor / 10),
        digit(minor),
        b'.',
        digit(patch),
        version,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_name_the_release() {
        assert_eq!(trailer_tag(b"zir", Release::V0_14_1, b'a'), *b"zir14.1a");
        let mut tags: Vec<_> = Release::ALL
            .iter()
            .map(|&release| trailer_tag(b"zir", release, b'a'))
            .collect();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), Release::ALL.len());
    }
}
