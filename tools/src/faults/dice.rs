//! What a round decides by chance: the same for the same seed and number.

use fixtures::Rng;

/// A generator of choices.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Rng);

impl Dice {
    pub(crate) fn new(seed: u64, round: u64) -> Dice {
        Dice(Rng::new(seed, round))
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0.below(limit)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    pub(crate) fn shuffle<T>(&mut self, all: &mut [T]) {
        for i in (1..all.len()).rev() {
            all.swap(i, self.below(i + 1));
        }
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| self.below(256) as u8).collect()
    }

    /// At least one.
    pub(crate) fn some_bytes(&mut self, limit: usize) -> Vec<u8> {
        let len = 1 + self.below(limit);
        self.bytes(len)
    }

    /// A number below `few` in so many of a hundred cases, otherwise below `many`.
    pub(crate) fn below_mostly(&mut self, percent: usize, few: usize, many: usize) -> usize {
        let limit = if self.chance(percent) { few } else { many };
        self.below(limit)
    }
}
