//! Damage to bytes.

use super::dice::Dice;
use super::entries::Layout;

/// Damage of any kind.
pub(crate) fn bytes(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    let len = bytes.len();
    if len == 0 {
        return dice.bytes(40);
    }
    let at = dice.below(len);
    match dice.below(12) {
        0..=4 => bytes[at] ^= 1 << dice.below(8),
        5 => {
            for _ in 0..2 + dice.below(30) {
                let at = dice.below(len);
                bytes[at] = dice.below(256) as u8;
            }
        }
        6 => bytes.truncate(at),
        7 => {
            let end = at + 1 + dice.below(len - at);
            bytes[at..end].fill(0);
        }
        8 => bytes.clear(),
        9 => bytes = dice.bytes(len),
        10 => {
            let end = at + dice.below(len - at);
            bytes.drain(at..end.max(at + 1).min(len));
        }
        _ => {
            let more = dice.some_bytes(5000);
            bytes.splice(at..at, more);
        }
    }
    bytes
}

/// Damage to an entry. In a directory that is `shared` with the reference, an entry without trailer is
/// believed if its structure holds, so nothing is changed that nothing covers.
pub(crate) fn entry(good: Vec<u8>, dice: &mut Dice, shared: bool) -> Vec<u8> {
    let zon = is_zon(&good);
    let Some(Layout { end, header }) = Layout::of(&good, zon)
        .filter(|layout| (layout.header + 1..=good.len()).contains(&layout.end))
    else {
        return bytes(good, dice);
    };
    let mut bytes = match dice.below(10) {
        // Where the parts of an entry end, and beside that.
        0 | 1 => {
            let ends = [
                0,
                1,
                header - 1,
                header,
                header + 1,
                end - 1,
                end,
                end + 1,
                end + 88,
                end + 103,
                end + 104,
            ];
            let mut cut = good.clone();
            cut.truncate(dice.one_of(&ends));
            cut
        }
        // The header: lengths and stat.
        2 | 3 => {
            let mut header_bytes = good.clone();
            header_bytes[dice.below(header)] ^= 1 << dice.below(8);
            header_bytes
        }
        // The trailer.
        4 if good.len() > end => {
            let mut trailer = good.clone();
            trailer[end + dice.below(good.len() - end)] ^= 1 << dice.below(8);
            trailer
        }
        5 => [good.clone(), dice.some_bytes(9000)].concat(),
        _ => self::bytes(good.clone(), dice),
    };
    let still_has_trailer = Layout::of(&bytes, zon).is_some_and(|layout| bytes.len() > layout.end);
    if shared && !still_has_trailer && bytes.len() >= end {
        // Nothing would tell that it is not the reference's: then it is to be just that.
        bytes = good[..end].to_vec();
    }
    if !shared && dice.chance(10) && bytes.len() > end {
        // Cut so that it looks like one of the reference's, and changed.
        bytes.truncate(end);
        let at = header + dice.below(end - header);
        bytes[at] ^= 1;
    }
    bytes
}

/// Whether these are more likely the bytes of ZOIR: then the trailer is where that layout says.
pub(crate) fn is_zon(bytes: &[u8]) -> bool {
    let fits = |zon| {
        Layout::of(bytes, zon).is_some_and(|layout| {
            bytes
                .get(layout.end..)
                .is_some_and(|rest| rest.starts_with(b"IRtrail"))
        })
    };
    fits(true) && !fits(false)
}

/// Damage to a manifest; and the line that it is about, as it was.
pub(crate) fn manifest(text: Vec<u8>, dice: &mut Dice) -> (Vec<u8>, Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = text
        .split_inclusive(|&byte| byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.len() < 2 {
        return (bytes(text, dice), Vec::new());
    }
    let at = 1 + dice.below(lines.len() - 1);
    let other = 1 + dice.below(lines.len() - 1);
    let line = lines[at].clone();
    match dice.below(12) {
        0 => drop(lines.remove(at)),
        1 => lines.swap(at, other),
        2 => lines[at] = lines[other].clone(),
        3 => lines.truncate(at),
        4 => {
            // Fields of two lines mixed: size, inode, mtime, digest, prefix, path.
            let split = |line: &[u8]| -> Vec<Vec<u8>> {
                line.splitn(6, |&b| b == b' ').map(<[u8]>::to_vec).collect()
            };
            let (mut fields, others) = (split(&lines[at]), split(&lines[other]));
            let field = dice.below(fields.len());
            fields[field] = others[field].clone();
            lines[at] = fields.join(&b' ');
        }
        5 => {
            // A digit for another, where a number stands.
            let digits: Vec<usize> = (0..lines[at].len())
                .filter(|&i| lines[at][i].is_ascii_digit())
                .collect();
            if !digits.is_empty() {
                let i = digits[dice.below(digits.len())];
                lines[at][i] = b'0' + dice.below(10) as u8;
            }
        }
        6 => {
            // A name for another: same1.zig and same2.zig have the same content.
            let from = b"same1.zig";
            if let Some(i) = lines[at]
                .windows(from.len())
                .position(|window| window == from)
            {
                lines[at][i + 4] = b'2';
            }
        }
        7 => lines[0] = b"1\n".to_vec(),
        8 => lines.push(b"0 0 0 00000000000000000000000000000000 0 /etc/passwd\n".to_vec()),
        _ => return (bytes(text, dice), line),
    }
    (lines.concat(), line)
}
