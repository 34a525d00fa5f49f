//! What `std.zon.stringify` writes.

use std::collections::BTreeMap;

use serde::Serialize;
use syntax::Release;
use zoir::typed::{CodePoints, EnumLiteral, SerError, SerOptions, Value};

use crate::ok;

/// What all releases write by default.
#[track_caller]
fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, SerError> {
    to_string_with(value, SerOptions::default())
}

/// What all releases but 0.14.0 write, of which `releases` has what is different.
#[track_caller]
fn to_string_with<T: Serialize + ?Sized>(
    value: &T,
    options: SerOptions,
) -> Result<String, SerError> {
    let write = |release| zoir::typed::to_string_with(value, options.release(release));
    let newest = write(Release::NEWEST);
    for &release in &Release::ALL[1..] {
        assert_eq!(write(release), newest, "{release}");
    }
    newest
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
            [true; 0],
            [true, false, true],
            [1.5f32; 0],
            [1.5f32, 2.5, 3.5],
            [2u8; 0],
            [2u8, 4, 6],
            [Box::new(1u8), Box::new(2)],
            [Some(Box::new(3u8)), Some(Box::new(4)), None],
        ),
        ".{\n    .{},\n    .{\n        true,\n        false,\n        true,\n    },\n    .{},\n    .{\n        1.5,\n        \
         2.5,\n        3.5,\n    },\n    .{},\n    .{\n        2,\n        4,\n        6,\n    },\n    .{ 1, 2 },\n    \
         .{\n        3,\n        4,\n        null,\n    },\n}",
        ".{.{},.{true,false,true},.{},.{1.5,2.5,3.5},.{},.{2,4,6},.{1,2},.{3,4,null}}",
    );
}

#[test]
fn reference_writes_pointers_and_options() {
    assert_eq!(to_string(&Box::new(10u32)).unwrap(), "10");
    assert_eq!(to_string(&Box::new(Box::new(10u32))).unwrap(), "10");
    assert_eq!(to_string(&&&&10u32).unwrap(), "10");
    assert_eq!(to_string(&Some(Box::new(10u32))).unwrap(), "10");
    assert_eq!(to_string(&None::<Box<u32>>).unwrap(), "null");
    assert_eq!(to_string(&Box::new(None::<u32>)).unwrap(), "null");
    assert_eq!(to_string(&Box::new(Some(&10u32))).unwrap(), "10");
    assert_eq!(to_string(&&[1u32, 2]).unwrap(), ".{ 1, 2 }");
    #[derive(Serialize)]
    struct Inner {
        f1: Box<Option<Box<Box<str>>>>,
        f2: Box<Option<Box<Box<str>>>>,
    }
    #[derive(Serialize)]
    struct Outer {
        f1: Box<Option<Box<Inner>>>,
        f2: Box<Option<Box<Inner>>>,
    }
    let inner = Inner {
        f1: Box::new(None),
        f2: Box::new(Some(Box::new("foo".into()))),
    };
    let outer = Some(Box::new(Outer {
        f1: Box::new(Some(Box::new(inner))),
        f2: Box::new(None),
    }));
    assert_eq!(
        to_string(&outer).unwrap(),
        ".{ .f1 = .{ .f1 = null, .f2 = \"foo\" }, .f2 = null }"
    );
    #[derive(Serialize)]
    struct Point {
        x: f32,
        y: f32,
    }
    #[derive(Serialize)]
    struct Points {
        a: Option<Point>,
        b: Option<Point>,
    }
    let points = Points {
        a: Some(Point { x: 1.0, y: 2.0 }),
        b: None,
    };
    assert_eq!(
        to_string(&points).unwrap(),
        ".{ .a = .{ .x = 1, .y = 2 }, .b = null }"
    );
}

/// The reference compares with a field's default by itself; here the type says when to leave a field out.
#[test]
fn reference_leaves_out_defaults() {
    #[derive(Clone, PartialEq, Serialize)]
    struct Inner {
        #[serde(skip_serializing_if = "is_z")]
        a: u8,
        #[serde(skip_serializing_if = "is_y")]
        b: u8,
        c: u8,
    }
    #[derive(Serialize)]
    struct Struct {
        #[serde(skip_serializing_if = "is_2")]
        x: i32,
        y: i8,
        #[serde(skip_serializing_if = "is_4")]
        z: u32,
        #[serde(skip_serializing_if = "is_inner")]
        inner1: Inner,
        #[serde(skip_serializing_if = "is_abc")]
        inner2: [u8; 3],
        #[serde(skip_serializing_if = "is_abc")]
        inner3: [u8; 3],
    }
    fn is_z(value: &u8) -> bool {
        *value == b'z'
    }
    fn is_y(value: &u8) -> bool {
        *value == b'y'
    }
    fn is_2(value: &i32) -> bool {
        *value == 2
    }
    fn is_4(value: &u32) -> bool {
        *value == 4
    }
    fn is_abc(value: &[u8; 3]) -> bool {
        value == b"abc"
    }
    fn inner(a: u8) -> Inner {
        Inner {
            a,
            b: b'2',
            c: b'3',
        }
    }
    fn is_inner(value: &Inner) -> bool {
        *value == inner(b'1')
    }
    let with = |inner1| Struct {
        x: 2,
        y: 3,
        z: 4,
        inner1,
        inner2: *b"abc",
        inner3: *b"abd",
    };
    let options = SerOptions::default().code_points(CodePoints::Always);
    assert_eq!(
        to_string_with(&with(inner(b'1')), options).unwrap(),
        ".{ .y = 3, .inner3 = .{\n    'a',\n    'b',\n    'd',\n} }"
    );
    assert_eq!(
        to_string_with(&with(inner(b'z')), options).unwrap(),
        ".{\n    .y = 3,\n    .inner1 = .{ .b = '2', .c = '3' },\n    .inner3 = .{\n        'a',\n        'b',\n        \
         'd',\n    },\n}"
    );
    #[derive(Serialize)]
    struct Strings {
        #[serde(skip_serializing_if = "is_text")]
        foo: &'static str,
    }
    fn is_text(value: &str) -> bool {
        value == "abc"
    }
    assert_eq!(to_string(&Strings { foo: "abc" }).unwrap(), ".{}");
    assert_eq!(
        to_string(&Strings { foo: "abcd" }).unwrap(),
        ".{ .foo = \"abcd\" }"
    );
}

#[test]
fn reference_writes_characters_and_strings() {
    let with = |value: &dyn Fn(SerOptions) -> String, points| {
        value(SerOptions::default().code_points(points))
    };
    let write = |value: u16| move |options| to_string_with(&value, options).unwrap();
    let cases: &[(u16, [&str; 3])] = &[(97, ["97", "'a'", "'a'"]), (10, ["10", "10", "'\\n'"])];
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

    for (points, text) in [
        (CodePoints::Always, ".{ .c = 'c' }"),
        (CodePoints::Never, ".{ .c = 99 }"),
    ] {
        let value = BTreeMap::from([("c", 99u16)]);
        assert_eq!(
            with(&|options| to_string_with(&value, options).unwrap(), points),
            text
        );
    }

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

    let inside = BTreeMap::from([("str", "abc")]);
    assert_eq!(to_string(&inside).unwrap(), ".{ .str = \"abc\" }");
    assert_eq!(
        to_string_with(&inside, arrays).unwrap(),
        ".{ .str = .{\n    97,\n    98,\n    99,\n} }"
    );

    let multiline = SerOptions::default().multiline(true);
    for whitespace in [true, false] {
        let options = multiline.whitespace(whitespace);
        for (value, text) in [
            ("abc\u{26a1}\ndef", "\\\\abc\u{26a1}\n\\\\def"),
            ("\nabc\u{26a1}", "\\\\\n\\\\abc\u{26a1}"),
            // What is no multiline string.
            ("", "\"\""),
            ("a\rc", "\"a\\rc\""),
            ("a\rc\n", "\"a\\rc\\n\""),
            ("a\rc\r\n", "\"a\\rc\\r\\n\""),
        ] {
            assert_eq!(to_string_with(value, options).unwrap(), text);
        }
    }
    let lines = BTreeMap::from([("a", "abc\ndef")]);
    assert_eq!(
        to_string_with(&lines, multiline.whitespace(false)).unwrap(),
        ".{.a=\\\\abc\n\\\\def\n}"
    );
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
    // Of more bits than Rust has.
    for text in [
        "1.5",
        "0.3333333333333333333333333333333333",
        "3.1415926535897932384626433832795028",
        "-0.0",
        "680564733841876926926749214863536422912",
        "-680564733841876926926749214863536422912",
        "0",
    ] {
        assert_eq!(ok::<Value>(text).to_string(), text);
    }
    #[derive(Serialize)]
    enum Quoted {
        #[serde(rename = "foo bar")]
        FooBar,
    }
    #[derive(Serialize)]
    struct Names {
        var: Quoted,
        #[serde(rename = "1")]
        one: Quoted,
    }
    let names = Names {
        var: Quoted::FooBar,
        one: Quoted::FooBar,
    };
    assert_eq!(
        to_string(&names).unwrap(),
        ".{ .@\"var\" = .@\"foo bar\", .@\"1\" = .@\"foo bar\" }"
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
