//! The ZIR of every input as text, as goldens, and what holds of all ZIR.

use fixtures::{Input, Kind, goldens};
use syntax::{Ast, Mode, Release, TokenTag};
use zir::Zir;

fn lower(source: &[u8]) -> Zir {
    astgen::generate(&Ast::parse(source, Mode::Zig, Release::V0_14_1))
}

/// Valid by its own validator, the same each time, and the same again after a way through bytes.
fn check(zir: &Zir, source: &[u8], name: &str) {
    zir::validate(zir.view()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(
        *zir == lower(source),
        "{name}: lowered twice, with two results"
    );
    let bytes = zir.to_bytes();
    let (_, sections) = zir::read_entry(zir.generation, &bytes).expect("longer than a header");
    let read = sections.expect("whole").to_owned().expect("tags are known");
    assert!(read == *zir, "{name}: changed by writing and reading it");
    for (index, (&tag, &data)) in zir.tags.iter().zip(&zir.data).enumerate() {
        let format = zir.view().format();
        let tag = format.tag(tag).expect("tags are known");
        let bytes = zerocopy::IntoBytes::as_bytes(&data);
        let dead = zir::dead_bytes(format, tag, data);
        for (i, byte) in bytes.iter().enumerate() {
            assert!(
                dead >> i & 1 == 0 || *byte == 0,
                "{name}: byte {i} of %{index} is dead and not zero"
            );
        }
    }
}

#[test]
fn instructions_of_what_zig_accepts() {
    let text = |input: &Input| {
        let zir = lower(&input.bytes);
        check(&zir, &input.bytes, &input.name);
        assert!(
            !zir.view().has_compile_errors(),
            "{} has errors",
            input.name
        );
        let mut text = Vec::new();
        zir::print::print(zir.view(), None, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    };
    let kind = Kind {
        name: "zir",
        folder: "zig/ok",
        text: &text,
    };
    goldens(env!("CARGO_MANIFEST_DIR"), &[kind]);
}

#[test]
fn what_zig_refuses_has_errors_and_is_valid_all_the_same() {
    for input in fixtures::inputs("zig/err") {
        let zir = lower(&input.bytes);
        check(&zir, &input.bytes, &input.name);
        assert!(
            zir.view().has_compile_errors(),
            "{} has no errors",
            input.name
        );
    }
}

/// `zir` has a list of keywords of its own: names that are keywords are quoted in its text, and no others.
#[test]
fn the_text_form_quotes_keywords() {
    let text = |name: &str| {
        let source = format!("const T = struct {{ @\"{name}\": u8 }};");
        let mut text = Vec::new();
        zir::print::print(lower(source.as_bytes()).view(), None, &mut text);
        String::from_utf8(text).unwrap()
    };
    let mut keywords = 0;
    for lexeme in TokenTag::ALL.iter().filter_map(|tag| tag.lexeme()) {
        if TokenTag::keyword(lexeme.as_bytes()).is_some() {
            let text = text(lexeme);
            assert!(text.contains(&format!("@\"{lexeme}\": ")), "{text}");
            keywords += 1;
        }
    }
    assert!(keywords > 40);
    let plain = text("name");
    assert!(
        plain.contains("name: ") && !plain.contains("@\"name\""),
        "{plain}"
    );
}
