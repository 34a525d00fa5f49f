//! What releases read, say and write differently. The texts are what the program of each release wrote that
//! reads a document with `std.zon.parse` and writes it with `std.zon.stringify`.

use serde::{Deserialize, Serialize};
use syntax::Release;
use zoir::typed::{
    CodePoints, DeOptions, EnumLiteral, SerOptions, Value, to_string, to_string_with,
};
use zongen::{from_str, from_str_with};

use crate::{err_in, ok};

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Names {
    Async(u8),
    #[serde(rename = "\u{e4}")]
    Beyond,
    Fn,
}

/// The release of each generation that is the newest of it.
const RELEASES: [Release; 5] = [
    Release::V0_14_1,
    Release::V0_15_2,
    Release::V0_16_0,
    Release::V0_17_0,
    Release::V0_17_1,
];

#[track_caller]
fn each(of: impl Fn(Release) -> String, expected: [&str; 5]) {
    for (release, expected) in RELEASES.into_iter().zip(expected) {
        assert_eq!(of(release), expected, "{release}");
    }
}

#[test]
fn the_newest_is_the_default() {
    assert_eq!(DeOptions::default().release, Release::NEWEST);
    assert_eq!(SerOptions::default().release, Release::NEWEST);
    assert!(from_str::<EnumLiteral>(".async").is_ok());
    assert_eq!(to_string("\u{e4}").unwrap(), "\"\u{e4}\"");
}

#[test]
fn names_that_are_keywords_no_more() {
    let read = |release| match from_str_with::<Names>(
        ".{ .async = 1 }",
        DeOptions::default().release(release),
    ) {
        Ok(value) => to_string_with(&value, SerOptions::default().release(release)).unwrap(),
        Err(error) => error.to_string(),
    };
    let no_name = "1:4: error: expected expression, found '.'\n";
    let plain = ".{ .async = 1 }";
    each(read, [no_name, plain, plain, plain, plain]);
    let quoted = ".{ .@\"async\" = 1 }";
    let written =
        |release| to_string_with(&Names::Async(1), SerOptions::default().release(release)).unwrap();
    each(written, [quoted, plain, plain, plain, plain]);
    assert!(matches!(ok(quoted), Names::Async(1)));
}

#[test]
fn names_in_messages() {
    let message =
        |names: &str| format!("1:2: error: unexpected field 'x'\n1:2: note: supported: {names}\n");
    let bytes = |first| message(&format!(r#"'{first}', '@"\xc3\xa4"', '@"fn"'"#));
    let middle = bytes("async");
    let newest = message("'async', '@\"\u{e4}\"', '@\"fn\"'");
    each(
        |release| err_in::<Names>(release, ".x"),
        [&bytes("@\"async\""), &middle, &middle, &newest, &newest],
    );
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only what is wrong with it counts")]
    struct Tagged {
        of: Tag,
    }
    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase", tag = "kind")]
    enum Tag {
        Await,
    }
    // Where serde itself finds that a name is wrong.
    let message = |name: &str| {
        format!("1:18: error: unexpected enum literal 'q'\n1:18: note: supported: '{name}'\n")
    };
    let plain = message("await");
    each(
        |release| err_in::<Tagged>(release, ".{.of=.{.kind = .q}}"),
        [&message("@\"await\""), &plain, &plain, &plain, &plain],
    );
}

#[test]
fn messages_with_the_name_of_the_file() {
    let error = from_str::<(u8, Names)>(".{ true, .x }").unwrap_err();
    assert_eq!(
        error.in_file("a.zon").to_string(),
        "a.zon:1:4: error: expected type 'u8'\n\
         a.zon:1:11: error: unexpected field 'x'\n\
         a.zon:1:11: note: supported: 'async', '@\"\u{e4}\"', '@\"fn\"'"
    );
    let unplaced = zoir::typed::from_zoir::<u8>(
        zongen::generate(
            &syntax::Ast::parse(b"true", syntax::Mode::Zon, Release::NEWEST),
            zongen::Options::default(),
        )
        .view(),
    );
    assert_eq!(
        unplaced.unwrap_err().in_file("a.zon").to_string(),
        "a.zon: error: expected type 'u8'"
    );
}

#[test]
fn array_indexing_has_its_place() {
    let at = |place: &str| format!("{place}: error: array indexing is not allowed in ZON\n");
    // The node's number was taken for that of a token.
    let later = at("1:10");
    each(
        |release| err_in::<Value>(release, ".{ .a = b[c] }"),
        [&at("1:5"), &later, &later, &later, &later],
    );
}

#[test]
fn characters_beyond_ascii() {
    let options = |release| SerOptions::default().release(release);
    let always = |release| options(release).code_points(CodePoints::Always);
    for (value, expected) in [
        ('a', ["'a'"; 5]),
        ('\'', ["'\\''"; 5]),
        ('"', ["'\"'"; 5]),
        ('\n', ["'\\n'"; 5]),
        ('\u{7}', ["'\\x07'"; 5]),
        (
            '\u{e4}',
            ["'\\xc3\\xa4'", "'\\xe4'", "'\\xe4'", "'\u{e4}'", "'\u{e4}'"],
        ),
        (
            '\u{26a1}',
            [
                "'\\xe2\\x9a\\xa1'",
                "'\\u{26a1}'",
                "'\\u{26a1}'",
                "'\u{26a1}'",
                "'\u{26a1}'",
            ],
        ),
    ] {
        each(
            |release| to_string_with(&value, always(release)).unwrap(),
            expected,
        );
        each(
            |release| to_string_with(&u32::from(value), always(release)).unwrap(),
            [&u32::from(value).to_string(); 5],
        );
    }
    // Each is read by the releases that write it, and mended ones by all.
    for code in [
        0x80u32, 0x85, 0xff, 0x100, 0x2028, 0xfeff, 0xffff, 0x10_ffff,
    ] {
        let value = char::from_u32(code).unwrap();
        assert_eq!(
            ok::<char>(&to_string_with(&value, always(Release::V0_14_1).mend(true)).unwrap()),
            value
        );
        for &release in Release::ALL {
            let written = to_string_with(&value, always(release)).unwrap();
            let again = from_str_with::<char>(&written, DeOptions::default().release(release));
            let is_read = release.rules().zon_characters_are_code_points;
            assert_eq!(again.ok(), is_read.then_some(value), "{release}: {written}");
        }
    }
}

#[test]
fn strings_beyond_ascii() {
    let options = |release| SerOptions::default().release(release);
    let text = "abc\u{26a1}\u{ff}\n";
    let bytes = "\"abc\\xe2\\x9a\\xa1\\xc3\\xbf\\n\"";
    let stays = "\"abc\u{26a1}\u{ff}\\n\"";
    each(
        |release| to_string_with(text, options(release)).unwrap(),
        [bytes, bytes, bytes, stays, stays],
    );
    let points = "\"abc\\u{26a1}\\u{ff}\\n\"";
    each(
        |release| to_string_with(text, options(release).escape_non_ascii(true)).unwrap(),
        [bytes, bytes, bytes, points, points],
    );
    let beyond = ".@\"\u{e4}\"";
    let quoted = ".@\"\\xc3\\xa4\"";
    for escapes in [false, true] {
        each(
            |release| {
                let options = options(release).escape_non_ascii(escapes);
                to_string_with(&Names::Beyond, options).unwrap()
            },
            [quoted, quoted, quoted, beyond, beyond],
        );
    }
    // Bytes that are no text, and what would not be seen.
    let value = Value::String(b"\xe2\x80a\xff\xc2\x85".to_vec());
    for &release in Release::ALL {
        assert_eq!(
            value.to_text(options(release)),
            "\"\\xe2\\x80a\\xff\\xc2\\x85\""
        );
    }
}

#[test]
fn negative_zero() {
    for &release in Release::ALL {
        let options = SerOptions::default().release(release);
        let is_integer = release == Release::V0_14_0;
        let written = to_string_with(&-0.0f64, options).unwrap();
        assert_eq!(written, if is_integer { "-0" } else { "-0.0" });
        let again = from_str_with::<f64>(&written, DeOptions::default().release(release));
        assert_eq!(again.is_err(), is_integer);
        assert_eq!(
            to_string_with(&-0.0f64, options.mend(true)).unwrap(),
            "-0.0"
        );
    }
}

/// What the reference says of a name without the payload of its variant does not tell that `null` would do.
#[test]
fn a_name_without_its_payload() {
    for &release in Release::ALL {
        let message = "1:2: error: expected union\n";
        assert_eq!(err_in::<Option<crate::Floats>>(release, ".x"), message);
        assert_eq!(err_in::<crate::Floats>(release, ".x"), message);
    }
}
