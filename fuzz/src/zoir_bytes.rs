//! Bytes taken for ZOIR.

use std::fmt;
use std::hint::black_box;

use syntax::Release;
use zoir::typed::Value;
use zoir::{F128, HEADER_LEN, Node, NodeIndex, ZoirRef};

use crate::by_release::numbered;
use crate::zoir_types::{Borrowed, Everything, options};

/// A text that the document is not of.
const OTHER: &[u8] = b".{ .a = \"x\", .b = .{ 1, 'c' }, .d = .{ .y = .e } }";

/// How many elements of one array are looked at: in arrays that are not valid their number can be any.
const ASKED: u32 = 4096;

/// How many numbers of a document are printed one by one.
const MOST_PRINTED: u32 = 8;

/// Whatever the bytes are, they are an entry that is too short, or ZOIR that is valid or not; and all that
/// can be asked of it has an answer.
///
/// # Panics
/// If not.
pub fn check(bytes: &[u8]) {
    let Some((header, view)) = zoir::read_entry(bytes) else {
        return;
    };
    // As many of each section as there are, so that a changed length does not hide what is behind it.
    let view = view.unwrap_or_else(|_| {
        let mut rest = &bytes[HEADER_LEN..];
        ZoirRef::from_sections(header.section_lens().map(|len| {
            let len = usize::try_from(len).map_or(rest.len(), |len| len.min(rest.len()));
            let (section, tail) = rest.split_at(len);
            rest = tail;
            section
        }))
    });
    // ZOIR does not say of which release it is.
    let release = numbered(bytes.len());
    let valid = zoir::validate(view);
    if let Err(err) = valid {
        assert!(!err.to_string().is_empty());
    }
    read_all(view, valid.is_ok());
    typed(view, OTHER, release);
    typed(view, view.string_bytes(), release);
    assert_eq!(view.to_owned().view().sections(), view.sections());
    let mut summary = Vec::new();
    zoir::Summary::of(view).encode(&mut summary);
    assert!(zoir::Summary::decode(&summary).is_some());
}

struct Nowhere;

impl fmt::Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

/// Asks everything. Of what is valid, everything must be there.
pub(crate) fn read_all(view: ZoirRef<'_>, valid: bool) {
    // Digits take most of the time there is.
    let mut printed = 0;
    for index in (0..view.nodes_len()).chain([u32::MAX - 1, u32::MAX]) {
        let index = NodeIndex(index);
        let node = view.node(index);
        assert!(!valid || node.is_some() || index.0 >= view.nodes_len());
        black_box((view.tag(index), view.data(index), view.ast_node(index)));
        match node {
            Some(Node::BigInt(int)) => {
                black_box((int.is_negative(), int.magnitude(), int.limbs().count()));
                black_box((int.to_i128(), int.to_u128(), int.to_f64(), int.to_f32()));
                float(int.to_f128());
                if printed < MOST_PRINTED {
                    printed += 1;
                    black_box(format!("{int} {int:?} {}", int.to_f128()));
                }
            }
            Some(Node::Float(value)) => {
                float(value);
                if printed < MOST_PRINTED {
                    printed += 1;
                    black_box(format!("{value} {value:?}"));
                }
            }
            Some(Node::Array(range)) => {
                black_box(range.get(u32::MAX));
                for element in range.iter().take(ASKED as usize) {
                    assert!(!valid || view.node(element).is_some());
                }
            }
            Some(Node::Struct(fields)) => {
                assert_eq!(fields.names.len(), fields.values.len);
                assert_eq!(fields.names.iter().count() as u32, fields.names.len());
                for n in 0..fields.names.len().min(ASKED) + 1 {
                    black_box((fields.names.start(n), fields.names.get(n)));
                    black_box(fields.values.get(n));
                }
            }
            _ => {}
        }
    }
    for at in 0..(view.string_bytes().len() as u32 + 2).min(64) {
        black_box(view.string(at));
    }
    for error in view.compile_errors() {
        assert!(!valid || view.string(error.msg).is_some());
        let notes = view.notes(&error);
        assert!(!valid || notes.len() as u32 == error.note_count);
        for note in notes {
            black_box(view.string(note.msg));
        }
    }
    zoir::print(&mut Nowhere, view, Release::NEWEST).expect("nowhere takes everything");
}

fn float(value: F128) {
    black_box((value.is_nan(), value.is_infinite(), value.to_integer()));
    black_box((value.to_f64(), value.to_f32(), value.is_sign_negative()));
    assert_eq!(
        F128::from_words(value.to_words()).to_words(),
        value.to_words()
    );
}

/// Values of several types out of it.
pub(crate) fn typed(view: ZoirRef<'_>, text: &[u8], release: Release) {
    for options in options(release) {
        answer(zongen::from_zoir::<Value>(view, text, options));
        answer(zongen::from_zoir::<Everything>(view, text, options));
        answer(zongen::from_zoir::<Borrowed<'_>>(view, text, options));
    }
    answer(zoir::typed::from_zoir::<Value>(view));
    answer(zoir::typed::from_zoir::<Everything>(view));
}

fn answer<T: fmt::Debug>(result: Result<T, zoir::typed::Error>) {
    match result {
        Ok(value) => drop(black_box(value)),
        Err(err) => {
            assert!(!err.items().is_empty());
            black_box(err.to_string());
        }
    }
}

/// Seeds: what `input` is lowered to.
pub fn seed(input: &fixtures::Input, release: Release) -> Vec<u8> {
    let tree = syntax::Ast::parse(&input.bytes, syntax::Mode::Zon, release);
    zongen::generate(&tree, zongen::Options::default()).to_bytes()
}
