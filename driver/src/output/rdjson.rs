//! The diagnostic format of reviewdog, a whole result in one object. Lines and columns count from 1, columns
//! are bytes, the end is behind the last one.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::findings::{
    Each, Finding, Findings, Level, NAME, Point, URL, place_of, text, write_json,
};
use crate::diagnostic::Diagnostic;

#[derive(Serialize)]
struct RdResult<T> {
    source: RdSource,
    diagnostics: T,
}

#[derive(Serialize)]
struct RdSource {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct RdDiagnostic {
    message: String,
    location: RdLocation,
    severity: &'static str,
    code: RdCode,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RdRelated>,
}

#[derive(Serialize)]
struct RdCode {
    value: &'static str,
}

#[derive(Serialize)]
struct RdRelated {
    message: String,
    location: RdLocation,
}

#[derive(Serialize)]
struct RdLocation {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<RdRange>,
}

#[derive(Serialize)]
struct RdRange {
    start: Point,
    end: Point,
}

impl RdLocation {
    fn new(diagnostic: &Diagnostic, cwd: &Path) -> RdLocation {
        RdLocation {
            path: text(&place_of(&diagnostic.path, cwd)),
            range: diagnostic.location.as_ref().map(|location| RdRange {
                start: Point::start(location),
                end: Point::end(location),
            }),
        }
    }
}

impl RdDiagnostic {
    fn new(finding: &Finding<'_>, cwd: &Path) -> RdDiagnostic {
        let diagnostic = &finding.diagnostic;
        RdDiagnostic {
            message: finding.text(),
            location: RdLocation::new(diagnostic, cwd),
            severity: match finding.level {
                Level::Error => "ERROR",
                Level::Warning => "WARNING",
                Level::Note => "INFO",
            },
            code: RdCode {
                value: finding.rule.id,
            },
            related_locations: (diagnostic.notes.iter())
                .map(|note| RdRelated {
                    message: text(&note.message),
                    location: RdLocation::new(note, cwd),
                })
                .collect(),
        }
    }
}

/// Writes all of them; on one line if there are to be more.
pub(super) fn write(
    found: &Findings<'_>,
    cwd: &Path,
    pretty: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let result = RdResult {
        source: RdSource {
            name: NAME,
            url: URL,
        },
        diagnostics: Each(|| found.list.iter().map(|one| RdDiagnostic::new(one, cwd))),
    };
    write_json(&result, pretty, out)?;
    found.say();
    Ok(())
}
