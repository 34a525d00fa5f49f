//! Records in `extra`: where one is read, and every number in it looked at.
//!
//! A record is its fields one after another. Whether a field is there is told by a bit of the flags that the
//! record begins with; a list has its length before it, and one that a bit tells of is never empty.

use std::cell::Cell;

use release::{Generation, Range, counted_numbers, generations};

use super::arrays::{Arrays, Word};
use super::error::{Error, Problem, Unknown};

/// What stands for nothing, and as the owner of something for the project's own package.
pub(super) const NONE: u32 = u32::MAX;

/// A file, with what may still be read of it.
pub(super) struct File<'a> {
    pub(super) arrays: Arrays<'a>,
    pub(super) release: &'static str,
    pub(super) generation: Generation,
    /// Words. Each record belongs to one step and each list of steps is looked at once, so all of them
    /// together are no more than there are.
    budget: Cell<u64>,
}

/// A path that is known, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LazyPath {
    /// A file of a package.
    Source {
        /// The package.
        owner: u32,
        /// A string.
        sub_path: u32,
    },
    /// A file below one of the directories.
    Relative {
        /// Which one.
        base: Base,
        /// A string.
        sub_path: u32,
    },
    /// What a step makes.
    Generated {
        /// The generated file.
        index: u32,
        /// How many directories above it.
        up: u32,
        /// A string: what is below that.
        sub_path: u32,
    },
}

macro_rules! bases {
    ($($(#[doc = $doc:literal])+ $name:ident: [$($range:tt)*],)*) => {
        /// A directory that a path may be relative to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Base {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Base {
            const ALL: &'static [Base] = &[$(Base::$name,)*];
            const RANGES: [Range; Base::ALL.len()] = [$(generations!($($range)*),)*];
        }
    };
}

// In the order of their numbers, which are counted.
bases! {
    /// Where `zig build` runs.
    WorkingDir: [..],
    /// The project's cache directory.
    LocalCache: [..],
    /// The user's.
    GlobalCache: [..],
    /// Where `build.zig` is.
    BuildRoot: [..],
    /// The compiler itself, which nothing is below.
    ZigExe: [..],
    /// The compiler's lib directory.
    ZigLib: [..],
    /// Where what is made is installed.
    InstallPrefix: [..],
    /// The folder of libraries in it.
    InstallLib: [..],
    /// The folder of executables in it.
    InstallBin: [..],
    /// The folder of headers in it.
    InstallInclude: [..],
    /// Where that will be on the machine that it is for.
    DeployedPrefix: [G17_1..],
    /// The folder of libraries in it.
    DeployedLib: [G17_1..],
    /// The folder of executables in it.
    DeployedBin: [G17_1..],
    /// The folder of headers in it.
    DeployedInclude: [G17_1..],
    /// What `--libc-runtimes` names.
    LibcRuntimes: [..],
}

impl Base {
    fn of(number: u32, generation: Generation) -> Option<Base> {
        const NUMBERS: [[Option<u8>; Base::ALL.len()]; Generation::COUNT] =
            counted_numbers(&Base::RANGES);
        let numbers = &NUMBERS[generation as usize];
        let row = numbers
            .iter()
            .position(|n| n.is_some_and(|n| u32::from(n) == number))?;
        Some(Base::ALL[row])
    }
}

impl<'a> File<'a> {
    pub(super) fn new(arrays: Arrays<'a>, release: release::Release) -> File<'a> {
        File {
            // Room for a record that a later writer might share.
            budget: Cell::new(2 * arrays.extra_len() as u64),
            arrays,
            release: release.as_str(),
            generation: release.generation(),
        }
    }

    /// Begins to read a record.
    pub(super) fn at(&self, at: u32) -> Cursor<'a, '_> {
        Cursor {
            file: self,
            at: at as usize,
        }
    }

    pub(super) fn unknown(&self, unknown: Unknown) -> Error {
        let release = self.release;
        Error::Unknown { release, unknown }
    }

    /// A path.
    pub(super) fn lazy_path(&self, at: u32) -> Result<LazyPath, Error> {
        let at = at as usize;
        let flags = self.arrays.word(at)?;
        let second = self.arrays.word(at + 1)?;
        let bad_flags = || self.unknown(Unknown::Flags(flags, "a path"));
        let string = |at: usize| {
            let string = self.arrays.word(at)?;
            self.arrays.check_string(string)?;
            Ok::<_, Error>(string)
        };
        match flags & 0xff {
            0 if flags != 0 => Err(bad_flags()),
            0 => Ok(LazyPath::Source {
                owner: self.package(second)?,
                sub_path: string(at + 2)?,
            }),
            1 if flags >> 16 != 0 => Err(bad_flags()),
            1 => {
                let number = flags >> 8;
                let base = Base::of(number, self.generation);
                Ok(LazyPath::Relative {
                    base: base.ok_or_else(|| self.unknown(Unknown::Base(number)))?,
                    sub_path: string(at + 1)?,
                })
            }
            2 => Ok(LazyPath::Generated {
                index: self.generated(second)?,
                up: flags >> 8,
                sub_path: string(at + 2)?,
            }),
            kind => Err(self.unknown(Unknown::Path(kind))),
        }
    }

    /// A package, looked at: a prefix, a hash and a path, all of them strings.
    fn package(&self, at: u32) -> Result<u32, Error> {
        if at != NONE {
            for word in self.arrays.words(at as usize, 3)? {
                self.arrays.check_string(u32::from_ne_bytes(*word))?;
            }
        }
        Ok(at)
    }

    fn generated(&self, index: u32) -> Result<u32, Error> {
        match index < self.arrays.generated_len() {
            true => Ok(index),
            false => Err(Problem::Generated.into()),
        }
    }
}

/// Where in a record it is being read.
pub(super) struct Cursor<'a, 'f> {
    file: &'f File<'a>,
    at: usize,
}

impl<'a> Cursor<'a, '_> {
    fn take(&mut self, len: usize) -> Result<&'a [Word], Error> {
        let words = self.file.arrays.words(self.at, len)?;
        let budget = &self.file.budget;
        let left = budget.get().checked_sub(len as u64);
        budget.set(left.ok_or(Problem::Overlap)?);
        self.at += len;
        Ok(words)
    }

    /// Any word.
    pub(super) fn word(&mut self) -> Result<u32, Error> {
        let word = self.take(1)?;
        Ok(u32::from_ne_bytes(word[0]))
    }

    /// Words that are passed over.
    pub(super) fn skip(&mut self, len: usize) -> Result<(), Error> {
        self.take(len).map(|_| ())
    }

    /// A string.
    pub(super) fn string(&mut self) -> Result<u32, Error> {
        let string = self.word()?;
        self.file.arrays.check_string(string)?;
        Ok(string)
    }

    /// A path.
    pub(super) fn lazy_path(&mut self) -> Result<u32, Error> {
        let path = self.word()?;
        self.file.lazy_path(path)?;
        Ok(path)
    }

    /// A step.
    pub(super) fn step(&mut self) -> Result<u32, Error> {
        let step = self.word()?;
        match (step as usize) < self.file.arrays.steps_len() {
            true => Ok(step),
            false => Err(Problem::Step.into()),
        }
    }

    /// A generated file.
    pub(super) fn generated(&mut self) -> Result<u32, Error> {
        let index = self.word()?;
        self.file.generated(index)
    }

    /// Bytes.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let (at, len) = (self.word()?, self.word()?);
        Ok(self.file.arrays.bytes(at, len)?)
    }

    /// A list behind its length.
    pub(super) fn list<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let len = self.word()?;
        // Each element takes a word at least, so a length that is made up ends soon.
        let mut list = Vec::new();
        for _ in 0..len {
            list.push(element(self)?);
        }
        Ok(list)
    }

    /// The same, but looked at only.
    pub(super) fn each<T>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<(), Error> {
        for _ in 0..self.word()? {
            element(self)?;
        }
        Ok(())
    }

    /// A field that is there if `is_there`.
    pub(super) fn when<T>(
        &mut self,
        is_there: bool,
        field: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match is_there {
            true => field(self).map(Some),
            false => Ok(None),
        }
    }

    /// Flags of which `used` bits mean something, the lowest of them.
    pub(super) fn flags(&mut self, used: u32, of: &'static str) -> Result<u32, Error> {
        let flags = self.word()?;
        match flags.checked_shr(used).unwrap_or(0) {
            0 => Ok(flags),
            _ => Err(self.file.unknown(Unknown::Flags(flags, of))),
        }
    }

    pub(super) fn file(&self) -> &File<'a> {
        self.file
    }
}

/// A bit of flags.
pub(super) fn bit(flags: u32, number: u32) -> bool {
    flags >> number & 1 != 0
}

/// Some bits of flags.
pub(super) fn bits(flags: u32, number: u32, len: u32) -> u32 {
    flags >> number & ((1 << len) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_directories() {
        use Generation::{G17_0, G17_1};
        for (generation, number, base) in [
            (G17_0, 0, Some(Base::WorkingDir)),
            (G17_0, 9, Some(Base::InstallInclude)),
            (G17_0, 10, Some(Base::LibcRuntimes)),
            (G17_0, 11, None),
            (G17_1, 9, Some(Base::InstallInclude)),
            (G17_1, 10, Some(Base::DeployedPrefix)),
            (G17_1, 13, Some(Base::DeployedInclude)),
            (G17_1, 14, Some(Base::LibcRuntimes)),
            (G17_1, 15, None),
        ] {
            assert_eq!(
                Base::of(number, generation),
                base,
                "{generation:?} {number}"
            );
        }
    }
}
