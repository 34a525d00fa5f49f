//! No damaged entry is ever believed.

use std::fs;

use crate::common::*;
use cache_store::*;

const TEXT: &[u8] = b"one\ntwo\nthree";

/// Any byte of an entry of ours may be any other: the result is right, and a result from the entry only comes
/// of an untouched part.
#[test]
fn every_byte_changed() {
    let place = Place::new(TEXT);
    place.check();
    let good = place.entry_bytes();
    let mut hits = 0;
    for at in 0..good.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[at] ^= flip;
            fs::write(place.entry(), &bytes).unwrap();
            // The whole first: whatever is damaged is found.
            let whole = place.update(&BODY);
            assert_eq!(toy(&whole), Toy::generate(TEXT), "byte {at}");
            assert_eq!(whole.ir.summary(), summary_of(TEXT), "byte {at}");
            let in_stat = (16..48).contains(&at);
            match whole.how {
                // A stat that is not the trailer's is no stat; the content is right.
                How::Hit(hit) => assert!(in_stat && hit == Hit::Content, "byte {at}: {hit:?}"),
                How::Generated(_) => assert!(!in_stat, "byte {at}"),
            }
            drop(whole);
            assert_eq!(place.entry_bytes(), good, "mended");

            fs::write(place.entry(), &bytes).unwrap();
            let summary = place.update(&Options::default());
            assert_eq!(summary.ir.summary(), summary_of(TEXT), "byte {at}");
            hits += u32::from(summary.how == How::Hit(Hit::Stat));
            drop(summary);
            fs::write(place.entry(), &bytes).unwrap();
            place.check();
        }
    }
    // A summary does not depend on the body, which is all that a plain hit can have ignored.
    let body = Toy::generate(TEXT);
    assert_eq!(
        hits as usize,
        3 * (body.line_starts.len() + body.reversed.len())
    );
}

/// The same for entries that are read in several parts, or mapped: where parts meet, and all over.
#[test]
fn bytes_changed_in_long_entries() {
    for len in [
        limits::START_READ_LEN,
        limits::BODY_READ_LEN,
        limits::MIN_MAP_LEN as usize,
    ] {
        let text = vec![b'd'; len + 1000];
        let place = Place::new(&text);
        place.check();
        let good = place.entry_bytes();
        let body_end = 48 + 4 + text.len();
        let parts = [
            48,
            limits::START_READ_LEN,
            limits::BODY_READ_LEN,
            limits::WRITE_LEN,
            body_end,
        ];
        let near = parts.iter().flat_map(|&part| part - 1..part + 1);
        let in_trailer = body_end..body_end + 108;
        let all_over = (48..good.len()).step_by(good.len() / 20);
        for at in near.chain(in_trailer).chain(all_over) {
            let in_stat = (16..48).contains(&at);
            if at >= good.len() || in_stat {
                continue;
            }
            let mut bytes = good.clone();
            bytes[at] ^= 0x04;
            fs::write(place.entry(), &bytes).unwrap();
            let whole = place.update(&BODY);
            assert!(matches!(whole.how, How::Generated(_)), "{len}: byte {at}");
            drop(whole);
            assert_eq!(place.entry_bytes(), good, "{len}: byte {at}");
        }
    }
}

/// Two damages may not cancel out: the lengths exchanged give a body of the same size.
#[test]
fn lengths_that_add_up() {
    let place = Place::new(TEXT);
    place.check();
    let mut bytes = place.entry_bytes();
    for (at, by) in [(0, -1), (4, 4)] {
        let length = i32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
        bytes[at..at + 4].copy_from_slice(&(length + by).to_ne_bytes());
    }
    fs::write(place.entry(), &bytes).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Checksum));
}

#[test]
fn every_length() {
    let place = Place::new(TEXT);
    place.check();
    let good = place.entry_bytes();
    let body = Toy::generate(TEXT);
    let body_end = 48 + body.line_starts.len() + body.reversed.len();
    for len in 0..good.len() {
        fs::write(place.entry(), &good[..len]).unwrap();
        let want = match len {
            0 => How::Generated(Reason::NoEntry),
            1..48 => How::Generated(Reason::InvalidHeader),
            _ if len < body_end => How::Generated(Reason::Truncated),
            // What the reference would have written.
            _ if len == body_end => How::Hit(Hit::Unchecked),
            _ => How::Generated(Reason::Checksum),
        };
        assert_eq!(place.check(), want, "length {len}");
    }
}

/// Without a trailer only the structure can be checked; any bytes at all must still end in a result.
#[test]
fn every_byte_changed_without_a_trailer() {
    let place = Place::new(TEXT);
    place.check();
    place.strip_trailer();
    let good = place.entry_bytes();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x81;
        fs::write(place.entry(), &bytes).unwrap();
        let how = place.update(&BODY).how;
        match at {
            // Lengths, padding, stat.
            0..8 => assert!(
                matches!(how, How::Generated(Reason::Truncated | Reason::Checksum)),
                "byte {at}: {how:?}"
            ),
            8..16 => assert_eq!(how, How::Hit(Hit::Unchecked)),
            16..48 => assert!(
                matches!(how, How::Generated(Reason::Stale(_))),
                "byte {at}: {how:?}"
            ),
            _ => {}
        }
    }
}

/// Lengths that claim the world do not make us allocate it.
#[test]
fn lengths_out_of_all_proportion() {
    let place = Place::new(TEXT);
    place.check();
    let mut bytes = place.entry_bytes();
    bytes[0..8].fill(0xff);
    fs::write(place.entry(), &bytes).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Truncated));
    // A file as long as that, all holes.
    fs::write(place.entry(), &bytes).unwrap();
    fs::File::options()
        .write(true)
        .open(place.entry())
        .unwrap()
        .set_len(48 + 5 * u64::from(u32::MAX) + 4)
        .unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Checksum));
}

/// Bytes without any structure.
#[test]
fn noise() {
    let place = Place::new(TEXT);
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..200 {
        let len = next() % 400;
        let bytes: Vec<u8> = (0..len).map(|_| next() as u8).collect();
        fs::write(place.entry(), &bytes).unwrap();
        assert!(matches!(place.check(), How::Generated(_)));
    }
}
