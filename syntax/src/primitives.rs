//! Names that the language itself defines.

/// Whether `name` is that of a primitive type or value; `_` is not.
///
/// Integer types count by their form alone: `u007` and `i99999` are primitive names too.
pub fn is_primitive(name: &[u8]) -> bool {
    match name {
        [b'i' | b'u', digits @ ..]
            if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) =>
        {
            true
        }
        b"anyerror" | b"anyframe" | b"anyopaque" | b"bool" | b"c_int" | b"c_long"
        | b"c_longdouble" | b"c_longlong" | b"c_char" | b"c_short" | b"c_uint" | b"c_ulong"
        | b"c_ulonglong" | b"c_ushort" | b"comptime_float" | b"comptime_int" | b"f128" | b"f16"
        | b"f32" | b"f64" | b"f80" | b"false" | b"isize" | b"noreturn" | b"null" | b"true"
        | b"type" | b"undefined" | b"usize" | b"void" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in [
            "anyerror",
            "c_longdouble",
            "comptime_float",
            "f16",
            "true",
            "void",
        ] {
            assert!(is_primitive(name.as_bytes()), "{name}");
            let longer = [name.as_bytes(), b"_"].concat();
            assert!(!is_primitive(&longer), "{name}_");
        }
        for name in ["u0", "i32", "u007", "i99999999999999999"] {
            assert!(is_primitive(name.as_bytes()), "{name}");
        }
        for name in ["", "_", "i", "u", "u1a", "f1", "haberdasher", "U8"] {
            assert!(!is_primitive(name.as_bytes()), "{name}");
        }
    }
}
