//! Processes at once.

use super::lab::{Done, Lab, Result};
use super::run::{Answer, How, Ran, Running};

/// A number of processes at once, each of which must be right unless it was killed.
pub(crate) fn at_once(lab: &mut Lab, how: impl Fn(&mut Lab) -> How) -> Result<()> {
    let expected = lab.expected()?;
    let hows: Vec<How> = (0..2 + lab.dice.below(4)).map(|_| how(lab)).collect();
    let running = hows
        .iter()
        .map(|how| lab.spawn(how))
        .collect::<Result<Vec<_>>>()?;
    all_right(lab, running, &expected)
}

/// Waits for processes, each of which must come to what is expected unless it was killed.
pub(crate) fn all_right(lab: &Lab, running: Vec<Running>, expected: &Answer) -> Result<()> {
    // All have to be waited for, whatever is wrong with one of them.
    let ran: Vec<Result<Ran>> = running
        .into_iter()
        .map(|running| lab.wait(running))
        .collect();
    for ran in ran {
        let ran = ran?;
        if !ran.was_killed() {
            ran.expect(expected)?;
        }
    }
    Ok(())
}

/// Processes at once with the library preloaded, each with settings of its own, and again, with edits
/// between. Where there is no such library they run without.
pub(crate) fn shimmed<const N: usize>(
    lab: &mut Lab,
    settings: impl Fn(&mut Lab) -> [(&'static str, String); N],
) -> Result<Done> {
    for _ in 0..1 + lab.dice.below(3) {
        at_once(lab, |lab| {
            let mut how = lab.any_way();
            let settings = settings(lab);
            how.env = lab.shim(&settings).unwrap_or_default();
            how
        })?;
        if lab.dice.chance(50) {
            lab.edit();
        }
    }
    Ok(Done::Tried)
}
