//! Releases with the same front end, and ranges of them for tables.

use crate::{Release, Rules};

/// Releases that parse, lower and lay out alike, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Generation {
    /// 0.14.0 and 0.14.1.
    G14,
    /// 0.15.1 and 0.15.2.
    G15,
    /// 0.16.0.
    G16,
    /// 0.17.0.
    G17_0,
    /// 0.17.1: the instructions of 0.17.0 in another order.
    G17_1,
}

impl Generation {
    /// All of them, oldest first.
    pub const ALL: &'static [Generation] = &[
        Generation::G14,
        Generation::G15,
        Generation::G16,
        Generation::G17_0,
        Generation::G17_1,
    ];

    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// By which rules it works.
    #[inline]
    pub const fn rules(self) -> &'static Rules {
        &Rules::TABLE[self as usize]
    }

    /// The newest release of it.
    pub fn newest_release(self) -> Release {
        let of_it = |release: &&Release| release.generation() == self;
        // Each generation has a release: a test of the table holds it.
        *Release::ALL
            .iter()
            .rev()
            .find(of_it)
            .unwrap_or(&Release::NEWEST)
    }

    /// How the first release of it is named in text: `0.14`, `0.17.1`.
    pub const fn name(self) -> &'static str {
        match self {
            Generation::G14 => "0.14",
            Generation::G15 => "0.15",
            Generation::G16 => "0.16",
            Generation::G17_0 => "0.17.0",
            Generation::G17_1 => "0.17.1",
        }
    }
}

/// The generations from one on, up to and without another. [`generations!`](crate::generations) writes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// The first, `None` for the oldest there is.
    pub since: Option<Generation>,
    /// The first that no longer belongs to it, `None` if the newest does.
    pub until: Option<Generation>,
}

impl Range {
    /// All generations.
    pub const ALL: Range = Range {
        since: None,
        until: None,
    };

    /// Whether `generation` belongs to it.
    #[inline]
    pub const fn contains(self, generation: Generation) -> bool {
        let since = match self.since {
            Some(since) => generation as u8 >= since as u8,
            None => true,
        };
        let until = match self.until {
            Some(until) => (generation as u8) < until as u8,
            None => true,
        };
        since && until
    }
}

/// In words: `from 0.15 on`, `up to 0.16`, `0.15 to 0.16`, `0.15 only`, `always`. An end is named by the last
/// generation that belongs to the range.
impl core::fmt::Display for Range {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let before = |until: Generation| {
            let all = Generation::ALL.iter();
            all.take_while(|&&generation| generation != until).last()
        };
        let last = self.until.and_then(before).map(|last| last.name());
        match (self.since, last) {
            (Some(since), None) => write!(f, "from {} on", since.name()),
            (None, Some(last)) => write!(f, "up to {last}"),
            (Some(since), Some(last)) if since.name() == last => write!(f, "{last} only"),
            (Some(since), Some(last)) => write!(f, "{} to {last}", since.name()),
            (None, None) => f.write_str("always"),
        }
    }
}

/// The numbers of a table whose rows stand in one order that every generation keeps: of each generation the
/// numbers of the rows that it has, counted from 0.
pub const fn counted_numbers<const ROWS: usize>(
    ranges: &[Range; ROWS],
) -> [[Option<u8>; ROWS]; Generation::COUNT] {
    let mut numbers = [[None; ROWS]; Generation::COUNT];
    let mut g = 0;
    while g < Generation::COUNT {
        let (mut row, mut next) = (0, 0);
        while row < ROWS {
            if ranges[row].contains(Generation::ALL[g]) {
                numbers[g][row] = Some(next);
                next += 1;
            }
            row += 1;
        }
        g += 1;
    }
    numbers
}

/// Writes a [`Range`](crate::Range) as a row of a table has it: `generations!(..)` for all,
/// `generations!(G15..)`, `generations!(..G16)` without 0.16, `generations!(G15..G16)`.
#[macro_export]
macro_rules! generations {
    ($($since:ident)? .. $($until:ident)?) => {
        $crate::Range {
            since: $crate::generations!(@one $($since)?),
            until: $crate::generations!(@one $($until)?),
        }
    };
    (@one) => {
        ::core::option::Option::None
    };
    (@one $generation:ident) => {
        ::core::option::Option::Some($crate::Generation::$generation)
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_in_words() {
        assert_eq!(generations!(..).to_string(), "always");
        assert_eq!(generations!(G16..).to_string(), "from 0.16 on");
        assert_eq!(generations!(..G15).to_string(), "up to 0.14");
        assert_eq!(generations!(G15..G16).to_string(), "0.15 only");
        assert_eq!(generations!(G15..G17_0).to_string(), "0.15 to 0.16");
    }

    #[test]
    fn ranges_leave_out_their_end() {
        let of = |range: Range| -> Vec<&str> {
            let all = Generation::ALL.iter();
            all.filter(|&&g| range.contains(g))
                .map(|g| g.name())
                .collect()
        };
        assert_eq!(of(generations!(..)).len(), Generation::COUNT);
        assert_eq!(of(generations!(G16..)), ["0.16", "0.17.0", "0.17.1"]);
        assert_eq!(of(generations!(..G15)), ["0.14"]);
        assert_eq!(of(generations!(G15..G17_0)), ["0.15", "0.16"]);
    }

    #[test]
    fn numbers_are_counted() {
        let numbers = counted_numbers(&[Range::ALL, generations!(G15..), Range::ALL]);
        assert_eq!(numbers[0], [Some(0), None, Some(1)]);
        assert_eq!(numbers[1], [Some(0), Some(1), Some(2)]);
    }

    #[test]
    fn each_generation_has_a_newest_release() {
        for &generation in Generation::ALL {
            assert_eq!(generation.newest_release().generation(), generation);
        }
    }
}
