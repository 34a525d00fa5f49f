//! Reading a file in as few calls as may be.

use std::fs::File;
use std::io::{self, ErrorKind};

use super::sys::{Metadata, append_at};

/// A file from its beginning, or `None` if it is longer than `max` bytes. One that does not change meanwhile
/// takes two reads.
///
/// # Errors
/// The file cannot be read.
pub fn read_whole(file: &File, max: u64) -> io::Result<Option<Vec<u8>>> {
    let len = Metadata::of(file)?.len();
    if len > max {
        return Ok(None);
    }
    // One more than there is, so that the end is seen without growing.
    let too_large = |_| io::Error::from(ErrorKind::FileTooLarge);
    let mut bytes = Vec::with_capacity(usize::try_from(len).map_err(too_large)? + 1);
    loop {
        let at = bytes.len() as u64;
        match append_at(file, &mut bytes, at) {
            Ok(0) => return Ok(Some(bytes)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if bytes.len() as u64 > max {
            return Ok(None);
        }
        // If it has grown, more room is made.
        bytes.reserve(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    #[test]
    fn as_long_as_may_be_and_no_longer() {
        let mut file = tempfile::tempfile().unwrap();
        for len in [0, 1, 5000] {
            file.set_len(0).unwrap();
            file.rewind().unwrap();
            file.write_all(&vec![b'x'; len]).unwrap();
            for (max, is_read) in [(len, true), (len + 1, true), (len.wrapping_sub(1), false)] {
                let bytes = read_whole(&file, max as u64).unwrap();
                if max > len + 1 {
                    assert!(bytes.is_some(), "no limit at all");
                    continue;
                }
                assert_eq!(bytes, is_read.then(|| vec![b'x'; len]), "{len} {max}");
            }
        }
        let directory = tempfile::tempdir().unwrap();
        if let Ok(directory) = File::open(directory.path()) {
            assert!(read_whole(&directory, u64::MAX).is_err());
        }
    }

    /// A file of the system that says it has no length.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_longer_than_it_says() {
        let read = |max| read_whole(&File::open("/proc/self/maps").unwrap(), max).unwrap();
        assert!(read(u64::MAX).unwrap().len() > 100);
        assert_eq!(read(100), None);
    }
}
