//! The ZIR of every input as text, as goldens, and what holds of all ZIR of all releases.

use std::fmt::Write;

use fixtures::{Input, KindByRelease, goldens_by_release};
use syntax::{Ast, Mode, Release, TokenTag};
use zir::{Generation, Zir};

/// The folders whose instructions are shown as every generation lowers them. In nearly every text some number
/// or name is not what it was in the generation before; of the other inputs only the oldest is shown.
const SHOWN_BY_GENERATION: [&str; 2] = ["releases/", "later/"];

fn lower(source: &[u8], release: Release) -> Zir {
    astgen::generate(&Ast::parse(source, Mode::Zig, release))
}

/// Valid by its own validator, the same each time and in each release of its generation, and the same again
/// after a way through bytes.
fn check(zir: &Zir, source: &[u8], name: &str) {
    let generation = zir.generation;
    let name = format!("{name} in {}", generation.name());
    zir::validate(zir.view()).unwrap_or_else(|error| panic!("{name}: {error}"));
    for &release in Release::ALL {
        if release.generation() == generation {
            let again = lower(source, release);
            assert!(*zir == again, "{name}: lowered again, with another result");
            // The next ZIR, of this input or of another, is made where this one was.
            astgen::reuse(again);
        }
    }
    let bytes = zir.to_bytes();
    let (_, sections) = zir::read_entry(generation, &bytes).expect("longer than a header");
    let read = sections.expect("whole").to_owned().expect("tags are known");
    assert!(read == *zir, "{name}: changed by writing and reading it");
    let format = zir.view().format();
    for (index, (&tag, &data)) in zir.tags.iter().zip(&zir.data).enumerate() {
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

fn instructions(zir: &Zir) -> String {
    let mut text = Vec::new();
    zir::print::print(zir.view(), None, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn errors(zir: &Zir) -> String {
    let mut text = String::new();
    let mut line = |kind: &str, error: &zir::CompileError<'_>| {
        let (number, of) = match (error.node, error.token) {
            (Some(node), _) => (node, "node"),
            (None, token) => (token.unwrap_or(0), "token"),
        };
        let message = String::from_utf8_lossy(error.message);
        writeln!(text, "{kind} at {of} {number}: {message}").unwrap();
    };
    for error in zir.view().compile_errors() {
        line("error", &error);
        error.notes().for_each(|note| line("note", &note));
    }
    text
}

/// The ZIR of an input that is checked.
fn checked(input: &Input, place: usize) -> Zir {
    let zir = lower(&input.bytes, Generation::ALL[place].newest_release());
    check(&zir, &input.bytes, &input.name);
    zir
}

/// The oldest generation accepts it. Where a later one does not, its errors are shown.
fn of_accepted(input: &Input, place: usize) -> Option<String> {
    let zir = checked(input, place);
    let mut folders = SHOWN_BY_GENERATION.iter();
    let shows_all = folders.any(|folder| input.name.starts_with(folder));
    if zir.view().has_compile_errors() {
        assert_ne!(place, 0, "{} has errors", input.name);
        Some(errors(&zir))
    } else if place == 0 || shows_all {
        Some(instructions(&zir))
    } else {
        None
    }
}

/// The oldest generation finds errors, which `driver` shows. Where a later one finds none, that shows here.
fn of_refused(input: &Input, place: usize) -> Option<String> {
    let zir = checked(input, place);
    let accepted = !zir.view().has_compile_errors();
    assert!(!accepted || place > 0, "{} has no errors", input.name);
    accepted.then(|| instructions(&zir))
}

#[test]
fn instructions_by_release() {
    let releases: Vec<_> = Generation::ALL.iter().map(|g| g.name()).collect();
    let kind = |folder, text| KindByRelease {
        name: "zir",
        folder,
        releases: &releases,
        text,
    };
    goldens_by_release(
        env!("CARGO_MANIFEST_DIR"),
        &[kind("zig/ok", &of_accepted), kind("zig/err", &of_refused)],
    );
}

/// `zir` has a list of keywords of its own: names that are keywords are quoted in its text, and no others.
#[test]
fn the_text_form_quotes_keywords() {
    for generation in Generation::ALL {
        let release = generation.newest_release();
        let text = |name: &str| {
            let source = format!("const T = struct {{ @\"{name}\": u8 }};");
            instructions(&lower(source.as_bytes(), release))
        };
        let mut keywords = 0;
        for lexeme in TokenTag::ALL.iter().filter_map(|tag| tag.lexeme()) {
            if TokenTag::keyword(lexeme.as_bytes()).is_none() {
                continue;
            }
            let is_keyword = TokenTag::keyword_by(lexeme.as_bytes(), release.rules()).is_some();
            let text = text(lexeme);
            let quoted = text.contains(&format!("@\"{lexeme}\": "));
            assert_eq!(quoted, is_keyword, "{release}: {text}");
            keywords += usize::from(is_keyword);
        }
        assert!(keywords > 40);
        let plain = text("name");
        assert!(
            plain.contains("name: ") && !plain.contains("@\"name\""),
            "{plain}"
        );
    }
}
