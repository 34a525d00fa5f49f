//! Manifests of records, and bytes that may be of either format.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use cache_store::file::Metadata;
use manifest::{Cache, Digest, Entry, Format, Kind, Listing, Prefixes, Stat, list_directory};

use crate::manifest::hit_of;
use crate::scratch::scratch;

const KEY: Digest = Digest([7; 16]);

struct Lab {
    /// Records of a file, of the directory that it is in, and of both by their metadata, as they are.
    records: [Vec<u8>; 4],
    cache: Cache,
}

fn lab() -> &'static Lab {
    static LAB: OnceLock<Lab> = OnceLock::new();
    LAB.get_or_init(|| {
        let dir = scratch("manifest-records");
        let listed = dir.join("d");
        fs::create_dir(&listed).expect("the directory is ours");
        fs::write(listed.join("a"), "const a = 1;\n").expect("the directory is ours");
        let mut prefixes = Prefixes::new(&dir);
        prefixes.push(&dir);
        let cache = Cache::open_format(&dir.join("h"), prefixes, Format::Records)
            .expect("the directory is ours");
        let inputs = [
            ("d/a", Kind::File, false),
            ("d", Kind::Directory, false),
            ("d/a", Kind::File, true),
            ("d", Kind::Directory, true),
        ];
        let records = inputs.map(|(path, kind, metadata_only)| {
            let bytes = record(&cache, path, kind, metadata_only);
            bytes[..bytes.len() - 1].to_vec()
        });
        Lab { records, cache }
    })
}

/// A manifest of this one input.
fn record(cache: &Cache, path: &str, kind: Kind, metadata_only: bool) -> Vec<u8> {
    let sub_path = path.into();
    let path = manifest::PrefixedPath {
        prefix: 1,
        sub_path,
    };
    let at = cache.prefixes().locate(&path).expect("the prefix is known");
    let stat = Stat::of(&Metadata::at(&at).expect("just made"));
    let entry = Entry {
        path,
        kind,
        metadata_only,
        stat,
        digest: Format::Records.hash_contents(&content(&at, kind)),
    };
    Listing {
        format: Format::Records,
        entries: vec![entry],
    }
    .to_bytes()
}

fn content(at: &Path, kind: Kind) -> Vec<u8> {
    match kind {
        Kind::File => fs::read(at).expect("what cannot be read is no hit"),
        Kind::Directory => list_directory(at).expect("what cannot be listed is no hit"),
    }
}

/// Bytes are a manifest of at most one format, which is written back as it was; or there is something to say
/// about them. As a manifest of records they are a hit only if every input is as it says.
///
/// In the bytes, `\xfc` to `\xff` stand for a good record each.
///
/// # Panics
/// If not.
pub fn check(template: &[u8]) {
    let lab = lab();
    let mut bytes = Vec::with_capacity(template.len() + 256);
    for &byte in template {
        match byte.checked_sub(0xfc) {
            Some(number) => bytes.extend(&lab.records[usize::from(number)]),
            None => bytes.push(byte),
        }
    }
    let told = Format::of_bytes(&bytes);
    match Listing::parse_any(&bytes) {
        Ok(listing) => {
            assert_eq!(listing.format, told);
            assert_eq!(listing.to_bytes(), bytes);
        }
        Err(err) => {
            assert!(err.number >= 1 && err.number <= bytes.len().max(1), "{err}");
            assert!(!err.to_string().is_empty());
        }
    }
    for format in Format::ALL {
        let parsed = format.parse(&bytes, 256);
        assert!(parsed.is_err() || format == told, "{parsed:?}");
    }
    as_entry(lab, &bytes);
}

fn as_entry(lab: &Lab, bytes: &[u8]) {
    let mut manifest = lab.cache.obtain_by_key(KEY);
    fs::write(lab.cache.path_of(KEY), bytes).expect("the directory is ours");
    manifest.invalid_is_miss = true;
    let Some(hit) = hit_of(manifest) else {
        return;
    };
    let count = lab.cache.prefixes().count();
    let said = Format::Records
        .parse(bytes, count)
        .expect("what cannot be read is no hit");
    assert_eq!(hit.files().len(), said.entries.len());
    for (entry, said) in hit.files().iter().zip(&said.entries) {
        assert_eq!(
            (&entry.path, entry.kind, entry.metadata_only),
            (&said.path, said.kind, said.metadata_only)
        );
        let path = lab.cache.prefixes().locate(&entry.path);
        let path = path.expect("the prefix is known");
        let metadata = Metadata::at(&path).expect("what is not there is no hit");
        assert_eq!(metadata.is_dir(), entry.kind == Kind::Directory);
        let is_same = said.stat == Stat::of(&metadata) && !said.stat.is_distrusted();
        if said.metadata_only {
            assert!(is_same, "{} is not as it was", entry.path);
            continue;
        }
        assert_eq!(entry.digest, said.digest);
        assert!(
            is_same || said.digest == Format::Records.hash_contents(&content(&path, said.kind)),
            "{} is not as it was",
            entry.path
        );
    }
}
