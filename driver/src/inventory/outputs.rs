//! The outputs of a directory: what is there, what manifests name, and what they have among their inputs.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use cache_store::file::{Stat, is_separator};
use manifest::{Digest, Kind as Input, Listing};

use super::cache_dir::digest_of;
use super::problems::Problems;
use super::things::{Size, Thing};
use super::traces::Traces;
use crate::environment::layout::Kind;
use crate::paths;

/// Digits of a digest.
const DIGEST_LEN: usize = 32;

/// Something in `o/` or `c/`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    kind: Kind,
    size: Size,
    /// Whether it is something else than those of the reference in `o/` are, a directory or a link.
    is_in_the_way: bool,
    /// When the last thing was put into it or taken out of it, if that is known.
    altered_ns: Option<i128>,
    /// Whether there is nothing in it.
    is_empty: bool,
}

impl Output {
    /// Whether whoever wants what is in it finds something else in its place, and nobody can make it anew
    /// there.
    pub(super) fn is_in_the_way(&self) -> bool {
        self.is_in_the_way
    }

    /// Whether something was put into it or taken out of it since a moment. All that belongs there is there
    /// before its manifest is written.
    pub(super) fn is_altered_since(&self, moment_ns: i128) -> bool {
        self.altered_ns.is_some_and(|altered| altered > moment_ns)
    }

    /// Whether there is nothing in it, as of a compilation that writes no binary.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    found: HashMap<Digest, Output>,
    /// Those that manifests name.
    named: HashSet<Digest>,
    /// Paths in them that are inputs of manifests, and what those are.
    referred: HashMap<Digest, HashSet<(Vec<u8>, Input)>>,
    /// Of `o/`.
    traces: Traces,
}

impl Outputs {
    /// What is in this folder comes next.
    pub(super) fn begin(&mut self, kind: Kind, folder: &Path) {
        if kind == Kind::Outputs {
            self.traces = Traces::begin(folder);
        }
    }

    pub(super) fn add(&mut self, kind: Kind, thing: &Thing, problems: &mut Problems) {
        if kind == Kind::Outputs {
            self.traces.see(&thing.path, &thing.metadata);
        }
        let Some(digest) = digest_of(&thing.name) else {
            return;
        };
        let is_in_the_way = kind == Kind::Outputs && !thing.opens_as_dir();
        let mut altered_ns = None;
        let mut is_empty = false;
        if thing.metadata.is_dir() && kind == Kind::Outputs {
            match fs::read_dir(&thing.path) {
                Ok(mut entries) => {
                    is_empty = entries.next().is_none();
                    altered_ns = Some(Stat::of(&thing.metadata).mtime_ns);
                }
                Err(error) => problems.note(&thing.path, &error),
            }
        }
        let output = Output {
            kind,
            size: thing.size,
            is_in_the_way,
            altered_ns,
            is_empty,
        };
        // What is in `o/` comes first.
        self.found.entry(digest).or_insert(output);
    }

    /// A manifest names it.
    pub(super) fn name(&mut self, output: Digest) {
        self.named.insert(output);
    }

    /// A manifest has these paths in outputs among its inputs.
    pub(super) fn refer(&mut self, paths: Vec<(Digest, Vec<u8>, Input)>) {
        for (output, path, input) in paths {
            let inputs = self.referred.entry(output).or_default();
            if !path.is_empty() {
                inputs.insert((path, input));
            }
        }
    }

    pub(super) fn get(&self, output: Digest) -> Option<&Output> {
        self.found.get(&output)
    }

    pub(super) fn is_named(&self, output: Digest) -> bool {
        self.named.contains(&output)
    }

    pub(super) fn is_referred_to(&self, output: Digest) -> bool {
        self.referred.contains_key(&output)
    }

    /// Whether one was taken away since the last one came, as far as it can be told.
    pub(super) fn were_taken_away(&self) -> bool {
        self.traces.tell_of_removal()
    }

    /// Whether there are any that no manifest names.
    pub(super) fn has_unnamed(&self) -> bool {
        self.found.keys().any(|output| !self.named.contains(output))
    }

    /// The output that a manifest would name if one hexadecimal digit of the digests in it were another: one
    /// that is there and that no manifest names.
    pub(super) fn one_digit_off(&self, key: Digest, mut listing: Listing) -> Option<Digest> {
        for at in 0..listing.entries.len() {
            let good = listing.entries[at].digest;
            for (digit, change) in
                (0..DIGEST_LEN).flat_map(|digit| (1..16).map(move |c| (digit, c)))
            {
                listing.entries[at].digest.0[digit / 2] ^= change << (digit % 2 * 4);
                let output = listing.final_digest(key);
                listing.entries[at].digest = good;
                if self.found.contains_key(&output) && !self.named.contains(&output) {
                    return Some(output);
                }
            }
        }
        None
    }

    /// A file that an output lacks although a manifest has it among its inputs.
    pub(super) fn lacks(&self, dir: &Path, output: Digest) -> Option<PathBuf> {
        let kind = self.found.get(&output)?.kind;
        let inputs = self.referred.get(&output)?.iter();
        let mut paths = inputs.map(|(path, input)| {
            let path = output_path(kind, output).join(paths::from_bytes(path));
            (path, *input)
        });
        let lacking = paths.find(|(path, input)| match dir.join(path).symlink_metadata() {
            Ok(found) => found.is_dir() && *input == Input::File,
            Err(error) => error.kind() == std::io::ErrorKind::NotFound,
        });
        lacking.map(|(path, _)| path)
    }

    /// Those that no manifest names or has among its inputs. What is in `c/` is never one: to 0.16 it belongs
    /// to no manifest.
    pub(super) fn orphans(&self) -> Vec<(PathBuf, Size)> {
        let is_orphan = |(digest, output): &(&Digest, &Output)| {
            output.kind == Kind::Outputs
                && !self.named.contains(digest)
                && !self.is_referred_to(**digest)
        };
        let orphans = self.found.iter().filter(is_orphan);
        let mut orphans: Vec<_> = orphans
            .map(|(digest, output)| (output_path(output.kind, *digest), output.size))
            .collect();
        orphans.sort_by(|a, b| a.0.cmp(&b.0));
        orphans
    }
}

/// The inputs of a manifest that are in outputs: which, the paths in them, and what is there.
pub(super) fn inputs_in_outputs(listing: &Listing) -> Vec<(Digest, Vec<u8>, Input)> {
    let in_output = |entry: &manifest::Entry| {
        let (output, rest) = output_in(&entry.path.sub_path)?;
        Some((output, rest.to_vec(), entry.kind))
    };
    listing.entries.iter().filter_map(in_output).collect()
}

/// The file of options that a path leads to, below the cache directory. To 0.16 it lies in `c/` and is named
/// by what is in it.
pub(super) fn options_in(path: &[u8]) -> Option<PathBuf> {
    let (digest, rest) = output_in(path)?;
    let options = output_path(Kind::Configurations, digest).join(paths::from_bytes(rest));
    paths::from_bytes(path)
        .ends_with(&options)
        .then_some(options)
}

/// The output that a path leads into, and the path in it. A path that is not below the cache directory may be
/// so as well: that of a project is mostly below the project's own.
pub(crate) fn output_in(path: &[u8]) -> Option<(Digest, &[u8])> {
    let ends = (0..path.len()).filter(|&at| is_separator(path[at]));
    let starts = ends.map(|end| end + 1);
    std::iter::once(0).chain(starts).find_map(|start| {
        let [b'o' | b'c', end, name @ ..] = &path[start..] else {
            return None;
        };
        if !is_separator(*end) {
            return None;
        }
        let (digest, rest) = name.split_at_checked(DIGEST_LEN)?;
        let digest = Digest::from_hex(digest)?;
        match rest {
            [] => Some((digest, rest)),
            [end, rest @ ..] => is_separator(*end).then_some((digest, rest)),
        }
    })
}

/// Where an output is, below the cache directory.
pub(super) fn output_path(kind: Kind, output: Digest) -> PathBuf {
    kind.path_of(output.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_outputs() {
        let digits = "0123456789abcdef0123456789abcdef";
        let found = |path: &str| {
            let path = path.replace('#', digits);
            output_in(path.as_bytes()).map(|(_, rest)| String::from_utf8_lossy(rest).into_owned())
        };
        for (path, rest) in [
            ("o/#/gen.zig", "gen.zig"),
            ("o/#", ""),
            ("c/#/options.zig", "options.zig"),
            (".zig-cache/o/#/a/b", "a/b"),
            ("/home/o/p/.zig-cache/o/#/a", "a"),
        ] {
            assert_eq!(found(path).as_deref(), Some(rest), "{path}");
        }
        for path in ["", "o/", "o/#x/a", "xo/#/a", "z/#", "o/x/a", "src/main.zig"] {
            assert_eq!(found(path), None, "{path}");
        }
    }
}
