//! What is to be removed, and why.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use cache_store::file::wall_clock_ns;

use super::packages::Packages;
use crate::inventory::{Holding, Holdings, Problems, Role, Size};
use crate::limits::{GRACE, OLD_EMPTY, OLD_TEMPORARY};

/// What is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    /// Bytes that a directory may take.
    pub(crate) max_size: Option<u64>,
    /// What was not used for longer goes.
    pub(crate) older_than: Option<Duration>,
    /// The newest results of each step that stay whatever the other limits say.
    pub(crate) keep_last: Option<usize>,
}

/// Why something goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Why {
    /// An earlier run has begun to remove it.
    Begun,
    /// It is in `tmp/`, and old.
    Unfinished,
    /// No manifest knows of it.
    Orphan,
    /// It is a manifest without anything in it, and old.
    Empty,
    /// It was not used for longer than is allowed.
    Old,
    /// There is too much.
    TooMuch,
}

/// What is to be done in one directory.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) path: PathBuf,
    pub(crate) is_own: bool,
    /// What is to be removed, in this order.
    pub(crate) remove: Vec<(Why, Holding)>,
    /// Everything that is there.
    pub(crate) before: Size,
    /// What of it goes.
    pub(crate) removed: Size,
    /// How much is above the limit after that, because it cannot be removed.
    pub(crate) above_limit: u64,
    /// Packages that are left because nobody said which projects there are.
    pub(crate) packages_left: bool,
    /// Manifests that are not understood, so that orphans are not known.
    pub(crate) not_understood: u64,
    pub(crate) problems: Problems,
}

/// Plans for a directory.
pub(crate) fn plan(holdings: Holdings, limits: &Limits, packages: &Packages) -> Plan {
    plan_at(holdings, limits, packages, wall_clock_ns())
}

fn plan_at(holdings: Holdings, limits: &Limits, packages: &Packages, now_ns: i128) -> Plan {
    let Holdings {
        path,
        is_own,
        all,
        total,
        not_understood,
        problems,
    } = holdings;
    // What is from the future was used now: a clock runs wrong.
    let age = |holding: &Holding| {
        let age_ns = u64::try_from((now_ns - holding.used_ns).max(0)).unwrap_or(u64::MAX);
        Duration::from_nanos(age_ns)
    };
    let is_kept = kept(&all, limits.keep_last.unwrap_or(0));
    let mut packages_left = false;
    let mut remove = Vec::new();
    let mut rest = Vec::new();
    let mut removed = Size::default();
    for (number, holding) in all.into_iter().enumerate() {
        let is_older = |than: Duration| age(&holding) > than;
        let is_old = limits.older_than.is_some_and(is_older);
        let may_go = match holding.role {
            Role::Package => {
                let is_left = !packages.is_unused(holding.thing.as_ref().map(|(path, _)| &**path));
                packages_left |= is_left && packages.is_unknown();
                !is_left
            }
            _ => !is_kept[number],
        };
        let why = match holding.role {
            Role::Gone => Some(Why::Begun),
            Role::Temporary if is_older(OLD_TEMPORARY) || is_old => Some(Why::Unfinished),
            Role::Orphan if is_older(GRACE) => Some(Why::Orphan),
            Role::Empty => is_older(OLD_EMPTY).then_some(Why::Empty),
            _ => (is_old && may_go).then_some(Why::Old),
        };
        match why {
            Some(why) => {
                removed += holding.size;
                remove.push((why, holding));
            }
            None if may_go && holding.role != Role::Empty => rest.push(holding),
            None => {}
        }
    }
    let mut above_limit = 0;
    if let Some(max) = limits.max_size {
        let left = |removed: Size| total.bytes.saturating_sub(removed.bytes);
        // What nobody can need first, then what was not used for longest.
        rest.sort_by_key(|holding| (group(holding.role), holding.used_ns));
        for holding in rest {
            if left(removed) <= max {
                break;
            }
            // It gives nothing back.
            if holding.size.bytes == 0 {
                continue;
            }
            removed += holding.size;
            remove.push((Why::TooMuch, holding));
        }
        above_limit = left(removed).saturating_sub(max);
    }
    Plan {
        path,
        is_own,
        remove,
        before: total,
        removed,
        above_limit,
        packages_left,
        not_understood,
        problems,
    }
}

/// What goes first where there is too much.
fn group(role: Role) -> u8 {
    match role {
        Role::Gone | Role::Temporary | Role::Orphan | Role::Empty => 0,
        Role::Result | Role::Entry | Role::Options => 1,
        // It has to be fetched again.
        Role::Package => 2,
    }
}

/// Which results are the newest of their step.
fn kept(all: &[Holding], count: usize) -> Vec<bool> {
    let mut kept = vec![false; all.len()];
    if count == 0 {
        return kept;
    }
    let mut by_root: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, holding) in all.iter().enumerate() {
        if let Some(root) = holding.root {
            by_root.entry(root).or_default().push(number);
        }
    }
    for mut numbers in by_root.into_values() {
        numbers.sort_by_key(|&number| std::cmp::Reverse(all[number].used_ns));
        for number in numbers.into_iter().take(count) {
            kept[number] = true;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i128 = 3_600_000_000_000;

    fn holding(role: Role, hours: i128, bytes: u64, root: Option<usize>) -> Holding {
        Holding {
            role,
            manifest: None,
            thing: None,
            size: Size { files: 1, bytes },
            used_ns: 1_000_000 * HOUR - hours * HOUR,
            root,
        }
    }

    fn plan_of(all: Vec<Holding>, limits: Limits) -> Plan {
        let mut total = Size::default();
        for holding in &all {
            total += holding.size;
        }
        let holdings = Holdings {
            path: PathBuf::new(),
            is_own: false,
            all,
            total,
            not_understood: 0,
            problems: Problems::default(),
        };
        plan_at(holdings, &limits, &Packages::default(), 1_000_000 * HOUR)
    }

    fn sizes(plan: &Plan) -> Vec<u64> {
        let bytes = |(_, holding): &(Why, Holding)| holding.size.bytes;
        plan.remove.iter().map(bytes).collect()
    }

    fn some() -> Vec<Holding> {
        vec![
            holding(Role::Result, 10, 1, Some(0)),
            holding(Role::Result, 30, 2, Some(0)),
            holding(Role::Result, 20, 4, Some(0)),
            holding(Role::Result, 40, 8, Some(1)),
            holding(Role::Entry, 25, 16, None),
            holding(Role::Orphan, 1, 32, None),
            holding(Role::Orphan, 0, 64, None),
            holding(Role::Temporary, 2, 128, None),
            holding(Role::Temporary, 0, 256, None),
            holding(Role::Package, 100, 512, None),
            holding(Role::Empty, 1, 0, None),
            holding(Role::Empty, 100, 0, None),
            // Of the future.
            holding(Role::Result, -1000, 1024, Some(2)),
        ]
    }

    #[test]
    fn without_limits_what_nobody_knows_goes() {
        let plan = plan_of(some(), Limits::default());
        assert_eq!(sizes(&plan), [32, 128, 0]);
        assert_eq!(plan.removed.bytes, 160);
        assert!(plan.packages_left);
    }

    #[test]
    fn what_is_old_goes_but_for_the_newest() {
        let older = |hours: u64, keep_last: Option<usize>| Limits {
            older_than: Some(Duration::from_secs(hours * 3600)),
            keep_last,
            ..Limits::default()
        };
        assert_eq!(
            sizes(&plan_of(some(), older(22, None))),
            [2, 8, 16, 32, 128, 0]
        );
        assert_eq!(
            sizes(&plan_of(some(), older(22, Some(1)))),
            [2, 16, 32, 128, 0]
        );
        assert_eq!(
            sizes(&plan_of(some(), older(5, Some(2)))),
            [2, 16, 32, 128, 0]
        );
    }

    #[test]
    fn what_is_too_much_goes_oldest_first() {
        let max = |max_size: u64| Limits {
            max_size: Some(max_size),
            ..Limits::default()
        };
        let all: u64 = (0..11).map(|bit| 1 << bit).sum();
        let gone = 32 + 128;
        assert_eq!(sizes(&plan_of(some(), max(all - gone))), [32, 128, 0]);
        // Of what nobody needs, the oldest first; those two are of now.
        assert_eq!(
            sizes(&plan_of(some(), max(all - gone - 1))),
            [32, 128, 0, 64]
        );
        let plan = plan_of(some(), max(1024 + 512 + 1 + 4));
        assert_eq!(sizes(&plan), [32, 128, 0, 64, 256, 8, 2, 16]);
        assert_eq!(plan.above_limit, 0);
        // Packages stay where nobody says which are needed.
        let plan = plan_of(some(), max(0));
        assert_eq!((plan.removed.bytes, plan.above_limit), (all - 512, 512));
    }
}
