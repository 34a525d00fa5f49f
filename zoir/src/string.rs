//! Strings that end at a NUL.

/// The string that starts there, without its NUL; none where it starts or ends out of bounds.
pub(crate) fn string_at(string_bytes: &[u8], start: u32) -> Option<&[u8]> {
    until_nul(string_bytes.get(start as usize..)?)
}

/// What precedes the first NUL. Most strings are short: a word at a time is quick enough, and starts quickly.
fn until_nul(bytes: &[u8]) -> Option<&[u8]> {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let nuls = word.wrapping_sub(ONES) & !word & HIGHEST;
        if nuls != 0 {
            // Above the first one there may be false ones.
            return bytes.get(..at + nuls.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    at += rest.iter().position(|&byte| byte == 0)?;
    bytes.get(..at)
}
