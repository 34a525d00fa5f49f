//! The text of a manifest as the reference reads it. It takes more than it writes: several spaces, signs and
//! underscores in numbers. What it does not take ends a build with an error, where anything else that is
//! wrong is a miss.
//!
//! It takes a last line without its newline as well; but that was cut, and if its path was, the file is not
//! the input that belongs there, which is the same error. It counts as not taken.

use manifest::limits::MAX_MANIFEST_LEN;
use manifest::{Digest, Entry, Kind, PrefixedPath, Stat};

/// How many directories the reference numbers in the text.
const PREFIX_COUNT: u8 = 4;

/// What the reference makes of a text.
#[derive(Debug)]
pub(super) enum Read {
    /// It begins otherwise: a miss.
    Other,
    /// Its lines.
    Lines {
        /// Those before the one that it does not take.
        entries: Vec<Entry>,
        /// Whether there is such a one. The reference looks at files as it reads, so that a file before it
        /// that is gone is a miss, and the line is never seen.
        is_refused: bool,
    },
}

/// Reads a text that is not empty.
pub(super) fn read(text: &[u8]) -> Read {
    if text.len() as u64 > MAX_MANIFEST_LEN {
        return Read::Lines {
            entries: Vec::new(),
            is_refused: true,
        };
    }
    let mut lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    if lines.next() != Some(b"0") {
        return Read::Other;
    }
    let mut entries = Vec::new();
    let is_whole = text.ends_with(b"\n");
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        match entry(line).filter(|_| is_whole || lines.peek().is_some()) {
            Some(entry) => entries.push(entry),
            None => {
                let is_refused = true;
                return Read::Lines {
                    entries,
                    is_refused,
                };
            }
        }
    }
    Read::Lines {
        entries,
        is_refused: false,
    }
}

fn entry(line: &[u8]) -> Option<Entry> {
    let mut rest = line;
    let mut field = || {
        let start = rest.iter().position(|&b| b != b' ')?;
        let from = &rest[start..];
        let end = from.iter().position(|&b| b == b' ').unwrap_or(from.len());
        rest = &from[end..];
        Some(&from[..end])
    };
    let (size, inode, mtime) = (field()?, field()?, field()?);
    let (digest, prefix) = (field()?, field()?);
    let start = rest.iter().position(|&b| b != b' ')?;
    let path = &rest[start..];
    let stat = Stat {
        size: u64::try_from(number(size)?).ok()?,
        inode: u64::try_from(number(inode)?).ok()?,
        mtime_ns: i64::try_from(number(mtime)?).ok()?,
    };
    let digest = Digest::from_hex(&digest.to_ascii_lowercase())?;
    let prefix = u8::try_from(number(prefix)?).ok()?;
    (prefix < PREFIX_COUNT).then(|| Entry {
        path: PrefixedPath {
            prefix,
            sub_path: path.to_vec(),
        },
        kind: Kind::File,
        metadata_only: false,
        stat,
        digest,
    })
}

/// A number with an optional sign, and underscores between its digits.
fn number(text: &[u8]) -> Option<i128> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.first()? == &b'_' || digits.last()? == &b'_' {
        return None;
    }
    let mut value: i128 = 0;
    for digit in digits.iter().filter(|&&b| b != b'_') {
        if !digit.is_ascii_digit() {
            return None;
        }
        let digit = i128::from(digit - b'0');
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "00112233445566778899aabbccddeeff";

    /// The number of lines and whether one is refused; `None` if it is another text.
    fn lines(text: &str) -> Option<(usize, bool)> {
        match read(text.as_bytes()) {
            Read::Other => None,
            Read::Lines {
                entries,
                is_refused,
            } => Some((entries.len(), is_refused)),
        }
    }

    #[test]
    fn what_is_taken() {
        assert_eq!(lines("1\n"), None);
        assert_eq!(lines("\0\0"), None);
        assert_eq!(lines("0"), Some((0, false)));
        let upper = DIGITS.to_uppercase();
        for good in [
            format!("0\n1 2 3 {DIGITS} 0 a b\n"),
            format!("\n0\n\n+1  2_0 -3 {upper} 0   a\n\n"),
            format!("0\n1 2 3 {DIGITS} 1 ../a\n"),
        ] {
            assert_eq!(lines(&good), Some((1, false)), "{good}");
        }
        for bad in [
            "0\n1".to_owned(),
            format!("0\n1 2 3 {DIGITS} 0 "),
            format!("0\n1 2 3 {DIGITS} 0 a"),
            format!("0\n1 2 3 {DIGITS} 4 a"),
            format!("0\n-1 2 3 {DIGITS} 0 a"),
            format!("0\n1_ 2 3 {DIGITS} 0 a"),
            format!("0\n1 2 99999999999999999999 {DIGITS} 0 a"),
            format!("0\n1 2 3 {} 0 a", &DIGITS[1..]),
            format!("0\nx 2 3 {DIGITS} 0 a"),
        ] {
            assert_eq!(lines(&bad), Some((0, true)), "{bad}");
        }
        let cut = format!("0\n1 2 3 {DIGITS} 0 a\n1 2 3 {DIGITS} 0");
        assert_eq!(lines(&cut), Some((1, true)));
    }
}
