//! Text to ZIR.

use syntax::{Ast, Mode, Release};
use zir::{Index, Summary, ZirRef};

use crate::by_release::releases;
use crate::zir_bytes;

/// What is lowered is valid, is the same after it was bytes, can be printed and walked through, and is what a
/// new version of it maps to in every instruction.
///
/// # Panics
/// If not.
pub fn check(input: &[u8]) {
    let (releases, text) = releases(input);
    releases.for_each(|release| check_in(release, text));
}

fn check_in(release: Release, text: &[u8]) {
    let tree = Ast::parse(text, Mode::Zig, release);
    let zir = astgen::generate(&tree);
    let view = zir.view();
    if let Err(err) = zir::validate(view) {
        panic!("what was generated is not valid: {err}");
    }
    let bytes = zir.to_bytes();
    let (header, read) = zir::read_entry(zir.generation, &bytes).expect("there is a header");
    let read: ZirRef<'_> = read.expect("the sections are there");
    assert_eq!(read.sections(), view.sections());
    assert_eq!(header, zir::Header::of(view, zir::Stat::default()));
    zir_bytes::read_all(view, true);
    if !tree.errors.is_empty() {
        assert!(view.has_compile_errors());
    }
    for error in view.compile_errors() {
        assert!(!error.message.is_empty());
        assert!(error.node.is_none_or(|node| node < tree.nodes_len()));
        assert_eq!(error.notes().count() as u32, error.notes_len());
    }
    for import in view.imports() {
        assert!(import.token < tree.tokens_len());
    }
    let summary = Summary::of(view);
    let mut encoded = Vec::new();
    summary.encode(&mut encoded);
    assert_eq!(Summary::decode(&encoded), Some(summary));
    if !view.has_compile_errors() {
        let mapping = zir::map_old_to_new(view, view);
        assert!(mapping.is_unchanged());
        let main = Index::MAIN_STRUCT_INST;
        assert_eq!(mapping.get(main), Some(main));
    }
}
