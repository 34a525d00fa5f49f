//! Names of files in messages.

use release::Release;

/// A name in quotes, as messages of a release have it.
pub(crate) fn quoted(name: &[u8], release: Release) -> Vec<u8> {
    match release.rules().paths_are_escaped {
        true => [b"\"", &*escaped(name), b"\""].concat(),
        false => [b"'", name, b"'"].concat(),
    }
}

/// A name as in a string literal; text that is UTF-8 stays as it is.
fn escaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in name.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                '"' | '\\' => out.extend([b'\\', c as u8]),
                '\0'..='\x1f' | '\x7f' => out.extend(format!("\\x{:02x}", c as u32).into_bytes()),
                _ => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for byte in chunk.invalid() {
            out.extend(format!("\\x{byte:02x}").into_bytes());
        }
    }
    out
}
