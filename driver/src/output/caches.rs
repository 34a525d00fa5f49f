//! What `zirc cache` tells of whole directories, for people and as JSON.

use std::io;

use bytesize::ByteSize;
use serde::Serialize;

use super::human::files;
use super::json::pretty;
use super::matrix::table;
use crate::inventory::{AGES, DirStats, KindStats, Problem, Problems, Share, Size};
use crate::paths;

/// A number of bytes for people.
pub(crate) fn bytes(bytes: u64) -> String {
    ByteSize(bytes).display().iec().to_string()
}

fn row(name: &str, things: u64, size: Size, note: &str) -> Vec<String> {
    let cells = ["".to_owned(), name.to_owned(), things.to_string()];
    let size = [size.files.to_string(), bytes(size.bytes), note.to_owned()];
    cells.into_iter().chain(size).collect()
}

fn heading(name: &str, things: &str) -> Vec<String> {
    ["", name, things, "files", "size", ""]
        .map(str::to_owned)
        .into()
}

/// What could not be looked at.
pub(super) fn problems(problems: &Problems, text: &mut String) {
    for Problem { path, error } in &problems.first {
        *text += &format!("unable to look at '{}': {error}\n", path.display());
    }
    match problems.count - problems.first.len() as u64 {
        0 => {}
        more => *text += &format!("and {more} more that could not be looked at\n"),
    }
}

/// What `zirc cache stats` found.
pub(crate) fn stats(stats: &[DirStats]) -> String {
    let mut text = String::new();
    for dir in stats {
        if !text.is_empty() {
            text.push('\n');
        }
        let whose = if dir.is_own { " (zirc's own)" } else { "" };
        let Size {
            files: count,
            bytes: total,
        } = dir.total;
        let count = files(usize::try_from(count).unwrap_or(usize::MAX));
        text += &format!(
            "{}{whose}: {count}, {}\n",
            paths::display(&dir.path),
            bytes(total)
        );
        let mut rows = vec![heading("kind", "number")];
        for KindStats { kind, things, size } in &dir.kinds {
            rows.push(row(kind.folder(), *things, *size, kind.meaning()));
        }
        text += &table(&rows);
        let mut section = |title: &str, shares: &[Share]| {
            if shares.is_empty() {
                return;
            }
            let mut rows = vec![heading(title, "number")];
            let share = |s: &Share| row(&s.name, s.things, s.size, "");
            rows.extend(shares.iter().map(share));
            text += &format!("\n{}", table(&rows));
        };
        section("release", &dir.releases);
        section("first file read", &dir.roots);
        section("not recognised", &dir.unknown);
        if dir.more_roots > 0 {
            text += &format!("  and {} more\n", dir.more_roots);
        }
        let mut rows = vec![
            ["", "younger than", "files", "size"]
                .map(str::to_owned)
                .to_vec(),
        ];
        let ages = AGES
            .iter()
            .zip(&dir.ages)
            .map(|((name, _), size)| (*name, size));
        for (name, size) in ages.chain([("in the future", &dir.in_future)]) {
            if size.files > 0 {
                let cells = [String::new(), name.to_owned(), size.files.to_string()];
                rows.push([&cells[..], &[bytes(size.bytes)]].concat());
            }
        }
        text += &format!("\n{}", table(&rows));
        if !dir.largest.is_empty() {
            let mut rows = vec![["", "largest", "size"].map(str::to_owned).to_vec()];
            for largest in &dir.largest {
                rows.push(vec![
                    String::new(),
                    paths::display(&largest.path),
                    bytes(largest.bytes),
                ]);
            }
            text += &format!("\n{}", table(&rows));
        }
        match &dir.orphans {
            Some(Share { things: 0, .. }) => text += "\nevery output belongs to a manifest\n",
            Some(Share { things, size, .. }) => {
                text += &format!(
                    "\nno manifest refers to {things} outputs, {}\n",
                    bytes(size.bytes)
                );
            }
            None => {
                text += &format!(
                    "\nwhich outputs belong to no manifest cannot be told: {} manifests cannot be read\n",
                    dir.not_understood
                );
            }
        }
        problems(&dir.problems, &mut text);
    }
    text
}

#[derive(Serialize)]
struct JsonSize {
    files: u64,
    bytes: u64,
}

impl From<Size> for JsonSize {
    fn from(Size { files, bytes }: Size) -> JsonSize {
        JsonSize { files, bytes }
    }
}

#[derive(Serialize)]
struct JsonShare<'a> {
    name: &'a str,
    number: u64,
    #[serde(flatten)]
    size: JsonSize,
}

impl<'a> JsonShare<'a> {
    fn new(share: &'a Share) -> JsonShare<'a> {
        JsonShare {
            name: &share.name,
            number: share.things,
            size: share.size.into(),
        }
    }

    fn list(shares: &'a [Share]) -> Vec<JsonShare<'a>> {
        shares.iter().map(JsonShare::new).collect()
    }
}

#[derive(Serialize)]
pub(super) struct JsonProblem {
    path: String,
    error: String,
}

impl JsonProblem {
    pub(super) fn list(problems: &Problems) -> Vec<JsonProblem> {
        let one = |Problem { path, error }: &Problem| JsonProblem {
            path: paths::display(path),
            error: error.clone(),
        };
        problems.first.iter().map(one).collect()
    }
}

#[derive(Serialize)]
struct JsonAge {
    younger_than: &'static str,
    #[serde(flatten)]
    size: JsonSize,
}

#[derive(Serialize)]
struct JsonLargest {
    path: String,
    bytes: u64,
}

#[derive(Serialize)]
struct JsonDirStats<'a> {
    path: String,
    own: bool,
    #[serde(flatten)]
    total: JsonSize,
    kinds: Vec<JsonShare<'a>>,
    releases: Vec<JsonShare<'a>>,
    roots: Vec<JsonShare<'a>>,
    more_roots: u64,
    ages: Vec<JsonAge>,
    in_future: JsonSize,
    largest: Vec<JsonLargest>,
    /// Null where it cannot be told.
    orphans: Option<JsonShare<'a>>,
    manifests_not_read: u64,
    not_recognised: Vec<JsonShare<'a>>,
    problems: Vec<JsonProblem>,
    problem_count: u64,
}

#[derive(Serialize)]
struct JsonDirs<T> {
    directories: Vec<T>,
}

/// The same as JSON.
pub(crate) fn stats_json(stats: &[DirStats]) -> io::Result<Vec<u8>> {
    let directories = stats.iter().map(json_dir).collect();
    pretty(&JsonDirs { directories })
}

fn json_dir(dir: &DirStats) -> JsonDirStats<'_> {
    let kind = |kind: &KindStats| JsonShare {
        name: kind.kind.folder(),
        number: kind.things,
        size: kind.size.into(),
    };
    let ages = AGES.iter().zip(&dir.ages).map(|((name, _), size)| JsonAge {
        younger_than: name,
        size: (*size).into(),
    });
    let largest = dir.largest.iter().map(|largest| JsonLargest {
        path: paths::display(&largest.path),
        bytes: largest.bytes,
    });
    JsonDirStats {
        path: paths::display(&dir.path),
        own: dir.is_own,
        total: dir.total.into(),
        kinds: dir.kinds.iter().map(kind).collect(),
        releases: JsonShare::list(&dir.releases),
        roots: JsonShare::list(&dir.roots),
        more_roots: dir.more_roots,
        ages: ages.collect(),
        in_future: dir.in_future.into(),
        largest: largest.collect(),
        orphans: dir.orphans.as_ref().map(JsonShare::new),
        manifests_not_read: dir.not_understood,
        not_recognised: JsonShare::list(&dir.unknown),
        problems: JsonProblem::list(&dir.problems),
        problem_count: dir.problems.count,
    }
}
