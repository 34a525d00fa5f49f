//! What a manifest in `h/` says.

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;

use cache_store::file::look_in_cache;
use manifest::limits::MAX_MANIFEST_LEN;
use manifest::{Digest, Format, Listing, ParseErrorKind};

use super::outputs::output_in;
use crate::paths;

/// The releases that write manifests of a format.
pub(super) fn releases_of(format: Format) -> &'static str {
    match format {
        Format::Lines => "0.14 to 0.16",
        Format::Records => "0.17",
    }
}

/// What is in a manifest.
#[derive(Debug)]
pub(crate) enum Contents {
    /// Nothing: a build has begun and not ended well, or has not ended.
    Empty,
    /// What was read.
    Listed(Listing),
    /// It begins like no manifest of its form: to whoever would read it, it is one of another time.
    Other,
    /// It makes no sense. In the text format that is an error to whoever reads it.
    Damaged,
}

/// The format and the key that a name in `h/` stands for. `None` if it is no name of a manifest.
pub(crate) fn key_of(name: &OsStr) -> Option<(Format, Digest)> {
    Format::of_file_name(paths::bytes(Path::new(name)))
}

/// Reads one, without a lock: to look at it.
///
/// # Errors
/// If it cannot be read, or is no regular file.
pub(crate) fn read(path: &Path, format: Format) -> io::Result<Contents> {
    Ok(contents(&read_bytes(path)?, format))
}

/// The bytes of one, and no more than tell that it is too long.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = look_in_cache(path)?;
    let mut bytes = Vec::new();
    // It may grow while it is read.
    file.take(MAX_MANIFEST_LEN + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The same of bytes that were read. Whoever looks for a manifest by its name reads it as the name says.
pub(crate) fn contents(bytes: &[u8], format: Format) -> Contents {
    if bytes.is_empty() {
        return Contents::Empty;
    }
    if bytes.len() as u64 > MAX_MANIFEST_LEN {
        return Contents::Damaged;
    }
    match format.parse(bytes, format.prefix_count()) {
        Ok(listing) => Contents::Listed(listing),
        Err(error) if error.kind == ParseErrorKind::Header => Contents::Other,
        Err(_) => Contents::Damaged,
    }
}

/// The name of the output that belongs to a manifest.
pub(crate) fn output_of(is_own: bool, key: Digest, listing: &Listing) -> Digest {
    match is_own {
        true => key,
        false => listing.final_digest(key),
    }
}

/// What stands for the step of a build, or the program: the first file that it read. Manifests of the same
/// step at other times have the same. `None` if it reads no files.
pub(crate) fn root_of(listing: &Listing) -> Option<Vec<u8>> {
    let path = &listing.entries.first()?.path.sub_path;
    // What a step before has made is another directory each time.
    Some(match output_in(path) {
        Some((_, rest)) if !rest.is_empty() => [b"o/*/", rest].concat(),
        _ => path.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(paths: &[&str]) -> Listing {
        let digits = "0".repeat(32);
        let lines = paths
            .iter()
            .map(|path| format!("1 2 3 {digits} 2 {path}\n"));
        let text = format!("0\n{}", lines.collect::<String>());
        match contents(text.as_bytes(), Format::Lines) {
            Contents::Listed(listing) => listing,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn roots() {
        let made = format!("o/{}/gen.zig", "ab".repeat(16));
        for (paths, root) in [
            (&[][..], None),
            (&["src/main.zig", "a.zig"], Some("src/main.zig")),
            (&[&made], Some("o/*/gen.zig")),
            (&[&format!(".zig-cache/{made}")], Some("o/*/gen.zig")),
            (&["o/x/gen.zig"], Some("o/x/gen.zig")),
        ] {
            let found = root_of(&listing(paths));
            assert_eq!(found.as_deref(), root.map(str::as_bytes));
        }
    }

    #[test]
    fn names() {
        let digits = "0123456789abcdef0123456789abcdef";
        let form = |name: &str| key_of(OsStr::new(name)).map(|(format, _)| format);
        assert_eq!(form(digits), Some(Format::Records));
        assert_eq!(form(&format!("{digits}.txt")), Some(Format::Lines));
        for other in ["timestamp", "x.txt", &digits[1..], &format!("{digits}.tmp")] {
            assert_eq!(form(other), None);
        }
    }

    #[test]
    fn what_is_in_them() {
        assert!(matches!(contents(b"", Format::Lines), Contents::Empty));
        assert!(matches!(contents(b"", Format::Records), Contents::Empty));
        assert!(matches!(contents(b"1\n", Format::Lines), Contents::Other));
        assert!(matches!(
            contents(b"0\n1", Format::Lines),
            Contents::Damaged
        ));
        assert!(matches!(
            contents(b"0\n", Format::Lines),
            Contents::Listed(_)
        ));
    }
}
