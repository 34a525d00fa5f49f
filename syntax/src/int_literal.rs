//! Values of integer literals that 64 bits do not hold.

use num_bigint::BigUint;

use crate::number_literal::Base;

/// The limbs, least significant first, of a literal that is too great for 64 bits and otherwise valid.
pub fn parse_big_int(bytes: &[u8], base: Base) -> Vec<u64> {
    let radix = match base {
        Base::Decimal => return parse_big_decimal(bytes).to_u64_digits(),
        Base::Hex => 16,
        Base::Binary => 2,
        Base::Octal => 8,
    };
    let digits: Vec<u8> = bytes
        .iter()
        .skip(2)
        .filter_map(|&c| (c as char).to_digit(radix))
        .map(|digit| digit as u8)
        .collect();
    BigUint::from_radix_be(&digits, radix)
        .unwrap_or_default()
        .to_u64_digits()
}

/// Joins groups of digits pairwise, then pairs of pairs and so on, so that the work is a few large
/// multiplications and literals of a million digits stay cheap.
fn parse_big_decimal(bytes: &[u8]) -> BigUint {
    const GROUP: usize = 19;
    let digits: Vec<u8> = bytes
        .iter()
        .filter(|c| c.is_ascii_digit())
        .map(|c| c - b'0')
        .collect();
    // Least significant group first.
    let mut parts: Vec<BigUint> = digits
        .rchunks(GROUP)
        .map(|group| {
            BigUint::from(
                group
                    .iter()
                    .fold(0u64, |value, &digit| value * 10 + u64::from(digit)),
            )
        })
        .collect();
    let mut scale = BigUint::from(10u64.pow(GROUP as u32));
    while parts.len() > 1 {
        parts = parts
            .chunks(2)
            .map(|pair| match pair {
                [low, high] => high * &scale + low,
                _ => pair[0].clone(),
            })
            .collect();
        if parts.len() > 1 {
            scale = &scale * &scale;
        }
    }
    parts.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn big_integers() {
        assert_eq!(
            parse_big_int(b"18446744073709551616", Base::Decimal),
            [0, 1]
        );
        assert_eq!(parse_big_int(b"0x1_0000000000000000", Base::Hex), [0, 1]);
        assert_eq!(
            parse_big_int(b"0xfFFFffffFFFFffff_f", Base::Hex),
            [u64::MAX, 15]
        );
        assert_eq!(
            parse_big_int(b"0o4000000000000000000000", Base::Octal),
            [0, 2]
        );
        let digits = "9876543210123456789".repeat(37) + "1";
        let expected: BigUint = digits.parse().unwrap();
        assert_eq!(parse_big_decimal(digits.as_bytes()), expected);
    }
}
