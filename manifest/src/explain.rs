//! What became of every file of a manifest.

use std::fmt;
use std::path::PathBuf;

use cache_store::file::Metadata;

use crate::entry::{Entry, Kind};
use crate::inspect::{Finding, inspect};
use crate::listing::Listing;
use crate::prefix::Prefixes;
use crate::stat::Stat;

/// What became of one file.
#[derive(Debug)]
pub struct Explanation {
    /// What is recorded.
    pub expected: Entry,
    /// Where the file was looked for.
    pub path: PathBuf,
    /// What was found.
    pub finding: Finding,
}

/// Compares every file with what is recorded of it, in the manifest's order.
///
/// With `read_all` the content is compared even if the stat is the recorded one, to find edits that a build
/// would not see.
pub fn explain(listing: &Listing, prefixes: &Prefixes, read_all: bool) -> Vec<Explanation> {
    let explain_one = |expected: &Entry| {
        let (path, finding) = match prefixes.locate(&expected.path) {
            Some(path) => {
                let finding = inspect(&path, expected, listing.format, read_all, || {});
                (path, finding)
            }
            None => (PathBuf::new(), Finding::Missing),
        };
        Explanation {
            expected: expected.clone(),
            path,
            finding,
        }
    };
    listing.entries.iter().map(explain_one).collect()
}

/// Of several sets of directories, the one that the manifest was most likely written with: where most files
/// are as recorded, then where most exist, then the first. `None` if there is no set.
///
/// The reference writes two kinds of manifests into one directory: for the compiler prefix 1 is the lib
/// directory, for the steps of a build it is the directory of `build.zig`; and a relative path under prefix 0
/// belongs to the directory that the compiler ran in. Neither is written anywhere.
pub fn choose_prefixes<'a>(listing: &Listing, candidates: &'a [Prefixes]) -> Option<&'a Prefixes> {
    let score = |prefixes: &Prefixes| {
        let mut score = (0, 0);
        for entry in &listing.entries {
            let metadata = prefixes
                .locate(&entry.path)
                .and_then(|path| Metadata::at(&path).ok());
            let is_kind = |metadata: &Metadata| match entry.kind {
                Kind::File => metadata.is_file(),
                Kind::Directory => metadata.is_dir(),
            };
            if let Some(metadata) = metadata.filter(is_kind) {
                score.0 += usize::from(Stat::of(&metadata).proves(&entry.stat));
                score.1 += 1;
            }
        }
        score
    };
    let mut best = None;
    for prefixes in candidates {
        let score = score(prefixes);
        if best.is_none_or(|(other, _)| score > other) {
            best = Some((score, prefixes));
        }
        // No other can be better.
        if score.0 == listing.entries.len() {
            break;
        }
    }
    best.map(|(_, prefixes)| prefixes)
}

impl fmt::Display for Explanation {
    /// One line, and two more with what was expected and what was found if the file is not as recorded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry {
            path, stat, digest, ..
        } = &self.expected;
        let shown = if self.path.as_os_str().is_empty() {
            crate::prefix::to_path(&path.sub_path)
        } else {
            self.path.clone()
        };
        write!(f, "{}: {}", shown.display(), self.finding.as_str())?;
        if let Finding::Unchanged = self.finding {
            return Ok(());
        }
        if stat.is_distrusted() {
            write!(
                f,
                "\n  expected: size {}, digest {digest} (no timestamp was recorded: it was not to be trusted)",
                stat.size
            )?;
        } else {
            write!(f, "\n  expected: {stat} digest {digest}")?;
        }
        match &self.finding {
            Finding::StatChanged { found } | Finding::MetadataChanged { found } => {
                write!(f, "\n  found:    {found}")
            }
            Finding::ContentChanged { found, digest } => {
                write!(f, "\n  found:    {found} digest {digest}")
            }
            Finding::Unreadable(error) => write!(f, "\n  found:    {error}"),
            Finding::Unchanged | Finding::Missing | Finding::NotAFile | Finding::NotADirectory => {
                Ok(())
            }
        }
    }
}
