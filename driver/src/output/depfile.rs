//! Lists of what a run read, for build systems.

use std::path::{Path, PathBuf};

use crate::{Error, paths};

/// Writes the files one a line.
pub(crate) fn write_list(to: &Path, inputs: &[PathBuf]) -> Result<(), Error> {
    let mut out = Vec::new();
    for input in inputs {
        out.extend_from_slice(listable(input)?);
        out.push(b'\n');
    }
    write(to, &out)
}

/// Writes the files as prerequisites of a rule for Make or Ninja. Its target is `to` without its extension
/// `.d`.
pub(crate) fn write_depfile(to: &Path, inputs: &[PathBuf]) -> Result<(), Error> {
    let name = paths::bytes(to);
    let target = paths::from_bytes(name.strip_suffix(b".d").unwrap_or(name));
    let mut out = Vec::new();
    escape(listable(&target)?, &mut out);
    out.push(b':');
    for input in inputs {
        out.extend_from_slice(b" \\\n  ");
        escape(listable(input)?, &mut out);
    }
    out.push(b'\n');
    write(to, &out)
}

fn write(to: &Path, bytes: &[u8]) -> Result<(), Error> {
    std::fs::write(to, bytes).map_err(|error| Error::path("write the list", to, error))
}

/// The path's bytes, if they fit on a line.
fn listable(path: &Path) -> Result<&[u8], Error> {
    let bytes = paths::bytes(path);
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        let error = std::io::Error::other("there is a line break in its name");
        return Err(Error::path("list", path, error));
    }
    Ok(bytes)
}

/// As compilers write it and Make and Ninja read it.
fn escape(path: &[u8], out: &mut Vec<u8>) {
    for &byte in path {
        match byte {
            b' ' | b'#' => out.push(b'\\'),
            b'$' => out.push(b'$'),
            _ => {}
        }
        out.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("list");
        write_list(&to, &["a.zig".into(), "/l/b c.zig".into()]).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"a.zig\n/l/b c.zig\n");
        write_list(&to, &[]).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"");
        assert!(write_list(&to, &["a\nb.zig".into()]).is_err());
        assert!(write_list(&dir.path().join("no/list"), &[]).is_err());
    }

    #[test]
    fn a_depfile_is_read_as_it_was_meant() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("out.d");
        write_depfile(&to, &["a.zig".into(), "/l/b c.zig".into()]).unwrap();
        let text = std::fs::read(&to).unwrap();
        let target = format!("{}: \\\n", dir.path().join("out").display());
        assert!(text.starts_with(target.as_bytes()));
        let read = manifest::prerequisites(&text).unwrap();
        assert_eq!(read, [b"a.zig".as_slice(), b"/l/b c.zig"]);
        write_depfile(&to, &["a$#.zig".into()]).unwrap();
        let text = String::from_utf8(std::fs::read(&to).unwrap()).unwrap();
        assert!(text.ends_with("  a$$\\#.zig\n"), "{text}");
    }
}
