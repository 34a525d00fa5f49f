//! Names that the language itself defines.

/// Names of primitive types and values other than the integer types with a width.
const NAMES: &[&str] = &[
    "anyerror",
    "anyframe",
    "anyopaque",
    "bool",
    "c_int",
    "c_long",
    "c_longdouble",
    "c_longlong",
    "c_char",
    "c_short",
    "c_uint",
    "c_ulong",
    "c_ulonglong",
    "c_ushort",
    "comptime_float",
    "comptime_int",
    "f128",
    "f16",
    "f32",
    "f64",
    "f80",
    "false",
    "isize",
    "noreturn",
    "null",
    "true",
    "type",
    "undefined",
    "usize",
    "void",
];

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
        // Most names are told apart by these two conditions already.
        [
            b'a' | b'b' | b'c' | b'f' | b'i' | b'n' | b't' | b'u' | b'v',
            ..,
        ] if name.len() <= 14 => NAMES.iter().any(|known| known.as_bytes() == name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in NAMES {
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
