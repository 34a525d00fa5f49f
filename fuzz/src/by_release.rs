//! Which release an input is tried in.

use syntax::Release;
use zir::Generation;

// A byte that a text may begin with names no generation.
const _: () = assert!(Generation::COUNT < b'\t' as usize);

/// The releases that an input is tried in, one a generation, and the text that it consists of. The first
/// byte names a generation if it is below their number, and is not part of the text; a text without such a
/// byte, as a fixture is, is tried in all.
pub(crate) fn releases(input: &[u8]) -> (impl Iterator<Item = Release>, &[u8]) {
    let (generations, text) = match input.split_first() {
        Some((&first, text)) if usize::from(first) < Generation::COUNT => {
            (&Generation::ALL[usize::from(first)..][..1], text)
        }
        _ => (Generation::ALL, input),
    };
    (generations.iter().map(|g| g.newest_release()), text)
}

/// The input of a text that is tried in one release only, which a number decides.
pub(crate) fn of_one(text: &[u8], number: u32) -> Vec<u8> {
    let generation = number as usize % Generation::COUNT;
    let mut input = vec![u8::try_from(generation).expect("there are few")];
    input.extend_from_slice(text);
    input
}

/// The release that a number decides, one a generation.
pub(crate) fn numbered(number: usize) -> Release {
    Generation::ALL[number % Generation::COUNT].newest_release()
}
