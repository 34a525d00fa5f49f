//! Text for people: diagnostics in the reference's form, and lines of our own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use syntax::location::Span;

use super::terminal::Color;
use crate::changes::{Change, Changes, ContainerFate, FileChange, NameFate, dotted};
use crate::check::{
    BuildUsed, CheckExplanation, Choice, FileReason, ManifestState, Origin, ReleaseFrom, Report,
};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::environment::NOT_FOUND;
use crate::explain::ManifestExplanation;
use crate::graph::{MadeBy, Unresolved, UnresolvedReason};
use crate::paths;

/// Writes diagnostics as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renderer {
    /// Whether to use terminal colours.
    pub(crate) color: bool,
}

impl Renderer {
    const BOLD: &str = "\x1b[1m";
    const DIM: &str = "\x1b[2m";
    const RED: &str = "\x1b[31m";
    const GREEN: &str = "\x1b[32m";
    const CYAN: &str = "\x1b[36m";
    const RESET: &str = "\x1b[0m";

    /// One for standard error.
    pub(crate) fn on_stderr(color: Color) -> Renderer {
        Renderer {
            color: color.on_stderr(),
        }
    }

    /// One for standard output.
    pub(crate) fn on_stdout(color: Color) -> Renderer {
        Renderer {
            color: color.on_stdout(),
        }
    }

    /// Diagnostics one after the other.
    pub(crate) fn text(self, diagnostics: &[Diagnostic]) -> Vec<u8> {
        let mut text = Vec::new();
        for diagnostic in diagnostics {
            self.add(&mut text, diagnostic);
        }
        text
    }

    /// Appends one with all that belongs to it.
    pub(crate) fn add(self, text: &mut Vec<u8>, diagnostic: &Diagnostic) {
        // Writing to memory does not fail.
        let _ = self.render_indented(text, diagnostic, 0);
    }

    /// Prints diagnostics to standard error, all at once.
    pub(crate) fn print(self, diagnostics: &[Diagnostic]) -> io::Result<()> {
        io::stderr().lock().write_all(&self.text(diagnostics))
    }

    fn set(self, out: &mut dyn Write, code: &str) -> io::Result<()> {
        if self.color {
            out.write_all(code.as_bytes())
        } else {
            Ok(())
        }
    }

    /// One error or note with all that belongs to it, in the reference's form.
    fn render_indented(self, out: &mut dyn Write, d: &Diagnostic, indent: usize) -> io::Result<()> {
        let (kind, color) = match d.severity {
            Severity::Error => ("error", Self::RED),
            Severity::Note => ("note", Self::CYAN),
        };
        let Some(location) = &d.location else {
            self.set(out, color)?;
            spaces(out, indent)?;
            write!(out, "{kind}: ")?;
            self.set(out, Self::RESET)?;
            out.write_all(until_nul(&d.message))?;
            out.write_all(b"\n")?;
            self.set(out, Self::RESET)?;
            for note in &d.notes {
                self.render_indented(out, note, indent + 4)?;
            }
            return Ok(());
        };
        let mut prefix = vec![b' '; indent];
        prefix.extend_from_slice(until_nul(&d.path));
        write!(prefix, ":{}:{}: ", location.line + 1, location.column + 1)?;
        // What follows the first line of a message is indented by this.
        let width = prefix.len() + kind.len() + 2;
        out.write_all(&prefix[..indent])?;
        self.set(out, Self::BOLD)?;
        out.write_all(&prefix[indent..])?;
        self.set(out, color)?;
        write!(out, "{kind}: ")?;
        self.set(out, Self::RESET)?;
        self.set(out, Self::BOLD)?;
        for (i, line) in until_nul(&d.message).split(|&b| b == b'\n').enumerate() {
            if i > 0 {
                out.write_all(b"\n")?;
                spaces(out, width)?;
            }
            out.write_all(line)?;
        }
        out.write_all(b"\n")?;
        self.set(out, Self::RESET)?;
        if let Some(line) = &location.source_line {
            self.render_line(out, line, location)?;
        }
        for note in &d.notes {
            self.render_indented(out, note, indent)?;
        }
        Ok(())
    }

    fn render_line(self, out: &mut dyn Write, line: &[u8], location: &Location) -> io::Result<()> {
        let line: Vec<u8> = until_nul(line)
            .iter()
            .map(|&b| if b == b'\t' { b' ' } else { b })
            .collect();
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        let Span { start, end, main } = location.span;
        let before = main.saturating_sub(start) as usize;
        let after = end.saturating_sub(main).saturating_sub(1) as usize;
        let column = (location.column as usize).saturating_sub(before);
        spaces(out, column)?;
        self.set(out, Self::GREEN)?;
        out.write_all(&b"~".repeat(before))?;
        out.write_all(b"^")?;
        out.write_all(&b"~".repeat(after))?;
        out.write_all(b"\n")?;
        self.set(out, Self::RESET)
    }

    /// Appends a line that stands for itself, dimmed.
    pub(crate) fn dim(self, out: &mut Vec<u8>, text: &str) {
        let (on, off) = match self.color {
            true => (Self::DIM, Self::RESET),
            false => ("", ""),
        };
        out.extend_from_slice(format!("{on}{text}\n{off}").as_bytes());
    }
}

/// Not by a width in a format string, which cannot be as wide as a line.
fn spaces(out: &mut dyn Write, count: usize) -> io::Result<()> {
    out.write_all(&b" ".repeat(count))
}

/// The reference keeps text NUL-terminated, so it shows none of what comes after a NUL.
fn until_nul(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(0, text).unwrap_or(text.len())]
}

/// "1 file", "2 files".
pub(crate) fn files(count: usize) -> String {
    format!("{count} file{}", if count == 1 { "" } else { "s" })
}

/// What to append where it is not obvious as which release programs were checked.
pub(crate) fn by_release(choice: Choice) -> String {
    let why = match choice.from {
        ReleaseFrom::Flag | ReleaseFrom::LibDirectory => return String::new(),
        ReleaseFrom::Settings => "zig_versions of the project's zirc.zon",
        ReleaseFrom::LibFound => "that of the lib directory that was found",
        ReleaseFrom::MinimumZigVersion => "minimum_zig_version of the project",
        ReleaseFrom::Newest => "the newest that is known",
    };
    format!(", as Zig {}: {why}", choice.release)
}

/// An import that leads nowhere, as a diagnostic: an error if `strict`. `None` where it is told once for all
/// and not for each file: that the standard library was not found, what the build has yet to make.
pub(crate) fn unresolved(unresolved: &Unresolved, strict: bool) -> Option<Diagnostic> {
    let is_said_once = !strict && unresolved.reason == UnresolvedReason::StdNotFound;
    if is_said_once || unresolved.made_by.is_some() {
        return None;
    }
    let path = paths::bytes(&unresolved.path);
    Some(Diagnostic {
        severity: match strict {
            true => Severity::Error,
            false => Severity::Note,
        },
        ..Diagnostic::error(path, unresolved.location().cloned(), unresolved.message())
    })
}

/// One line about imports of modules that the build has yet to make, if there are any.
pub(crate) fn not_generated(imports: &[Unresolved]) -> Option<String> {
    let made = imports.iter().filter_map(|import| import.made_by.as_ref());
    let mut modules: Vec<String> = made
        .map(|MadeBy { module, step }| format!("'{module}' ({step})"))
        .collect();
    let count = modules.len();
    modules.sort();
    modules.dedup();
    let all = modules.join(", ");
    match count {
        0 => None,
        1 => Some(format!(
            "1 import is of what the build has yet to make: {all}"
        )),
        _ => Some(format!(
            "{count} imports are of what the build has yet to make: {all}"
        )),
    }
}

/// The report of a check, on standard error.
pub(crate) fn print_report(report: &Report, strict: bool, color: Color) -> io::Result<()> {
    let renderer = Renderer::on_stderr(color);
    let mut out = renderer.text(&report.diagnostics);
    let told = report.unresolved.iter();
    for diagnostic in told.filter_map(|import| unresolved(import, strict)) {
        renderer.add(&mut out, &diagnostic);
    }
    if let Some(line) = not_generated(&report.not_generated) {
        writeln!(out, "note: {line}")?;
    }
    for warning in &report.said.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    for note in &report.said.notes {
        writeln!(out, "note: {note}")?;
    }
    if let Some(explanation) = &report.explanation {
        for line in report.builds.iter().flat_map(BuildUsed::explain) {
            writeln!(out, "{line}")?;
        }
        explain(explanation, &mut out)?;
    }
    let (count, ms) = (files(report.files), report.elapsed_ms);
    let by = by_release(report.choice);
    let counts = match report.manifest {
        ManifestState::Hit => {
            let failed = match report.failed {
                0 => String::new(),
                failed => format!(", {failed} failed"),
            };
            format!("{count}: unchanged since the last check{failed}, in {ms} ms{by}")
        }
        ManifestState::Miss | ManifestState::Off => format!(
            "{count}: {} from the cache, {} generated, {} failed, in {ms} ms{by}",
            report.hits, report.generated, report.failed
        ),
    };
    renderer.dim(&mut out, &counts);
    io::stderr().lock().write_all(&out)
}

/// Where each file came from.
pub(super) fn explain(explanation: &CheckExplanation, out: &mut Vec<u8>) -> io::Result<()> {
    for FileReason {
        path, origin, text, ..
    } in &explanation.files
    {
        let path = paths::display(path);
        match origin {
            Origin::Hit => writeln!(out, "{path}: hit: {text}")?,
            Origin::Generated => writeln!(out, "{path}: generated: {text}")?,
            Origin::NotLoaded => writeln!(out, "{path}: {text}")?,
        }
    }
    if let Some(reason) = &explanation.manifest {
        writeln!(out, "manifest: miss: {reason}")?;
    }
    Ok(())
}

/// What became of the files of a manifest.
pub(crate) fn explanation(explanation: &ManifestExplanation) -> String {
    let mut out = String::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &explanation.files {
        out += &format!("{file}\n");
        *counts.entry(file.finding.as_str()).or_default() += 1;
    }
    let count = |(finding, count): (&&str, &usize)| format!("{count} {finding}");
    let mut counts: Vec<String> = counts.iter().map(count).collect();
    if explanation.not_looked_at > 0 {
        let of_lib = files(explanation.not_looked_at);
        out += &format!("{of_lib} of Zig's lib directory: it was not found ({NOT_FOUND})\n");
        counts.push(format!("{} not looked at", explanation.not_looked_at));
    }
    let all = explanation.files.len() + explanation.not_looked_at;
    out += &format!("{}: {}\n", files(all), counts.join(", "));
    out
}

/// What changed in files.
pub(crate) fn file_changes(changed: &[FileChange]) -> String {
    let mut text = String::new();
    for FileChange { path, change } in changed {
        text += &paths::display(path);
        match change {
            Change::Appeared => text += ": appeared\n",
            Change::Vanished => text += ": vanished\n",
            Change::Broken => text += ": broken\n",
            Change::Value => text += ": value\n",
            Change::Declarations(_) => {
                text += ":\n";
                text += &changes(change, "  ");
            }
        }
    }
    text
}

/// What changed in one file, each line behind `indent`.
pub(crate) fn changes(change: &Change, indent: &str) -> String {
    let mut text = String::new();
    match change {
        Change::Declarations(changes) => declarations(changes, indent, &mut text),
        Change::Value => text.push_str("value\n"),
        Change::Appeared | Change::Vanished | Change::Broken => {}
    }
    text
}

fn declarations(changes: &Changes, indent: &str, out: &mut String) {
    let mut line = |what: &str, name: &str, detail: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{indent}{what:<9} {name}{detail}");
    };
    for decl in &changes.outdated {
        let mut detail = format!(" (line {}", decl.line);
        if decl.line != decl.old_line {
            let _ = write!(detail, ", was {}", decl.old_line);
        }
        detail += if decl.prototype_changed {
            ", other prototype)"
        } else {
            ")"
        };
        line("outdated", &decl.name, &detail);
    }
    for name in &changes.names {
        let what = match name.change {
            NameFate::Appeared => "appeared",
            NameFate::Vanished => "vanished",
            NameFate::BecamePublic => "public",
            NameFate::BecamePrivate => "private",
        };
        let was = if name.change == NameFate::Vanished {
            "was line"
        } else {
            "line"
        };
        let detail = format!(" ({was} {})", name.line);
        line(what, &dotted(&name.namespace, &name.name), &detail);
    }
    for container in &changes.containers {
        let name = if container.name.is_empty() {
            "the file"
        } else {
            &container.name
        };
        let what = match container.change {
            ContainerFate::Fields => "fields",
            ContainerFate::Appeared => "appeared",
            ContainerFate::Vanished => "vanished",
            ContainerFate::Captures => "captures",
        };
        line(what, &format!("container {name}"), "");
    }
    for decl in &changes.moved {
        let detail = format!(" (line {}, was {})", decl.line, decl.old_line);
        line("moved", &decl.name, &detail);
    }
}
