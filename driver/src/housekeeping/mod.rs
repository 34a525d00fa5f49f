//! What is changed in cache directories so that they stay in order, and nothing else: no build fails for it.
//!
//! A manifest is never removed while anybody may look at it: the reference opens one without waiting for its
//! lock, and where it cannot have that, opens it once more without making it, so that one removed in between
//! ends its build. It is emptied under its exclusive lock, which is a miss to every release.

mod packages;
mod plan;
mod removal;
mod repair;
mod users;

pub(crate) use packages::Packages;
pub(crate) use plan::{Limits, Plan, Why, plan};
pub(crate) use removal::{Done, carry_out};
pub(crate) use repair::{Outcome, Repair, repair};
pub(crate) use users::{User, sees_processes, wait_until_idle};
