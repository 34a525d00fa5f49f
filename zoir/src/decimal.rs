//! Numbers to base 10.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A number of any length, least significant part first, with what conversion needs and no more.
#[derive(Clone, Debug)]
pub(crate) struct Big(Vec<u32>);

impl Big {
    fn new(value: u128) -> Big {
        let mut big = Big((0..4).map(|n| (value >> (32 * n)) as u32).collect());
        big.trim();
        big
    }

    pub(crate) fn from_limbs(limbs: impl Iterator<Item = u64>) -> Big {
        let mut big = Big(limbs
            .flat_map(|limb| [limb as u32, (limb >> 32) as u32])
            .collect());
        big.trim();
        big
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Divides in place and gives the remainder.
    pub(crate) fn divide(&mut self, by: u32) -> u32 {
        let mut rest = 0;
        for part in self.0.iter_mut().rev() {
            let value = rest << 32 | u64::from(*part);
            *part = (value / u64::from(by)) as u32;
            rest = value % u64::from(by);
        }
        self.trim();
        rest as u32
    }

    fn multiply(&mut self, by: u32) {
        let mut carry = 0;
        for part in &mut self.0 {
            let value = u64::from(*part) * u64::from(by) + carry;
            *part = value as u32;
            carry = value >> 32;
        }
        if carry != 0 {
            self.0.push(carry as u32);
        }
    }

    fn multiply_power_of_ten(&mut self, mut power: u32) {
        while power >= 9 {
            self.multiply(1_000_000_000);
            power -= 9;
        }
        self.multiply(10u32.pow(power));
    }

    fn shifted(&self, by: u32) -> Big {
        let mut parts = vec![0; by as usize / 32];
        let bits = by % 32;
        let mut carry = 0;
        for &part in &self.0 {
            let value = u64::from(part) << bits | carry;
            parts.push(value as u32);
            carry = value >> 32;
        }
        parts.push(carry as u32);
        let mut big = Big(parts);
        big.trim();
        big
    }

    fn add(&self, other: &Big) -> Big {
        let mut parts = Vec::with_capacity(self.0.len().max(other.0.len()) + 1);
        let mut carry = 0;
        for n in 0..self.0.len().max(other.0.len()) {
            let part = |big: &Big| u64::from(big.0.get(n).copied().unwrap_or_default());
            let value = part(self) + part(other) + carry;
            parts.push(value as u32);
            carry = value >> 32;
        }
        parts.push(carry as u32);
        let mut big = Big(parts);
        big.trim();
        big
    }

    /// Takes off `other`, which is not greater.
    fn subtract(&mut self, other: &Big) {
        let mut borrow = 0;
        for (n, part) in self.0.iter_mut().enumerate() {
            let value =
                i64::from(*part) - i64::from(other.0.get(n).copied().unwrap_or_default()) + borrow;
            *part = value as u32;
            borrow = value >> 32;
        }
        self.trim();
    }

    fn compare(&self, other: &Big) -> Ordering {
        let len = self.0.len().cmp(&other.0.len());
        len.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// The shortest digits `d1d2d3...` so that `0.d1d2d3... * 10^point` is nearer to `mantissa * 2^exponent` than
/// to any neighbour of it, and among those as near as can be. `at_power`: the neighbour below is half as far
/// as the one above.
pub(crate) fn shortest(mantissa: u128, exponent: i64, at_power: bool) -> (Vec<u8>, i64) {
    // The value is `rest / scale`; halfway to its neighbours lie `above / scale` and `below / scale`.
    let room = 1 + u32::from(at_power);
    let up = exponent.max(0) as u32;
    let down = (-exponent).max(0) as u32;
    let mut rest = Big::new(mantissa).shifted(up + room);
    let mut scale = Big::new(1).shifted(down + room);
    let mut above = Big::new(1).shifted(up + room - 1);
    let mut below = Big::new(1).shifted(up);
    let inclusive = mantissa & 1 == 0;

    // A first guess of the decimal point from the binary one, at most one too low.
    let highest = i64::from(127 - mantissa.leading_zeros()) + exponent;
    let mut point = (highest * 30_103).div_euclid(100_000);
    match u32::try_from(point) {
        Ok(power) => scale.multiply_power_of_ten(power),
        Err(_) => {
            let power = point.unsigned_abs() as u32;
            for big in [&mut rest, &mut above, &mut below] {
                big.multiply_power_of_ten(power);
            }
        }
    }
    let reaches = |ordering: Ordering| {
        if inclusive {
            ordering.is_ge()
        } else {
            ordering.is_gt()
        }
    };
    while reaches(rest.add(&above).compare(&scale)) {
        scale.multiply(10);
        point += 1;
    }

    let mut digits = Vec::new();
    loop {
        for big in [&mut rest, &mut above, &mut below] {
            big.multiply(10);
        }
        let mut digit = 0;
        while rest.compare(&scale).is_ge() {
            rest.subtract(&scale);
            digit += 1;
        }
        let low = reaches(below.compare(&rest));
        let high = reaches(rest.add(&above).compare(&scale));
        if !low && !high {
            digits.push(digit);
            continue;
        }
        let round_up = match (low, high) {
            (true, false) => false,
            (false, true) => true,
            _ => {
                let twice = rest.shifted(1).compare(&scale);
                twice.is_gt() || (twice.is_eq() && digit % 2 == 1)
            }
        };
        digits.push(digit + u8::from(round_up));
        return (digits, point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    #[test]
    fn a_tie_goes_to_the_even_digit() {
        // 1071378233928991.25
        let (digits, point) = shortest(1071378233928991 * 4 + 1, -2, false);
        assert_eq!((digits.last(), point), (Some(&2), 16));
    }

    /// With the mantissa of an f64 the digits are those that Rust prints, but for ties.
    #[test]
    fn the_digits_of_f64() {
        let mut state = 0x1234_5678_9abc_def1u64;
        for _ in 0..if cfg!(miri) { 30 } else { 2000 } {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let value = f64::from_bits(state & !(1 << 63));
            if !value.is_finite() || value == 0.0 {
                continue;
            }
            let (bits, exponent) = (
                value.to_bits() & ((1 << 52) - 1),
                (value.to_bits() >> 52) as i64,
            );
            let (mantissa, power) = if exponent == 0 {
                (bits, -1074)
            } else {
                (bits | 1 << 52, exponent - 1075)
            };
            let (digits, point) = shortest(mantissa.into(), power, bits == 0 && exponent > 1);
            let text: String = digits
                .iter()
                .map(|&digit| char::from(b'0' + digit))
                .collect();
            let theirs = format!("{value:e}");
            let (number, power) = theirs.split_once('e').unwrap();
            assert_eq!(point, power.parse::<i64>().unwrap() + 1, "{value}");
            // Between two that are equally near Rust takes the greater, Zig and we the even one.
            if text != number.replace('.', "") {
                assert_eq!(text.len() + 1, number.len(), "{value}");
                assert_eq!(format!("0.{text}e{point}").parse(), Ok(value));
            }
        }
    }
}
