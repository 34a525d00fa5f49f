//! JSON for programs: whatever the text says is in it. Lines and columns count from 1, offsets are bytes from
//! 0; text that is not UTF-8 is replaced. `docs/zirc.schema.json` says it for programs.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use manifest::{Digest, Finding, Kind, Stat};
use release::Release;
use serde::{Serialize, Serializer};

use super::findings::{text, write_json};
use crate::changes::{Change, Changes, Comparison, FileChange};
use crate::check::{
    BuildUsed, CheckExplanation, Choice, FileReason, ManifestState, MapSource, Matrix, Origin,
    Recorded, ReleaseFrom, Report, Row, Said, Shared, Started, Verdict,
};
use crate::compilation::Update;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::environment::{Lib, LibSource, NOT_FOUND};
use crate::explain::ManifestExplanation;
use crate::graph::{MadeBy, Unresolved, UnresolvedReason};
use crate::paths;
use crate::rules::Rule;

/// The version of all of these forms. A field that is new leaves it as it is; one that is gone, or means
/// something else, does not.
const VERSION: u32 = 1;

/// A document.
#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u32,
    #[serde(flatten)]
    value: &'a T,
}

impl<T> Versioned<'_, T> {
    fn new(value: &T) -> Versioned<'_, T> {
        Versioned {
            version: VERSION,
            value,
        }
    }
}

/// Writes a document over several lines.
pub(super) fn pretty(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    write_json(&Versioned::new(value), true, &mut out)?;
    Ok(out)
}

/// The same on standard output, as it is made.
fn print(value: &impl Serialize) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    write_json(&Versioned::new(value), true, &mut out)?;
    out.flush()
}

/// A place. All of it is null where there is none.
#[derive(Serialize, Default)]
struct JsonPlace {
    line: Option<u32>,
    column: Option<u32>,
    /// Behind the last byte of the marked range.
    end_line: Option<u32>,
    end_column: Option<u32>,
    /// The marked range in bytes, and where in it the caret stands.
    span: Option<JsonSpan>,
    /// The line, where it is shown.
    source_line: Option<String>,
}

#[derive(Serialize)]
struct JsonSpan {
    start: u32,
    main: u32,
    end: u32,
}

impl JsonPlace {
    fn new(location: Option<&Location>) -> JsonPlace {
        let Some(location) = location else {
            return JsonPlace::default();
        };
        JsonPlace {
            line: Some(location.line + 1),
            column: Some(location.column + 1),
            end_line: Some(location.end.line + 1),
            end_column: Some(location.end.column + 1),
            span: Some(JsonSpan {
                start: location.span.start,
                main: location.span.main,
                end: location.span.end,
            }),
            source_line: location.source_line.as_deref().map(text),
        }
    }
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    path: String,
    #[serde(flatten)]
    place: JsonPlace,
    severity: &'static str,
    rule: &'static str,
    message: String,
    notes: Diagnostics<'a>,
}

impl<'a> JsonDiagnostic<'a> {
    fn new(diagnostic: &'a Diagnostic) -> JsonDiagnostic<'a> {
        JsonDiagnostic {
            path: text(&diagnostic.path),
            place: JsonPlace::new(diagnostic.location.as_ref()),
            severity: match diagnostic.severity {
                Severity::Error => "error",
                Severity::Note => "note",
            },
            rule: diagnostic.rule().id,
            message: text(&diagnostic.message),
            notes: Diagnostics(&diagnostic.notes),
        }
    }
}

/// Diagnostics as a list.
struct Diagnostics<'a>(&'a [Diagnostic]);

impl Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(JsonDiagnostic::new))
    }
}

#[derive(Serialize)]
struct JsonUnresolved {
    path: String,
    #[serde(flatten)]
    place: JsonPlace,
    import: String,
    reason: UnresolvedReason,
    rule: &'static str,
    message: String,
}

impl JsonUnresolved {
    fn list(unresolved: &[Unresolved]) -> Vec<JsonUnresolved> {
        let one = |unresolved: &Unresolved| JsonUnresolved {
            path: paths::display(&unresolved.path),
            place: JsonPlace::new(unresolved.location()),
            import: text(&unresolved.import),
            reason: unresolved.reason,
            rule: Rule::of(&unresolved.message()).id,
            message: text(&unresolved.message()),
        };
        let nowhere = unresolved.iter().filter(|import| import.made_by.is_none());
        nowhere.map(one).collect()
    }
}

/// An import of a module that a step of the build has yet to make.
#[derive(Serialize)]
struct JsonNotGenerated {
    path: String,
    #[serde(flatten)]
    place: JsonPlace,
    import: String,
    module: String,
    step: String,
}

impl JsonNotGenerated {
    fn list(unresolved: &[Unresolved]) -> Vec<JsonNotGenerated> {
        let one = |import: &Unresolved| {
            let MadeBy { module, step } = import.made_by.clone()?;
            Some(JsonNotGenerated {
                path: paths::display(&import.path),
                place: JsonPlace::new(import.location()),
                import: text(&import.import),
                module,
                step,
            })
        };
        unresolved.iter().filter_map(one).collect()
    }
}

/// A build that modules were learnt from.
#[derive(Serialize)]
struct JsonBuild<'a> {
    root: String,
    modules_from: MapSource,
    zig: &'a str,
    compile_steps: usize,
    programs: usize,
    started: Vec<JsonStarted<'a>>,
}

#[derive(Serialize)]
struct JsonStarted<'a> {
    command: &'a [String],
    elapsed_ms: u64,
}

impl JsonBuild<'_> {
    fn new(build: &BuildUsed) -> JsonBuild<'_> {
        let started = |started: &'_ Started| started.elapsed.as_millis() as u64;
        JsonBuild {
            root: paths::display(&build.root),
            modules_from: build.source,
            zig: &build.zig,
            compile_steps: build.compile_steps,
            programs: build.programs,
            started: (build.started.iter())
                .map(|one| JsonStarted {
                    command: &one.command,
                    elapsed_ms: started(one),
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonReason {
    path: String,
    origin: &'static str,
    reason: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct JsonCheckExplanation<'a> {
    manifest: Option<&'a str>,
    files: Vec<JsonReason>,
}

impl<'a> JsonCheckExplanation<'a> {
    fn new(explanation: &'a CheckExplanation) -> JsonCheckExplanation<'a> {
        let one = |file: &FileReason| JsonReason {
            path: paths::display(&file.path),
            origin: match file.origin {
                Origin::Hit => "hit",
                Origin::Generated => "generated",
                Origin::NotLoaded => "not_loaded",
            },
            reason: file.reason,
            text: file.text,
        };
        JsonCheckExplanation {
            manifest: explanation.manifest.as_deref(),
            files: explanation.files.iter().map(one).collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    #[serde(flatten)]
    choice: JsonChoice,
    files: usize,
    hits: usize,
    generated: usize,
    failed: usize,
    #[serde(skip_serializing_if = "is_zero")]
    unreported: usize,
    manifest: ManifestState,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<Recorded>,
    elapsed_ms: u64,
    diagnostics: Diagnostics<'a>,
    unresolved: Vec<JsonUnresolved>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_generated: Vec<JsonNotGenerated>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    builds: Vec<JsonBuild<'a>>,
    notes: &'a [String],
    warnings: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<JsonCheckExplanation<'a>>,
}

/// A release, and what it follows from.
#[derive(Serialize)]
struct JsonChoice {
    zig_version: &'static str,
    zig_version_from: ReleaseFrom,
}

impl JsonChoice {
    fn new(choice: Choice) -> JsonChoice {
        JsonChoice {
            zig_version: choice.release.as_str(),
            zig_version_from: choice.from,
        }
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl<'a> JsonReport<'a> {
    fn new(report: &'a Report) -> JsonReport<'a> {
        JsonReport {
            choice: JsonChoice::new(report.choice),
            files: report.files,
            hits: report.hits,
            generated: report.generated,
            failed: report.failed,
            unreported: report.unreported,
            manifest: report.manifest,
            recorded: report.recorded,
            elapsed_ms: report.elapsed_ms,
            diagnostics: Diagnostics(&report.diagnostics),
            unresolved: JsonUnresolved::list(&report.unresolved),
            not_generated: JsonNotGenerated::list(&report.not_generated),
            builds: report.builds.iter().map(JsonBuild::new).collect(),
            notes: &report.said.notes,
            warnings: &report.said.warnings,
            explain: report.explanation.as_ref().map(JsonCheckExplanation::new),
        }
    }
}

/// The report of a check, on standard output.
pub(crate) fn print_report(report: &Report) -> io::Result<()> {
    print(&JsonReport::new(report))
}

/// What is so under some releases.
#[derive(Serialize)]
struct JsonShared<T> {
    #[serde(flatten)]
    item: T,
    releases: Vec<&'static str>,
}

impl<T> JsonShared<T> {
    fn new(item: T, releases: &[Release]) -> JsonShared<T> {
        let releases = releases.iter().map(|release| release.as_str());
        JsonShared {
            item,
            releases: releases.collect(),
        }
    }
}

#[derive(Serialize)]
struct JsonMatrix<'a> {
    releases: Vec<JsonReport<'a>>,
    diagnostics: Vec<JsonShared<JsonDiagnostic<'a>>>,
}

/// The matrix of a check, on standard output: the reports, then each error once.
pub(crate) fn print_matrix(matrix: &Matrix) -> io::Result<()> {
    let diagnostics = matrix.diagnostics();
    print(&JsonMatrix {
        releases: matrix.reports.iter().map(JsonReport::new).collect(),
        diagnostics: (diagnostics.iter())
            .map(|one| JsonShared::new(JsonDiagnostic::new(&one.item), &one.releases))
            .collect(),
    })
}

#[derive(Serialize)]
struct JsonFiles<'a> {
    #[serde(flatten)]
    choice: JsonChoice,
    files: usize,
    failed: usize,
    diagnostics: Diagnostics<'a>,
}

/// What single files have under one release, on standard output.
pub(crate) fn print_files(
    choice: Choice,
    files: usize,
    failed: usize,
    diagnostics: &[Diagnostic],
) -> io::Result<()> {
    print(&JsonFiles {
        choice: JsonChoice::new(choice),
        files,
        failed,
        diagnostics: Diagnostics(diagnostics),
    })
}

#[derive(Serialize)]
struct JsonRow {
    zig_version: &'static str,
    passes: bool,
    files: usize,
    failed: usize,
    errors: usize,
}

#[derive(Serialize)]
struct JsonFilesMatrix<'a> {
    releases: Vec<JsonRow>,
    diagnostics: Vec<JsonShared<JsonDiagnostic<'a>>>,
}

/// The same under several: how these compare, then each error once.
pub(crate) fn print_files_matrix(rows: &[Row], found: &[Shared<Diagnostic>]) -> io::Result<()> {
    let row = |row: &Row| JsonRow {
        zig_version: row.release.as_str(),
        passes: row.passes,
        files: row.files,
        failed: row.failed,
        errors: row.errors,
    };
    print(&JsonFilesMatrix {
        releases: rows.iter().map(row).collect(),
        diagnostics: (found.iter())
            .map(|one| JsonShared::new(JsonDiagnostic::new(&one.item), &one.releases))
            .collect(),
    })
}

#[derive(Serialize)]
struct JsonVerdict<'a> {
    zig_version: &'static str,
    passes: bool,
    files: usize,
    failed: usize,
    errors: usize,
    reasons: Diagnostics<'a>,
}

impl<'a> JsonVerdict<'a> {
    fn new(verdict: &'a Verdict) -> JsonVerdict<'a> {
        JsonVerdict {
            zig_version: verdict.release.as_str(),
            passes: verdict.passes(),
            files: verdict.files,
            failed: verdict.failed,
            errors: verdict.errors,
            reasons: Diagnostics(&verdict.reasons),
        }
    }
}

#[derive(Serialize)]
struct JsonVersions<'a> {
    oldest: Option<&'static str>,
    newest: Option<&'static str>,
    releases: Vec<JsonVerdict<'a>>,
}

/// What `zirc versions` found.
pub(crate) fn versions(verdicts: &[Verdict]) -> io::Result<Vec<u8>> {
    let mut passing = verdicts.iter().filter(|v| v.passes());
    let oldest = passing.clone().next();
    let newest = passing.next_back();
    pretty(&JsonVersions {
        oldest: oldest.map(|v| v.release.as_str()),
        newest: newest.map(|v| v.release.as_str()),
        releases: verdicts.iter().map(JsonVerdict::new).collect(),
    })
}

#[derive(Serialize)]
struct JsonRelease {
    zig_version: &'static str,
    generation: &'static str,
    zig_lib_dir: Option<String>,
    zig_lib_dir_from: Option<LibSource>,
}

#[derive(Serialize)]
struct JsonReleases {
    releases: Vec<JsonRelease>,
}

/// What `zirc releases` lists.
pub(crate) fn releases(releases: &[(Release, Option<Lib>)]) -> io::Result<Vec<u8>> {
    let json = |(release, lib): &(Release, Option<Lib>)| JsonRelease {
        zig_version: release.as_str(),
        generation: release.generation().name(),
        zig_lib_dir: lib.as_ref().map(|lib| paths::display(&lib.dir)),
        zig_lib_dir_from: lib.as_ref().map(|lib| lib.source),
    };
    pretty(&JsonReleases {
        releases: releases.iter().map(json).collect(),
    })
}

/// What `zirc diff` found.
#[derive(Serialize)]
struct JsonDiff<'a> {
    #[serde(flatten)]
    choice: JsonChoice,
    old: String,
    new: String,
    /// There for Zig that could be lowered on both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a Changes>,
    /// There for ZON without errors on both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_changed: Option<bool>,
    diagnostics: Diagnostics<'a>,
}

/// What two versions of a file differ in, where both could be compared.
pub(crate) fn diff(
    old: &Path,
    new: &Path,
    choice: Choice,
    found: Option<&Comparison>,
    diagnostics: &[Diagnostic],
) -> io::Result<Vec<u8>> {
    let (changes, value_changed) = match found {
        Some(Comparison::Declarations(changes)) => (Some(changes), None),
        Some(Comparison::Value(differs)) => (None, Some(*differs)),
        None => (None, None),
    };
    pretty(&JsonDiff {
        choice: JsonChoice::new(choice),
        old: paths::display(old),
        new: paths::display(new),
        changes,
        value_changed,
        diagnostics: Diagnostics(diagnostics),
    })
}

/// An update of `zirc watch`.
#[derive(Serialize)]
struct JsonUpdate<'a> {
    #[serde(flatten)]
    choice: JsonChoice,
    update: u64,
    files: usize,
    looked_at: usize,
    failed: usize,
    elapsed_ms: u64,
    diagnostics: Diagnostics<'a>,
    unresolved: Vec<JsonUnresolved>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_generated: Vec<JsonNotGenerated>,
    changes: Vec<JsonChange<'a>>,
    notes: &'a [String],
    warnings: &'a [String],
}

#[derive(Serialize)]
struct JsonChange<'a> {
    path: String,
    #[serde(flatten)]
    change: &'a Change,
}

impl<'a> JsonChange<'a> {
    fn new(FileChange { path, change }: &'a FileChange) -> JsonChange<'a> {
        JsonChange {
            path: paths::display(path),
            change,
        }
    }
}

/// An update of `zirc watch`, on a line of its own.
pub(crate) fn update(
    update: &Update,
    choice: Choice,
    failed: usize,
    elapsed_ms: u64,
    said: &Said,
) -> io::Result<Vec<u8>> {
    let graph = &update.graph;
    let mut out = Vec::new();
    let update = JsonUpdate {
        choice: JsonChoice::new(choice),
        update: update.number,
        files: graph.files.len(),
        looked_at: update.looked_at,
        failed,
        elapsed_ms,
        diagnostics: Diagnostics(&graph.diagnostics),
        unresolved: JsonUnresolved::list(&graph.unresolved),
        not_generated: JsonNotGenerated::list(&graph.unresolved),
        changes: update.changes.iter().map(JsonChange::new).collect(),
        notes: &said.notes,
        warnings: &said.warnings,
    };
    write_json(&Versioned::new(&update), false, &mut out)?;
    Ok(out)
}

#[derive(Serialize)]
struct JsonState {
    size: u64,
    inode: u64,
    mtime_ns: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

impl JsonState {
    fn new(stat: &Stat, digest: Option<&Digest>) -> JsonState {
        JsonState {
            size: stat.size,
            inode: stat.inode,
            mtime_ns: stat.mtime_ns,
            digest: digest.map(ToString::to_string),
        }
    }
}

#[derive(Serialize)]
struct JsonFile {
    path: String,
    prefix: u8,
    /// It is a directory, of which the list of entries counts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    directory: bool,
    /// Its stat counts and not its content.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    metadata_only: bool,
    state: &'static str,
    expected: JsonState,
    found: Option<JsonState>,
    error: Option<String>,
}

#[derive(Serialize)]
struct JsonNotLookedAt {
    files: usize,
    reason: String,
}

#[derive(Serialize)]
struct JsonExplanation {
    manifest: String,
    files: Vec<JsonFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_looked_at: Option<JsonNotLookedAt>,
}

/// What became of the files of a manifest.
pub(crate) fn explanation(explained: &ManifestExplanation) -> io::Result<Vec<u8>> {
    let files = explained.files.iter().map(|explanation| {
        let expected = &explanation.expected;
        let (found, error) = match &explanation.finding {
            Finding::StatChanged { found } | Finding::MetadataChanged { found } => {
                (Some(JsonState::new(found, None)), None)
            }
            Finding::ContentChanged { found, digest } => {
                (Some(JsonState::new(found, Some(digest))), None)
            }
            Finding::Unreadable(error) => (None, Some(error.to_string())),
            _ => (None, None),
        };
        JsonFile {
            path: paths::display(&explanation.path),
            prefix: expected.path.prefix,
            directory: expected.kind == Kind::Directory,
            metadata_only: expected.metadata_only,
            state: explanation.finding.as_str(),
            expected: JsonState::new(&expected.stat, Some(&expected.digest)),
            found,
            error,
        }
    });
    let explanation = JsonExplanation {
        manifest: paths::display(&explained.manifest),
        files: files.collect(),
        not_looked_at: (explained.not_looked_at > 0).then(|| JsonNotLookedAt {
            files: explained.not_looked_at,
            reason: format!("Zig's lib directory was not found ({NOT_FOUND})"),
        }),
    };
    pretty(&explanation)
}
