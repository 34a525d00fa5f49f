//! Text to ZOIR.

use std::hint::black_box;

use syntax::{Ast, Mode, Release};
use zoir::typed::{CodePoints, DeOptions, SerOptions, Value};
use zoir::{Header, Place, Stat, ZoirRef};

use crate::by_release::releases;
use crate::zoir_bytes;

/// What is lowered is valid and the same after it was bytes; all that can be asked of it has an answer; and
/// the value that it stands for, written as text, is read as a value of the same text.
///
/// # Panics
/// If not.
pub fn check(input: &[u8]) {
    let (releases, text) = releases(input);
    releases.for_each(|release| check_in(release, text));
}

fn check_in(release: Release, text: &[u8]) {
    let tree = Ast::parse(text, Mode::Zon, release);
    for parse_str_lits in [true, false] {
        let zoir = zongen::generate(&tree, zongen::Options { parse_str_lits });
        if let Err(err) = zoir::validate(zoir.view()) {
            panic!("what was generated is not valid: {err}");
        }
        round_trip(&zoir);
        zoir_bytes::read_all(zoir.view(), true);
        zoir_bytes::typed(zoir.view(), text, release);
        if parse_str_lits {
            places(&tree, zoir.view());
            value(release, text, zoir.view());
        }
    }
}

fn round_trip(zoir: &zoir::Zoir) {
    let bytes = zoir.to_bytes();
    let (header, read) = zoir::read_entry(&bytes).expect("there is a header");
    let read = read.expect("the sections are there");
    assert_eq!(header, Header::of(zoir.view(), Stat::default()));
    assert_eq!(read.to_owned(), *zoir);
}

fn places(tree: &Ast<'_>, zoir: ZoirRef<'_>) {
    assert_eq!(zoir.has_compile_errors(), zoir.nodes_len() == 0);
    if !tree.errors.is_empty() {
        assert!(zoir.has_compile_errors());
    }
    let check = |place| match place {
        Place::Node(node) => assert!(node < tree.nodes_len()),
        Place::Token { token, offset } => {
            assert!(token < tree.tokens_len());
            let start = tree.token_start(token) as usize;
            assert!(start + offset as usize <= tree.source.len());
        }
    };
    for error in zoir.compile_errors() {
        assert!(!zoir.string(error.msg).expect("a message").is_empty());
        check(error.place);
        zoir.notes(&error).for_each(|note| check(note.place));
    }
}

fn value(release: Release, text: &[u8], zoir: ZoirRef<'_>) {
    let reading = DeOptions::default().release(release);
    let value = match zongen::from_slice_with::<Value>(text, reading) {
        Ok(value) => value,
        Err(err) => {
            assert!(!err.to_string().is_empty());
            assert!(!err.items().is_empty());
            assert!(zoir.has_compile_errors() || is_too_deep(&err));
            return;
        }
    };
    // `nan` does not equal itself; what is printed does.
    let seen = format!("{value:?}");
    let bare: Value = zoir::typed::from_zoir(zoir).expect("it was a value with its text");
    assert_eq!(format!("{bare:?}"), seen);
    let options = SerOptions::default().release(release).mend(true);
    for options in [options, options.whitespace(false), options.multiline(true)] {
        let written = value.to_text(options);
        let again: Value = match zongen::from_slice_with(written.as_bytes(), reading) {
            Ok(again) => again,
            Err(err) => panic!("{written:?} is not read again: {err}"),
        };
        // Floats that are integers are written as such, as the reference does it: values of another kind, of
        // the same text.
        assert_eq!(again.to_text(options), written);
        // By way of serde some of it is lost: characters that are none, the last digits of floats.
        if let Ok(written) = zoir::typed::to_string_with(&value, options) {
            let again = zongen::from_slice_with::<Value>(written.as_bytes(), reading);
            assert!(again.is_ok(), "{written:?}");
        }
    }
    for code_points in [CodePoints::PrintableAscii, CodePoints::Always] {
        let options = SerOptions::default()
            .release(release)
            .code_points(code_points);
        black_box(value.to_text(options.strings_as_arrays(true)));
    }
}

fn is_too_deep(err: &zoir::typed::Error) -> bool {
    err.to_string().contains("deep")
}
