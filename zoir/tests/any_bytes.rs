//! Entries with anything in them: an error or arrays that every accessor can read.

use fixtures::inputs;
use syntax::{Ast, Mode, Release, TokenTag};
use zoir::text::Style;
use zoir::{
    HEADER_LEN, Header, Node, NodeIndex, Problem, Tag, Zoir, ZoirRef, read_entry, validate,
};

fn entries() -> Vec<Vec<u8>> {
    let sources = inputs("zon/ok").chain(inputs("zon/err"));
    // Miri takes seconds for one.
    let sources = sources.step_by(if cfg!(miri) { 8 } else { 1 });
    let lower = |source: &[u8]| {
        zongen::generate(
            &Ast::parse(source, Mode::Zon, Release::V0_14_1),
            zongen::Options::default(),
        )
    };
    sources
        .map(|input| lower(&input.bytes).to_bytes())
        .collect()
}

/// Asks everything. After validation there must be an answer.
fn ask(zoir: ZoirRef<'_>, is_valid: bool) {
    for index in (0..zoir.nodes_len()).map(NodeIndex) {
        let node = zoir.node(index);
        assert!(node.is_some() || !is_valid);
        match node {
            Some(Node::BigInt(int)) => {
                let _ = (
                    int.to_i128(),
                    int.to_u128(),
                    int.to_f64(),
                    int.to_f32(),
                    int.is_negative(),
                );
            }
            Some(Node::Float(float)) => {
                let _ = (float.to_f64(), float.to_f32(), float.to_integer());
            }
            Some(Node::Array(range)) if is_valid => {
                assert!(
                    range
                        .iter()
                        .all(|element| element > index && zoir.node(element).is_some())
                );
            }
            Some(Node::Struct(fields)) => {
                for (n, name) in (0..).zip(fields.names.iter()) {
                    assert_eq!(fields.names.get(n), Some(name));
                }
                assert!(!is_valid || fields.names.len() == fields.values.len);
                let _ = fields.values.get(u32::MAX);
            }
            _ => {}
        }
    }
    for error in zoir.compile_errors() {
        assert!(zoir.string(error.msg).is_some() || !is_valid);
        assert!(zoir.notes(&error).len() == error.note_count as usize || !is_valid);
    }
    let mut text = String::new();
    zoir::print(&mut text, zoir, Release::V0_14_1).unwrap();
    assert!(!text.is_empty() || !is_valid);
    assert_eq!(zoir.to_owned().view().sections(), zoir.sections());
}

fn check(entry: &[u8]) -> bool {
    let Some((header, zoir)) = read_entry(entry) else {
        return false;
    };
    let Ok(zoir) = zoir else { return false };
    assert_eq!(Header::decode(&header.encode()), header);
    let is_valid = validate(zoir).is_ok();
    ask(zoir, is_valid);
    is_valid
}

#[test]
fn what_is_generated_is_valid() {
    for entry in entries() {
        assert!(check(&entry));
        let (header, zoir) = read_entry(&entry).unwrap();
        let zoir = zoir.unwrap();
        assert_eq!(header.body_len() as usize, entry.len() - HEADER_LEN);
        assert_eq!(zoir.to_owned().to_bytes(), entry);
        // What follows does not matter, and what is missing does.
        assert!(check(&[entry.as_slice(), b"more"].concat()));
        let cut = &entry[..entry.len() - 1];
        assert!(read_entry(cut).is_none_or(|(_, zoir)| zoir.is_err()));
    }
}

#[test]
fn damaged_entries() {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let (mut valid, mut invalid) = (0, 0);
    for entry in entries() {
        for _ in 0..if cfg!(miri) { 5 } else { 300 } {
            let mut entry = entry.clone();
            for _ in 0..1 + random(3) {
                let at = random(entry.len());
                entry[at] = [0, 1, 2, 0xff, 0x80, random(256) as u8][random(6)];
            }
            if random(10) == 0 {
                entry.truncate(random(entry.len()));
            }
            *(if check(&entry) {
                &mut valid
            } else {
                &mut invalid
            }) += 1;
        }
        // Every byte behind the header once.
        for at in (0..entry.len().min(600)).step_by(if cfg!(miri) { 29 } else { 1 }) {
            let mut entry = entry.clone();
            entry[at] ^= 0xff;
            check(&entry);
        }
    }
    let enough = if cfg!(miri) { 0 } else { 100 };
    assert!(valid > enough && invalid > enough, "{valid} {invalid}");
}

#[test]
fn each_problem_is_found() {
    let zoir = |nodes: &[(Tag, u32)], extra: &[u32], limbs: &[u64], strings: &[u8]| {
        let mut zoir = Zoir::default();
        for &(tag, data) in nodes {
            zoir.push_node(tag, data, 0);
        }
        zoir.extra.extend(extra);
        zoir.limbs.extend(limbs);
        zoir.string_bytes.extend(strings);
        zoir
    };
    let problem = |zoir: &Zoir| validate(zoir.view()).err().map(|error| error.problem);
    use Tag::*;
    assert_eq!(problem(&Zoir::default()), Some(Problem::Empty));
    assert_eq!(problem(&zoir(&[(True, 0)], &[], &[], b"")), None);
    let mut unknown = zoir(&[(True, 0)], &[], &[], b"");
    unknown.tags[0] = 18;
    assert_eq!(problem(&unknown), Some(Problem::Tag(18)));
    assert_eq!(
        problem(&zoir(&[(FloatLiteral, 0)], &[0; 3], &[], b"")),
        Some(Problem::Payload)
    );
    assert_eq!(problem(&zoir(&[(EnumLiteral, 1)], &[], &[], b"a\0")), None);
    assert_eq!(
        problem(&zoir(&[(EnumLiteral, 2)], &[], &[], b"a\0b")),
        Some(Problem::Payload)
    );
    assert_eq!(
        problem(&zoir(&[(StringLiteral, 0)], &[1, 1], &[], b"a")),
        Some(Problem::Payload)
    );
    assert_eq!(
        problem(&zoir(&[(CharLiteral, 0x11_0000)], &[], &[], b"")),
        Some(Problem::CodePoint(0x11_0000))
    );
    assert_eq!(
        problem(&zoir(&[(IntLiteralPos, 0)], &[1, 0], &[0], b"")),
        Some(Problem::Limbs)
    );
    assert_eq!(
        problem(&zoir(&[(IntLiteralPos, 0)], &[0, 0], &[0], b"")),
        Some(Problem::Limbs)
    );
    let twice = [(ArrayLiteral, 0), (IntLiteralPos, 2), (IntLiteralPos, 2)];
    assert_eq!(
        problem(&zoir(&twice, &[2, 1, 1, 0], &[1], b"")),
        Some(Problem::SharedLimbs)
    );
    assert_eq!(problem(&zoir(&twice, &[2, 1, 1, 0], &[1, 1], b"")), None);
    assert_eq!(
        problem(&zoir(&[(ArrayLiteral, 0)], &[0, 1], &[], b"")),
        Some(Problem::NoElements)
    );
    assert_eq!(
        problem(&zoir(&[(ArrayLiteral, 0)], &[1, 0], &[], b"")),
        Some(Problem::Elements)
    );
    assert_eq!(
        problem(&zoir(&[(ArrayLiteral, 0)], &[u32::MAX, 1], &[], b"")),
        Some(Problem::Elements)
    );
    let shared = [(ArrayLiteral, 0), (ArrayLiteral, 2), (True, 0)];
    assert_eq!(
        problem(&zoir(&shared, &[2, 1, 1, 2], &[], b"")),
        Some(Problem::Shared)
    );
    assert_eq!(
        problem(&zoir(&[(True, 0), (True, 0)], &[], &[], b"")),
        Some(Problem::Shared)
    );
    assert_eq!(
        problem(&zoir(
            &[(StructLiteral, 0), (True, 0)],
            &[1, 1, 1],
            &[],
            b"a"
        )),
        Some(Problem::Name)
    );
    assert_eq!(
        problem(&zoir(
            &[(StructLiteral, 0), (True, 0)],
            &[1, 1, 0],
            &[],
            b"a\0"
        )),
        None
    );

    let mut errors = Zoir {
        compile_errors: vec![[0, 0, 0, 0, 1]],
        ..Zoir::default()
    };
    assert_eq!(problem(&errors), Some(Problem::Message));
    errors.string_bytes.push(0);
    assert_eq!(problem(&errors), Some(Problem::Notes));
    errors.error_notes.push([1, 0, 0]);
    assert_eq!(problem(&errors), Some(Problem::Message));
    errors.error_notes[0] = [0, 0, 0];
    assert_eq!(problem(&errors), None);
    errors.push_node(True, 0, 0);
    assert_eq!(problem(&errors), Some(Problem::Both));
    errors.compile_errors.clear();
    assert_eq!(problem(&errors), Some(Problem::NotesWithoutErrors));
}

#[test]
fn keywords_are_those_of_the_tokenizer() {
    let mut keywords = 0;
    for lexeme in TokenTag::ALL.iter().filter_map(|tag| tag.lexeme()) {
        if TokenTag::keyword(lexeme.as_bytes()).is_some() {
            assert!(!zoir::text::is_plain_name(lexeme.as_bytes()), "{lexeme}");
            for &release in Release::ALL {
                let by_release = TokenTag::keyword_by(lexeme.as_bytes(), release.rules());
                let is_plain = Style::of(release).is_plain_name(lexeme.as_bytes());
                assert_eq!(is_plain, by_release.is_none(), "{release}: {lexeme}");
            }
            keywords += 1;
        }
    }
    assert!(keywords > 40);
    assert!(zoir::text::is_plain_name(b"name"));
}
