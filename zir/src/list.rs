//! Runs of words in `extra` that are all of one kind.

use std::fmt;
use std::marker::PhantomData;

use release::Generation;
use zerocopy::byteorder::native_endian::U32;

use crate::Format;
use crate::index::{Index, NullTerminatedString, Ref};

/// A kind of word that any number can be.
pub trait FromWord: Copy {
    /// From the word.
    fn from_word(format: &Format, word: u32) -> Self;
}

impl FromWord for u32 {
    #[inline]
    fn from_word(_format: &Format, word: u32) -> Self {
        word
    }
}
impl FromWord for Ref {
    #[inline]
    fn from_word(format: &Format, word: u32) -> Self {
        format.ref_of(word)
    }
}
impl FromWord for Index {
    #[inline]
    fn from_word(_format: &Format, word: u32) -> Self {
        Index(word)
    }
}
impl FromWord for NullTerminatedString {
    #[inline]
    fn from_word(_format: &Format, word: u32) -> Self {
        NullTerminatedString(word)
    }
}

/// A run of words of one kind, and where it stands.
pub struct List<'a, T> {
    format: &'static Format,
    start: u32,
    words: &'a [U32],
    kind: PhantomData<fn() -> T>,
}

/// The instructions of a body, in the order in which they are analysed.
pub type Body<'a> = List<'a, Index>;
/// References.
pub type Refs<'a> = List<'a, Ref>;
/// Strings.
pub type Strings<'a> = List<'a, NullTerminatedString>;

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for List<'_, T> {}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        List {
            format: Format::of(Generation::G14),
            start: 0,
            words: &[],
            kind: PhantomData,
        }
    }
}

impl<'a, T: FromWord> List<'a, T> {
    pub(crate) fn new(format: &'static Format, start: u32, words: &'a [U32]) -> Self {
        List {
            format,
            start,
            words,
            kind: PhantomData,
        }
    }

    /// Index in `extra` of the first word.
    #[inline]
    pub fn start(&self) -> u32 {
        self.start
    }

    /// The same words as another kind.
    #[inline]
    pub(crate) fn cast<U: FromWord>(&self) -> List<'a, U> {
        List::new(self.format, self.start, self.words)
    }

    /// Number of words.
    #[inline]
    pub fn len(&self) -> u32 {
        self.words.len() as u32
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// One of them.
    #[inline]
    pub fn get(&self, index: u32) -> Option<T> {
        let word = self.words.get(index as usize)?;
        Some(T::from_word(self.format, word.get()))
    }

    /// The last of them.
    #[inline]
    pub fn last(&self) -> Option<T> {
        Some(T::from_word(self.format, self.words.last()?.get()))
    }

    /// All of them.
    #[inline]
    pub fn iter(
        &self,
    ) -> impl ExactSizeIterator<Item = T> + DoubleEndedIterator + Clone + use<'a, T> {
        let format = self.format;
        let words = self.words.iter();
        words.map(move |word| T::from_word(format, word.get()))
    }

    /// Part of the list; none where it is not that long.
    pub fn slice(&self, start: u32, end: u32) -> Option<List<'a, T>> {
        let words = self.words.get(start as usize..end as usize)?;
        Some(List::new(self.format, self.start + start, words))
    }
}

impl<T: FromWord + fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
