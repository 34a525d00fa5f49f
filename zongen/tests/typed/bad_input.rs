//! Text that nobody writes, as typed values: a value or an error with its place, and an end.

use std::time::Instant;

use zoir::typed::{Error, Value};
use zongen::{from_slice, from_str};

use crate::{Bytes, err};

/// Every error has a place, and that is in the text.
#[track_caller]
fn assert_placed(text: &[u8], error: &Error) {
    assert!(!error.items().is_empty());
    for item in error.items() {
        let location = item.location.as_ref().expect("a place");
        assert!(location.line > 0 && location.column > 0, "{item:?}");
        let span = &location.span;
        assert!(
            span.start <= span.end && span.end <= text.len(),
            "{item:?} in {} bytes",
            text.len()
        );
    }
}

/// Messages and columns are the reference's; the column is that in a string literal, which starts with one
/// character. A name starts with three of them.
#[test]
fn unicode_escapes_in_all_their_wrong_forms() {
    const BRACE: &str = "expected '{', found";
    const DIGIT: &str = "expected hex digit or '}', found";
    const VALUE: &str = "unicode escape does not correspond to a valid unicode scalar value";
    // Where the found byte is the quote, it is not shown here.
    let forms: &[(&str, u32, &str, &str)] = &[
        (r"\u", 4, BRACE, ""),
        (r"\u41", 4, BRACE, "4"),
        (r"\u(41)", 4, BRACE, "("),
        (r"\u{", 5, DIGIT, ""),
        (r"\u{4", 6, DIGIT, ""),
        (r"\u{g}", 5, DIGIT, "g"),
        (r"\u{4g}", 6, DIGIT, "g"),
        (r"\u{ 41}", 5, DIGIT, " "),
        (r"\u{41 }", 7, DIGIT, " "),
        (r"\u{4_1}", 6, DIGIT, "_"),
        (r"\u{-1}", 5, DIGIT, "-"),
        (r"\u{{41}}", 5, DIGIT, "{"),
        (r"\u{}", 5, "empty unicode escape sequence", "-"),
        (r"\u{110000}", 10, VALUE, "-"),
        (r"\u{fffffffff}", 10, VALUE, "-"),
        (r"\u{ffffffffffffffffffffffff}", 10, VALUE, "-"),
        (r"\U{41}", 3, "invalid escape character:", "U"),
    ];
    for &(form, column, message, found) in forms {
        for (open, close, shift) in [("\"", "\"", 0), ("'", "'", 0), (".@\"", "\"", 2)] {
            let found = match found {
                "-" if !message.ends_with("found") => String::new(),
                "" => format!(" '{close}'"),
                found => format!(" '{found}'"),
            };
            let text = format!("{open}{form}{close}");
            assert_eq!(
                err::<Value>(&text),
                format!("1:{}: error: {message}{found}\n", column + shift),
                "{text}"
            );
        }
    }
    for form in [r"\u{d800}", r"\u{dfff}"] {
        // Of characters the reference takes them.
        assert_eq!(
            err::<String>(&format!("\"{form}\"")),
            format!("1:4: error: {VALUE}\n")
        );
        assert!(matches!(
            from_str(&format!("'{form}'")),
            Ok(Value::Char(0xd800 | 0xdfff))
        ));
    }
    assert_eq!(
        err::<Value>(r"'\u{41}}'"),
        "1:8: error: expected single quote ('), found '}'\n"
    );
    for (form, value) in [
        (r"\u{41}}", "A}"),
        (r"\u{0000000000041}", "A"),
        (r"\u{10ffff}", "\u{10ffff}"),
        (r"\u{0}", "\0"),
    ] {
        assert_eq!(
            from_str::<String>(&format!("\"{form}\"")).as_deref(),
            Ok(value)
        );
    }
}

#[test]
fn every_byte_in_every_place() {
    let source = b".{ .a = -1.5, .@\"b\" = \"x\\n\\u{41}\", .c = 'c', .d = .{ .e, 0x1f, null } }";
    let (mut values, mut errors) = (0, 0);
    for at in 0..source.len() {
        for byte in 0..=255 {
            let mut text = source.to_vec();
            text[at] = byte;
            match from_slice::<Value>(&text) {
                Ok(value) => {
                    values += 1;
                    // As in the reference a float is written without a point if it can be; that is all that
                    // changes.
                    let written = value.to_string();
                    let again = from_str::<Value>(&written).map(|value| value.to_string());
                    assert_eq!(again.as_ref(), Ok(&written));
                }
                Err(error) => {
                    errors += 1;
                    assert_placed(&text, &error);
                }
            }
            if let Err(error) = from_slice::<Vec<u8>>(&text) {
                assert_placed(&text, &error);
            }
        }
    }
    assert!(values > 1000 && errors > 1000, "{values} {errors}");
}

#[test]
fn a_million_of_them_nested() {
    for open in [".{", ".{.a=", "(", "-"] {
        let text = open.repeat(1_000_000);
        let error = from_str::<Value>(&text).unwrap_err();
        assert_placed(text.as_bytes(), &error);
    }
    // As deep as a document may be.
    let text = ".{".repeat(100_000) + &"}".repeat(100_000);
    let error = from_str::<Value>(&text).unwrap_err();
    assert_placed(text.as_bytes(), &error);
    assert!(
        error
            .to_string()
            .contains("nesting is deeper than 128 levels")
    );
}

#[test]
fn numbers_of_a_million_digits() {
    for (prefix, digit) in [("", '7'), ("0x", 'f'), ("0o", '7'), ("0b", '1')] {
        let text = prefix.to_owned() + &digit.to_string().repeat(1_000_000);
        let value = from_str::<Value>(&text).unwrap();
        let Value::BigInt(false, limbs) = &value else {
            panic!("{prefix}")
        };
        assert!(limbs.len() > 15_000);
        let text = prefix.to_owned() + &digit.to_string().repeat(100_000);
        assert_eq!(
            err::<u128>(&text),
            "1:1: error: type 'u128' cannot represent value\n"
        );
        assert_eq!(from_str::<f64>(&text), Ok(f64::INFINITY));
        assert_eq!(from_str::<f32>(&format!("-{text}")), Ok(f32::NEG_INFINITY));
        let value = from_str::<Value>(&text).unwrap();
        // Written to base 16, and the same number.
        assert_eq!(from_str::<Value>(&value.to_string()).as_ref(), Ok(&value));
        let wrong = text + "z";
        let error = from_str::<f64>(&wrong).unwrap_err();
        assert_placed(wrong.as_bytes(), &error);
    }
    let float = "1".repeat(50_000) + "." + &"1".repeat(50_000) + "e-49_999";
    assert_eq!(from_str::<f64>(&float), Ok(1.1111111111111112));
    assert_eq!(
        err::<u128>(&float),
        "1:1: error: type 'u128' cannot represent value\n"
    );
}

#[test]
fn a_string_of_a_hundred_megabytes() {
    let text = format!("\"{}\"", "a".repeat(100_000_000));
    let value: &str = from_str(&text).unwrap();
    assert!(std::ptr::eq(value, &text[1..text.len() - 1]));
    let open = &text[..1_000_000];
    assert_placed(open.as_bytes(), &from_str::<&str>(open).unwrap_err());
    assert_eq!(
        err::<u8>(&format!("{open}\"")),
        "1:1: error: expected type 'u8'\n"
    );
    let text = format!("\"{}\\n\"", "\u{e4}".repeat(500_000));
    assert_eq!(from_str::<String>(&text).unwrap().len(), 1_000_001);
    assert_eq!(from_str::<Bytes>(&text).unwrap().0.len(), 1_000_001);
}

#[test]
fn many_fields_and_many_wrong_ones() {
    let fields: String = (0..20_000).map(|n| format!(".f{n} = {n}, ")).collect();
    let text = format!(".{{ {fields} }}");
    let map: std::collections::BTreeMap<&str, u32> = from_str(&text).unwrap();
    assert_eq!((map.len(), map["f19999"]), (20_000, 19_999));
    let error = from_str::<crate::Vec2>(&text).unwrap_err();
    assert_eq!(error.items().len(), 20_000 + 2);
    assert_placed(text.as_bytes(), &error);
}

/// Four times the text takes about four times as long.
#[test]
#[ignore = "measures time: wants a machine that does nothing else, and a release build"]
fn time_is_linear() {
    type Make = fn(usize) -> String;
    let kinds: [(&str, Make); 9] = [
        ("nested", |n| ".{".repeat(n)),
        ("fields", |n| {
            let fields: String = (0..n).map(|n| format!(".f{n} = {n}, ")).collect();
            format!(".{{ {fields} }}")
        }),
        ("elements", |n| format!(".{{ {} }}", "1.5, ".repeat(n))),
        ("structs", |n| {
            format!(".{{ {} }}", ".{ .a = .b, .c = \"d\" }, ".repeat(n))
        }),
        ("string", |n| format!("\"{}\"", "abcd\\n".repeat(n))),
        ("lines", |n| "\\\\text\n".repeat(n)),
        ("comments", |n| "// text\n".repeat(n) + "1"),
        ("binary", |n| format!("0b{}", "10".repeat(n))),
        ("wrong", |n| format!(".{{ {} }}", "\"\\q\", ".repeat(n))),
    ];
    for (kind, make) in kinds {
        let best = |n: usize| {
            let text = make(n);
            let once = |_| {
                let start = Instant::now();
                let _ = from_str::<Value>(&text);
                start.elapsed()
            };
            (0..5).map(once).min().unwrap_or_default()
        };
        let (small, large) = (best(100_000), best(400_000));
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        println!("{kind:<10} {small:>10.1?} {large:>10.1?} ratio {ratio:.1}");
        assert!(
            ratio < 8.0,
            "{kind}: {small:?}, four times as much {large:?}"
        );
    }
}
