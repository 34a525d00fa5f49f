//! What the reference has not, or what it leaves open.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use syntax::{Ast, Mode, Release};
use zoir::typed::{
    CodePoints, DeOptions, EnumLiteral, SerOptions, Spanned, Value, to_string, to_string_with,
    to_value,
};
use zongen::{from_slice, from_str, from_str_with};

use crate::{Bytes, Enum, Vec2, err, ok};

#[test]
fn all_errors_at_once() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by Debug only")]
    struct Dependency {
        url: String,
        hash: String,
        #[serde(default)]
        lazy: bool,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "read by Debug only")]
    enum Mode {
        Fast,
        Size(u8),
        Custom { level: u8, name: String },
        Pair(u8, bool),
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by Debug only")]
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
    // Each value that its own type refuses ends the struct that it is in: the rest is found before that, in
    // earlier runs.
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

/// A type that takes what another type refuses: what is wrong stays an error, though nobody passes it on.
#[test]
fn errors_that_a_type_keeps_to_itself_are_errors() {
    #[derive(Debug)]
    struct Lenient;
    impl<'de> Deserialize<'de> for Lenient {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let _ = u8::deserialize(deserializer);
            Ok(Lenient)
        }
    }
    assert_eq!(err::<Lenient>("true"), "1:1: error: expected type 'u8'\n");
    assert_eq!(
        err::<(Lenient, Vec<Lenient>)>(".{ 1, .{ 2, .a, 300 } }"),
        "1:14: error: expected type 'u8'\n1:17: error: type 'u8' cannot represent value\n"
    );
    #[derive(Debug)]
    struct Keys;
    impl<'de> Deserialize<'de> for Keys {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let _ = BTreeMap::<u8, u8>::deserialize(deserializer);
            Ok(Keys)
        }
    }
    assert_eq!(
        err::<Keys>(".{ .a = 1 }"),
        "1:5: error: name 'a' is no 'u8'\n"
    );
    let _: Keys = ok(".{ .@\"1\" = 1 }");
}

#[test]
fn recursive_types_with_errors_end() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "read by Debug only")]
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
    #[expect(dead_code, reason = "read by Debug only")]
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
        &Ast::parse(text.as_bytes(), Mode::Zon, Release::V0_14_1),
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
    // A document with an error behind the end of the text, which only one that does not belong to it can
    // have.
    let mut zoir = zoir::Zoir {
        string_bytes: b"\0wrong\0".to_vec(),
        ..zoir::Zoir::default()
    };
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

/// The rows of the table in the README.
#[test]
fn what_is_accepted() {
    assert!(ok::<bool>("true"));
    for text in ["65", "0x41", "0b1000001", "0o101", "'A'", "65.0", "0.65e2"] {
        assert_eq!(ok::<u8>(text), 65);
        assert_eq!(ok::<i128>(text), 65);
        assert_eq!(ok::<f64>(text), 65.0);
        assert_eq!(ok::<char>(text), 'A');
    }
    assert_eq!(ok::<f32>("0.1"), 0.1);
    assert!(from_str::<char>("0xd800").is_err() && from_str::<char>("\"A\"").is_err());
    assert_eq!(ok::<String>("\"a\\tb\""), "a\tb");
    assert_eq!(ok::<&str>("\"a\""), "a");
    assert_eq!(ok::<Cow<'_, str>>("\\\\a\n\\\\b"), "a\nb");
    assert_eq!(ok::<Bytes>(".{ 1, 2 }").0, [1, 2]);
    assert_eq!(ok::<Bytes>("\"\\xff\"").0, [0xff]);
    assert_eq!(ok::<EnumLiteral>(".a"), EnumLiteral("a".to_owned()));
    assert_eq!(ok::<Option<u8>>("null"), None);
    #[derive(Debug, PartialEq, Deserialize)]
    struct Unit;
    ok::<()>("null");
    assert_eq!(ok::<Unit>(".{}"), Unit);
    assert!(from_str::<()>(".{}").is_err() && from_str::<Unit>("null").is_err());
    assert!(ok::<Vec<u8>>(".{}").is_empty());
    assert_eq!(
        ok::<(u8, [bool; 2])>(".{ 1, .{ true, false } }"),
        (1, [true, false])
    );
    #[derive(Debug, Default, PartialEq, Deserialize)]
    struct Some1 {
        a: Option<u8>,
        #[serde(default)]
        b: u8,
    }
    assert_eq!(ok::<Some1>(".{}"), Some1::default());
    assert!(from_str::<Some1>(".{ .c = 1 }").is_err());
    let options = DeOptions::default().ignore_unknown_fields(true);
    assert_eq!(from_str_with(".{ .c = 1 }", options), Ok(Some1::default()));
    #[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Name {
        One,
        Two(u8),
        Three { a: u8 },
    }
    assert_eq!(ok::<HashMap<Name, u8>>(".{ .one = 1 }")[&Name::One], 1);
    assert_eq!(ok::<HashMap<i8, u8>>(".{ .@\"-1\" = 1 }")[&-1], 1);
    assert_eq!(
        ok::<[Name; 3]>(".{ .one, .{ .two = 2 }, .{ .three = .{ .a = 3 } } }"),
        [Name::One, Name::Two(2), Name::Three { a: 3 }]
    );
    assert_eq!(ok::<Spanned<u8>>(" 1").span(), 1..2);
    assert_eq!(ok::<Value>(".{ 'a' }"), Value::Array(vec![Value::Char(97)]));
}
