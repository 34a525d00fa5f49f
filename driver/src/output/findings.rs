//! What the formats have in common that other programs collect findings in: one list, whatever it was that
//! found them, with places in the units that these formats count in.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::Path;

use cache_store::file::is_separator;
use release::Release;
use serde::{Serialize, Serializer};

use super::{human, matrix};
use crate::check::{Matrix, Report, Said, Shared};
use crate::compilation::Update;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::graph::Unresolved;
use crate::paths;
use crate::rules::Rule;

/// What the tool is called where a format asks for it.
pub(super) const NAME: &str = "zirc";

/// Where it is to be found.
pub(super) const URL: &str = env!("CARGO_PKG_REPOSITORY");

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Level {
    Error,
    Warning,
    Note,
}

/// One thing that was found.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub(super) rule: &'static Rule,
    pub(super) level: Level,
    pub(super) diagnostic: Cow<'a, Diagnostic>,
    /// The releases under which it is so, where that is not said of all that was asked for.
    pub(super) releases: Vec<Release>,
}

impl<'a> Finding<'a> {
    pub(super) fn new(diagnostic: Cow<'a, Diagnostic>, releases: Vec<Release>) -> Finding<'a> {
        Finding {
            rule: diagnostic.rule(),
            level: match diagnostic.severity {
                Severity::Error => Level::Error,
                Severity::Note => Level::Note,
            },
            diagnostic,
            releases,
        }
    }

    /// What it says, and of which releases that is so.
    pub(super) fn text(&self) -> String {
        let mut text = self::text(&self.diagnostic.message);
        if !self.releases.is_empty() {
            let releases: Vec<&str> = self.releases.iter().map(|one| one.as_str()).collect();
            text += &format!(" (Zig {})", releases.join(", "));
        }
        text
    }
}

/// All that was found, in the order in which it is told.
#[derive(Debug, Default)]
pub(crate) struct Findings<'a> {
    pub(super) list: Vec<Finding<'a>>,
    /// What the tool says of itself.
    pub(super) warnings: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Imports that lead nowhere, as far as they are told by themselves.
fn unresolved<'a>(imports: &'a [Unresolved], strict: bool) -> impl Iterator<Item = Finding<'a>> {
    let told = imports
        .iter()
        .filter_map(move |import| human::unresolved(import, strict));
    told.map(|diagnostic| Finding::new(Cow::Owned(diagnostic), Vec::new()))
}

impl<'a> Findings<'a> {
    /// What single files have.
    pub(crate) fn of_files(diagnostics: impl IntoIterator<Item = Cow<'a, Diagnostic>>) -> Self {
        let one = |diagnostic| Finding::new(diagnostic, Vec::new());
        Findings {
            list: diagnostics.into_iter().map(one).collect(),
            ..Findings::default()
        }
    }

    /// The same under several releases, of which there are `all`.
    pub(crate) fn of_shared(all: usize, shared: Vec<Shared<Diagnostic>>) -> Findings<'static> {
        let one = |Shared { item, releases }| {
            let is_so_in_all = releases.len() == all;
            let releases = if is_so_in_all { Vec::new() } else { releases };
            Finding::new(Cow::Owned(item), releases)
        };
        Findings {
            list: shared.into_iter().map(one).collect(),
            ..Findings::default()
        }
    }

    /// What a check found.
    pub(crate) fn of_report(report: &'a Report, strict: bool) -> Self {
        let mut found = Findings::of_files(report.diagnostics.iter().map(Cow::Borrowed));
        found.list.extend(unresolved(&report.unresolved, strict));
        found.tell(&report.said, &report.not_generated);
        found
    }

    /// What a check under several releases found.
    pub(crate) fn of_matrix(matrix: &Matrix, strict: bool) -> Findings<'static> {
        let all = matrix.reports.len();
        let mut shared = matrix.diagnostics();
        shared.extend(matrix::unresolved(matrix, strict));
        let mut found = Findings::of_shared(all, shared);
        found.warnings = matrix.warnings().into_iter().map(|one| one.item).collect();
        found.notes = matrix.notes().into_iter().map(|one| one.item).collect();
        let not_generated = matrix.not_generated().into_iter().map(|one| one.item);
        let not_generated: Vec<Unresolved> = not_generated.collect();
        found.notes.extend(human::not_generated(&not_generated));
        found
    }

    /// What an update of a program that is watched has.
    pub(crate) fn of_update(update: &'a Update, said: &Said) -> Self {
        let graph = &update.graph;
        let mut found = Findings::of_files(graph.diagnostics.iter().map(Cow::Borrowed));
        found.list.extend(unresolved(&graph.unresolved, false));
        found.tell(said, &graph.unresolved);
        found
    }

    fn tell(&mut self, said: &Said, not_generated: &[Unresolved]) {
        self.warnings.clone_from(&said.warnings);
        self.notes.clone_from(&said.notes);
        self.notes.extend(human::not_generated(not_generated));
    }

    /// What the tool says of itself, for a format that has no place for it: on standard error.
    pub(super) fn say(&self) {
        for warning in &self.warnings {
            super::terminal::say(format_args!("warning: {warning}"));
        }
        for note in &self.notes {
            super::terminal::say(format_args!("note: {note}"));
        }
    }

    /// A name for each finding that stays when its line moves: made of its rule, file, words and the text of
    /// its line, and counted where all of these are the same.
    pub(super) fn fingerprints(&self) -> Vec<String> {
        let mut times: HashMap<blake3::Hash, u32> = HashMap::new();
        let one = |finding: &Finding<'_>| {
            let diagnostic = &finding.diagnostic;
            let location = diagnostic.location.as_ref();
            let line = location.and_then(|location| location.source_line.as_deref());
            let mut hasher = blake3::Hasher::new();
            for part in [
                finding.rule.id.as_bytes(),
                &diagnostic.path,
                &diagnostic.message,
                line.unwrap_or_default().trim_ascii(),
            ] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
            let time = times.entry(hasher.finalize()).or_default();
            hasher.update(&time.to_le_bytes());
            *time += 1;
            // So much of it that no two are the same.
            hasher.finalize().to_hex()[..32].to_owned()
        };
        self.list.iter().map(one).collect()
    }
}

/// Bytes as text; what is not UTF-8 is replaced.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A path as these formats want it, with `/` on every system: relative and without `.` and `..` if it lies
/// below the working directory, otherwise absolute.
pub(super) fn place_of(path: &[u8], cwd: &Path) -> Vec<u8> {
    let resolved = paths::absolute(cwd, &paths::from_bytes(path));
    let below = resolved.strip_prefix(cwd).ok();
    let below = below.filter(|below| !below.as_os_str().is_empty());
    slashed(below.unwrap_or(&resolved))
}

/// A path with `/` on every system.
pub(super) fn slashed(path: &Path) -> Vec<u8> {
    let slash = |&byte: &u8| if is_separator(byte) { b'/' } else { byte };
    paths::bytes(path).iter().map(slash).collect()
}

/// A position as these formats count: from 1, in bytes.
#[derive(Serialize)]
pub(super) struct Point {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Point {
    /// Where a finding is.
    pub(super) fn start(location: &Location) -> Point {
        Point {
            line: location.line + 1,
            column: location.column + 1,
        }
    }

    /// Behind it.
    pub(super) fn end(location: &Location) -> Point {
        Point {
            line: location.end.line + 1,
            column: location.end.column + 1,
        }
    }
}

/// Items that are made when they are written.
pub(super) struct Each<F>(pub(super) F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator,
    I::Item: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Writes a value as JSON: over several lines, or on one.
pub(super) fn write_json(
    value: &impl Serialize,
    pretty: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match pretty {
        true => serde_json::to_writer_pretty(&mut *out, value)?,
        false => serde_json::to_writer(&mut *out, value)?,
    }
    out.write_all(b"\n")
}
