//! Archives of caches.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use driver::Status;
use flate2::Compression;
use flate2::write::GzEncoder;
use manifest::{Digest, Entry, Format, Kind, Listing, PrefixedPath, Stat};
use tar::{EntryType, Header};

use crate::scratch::{lib_dir, scratch};

/// Where the archive is, and the caches that it goes into.
struct Place {
    dir: PathBuf,
    archive: PathBuf,
    local: PathBuf,
    global: PathBuf,
    lib: PathBuf,
    /// Names that things in a cache have, and what is in them.
    known: Vec<(String, Vec<u8>)>,
}

/// What stands beside the caches.
const BESIDE: [&str; 4] = ["archive", "global", "lib", "local"];

fn known() -> Vec<(String, Vec<u8>)> {
    let mut known = vec![
        (format!("zig-local/z/{}", "0".repeat(32)), vec![0; 48]),
        (format!("zirc-local/z/{}", "1".repeat(32)), vec![0; 48]),
        (format!("zig-local/b/{}", "2".repeat(32)), b"b".to_vec()),
        (
            format!("zig-global/p/foo-1.0.0-{}", "A".repeat(44)),
            b"p".to_vec(),
        ),
        ("zig-local/tmp/x".to_owned(), b"t".to_vec()),
        ("..".to_owned(), b"up".to_vec()),
    ];
    for (format, number) in [(Format::Lines, 1), (Format::Records, 2)] {
        let source = Entry {
            path: PrefixedPath {
                prefix: 1,
                sub_path: b"std/std.zig".to_vec(),
            },
            kind: Kind::File,
            metadata_only: false,
            stat: Stat::default(),
            digest: format.hash_contents(b""),
        };
        let entries = vec![source];
        let listing = Listing { format, entries };
        let key = Digest([number; 16]);
        let output = listing.final_digest(key);
        for base in ["zig-local", "zig-global", "zig-local/zirc"] {
            let manifest = format!("{base}/h/{}", format.file_name(key));
            known.push((manifest, listing.to_bytes()));
            known.push((format!("{base}/o/{output}"), b"o".to_vec()));
            known.push((format!("{base}/o/{output}/app"), b"app".to_vec()));
            known.push((format!("{base}/c/{output}"), b"c".to_vec()));
        }
    }
    known
}

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let dir = scratch("archive");
        let lib = lib_dir(&dir);
        Place {
            archive: dir.join("archive"),
            local: dir.join("local"),
            global: dir.join("global"),
            lib,
            known: known(),
            dir,
        }
    })
}

/// What archives are made of: bytes that say what there is.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    /// As many bytes as the next one says.
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::from(self.byte()?);
        let (bytes, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        Some(bytes)
    }
}

const TYPES: [EntryType; 8] = [
    EntryType::Regular,
    EntryType::Regular,
    EntryType::Regular,
    EntryType::Directory,
    EntryType::Symlink,
    EntryType::Link,
    EntryType::Fifo,
    EntryType::GNULongName,
];

/// A tar with a digest that is right.
struct Tar {
    bytes: Vec<u8>,
    digest: blake3::Hasher,
}

impl Tar {
    fn add(&mut self, entry_type: EntryType, is_program: bool, name: &[u8], content: &[u8]) {
        let mut header = Header::new_gnu();
        header.set_entry_type(entry_type);
        header.set_size(content.len() as u64);
        header.set_mode(if is_program { 0o755 } else { 0o644 });
        let field = &mut header.as_old_mut().name;
        let len = name.len().min(field.len());
        field[..len].copy_from_slice(&name[..len]);
        header.set_cksum();
        self.bytes.extend_from_slice(header.as_bytes());
        self.bytes.extend_from_slice(content);
        self.bytes.resize(self.bytes.len().next_multiple_of(512), 0);
        let (what, len) = match (entry_type, is_program) {
            (EntryType::Directory, _) => (0, 0),
            (_, false) => (1, content.len() as u64),
            (_, true) => (2, content.len() as u64),
        };
        self.digest.update(&[what]);
        self.digest.update(&(name.len() as u64).to_le_bytes());
        self.digest.update(name);
        self.digest.update(&len.to_le_bytes());
        if entry_type != EntryType::Directory {
            self.digest.update(content);
        }
    }

    /// An archive of what the bytes say, with the names that archives have, or with others.
    fn made_of(bytes: &[u8], known: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut tar = Tar {
            bytes: Vec::new(),
            digest: blake3::Hasher::new(),
        };
        tar.add(EntryType::Regular, false, b"zirc-pack-project", b"/project");
        let mut reader = Reader(bytes);
        while let Some(()) = tar.next(&mut reader, known) {}
        let digest = format!("{}\n", tar.digest.finalize());
        tar.add(EntryType::Regular, false, b"zirc-pack-1", digest.as_bytes());
        tar.bytes.resize(tar.bytes.len() + 1024, 0);
        tar.bytes
    }

    fn next(&mut self, reader: &mut Reader<'_>, known: &[(String, Vec<u8>)]) -> Option<()> {
        let how = reader.byte()?;
        let (name, content) = &known[usize::from(reader.byte()?) % known.len()];
        let mut name = name.clone().into_bytes();
        if how & 0x10 != 0 {
            name.extend_from_slice(reader.bytes()?);
        }
        let content = match how & 0x20 {
            0 => content,
            _ => reader.bytes()?,
        };
        let entry_type = TYPES[usize::from(how & 7)];
        let content = match entry_type {
            EntryType::Directory => &[],
            _ => content,
        };
        self.add(entry_type, how & 8 != 0, &name, content);
        Some(())
    }
}

/// The names of what is in a directory, in order.
fn names(dir: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(dir).into_iter().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("the directory is ours").file_name())
        .collect();
    names.sort();
    names
}

/// Whether a file is in it, however deep.
fn has_files(dir: &Path) -> bool {
    names(dir).iter().any(|name| {
        let path = dir.join(name);
        let metadata = path.symlink_metadata().expect("the directory is ours");
        !metadata.is_dir() || has_files(&path)
    })
}

/// Whatever is in an archive, `zirc cache unpack` ends well or puts nothing into the caches, and writes to no
/// other place; what it has put there makes no build fail.
///
/// The first byte says whether the others are the tar itself, or say what is in it.
///
/// # Panics
/// If not.
pub fn check(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let place = place();
    for cache in [&place.local, &place.global] {
        let _ = fs::remove_dir_all(cache);
        // As the reference's looks: in `o/` of ours are no directories.
        let output = cache.join("o").join("f".repeat(32));
        for dir in [cache.join("h"), output] {
            fs::create_dir_all(dir).expect("the directory is ours");
        }
    }
    let tar = match choice & 3 {
        0 => bytes.to_vec(),
        _ => Tar::made_of(bytes, &place.known),
    };
    let mut gz = GzEncoder::new(Vec::new(), Compression::none());
    gz.write_all(&tar).expect("into memory");
    let gz = gz.finish().expect("into memory");
    fs::write(&place.archive, gz).expect("the directory is ours");
    let text = |path: &Path| path.to_str().expect("a name of ours").to_owned();
    let run = |args: &[&str], rest: &[String]| {
        let args = args.iter().map(|&arg| arg.to_owned());
        let lib = ["--zig-lib-dir".to_owned(), text(&place.lib)];
        let args = args.chain(lib).chain(rest.iter().cloned());
        let mut out = Vec::new();
        let args = args.map(OsString::from);
        driver::cli::change_cache(args, &mut out).map_err(|error| error.to_string())
    };
    let dirs = [
        "--cache-dir".to_owned(),
        text(&place.local),
        "--global-cache-dir".to_owned(),
        text(&place.global),
        text(&place.archive),
    ];
    let unpack = ["zirc", "cache", "unpack"];
    let in_caches = || has_files(&place.local) || has_files(&place.global);
    let dry = run(&[&unpack[..], &["--dry-run"]].concat(), &dirs);
    assert!(!in_caches(), "{dry:?}");
    let done = run(&unpack, &dirs);
    assert!(done.is_ok() || !in_caches(), "{done:?}");
    assert_eq!(names(&place.dir), BESIDE, "{done:?}");
    for cache in [&place.local, &place.global] {
        assert!(!has_files(&cache.join("tmp")), "{done:?}");
        let verified = run(&["zirc", "cache", "verify"], &[text(cache)]);
        assert_eq!(verified, Ok(Status::Clean), "{done:?}");
    }
    // What is there is kept, or what was refused is refused again.
    let again = run(&unpack, &dirs);
    assert_eq!(again, done);
}
