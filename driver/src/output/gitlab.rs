//! GitLab's code quality report: a list of issues as Code Climate has them. Lines and columns count from 1,
//! columns are bytes, the end is behind the last one.

use std::io;
use std::path::Path;

use serde::Serialize;

use super::findings::{Each, Finding, Findings, Level, Point, place_of, text, write_json};
use crate::diagnostic::Diagnostic;

#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    check_name: &'static str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: IssueLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_locations: Vec<IssueLocation>,
}

#[derive(Serialize)]
struct IssueLocation {
    path: String,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Point,
    end: Point,
}

impl IssueLocation {
    /// What has no place stands at the beginning of its file: a place is wanted.
    fn new(diagnostic: &Diagnostic, cwd: &Path) -> IssueLocation {
        let location = diagnostic.location.as_ref();
        let first = || Point { line: 1, column: 1 };
        IssueLocation {
            path: text(&place_of(&diagnostic.path, cwd)),
            positions: Positions {
                begin: location.map_or_else(first, Point::start),
                end: location.map_or_else(first, Point::end),
            },
        }
    }
}

impl Issue {
    fn new(finding: &Finding<'_>, fingerprint: String, cwd: &Path) -> Issue {
        let diagnostic = &finding.diagnostic;
        let notes = diagnostic.notes.iter();
        Issue {
            kind: "issue",
            check_name: finding.rule.id,
            description: finding.text(),
            categories: ["Bug Risk"],
            severity: match finding.level {
                Level::Error => "major",
                Level::Warning => "minor",
                Level::Note => "info",
            },
            fingerprint,
            location: IssueLocation::new(diagnostic, cwd),
            other_locations: notes.map(|note| IssueLocation::new(note, cwd)).collect(),
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
    let fingerprints = found.fingerprints();
    let issues = || {
        let all = found.list.iter().zip(&fingerprints);
        all.map(|(finding, fingerprint)| Issue::new(finding, fingerprint.clone(), cwd))
    };
    write_json(&Each(issues), pretty, out)?;
    found.say();
    Ok(())
}
