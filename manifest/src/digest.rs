//! The one hash that everything here uses, and how fields go into it.

use std::fmt;
use std::fs::File;
use std::hash::Hasher as _;
use std::io::{self, Read};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::limits::HASH_BUFFER_LEN;

const KEY: [u8; 16] = [
    0x33, 0x52, 0xa2, 0x84, 0xcf, 0x17, 0x56, 0x57, 0x01, 0xbb, 0xcd, 0xe4, 0x77, 0xd6, 0xf0, 0x60,
];

/// 16 bytes of hash. Displayed as 32 lower case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// The digest as 32 lower case hexadecimal digits.
    pub fn to_hex(self) -> [u8; 32] {
        let mut hex = [0; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        hex
    }

    /// Reads exactly what [`to_hex`](Self::to_hex) writes: upper case digits are refused.
    pub fn from_hex(hex: &[u8]) -> Option<Digest> {
        let hex: &[u8; 32] = hex.try_into().ok()?;
        let mut bytes = [0; 16];
        // Whether all are digits is seen at the end: each that is none has bits that no digit has.
        let mut all = 0;
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            let (high, low) = (VALUES[usize::from(pair[0])], VALUES[usize::from(pair[1])]);
            all |= high | low;
            *byte = high << 4 | low;
        }
        (all <= 0xf).then_some(Digest(bytes))
    }
}

/// What a byte is worth as a hexadecimal digit; more than any digit is if it is none.
const VALUES: [u8; 256] = {
    let mut values = [u8::MAX; 256];
    let mut value = 0;
    while value < 16 {
        values[DIGITS[value as usize] as usize] = value;
        value += 1;
    }
    values
};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Digits only, so this cannot fail.
        f.write_str(std::str::from_utf8(&self.to_hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value of fixed size that can go into a hash: as the bytes it has in memory, behind their number.
///
/// An enum goes in as its tag, cast to the type of its tag.
pub trait Field {
    /// Adds the value.
    fn add_to(&self, hash: &mut HashHelper);
}

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl Field for $type {
            fn add_to(&self, hash: &mut HashHelper) {
                hash.add_bytes(&self.to_le_bytes());
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

impl Field for bool {
    fn add_to(&self, hash: &mut HashHelper) {
        hash.add_bytes(&[u8::from(*self)]);
    }
}

impl<const N: usize> Field for [u8; N] {
    fn add_to(&self, hash: &mut HashHelper) {
        hash.add_bytes(self);
    }
}

impl Field for Digest {
    fn add_to(&self, hash: &mut HashHelper) {
        hash.add_bytes(&self.0);
    }
}

/// A hash over a sequence of fields. Each goes in with its length, so that what belongs to one field cannot
/// be mistaken for a part of the next.
#[derive(Clone)]
pub struct HashHelper {
    hasher: SipHasher13,
}

impl Default for HashHelper {
    fn default() -> HashHelper {
        HashHelper::with_key(&KEY)
    }
}

impl fmt::Debug for HashHelper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashHelper({})", self.peek())
    }
}

impl HashHelper {
    /// A hash of no fields: that of [`Format::Lines`](crate::Format), which zirc uses for its own things.
    pub fn new() -> HashHelper {
        HashHelper::default()
    }

    pub(crate) fn with_key(key: &[u8; 16]) -> HashHelper {
        HashHelper {
            hasher: SipHasher13::new_with_key(key),
        }
    }

    /// Adds bytes behind their number.
    pub fn add_bytes(&mut self, bytes: &[u8]) {
        self.raw(&(bytes.len() as u64).to_le_bytes());
        self.raw(bytes);
    }

    /// Adds whether there are bytes, and the bytes.
    pub fn add_optional_bytes(&mut self, bytes: Option<&[u8]>) {
        self.add(bytes.is_some());
        if let Some(bytes) = bytes {
            self.add_bytes(bytes);
        }
    }

    /// Adds how many there are, and each.
    pub fn add_list_of_bytes<T: AsRef<[u8]>>(&mut self, list: &[T]) {
        self.add(list.len() as u64);
        for bytes in list {
            self.add_bytes(bytes.as_ref());
        }
    }

    /// Adds whether there is a list, and the list.
    pub fn add_optional_list_of_bytes<T: AsRef<[u8]>>(&mut self, list: Option<&[T]>) {
        self.add(list.is_some());
        if let Some(list) = list {
            self.add_list_of_bytes(list);
        }
    }

    /// Adds a value of fixed size.
    pub fn add<T: Field>(&mut self, value: T) {
        value.add_to(self);
    }

    /// Adds whether there is a value, and the value.
    pub fn add_optional<T: Field>(&mut self, value: Option<T>) {
        self.add(value.is_some());
        if let Some(value) = value {
            self.add(value);
        }
    }

    /// Adds bytes as they are, without their length.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.hasher.write(bytes);
    }

    /// Adds what is left to read of a file, as it is.
    pub(crate) fn read_all(mut self, mut file: &File) -> io::Result<Digest> {
        let mut buffer = vec![0; HASH_BUFFER_LEN];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(self.finish()),
                Ok(len) => self.raw(&buffer[..len]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest of what was added so far; more can be added afterwards.
    pub fn peek(&self) -> Digest {
        Digest(self.hasher.finish128().as_bytes())
    }

    /// The digest of these bytes behind what was added.
    pub(crate) fn contents(mut self, bytes: &[u8]) -> Digest {
        self.raw(bytes);
        self.finish()
    }

    /// The digest.
    pub fn finish(self) -> Digest {
        self.peek()
    }
}

/// The digest of a file's content, as [`Format::Lines`](crate::Format) has it.
pub fn hash_contents(bytes: &[u8]) -> Digest {
    HashHelper::new().contents(bytes)
}

/// The digest of what is left to read of a file, likewise.
pub fn hash_file(file: &File) -> io::Result<Digest> {
    HashHelper::new().read_all(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(fill: impl FnOnce(&mut HashHelper)) -> String {
        let mut hash = HashHelper::new();
        fill(&mut hash);
        hash.finish().to_string()
    }

    #[test]
    fn fields_are_bytes_behind_their_length() {
        assert_eq!(
            hex(|hash| hash.add(0x1234u16)),
            hex(|hash| hash.raw(b"\x02\0\0\0\0\0\0\0\x34\x12"))
        );
        assert_eq!(
            hex(|hash| hash.add(true)),
            hex(|hash| hash.raw(b"\x01\0\0\0\0\0\0\0\x01"))
        );
        assert_eq!(
            hex(|hash| hash.add(*b"ab")),
            hex(|hash| hash.add_bytes(b"ab"))
        );
        assert_eq!(
            hex(|hash| hash.add_optional_bytes(None)),
            hex(|hash| hash.add(false))
        );
        assert_eq!(
            hex(|hash| hash.add_optional_bytes(Some(b"x"))),
            hex(|hash| {
                hash.add(true);
                hash.add_bytes(b"x");
            })
        );
        assert_eq!(
            hex(|hash| hash.add_optional_list_of_bytes(Some(&["a", "bc"]))),
            hex(|hash| {
                hash.add_optional(Some(2u64));
                hash.add_bytes(b"a");
                hash.add_bytes(b"bc");
            })
        );
    }

    #[test]
    fn where_a_field_ends_matters() {
        let two = |a: &[u8], b: &[u8]| {
            hex(|hash| {
                hash.add_bytes(a);
                hash.add_bytes(b);
            })
        };
        assert_ne!(two(b"ab", b"c"), two(b"a", b"bc"));
        assert_ne!(two(b"", b"a"), two(b"a", b""));
    }

    #[test]
    fn peek_leaves_the_state_and_pieces_do_not_matter() {
        let bytes: Vec<u8> = (0..200).collect();
        for cut in 0..bytes.len() {
            let mut hash = HashHelper::new();
            hash.raw(&bytes[..cut]);
            hash.peek();
            hash.raw(&bytes[cut..]);
            assert_eq!(hash.finish(), hash_contents(&bytes));
        }
    }

    /// The directory that the reference's `addOptions` made for this text.
    #[test]
    fn a_directory_of_the_reference() {
        let text = b"pub const fancy: bool = true;\npub const name: []const u8 = \"two\";\n";
        let name = hex(|hash| {
            hash.add_bytes(b"0.14.1");
            hash.add(0xad95_e922u32);
            hash.add_bytes(text);
        });
        assert_eq!(name, "07da928f8d13f8a6c341b42facd584ce");
    }

    #[test]
    fn digits() {
        let digest = hash_contents(b"x");
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        assert_eq!(Digest::from_hex(b"0123456789abcdef0123456789abcdeF"), None);
        assert_eq!(Digest::from_hex(b"0123456789abcdef0123456789abcde"), None);
        assert_eq!(Digest::from_hex(b""), None);
    }
}
