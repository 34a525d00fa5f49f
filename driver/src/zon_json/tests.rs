//! Both ways, and the way there and back.

use fixtures::{inputs, zon};
use serde_json::{Value, json};
use syntax::{Ast, Mode, Release};
use zoir::{Node, NodeIndex, Zoir, ZoirRef};

use super::{from_json, to_json};
use crate::diagnostic::Diagnostic;
use crate::limits::MAX_JSON_DEPTH;

fn lower(source: &[u8]) -> Zoir {
    zongen::generate(
        &Ast::parse(source, Mode::Zon, Release::V0_14_1),
        zongen::Options::default(),
    )
}

fn json_of(source: &str) -> Result<String, String> {
    match to_json(source.as_bytes(), b"x.zon", false, Release::V0_14_1) {
        Ok(json) => Ok(String::from_utf8(json).unwrap()),
        Err(errors) => Err(String::from_utf8(errors.concat_messages()).unwrap()),
    }
}

fn zon_of(source: &str) -> Result<String, String> {
    match from_json(source.as_bytes(), b"x.json", false, Release::V0_14_1) {
        Ok(zon) => Ok(String::from_utf8(zon).unwrap()),
        Err(errors) => Err(String::from_utf8(errors.concat_messages()).unwrap()),
    }
}

trait Messages {
    fn concat_messages(&self) -> Vec<u8>;
}

impl Messages for [Diagnostic] {
    fn concat_messages(&self) -> Vec<u8> {
        let messages: Vec<_> = self.iter().map(|d| d.message.as_slice()).collect();
        messages.join(&b'\n')
    }
}

fn value(source: &str) -> Value {
    serde_json::from_str(&json_of(source).unwrap()).unwrap()
}

/// Whether two documents mean the same: all that may differ is whether an integer was a character, and
/// whether what is too large for any float was `inf`.
fn assert_same(a: ZoirRef<'_>, b: ZoirRef<'_>, context: &str) {
    let mut pending = vec![(NodeIndex::ROOT, NodeIndex::ROOT)];
    while let Some((a_index, b_index)) = pending.pop() {
        let (a_node, b_node) = (a.node(a_index).unwrap(), b.node(b_index).unwrap());
        let children = match (a_node, b_node) {
            (Node::Array(a), Node::Array(b)) => Some((a, b)),
            (Node::Struct(a), Node::Struct(b)) => {
                assert!(a.names.iter().eq(b.names.iter()), "names in {context}");
                Some((a.values, b.values))
            }
            _ => None,
        };
        if let Some((a, b)) = children {
            assert_eq!(a.len, b.len, "{context}");
            pending.extend(a.iter().zip(b.iter()));
            continue;
        }
        let plain = |node: Node<'_>| match node {
            Node::Char(code_point) => format!("{:?}", Node::Int(code_point as i32)),
            Node::Float(value) if value.is_infinite() && value.is_sign_negative() => {
                format!("{:?}", Node::NegInf)
            }
            Node::Float(value) if value.is_infinite() => format!("{:?}", Node::PosInf),
            Node::Float(value) => format!("float {:x}", value.to_bits()),
            node => format!("{node:?}"),
        };
        assert_eq!(plain(a_node), plain(b_node), "{context}");
    }
}

/// Takes a document to JSON and back. `None` if it is broken or holds what is not UTF-8.
fn round_trip(source: &[u8], context: &str) -> Option<()> {
    let zoir = lower(source);
    if zoir.view().has_compile_errors() {
        assert!(
            to_json(source, b"x.zon", false, Release::V0_14_1).is_err(),
            "{context}"
        );
        return None;
    }
    let json = match to_json(source, b"x.zon", false, Release::V0_14_1) {
        Ok(json) => json,
        Err(errors) => {
            for error in errors {
                let message = String::from_utf8(error.message).unwrap();
                assert!(message.contains("is not UTF-8"), "{message} in {context}");
            }
            return None;
        }
    };
    if let Err(error) = serde_json::from_slice::<Value>(&json) {
        // It reads by recursion.
        assert!(
            error.to_string().contains("recursion limit"),
            "{error} in {context}"
        );
    }
    let back = from_json(&json, b"x.json", false, Release::V0_14_1)
        .unwrap_or_else(|error| panic!("{error:?} in {context}"));
    let again = lower(&back);
    assert!(
        !again.view().has_compile_errors(),
        "{} in {context}",
        String::from_utf8_lossy(&back)
    );
    assert_same(zoir.view(), again.view(), context);
    let json_again = to_json(&back, b"x.zon", false, Release::V0_14_1).unwrap();
    assert!(json == json_again, "other JSON the second time: {context}");
    Some(())
}

#[test]
fn documents_survive_the_way_to_json_and_back() {
    let mut count = 0;
    for input in inputs("zon/ok") {
        let survived = round_trip(&input.bytes, &input.name);
        // What these hold is not UTF-8.
        let not_text = ["names.zon", "raw_bytes.zon", "strings.zon"];
        assert_eq!(
            survived.is_none(),
            not_text.contains(&input.name.as_str()),
            "{}",
            input.name
        );
        count += usize::from(survived.is_some());
    }
    assert!(count > 10);
    let made = (0..4000).filter_map(|number| {
        let source = zon::document(5, number);
        round_trip(&source, &String::from_utf8_lossy(&source))
    });
    assert!(made.count() > 1000);
}

#[test]
fn what_json_has_a_form_for() {
    let zon = ".{ .b = 1, .a = .{ true, false, null }, .@\"fn\" = .{}, .@\"a b\" = \"x\\n\\x00\\u{1f98e}\", .c = 'a' }";
    assert_eq!(
        json_of(zon).unwrap(),
        r#"{
  "b": 1,
  "a": [
    true,
    false,
    null
  ],
  "fn": {},
  "a b": "x\n\u0000🦎",
  "c": 97
}
"#
    );
    assert_eq!(json_of("\\\\a\n\\\\\"b\n").unwrap(), "\"a\\n\\\"b\"\n");
    let numbers =
        ".{ 9007199254740991, -9007199254740991, 0xff, 1.0, -0.0, 0.1, 1e21, 1e300, 1.25e-7 }";
    let text = json_of(numbers).unwrap();
    let texts: Vec<_> = text.split(['[', ',', ']']).map(str::trim).collect();
    assert_eq!(
        texts[1..10],
        [
            "9007199254740991",
            "-9007199254740991",
            "255",
            "1.0",
            "-0.0",
            "0.1",
            "1e21",
            "1e300",
            "1.25e-7"
        ]
    );
}

#[test]
fn what_json_has_no_form_for() {
    let zon = ".{ .a, .@\"fn\", .@\"a \\\"b\", 9007199254740992, -0xffff_ffff_ffff_ffff, 1e400, -1e-400, nan, inf, -inf }";
    let json = json!([
        ".a",
        ".@\"fn\"",
        ".@\"a \\\"b\"",
        "9007199254740992",
        "-18446744073709551615",
        "1e400",
        "-1e-400",
        "nan",
        "inf",
        "-inf"
    ]);
    assert_eq!(value(zon), json);
    let long = format!("0x{}", "1".repeat(20_000));
    assert_eq!(value(&long), json!(long));
    assert_eq!(
        zon_of(&json!(long).to_string()).unwrap(),
        format!("{long}\n")
    );
}

#[test]
fn strings_are_told_from_what_they_look_like() {
    let marked = [
        ".a",
        ".@\"fn\"",
        "'.a",
        "''.a",
        "nan",
        "inf",
        "-inf",
        "'inf",
        "9007199254740992",
        "-9007199254740992",
        "1e400",
        "0x20000000000000",
    ];
    let unmarked = [
        "",
        "'",
        ".",
        "..",
        "./a",
        "../a",
        ".zig-cache",
        ".fn",
        ".@\"a\"",
        ".@\"\"",
        ".@\"\\x00\"",
        ".@\"",
        ".@\"a b\" \"",
        "'a'",
        "a",
        "1",
        "9007199254740991",
        "09007199254740992",
        "+9007199254740992",
        "--9007199254740992",
        "0x1fffffffffffff",
        "0x2000000000000g",
        "1e300",
        "1e",
        "infinity",
        "NaN",
        "true",
    ];
    for (texts, is_marked) in [(&marked[..], true), (&unmarked[..], false)] {
        for &text in texts {
            let zon = format!("\"{}\"", zoir::text::Escaped(text.as_bytes()));
            let expected = if is_marked {
                format!("'{text}")
            } else {
                text.to_owned()
            };
            assert_eq!(value(&zon), json!(expected), "{text}");
            round_trip(zon.as_bytes(), text).unwrap();
            // Every string of JSON is that string with --plain.
            let json = json!(text).to_string();
            let plain = lower(&from_json(json.as_bytes(), b"", true, Release::V0_14_1).unwrap());
            let root = plain.view().root();
            assert!(matches!(root, Some(Node::String(found)) if found == text.as_bytes()));
        }
    }
}

#[test]
fn json_becomes_zon_as_it_is_formatted() {
    let json = r#"{"b": [1, 2.50, -0, 1E+5, 123456789012345678901234567890], "a": {"x y": {}, "u8": []},
        "s": "\ud83e\udd8e\u0007\u2028\/é", "e": ".lit", "t": [true, false, null], "_": "'.lit"}"#;
    let zon = r#".{
    .b = .{
        1,
        2.50,
        -0.0,
        1E+5,
        123456789012345678901234567890,
    },
    .a = .{
        .@"x y" = .{},
        .u8 = .{},
    },
    .s = "🦎\x07\u{2028}/é",
    .e = .lit,
    .t = .{
        true,
        false,
        null,
    },
    ._ = ".lit",
}
"#;
    assert_eq!(zon_of(json).unwrap(), zon);
    assert_eq!(zon_of("\u{feff} [ ] ").unwrap(), ".{}\n");
}

/// Each release's `zig fmt` leaves it as it is, and reads it as what it was.
#[test]
fn zon_is_formatted_as_each_release_does() {
    let quoted = r#"{"async": ".@\"await\"", "fn": ".@\"fn\"", "usingnamespace": [".@\"async\"", "'.await", ".async"]}"#;
    for &release in Release::ALL {
        let zon_of = |json: &[u8]| from_json(json, b"x.json", false, release).unwrap();
        let is_keyword = release.rules().async_and_usingnamespace;
        let name = |name: &str| {
            if is_keyword {
                format!(".@\"{name}\"")
            } else {
                format!(".{name}")
            }
        };
        assert_eq!(
            String::from_utf8(zon_of(quoted.as_bytes())).unwrap(),
            format!(
                ".{{\n    {} = {},\n    .@\"fn\" = .@\"fn\",\n    {} = .{{\n        {},\n        \
                 \"'.await\",\n        \".async\",\n    }},\n}}\n",
                name("async"),
                name("await"),
                name("usingnamespace"),
                name("async"),
            )
        );
        let documents = inputs("zon/ok").map(|input| input.bytes.clone());
        let documents = documents.chain((0..400).map(|number| zon::document(5, number)));
        let mut count = 0;
        for document in documents {
            let Ok(json) = to_json(&document, b"x.zon", false, release) else {
                continue;
            };
            let zon = zon_of(&json);
            let tree = Ast::parse(&zon, Mode::Zon, release);
            assert_eq!(zongen::fmt::render(&tree).as_ref(), Ok(&zon), "{release}");
            assert!(
                to_json(&zon, b"x.zon", false, release) == Ok(json),
                "{release}"
            );
            count += 1;
        }
        assert!(count > 100, "{count}");
    }
}

#[test]
fn broken_json() {
    for (json, message) in [
        ("", "expected a value, found the end of the file"),
        ("[1,]", "expected a value, found ']'"),
        ("[1 2]", "expected ',' or ']', found '2'"),
        ("{\"a\":1 2}", "expected ',' or '}', found '2'"),
        ("[1] x", "expected the end of the file, found 'x'"),
        ("{a:1}", "expected a name in quotes, found 'a'"),
        ("{\"a\" 1}", "expected ':', found '1'"),
        ("nulls", "expected a value, found 'nulls'"),
        ("[\"a]", "the string is not closed"),
        ("01", "this is no number of JSON"),
        ("-", "this is no number of JSON"),
        ("1.", "this is no number of JSON"),
        ("1e", "this is no number of JSON"),
        ("0x10", "this is no number of JSON"),
        ("\"\\q\"", "JSON has no such escape"),
        ("\"\\u12\"", "\\u is followed by four hex digits"),
        ("\"\\ud800\"", "half of a surrogate pair is no character"),
        (
            "\"\\ud800\\u0041\"",
            "half of a surrogate pair is no character",
        ),
        ("\"\\udc00\"", "half of a surrogate pair is no character"),
        ("\"\t\"", "a control character in a string must be escaped"),
        ("{\"\":1}", "a name in ZON cannot be empty"),
        (
            "{\"a\\u0000\":1}",
            "a name in ZON cannot contain null bytes",
        ),
        (
            "{\"a\":1,\"\\u0061\":2}",
            "this name is in the object twice",
        ),
    ] {
        assert_eq!(zon_of(json), Err(message.into()), "{json}");
    }
    let error = from_json(b"[1,\n \xff]", b"x.json", false, Release::NEWEST)
        .unwrap_err()
        .remove(0);
    assert_eq!(error.message, b"this is not UTF-8");
    let location = error.location.unwrap();
    assert_eq!((location.line, location.column), (1, 1));
}

/// Every byte at every place, and every beginning, of a document: ZON without errors, or an error.
#[test]
fn damaged_json() {
    let json = br#"{"a":[1,-2.5e+3,"\u00e9\n"],"b":{"c":null}}"#;
    let check = |json: &[u8]| {
        if let Ok(zon) = from_json(json, b"x.json", false, Release::NEWEST) {
            assert!(!lower(&zon).view().has_compile_errors());
            serde_json::from_slice::<Value>(json).unwrap();
        } else if let Ok(text) = serde_json::from_slice::<Value>(json) {
            // ZON has no empty names, no nulls in them, and none twice.
            panic!("{text} was refused");
        }
    };
    for at in 0..json.len() {
        check(&json[..at]);
        for byte in 0..=255 {
            let mut damaged = json.to_vec();
            damaged[at] = byte;
            // The same name twice, which serde_json allows.
            if !damaged.starts_with(br#"{"b""#) && !damaged.ends_with(br#""a":{"c":null}}"#) {
                check(&damaged);
            }
        }
    }
}

#[test]
fn any_depth() {
    let limit = MAX_JSON_DEPTH;
    for (depth, works) in [(limit, true), (limit + 1, false), (1_000_000, false)] {
        let json = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let zon = zon_of(&json);
        assert_eq!(zon.is_ok(), works, "{depth}");
        if let Ok(zon) = zon {
            round_trip(zon.as_bytes(), "deep").unwrap();
        }
    }
}

/// JSON or an error whatever the bytes, and the way back from JSON.
#[test]
fn every_byte_in_every_place() {
    let source = b".{ .a = -1.5, .@\"b\" = \"x\\n\\u{41}\", .c = 'c', .d = .{ .e, 0x1f, null } }";
    let (mut documents, mut errors) = (0, 0);
    for at in 0..source.len() {
        for byte in 0..=255 {
            let mut source = source.to_vec();
            source[at] = byte;
            match to_json(&source, b"x.zon", false, Release::V0_14_1) {
                Ok(json) => {
                    serde_json::from_slice::<Value>(&json).unwrap();
                    round_trip(&source, "one byte").unwrap();
                    documents += 1;
                }
                Err(diagnostics) => {
                    assert!(diagnostics.iter().all(|found| found.location.is_some()));
                    errors += 1;
                }
            }
        }
    }
    assert!(documents > 1000 && errors > 1000, "{documents} {errors}");
}

#[test]
fn long_numbers_and_strings() {
    for (prefix, digit) in [("", "7"), ("0x", "f"), ("0o", "7"), ("0b", "1")] {
        let source = format!(".{{ {prefix}{}, -1 }}", digit.repeat(1_000_000));
        let json = json_of(&source).unwrap();
        let Value::Array(elements) = serde_json::from_str(&json).unwrap() else {
            panic!("{json:.100}")
        };
        assert!(elements[0].as_str().unwrap().starts_with("0x"), "{prefix}");
        round_trip(source.as_bytes(), "a million digits").unwrap();
    }
    let text = "a\u{e4}".repeat(3_000_000);
    let json = json_of(&format!("\"{text}\"")).unwrap();
    assert_eq!(json, format!("\"{text}\"\n"));
    assert_eq!(zon_of(&json).unwrap(), json);
}

#[test]
fn plain_json_has_no_marks() {
    let plain = |source: &str| {
        let json = to_json(source.as_bytes(), b"x.zon", true, Release::NEWEST);
        String::from_utf8(json.unwrap()).unwrap()
    };
    for (zon, json) in [
        (".name", "\"name\""),
        (".@\"any name\"", "\"any name\""),
        ("\".name\"", "\".name\""),
        ("\"'inf\"", "\"'inf\""),
        ("9007199254740992", "9007199254740992"),
        (
            "-123456789012345678901234567890",
            "-123456789012345678901234567890",
        ),
        ("1e400", "1e400"),
        ("nan", "\"nan\""),
        ("-inf", "\"-inf\""),
    ] {
        assert_eq!(plain(zon), format!("{json}\n"), "{zon}");
    }
    // A number of more digits than can be told in time.
    let long = format!("0x{}", "f".repeat(20_000));
    assert_eq!(plain(&long), format!("\"{long}\"\n"));
}
