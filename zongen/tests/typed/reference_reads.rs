//! What `std.zon.parse` reads and refuses.

use std::ffi::CString;

use serde::Deserialize;
use zoir::typed::{DeOptions, Value};
use zongen::from_str;
use zongen::from_str_with;

use crate::{Bytes, Enum, Floats, Tuple0, Union, Vec0, Vec1, Vec2, Vec3, err, ok};

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
    #[derive(Debug, PartialEq, Deserialize)]
    #[expect(
        non_camel_case_types,
        reason = "the name is written as in the document"
    )]
    enum Same {
        x,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct HasSame {
        x: Same,
    }
    assert_eq!(ok::<HasSame>(".{ .x = .x }"), HasSame { x: Same::x });

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
    for text in ["\"abc\"", "\\\\abc"] {
        assert_eq!(ok::<CString>(text).as_c_str(), c"abc");
        assert_eq!(ok::<&str>(text), "abc");
    }
    for text in ["\"a\"", "\\\\a"] {
        assert_eq!(err::<Vec<i8>>(text), "1:1: error: expected array\n");
    }
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
    assert_eq!(ok::<u8>("10.0"), 10);
    assert_eq!(ok::<i8>("-123.0"), -123);
    assert_eq!(ok::<i16>("45.0"), 45);
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
    for text in ["256", "-1", "1.5", "-1.0", "-2.0", "256.0", "1e400", "0.5"] {
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
    assert_eq!(ok::<Value>("42.5").to_string(), "42.5");
    assert_eq!(
        ok::<Value>("0x1ffffffffffffffff").as_int(),
        Some(0x1_ffff_ffff_ffff_ffff)
    );
    let minus = "1:1: error: expected number or 'inf' after '-'\n";
    assert_eq!(err::<f32>("-nan"), minus);
    assert_eq!(err::<f32>("-foo"), minus);
    for text in ["nan", "inf", "-inf"] {
        assert_eq!(err::<i8>(text), "1:1: error: expected type 'i8'\n");
    }
    assert_eq!(
        err::<f32>("foo"),
        "1:1: error: invalid expression\n\
         1:1: note: ZON allows identifiers 'true', 'false', 'null', 'inf', and 'nan'\n\
         1:1: note: precede identifier with '.' for an enum literal\n"
    );
    assert_eq!(err::<f32>("\"foo\""), "1:1: error: expected type 'f32'\n");
}

/// What the reference frees; it checks no messages here.
#[test]
fn reference_free_on_error() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by Debug only")]
    struct Three {
        x: String,
        y: String,
        z: bool,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by Debug only")]
    struct Two {
        x: String,
        y: bool,
    }
    assert_eq!(
        err::<Three>(".{\n    .x = \"hello\",\n    .y = \"world\",\n    .z = \"fail\",\n}"),
        "4:10: error: expected type 'bool'\n"
    );
    assert_eq!(
        err::<(String, String, bool)>(".{\n    \"hello\",\n    \"world\",\n    \"fail\",\n}"),
        "4:5: error: expected type 'bool'\n"
    );
    assert_eq!(
        err::<Two>(".{\n    .x = \"hello\",\n}"),
        "1:2: error: missing required field y\n"
    );
    assert_eq!(
        err::<[String; 3]>(".{\n    \"hello\",\n    false,\n    false,\n}"),
        "3:5: error: expected string\n4:5: error: expected string\n"
    );
    assert_eq!(
        err::<Vec<String>>(".{\n    \"hello\",\n    \"world\",\n    false,\n}"),
        "4:5: error: expected string\n"
    );
}

/// Arrays stand for them.
#[test]
fn reference_vectors() {
    assert_eq!(ok::<[bool; 0]>(".{}"), [true; 0]);
    assert_eq!(ok::<[bool; 3]>(".{true, false, true}"), [true, false, true]);
    assert_eq!(ok::<[f32; 0]>(".{}"), [0.0; 0]);
    assert_eq!(ok::<[f32; 3]>(".{1.5, 2.5, 3.5}"), [1.5, 2.5, 3.5]);
    assert_eq!(ok::<[u8; 3]>(".{2, 4, 6}"), [2, 4, 6]);
    assert_eq!(ok::<[Box<u8>; 3]>(".{2, 4, 6}"), [2, 4, 6].map(Box::new));
    assert_eq!(
        ok::<[Option<Box<u8>>; 3]>(".{2, null, 6}"),
        [Some(Box::new(2)), None, Some(Box::new(6))]
    );
    assert_eq!(
        err::<[f32; 3]>(".{0.5, true, 2.5}"),
        "1:8: error: expected type 'f32'\n"
    );
}

#[test]
fn reference_pointers_and_optional_messages() {
    assert_eq!(ok::<Box<u32>>("10"), Box::new(10));
    assert_eq!(
        ok::<Option<Box<Box<u32>>>>("10"),
        Some(Box::new(Box::new(10)))
    );
    assert_eq!(
        ok::<Box<Box<Box<u32>>>>("10"),
        Box::new(Box::new(Box::new(10)))
    );
    assert_eq!(ok::<Option<Box<u32>>>("10"), Some(Box::new(10)));
    assert_eq!(ok::<Option<Box<u32>>>("null"), None);
    assert_eq!(ok::<Option<Box<Box<u32>>>>("null"), None);
    assert_eq!(ok::<Box<Option<u32>>>("10"), Box::new(Some(10)));
    assert_eq!(ok::<Box<Option<u32>>>("null"), Box::new(None));
    assert_eq!(
        ok::<Box<Option<Box<u32>>>>("10"),
        Box::new(Some(Box::new(10)))
    );
    assert_eq!(ok::<Box<Option<Box<u32>>>>("null"), Box::new(None));
    assert_eq!(
        ok::<Box<Box<Option<u32>>>>("10"),
        Box::new(Box::new(Some(10)))
    );
    assert_eq!(
        ok::<Box<Box<Option<u32>>>>("null"),
        Box::new(Box::new(None))
    );
    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        f1: Box<Option<Box<Box<str>>>>,
        f2: Box<Option<Box<Box<str>>>>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        f1: Box<Option<Box<Inner>>>,
        f2: Box<Option<Box<Inner>>>,
    }
    let inner = Inner {
        f1: Box::new(None),
        f2: Box::new(Some(Box::new("foo".into()))),
    };
    assert_eq!(
        ok::<Option<Box<Outer>>>(
            ".{\n    .f1 = .{\n        .f1 = null,\n        .f2 = \"foo\",\n    },\n    .f2 = null,\n}"
        ),
        Some(Box::new(Outer {
            f1: Box::new(Some(Box::new(inner))),
            f2: Box::new(None),
        }))
    );
    assert_eq!(ok::<Box<[u8; 3]>>(".{ 1, 2, 3 }"), Box::new([1, 2, 3]));
    let message = |what: &str| format!("1:1: error: expected {what}\n");
    assert_eq!(err::<Box<Option<Box<u8>>>>("true"), message("type '?u8'"));
    assert_eq!(err::<Box<Option<Box<f32>>>>("true"), message("type '?f32'"));
    assert_eq!(err::<Box<Option<Box<bool>>>>("10"), message("type '?bool'"));
    assert_eq!(
        err::<Box<Option<Box<Vec1>>>>("true"),
        message("optional struct")
    );
    assert_eq!(
        err::<Box<Option<Box<(i32,)>>>>("true"),
        message("optional tuple")
    );
    assert_eq!(
        err::<Box<Option<Box<Floats>>>>("true"),
        message("optional union")
    );
    assert_eq!(
        err::<Box<Option<Box<[u8; 3]>>>>("true"),
        message("optional array")
    );
    assert_eq!(
        err::<Box<Option<Box<Vec<u8>>>>>("true"),
        message("optional array")
    );
    assert_eq!(
        err::<Box<Option<Box<Box<str>>>>>("true"),
        message("optional string")
    );
    assert_eq!(
        err::<Box<Option<Box<Enum>>>>("true"),
        message("optional enum literal")
    );
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
