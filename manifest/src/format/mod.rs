//! The two forms that a manifest has on disk, and what goes with each.
//!
//! | | [`Lines`](Format::Lines) | [`Records`](Format::Records) |
//! |---|---|---|
//! | releases | to 0.16 | from 0.17 |
//! | form | text, [`lines`] | binary, [`records`] |
//! | name in `h/` | `<32 hex>.txt` | `<32 hex>` |
//! | key of all hashes | `3352a284cf17565701bbcde477d6f060` | `02e9fafee0958155f55a15cb4af40009` |
//! | what an input adds to the name, after the state | as it is added: prefix and path as fields | flags, path and a zero byte as they are |
//! | name of `o/` (and from 0.17 `c/`) | hash of the name's 16 bytes and all digests in order | the same, a path that stands there twice counted once |
//! | directories | 0 working directory, 1 lib or build root, 2 local, 3 global cache | 0 to 3 likewise (1 lib), 4 build root |
//! | prefix 0 | as written | resolved to an absolute path |
//! | the path of a numbered directory itself | prefix 0 | that prefix and an empty path |
//! | inputs | content of files | content of files and of directories, or their metadata alone |

pub(crate) mod lines;
pub(crate) mod records;

use std::fs::File;
use std::io;
use std::path::Path;

use release::Release;

use crate::digest::{Digest, HashHelper};
use crate::prefix::{Place, PrefixedPath, Prefixes};

/// A form of manifests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// A line a file: the releases up to 0.16, and zirc itself.
    #[default]
    Lines,
    /// A binary record a file: the releases from 0.17 on.
    Records,
}

impl Format {
    /// Both of them.
    pub const ALL: [Format; 2] = [Format::Lines, Format::Records];

    /// What a release writes and reads. Another release's manifests are not found by it, as their names
    /// differ.
    pub fn of(release: Release) -> Format {
        match release.rules().manifests_are_records {
            false => Format::Lines,
            true => Format::Records,
        }
    }

    /// The format of these bytes, whatever the file is called. If they are no manifest, the format that they
    /// are more like.
    ///
    /// Records end with a zero byte and a text has none, so no manifest is of both formats.
    pub fn of_bytes(bytes: &[u8]) -> Format {
        let begins_as_text = bytes.starts_with(lines::HEADER_LINE);
        match bytes {
            [.., 0] => Format::Records,
            _ if begins_as_text || !bytes.contains(&0) => Format::Lines,
            _ => Format::Records,
        }
    }

    /// The name of the manifest with this key.
    pub fn file_name(self, key: Digest) -> String {
        match self {
            Format::Lines => format!("{key}.txt"),
            Format::Records => key.to_string(),
        }
    }

    /// The key of a manifest with this name, and the format that the name stands for. `None` if it is no
    /// manifest's.
    pub fn of_file_name(name: &[u8]) -> Option<(Format, Digest)> {
        match name.strip_suffix(b".txt") {
            Some(key) => Some((Format::Lines, Digest::from_hex(key)?)),
            None => Some((Format::Records, Digest::from_hex(name)?)),
        }
    }

    /// The lists of directories that manifests of this format are written with, by number. The reference's
    /// compiler and the steps of a build had a list each before they had the same.
    pub fn prefix_lists(self) -> &'static [&'static [Place]] {
        use Place::{BuildRoot, GlobalCache, Lib, LocalCache, WorkingDir};
        match self {
            Format::Lines => &[
                &[WorkingDir, Lib, LocalCache, GlobalCache],
                &[WorkingDir, BuildRoot, LocalCache, GlobalCache],
            ],
            Format::Records => &[&[WorkingDir, Lib, LocalCache, GlobalCache, BuildRoot]],
        }
    }

    /// How many directories the reference numbers, number 0 included.
    pub fn prefix_count(self) -> usize {
        let lens = self.prefix_lists().iter().map(|list| list.len());
        lens.max().unwrap_or(0)
    }

    /// A hash of no fields: every name and digest of the format begins with it.
    pub fn hash(self) -> HashHelper {
        match self {
            Format::Lines => HashHelper::new(),
            Format::Records => HashHelper::with_key(&records::KEY),
        }
    }

    /// The digest of a file's content, or of what [`list_directory`](crate::list_directory) says of a
    /// directory.
    pub fn hash_contents(self, bytes: &[u8]) -> Digest {
        self.hash().contents(bytes)
    }

    /// The digest of what is left to read of a file.
    pub fn hash_file(self, file: &File) -> io::Result<Digest> {
        self.hash().read_all(file)
    }

    /// The number of the line or record of the entry with this index.
    pub(crate) fn number_of(self, index: usize) -> usize {
        match self {
            // Line 1 is the header.
            Format::Lines => index + 2,
            Format::Records => index + 1,
        }
    }

    /// What an entry is called in messages.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Format::Lines => "line",
            Format::Records => "record",
        }
    }
}

impl Prefixes {
    /// A path as it stands in a manifest of this format: in lines as [`find`](Self::find) has it; in records
    /// a numbered directory itself is an empty path below it, and a path below none of them is absolute.
    pub fn find_in(&self, format: Format, path: &Path) -> PrefixedPath {
        match format {
            Format::Lines => self.find(path),
            Format::Records => self.find_absolute(path),
        }
    }
}
