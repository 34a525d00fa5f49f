//! The fields of a record: numbers as LEB128, bytes behind their number.

/// Bytes that fields are added to.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Adds to bytes that are there already.
    pub(super) fn behind(bytes: Vec<u8>) -> Writer {
        Writer(bytes)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Bytes as they are, of a length that is known.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn flag(&mut self, is_so: bool) {
        self.0.push(u8::from(is_so));
    }
}

/// Bytes that fields are read off.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn number<T: TryFrom<u64>>(&mut self) -> Option<T> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            let digit = u64::from(byte & 0x7f);
            if digit << shift >> shift != digit {
                return None;
            }
            number |= digit << shift;
            if byte & 0x80 == 0 {
                return T::try_from(number).ok();
            }
        }
        None
    }

    /// Bytes of a length that is known.
    pub(super) fn raw<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn flag(&mut self) -> Option<bool> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte != 0)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut out = Writer::default();
            out.number(number);
            let bytes = out.into_bytes();
            let mut reader = Reader(&bytes);
            assert_eq!(reader.number::<u64>(), Some(number));
            assert!(reader.0.is_empty());
            for len in 0..bytes.len() {
                assert_eq!(Reader(&bytes[..len]).number::<u64>(), None);
            }
        }
        assert_eq!(Reader(&[0x80, 2]).number::<u8>(), None, "256");
        assert_eq!(Reader(&[0xff; 10]).number::<u64>(), None);
        assert_eq!(Reader(&[0x80; 20]).number::<u64>(), None);
    }
}
