//! Giving sources the times that manifests have.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cache_store::file::{Metadata, open_source, set_mtime};
use manifest::{Format, Kind, Listing, Stat};

use super::used::Places;
use crate::inventory::Problems;
use crate::paths;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Files that have the time of a manifest now.
    pub(crate) touched: u64,
    /// Of these, those that have its inode as well, so that nothing has to look into them.
    pub(crate) same_inode: u64,
    /// Files that had it already.
    pub(crate) already: u64,
    /// Files with another content: their times are left as they are.
    pub(crate) changed: u64,
    pub(crate) problems: Problems,
}

/// What a manifest wants a file to be.
struct Wanted {
    listing: Format,
    entry: manifest::Entry,
}

/// Gives the files of the project that the manifests list the times that they have there, if their digests
/// are those of the manifests.
pub(crate) fn touch(manifests: &[PathBuf], places: &Places<'_>) -> Touched {
    let mut touched = Touched::default();
    let mut wanted: BTreeMap<PathBuf, Vec<Wanted>> = BTreeMap::new();
    for path in manifests {
        // What is there may be another one than what was unpacked; it is as good.
        let Ok(listing) = Listing::read_with(path, Format::prefix_count) else {
            continue;
        };
        let sets = (places.candidates)(listing.format, path);
        let Some(prefixes) = manifest::choose_prefixes(&listing, &sets) else {
            continue;
        };
        for entry in listing.entries {
            if entry.kind != Kind::File || entry.stat.is_distrusted() {
                continue;
            }
            let Some(path) = prefixes.locate(&entry.path) else {
                continue;
            };
            let path = paths::absolute(places.cwd, &path);
            // What is elsewhere, a lib directory say, is not the project's alone.
            if path.starts_with(places.project) {
                wanted.entry(path).or_default().push(Wanted {
                    listing: listing.format,
                    entry,
                });
            }
        }
    }
    for (path, mut wanted) in wanted {
        // Manifests may have been written at different times of the same content: the latest counts.
        wanted.sort_by_key(|it| std::cmp::Reverse(it.entry.stat.mtime_ns));
        match touch_one(&path, &wanted) {
            Ok(Some((was_so, same_inode))) => {
                touched.already += u64::from(was_so);
                touched.touched += u64::from(!was_so);
                touched.same_inode += u64::from(!was_so && same_inode);
            }
            Ok(None) => touched.changed += 1,
            Err(error) => touched.problems.note(&path, &error),
        }
    }
    touched
}

/// Whether it had that time already, and whether it has the inode; `None` if the content is another.
fn touch_one(path: &Path, wanted: &[Wanted]) -> std::io::Result<Option<(bool, bool)>> {
    let file = open_source(path)?;
    let metadata = Metadata::of(&file)?;
    if !metadata.is_file() {
        return Ok(None);
    }
    let now = Stat::of(&metadata);
    let mut digests: Vec<(Format, manifest::Digest)> = Vec::new();
    for Wanted { listing, entry } in wanted {
        // The digest of an input whose stat alone counts says nothing of the content.
        if entry.stat.size != now.size || entry.metadata_only {
            continue;
        }
        let known = digests.iter().find(|(format, _)| format == listing);
        let digest = match known {
            Some((_, digest)) => *digest,
            None => {
                let digest = listing.hash_file(&open_source(path)?)?;
                digests.push((*listing, digest));
                digest
            }
        };
        if digest != entry.digest {
            continue;
        }
        let was_so = now.mtime_ns == entry.stat.mtime_ns;
        if !was_so {
            set_mtime(&file, path, entry.stat.mtime_ns.into())?;
        }
        return Ok(Some((was_so, now.inode == entry.stat.inode)));
    }
    Ok(None)
}
