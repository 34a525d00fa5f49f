//! The text of manifests, and of dependency files.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::OnceLock;

use cache_store::file::Metadata;
use manifest::{
    Answer, Cache, Digest, Format, Hit, Listing, Manifest, Prefixes, Stat, hash_contents,
    prerequisites,
};

use crate::scratch::scratch;

const KEY: Digest = Digest([7; 16]);
const CONTENT: &[u8] = b"const a = 1;\n";

struct Place {
    dir: PathBuf,
    /// What a line says of the file `a` as it is.
    line: String,
    digest: String,
    cache: Cache,
}

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let dir = scratch("manifest");
        fs::write(dir.join("a"), CONTENT).expect("the directory is ours");
        let metadata = Metadata::at(&dir.join("a")).expect("just written");
        let mut prefixes = Prefixes::new(&dir);
        prefixes.push(&dir);
        let digest = hash_contents(CONTENT).to_string();
        Place {
            line: format!(
                "{} {} {} {digest} 1 a\n",
                metadata.len(),
                metadata.ino(),
                Stat::of(&metadata).mtime_ns
            ),
            digest,
            cache: Cache::open(&dir.join("h"), prefixes).expect("the directory is ours"),
            dir,
        }
    })
}

/// A text is a manifest that is written back as it was, or wrong in a line that there is. As a manifest of a
/// cache it is a hit only if every file that it lists is as it says.
///
/// In the text, `$` stands for a good line and `#` for the digest of the file that it is about.
///
/// # Panics
/// If not.
pub fn check(template: &[u8]) {
    if let Ok(names) = prerequisites(template) {
        assert!(names.len() <= template.len());
    }
    let place = place();
    let mut text = Vec::with_capacity(template.len() + 256);
    for byte in template {
        match byte {
            b'$' => text.extend(place.line.as_bytes()),
            b'#' => text.extend(place.digest.as_bytes()),
            _ => text.push(*byte),
        }
    }
    let parsed = Format::Lines.parse(&text, place.cache.prefixes().count());
    match &parsed {
        Ok(listing) => assert_eq!(listing.to_bytes(), text),
        Err(err) => {
            let lines = text.split_inclusive(|byte| *byte == b'\n').count().max(1);
            assert!((1..=lines).contains(&err.number), "{err}");
            assert!(!err.to_string().is_empty());
        }
    }
    for by_name in [false, true] {
        as_entry(place, &text, parsed.as_ref().ok(), by_name);
    }
}

/// What was found, if it is a hit. An error says something.
pub(crate) fn hit_of(manifest: Manifest<'_>) -> Option<Hit<'_>> {
    match manifest.hit() {
        Ok(Answer::Hit(hit)) => Some(hit),
        Ok(Answer::Miss(_)) => None,
        Err(err) => {
            assert!(!err.to_string().is_empty());
            None
        }
    }
}

fn as_entry(place: &Place, text: &[u8], parsed: Option<&Listing>, by_name: bool) {
    let mut manifest = place.cache.obtain_by_key(KEY);
    let path = place.cache.path_of(KEY);
    fs::write(&path, text).expect("the directory is ours");
    if by_name {
        manifest
            .add_file(&place.dir.join("a"), None)
            .expect("a plain name");
    }
    manifest.invalid_is_miss = true;
    let Some(hit) = hit_of(manifest) else {
        return;
    };
    let listing = parsed.expect("what cannot be read is no hit");
    assert_eq!(hit.files().len(), listing.entries.len());
    assert!(!by_name || !hit.files().is_empty());
    for (entry, said) in hit.files().iter().zip(&listing.entries) {
        assert_eq!(entry.path, said.path);
        assert_eq!(entry.digest, said.digest);
        let path = place.cache.prefixes().locate(&entry.path);
        let path = path.expect("the prefix is known");
        let metadata = Metadata::at(&path).expect("what is not there is no hit");
        let content = fs::read(&path).expect("what cannot be read is no hit");
        let is_same = said.stat == Stat::of(&metadata) && !said.stat.is_distrusted();
        assert!(
            is_same || said.digest == hash_contents(&content),
            "{} is not as it was",
            entry.path
        );
    }
}
