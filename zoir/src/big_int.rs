//! Integers of any length.

use alloc::vec::Vec;
use core::fmt;

use zerocopy::byteorder::native_endian::U64;

use crate::decimal::Big;
use crate::float::{F128, Format, round};
use crate::limits::MAX_DECIMAL_LIMBS;

/// An integer of any length, borrowed: a sign and limbs of 64 bits, least significant first.
#[derive(Clone, Copy)]
pub struct BigInt<'a> {
    negative: bool,
    limbs: &'a [U64],
}

impl<'a> BigInt<'a> {
    pub(crate) fn new(negative: bool, limbs: &'a [U64]) -> Self {
        BigInt { negative, limbs }
    }

    /// Whether it is below zero.
    #[inline]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The limbs of the magnitude, least significant first.
    #[inline]
    pub fn limbs(
        &self,
    ) -> impl ExactSizeIterator<Item = u64> + DoubleEndedIterator + Clone + use<'a> {
        self.limbs.iter().map(|limb| limb.get())
    }

    /// The magnitude, if 128 bits hold it.
    pub fn magnitude(&self) -> Option<u128> {
        let (low, high) = self.limbs.split_at(self.limbs.len().min(2));
        if high.iter().any(|limb| limb.get() != 0) {
            return None;
        }
        Some(
            low.iter()
                .rev()
                .fold(0, |value, limb| value << 64 | u128::from(limb.get())),
        )
    }

    /// The value, if an `i128` holds it.
    pub fn to_i128(&self) -> Option<i128> {
        let magnitude = self.magnitude()?;
        if self.negative {
            0i128.checked_sub_unsigned(magnitude)
        } else {
            i128::try_from(magnitude).ok()
        }
    }

    /// The value, if a `u128` holds it.
    pub fn to_u128(&self) -> Option<u128> {
        self.magnitude()
            .filter(|&magnitude| !self.negative || magnitude == 0)
    }

    /// The value as a float of 128 bits. Rounded after each limb, as the reference does; with up to two limbs
    /// it is exact or the nearest.
    pub fn to_f128(self) -> F128 {
        let mut value = F128::from_bits(0);
        for limb in self.limbs().rev() {
            if value.is_infinite() {
                break;
            }
            // Times 2^64, plus the limb: 128 bits of that, and whether there is more.
            let (mantissa, exponent) = value.parts();
            let (mantissa, exponent, inexact) = if exponent <= 0 {
                let whole = mantissa
                    .checked_shr(exponent.unsigned_abs() as u32)
                    .unwrap_or(0);
                let shift = whole.leading_zeros().min(64);
                let low = u128::from(limb) << shift;
                (
                    whole << (shift % 128) | low >> 64,
                    64 - i64::from(shift),
                    low as u64 != 0,
                )
            } else {
                let drop = exponent + 49;
                let bits = if drop < 64 { limb >> drop } else { 0 };
                (
                    mantissa << 15 | u128::from(bits),
                    drop,
                    drop >= 64 && limb != 0 || drop < 64 && bits << drop != limb,
                )
            };
            value = F128::from_bits(round(mantissa, exponent, inexact, false, Format::F128));
        }
        F128::from_bits(value.to_bits() | u128::from(self.negative) << 127)
    }

    /// The nearest `f64` to [the float of 128 bits](Self::to_f128); infinite where it is too large.
    pub fn to_f64(self) -> f64 {
        self.to_f128().to_f64()
    }

    /// The nearest `f32` to [the float of 128 bits](Self::to_f128); infinite where it is too large.
    pub fn to_f32(self) -> f32 {
        self.to_f128().to_f32()
    }
}

impl PartialEq for BigInt<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative && self.limbs().eq(other.limbs())
    }
}

impl Eq for BigInt<'_> {}

/// In base 10; in base 16 with `0x` in front where there are more than [`MAX_DECIMAL_LIMBS`] limbs.
pub(crate) fn fmt_limbs(
    f: &mut dyn fmt::Write,
    negative: bool,
    limbs: impl ExactSizeIterator<Item = u64> + DoubleEndedIterator,
) -> fmt::Result {
    if negative {
        f.write_str("-")?;
    }
    if limbs.len() > MAX_DECIMAL_LIMBS {
        f.write_str("0x")?;
        let mut limbs = limbs.rev().skip_while(|&limb| limb == 0);
        match limbs.next() {
            None => f.write_str("0")?,
            Some(limb) => write!(f, "{limb:x}")?,
        }
        return limbs.try_for_each(|limb| write!(f, "{limb:016x}"));
    }
    let mut rest = Big::from_limbs(limbs);
    let mut groups = Vec::new();
    while !rest.is_zero() {
        groups.push(rest.divide(1_000_000_000));
    }
    for (n, group) in groups.iter().rev().enumerate() {
        if n == 0 {
            write!(f, "{group}")?
        } else {
            write!(f, "{group:09}")?
        }
    }
    if groups.is_empty() {
        f.write_str("0")
    } else {
        Ok(())
    }
}

impl fmt::Display for BigInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_limbs(f, self.negative, self.limbs())
    }
}

impl fmt::Debug for BigInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn with<T>(negative: bool, limbs: &[u64], test: impl FnOnce(BigInt<'_>) -> T) -> T {
        let limbs: Vec<U64> = limbs.iter().map(|&limb| U64::new(limb)).collect();
        test(BigInt::new(negative, &limbs))
    }

    /// A power of two. That of `powi` may be off by a bit.
    fn two_to(exponent: i64) -> f64 {
        f64::from_bits(((exponent + 1023) as u64) << 52)
    }

    #[test]
    fn decimal() {
        assert_eq!(
            with(false, &[0, 1], |int| int.to_string()),
            "18446744073709551616"
        );
        assert_eq!(
            with(true, &[u64::MAX], |int| int.to_string()),
            "-18446744073709551615"
        );
        let large = with(false, &[1; MAX_DECIMAL_LIMBS + 1], |int| int.to_string());
        assert!(large.starts_with("0x1000") && large.len() == 3 + 16 * MAX_DECIMAL_LIMBS);
        let long = with(false, &[0, 0, 0, 1], |int| int.to_string());
        assert_eq!(
            long,
            "6277101735386680763835789423207666416102355444464034512896"
        );
    }

    #[test]
    fn narrow_integers() {
        assert_eq!(
            with(true, &[0, 1 << 63], |int| int.to_i128()),
            Some(i128::MIN)
        );
        assert_eq!(with(true, &[1, 1 << 63], |int| int.to_i128()), None);
        assert_eq!(with(false, &[0, 1 << 63], |int| int.to_i128()), None);
        assert_eq!(
            with(false, &[u64::MAX, u64::MAX], |int| int.to_u128()),
            Some(u128::MAX)
        );
        assert_eq!(with(false, &[0, 0, 1], |int| int.to_u128()), None);
        assert_eq!(with(true, &[1], |int| int.to_u128()), None);
    }

    #[test]
    fn floats_are_the_nearest() {
        // What Rust makes of the same integers is the measure as far as they fit.
        for value in [
            1u128 << 63,
            u128::MAX,
            (1 << 53) + 1,
            (1 << 54) + 3,
            0x8000_0000_0000_0400_0000_0000_0001_0000,
        ] {
            let limbs = [value as u64, (value >> 64) as u64];
            assert_eq!(
                with(false, &limbs, |int| int.to_f64()),
                value as f64,
                "{value}"
            );
            assert_eq!(
                with(true, &limbs, |int| int.to_f32()),
                -(value as f32),
                "{value}"
            );
            assert_eq!(
                with(false, &[&[0], limbs.as_slice()].concat(), |int| int
                    .to_f64()),
                value as f64 * two_to(64)
            );
        }
        // Rounding to 128 bits first makes a tie of what is a little more, and a tie goes down here.
        let tie = 1 << 63 | 1 << 10;
        assert_eq!(
            with(false, &[1, 0, 0, tie], |int| int.to_f64()),
            two_to(255)
        );
        assert_eq!(
            with(false, &[0, 0, 1 << 63, tie], |int| int.to_f64()),
            two_to(255) * (1.0 + f64::EPSILON)
        );
        assert_eq!(with(false, &[1; 17], |int| int.to_f64()), f64::INFINITY);
    }
}
