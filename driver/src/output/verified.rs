//! What `zirc cache verify` has found, for people and as JSON.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::caches::{JsonProblem, bytes, problems};
use super::findings::{Finding, Findings, Level};
use super::json::pretty;
use crate::diagnostic::Diagnostic;
use crate::housekeeping::{Outcome, Repair};
use crate::inventory::{Found, Group, Severity, Trouble, Verified};
use crate::paths;
use crate::rules::Rule;

fn outcome(repair: &Repair) -> String {
    match &repair.outcome {
        Ok(Outcome::Emptied) => "emptied".to_owned(),
        Ok(Outcome::Removed) => "removed".to_owned(),
        Ok(Outcome::InUse) => "left: a build is at it".to_owned(),
        Ok(Outcome::Changed) => "left: it has changed meanwhile".to_owned(),
        Err(error) => format!("unable to mend it: {error}"),
    }
}

fn heading(severity: Severity) -> &'static str {
    match severity {
        Severity::Fails => "makes a build fail:",
        Severity::MayFail => {
            "makes a build fail, if it ever had an output (--repair --doubtful does it anew):"
        }
        Severity::Miss => "is done anew by the next build:",
        Severity::Room => "takes room:",
    }
}

/// For people.
pub(crate) fn human(verified: &[Verified], repairs: Option<&[Vec<Repair>]>) -> String {
    let mut text = String::new();
    for (index, dir) in verified.iter().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let whose = if dir.is_own { " (zirc's own)" } else { "" };
        text += &format!(
            "{}{whose}: {} manifests, {} outputs, {} entries\n",
            paths::display(&dir.path),
            dir.manifests,
            dir.outputs,
            dir.entries
        );
        let mut last = None;
        for (trouble, group) in dir.troubles.iter() {
            if last.replace(trouble.severity()) != Some(trouble.severity()) {
                text += &format!("  {}\n", heading(trouble.severity()));
            }
            self::group(trouble, group, &mut text);
        }
        if dir.not_understood > 0 {
            text += &format!(
                "  which outputs belong to no manifest cannot be told: {} files in h/ are not understood\n",
                dir.not_understood
            );
        }
        let repairs = repairs.and_then(|all| all.get(index));
        for repair in repairs.into_iter().flatten() {
            let outcome = outcome(repair);
            text += &format!("  {}: {outcome}\n", paths::display(&repair.path));
        }
        if !dir.fails() {
            text += "  nothing makes a build fail\n";
        }
        problems(&dir.problems, &mut text);
    }
    text
}

fn group(trouble: Trouble, group: &Group, text: &mut String) {
    let Group { count, size, first } = group;
    if trouble.severity() == Severity::Room {
        // Nobody wants to read their names.
        let size = bytes(size.bytes);
        *text += &format!("    {count}, {size}: {}\n", trouble.meaning());
        return;
    }
    for Found { path, detail } in first {
        *text += &format!("    {}: {}", paths::display(path), trouble.meaning());
        match detail {
            Some(detail) => *text += &format!(": {detail}\n"),
            None => text.push('\n'),
        }
    }
    match count - first.len() as u64 {
        0 => {}
        more => *text += &format!("    and {more} more: {}\n", trouble.meaning()),
    }
}

/// The rule of a kind of trouble.
fn rule(trouble: Trouble) -> &'static Rule {
    Rule::by_id(&format!("cache-{}", trouble.as_str())).unwrap_or(&Rule::OTHER)
}

/// What is wrong, as findings.
pub(crate) fn findings(verified: &[Verified]) -> Findings<'static> {
    Findings {
        list: verified.iter().flat_map(findings_of).collect(),
        ..Findings::default()
    }
}

/// What is wrong in a directory, one after the other. Of what only takes room, and of more of a kind than are
/// kept, the number stands at the directory.
fn findings_of(dir: &Verified) -> Vec<Finding<'static>> {
    let mut list = Vec::new();
    for (trouble, group) in dir.troubles.iter() {
        let rule = rule(trouble);
        let level = match trouble.severity() {
            Severity::Fails => Level::Error,
            Severity::MayFail => Level::Warning,
            Severity::Miss | Severity::Room => Level::Note,
        };
        let mut add = |path: &Path, message: String| {
            let path = paths::bytes(path);
            list.push(Finding {
                rule,
                level,
                diagnostic: Cow::Owned(Diagnostic::error(path, None, message.into_bytes())),
                releases: Vec::new(),
            });
        };
        let Group { count, size, first } = group;
        let meaning = trouble.meaning();
        if trouble.severity() == Severity::Room {
            add(
                &dir.path,
                format!("{count}, {}: {meaning}", bytes(size.bytes)),
            );
            continue;
        }
        for Found { path, detail } in first {
            let detail = detail.as_ref().map(|detail| format!(": {detail}"));
            let message = format!("{meaning}{}", detail.unwrap_or_default());
            add(&dir.path.join(path), message);
        }
        match count - first.len() as u64 {
            0 => {}
            more => add(&dir.path, format!("{more} more: {meaning}")),
        }
    }
    list
}

#[derive(Serialize)]
struct JsonFound<'a> {
    path: String,
    detail: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonGroup<'a> {
    trouble: &'static str,
    rule: &'static str,
    severity: &'static str,
    number: u64,
    bytes: u64,
    first: Vec<JsonFound<'a>>,
}

#[derive(Serialize)]
struct JsonRepair {
    path: String,
    certain: bool,
    mended: bool,
    outcome: String,
}

#[derive(Serialize)]
struct JsonVerified<'a> {
    path: String,
    own: bool,
    manifests: u64,
    outputs: u64,
    entries: u64,
    fails: bool,
    found: Vec<JsonGroup<'a>>,
    manifests_not_read: u64,
    /// Null if nothing was to be repaired.
    repaired: Option<Vec<JsonRepair>>,
    problems: Vec<JsonProblem>,
    problem_count: u64,
}

#[derive(Serialize)]
struct JsonAll<'a> {
    directories: Vec<JsonVerified<'a>>,
}

/// The same as JSON.
pub(crate) fn json(verified: &[Verified], repairs: Option<&[Vec<Repair>]>) -> io::Result<Vec<u8>> {
    let directories = verified.iter().enumerate().map(|(index, dir)| {
        let groups = dir.troubles.iter().map(|(trouble, group)| JsonGroup {
            trouble: trouble.as_str(),
            rule: rule(trouble).id,
            severity: trouble.severity().as_str(),
            number: group.count,
            bytes: group.size.bytes,
            first: (group.first.iter())
                .map(|found| JsonFound {
                    path: paths::display(&found.path),
                    detail: found.detail.as_deref(),
                })
                .collect(),
        });
        let repaired = repairs.and_then(|all| all.get(index)).map(|repairs| {
            let one = |repair: &Repair| JsonRepair {
                path: paths::display(&repair.path),
                certain: repair.is_certain,
                mended: repair.is_mended(),
                outcome: outcome(repair),
            };
            repairs.iter().map(one).collect()
        });
        JsonVerified {
            path: paths::display(&dir.path),
            own: dir.is_own,
            manifests: dir.manifests,
            outputs: dir.outputs,
            entries: dir.entries,
            fails: dir.fails(),
            found: groups.collect(),
            manifests_not_read: dir.not_understood,
            repaired,
            problems: JsonProblem::list(&dir.problems),
            problem_count: dir.problems.count,
        }
    });
    pretty(&JsonAll {
        directories: directories.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trouble_has_its_rule() {
        for trouble in Trouble::ALL {
            let rule = rule(trouble);
            assert_eq!(rule.id, format!("cache-{}", trouble.as_str()));
            assert_eq!(rule.title(), trouble.meaning());
        }
    }
}
