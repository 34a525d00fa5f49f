//! What `zirc cache pack` and `unpack` tell, for people and as JSON.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::caches::{JsonProblem, bytes, problems};
use super::human::files;
use super::json::pretty;
use super::matrix::table;
use crate::archive::{Count, Elsewhere, LeftOut, Packed, Touched, Unpacked, Used};
use crate::environment::layout::Kind;
use crate::paths;

fn kinds(packed: &Packed) -> String {
    let mut rows = vec![
        ["", "kind", "number", "files", "size", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    for (kind, count) in &packed.kinds {
        rows.push(vec![
            String::new(),
            kind.folder().to_owned(),
            count.things.to_string(),
            count.files.to_string(),
            bytes(count.bytes),
            kind.meaning().to_owned(),
        ]);
    }
    match rows.len() {
        1 => String::new(),
        _ => table(&rows),
    }
}

/// What was packed.
pub(crate) fn packed(archive: &Path, used: &Used, packed: &Packed) -> String {
    let total = packed.total();
    let count = files(usize::try_from(total.files).unwrap_or(usize::MAX));
    let archive = paths::display(archive);
    let mut text = match packed.archive_len {
        0 => format!(
            "{archive} would be made of {count}, {}\n",
            bytes(total.bytes)
        ),
        len => format!(
            "{archive}: {count}, {}, packed {}\n",
            bytes(total.bytes),
            bytes(len)
        ),
    };
    text += &kinds(packed);
    for same_files in [true, false] {
        let found = used.elsewhere.iter();
        let mut found = found
            .filter(|(reason, _)| reason.needs_same_files() == same_files)
            .peekable();
        if found.peek().is_some() {
            text += match same_files {
                true => "\nfound again only with the same files, not with another checkout:\n",
                false => "\nfound again only where paths are the same:\n",
            };
        }
        for (reason, names) in found {
            text += &format!("  {} {}\n", names.len(), reason.text());
        }
    }
    let LeftOut {
        stale,
        without_output,
        with_links,
        needs_same_files,
    } = used.left_out;
    let left_out = [
        (stale, "manifests of other inputs than there are now"),
        (
            without_output,
            "manifests without an output: their steps run again",
        ),
        (
            with_links,
            "with links in them, and the manifests that name them",
        ),
        (needs_same_files, "found only with the same files"),
    ];
    let left_out: Vec<_> = left_out.iter().filter(|(count, _)| *count > 0).collect();
    if !left_out.is_empty() {
        text += "\nleft out:\n";
    }
    for (count, what) in left_out {
        text += &format!("  {count} {what}\n");
    }
    problems(&used.problems, &mut text);
    text
}

#[derive(Serialize)]
struct JsonCount {
    kind: &'static str,
    number: u64,
    files: u64,
    bytes: u64,
}

impl JsonCount {
    fn list(packed: &Packed) -> Vec<JsonCount> {
        let one = |(kind, count): &(Kind, Count)| JsonCount {
            kind: kind.folder(),
            number: count.things,
            files: count.files,
            bytes: count.bytes,
        };
        packed.kinds.iter().map(one).collect()
    }
}

#[derive(Serialize)]
struct JsonElsewhere<'a> {
    reason: &'static str,
    text: &'static str,
    needs_same_files: bool,
    names: &'a BTreeSet<String>,
}

#[derive(Serialize)]
struct JsonLeftOut {
    stale_manifests: u64,
    manifests_without_output: u64,
    with_links: u64,
    needs_same_files: u64,
}

#[derive(Serialize)]
struct JsonPacked<'a> {
    archive: String,
    /// Null if none was written.
    archive_bytes: Option<u64>,
    files: u64,
    bytes: u64,
    kinds: Vec<JsonCount>,
    elsewhere: Vec<JsonElsewhere<'a>>,
    left_out: JsonLeftOut,
    problems: Vec<JsonProblem>,
    problem_count: u64,
}

/// The same as JSON.
pub(crate) fn packed_json(archive: &Path, used: &Used, packed: &Packed) -> io::Result<Vec<u8>> {
    let total = packed.total();
    let elsewhere = |(reason, names): (&Elsewhere, _)| JsonElsewhere {
        reason: reason.as_str(),
        text: reason.text(),
        needs_same_files: reason.needs_same_files(),
        names,
    };
    pretty(&JsonPacked {
        archive: paths::display(archive),
        archive_bytes: (packed.archive_len > 0).then_some(packed.archive_len),
        files: total.files,
        bytes: total.bytes,
        kinds: JsonCount::list(packed),
        elsewhere: used.elsewhere.iter().map(elsewhere).collect(),
        left_out: JsonLeftOut {
            stale_manifests: used.left_out.stale,
            manifests_without_output: used.left_out.without_output,
            with_links: used.left_out.with_links,
            needs_same_files: used.left_out.needs_same_files,
        },
        problems: JsonProblem::list(&used.problems),
        problem_count: used.problems.count,
    })
}

/// What was unpacked.
pub(crate) fn unpacked(unpacked: &Unpacked, touched: Option<&Touched>) -> String {
    let total = unpacked.written.total();
    let count = files(usize::try_from(total.files).unwrap_or(usize::MAX));
    let verb = if unpacked.is_dry_run {
        "would write"
    } else {
        "wrote"
    };
    let mut text = format!("{verb} {count}, {}\n", bytes(total.bytes));
    text += &kinds(&unpacked.written);
    for (count, what) in [
        (unpacked.kept, "were there already"),
        (unpacked.in_use, "are in use"),
        (
            unpacked.other_project,
            "manifests left out: they list files of another directory",
        ),
        (
            unpacked.nowhere,
            "are for a directory that is not known here",
        ),
    ] {
        if count > 0 {
            text += &format!("{count} {what}\n");
        }
    }
    for (name, why) in &unpacked.refused {
        text += &format!("refused {name}: {why}\n");
    }
    if let Some(touched) = touched {
        text += &format!(
            "{} given the times of the manifests, {} had them; {} have another content\n",
            files(usize::try_from(touched.touched).unwrap_or(usize::MAX)),
            touched.already,
            touched.changed
        );
        problems(&touched.problems, &mut text);
    }
    text
}

#[derive(Serialize)]
struct JsonRefused<'a> {
    name: &'a str,
    reason: &'static str,
}

#[derive(Serialize)]
struct JsonTouched {
    touched: u64,
    same_inode: u64,
    already: u64,
    changed: u64,
    problems: Vec<JsonProblem>,
    problem_count: u64,
}

#[derive(Serialize)]
struct JsonUnpacked<'a> {
    dry_run: bool,
    files: u64,
    bytes: u64,
    kinds: Vec<JsonCount>,
    kept: u64,
    in_use: u64,
    nowhere: u64,
    other_project: u64,
    refused: Vec<JsonRefused<'a>>,
    /// Null if it was not asked for.
    touched: Option<JsonTouched>,
}

/// The same as JSON.
pub(crate) fn unpacked_json(unpacked: &Unpacked, touched: Option<&Touched>) -> io::Result<Vec<u8>> {
    let total = unpacked.written.total();
    let touched = touched.map(|touched| JsonTouched {
        touched: touched.touched,
        same_inode: touched.same_inode,
        already: touched.already,
        changed: touched.changed,
        problems: JsonProblem::list(&touched.problems),
        problem_count: touched.problems.count,
    });
    pretty(&JsonUnpacked {
        dry_run: unpacked.is_dry_run,
        files: total.files,
        bytes: total.bytes,
        kinds: JsonCount::list(&unpacked.written),
        kept: unpacked.kept,
        in_use: unpacked.in_use,
        nowhere: unpacked.nowhere,
        other_project: unpacked.other_project,
        refused: unpacked
            .refused
            .iter()
            .map(|(name, reason)| JsonRefused { name, reason })
            .collect(),
        touched,
    })
}
