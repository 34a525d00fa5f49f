//! The binary format: its bytes, and its protocol.

use std::path::Path;

use cache_store::file::{SEPARATOR, open_source, set_times};
use manifest::{
    Answer, Cache, Digest, Entry, Error, Finding, Format, Kind, Listing, MissReason,
    ParseErrorKind, Place, Places, PrefixedPath, Prefixes, Stat, explain, list_directory,
};
use release::Release;
use tempfile::TempDir;

use crate::common::{age, hit, miss};

/// A record as it stands in a file, put together by hand.
fn record(stat: (u64, u64, i64), digest: u8, flags: u8, path: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(stat.0.to_ne_bytes());
    bytes.extend(stat.1.to_ne_bytes());
    bytes.extend(stat.2.to_ne_bytes());
    bytes.extend([digest; 16]);
    bytes.push(flags);
    bytes.extend(path);
    bytes.push(0);
    bytes
}

fn manifest(records: &[Vec<u8>]) -> Vec<u8> {
    [records.concat(), vec![0]].concat()
}

fn sample() -> Vec<u8> {
    manifest(&[
        record((12, 34, -56), 0xaa, 0, b"/a"),
        record((0x0a30, 7, 8), 0xbb, 1 << 2 | 1, b""),
        record((1, 2, 3), 0xcc, 4 << 2 | 2, b"b/c"),
    ])
}

#[test]
fn every_field_is_where_it_should_be() {
    let listing = Listing::parse_any(&sample()).unwrap();
    let entry = |prefix, path: &str, kind, metadata_only, stat: (u64, u64, i64), digest| Entry {
        path: PrefixedPath {
            prefix,
            sub_path: path.into(),
        },
        kind,
        metadata_only,
        stat: Stat {
            size: stat.0,
            inode: stat.1,
            mtime_ns: stat.2,
        },
        digest: Digest([digest; 16]),
    };
    assert_eq!(
        listing,
        Listing {
            format: Format::Records,
            entries: vec![
                entry(0, "/a", Kind::File, false, (12, 34, -56), 0xaa),
                entry(1, "", Kind::Directory, false, (0x0a30, 7, 8), 0xbb),
                entry(4, "b/c", Kind::File, true, (1, 2, 3), 0xcc),
            ],
        }
    );
    assert_eq!(listing.to_bytes(), sample());
}

#[test]
fn a_manifest_of_nothing_is_a_zero_byte() {
    let listing = Format::Records.parse(&[0], 1).unwrap();
    assert_eq!(listing.entries, []);
    assert_eq!(listing.to_bytes(), [0]);
    let error = Format::Records.parse(&[], 1).unwrap_err();
    assert_eq!(error.kind, ParseErrorKind::Empty);
}

/// Bytes with one changed, and those that are cut, are refused or stand for what they say; never is a text
/// made of them.
#[test]
fn nothing_is_read_as_something_else() {
    let bytes = sample();
    let mut accepted = 0;
    for at in 0..bytes.len() {
        for byte in 0..=255 {
            let mut changed = bytes.clone();
            changed[at] = byte;
            if let Ok(listing) = Listing::parse(&changed, 5) {
                assert_eq!(listing.format, Format::Records);
                assert_eq!(listing.to_bytes(), changed);
                accepted += 1;
            }
        }
        if let Ok(listing) = Format::Records.parse(&bytes[..at], 5) {
            assert_eq!(listing.to_bytes(), &bytes[..at]);
        }
        let longer = [&bytes[..], &[byte_at(at)]].concat();
        assert!(Format::Records.parse(&longer, 5).is_err());
    }
    assert!(accepted > bytes.len());
}

fn byte_at(at: usize) -> u8 {
    at as u8
}

#[test]
fn errors_name_the_record() {
    let first = record((1, 2, 3), 0, 0, b"/a");
    let with = |second: Vec<u8>| [first.clone(), second].concat();
    let cases: [(&str, Vec<u8>); 12] = [
        ("nothing", vec![]),
        ("one byte", vec![7]),
        ("no end", first.clone()),
        ("another last byte", with(vec![1])),
        ("half a head", with(vec![1; 20])),
        ("a head and no path", with(vec![4; 41])),
        ("a path without end", with(vec![4; 60])),
        (
            "an unknown directory",
            with(manifest(&[record((1, 2, 3), 0, 5 << 2, b"a")])),
        ),
        (
            "the last directory there can be",
            with(manifest(&[record((1, 2, 3), 0, 63 << 2, b"a")])),
        ),
        (
            "out of its directory",
            with(manifest(&[record((1, 2, 3), 0, 1 << 2, b"b/../../c")])),
        ),
        (
            "an absolute path in a directory",
            with(manifest(&[record((1, 2, 3), 0, 1 << 2, b"/etc/passwd")])),
        ),
        (
            "a path of 4096 bytes",
            with(manifest(&[record((1, 2, 3), 0, 0, &[b'x'; 4096])])),
        ),
    ];
    let mut out = String::new();
    for (name, bytes) in cases {
        let error = Format::Records.parse(&bytes, 5).unwrap_err();
        out.push_str(&format!("{name}\n    {error}\n"));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_formats_are_told_apart_by_their_bytes() {
    let text = b"0\n1 2 3 00112233445566778899aabbccddeeff 0 a\n";
    // A first file of 2608 bytes makes the two bytes that a text begins with.
    let like_text = manifest(&[record((0x0a30, 1, 2), 3, 0, b"/a\n")]);
    let cases: [(&[u8], Format); 9] = [
        (b"", Format::Lines),
        (b"0\n", Format::Lines),
        (text, Format::Lines),
        (&text[..30], Format::Lines),
        (b"1\n", Format::Lines),
        (&[0], Format::Records),
        (&sample(), Format::Records),
        (&sample()[..50], Format::Records),
        (&like_text, Format::Records),
    ];
    for (bytes, format) in cases {
        assert_eq!(Format::of_bytes(bytes), format, "{bytes:?}");
    }
    assert_eq!(
        Listing::parse_any(text).unwrap().to_bytes(),
        text.as_slice()
    );
    assert_eq!(
        Listing::parse_any(&like_text).unwrap().to_bytes(),
        like_text
    );
}

/// Where a file has no content to tell it by, its name says what it should have been.
#[test]
fn an_empty_file_is_of_the_format_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let key = Digest([0x5a; 16]);
    for (format, said) in [
        (Format::Lines, "line 1: empty"),
        (Format::Records, "record 1: empty"),
    ] {
        let path = dir.path().join(format.file_name(key));
        std::fs::write(&path, "").unwrap();
        let error = Listing::read(&path, 4).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn names_are_keys_of_a_format() {
    let key = Digest([0x5a; 16]);
    for format in Format::ALL {
        let name = format.file_name(key);
        assert_eq!(Format::of_file_name(name.as_bytes()), Some((format, key)));
    }
    for name in ["timestamp", "", ".txt", "5a.txt", "5A5A", "5a5a.zig"] {
        assert_eq!(Format::of_file_name(name.as_bytes()), None);
    }
    let long = "5a".repeat(16);
    assert_eq!(Format::of_file_name(format!("{long}.bin").as_bytes()), None);
}

#[test]
fn a_release_has_a_format() {
    for &release in Release::ALL {
        let records = release >= Release::V0_17_0;
        assert_eq!(Format::of(release) == Format::Records, records, "{release}");
    }
}

/// What `zig build` of 0.17.1 recorded of a file with this text.
#[test]
fn the_hash_is_the_references() {
    assert_eq!(
        Format::Records
            .hash_contents(b"pub const value: u32 = 7;\n")
            .to_string(),
        "d2cbe5caac44f5d5f2bed69eebdc0b75"
    );
}

/// A path that stands there twice, of which the reference counts the first.
#[test]
fn the_output_is_named_by_the_digests() {
    let key = Digest([9; 16]);
    let bytes = manifest(&[
        record((1, 2, 3), 0xaa, 0, b"/a"),
        record((1, 2, 3), 0xbb, 1 << 2, b"b"),
        record((1, 2, 3), 0xcc, 1, b"/a"),
    ]);
    let listing = Listing::parse_any(&bytes).unwrap();
    assert_eq!(listing.to_bytes(), bytes);
    let hashed = [key.0, [0xaa; 16], [0xbb; 16]].concat();
    assert_eq!(
        listing.final_digest(key),
        Format::Records.hash_contents(&hashed)
    );
}

/// Whatever stands in a listing that could have been made comes back.
#[test]
fn listings_survive() {
    let mut state = 1u64;
    let mut next = move || {
        // Knuth's generator, its upper half.
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
        state >> 32
    };
    for _ in 0..2000 {
        let mut entries = Vec::new();
        for _ in 0..next() % 6 {
            let prefix = (next() % 64) as u8;
            let len = next() % 12;
            let mut sub_path: Vec<u8> = (0..len).map(|_| (next() % 255) as u8 + 1).collect();
            if prefix != 0 {
                // Windows has more bytes that lead elsewhere.
                sub_path.retain(|byte| !b"./\\:".contains(byte));
            }
            entries.push(Entry {
                path: PrefixedPath { prefix, sub_path },
                kind: [Kind::File, Kind::Directory][next() as usize % 2],
                metadata_only: next() % 2 == 0,
                stat: Stat {
                    size: next() << (next() % 33),
                    inode: next() << (next() % 33),
                    mtime_ns: (next() << (next() % 33)) as i64,
                },
                digest: Digest([next() as u8; 16]),
            });
        }
        let listing = Listing {
            format: Format::Records,
            entries,
        };
        assert_eq!(Listing::parse_any(&listing.to_bytes()), Ok(listing));
    }
}

struct Project {
    dir: TempDir,
    cache: Cache,
}

impl Project {
    fn new() -> Project {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["lib", "src"] {
            std::fs::create_dir(at(name)).unwrap();
        }
        let places = Places {
            working_dir: &at("src"),
            lib: &at("lib"),
            local_cache: &at("cache"),
            global_cache: &at("global"),
            build_root: dir.path(),
        };
        let [list] = Format::Records.prefix_lists() else {
            panic!("more than one list");
        };
        assert_eq!(list[4], Place::BuildRoot);
        let prefixes = places.numbered(list);
        let cache = Cache::open_format(&at("cache/h"), prefixes, Format::Records).unwrap();
        Project { dir, cache }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        age(&path, 1);
    }

    fn ask(&self) -> Answer<'_> {
        let mut manifest = self.cache.obtain();
        manifest.hash.add_bytes(b"test");
        manifest.hit().unwrap()
    }

    fn listing(&self) -> Listing {
        let mut manifest = self.cache.obtain();
        manifest.hash.add_bytes(b"test");
        Listing::read(&self.cache.path_of(manifest.key()), 5).unwrap()
    }
}

/// A path with the system's separators.
fn native(path: &str) -> Vec<u8> {
    let bytes = path.bytes();
    bytes
        .map(|byte| if byte == b'/' { SEPARATOR } else { byte })
        .collect()
}

/// Sets a directory's mtime back.
fn age_dir(path: &Path) {
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
    let times = std::fs::FileTimes::new().set_modified(then);
    set_times(&open_source(path).unwrap(), path, times).unwrap();
}

#[test]
fn paths_are_below_the_first_directory_that_has_them() {
    let project = Project::new();
    let root = project.dir.path();
    let cases = [
        ("main.zig", 4, "src/main.zig"),
        ("../x.zig", 4, "x.zig"),
        ("../lib/std.zig", 1, "std.zig"),
        ("../cache/o/1", 2, "o/1"),
        ("../global", 3, ""),
        ("..", 4, ""),
        ("/elsewhere/./x", 0, "/elsewhere/x"),
        ("/", 0, "/"),
    ];
    for (path, prefix, sub_path) in cases {
        let found = project
            .cache
            .prefixes()
            .find_in(Format::Records, path.as_ref());
        assert_eq!(
            (found.prefix, found.sub_path.clone()),
            (prefix, native(sub_path))
        );
        let at = project.cache.prefixes().locate(&found).unwrap();
        let ends_open = at.to_str().unwrap().ends_with(std::path::MAIN_SEPARATOR);
        assert!(!ends_open || path == "/");
    }
    assert_eq!(
        project.cache.prefixes().locate(&PrefixedPath {
            prefix: 4,
            sub_path: vec![]
        }),
        Some(root.to_owned())
    );
}

#[test]
fn inputs_of_each_kind() {
    let project = Project::new();
    project.write("src/a.zig", "a");
    project.write("src/b.zig", "b");
    std::fs::create_dir(project.dir.path().join("src/sub")).unwrap();
    age_dir(&project.dir.path().join("src"));
    age_dir(&project.dir.path().join("src/sub"));
    let mut building = miss(project.ask());
    assert!(matches!(building.reason(), MissReason::New));
    building.add_file_post("a.zig".as_ref()).unwrap();
    building
        .add_input_post("b.zig".as_ref(), Kind::File, true)
        .unwrap();
    building
        .add_input_post(".".as_ref(), Kind::Directory, false)
        .unwrap();
    building
        .add_input_post("sub".as_ref(), Kind::Directory, true)
        .unwrap();
    assert!(matches!(
        building.add_input_post("sub".as_ref(), Kind::File, true),
        Err(Error::BothKinds { .. })
    ));
    let name = building.final_digest();
    building.write_manifest().unwrap();
    drop(building);

    let listing = project.listing();
    assert_eq!(hit(project.ask()).final_digest(), name);
    assert_eq!(listing.final_digest(miss_key(&project)), name);
    let stat = listing.entries[1].stat;
    let bytes = [
        stat.size.to_ne_bytes(),
        stat.inode.to_ne_bytes(),
        stat.mtime_ns.to_ne_bytes(),
    ]
    .concat();
    assert_eq!(
        listing.entries[1].digest,
        Format::Records.hash_contents(&bytes)
    );
    assert_eq!(
        listing.entries[2].digest,
        Format::Records.hash_contents(b"\x01a.zig\0\x01b.zig\0\x02sub\0")
    );

    // The content of a file whose content does not count, and entries below an entry.
    let findings = || -> Vec<&str> {
        explain(&project.listing(), project.cache.prefixes(), false)
            .iter()
            .map(|one| one.finding.as_str())
            .collect()
    };
    assert_eq!(findings(), ["unchanged"; 4]);
    project.write("src/sub/c.zig", "c");
    assert_eq!(
        findings(),
        [
            "unchanged",
            "unchanged",
            "unchanged",
            "stat changed, which is what counts"
        ]
    );
    let MissReason::File { finding, .. } = reason(&project) else {
        panic!("another reason");
    };
    assert!(matches!(finding, Finding::MetadataChanged { .. }));
    // An entry comes and goes: the directory's time is another, its entries are the same.
    project.write("src/d.zig", "d");
    assert_eq!(findings()[2], "content changed");
    std::fs::remove_file(project.dir.path().join("src/d.zig")).unwrap();
    assert_eq!(findings()[2], "stat changed, content same");
    std::fs::remove_dir_all(project.dir.path().join("src/sub")).unwrap();
    std::fs::write(project.dir.path().join("src/sub"), "").unwrap();
    assert_eq!(findings()[3], "not a directory");
    assert_eq!(findings()[2], "content changed");
}

fn miss_key(project: &Project) -> Digest {
    let mut manifest = project.cache.obtain();
    manifest.hash.add_bytes(b"test");
    manifest.key()
}

fn reason(project: &Project) -> MissReason {
    let mut manifest = project.cache.obtain();
    manifest.hash.add_bytes(b"test");
    match manifest.hit().unwrap() {
        Answer::Miss(miss) => match miss.reason() {
            MissReason::File {
                path,
                expected,
                finding: Finding::MetadataChanged { found },
            } => MissReason::File {
                path: path.clone(),
                expected: expected.clone(),
                finding: Finding::MetadataChanged { found: *found },
            },
            other => panic!("{other:?}"),
        },
        Answer::Hit(hit) => panic!("a hit: {:?}", hit.files()),
    }
}

/// The name is a hash over the state, and flags and path of each input as they stand in the manifest.
#[test]
fn the_name_follows_from_the_inputs() {
    let project = Project::new();
    project.write("src/a.zig", "a");
    let mut manifest = project.cache.obtain();
    manifest.hash.add_bytes(b"test");
    manifest
        .add_input("a.zig".as_ref(), Kind::File, true)
        .unwrap();
    manifest
        .add_input("..".as_ref(), Kind::Directory, true)
        .unwrap();
    let state = |first: u8| {
        let inputs = [&[first], &native("src/a.zig\0")[..], &[0b10011, 0]].concat();
        Format::Records.hash_contents(&[b"\x04\0\0\0\0\0\0\0test", &inputs[..]].concat())
    };
    assert_eq!(manifest.key(), state(0b10010));
    // Added once more without the flag, it loses it.
    manifest.add_file("a.zig".as_ref(), None).unwrap();
    assert_eq!(manifest.key(), state(0b10000));
    assert!(matches!(
        manifest.add_input("a.zig".as_ref(), Kind::Directory, false),
        Err(Error::BothKinds { .. })
    ));
    let mut building = miss(manifest.hit().unwrap());
    assert_eq!(building.files().len(), 2);
    building.write_manifest().unwrap();
    drop(building);
    let mut again = project.cache.obtain();
    again.hash.add_bytes(b"test");
    again.add_file("a.zig".as_ref(), None).unwrap();
    again
        .add_input("..".as_ref(), Kind::Directory, true)
        .unwrap();
    assert_eq!(again.key(), state(0b10000));
}

#[test]
fn lines_have_files_only() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("h"), Prefixes::new(dir.path())).unwrap();
    let mut manifest = cache.obtain();
    for (kind, metadata_only) in [(Kind::Directory, false), (Kind::File, true)] {
        let result = manifest.add_input("a".as_ref(), kind, metadata_only);
        assert!(matches!(result, Err(Error::NotInLines { .. })));
    }
}

/// A link is an entry of its own kind, whatever it leads to, and entries are sorted by kind and then by name.
#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn a_directory_is_its_entries() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    for name in ["z", "Z", "a.b", "\u{e4}"] {
        std::fs::write(at(name), "").unwrap();
    }
    std::fs::create_dir(at("m")).unwrap();
    fixtures::system::symlink(at("z"), at("link")).unwrap();
    fixtures::system::symlink("nowhere", at("broken")).unwrap();
    assert_eq!(
        list_directory(dir.path()).unwrap(),
        b"\x01Z\0\x01a.b\0\x01z\0\x01\xc3\xa4\0\x02m\0\x03broken\0\x03link\0"
    );
}
