//! Typed values. `reference_*` are the cases of the tests in the reference's `lib/std/zon/parse.zig` and `stringify.zig` that
//! have a meaning in Rust: the same value, or the same message at the same place.
//!
//! Left out of `parse.zig`: which types can be parsed or need an allocator (`canParseType`, `requiresAllocator`), running out of
//! memory, freeing on error, sentinels and alignment, mutable slices (a `Vec<u8>` stands for those), untagged unions, comptime
//! fields, widths of integers that Rust lacks (`i14`, `u65`, `i66`; 128 bits stand for them), `f16` and `f128`, vectors (arrays
//! but for their messages), and unions of which all variants are void (enums in Rust).
//! Left out of `stringify.zig`: which types can be written or are recursive, limits on depth, the calls to write a document
//! piece by piece, fields left out because they have their default (`skip_serializing_if` in serde), comptime numbers,
//! anonymous enum literals (`EnumLiteral`), and types that Rust lacks.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use syntax::{Ast, Mode};
use zoir::typed::{
    CodePoints, DeOptions, EnumLiteral, SerOptions, Spanned, Value, to_string, to_string_with,
    to_value,
};
use zongen::{from_slice, from_str, from_str_with};

#[track_caller]
fn ok<'de, T: Deserialize<'de>>(text: &'de str) -> T {
    from_str(text).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

#[track_caller]
fn err<'de, T: Deserialize<'de> + Debug>(text: &'de str) -> String {
    from_str::<T>(text).expect_err(text).to_string()
}

/// Bytes: what is `[]const u8` in Zig.
#[derive(Debug, PartialEq, Eq)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Bytes, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    bytes.push(byte);
                }
                Ok(Bytes(bytes))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Vec0 {}

#[derive(Debug, PartialEq, Deserialize)]
struct Vec1 {
    x: f32,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Vec2 {
    x: f32,
    y: f32,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Vec3 {
    x: f32,
    y: f32,
    z: f32,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Tuple0();

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Union {
    X(f32),
    #[serde(rename = "y y")]
    Y(bool),
    Z,
    #[serde(rename = "z z")]
    Zz,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Floats {
    X(f32),
    Y(f32),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Enum {
    Foo,
    Bar,
    Baz,
    #[serde(rename = "ab\nc")]
    Abc,
}

#[test]
fn reference_syntax_errors_and_comments() {
    assert_eq!(
        err::<Vec0>(".{.x = 1 .y = 2}"),
        "1:13: error: expected ',' after initializer\n"
    );
    assert_eq!(ok::<u8>("// comment\n10 // comment\n// comment"), 10);
    assert_eq!(
        err::<u8>("//! comment\n10 // comment\n// comment"),
        "1:1: error: expected expression, found 'a document comment'\n"
    );
    assert!(from_str::<u8>(".{").is_err());
}

#[test]
fn reference_optional() {
    assert_eq!(ok::<Option<u32>>("null"), None);
    assert_eq!(ok::<Option<u32>>("1"), Some(1));
    assert_eq!(ok::<Option<String>>("null"), None);
    assert_eq!(ok::<Option<&str>>("\"foo\""), Some("foo"));
}

#[test]
fn reference_unions() {
    assert_eq!(ok::<Union>(".{.x = 1.5}"), Union::X(1.5));
    assert_eq!(ok::<Union>(".{.@\"y y\" = true}"), Union::Y(true));
    assert_eq!(ok::<Union>(".z"), Union::Z);
    assert_eq!(ok::<Union>(".@\"z z\""), Union::Zz);
    #[derive(Debug, PartialEq, Deserialize)]
    enum Text {
        #[serde(rename = "bar")]
        Bar(String),
        #[serde(rename = "baz")]
        Baz(bool),
    }
    assert_eq!(ok::<Text>(".{.baz = false}"), Text::Baz(false));
    assert_eq!(ok::<Text>(".{.bar = \"qux\"}"), Text::Bar("qux".to_owned()));

    assert_eq!(
        err::<Floats>(".{.z=2.5}"),
        "1:4: error: unexpected field 'z'\n1:4: note: supported: 'x', 'y'\n"
    );
    assert_eq!(
        err::<Union>(".{.z=1}"),
        "1:6: error: expected type 'void'\n"
    );
    assert_eq!(
        err::<Floats>(".{.x = 1.5, .y = 2.5}"),
        "1:2: error: expected union\n"
    );
    assert_eq!(err::<Floats>(".{}"), "1:2: error: expected union\n");
    assert_eq!(
        err::<Union>(".y"),
        "1:2: error: unexpected field 'y'\n1:2: note: supported: 'x', '@\"y y\"', 'z', '@\"z z\"'\n"
    );
    assert_eq!(err::<Floats>(".x"), "1:2: error: expected union\n");
}

#[test]
fn reference_structs() {
    assert_eq!(ok::<Vec0>(".{}"), Vec0 {});
    assert_eq!(ok::<Vec1>(".{.x = 1.2}"), Vec1 { x: 1.2 });
    assert_eq!(ok::<Vec2>(".{.x = 1.2, .y = 3.4}"), Vec2 { x: 1.2, y: 3.4 });
    assert_eq!(
        ok::<Vec3>(".{.x = 1.2, .y = 3.4, .z = 5.6}"),
        Vec3 {
            x: 1.2,
            y: 3.4,
            z: 5.6
        }
    );

    #[derive(Debug, PartialEq, Deserialize)]
    struct Foo<'a> {
        #[serde(borrow)]
        bar: &'a str,
        baz: Vec<&'a str>,
    }
    assert_eq!(
        ok::<Foo>(".{.bar = \"qux\", .baz = .{\"a\", \"b\"}}"),
        Foo {
            bar: "qux",
            baz: vec!["a", "b"]
        }
    );

    assert_eq!(
        err::<Vec2>(".{.x=1.5, .z=2.5, .y = 1}"),
        "1:12: error: unexpected field 'z'\n1:12: note: supported: 'x', 'y'\n"
    );
    assert_eq!(
        err::<Vec2>(".{.x=1.5, .x=2.5, .x=3.5}"),
        "1:4: error: duplicate struct field name\n1:12: note: duplicate name here\n"
    );
    #[derive(Debug, PartialEq, Deserialize)]
    struct Defaults {
        x: f32,
        #[serde(default = "two")]
        y: f32,
    }
    fn two() -> f32 {
        2.0
    }
    let options = DeOptions::default().ignore_unknown_fields(true);
    assert_eq!(
        from_str_with(".{ .x = 1.0, .z = 3.0 }", options),
        Ok(Defaults { x: 1.0, y: 2.0 })
    );
    assert_eq!(ok::<Defaults>(".{.x = 1.2}"), Defaults { x: 1.2, y: 2.0 });
    let none_expected = err::<Vec0>(".{.x=1.5, .z=2.5}");
    assert!(
        none_expected.starts_with("1:4: error: unexpected field 'x'\n1:4: note: none expected\n")
    );
    assert_eq!(
        err::<Vec2>(".{.x=1.5}"),
        "1:2: error: missing required field y\n"
    );

    #[derive(Debug, PartialEq, Deserialize)]
    enum X {
        #[serde(rename = "x x")]
        X,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct HasX {
        #[serde(rename = "x x")]
        x: X,
    }
    assert_eq!(ok::<HasX>(".{ .@\"x x\" = .@\"x x\" }"), HasX { x: X::X });

    let types =
        "1:1: error: types are not available in ZON\n1:1: note: replace the type with '.'\n";
    assert_eq!(err::<Vec0>("Empty{}"), types);
    assert_eq!(err::<[u8; 3]>("[3]u8{1, 2, 3}"), types);
    assert_eq!(err::<Vec<u8>>("[]u8{1, 2, 3}"), types);
    assert_eq!(err::<(u8, u8, u8)>("Tuple{1, 2, 3}"), types);
    assert_eq!(
        err::<Vec0>(".{ .x = Tuple{1, 2, 3} }"),
        "1:9: error: types are not available in ZON\n1:9: note: replace the type with '.'\n"
    );
}

#[test]
fn reference_tuples() {
    assert_eq!(ok::<Tuple0>(".{}"), Tuple0());
    assert_eq!(ok::<(f32,)>(".{1.2}"), (1.2,));
    assert_eq!(ok::<(f32, bool)>(".{1.2, true}"), (1.2, true));
    assert_eq!(ok::<(f32, bool, u8)>(".{1.2, false, 3}"), (1.2, false, 3));
    assert_eq!(
        ok::<(&str, &str)>(".{\"hello\", \"world\"}"),
        ("hello", "world")
    );
    assert_eq!(
        err::<(f32, bool)>(".{0.5, true, 123}"),
        "1:14: error: index 2 outside of tuple length 2\n"
    );
    assert_eq!(
        err::<(f32, bool)>(".{0.5}"),
        "1:2: error: missing tuple field with index 1\n"
    );
    assert_eq!(
        err::<(f32,)>(".{.foo = 10.0}"),
        "1:2: error: expected tuple\n"
    );
    assert_eq!(err::<Vec1>(".{10.0}"), "1:2: error: expected struct\n");
}

#[test]
fn reference_arrays_and_slices() {
    assert_eq!(ok::<[u8; 0]>(".{}"), [0u8; 0]);
    assert_eq!(ok::<[u8; 1]>(".{'a'}"), [b'a']);
    assert_eq!(ok::<[u8; 2]>(".{'a', 'b'}"), *b"ab");
    assert_eq!(ok::<[u8; 2]>(".{'a', 'b',}"), *b"ab");
    assert_eq!(ok::<[u8; 3]>(".{'a', 'b', 'c'}"), *b"abc");
    for (text, bytes) in [
        (".{}", ""),
        (".{'a'}", "a"),
        (".{'a', 'b'}", "ab"),
        (".{'a', 'b',}", "ab"),
        (".{'a', 'b', 'c'}", "abc"),
    ] {
        assert_eq!(ok::<Vec<u8>>(text), bytes.as_bytes());
        assert_eq!(ok::<Bytes>(text).0, bytes.as_bytes());
    }
    assert_eq!(ok::<[&str; 1]>(".{\"abc\"}"), ["abc"]);
    assert_eq!(ok::<Vec<&str>>(".{\"abc\"}"), ["abc"]);

    assert_eq!(
        err::<[u8; 0]>(".{'a', 'b', 'c'}"),
        "1:3: error: index 0 outside of array of length 0\n"
    );
    assert_eq!(
        err::<[u8; 1]>(".{'a', 'b'}"),
        "1:8: error: index 1 outside of array of length 1\n"
    );
    assert_eq!(
        err::<[u8; 2]>(".{'a'}"),
        "1:2: error: expected 2 array elements; found 1\n"
    );
    assert_eq!(
        err::<[u8; 3]>(".{}"),
        "1:2: error: expected 3 array elements; found 0\n"
    );
    // All of them, where the reference stops at the first.
    let bools = "1:3: error: expected type 'bool'\n1:8: error: expected type 'bool'\n1:13: error: expected type 'bool'\n";
    assert_eq!(err::<[bool; 3]>(".{'a', 'b', 'c'}"), bools);
    assert_eq!(err::<Vec<bool>>(".{'a', 'b', 'c'}"), bools);
    assert_eq!(err::<[u8; 3]>("'a'"), "1:1: error: expected array\n");
    assert_eq!(err::<Vec<u8>>("'a'"), "1:1: error: expected array\n");
    assert_eq!(
        err::<Vec<u8>>("  &.{'a', 'b', 'c'}"),
        "1:3: error: pointers are not available in ZON\n"
    );
}

#[test]
fn reference_string_literal() {
    assert_eq!(ok::<&str>("\"abc\""), "abc");
    assert_eq!(ok::<String>("\"ab\\nc\""), "ab\nc");
    assert_eq!(ok::<String>("\"ab\\x00c\""), "ab\0c");
    assert_eq!(ok::<Bytes>("\"ab\\x00c\"").0, b"ab\0c");
    for text in ["\"abcd\"", "\\\\abcd"] {
        assert_eq!(err::<Vec<u8>>(text), "1:1: error: expected array\n");
        assert_eq!(err::<[u8; 4]>(text), "1:1: error: expected array\n");
        assert_eq!(err::<Vec<i8>>(text), "1:1: error: expected array\n");
    }
    assert_eq!(err::<String>("true"), "1:1: error: expected string\n");
    assert_eq!(err::<Bytes>("true"), "1:1: error: expected string\n");
    assert_eq!(err::<Bytes>(".{false}"), "1:3: error: expected type 'u8'\n");
    assert_eq!(
        err::<Vec<i8>>("\"\\a\""),
        "1:3: error: invalid escape character: 'a'\n"
    );

    #[derive(Debug, PartialEq, Deserialize)]
    struct Messages {
        message: String,
        message2: String,
        message3: String,
    }
    let text = r"
.{
    .message =
        \\hello, world!

        \\this is a multiline string!
        \\
        \\...

    ,
    .message2 =
        \\this too...sort of.
    ,
    .message3 =
        \\
        \\and this.
}";
    let parsed = ok::<Messages>(text);
    assert_eq!(
        parsed.message,
        "hello, world!\nthis is a multiline string!\n\n..."
    );
    assert_eq!(parsed.message2, "this too...sort of.");
    assert_eq!(parsed.message3, "\nand this.");
}

#[test]
fn reference_enum_literals() {
    assert_eq!(ok::<Enum>(".foo"), Enum::Foo);
    assert_eq!(ok::<Enum>(".bar"), Enum::Bar);
    assert_eq!(ok::<Enum>(".baz"), Enum::Baz);
    assert_eq!(ok::<Enum>(".@\"ab\\nc\""), Enum::Abc);
    assert_eq!(
        err::<Enum>(".qux"),
        "1:2: error: unexpected enum literal 'qux'\n1:2: note: supported: 'foo', 'bar', 'baz', '@\"ab\\nc\"'\n"
    );
    assert_eq!(
        err::<Enum>(".@\"foobarbaz\""),
        "1:2: error: unexpected enum literal 'foobarbaz'\n\
         1:2: note: supported: 'foo', 'bar', 'baz', '@\"ab\\nc\"'\n"
    );
    assert_eq!(err::<Enum>("true"), "1:1: error: expected enum literal\n");
    assert_eq!(
        err::<Enum>(".{ .foo = 1 }"),
        "1:2: error: expected enum literal\n"
    );
    assert_eq!(
        err::<Enum>(".@\"\\x00\""),
        "1:2: error: identifier cannot contain null bytes\n"
    );
}

#[test]
fn reference_bool() {
    assert!(ok::<bool>("true"));
    assert!(!ok::<bool>("false"));
    assert_eq!(
        err::<bool>(" foo"),
        "1:2: error: invalid expression\n\
         1:2: note: ZON allows identifiers 'true', 'false', 'null', 'inf', and 'nan'\n\
         1:2: note: precede identifier with '.' for an enum literal\n"
    );
    assert_eq!(err::<bool>("123"), "1:1: error: expected type 'bool'\n");
}

#[test]
fn reference_integers() {
    assert_eq!(ok::<u8>("10"), 10);
    assert_eq!(ok::<i16>("24"), 24);
    assert_eq!(ok::<i16>("-4"), -4);
    assert_eq!(ok::<i32>("-123"), -123);
    assert_eq!(ok::<i8>("127"), 127);
    assert_eq!(ok::<i8>("-128"), -128);
    assert_eq!(ok::<u8>("'a'"), b'a');
    assert_eq!(ok::<u8>("'z'"), b'z');
    for text in [
        "36893488147419103231",
        "368934_881_474191032_31",
        "0x1ffffffffffffffff",
        "0o3777777777777777777777",
    ] {
        assert_eq!(ok::<u128>(text), 0x1_ffff_ffff_ffff_ffff);
        assert_eq!(
            ok::<i128>(&("-".to_owned() + text)),
            -0x1_ffff_ffff_ffff_ffff
        );
    }
    assert_eq!(
        ok::<u128>(&format!("0b{}", "1".repeat(65))),
        0x1_ffff_ffff_ffff_ffff
    );
    assert_eq!(
        ok::<u128>("340282366920938463463374607431768211455"),
        u128::MAX
    );
    assert_eq!(
        ok::<i128>("-170141183460469231731687303715884105728"),
        i128::MIN
    );
    let too_large = |name: &str| format!("1:1: error: type '{name}' cannot represent value\n");
    assert_eq!(
        err::<u128>("340282366920938463463374607431768211456"),
        too_large("u128")
    );
    assert_eq!(
        err::<i128>("170141183460469231731687303715884105728"),
        too_large("i128")
    );
    assert_eq!(
        err::<i128>("-170141183460469231731687303715884105729"),
        too_large("i128")
    );
    assert_eq!(ok::<i8>("-1.0"), -1);
    assert_eq!(ok::<i8>("123.0"), 123);
    for (text, value) in [("0xff", 0xff), ("0o77", 0o77), ("0b11", 0b11)] {
        assert_eq!(ok::<i16>(text), value);
        assert_eq!(ok::<i16>(&("-".to_owned() + text)), -value);
    }
    assert_eq!(
        err::<u8>("32a32"),
        "1:3: error: invalid digit 'a' for decimal base\n"
    );
    assert_eq!(err::<u8>("true"), "1:1: error: expected type 'u8'\n");
    for text in ["256", "-1", "1.5", "-1.0", "1e400", "0.5"] {
        assert_eq!(err::<u8>(text), too_large("u8"), "{text}");
    }
    assert_eq!(err::<i8>("-129"), too_large("i8"));
    assert_eq!(err::<i8>("0.01"), too_large("i8"));
    let zero = "1:2: error: integer literal '-0' is ambiguous\n1:2: note: use '0' for an integer zero\n\
                1:2: note: use '-0.0' for a floating-point signed zero\n";
    assert_eq!(err::<i8>("-0"), zero);
    assert_eq!(err::<f32>("-0"), zero);
    assert!(ok::<f32>("-0.0").is_sign_negative());
    assert!(ok::<f32>("0.0").is_sign_positive());
    let minus = "1:1: error: expected number or 'inf' after '-'\n";
    assert_eq!(err::<i8>("--2"), minus);
    assert_eq!(err::<f32>("--2.0"), minus);
    assert_eq!(err::<f32>("-'a'"), minus);
    assert_eq!(err::<i16>("-'a'"), minus);
    assert_eq!(
        err::<u8>("0xg"),
        "1:3: error: invalid digit 'g' for hex base\n"
    );
    assert_eq!(
        err::<u8>("0123"),
        "1:1: error: number '0123' has leading zero\n1:1: note: use '0o' prefix for octal literals\n"
    );
}

#[test]
fn reference_floats() {
    assert_eq!(ok::<f32>("0.5"), 0.5);
    assert_eq!(ok::<f32>("123.456"), 123.456);
    assert_eq!(ok::<f64>("-123.456"), -123.456);
    assert_eq!(ok::<f64>("42.5"), 42.5);
    assert_eq!(ok::<f32>("5.0"), 5.0);
    assert_eq!(ok::<f32>("5"), 5.0);
    assert_eq!(ok::<f32>("-102.0"), -102.0);
    assert_eq!(ok::<f32>("-102"), -102.0);
    assert_eq!(ok::<f32>("'a'"), 97.0);
    assert_eq!(ok::<f32>("'z'"), 122.0);
    assert_eq!(ok::<f32>("36893488147419103231"), 36893488147419103231.0);
    assert_eq!(ok::<f32>("-36893488147419103231"), -36893488147419103231.0);
    assert_eq!(
        ok::<f64>("0x1ffffffffffffffff"),
        0x1_ffff_ffff_ffff_ffffu128 as f64
    );
    assert_eq!(
        ok::<f32>("0x1ffffffffffffffff"),
        0x1_ffff_ffff_ffff_ffffu128 as f32
    );
    assert_eq!(ok::<f32>("12_3.0E+77"), f32::INFINITY);
    assert_eq!(ok::<f64>("12_3.0E+77"), 123.0E+77);
    assert_eq!(ok::<f32>("0x103.70p-5"), 0x10370 as f32 / 256.0 / 32.0);
    assert_eq!(ok::<f32>("-0x103.70"), -(0x10370 as f32) / 256.0);
    assert_eq!(
        ok::<f32>("0x1234_5678.9ABC_CDEFp-10"),
        (0x1234_5678_9ABC_CDEFu64 as f64 / 2f64.powi(42)) as f32
    );
    assert_eq!(ok::<f32>("inf"), f32::INFINITY);
    assert_eq!(ok::<f32>("-inf"), f32::NEG_INFINITY);
    assert!(ok::<f32>("nan").is_nan());
    let minus = "1:1: error: expected number or 'inf' after '-'\n";
    assert_eq!(err::<f32>("-nan"), minus);
    assert_eq!(err::<f32>("-foo"), minus);
    for text in ["nan", "inf", "-inf"] {
        assert_eq!(err::<i8>(text), "1:1: error: expected type 'i8'\n");
    }
    assert!(err::<f32>("foo").starts_with("1:1: error: invalid expression\n"));
    assert_eq!(err::<f32>("\"foo\""), "1:1: error: expected type 'f32'\n");
}

#[test]
fn reference_pointers_and_optional_messages() {
    assert_eq!(ok::<Box<u32>>("10"), Box::new(10));
    assert_eq!(
        ok::<Option<Box<Box<u32>>>>("10"),
        Some(Box::new(Box::new(10)))
    );
    assert_eq!(ok::<Box<Option<u32>>>("null"), Box::new(None));
    assert_eq!(ok::<Box<[u8; 3]>>(".{ 1, 2, 3 }"), Box::new([1, 2, 3]));
    let message = |what: &str| format!("1:1: error: expected {what}\n");
    assert_eq!(err::<Box<Option<Box<u8>>>>("true"), message("type '?u8'"));
    assert_eq!(err::<Option<f32>>("true"), message("type '?f32'"));
    assert_eq!(err::<Option<bool>>("10"), message("type '?bool'"));
    assert_eq!(err::<Option<Vec1>>("true"), message("optional struct"));
    assert_eq!(err::<Option<(i32,)>>("true"), message("optional tuple"));
    assert_eq!(err::<Option<Floats>>("true"), message("optional union"));
    assert_eq!(err::<Option<[u8; 3]>>("true"), message("optional array"));
    assert_eq!(err::<Option<Vec<u8>>>("true"), message("optional array"));
    assert_eq!(err::<Option<String>>("true"), message("optional string"));
    assert_eq!(
        err::<Option<Enum>>("true"),
        message("optional enum literal")
    );
}

#[test]
fn reference_writes() {
    #[derive(Serialize)]
    struct X {
        x: u32,
    }
    #[derive(Serialize)]
    struct Xy {
        x: u32,
        y: u32,
    }
    #[derive(Serialize)]
    struct Xyz {
        x: u32,
        y: u32,
        z: u32,
    }
    #[derive(Serialize)]
    struct Inner {
        inner: (u32, u32, u32),
    }
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Union {
        A,
        B(i32),
    }
    #[track_caller]
    fn both(value: &impl Serialize, wide: &str, narrow: &str) {
        assert_eq!(to_string(value).unwrap(), wide);
        assert_eq!(
            to_string_with(value, SerOptions::default().whitespace(false)).unwrap(),
            narrow
        );
    }
    both(&[(); 0], ".{}", ".{}");
    both(&(1,), ".{1}", ".{1}");
    both(&[1], ".{1}", ".{1}");
    both(&vec![1], ".{1}", ".{1}");
    both(&X { x: 1 }, ".{ .x = 1 }", ".{.x=1}");
    both(&(1, 2), ".{ 1, 2 }", ".{1,2}");
    both(&vec![1, 2], ".{ 1, 2 }", ".{1,2}");
    both(&Xy { x: 1, y: 2 }, ".{ .x = 1, .y = 2 }", ".{.x=1,.y=2}");
    both(&(1, 2, 3), ".{\n    1,\n    2,\n    3,\n}", ".{1,2,3}");
    both(&vec![1, 2, 3], ".{\n    1,\n    2,\n    3,\n}", ".{1,2,3}");
    both(
        &Xyz { x: 1, y: 2, z: 3 },
        ".{\n    .x = 1,\n    .y = 2,\n    .z = 3,\n}",
        ".{.x=1,.y=2,.z=3}",
    );
    both(&Union::B(1), ".{ .b = 1 }", ".{.b=1}");
    both(&Union::A, ".a", ".a");
    both(
        &Inner { inner: (1, 2, 3) },
        ".{ .inner = .{\n    1,\n    2,\n    3,\n} }",
        ".{.inner=.{1,2,3}}",
    );
    both(
        &(
            (),
            (
                (true, false, true),
                (1.5, 2.5, 3.5),
                (1, 2),
                (3, 4, Option::<u8>::None),
            ),
        )
            .1,
        ".{\n    .{\n        true,\n        false,\n        true,\n    },\n    .{\n        1.5,\n        2.5,\n        3.5,\n    \
         },\n    .{ 1, 2 },\n    .{\n        3,\n        4,\n        null,\n    },\n}",
        ".{.{true,false,true},.{1.5,2.5,3.5},.{1,2},.{3,4,null}}",
    );
}

#[test]
fn reference_writes_characters_and_strings() {
    let with = |value: &dyn Fn(SerOptions) -> String, points| {
        value(SerOptions::default().code_points(points))
    };
    let write = |value: u16| move |options| to_string_with(&value, options).unwrap();
    let cases: &[(u16, [&str; 3])] = &[
        (97, ["97", "'a'", "'a'"]),
        (10, ["10", "10", "'\\n'"]),
        (0x26a1, ["9889", "9889", "'\\xe2\\x9a\\xa1'"]),
    ];
    for (value, [never, ascii, always]) in cases {
        assert_eq!(with(&write(*value), CodePoints::Never), *never);
        assert_eq!(with(&write(*value), CodePoints::PrintableAscii), *ascii);
        assert_eq!(with(&write(*value), CodePoints::Always), *always);
    }
    let always = SerOptions::default().code_points(CodePoints::Always);
    assert_eq!(to_string_with(&0xd800u16, always).unwrap(), "55296");
    assert_eq!(to_string_with(&97u32, always).unwrap(), "97");
    assert_eq!(to_string_with(&97i8, always).unwrap(), "97");
    assert_eq!(
        to_string_with(&'\u{26a1}', always.mend(true)).unwrap(),
        "'\\u{26a1}'"
    );
    assert_eq!(
        to_string_with(&'\u{7}', always.mend(true)).unwrap(),
        "'\\u{7}'"
    );

    assert_eq!(
        to_string("abc\u{26a1}\n").unwrap(),
        "\"abc\\xe2\\x9a\\xa1\\n\""
    );
    assert_eq!(to_string("a\rc").unwrap(), "\"a\\rc\"");
    let arrays = SerOptions::default().strings_as_arrays(true);
    assert_eq!(
        to_string_with("abc\u{26a1}\n", arrays.whitespace(false)).unwrap(),
        ".{97,98,99,226,154,161,10}"
    );
    assert_eq!(
        to_string_with("abc", arrays).unwrap(),
        ".{\n    97,\n    98,\n    99,\n}"
    );
    assert_eq!(
        to_string(b"abc").unwrap(),
        ".{\n    97,\n    98,\n    99,\n}"
    );

    let multiline = SerOptions::default().multiline(true);
    assert_eq!(to_string_with("abc", multiline).unwrap(), "\"abc\"");
    let text = to_string_with(&BTreeMap::from([("a", "one\n\ntwo \u{26a1}")]), multiline).unwrap();
    assert_eq!(text, ".{ .a = \n\\\\one\n\\\\\n\\\\two \u{26a1}\n }");
    assert_eq!(
        to_string_with("one\ntwo", multiline).unwrap(),
        "\\\\one\n\\\\two"
    );
    assert_eq!(
        ok::<BTreeMap<&str, String>>(&text)["a"],
        "one\n\ntwo \u{26a1}"
    );
    assert_eq!(to_string_with("a\r\nb", multiline).unwrap(), "\"a\\r\\nb\"");
}

#[test]
fn reference_writes_numbers_and_names() {
    for (value, text) in [
        (1.5, "1.5"),
        (0.0, "0"),
        (-0.0, "-0.0"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (1.0, "1"),
        (0.1, "0.1"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (f64::from_bits(0x430e_734d_786d_68fa), "1071378233928991.2"),
    ] {
        assert_eq!(to_string(&value).unwrap(), text);
    }
    assert_eq!(to_string(&0.1f32).unwrap(), "0.1");
    assert_eq!(to_string(&2.5f32).unwrap(), "2.5");
    assert_eq!(
        to_string(&f32::from_bits(1)).unwrap().len(),
        "0.".len() + 45
    );
    assert_eq!(
        to_string(&18446744073709551616u128).unwrap(),
        "18446744073709551616"
    );
    assert_eq!(
        to_string(&-18446744073709551616i128).unwrap(),
        "-18446744073709551616"
    );
    assert_eq!(
        to_string(&u128::MAX).unwrap(),
        "340282366920938463463374607431768211455"
    );
    assert_eq!(
        to_string(&(true, false, Option::<u8>::None)).unwrap(),
        ".{\n    true,\n    false,\n    null,\n}"
    );
    for (name, text) in [
        ("a", "a"),
        ("foo_1", "foo_1"),
        ("_foo_1", "_foo_1"),
        ("foo bar", "@\"foo bar\""),
        ("1foo", "@\"1foo\""),
        ("var", "@\"var\""),
        ("true", "true"),
        ("_", "_"),
    ] {
        assert_eq!(
            to_string(&EnumLiteral(name.to_owned())).unwrap(),
            format!(".{text}")
        );
        assert_eq!(
            to_string(&BTreeMap::from([(name, 0)])).unwrap(),
            format!(".{{ .{text} = 0 }}")
        );
    }
}

#[test]
fn all_errors_at_once() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Dependency {
        url: String,
        hash: String,
        #[serde(default)]
        lazy: bool,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[allow(dead_code)]
    enum Mode {
        Fast,
        Size(u8),
        Custom { level: u8, name: String },
        Pair(u8, bool),
    }
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Package {
        name: EnumLiteral,
        version: String,
        count: u8,
        modes: Vec<Mode>,
        dependencies: HashMap<String, Dependency>,
        nonzero: std::num::NonZeroU8,
        pair: (u8, bool),
        last: bool,
    }
    let text = r#".{
    .name = "text",
    .version = 1,
    .count = 300,
    .modes = .{ .fast, .{ .size = true }, .slow, .{ .custom = .{ .level = -1 } }, .{ .fast = 1 }, .{ .pair = .{ 1 } }, 7 },
    .dependencies = .{
        .a = .{ .url = 1, .hash = 2 },
        .b = .{ .hash = "", .extra = 1, .lazy = null },
        .c = .{},
        .d = "nothing",
    },
    .nonzero = 0,
    .pair = .{ true, 1 },
    .last = 'x',
}"#;
    let expected = "\
2:13: error: expected enum literal
3:16: error: expected string
4:14: error: type 'u8' cannot represent value
5:35: error: expected type 'u8'
5:44: error: unexpected field 'slow'
5:44: note: supported: 'fast', 'size', 'custom', 'pair'
5:75: error: type 'u8' cannot represent value
5:64: error: missing required field name
5:94: error: expected type 'void'
5:111: error: missing tuple field with index 1
5:120: error: expected union
7:24: error: expected string
7:35: error: expected string
8:30: error: unexpected field 'extra'
8:30: note: supported: 'url', 'hash', 'lazy'
8:49: error: expected type 'bool'
8:15: error: missing required field url
9:15: error: missing required field url
9:15: error: missing required field hash
10:14: error: expected struct
12:16: error: invalid value: integer `0`, expected a nonzero u8
13:16: error: expected type 'u8'
13:22: error: expected type 'bool'
14:13: error: expected type 'bool'
";
    let error = from_str::<Package>(text).unwrap_err();
    // Each value that its own type refuses ends the struct that it is in: the rest is found before that, in earlier runs.
    let mut ours: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
    let mut wanted: Vec<_> = expected.lines().map(str::to_owned).collect();
    ours.sort();
    wanted.sort();
    assert_eq!(ours, wanted, "{error}");
    let first = &error.items()[0];
    let location = first.location.as_ref().unwrap();
    assert_eq!(&text[location.span.clone()], "\"text\"");
    assert!(error.items().iter().all(|item| item.location.is_some()));
}

#[test]
fn many_errors_end() {
    let text = format!(".{{ {} }}", ".{ .x = true, .z = 1 }, ".repeat(20_000));
    let error = from_str::<Vec<Vec2>>(&text).unwrap_err();
    assert_eq!(error.items().len(), 60_000);
    let text = format!(".{{ {} }}", "0, ".repeat(2_000));
    assert!(
        from_str::<Vec<std::num::NonZeroU8>>(&text)
            .unwrap_err()
            .items()
            .len()
            > 10
    );
}

#[test]
fn recursive_types_with_errors_end() {
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    enum List {
        #[serde(rename = "cons")]
        Cons(u8, Box<List>),
        #[serde(rename = "nil")]
        Nil,
    }
    assert_eq!(
        err::<List>(".{ .cons = .{ 1, 2 } }"),
        "1:18: error: expected union\n"
    );
    assert_eq!(err::<List>("true"), "1:1: error: expected union\n");
    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Endless {
        next: Box<Endless>,
        count: u8,
    }
    assert!(
        err::<Endless>(".{ .next = 1, .count = true }").contains("1:12: error: expected struct\n")
    );
    let deep = ".{".repeat(5000) + &"}".repeat(5000);
    assert_eq!(
        err::<Value>(&deep),
        format!(
            "1:{}: error: nesting is deeper than 128 levels\n",
            129 * 2 + 2
        )
    );
}

#[test]
fn strings_are_borrowed() {
    let text = ".{ .plain = \"abc\", .@\"quo ted\" = \"d\\x65f\", .lines = \\\\ghi\n }";
    let map: BTreeMap<&str, Cow<'_, str>> = from_str::<BTreeMap<&str, Borrowed<'_>>>(text)
        .map(|map| {
            map.into_iter()
                .map(|(name, Borrowed(value))| (name, value))
                .collect()
        })
        .unwrap();
    assert!(matches!(map["plain"], Cow::Borrowed("abc")));
    assert!(matches!(map["lines"], Cow::Borrowed("ghi")));
    assert_eq!(map["quo ted"], "def");
    assert!(matches!(map["quo ted"], Cow::Owned(_)));
    assert!(err::<&str>("\"a\\n\"").starts_with("1:1: error: "));

    // Out of a document that outlives the value everything can be borrowed.
    let zoir = zongen::generate(
        &Ast::parse(text.as_bytes(), Mode::Zon),
        zongen::Options::default(),
    );
    let map: BTreeMap<&str, &str> = zoir::typed::from_zoir(zoir.view()).unwrap();
    assert_eq!(map["quo ted"], "def");
    let error = zoir::typed::from_zoir::<u8>(zoir.view()).unwrap_err();
    assert_eq!(error.to_string(), "error: expected type 'u8'\n");
    let error =
        zongen::from_zoir::<u8>(zoir.view(), text.as_bytes(), DeOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "1:2: error: expected type 'u8'\n");
    // A text that the document was not made of.
    assert!(zongen::from_zoir::<u8>(zoir.view(), b"", DeOptions::default()).is_err());
    // A document with an error behind the end of the text, which only one that does not belong to it can have.
    let mut zoir = zoir::Zoir::default();
    zoir.string_bytes = b"\0wrong\0".to_vec();
    zoir.push_error(zoir::CompileError {
        msg: 1,
        place: zoir::Place::Token {
            token: 0,
            offset: u32::MAX - 1,
        },
        first_note: 0,
        note_count: 0,
    });
    let error = zongen::from_zoir::<u8>(zoir.view(), b"1", DeOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "1:2: error: wrong\n");
}

#[derive(Debug, Deserialize)]
struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);

#[test]
fn damaged_documents() {
    let mut zoir = zoir::Zoir::default();
    zoir.push_node(zoir::Tag::ArrayLiteral, 0, 0);
    zoir.extra.extend([u32::MAX, 0]);
    let error = zoir::typed::from_zoir::<Value>(zoir.view()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "error: document is damaged: node 0: elements are out of range\n"
    );
    assert!(zoir::typed::from_zoir::<u8>(zoir::ZoirRef::default()).is_err());
}

#[test]
fn not_utf8() {
    assert_eq!(
        err::<String>("\"\\xff\""),
        "1:1: error: string is not valid UTF-8\n"
    );
    assert_eq!(from_slice::<Bytes>(b"\"\xff\"").unwrap().0, b"\xff");
    assert_eq!(
        from_slice::<Value>(b"\"\xff\"").unwrap(),
        Value::String(vec![0xff])
    );
    assert_eq!(
        err::<BTreeMap<String, u8>>(".{ .@\"\\xff\" = 1 }"),
        "1:5: error: name is not valid UTF-8\n"
    );
}

#[test]
fn enum_literals_and_strings() {
    assert_eq!(ok::<EnumLiteral>(".@\"a b\"").0, "a b");
    assert_eq!(
        err::<EnumLiteral>("\"a\""),
        "1:1: error: expected enum literal\n"
    );
    assert_eq!(err::<String>(".a"), "1:2: error: expected string\n");
    let options = DeOptions::default().enum_literals_as_strings(true);
    assert_eq!(from_str_with::<&str>(".abc", options), Ok("abc"));
    assert_eq!(
        from_str_with::<String>(".@\"a\\x62\"", options).unwrap(),
        "ab"
    );
    assert_eq!(
        err::<Enum>("\"foo\""),
        "1:1: error: expected enum literal\n"
    );
}

#[test]
fn places_of_values() {
    let text = ".{\n    .a = \"x\",\n    .b = .{ 1, -2 },\n}";
    #[derive(Debug, Deserialize)]
    struct Places {
        a: Spanned<String>,
        b: Spanned<Vec<Spanned<i8>>>,
    }
    let places = ok::<Places>(text);
    assert_eq!(
        (places.a.line, places.a.column, places.a.value.as_str()),
        (2, 10, "x")
    );
    assert_eq!(&text[places.b.span()], ".{ 1, -2 }");
    assert_eq!(&text[places.b[1].span()], "-2");
    assert_eq!(*places.b[1], -2);
    assert_eq!(
        err::<Spanned<u8>>("true"),
        "1:1: error: expected type 'u8'\n"
    );
    assert_eq!(to_string(&places.b).unwrap(), ".{ 1, -2 }");
}

#[test]
fn maps_and_keys() {
    assert_eq!(
        ok::<BTreeMap<u8, bool>>(".{ .@\"1\" = true, .@\"20\" = false }"),
        BTreeMap::from([(1, true), (20, false)])
    );
    assert_eq!(
        err::<BTreeMap<u8, bool>>(".{ .@\"300\" = true }"),
        "1:5: error: name '300' is no 'u8'\n"
    );
    assert_eq!(ok::<BTreeMap<String, u8>>(".{}"), BTreeMap::new());
    assert_eq!(
        err::<BTreeMap<String, u8>>(".{1}"),
        "1:2: error: expected struct\n"
    );
    #[derive(Debug, PartialEq, Deserialize)]
    struct Flat {
        name: String,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    let flat = ok::<Flat>(".{ .a = 1, .name = \"n\", .b = 2 }");
    assert_eq!(
        flat.rest,
        BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)])
    );
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Either {
        Int(u8),
        Text(String),
        List(Vec<u8>),
    }
    assert_eq!(ok::<Either>("1"), Either::Int(1));
    assert_eq!(ok::<Either>("\"a\""), Either::Text("a".to_owned()));
    assert_eq!(ok::<Either>(".{1}"), Either::List(vec![1]));
    assert!(err::<Either>("true").starts_with("1:1: error: data did not match"));
}

#[test]
fn values_keep_what_zon_distinguishes() {
    let text = ".{\n    .z = 'a',\n    .y = .name,\n    .x = 340282366920938463463374607431768211456,\n    .w = .{},\n    \
                .v = 0.1,\n    .u = \"text\",\n    .t = null,\n    .s = .{ inf, -1 },\n    .r = 0.1234567890123456789,\n}";
    let mut value = ok::<Value>(text);
    assert_eq!(value.to_string(), text);
    assert_eq!(ok::<Value>(&value.to_string()), value);
    assert_eq!(value.get("y").unwrap().as_enum_literal(), Some("name"));
    assert_eq!(value.get("z").unwrap().as_int(), Some(97));
    assert_eq!(
        value.insert("u", Value::from(true)).unwrap().as_str(),
        Some("text")
    );
    assert_eq!(
        value.remove("x").map(|value| value.to_string()),
        Some("340282366920938463463374607431768211456".to_owned())
    );
    assert!(value.remove("nothing").is_none());
    *value.get_mut("w").unwrap() = Value::Array(vec![Value::from(1u8)]);
    value.insert("new", Value::from("x"));
    let names: Vec<_> = value
        .as_struct()
        .unwrap()
        .iter()
        .map(|(name, _)| name.as_slice())
        .collect();
    assert_eq!(
        names,
        [b"z", b"y", b"w", b"v", b"u", b"t", b"s", b"r"]
            .map(|name| &name[..])
            .into_iter()
            .chain([&b"new"[..]])
            .collect::<Vec<_>>()
    );
    assert_eq!(ok::<Value>("18446744073709551616"), Value::Int(1 << 64));
    assert_eq!(
        ok::<Value>("-170141183460469231731687303715884105728"),
        Value::Int(i128::MIN)
    );
    assert_eq!(ok::<Value>("'\\u{d800}'"), Value::Char(0xd800));

    #[derive(Deserialize)]
    struct Inside {
        any: Value,
    }
    assert_eq!(
        ok::<Inside>(".{ .any = .{ .a = .b } }").any.to_string(),
        ".{ .a = .b }"
    );
    assert_eq!(
        to_value(&(1, "a", 'c')).unwrap().to_string(),
        ".{\n    1,\n    \"a\",\n    'c',\n}"
    );
    // Through another format and back.
    let json: Value =
        serde_json::from_str(r#"{"a":[1,2.5,null,"x",{}],"b":18446744073709551615}"#).unwrap();
    assert_eq!(
        json.to_string(),
        ".{ .a = .{\n    1,\n    2.5,\n    null,\n    \"x\",\n    .{},\n}, .b = 18446744073709551615 }"
    );
    assert_eq!(
        serde_json::to_string(&json).unwrap(),
        r#"{"a":[1,2.5,null,"x",{}],"b":18446744073709551615}"#
    );
}

#[test]
fn written_and_read_again() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        New(u64),
        Tuple(i8, String),
        Struct { a: Option<bool>, b: char },
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        kinds: Vec<Kind>,
        map: BTreeMap<String, Vec<f64>>,
        big: u128,
        small: i128,
        float: f32,
        name: EnumLiteral,
        unit: (),
        nested: Option<Box<All>>,
    }
    let all = |nested| All {
        kinds: vec![
            Kind::Unit,
            Kind::New(u64::MAX),
            Kind::Tuple(-128, "\"\\\n\0\u{1f98e}".to_owned()),
            Kind::Struct { a: None, b: '\'' },
            Kind::Struct {
                a: Some(true),
                b: '\u{1f98e}',
            },
        ],
        map: BTreeMap::from([
            (
                "a b".to_owned(),
                vec![0.1, f64::MAX, f64::MIN_POSITIVE, 5e-324, f64::INFINITY],
            ),
            ("fn".to_owned(), vec![]),
        ]),
        big: u128::MAX,
        small: i128::MIN,
        float: f32::MIN_POSITIVE,
        name: EnumLiteral("a-b".to_owned()),
        unit: (),
        nested,
    };
    let value = all(Some(Box::new(all(None))));
    let options = SerOptions::default();
    for options in [
        options,
        options.whitespace(false),
        options
            .mend(true)
            .multiline(true)
            .code_points(CodePoints::Always),
    ] {
        let text = to_string_with(&value, options).unwrap();
        assert_eq!(ok::<All>(&text), value, "{text}");
    }
    assert!(to_string(&BTreeMap::from([((1, 2), 3)])).is_err());
}
