//! Classes of bytes, and runs of them, sixteen bytes at a time.
//!
//! That takes one branch where a loop over bytes takes sixteen, the last of which is guessed wrong once a
//! run. A class is all ones in the place of each byte that is in it.

use wide::u8x16;

const LANES: usize = 16;

/// Bytes that are looked at together where a bit is to tell of each: as many as a mask has bits.
pub(crate) const BLOCK: usize = 64;

/// Those that are `byte`.
#[inline(always)]
pub(crate) fn equal(bytes: u8x16, byte: u8) -> u8x16 {
    bytes.simd_eq(u8x16::splat(byte))
}

#[inline(always)]
fn between(bytes: u8x16, first: u8, last: u8) -> u8x16 {
    (bytes - u8x16::splat(first)).simd_lt(u8x16::splat(last - first + 1))
}

/// Those that may be part of a name.
#[inline(always)]
pub(crate) fn names(bytes: u8x16) -> u8x16 {
    let letters = between(bytes | u8x16::splat(0x20), b'a', b'z');
    letters | between(bytes, b'0', b'9') | equal(bytes, b'_')
}

/// Whether `byte` may be part of a name.
#[inline]
pub(crate) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// White space.
#[inline(always)]
pub(crate) fn spaces(bytes: u8x16) -> u8x16 {
    between(bytes, b'\t', b'\n') | equal(bytes, b'\r') | equal(bytes, b' ')
}

/// Control characters.
#[inline(always)]
pub(crate) fn controls(bytes: u8x16) -> u8x16 {
    between(bytes, 0, 0x1f) | equal(bytes, 0x7f)
}

/// First offset from `index` on of a byte in a class. NULs, which must be in it, follow the end of the text.
#[inline(always)]
pub(crate) fn find(source: &[u8], index: usize, class: impl Fn(u8x16) -> u8x16) -> usize {
    let mut i = index;
    loop {
        let found = class(load(source, i)).to_bitmask();
        if found != 0 {
            return i + found.trailing_zeros() as usize;
        }
        i += LANES;
    }
}

/// The bytes from `index` on, NULs past the end.
#[inline(always)]
fn load(source: &[u8], index: usize) -> u8x16 {
    match source.get(index..).and_then(|rest| rest.first_chunk()) {
        Some(&bytes) => u8x16::new(bytes),
        None => load_last(source, index),
    }
}

#[cold]
fn load_last(source: &[u8], index: usize) -> u8x16 {
    let mut bytes = [0; LANES];
    for (to, from) in bytes
        .iter_mut()
        .zip(source.get(index..).unwrap_or_default())
    {
        *to = *from;
    }
    u8x16::new(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every byte at every place, among bytes that must not disturb it.
    #[test]
    fn classes_have_what_they_say() {
        for byte in 0..=255u8 {
            for place in 0..LANES {
                for filler in [0u8, b' ', b'a', b'_', 0x7f, 0x80, 0xff] {
                    let mut bytes = [filler; LANES];
                    bytes[place] = byte;
                    let bytes = u8x16::new(bytes);
                    let has = |class: u8x16| class.to_bitmask() >> place & 1 != 0;
                    let message = format!("{byte} at {place} in {filler}");
                    assert_eq!(has(names(bytes)), is_name(byte), "{message}");
                    assert_eq!(has(controls(bytes)), byte.is_ascii_control(), "{message}");
                    let is_space = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
                    assert_eq!(has(spaces(bytes)), is_space, "{message}");
                    assert_eq!(has(equal(bytes, b'a')), byte == b'a', "{message}");
                }
            }
        }
    }

    #[test]
    fn runs_end_where_they_should_at_any_length() {
        for len in 0..70 {
            for tail in [&b""[..], b"\n", b"\n    x"] {
                let name = [&vec![b'x'; len][..], tail].concat();
                assert_eq!(find(&name, 0, |bytes| !names(bytes)), len);
                assert_eq!(find(&name, 0, controls), len);
                let end = len + tail.len();
                assert_eq!(find(&name, end, controls), end);
            }
        }
    }
}
