//! The file as its arrays, as they stand in it.
//!
//! There is no magic and no version. It begins with eleven words: the lengths of the eight arrays (the first
//! in bytes), the default step, how many generated files there are, and flags. The arrays follow in that
//! order with nothing between them. Words have the byte order of the machine, and nothing is aligned.

use super::error::{Error, Problem, Unknown};

/// A word as it stands in the file.
pub(super) type Word = [u8; 4];

/// Words of the header.
const HEADER_WORDS: usize = 11;

/// The header's only flag: whoever configured the build did what nobody can follow, so it holds for once
/// only.
const IS_POISONED: u32 = 1;

/// What the strings begin with: number 0 is empty, number 1 is this.
const FIRST_STRINGS: &[u8] = b"\0root\0";

/// A step as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// A string.
    pub(super) name: u32,
    /// A package.
    pub(super) owner: u32,
    /// Where the list of the steps before it begins in `extra`.
    pub(super) deps: u32,
    /// Where its record begins in `extra`.
    pub(super) record: u32,
}

/// The arrays. Numbers in them are looked at by whoever follows them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrays<'a> {
    strings: &'a [u8],
    /// Where the last zero byte ends: behind it no string begins.
    strings_end: usize,
    steps: &'a [[u8; 20]],
    /// Hashes of packages that were asked for and are not there.
    unlazy: &'a [Word],
    extra: &'a [Word],
    generated_len: u32,
    is_poisoned: bool,
}

impl<'a> Arrays<'a> {
    /// The arrays of a file of `release`.
    pub(super) fn parse(bytes: &'a [u8], release: &'static str) -> Result<Arrays<'a>, Error> {
        let (header, mut rest) = bytes
            .split_first_chunk::<{ HEADER_WORDS * 4 }>()
            .ok_or(Problem::Header)?;
        let (words, _) = header.as_chunks();
        let word = |number: usize| u32::from_ne_bytes(words[number]);
        // Strings, steps, paths that were read, packages that lack, system libraries, options, directories of
        // libraries, records.
        let sizes = [1u64, 20, 12, 4, 8, 16, 4, 4];
        let lens: [u64; 8] = std::array::from_fn(|i| u64::from(word(i)) * sizes[i]);
        if lens.iter().sum::<u64>() != rest.len() as u64 {
            return Err(Problem::Length.into());
        }
        let mut arrays: [&[u8]; 8] = [&[]; 8];
        for (array, len) in arrays.iter_mut().zip(lens) {
            // The sum is that of a slice, so each fits.
            (*array, rest) = rest.split_at_checked(len as usize).ok_or(Problem::Length)?;
        }
        let [strings, steps, paths, unlazy, _, options, prefixes, extra] = arrays;
        let (default_step, generated_len, flags) = (word(8), word(9), word(10));
        if !strings.starts_with(FIRST_STRINGS) {
            return Err(Problem::Strings.into());
        }
        if flags & !IS_POISONED != 0 {
            let unknown = Unknown::Flags(flags, "the file");
            return Err(Error::Unknown { release, unknown });
        }
        let arrays = Arrays {
            strings,
            strings_end: memchr::memrchr(0, strings).map_or(0, |last| last + 1),
            steps: steps.as_chunks().0,
            unlazy: unlazy.as_chunks().0,
            extra: extra.as_chunks().0,
            generated_len,
            is_poisoned: flags & IS_POISONED != 0,
        };
        if default_step as usize >= arrays.steps.len() {
            return Err(Problem::Step.into());
        }
        // What nobody follows here tells as well whether it is such a file.
        let first_word = |array: &'a [u8], words: usize| {
            let (chunks, _) = array.as_chunks();
            chunks.iter().step_by(words).map(|w| u32::from_ne_bytes(*w))
        };
        let (sub_paths, _) = paths.get(4..).unwrap_or_default().as_chunks();
        let sub_paths = sub_paths.iter().step_by(3).map(|w| u32::from_ne_bytes(*w));
        let named = first_word(unlazy, 1)
            .chain(first_word(options, 4))
            .chain(first_word(prefixes, 1))
            .chain(sub_paths);
        for string in named {
            arrays.check_string(string)?;
        }
        Ok(arrays)
    }

    /// All steps.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.iter().map(|bytes| {
            let (words, _) = bytes.as_chunks();
            // The word left out is how much memory the step takes.
            let [name, owner, deps, record] = [0, 1, 2, 4].map(|i| u32::from_ne_bytes(words[i]));
            Step {
                name,
                owner,
                deps,
                record,
            }
        })
    }

    /// How many steps there are.
    pub(super) fn steps_len(&self) -> usize {
        self.steps.len()
    }

    /// Strings: hashes of packages that were asked for and are not there.
    pub(super) fn unlazy(&self) -> impl Iterator<Item = u32> {
        self.unlazy.iter().map(|word| u32::from_ne_bytes(*word))
    }

    /// How many generated files are numbered.
    pub(super) fn generated_len(&self) -> u32 {
        self.generated_len
    }

    /// How many words the records have.
    pub(super) fn extra_len(&self) -> usize {
        self.extra.len()
    }

    /// Whether it holds for once only.
    pub(super) fn is_poisoned(&self) -> bool {
        self.is_poisoned
    }

    /// A word of a record.
    pub(super) fn word(&self, at: usize) -> Result<u32, Problem> {
        let word = self.extra.get(at).ok_or(Problem::Record)?;
        Ok(u32::from_ne_bytes(*word))
    }

    /// Words of records.
    pub(super) fn words(&self, at: usize, len: usize) -> Result<&'a [Word], Problem> {
        let words = self.extra.get(at..).and_then(|extra| extra.get(..len));
        words.ok_or(Problem::Record)
    }

    /// Whether a string is one.
    pub(super) fn check_string(&self, string: u32) -> Result<(), Problem> {
        match (string as usize) < self.strings_end {
            true => Ok(()),
            false => Err(Problem::String),
        }
    }

    /// A string, without its zero byte.
    pub(super) fn string(&self, string: u32) -> Result<&'a [u8], Problem> {
        let from = self.strings.get(string as usize..);
        let from = from.ok_or(Problem::String)?;
        let len = memchr::memchr(0, from).ok_or(Problem::String)?;
        Ok(&from[..len])
    }

    /// Bytes that may be any.
    pub(super) fn bytes(&self, at: u32, len: u32) -> Result<&'a [u8], Problem> {
        let bytes = self.strings.get(at as usize..);
        let bytes = bytes.and_then(|bytes| bytes.get(..len as usize));
        bytes.ok_or(Problem::Bytes)
    }
}
