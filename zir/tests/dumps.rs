//! Dumps of the reference: header, validator, iterators and text form on real data, whole and damaged.
//!
//! `data/*.bin` are the reference's ZIR of the sources beside them, header and sections; `sample.txt` is its
//! own text form of it, printed without source positions.
// The dumps are those of a little-endian machine; files of each machine are in its own byte order.
#![cfg(target_endian = "little")]

use zir::{HEADER_LEN, Header, Index, Stat, ZirRef, read_entry, validate};

const SAMPLE: &[u8] = include_bytes!("data/sample.bin");
const BROKEN: &[u8] = include_bytes!("data/broken.bin");
const FATAL: &[u8] = include_bytes!("data/fatal.bin");

fn read(bytes: &[u8]) -> ZirRef<'_> {
    read_entry(zir::Generation::G14, bytes).unwrap().1.unwrap()
}

#[test]
fn valid() {
    for bytes in [SAMPLE, BROKEN, FATAL] {
        validate(read(bytes)).unwrap();
    }
}

#[test]
fn header_round_trip() {
    let stat = Stat {
        inode: u64::MAX - 1,
        size: 77,
        mtime: -5,
    };
    for bytes in [SAMPLE, BROKEN, FATAL] {
        let zir = read(bytes);
        let header = Header::of(zir, stat);
        let encoded = header.encode();
        assert_eq!(Header::decode(&encoded), header);
        assert_eq!(encoded[..16], bytes[..16]);
        assert_eq!(header.body_len(), (bytes.len() - HEADER_LEN) as u64);
        let mut again = encoded.to_vec();
        for section in zir.sections() {
            again.extend_from_slice(section);
        }
        assert_eq!(again[HEADER_LEN..], bytes[HEADER_LEN..]);
        // What lies behind is not looked at.
        again.extend_from_slice(b"trailer");
        assert_eq!(read(&again).sections(), zir.sections());
    }
}

#[test]
fn owned_and_borrowed_are_the_same() {
    let zir = read(SAMPLE);
    let owned = zir.to_owned().unwrap();
    assert_eq!(owned.view().sections(), zir.sections());
    assert_eq!(owned.sections(), zir.sections());
    validate(owned.view()).unwrap();
}

#[test]
fn any_alignment() {
    let bytes = if cfg!(miri) { BROKEN } else { SAMPLE };
    let mut text = Vec::new();
    zir::print(read(bytes), None, &mut text);
    for shift in 0..8 {
        let mut moved = vec![0; shift];
        moved.extend_from_slice(bytes);
        let zir = read(&moved[shift..]);
        validate(zir).unwrap();
        let mut again = Vec::new();
        zir::print(zir, None, &mut again);
        assert!(text == again);
    }
}

#[test]
fn truncated() {
    for bytes in [SAMPLE, BROKEN, FATAL] {
        for len in (0..bytes.len()).step_by(if cfg!(miri) { 97 } else { 1 }) {
            match read_entry(zir::Generation::G14, &bytes[..len]) {
                None => assert!(len < HEADER_LEN),
                Some((header, sections)) => {
                    let error = sections.unwrap_err();
                    assert_eq!(
                        (error.want, error.have),
                        (header.body_len(), (len - HEADER_LEN) as u64)
                    );
                }
            }
        }
    }
    // Lengths that no memory has.
    let header = Header {
        instructions_len: u32::MAX,
        string_bytes_len: u32::MAX,
        extra_len: u32::MAX,
        ..Header::default()
    };
    assert_eq!(header.body_len(), 14 * u64::from(u32::MAX));
    assert!(header.sections(zir::Generation::G14, SAMPLE).is_err());
}

/// The text form without the numbers of nodes and tokens.
fn text_without_positions(zir: ZirRef<'_>) -> String {
    let mut out = Vec::new();
    zir::print(zir, None, &mut out);
    let mut text = String::from_utf8(out).unwrap();
    for start in [" node:", "=node:", " token:"] {
        let mut pieces = text.split(start);
        let mut plain = pieces.next().unwrap().to_string();
        for piece in pieces {
            plain.push_str(&start[..1]);
            plain.push_str(
                piece
                    .trim_start_matches('+')
                    .trim_start_matches(|c: char| c.is_ascii_digit()),
            );
        }
        text = plain;
    }
    text
}

#[test]
fn text_form() {
    let ours = text_without_positions(read(SAMPLE));
    for (number, (ours, theirs)) in ours
        .lines()
        .zip(include_str!("data/sample.txt").lines())
        .enumerate()
    {
        assert_eq!(ours, theirs, "line {}", number + 1);
    }
    assert!(ours == include_str!("data/sample.txt"));
}

struct Everywhere;

impl zir::Positions for Everywhere {
    fn node(&self, node: u32) -> Option<zir::Span> {
        Some(zir::Span {
            start_line: node,
            start_column: 1,
            end_line: node,
            end_column: 2,
        })
    }
    fn token(&self, token: u32) -> Option<zir::Span> {
        (token < 1000).then_some(zir::Span {
            start_line: token,
            start_column: 3,
            end_line: token,
            end_column: 4,
        })
    }
    fn first_token(&self, node: u32) -> Option<u32> {
        Some(if node == 0 { 0 } else { 999 })
    }
}

#[test]
#[cfg_attr(miri, ignore = "some minutes")]
fn text_form_with_positions() {
    let mut out = Vec::new();
    zir::print(read(SAMPLE), Some(&Everywhere), &mut out);
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("import(.none, \"std\") token_offset:?"),
        "{}",
        &text[..400]
    );
    assert!(text.contains("  @import(\"other.zig\") token_abs:"));
    assert!(text.contains("float128(0.1) node_offset:"));
}

#[test]
fn errors_and_imports() {
    let zir = read(BROKEN);
    assert!(zir.has_compile_errors() && !zir.lowering_failed());
    let errors: Vec<_> = zir.compile_errors().collect();
    let texts: Vec<_> = errors
        .iter()
        .map(|error| String::from_utf8_lossy(error.message).into_owned())
        .collect();
    assert_eq!(
        texts,
        [
            "unused local constant",
            "local constant 'x' shadows function parameter from outer scope"
        ]
    );
    assert_eq!(errors[0].notes_len(), 0);
    let notes: Vec<_> = errors[1]
        .notes()
        .map(|note| String::from_utf8_lossy(note.message).into_owned())
        .collect();
    assert_eq!(notes, ["previous declaration here"]);
    let imports: Vec<_> = zir.imports().map(|import| import.path).collect();
    assert_eq!(imports, [b"one.zig".as_slice(), b"two/three.zig"]);

    let zir = read(FATAL);
    assert!(zir.has_compile_errors() && zir.lowering_failed());
    assert_eq!(zir.compile_errors().count(), 1);
    assert_eq!(zir.imports().count(), 0);
    let mut out = Vec::new();
    zir::print(zir, None, &mut out);
    assert!(out.is_empty());

    let zir = read(SAMPLE);
    assert!(!zir.has_compile_errors() && !zir.lowering_failed());
    assert_eq!(zir.compile_errors().count(), 0);
}

#[test]
fn declarations_and_bodies() {
    let zir = read(SAMPLE);
    let names = |inst: Index| -> Vec<String> {
        let decls = zir.declarations(inst).unwrap();
        let name = |inst| {
            String::from_utf8_lossy(zir.string(zir.declaration(inst).unwrap().name).unwrap())
                .into_owned()
        };
        decls.iter().map(name).collect()
    };
    let main = names(Index::MAIN_STRUCT_INST);
    assert_eq!(main[..4], ["std", "other", "Error", "big"]);
    assert_eq!(
        main.len(),
        zir.declarations(Index::MAIN_STRUCT_INST).unwrap().len() as usize
    );
    assert!(zir.declarations(Index(1)).is_none());
    // Every instruction is in one body at most, and every body is found.
    let mut seen = vec![0u32; zir.instructions_len() as usize];
    let mut shared = std::collections::HashSet::new();
    let mut pending = vec![Index::MAIN_STRUCT_INST];
    while let Some(inst) = pending.pop() {
        seen[inst.to_usize()] += 1;
        for body in zir.bodies(inst) {
            if shared.insert(body.start()) {
                pending.extend(body.iter());
            }
        }
    }
    assert!(seen.iter().all(|&times| times <= 1));
    let reached = seen.iter().filter(|&&times| times == 1).count();
    // The rest stands for captures, or was made and then not needed.
    assert!(reached * 10 > seen.len() * 9, "{reached} of {}", seen.len());
}

/// Whatever is in the bytes, all readers end without a panic; what is valid can be printed whole.
fn read_everything(bytes: &[u8]) -> bool {
    let Some((_, Ok(zir))) = read_entry(zir::Generation::G14, bytes) else {
        return false;
    };
    for error in zir.compile_errors() {
        let _ = error.notes().count();
    }
    let _ = zir.imports().count();
    for inst in 0..zir.instructions_len() {
        let _ = zir.bodies(Index(inst)).len();
        let _ = zir.declarations(Index(inst)).is_some();
        let _ = zir.declaration(Index(inst)).is_some();
    }
    let valid = validate(zir).is_ok();
    if valid {
        let mut out = Vec::new();
        zir::print(zir, None, &mut out);
        let damaged = out.windows(9).any(|text| text == b"<damaged>");
        assert!(!damaged, "{}", String::from_utf8_lossy(&out));
    }
    valid
}

#[test]
fn damaged() {
    let mut random = 0x2545_f491_4f6c_dd1du64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for bytes in [SAMPLE, BROKEN, FATAL] {
        let mut rejected = 0;
        let (rounds, enough) = match cfg!(miri) {
            false => (3000, 100),
            // Miri takes a minute for one.
            true if bytes == SAMPLE => continue,
            true => (20, 0),
        };
        for _ in 0..rounds {
            let mut damaged = bytes.to_vec();
            for _ in 0..1 + next() % 3 {
                let at = HEADER_LEN + next() as usize % (damaged.len() - HEADER_LEN);
                match next() % 3 {
                    0 => damaged[at] = next() as u8,
                    1 => damaged[at] = damaged[at].wrapping_add(1),
                    _ => damaged[at] ^= 1 << (next() % 8),
                }
            }
            rejected += u32::from(!read_everything(&damaged));
        }
        assert!(rejected > enough, "{rejected}");
    }
}

#[test]
fn garbage() {
    let mut random = 88172645463325252u64;
    for len in [0, 1, 47, 48, 64, 200, 1000] {
        for _ in 0..if cfg!(miri) { 10 } else { 200 } {
            let mut bytes: Vec<u8> = (0..len)
                .map(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random as u8
                })
                .collect();
            if len > 48 {
                // Lengths that fit, so that the sections are looked at.
                let part = ((len - 48) / 20) as u32;
                let lens = [part, part, part, 0].map(u32::to_ne_bytes).concat();
                bytes[..16].copy_from_slice(&lens);
            }
            assert!(!read_everything(&bytes));
        }
    }
}
