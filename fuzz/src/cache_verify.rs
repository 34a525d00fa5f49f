//! Damaged cache directories.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cache_store::file::Metadata;
use driver::Status;
use manifest::{Digest, Entry, Format, Kind, Listing, PrefixedPath, Stat};

use crate::scratch::{lib_dir, scratch};

const KEYS: [(Format, u8); 2] = [(Format::Lines, 1), (Format::Records, 2)];

/// Where the cache is, and what is in its files when it is whole.
struct Place {
    cache: PathBuf,
    lib: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
}

fn listing(source: &Path, format: Format) -> Listing {
    let entry = |prefix, path: &str, stat, contents: &[u8]| Entry {
        path: PrefixedPath {
            prefix,
            sub_path: path.into(),
        },
        kind: Kind::File,
        metadata_only: false,
        stat,
        digest: format.hash_contents(contents),
    };
    let metadata = Metadata::at(source).expect("just written");
    let path = source.to_str().expect("a name of ours");
    let entries = vec![
        entry(0, path, Stat::of(&metadata), b"const a = 1;\n"),
        entry(1, "std/std.zig", Stat::default(), b""),
    ];
    Listing { format, entries }
}

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let dir = scratch("cache-verify");
        let source = dir.join("a.zig");
        fs::write(&source, "const a = 1;\n").expect("the directory is ours");
        let lib = lib_dir(&dir);
        let cache = dir.join(".zig-cache");
        let mut files = vec![(cache.join("z").join("0".repeat(32)), vec![0; 48])];
        for (format, key) in KEYS {
            let listing = listing(&source, format);
            let key = Digest([key; 16]);
            let manifest = cache.join("h").join(format.file_name(key));
            files.push((manifest, listing.to_bytes()));
            let output = cache.join("o").join(listing.final_digest(key).to_string());
            files.push((output.join("app"), b"app".to_vec()));
        }
        Place { cache, lib, files }
    })
}

/// Puts the cache there as it is when it is whole, without one of its outputs if that is wanted.
fn restore(place: &Place, is_missing: impl Fn(usize) -> bool) {
    let _ = fs::remove_dir_all(&place.cache);
    let is_manifest = |index: usize| index % 2 == 1;
    // Manifests come last.
    let mut files: Vec<_> = place.files.iter().enumerate().collect();
    files.sort_by_key(|(index, _)| is_manifest(*index));
    for (index, (path, bytes)) in files {
        let folder = path.parent().expect("below the cache");
        fs::create_dir_all(folder).expect("the directory is ours");
        fs::write(path, bytes).expect("the directory is ours");
        if is_missing(index) {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// Puts something there that does not belong there, unless the number is 0. Tells whether it has taken the
/// place of the first output.
fn stray(place: &Place, number: u8) -> bool {
    let named = |kind: &str, digit: &str, end: &str| {
        let path = place.cache.join(kind).join(digit.repeat(32) + end);
        fs::create_dir_all(path.parent().expect("below the cache")).expect("the directory is ours");
        path
    };
    let output = place.files[2].0.parent().expect("below the cache");
    let done = match number {
        1 => fs::write(named("o", "0", ""), "x"),
        2 => fs::write(named("o", "0", ""), "zircrec x"),
        3 => fs::create_dir(named("h", "3", ".txt")),
        4 => fs::create_dir(named("z", "3", "")),
        5 => fixtures::system::symlink(output, named("o", "0", "")),
        6 => fixtures::system::symlink("/dev/null", named("h", "0", ".txt")),
        7 => {
            let _ = fs::remove_dir_all(output);
            fs::write(output, "x")
        }
        _ => Ok(()),
    };
    done.expect("the directory is ours");
    number == 7
}

/// Whatever is in a file of a cache, `zirc cache verify --repair` ends well and leaves nothing that makes a
/// build fail; what is not damaged stays as it is; and `zirc cache gc` leaves no manifest with contents that
/// has no output.
///
/// The first byte says which file it is, whether an output is missing, and what else lies about; the others
/// are what is in it, or if a bit of the first says so, are written over its end.
///
/// # Panics
/// If not.
pub fn check(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let place = place();
    let chosen = usize::from(choice & 7) % place.files.len();
    let is_output = |index: usize| index > 0 && index.is_multiple_of(2);
    restore(place, |index| choice & 8 != 0 && is_output(index));
    let (path, whole) = &place.files[chosen];
    if path.parent().is_some_and(Path::is_dir) {
        let mut text = bytes.to_vec();
        if choice & 16 != 0 {
            let kept = whole.len().saturating_sub(bytes.len());
            text = [&whole[..kept], bytes].concat();
        }
        fs::write(path, text).expect("the directory is ours");
    }
    let is_replaced = stray(place, choice >> 5);
    let cache = place.cache.to_str().expect("a name of ours");
    let lib = place.lib.to_str().expect("a name of ours");
    let run = |args: &[&str]| {
        let args = [&["zirc", "cache"], args, &["--zig-lib-dir", lib, cache]].concat();
        let args = args.into_iter().map(OsString::from);
        let mut text = Vec::new();
        let status = driver::cli::change_cache(args, &mut text);
        assert!(!text.is_empty(), "{status:?}");
        status.map_err(|error| error.to_string())
    };
    // What cannot be looked at is told.
    let looked_at = match choice >> 5 {
        6 => Status::CouldNotRun,
        _ => Status::Clean,
    };
    assert_eq!(run(&["verify", "--repair"]), Ok(looked_at));
    assert_eq!(run(&["verify"]), Ok(looked_at));
    for (index, (path, whole)) in place.files.iter().enumerate() {
        // With its output goes what the manifest says.
        let is_lost = is_replaced && (1..=2).contains(&index);
        if index != chosen && choice & 8 == 0 && !is_lost {
            assert_eq!(
                fs::read(path).ok().as_ref(),
                Some(whole),
                "{}",
                path.display()
            );
        }
    }
    let done = run(&["gc", "--yes", "--max-size", "0"]);
    assert!(
        done == Ok(looked_at) || done == Ok(Status::Clean),
        "{done:?}"
    );
    assert_eq!(run(&["verify"]), Ok(looked_at));
}
