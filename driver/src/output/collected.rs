//! What `zirc cache gc` means to remove and has removed, for people and as JSON.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use serde::Serialize;

use super::caches::{JsonProblem, bytes, problems};
use super::human::files;
use super::json::pretty;
use super::matrix::table;
use crate::housekeeping::{Done, Plan, User, Why};
use crate::inventory::{Holding, Role, Size};
use crate::paths;

/// What became of a directory.
#[derive(Debug)]
pub(crate) struct Collected {
    pub(crate) path: PathBuf,
    /// `None` where others were at work.
    pub(crate) plan: Option<Plan>,
    /// Those.
    pub(crate) users: Vec<User>,
    /// `None` if nothing was to be removed.
    pub(crate) done: Option<Done>,
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Gone | Role::Temporary => "unfinished",
        Role::Orphan => "outputs",
        Role::Empty => "empty manifests",
        Role::Result => "results",
        Role::Entry => "entries",
        Role::Options => "options",
        Role::Package => "packages",
    }
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Begun => "an earlier run has begun to remove it",
        Why::Unfinished => "unfinished, and old",
        Why::Orphan => "belongs to no manifest",
        Why::Empty => "nothing is in it",
        Why::Old => "not used for long",
        Why::TooMuch => "too much",
    }
}

/// Numbers by what it is and why it goes.
fn counts(plan: &Plan) -> BTreeMap<(&'static str, Why), (u64, Size)> {
    let mut counts: BTreeMap<_, (u64, Size)> = BTreeMap::new();
    for (why, Holding { role: r, size, .. }) in &plan.remove {
        let count = counts.entry((role(*r), *why)).or_default();
        count.0 += 1;
        count.1 += *size;
    }
    counts
}

fn count_of(size: Size) -> String {
    files(usize::try_from(size.files).unwrap_or(usize::MAX))
}

/// The plans, for people.
pub(crate) fn plans(plans: &[Plan]) -> String {
    let mut text = String::new();
    for plan in plans {
        let whose = if plan.is_own { " (zirc's own)" } else { "" };
        let rest = plan.before.bytes.saturating_sub(plan.removed.bytes);
        text += &format!(
            "{}{whose}: {} of {} to be removed, {} stays\n",
            paths::display(&plan.path),
            bytes(plan.removed.bytes),
            bytes(plan.before.bytes),
            bytes(rest),
        );
        let mut rows = Vec::new();
        for ((what, reason), (count, size)) in counts(plan) {
            let cells = [
                "",
                &count.to_string(),
                what,
                &bytes(size.bytes),
                why(reason),
            ];
            rows.push(cells.map(str::to_owned).to_vec());
        }
        text += &table(&rows);
        if plan.above_limit > 0 {
            text += &format!(
                "  that is {} above the limit: what else is there is kept, or may be needed\n",
                bytes(plan.above_limit)
            );
        }
        if plan.packages_left {
            text += "  packages stay: which are needed is not known (see --project)\n";
        }
        if plan.not_understood > 0 {
            text += &format!(
                "  outputs without a manifest stay: {} files in h/ are not understood\n",
                plan.not_understood
            );
        }
        problems(&plan.problems, &mut text);
    }
    text
}

/// What was done, for people.
pub(crate) fn done(collected: &[Collected]) -> String {
    let mut text = String::new();
    for Collected {
        path, users, done, ..
    } in collected
    {
        let path = paths::display(path);
        let users = users.iter().chain(done.iter().flat_map(|done| &done.users));
        if let Some(done) = done {
            text += &format!(
                "{path}: {}, {} removed\n",
                count_of(done.removed),
                bytes(done.removed.bytes)
            );
            if done.left > 0 {
                text += &format!("  {} were left: in use, or changed meanwhile\n", done.left);
            }
            problems(&done.problems, &mut text);
        }
        for user in users {
            text += &format!("{path}: left alone: {}\n", user.describe());
        }
    }
    text
}

#[derive(Serialize)]
struct JsonItem {
    what: &'static str,
    why: &'static str,
    /// The manifest's, if there is one.
    manifest: Option<String>,
    path: Option<String>,
    files: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct JsonPlan {
    bytes: u64,
    bytes_to_remove: u64,
    above_limit: u64,
    packages_left: bool,
    manifests_not_read: u64,
    remove: Vec<JsonItem>,
    problems: Vec<JsonProblem>,
    problem_count: u64,
}

#[derive(Serialize)]
struct JsonDone {
    number: u64,
    files: u64,
    bytes: u64,
    left: u64,
    problems: Vec<JsonProblem>,
    problem_count: u64,
}

#[derive(Serialize)]
struct JsonCollected {
    path: String,
    /// Who was at work there, so that it was left alone from then on.
    at_work: Vec<String>,
    /// Null where others were at work.
    plan: Option<JsonPlan>,
    /// Null if nothing was to be removed.
    done: Option<JsonDone>,
}

#[derive(Serialize)]
struct JsonAll {
    directories: Vec<JsonCollected>,
}

/// All of it as JSON.
pub(crate) fn json(collected: &[Collected]) -> io::Result<Vec<u8>> {
    let one = |collected: &Collected| {
        let done = collected.done.as_ref();
        let users = collected.users.iter();
        let users = users.chain(done.into_iter().flat_map(|done| &done.users));
        JsonCollected {
            path: paths::display(&collected.path),
            at_work: users.map(User::describe).collect(),
            plan: collected.plan.as_ref().map(json_plan),
            done: done.map(|done| JsonDone {
                number: done.count,
                files: done.removed.files,
                bytes: done.removed.bytes,
                left: done.left,
                problems: JsonProblem::list(&done.problems),
                problem_count: done.problems.count,
            }),
        }
    };
    let directories = collected.iter().map(one).collect();
    pretty(&JsonAll { directories })
}

fn json_plan(plan: &Plan) -> JsonPlan {
    let item = |(reason, holding): &(Why, Holding)| JsonItem {
        what: role(holding.role),
        why: why(*reason),
        manifest: (holding.manifest.as_ref()).map(|(name, _)| paths::display(name.as_ref())),
        path: (holding.thing.as_ref()).map(|(path, _)| paths::display(path)),
        files: holding.size.files,
        bytes: holding.size.bytes,
    };
    JsonPlan {
        bytes: plan.before.bytes,
        bytes_to_remove: plan.removed.bytes,
        above_limit: plan.above_limit,
        packages_left: plan.packages_left,
        manifests_not_read: plan.not_understood,
        remove: plan.remove.iter().map(item).collect(),
        problems: JsonProblem::list(&plan.problems),
        problem_count: plan.problems.count,
    }
}
