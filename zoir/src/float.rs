//! Floats of 128 bits.

#[cfg(feature = "serde")]
use alloc::string::String;
use core::fmt;

use crate::decimal::shortest;

/// An IEEE 754 binary128 number: what a float literal is before it is put into a narrower type.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct F128(u128);

/// A format of floats, by its widths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    /// Bits of the stored part of the mantissa.
    pub(crate) mantissa_bits: u32,
    /// Bits of the exponent.
    pub(crate) exponent_bits: u32,
}

impl Format {
    pub(crate) const F32: Format = Format {
        mantissa_bits: 23,
        exponent_bits: 8,
    };
    pub(crate) const F64: Format = Format {
        mantissa_bits: 52,
        exponent_bits: 11,
    };
    pub(crate) const F128: Format = Format {
        mantissa_bits: 112,
        exponent_bits: 15,
    };

    fn bias(self) -> i64 {
        (1 << (self.exponent_bits - 1)) - 1
    }

    fn infinity(self) -> u128 {
        ((1 << self.exponent_bits) - 1) << self.mantissa_bits
    }
}

/// Bits of `mantissa * 2^exponent` in a format, to nearest, ties to even. With `inexact` the value is a
/// little greater than that, by less than the lowest bit of a mantissa that fills all 128.
pub(crate) fn round(
    mantissa: u128,
    exponent: i64,
    inexact: bool,
    negative: bool,
    format: Format,
) -> u128 {
    let sign = u128::from(negative) << (format.mantissa_bits + format.exponent_bits);
    if mantissa == 0 {
        return sign;
    }
    let shift = mantissa.leading_zeros();
    let mantissa = mantissa << shift;
    // The exponent of the highest bit, and how far that is from where the format stores its lowest.
    let top = exponent + 127 - i64::from(shift);
    let lowest = 1 - format.bias();
    let drop = i64::from(127 - format.mantissa_bits) + (lowest - top).max(0);
    if drop > 128 {
        return sign;
    }
    let (kept, dropped) = if drop == 128 {
        (0, mantissa)
    } else {
        (mantissa >> drop, mantissa << (128 - drop))
    };
    let half = 1u128 << 127;
    let up = dropped > half || (dropped == half && (inexact || kept & 1 == 1));
    // The hidden bit counts as one in the exponent, and so does a carry.
    let biased = if top < lowest {
        0
    } else {
        (top + format.bias() - 1) as u128
    };
    if biased >= (1 << format.exponent_bits) - 1 {
        return sign | format.infinity();
    }
    let bits = (biased << format.mantissa_bits) + kept + u128::from(up);
    sign | bits.min(format.infinity())
}

impl F128 {
    const SIGN: u128 = 1 << 127;

    /// From its bits.
    #[inline]
    pub const fn from_bits(bits: u128) -> F128 {
        F128(bits)
    }

    /// Its bits.
    #[inline]
    pub const fn to_bits(self) -> u128 {
        self.0
    }

    /// From how it is stored in `extra`: four words, the least significant first.
    pub fn from_words(words: [u32; 4]) -> F128 {
        let bits = words.iter().rev();
        F128(bits.fold(0, |bits, word| bits << 32 | u128::from(*word)))
    }

    /// As it is stored in `extra`.
    pub fn to_words(self) -> [u32; 4] {
        [0, 32, 64, 96].map(|shift| (self.0 >> shift) as u32)
    }

    /// Whether its sign is set.
    #[inline]
    pub fn is_sign_negative(self) -> bool {
        self.0 & Self::SIGN != 0
    }

    /// Whether it is not a number.
    #[inline]
    pub fn is_nan(self) -> bool {
        self.0 & !Self::SIGN > Format::F128.infinity()
    }

    /// Whether it is infinite.
    #[inline]
    pub fn is_infinite(self) -> bool {
        self.0 & !Self::SIGN == Format::F128.infinity()
    }

    /// Mantissa and exponent of a finite number without its sign.
    pub(crate) fn parts(self) -> (u128, i64) {
        let fraction = self.0 & ((1 << 112) - 1);
        let exponent = (self.0 >> 112 & 0x7fff) as i64;
        if exponent == 0 {
            (fraction, 1 - 16383 - 112)
        } else {
            (fraction | 1 << 112, exponent - 16383 - 112)
        }
    }

    fn to_format(self, format: Format) -> u128 {
        let sign =
            u128::from(self.is_sign_negative()) << (format.mantissa_bits + format.exponent_bits);
        if self.is_nan() {
            return sign | format.infinity() | 1 << (format.mantissa_bits - 1);
        }
        if self.is_infinite() {
            return sign | format.infinity();
        }
        let (mantissa, exponent) = self.parts();
        round(mantissa, exponent, false, self.is_sign_negative(), format)
    }

    /// The nearest `f64`, ties to even.
    pub fn to_f64(self) -> f64 {
        f64::from_bits(self.to_format(Format::F64) as u64)
    }

    /// The nearest `f32`, ties to even.
    pub fn to_f32(self) -> f32 {
        f32::from_bits(self.to_format(Format::F32) as u32)
    }

    /// Sign and magnitude, if it is an integer whose magnitude 128 bits hold.
    pub fn to_integer(self) -> Option<(bool, u128)> {
        if self.is_nan() || self.is_infinite() {
            return None;
        }
        let (mantissa, exponent) = self.parts();
        let magnitude = if mantissa == 0 {
            0
        } else if exponent >= 0 {
            let shift = u32::try_from(exponent)
                .ok()
                .filter(|&shift| shift <= mantissa.leading_zeros())?;
            mantissa << shift
        } else {
            let shift = u32::try_from(-exponent)
                .ok()
                .filter(|&shift| shift <= mantissa.trailing_zeros())?;
            mantissa >> shift
        };
        Some((self.is_sign_negative(), magnitude))
    }
}

impl From<f32> for F128 {
    fn from(value: f32) -> F128 {
        F128::from(f64::from(value))
    }
}

impl From<f64> for F128 {
    fn from(value: f64) -> F128 {
        let bits = value.to_bits();
        let sign = u128::from(bits >> 63) << 127;
        let exponent = (bits >> 52 & 0x7ff) as i64;
        let fraction = bits & ((1 << 52) - 1);
        if exponent == 0x7ff {
            return F128(sign | Format::F128.infinity() | u128::from(fraction) << 60);
        }
        let (mantissa, exponent) = if exponent == 0 {
            (fraction, -1074)
        } else {
            (fraction | 1 << 52, exponent - 1075)
        };
        F128(round(
            mantissa.into(),
            exponent,
            false,
            value.is_sign_negative(),
            Format::F128,
        ))
    }
}

impl F128 {
    /// The shortest digits that mean this number in a format whose mantissa has so many bits, without an
    /// exponent. The number is one of that format.
    #[cfg(feature = "serde")]
    pub(crate) fn to_shortest(self, format: Format) -> String {
        let (mantissa, exponent) = self.parts();
        if mantissa == 0 {
            return String::from(if self.is_sign_negative() { "-0" } else { "0" });
        }
        // As the format has it: its lowest bit may be below what a mantissa of full width could express.
        let top = exponent + 127 - i64::from(mantissa.leading_zeros());
        let lowest = (top - i64::from(format.mantissa_bits))
            .max(1 - format.bias() - i64::from(format.mantissa_bits));
        let mantissa = mantissa >> (lowest - exponent).clamp(0, 127);
        let at_power = mantissa == 1 << format.mantissa_bits
            && lowest > 1 - format.bias() - i64::from(format.mantissa_bits);
        let (digits, point) = shortest(mantissa, lowest, at_power);
        let mut text = String::new();
        if self.is_sign_negative() {
            text.push('-');
        }
        let _ = fmt_digits(&mut text, &digits, point);
        text
    }
}

/// `0.d1d2d3... * 10^point` without an exponent.
fn fmt_digits(f: &mut dyn fmt::Write, digits: &[u8], point: i64) -> fmt::Result {
    let zeros =
        |f: &mut dyn fmt::Write, count: usize| (0..count).try_for_each(|_| f.write_str("0"));
    if point <= 0 {
        f.write_str("0.")?;
        zeros(f, point.unsigned_abs() as usize)?;
    }
    for (n, &value) in digits.iter().enumerate() {
        if point > 0 && n == point as usize {
            f.write_str(".")?;
        }
        f.write_char(char::from(b'0' + value))?;
    }
    zeros(f, (point.max(0) as usize).saturating_sub(digits.len()))
}

/// The shortest digits that mean this number, without an exponent; `nan`, `inf`, `-inf`.
impl fmt::Display for F128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nan() {
            return f.write_str("nan");
        }
        if self.is_sign_negative() {
            f.write_str("-")?;
        }
        if self.is_infinite() {
            return f.write_str("inf");
        }
        let (mantissa, exponent) = self.parts();
        if mantissa == 0 {
            return f.write_str("0");
        }
        let (digits, point) = shortest(
            mantissa,
            exponent,
            mantissa == 1 << 112 && exponent > 1 - 16383 - 112,
        );
        fmt_digits(f, &digits, point)
    }
}

impl fmt::Debug for F128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// A power of two. That of `powi` may be off by a bit.
    fn two_to(exponent: i64) -> f64 {
        f64::from_bits(((exponent + 1023) as u64) << 52)
    }

    #[test]
    fn f64_and_back() {
        let values = [
            0.0,
            -0.0,
            1.0,
            -1.5,
            0.1,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::from_bits(1),
            f64::from_bits(0xfffffffffffff),
            f64::INFINITY,
            f64::NEG_INFINITY,
            1e300,
            123456.789,
        ];
        for value in values {
            assert_eq!(
                F128::from(value).to_f64().to_bits(),
                value.to_bits(),
                "{value}"
            );
            assert_eq!(
                F128::from(value).to_f32().to_bits(),
                (value as f32).to_bits(),
                "{value}"
            );
        }
        assert!(F128::from(f64::NAN).to_f32().is_nan());
    }

    #[test]
    fn narrowing_rounds_once() {
        // 1 + 2^-24 + 2^-60: a tie for f32 only if rounded to f64 first.
        let bits = 0x3fff_0000_0100_0000_0010_0000_0000_0000;
        assert_eq!(F128::from_bits(bits).to_f32().to_bits(), 0x3f80_0001);
        assert_eq!(
            (F128::from_bits(bits).to_f64() as f32).to_bits(),
            0x3f80_0000
        );
        // Into and at the edge of the subnormal numbers.
        assert_eq!(F128::from(two_to(-150)).to_f32(), 0.0);
        assert_eq!(F128::from(two_to(-150) * 1.5).to_f32().to_bits(), 1);
        assert_eq!(F128::from(two_to(-149) * 1.5).to_f32().to_bits(), 2);
        assert_eq!(
            F128::from(f64::from(f32::MAX) * (1.0 + two_to(-24))).to_f32(),
            f32::INFINITY
        );
    }

    #[test]
    fn integers() {
        assert_eq!(F128::from(-3.0).to_integer(), Some((true, 3)));
        assert_eq!(F128::from(3.5).to_integer(), None);
        assert_eq!(
            F128::from(two_to(127)).to_integer(),
            Some((false, 1 << 127))
        );
        assert_eq!(F128::from(two_to(128)).to_integer(), None);
        assert_eq!(F128::from(-0.0).to_integer(), Some((true, 0)));
        assert_eq!(F128::from(f64::INFINITY).to_integer(), None);
    }

    #[test]
    fn text() {
        let text = |bits| F128::from_bits(bits).to_string();
        assert_eq!(text(0x3ffb_9999_9999_9999_9999_9999_9999_999a), "0.1");
        assert_eq!(
            text(0x4000_921f_b544_42d1_8469_898c_c517_01b8),
            "3.1415926535897932384626433832795028"
        );
        assert_eq!(F128::from(-0.0).to_string(), "-0");
        assert_eq!(F128::from(1.0).to_string(), "1");
        assert_eq!(F128::from(-12.5).to_string(), "-12.5");
        assert_eq!(F128::from(1e3).to_string(), "1000");
        assert_eq!(F128::from(two_to(70)).to_string(), "1180591620717411303424");
        assert_eq!(F128::from(f64::NEG_INFINITY).to_string(), "-inf");
        let many_digits = round(
            123_456_789_012_345_678_901_234_567_890_123_456_789,
            0,
            false,
            false,
            Format::F128,
        );
        assert_eq!(text(many_digits), "123456789012345678901234567890123460000");
        // Thousands of digits: too many for Miri.
        let least = (!cfg!(miri)).then(|| text(1));
        assert!(least.is_none_or(|text| text.starts_with("0.000") && text.ends_with('6')));
    }
}
