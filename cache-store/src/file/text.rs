//! Paths by their text alone, as the reference resolves them.

use std::borrow::Cow;

/// What is between the components of a resolved path.
pub const SEPARATOR: u8 = if cfg!(windows) { b'\\' } else { b'/' };

/// Whether a byte ends a component, in a path as somebody has written it.
pub fn is_separator(byte: u8) -> bool {
    byte == b'/' || byte == SEPARATOR
}

/// Where an absolute path begins, as resolved paths have it, with a separator at its end; and the rest of the
/// path. A relative path begins with nothing.
///
/// On Windows that is a drive (`C:\`), a share (`\\server\share\`) or a root alone, which is that of the
/// drive at hand. A path that is relative to a drive's own working directory (`C:a`) counts as relative.
pub fn split_root(path: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    if cfg!(windows) {
        return split_root_of_windows(path);
    }
    match path.strip_prefix(b"/") {
        Some(rest) => (Cow::Borrowed(b"/"), rest),
        None => (Cow::Borrowed(b""), path),
    }
}

/// Whether a path is absolute.
pub fn is_absolute(path: &[u8]) -> bool {
    !split_root(path).0.is_empty()
}

/// Whether this is the name of something in a directory, and leads nowhere else.
pub fn is_plain_name(name: &[u8]) -> bool {
    is_plain_part(name) && !name.iter().any(|&byte| byte == 0 || is_separator(byte))
}

/// The same of what is between the separators of a path without zero bytes.
pub fn is_plain_part(part: &[u8]) -> bool {
    // A drive, or what a file has besides its content.
    let is_windows = cfg!(windows) && part.contains(&b':');
    !matches!(part, b"" | b"." | b"..") && !is_windows
}

fn split_root_of_windows(path: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let is_separator = |byte: &u8| matches!(byte, b'/' | b'\\');
    match path {
        [drive, b':', first, ..] if drive.is_ascii_alphabetic() && is_separator(first) => {
            let root = [drive.to_ascii_uppercase(), b':', b'\\'];
            (Cow::Owned(root.to_vec()), &path[3..])
        }
        [first, second, ..] if is_separator(first) && is_separator(second) => {
            // What stands for itself (`\\?\C:\`) has one more part if it is a share.
            let is_device = matches!(path[2..], [b'?' | b'.', third, ..] if is_separator(&third));
            let is_share =
                is_device && path[4..].len() > 3 && path[4..7].eq_ignore_ascii_case(b"UNC");
            let parts = 2 + 2 * usize::from(is_share);
            let ends = (2..path.len()).filter(|&at| is_separator(&path[at]));
            let end = ends.take(parts).nth(parts - 1).unwrap_or(path.len());
            let mut root = path[..end].to_vec();
            root.iter_mut()
                .filter(|byte| **byte == b'/')
                .for_each(|byte| *byte = b'\\');
            root.push(b'\\');
            (Cow::Owned(root), path.get(end + 1..).unwrap_or_default())
        }
        [first, ..] if is_separator(first) => (Cow::Borrowed(b"\\"), &path[1..]),
        _ => (Cow::Borrowed(b""), path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_paths_begin_on_windows() {
        for (path, root, rest) in [
            ("a\\b", "", "a\\b"),
            ("", "", ""),
            ("C:", "", "C:"),
            ("C:a", "", "C:a"),
            ("c:/a/b", "C:\\", "a/b"),
            ("C:\\", "C:\\", ""),
            ("\\a", "\\", "a"),
            ("/", "\\", ""),
            ("\\\\server\\share\\a\\b", "\\\\server\\share\\", "a\\b"),
            ("//server/share/a", "\\\\server\\share\\", "a"),
            ("\\\\server\\share", "\\\\server\\share\\", ""),
            ("\\\\server", "\\\\server\\", ""),
            ("\\\\?\\C:\\a", "\\\\?\\C:\\", "a"),
            (
                "\\\\?\\UNC\\server\\share\\a",
                "\\\\?\\UNC\\server\\share\\",
                "a",
            ),
            ("\\\\.\\NUL", "\\\\.\\NUL\\", ""),
            ("\\\\", "\\\\\\", ""),
        ] {
            let (found, left) = split_root_of_windows(path.as_bytes());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(
                (text(&found), text(left)),
                (root.into(), rest.into()),
                "{path}"
            );
        }
    }
}
