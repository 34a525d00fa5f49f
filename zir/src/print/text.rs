//! Strings, identifiers and numbers in the text form.

use std::io::Write;

use release::Rules;

use crate::limits::MAX_DECIMAL_LIMBS;

/// The words that are no identifiers, in some release.
const KEYWORDS: &[&str] = &[
    "addrspace",
    "align",
    "allowzero",
    "and",
    "anyframe",
    "anytype",
    "asm",
    "async",
    "await",
    "break",
    "callconv",
    "catch",
    "comptime",
    "const",
    "continue",
    "defer",
    "else",
    "enum",
    "errdefer",
    "error",
    "export",
    "extern",
    "fn",
    "for",
    "if",
    "inline",
    "noalias",
    "noinline",
    "nosuspend",
    "opaque",
    "or",
    "orelse",
    "packed",
    "pub",
    "resume",
    "return",
    "linksection",
    "struct",
    "suspend",
    "switch",
    "test",
    "threadlocal",
    "try",
    "union",
    "unreachable",
    "usingnamespace",
    "var",
    "volatile",
    "while",
];

/// Appends bytes as they stand between double quotes.
pub(super) fn escape(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'"' => out.extend_from_slice(b"\\\""),
            b' '..=b'~' => out.push(byte),
            _ => {
                // Writing to memory does not fail.
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
}

/// Keywords no more, see [`Rules::async_and_usingnamespace`].
const FORMER_KEYWORDS: &[&str] = &["async", "await", "usingnamespace"];

/// Appends an identifier, quoted where it needs it.
pub(super) fn identifier(bytes: &[u8], rules: &Rules, out: &mut Vec<u8>) {
    let is = |keyword: &&str| keyword.as_bytes() == bytes;
    let is_keyword = KEYWORDS.iter().any(is)
        && (rules.async_and_usingnamespace || !FORMER_KEYWORDS.iter().any(is));
    let letters = bytes
        .iter()
        .all(|&byte| byte == b'_' || byte.is_ascii_alphanumeric());
    let plain = letters
        && bytes != b"_"
        && bytes.first().is_some_and(|byte| !byte.is_ascii_digit())
        && !is_keyword;
    if plain {
        out.extend_from_slice(bytes);
    } else {
        out.extend_from_slice(b"@\"");
        escape(bytes, out);
        out.push(b'"');
    }
}

/// Appends a natural number given as bytes of 64-bit limbs, the least significant byte first.
pub(super) fn big_integer(bytes: &[u8], out: &mut Vec<u8>) {
    let mut limbs: Vec<u64> = bytes
        .chunks_exact(8)
        .map(|limb| {
            let mut own = [0; 8];
            own.copy_from_slice(limb);
            u64::from_le_bytes(own)
        })
        .collect();
    while limbs.last() == Some(&0) {
        limbs.pop();
    }
    if limbs.is_empty() {
        out.push(b'0');
        return;
    }
    if limbs.len() > MAX_DECIMAL_LIMBS {
        out.extend_from_slice(b"0x");
        for (n, limb) in limbs.iter().rev().enumerate() {
            // Writing to memory does not fail.
            let _ = if n == 0 {
                write!(out, "{limb:x}")
            } else {
                write!(out, "{limb:016x}")
            };
        }
        return;
    }
    // Nineteen digits at a time, least significant first.
    const CHUNK: u128 = 10_000_000_000_000_000_000;
    let mut chunks = Vec::new();
    while !limbs.is_empty() {
        let mut rest = 0u128;
        for limb in limbs.iter_mut().rev() {
            let number = rest << 64 | u128::from(*limb);
            *limb = (number / CHUNK) as u64;
            rest = number % CHUNK;
        }
        chunks.push(rest as u64);
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
    }
    for (n, chunk) in chunks.iter().rev().enumerate() {
        let _ = if n == 0 {
            write!(out, "{chunk}")
        } else {
            write!(out, "{chunk:019}")
        };
    }
}

/// Appends a float in the shortest decimal that reads back as it, without an exponent. Where two are as short
/// and as near, the one with the even last digit.
pub(super) fn float(number: f64, out: &mut Vec<u8>) {
    if number.is_sign_negative() {
        out.push(b'-');
    }
    let number = number.abs();
    let mut text = format!("{number:e}");
    if let Some((digits, exponent)) = text.split_once('e') {
        let len = digits.bytes().filter(u8::is_ascii_digit).count();
        let last = digits.bytes().last().unwrap_or(b'0');
        // A float has 52 bits behind the point of its fraction, and so at most 52 digits more than its
        // exponent has zeros.
        let exact = format!("{number:.800e}");
        let behind = exact
            .split_once('e')
            .map_or("", |(digits, _)| digits.get(len + 1..).unwrap_or(""));
        let tie =
            len > 1 && behind.starts_with('5') && behind[1..].bytes().all(|digit| digit == b'0');
        if tie && last % 2 != 0 && last > b'0' {
            let even = format!(
                "{}{}e{exponent}",
                &digits[..digits.len() - 1],
                char::from(last - 1)
            );
            if even.parse() == Ok(number) {
                text = even;
            }
        }
    }
    plain(&text, out);
}

/// Appends a decimal in scientific notation without its exponent, the point moved instead.
fn plain(text: &str, out: &mut Vec<u8>) {
    let parts = text
        .split_once('e')
        .and_then(|(digits, exponent)| Some((digits, exponent.parse::<i32>().ok()?)));
    let Some((digits, exponent)) = parts else {
        out.extend_from_slice(text.as_bytes());
        return;
    };
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_digit).collect();
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + (-exponent - 1) as usize, b'0');
        out.extend_from_slice(&digits);
        return;
    }
    let whole = exponent as usize + 1;
    for n in 0..whole.max(digits.len()) {
        if n == whole {
            out.push(b'.');
        }
        out.push(digits.get(n).copied().unwrap_or(b'0'));
    }
}

/// The nearest 64-bit float to a 128-bit one, ties to even.
pub(super) fn f128_to_f64(bits: u128) -> f64 {
    let sign = ((bits >> 127) as u64) << 63;
    let exponent = (bits >> 112) as i32 & 0x7fff;
    let fraction = bits & ((1 << 112) - 1);
    if exponent == 0x7fff {
        let quiet = u64::from(fraction != 0) << 51;
        return f64::from_bits(sign | 0x7ff << 52 | quiet);
    }
    let exponent = exponent - 16383 + 1023;
    if exponent >= 0x7ff {
        return f64::from_bits(sign | 0x7ff << 52);
    }
    // Numbers below the smallest normal one lose further bits of the fraction and have the exponent 0.
    let (kept, shift) = if exponent > 0 {
        (fraction, 60)
    } else {
        (fraction | 1 << 112, (61 - exponent).min(127) as u32)
    };
    let base = if exponent > 0 {
        (exponent as u64) << 52
    } else {
        0
    };
    let rest = kept & ((1 << shift) - 1);
    let half = 1u128 << (shift - 1);
    let cut = (kept >> shift) as u64;
    let up = rest > half || (rest == half && cut & 1 != 0);
    f64::from_bits(sign | (base + cut + u64::from(up)))
}

#[cfg(test)]
mod tests {
    use release::Generation;

    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn strings_and_identifiers() {
        assert_eq!(
            text(|out| escape(b"a\"\\\n\x07'", out)),
            "a\\\"\\\\\\n\\x07'"
        );
        for (bytes, want) in [
            (b"abc1".as_slice(), "abc1"),
            (b"while", "@\"while\""),
            (b"_", "@\"_\""),
            (b"4", "@\"4\""),
            (b"", "@\"\""),
            (b"u8", "u8"),
        ] {
            for &generation in Generation::ALL {
                let rules = generation.rules();
                assert_eq!(text(|out| identifier(bytes, rules, out)), want);
            }
        }
        let of = |generation: Generation| {
            let rules = generation.rules();
            text(|out| identifier(b"async", rules, out))
        };
        assert_eq!(of(Generation::G14), "@\"async\"");
        assert_eq!(of(Generation::G15), "async");
    }

    #[test]
    fn floats() {
        for (number, want) in [
            (0.0, "0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (1234.5, "1234.5"),
            (1e21, "1000000000000000000000"),
            (1.5e-7, "0.00000015"),
            (-2.25, "-2.25"),
            (-0.0013751983642578125, "-0.0013751983642578125"),
            // Exactly between ...12 and ...13.
            (0.000000029802322387695312, "0.000000029802322387695312"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(text(|out| float(number, out)), want);
        }
    }

    #[test]
    fn big_integers() {
        let number = u128::MAX;
        assert_eq!(
            text(|out| big_integer(&number.to_le_bytes(), out)),
            number.to_string()
        );
        assert_eq!(text(|out| big_integer(&[0; 16], out)), "0");
        let chunk = 10_000_000_000_000_000_001u128;
        assert_eq!(
            text(|out| big_integer(&chunk.to_le_bytes(), out)),
            chunk.to_string()
        );
    }

    #[test]
    fn wide_floats() {
        // 1.0, -2.0, the largest f64, 2^1024, the smallest subnormal f64, half of it.
        for (bits, want) in [
            (0x3fff << 112, 1.0),
            (0xc000 << 112, -2.0),
            ((0x3fff + 1023) << 112 | ((1 << 52) - 1) << 60, f64::MAX),
            ((0x3fff + 1024) << 112, f64::INFINITY),
            ((0x3fff - 1074) << 112, f64::from_bits(1)),
            ((0x3fff - 1075) << 112, 0.0),
            (((0x3fff - 1075) << 112) | 1, f64::from_bits(1)),
            (0x3fff << 112 | 1 << 59, 1.0),
            (0x3fff << 112 | 3 << 59, 1.0 + 2.0 * f64::EPSILON),
        ] {
            assert_eq!(f128_to_f64(bits), want, "{bits:x}");
        }
    }
}
