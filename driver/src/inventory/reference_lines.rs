//! The text of a manifest as the reference reads it. It takes more than it writes: several spaces, signs and
//! underscores in numbers. What it does not take ends a build with an error, where anything else that is
//! wrong is a miss.
//!
//! It takes a last line without its newline as well; but that was cut, and if its path was, the file is not
//! the input that belongs there, which is the same error.

use manifest::limits::MAX_MANIFEST_LEN;
use manifest::{Digest, Entry, Kind, PrefixedPath, Stat};

/// How many directories the reference numbers in the text.
const PREFIX_COUNT: u8 = 4;

/// What the reference makes of a text.
#[derive(Debug)]
pub(super) enum Read<'t> {
    /// It begins otherwise: a miss.
    Other,
    /// Its lines, those before one that it does not take.
    Lines { entries: Vec<Entry>, end: End<'t> },
}

/// How the lines of a text end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End<'t> {
    /// With a newline.
    Whole,
    /// Without one: the last path may be a part of one.
    Cut,
    /// With this line, which is not taken. The reference looks at files as it reads, so that a file before it
    /// that is gone is a miss, and the line is never seen.
    Refused(&'t [u8]),
}

/// Reads a text that is not empty.
pub(super) fn read(text: &[u8]) -> Read<'_> {
    if text.len() as u64 > MAX_MANIFEST_LEN {
        return Read::Lines {
            entries: Vec::new(),
            end: End::Refused(b""),
        };
    }
    let mut lines = text.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    if lines.next() != Some(b"0") {
        return Read::Other;
    }
    let mut entries = Vec::new();
    for line in lines {
        match entry(line) {
            Some(entry) => entries.push(entry),
            None => {
                let end = End::Refused(line);
                return Read::Lines { entries, end };
            }
        }
    }
    let end = match text.ends_with(b"\n") {
        true => End::Whole,
        false => End::Cut,
    };
    Read::Lines { entries, end }
}

/// Whether a path goes on with what is a line of its own but for a byte that was a newline.
pub(super) fn has_swallowed_line(path: &[u8]) -> bool {
    let ends = path.iter().enumerate();
    let mut ends = ends.filter(|(_, byte)| (**byte ^ b'\n').is_power_of_two());
    ends.any(|(end, _)| entry(&path[end + 1..]).is_some())
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

    /// The number of lines and how they end; `None` if it is another text.
    fn lines(text: &str) -> Option<(usize, End<'_>)> {
        match read(text.as_bytes()) {
            Read::Other => None,
            Read::Lines { entries, end } => Some((entries.len(), end)),
        }
    }

    #[test]
    fn what_is_taken() {
        assert_eq!(lines("1\n"), None);
        assert_eq!(lines("\0\0"), None);
        assert_eq!(lines("0"), Some((0, End::Cut)));
        let upper = DIGITS.to_uppercase();
        for good in [
            format!("0\n1 2 3 {DIGITS} 0 a b\n"),
            format!("\n0\n\n+1  2_0 -3 {upper} 0   a\n\n"),
            format!("0\n1 2 3 {DIGITS} 1 ../a\n"),
        ] {
            assert_eq!(lines(&good), Some((1, End::Whole)), "{good}");
        }
        let cut = format!("0\n1 2 3 {DIGITS} 0 a");
        assert_eq!(lines(&cut), Some((1, End::Cut)));
        for bad in [
            "1".to_owned(),
            format!("1 2 3 {DIGITS} 0 "),
            format!("1 2 3 {DIGITS} 4 a"),
            format!("-1 2 3 {DIGITS} 0 a"),
            format!("1_ 2 3 {DIGITS} 0 a"),
            format!("1 2 99999999999999999999 {DIGITS} 0 a"),
            format!("1 2 3 {} 0 a", &DIGITS[1..]),
            format!("x 2 3 {DIGITS} 0 a"),
        ] {
            let text = format!("0\n{bad}");
            let refused = End::Refused(bad.as_bytes());
            assert_eq!(lines(&text), Some((0, refused)), "{bad}");
            let text = format!("0\n1 2 3 {DIGITS} 0 a\n{bad}\n");
            assert_eq!(lines(&text), Some((1, refused)), "{bad}");
        }
        for (path, is_two) in [
            (format!("a.zig\x0b1 2 3 {DIGITS} 0 b.zig"), true),
            (format!("a.zig\u{8a}1 2 3 {DIGITS} 0 b.zig"), true),
            (format!("a.zig 1 2 3 {DIGITS} 0 b.zig"), false),
            (format!("a.zig\x0b1 2 3 {DIGITS} 0"), false),
            ("a*b".to_owned(), false),
        ] {
            let path: Vec<u8> = path.chars().map(|c| c as u8).collect();
            assert_eq!(has_swallowed_line(&path), is_two);
        }
    }
}
