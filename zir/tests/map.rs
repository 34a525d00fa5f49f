//! Mapping ZIR to itself, and to what is left of it after damage.
// The dumps are those of a little-endian machine; files of each machine are in its own byte order.
#![cfg(target_endian = "little")]

use zir::{Zir, map_old_to_new};

fn sample(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    std::fs::read(path).unwrap()
}

#[test]
fn a_file_maps_to_itself() {
    let bytes = sample("sample.bin");
    let zir = zir::read_entry(zir::Generation::G14, &bytes)
        .unwrap()
        .1
        .unwrap();
    let mapping = map_old_to_new(zir, zir);
    assert!(mapping.is_unchanged());
    assert!(mapping.instructions().len() > mapping.decls().len() + mapping.containers().len());
    assert!(mapping.instructions().iter().all(|(old, new)| old == new));
    for decl in mapping.decls() {
        assert_eq!(mapping.get(decl.old), Some(decl.old));
    }
    assert_eq!(mapping.get(zir::Index(u32::MAX)), None);
}

#[test]
fn what_was_not_lowered_maps_to_nothing() {
    let bytes = sample("sample.bin");
    let zir = zir::read_entry(zir::Generation::G14, &bytes)
        .unwrap()
        .1
        .unwrap();
    let nothing = Zir::new(zir::Generation::G14);
    for (old, new) in [
        (zir, nothing.view()),
        (nothing.view(), zir),
        (nothing.view(), nothing.view()),
    ] {
        let mapping = map_old_to_new(old, new);
        assert!(mapping.containers().is_empty() && mapping.instructions().is_empty());
    }
}

#[test]
fn damage_is_survived() {
    let good = sample("sample.bin");
    let whole = zir::read_entry(zir::Generation::G14, &good)
        .unwrap()
        .1
        .unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    let mut differ = 0;
    // Miri takes seconds for one.
    let (rounds, enough) = if cfg!(miri) { (3, 0) } else { (2_000, 100) };
    for _ in 0..rounds {
        let mut bytes = good.clone();
        for _ in 0..1 + next(8) {
            let at = zir::HEADER_LEN + next(bytes.len() - zir::HEADER_LEN);
            bytes[at] = next(256) as u8;
        }
        let damaged = zir::read_entry(zir::Generation::G14, &bytes)
            .unwrap()
            .1
            .unwrap();
        differ += usize::from(!map_old_to_new(whole, damaged).is_unchanged());
        map_old_to_new(damaged, whole);
        map_old_to_new(damaged, damaged);
    }
    assert!(differ > enough, "{differ}");
}
