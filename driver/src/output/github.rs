//! Lines that GitHub's runner makes annotations of, and that editors read.
//!
//! `::error file=F,line=L,col=C,title=ID,endLine=L,endColumn=C::MESSAGE`. The runner takes the properties in
//! any order; parsers of editors want the first four as they stand here, one after the other. Columns are
//! bytes; the end is behind the last one.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use super::findings::{Findings, Level, Point, place_of, slashed, text};
use crate::diagnostic::{Diagnostic, Severity};
use crate::paths;

/// Text of a command, as the runner unescapes it. What would be no text in a log is written as in a literal.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            '\t' => out.push('\t'),
            '\0'..='\x1f' | '\x7f'..='\u{9f}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\x{:02x}", u32::from(char));
            }
            _ => out.push(char),
        }
    }
    out
}

/// The value of a property, likewise.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

/// A note as a line of the message.
fn note(note: &Diagnostic, cwd: &Path) -> String {
    let place = text(&place_of(&note.path, cwd));
    let at = note.location.as_ref().map(|location| {
        let Point { line, column } = Point::start(location);
        format!("{place}:{line}:{column}: ")
    });
    let kind = match note.severity {
        Severity::Error => "error",
        Severity::Note => "note",
    };
    format!("{}{kind}: {}", at.unwrap_or_default(), text(&note.message))
}

/// A file as the runner wants it: as seen from its checkout, which it calls the workspace, if the working
/// directory is in there. Otherwise as other formats have it.
fn file_of(path: &[u8], cwd: &Path, workspace: Option<&Path>) -> Vec<u8> {
    let place = place_of(path, cwd);
    match workspace.and_then(|workspace| cwd.strip_prefix(workspace).ok()) {
        Some(below) => slashed(&below.join(paths::from_bytes(&place))),
        None => place,
    }
}

/// Writes all of them.
pub(super) fn write(found: &Findings<'_>, cwd: &Path, out: &mut dyn io::Write) -> io::Result<()> {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").filter(|path| !path.is_empty());
    let workspace = workspace.as_deref().map(Path::new);
    for finding in &found.list {
        let diagnostic = &finding.diagnostic;
        write!(out, "::{} ", level(finding.level))?;
        if !diagnostic.path.is_empty() {
            let path = property(&text(&file_of(&diagnostic.path, cwd, workspace)));
            write!(out, "file={path},")?;
        }
        if let Some(location) = &diagnostic.location {
            let Point { line, column } = Point::start(location);
            write!(out, "line={line},col={column},")?;
        }
        write!(out, "title={}", property(finding.rule.id))?;
        if let Some(location) = &diagnostic.location {
            let Point { line, column } = Point::end(location);
            write!(out, ",endLine={line},endColumn={column}")?;
        }
        let mut message = finding.text();
        for one in &diagnostic.notes {
            message.push('\n');
            message += &note(one, cwd);
        }
        writeln!(out, "::{}", data(&message))?;
    }
    found.say();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_seen_from_the_workspace() {
        for (path, workspace, expected) in [
            ("src/a.zig", None, "src/a.zig"),
            ("src/a.zig", Some("/w"), "p/src/a.zig"),
            ("./src/a.zig", Some("/w/p"), "src/a.zig"),
            ("src/a.zig", Some("/other"), "src/a.zig"),
            ("src/a.zig", Some("/w/p/src"), "src/a.zig"),
            // The runner finds these itself.
            ("../q/a.zig", Some("/w"), "/w/q/a.zig"),
        ] {
            let file = file_of(path.as_bytes(), Path::new("/w/p"), workspace.map(Path::new));
            assert_eq!(String::from_utf8(file).unwrap(), expected, "{workspace:?}");
        }
    }

    #[test]
    fn what_would_end_a_property_or_a_line_is_escaped() {
        assert_eq!(property("a,b:c%d\ne"), "a%2Cb%3Ac%25d%0Ae");
        assert_eq!(
            data("a,b:c%d\r\ne\0\x1b[1m"),
            "a,b:c%25d%0D%0Ae\\x00\\x1b[1m"
        );
    }
}
