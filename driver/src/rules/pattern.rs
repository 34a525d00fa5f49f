//! Wordings with gaps, and the texts that fit them.

use memchr::memmem;

/// A wording, taken apart at its gaps.
#[derive(Debug)]
pub(super) struct Pattern {
    first: &'static [u8],
    /// What follows each gap. The last of them ends the text.
    rest: Vec<&'static [u8]>,
}

impl Pattern {
    pub(super) fn new(text: &'static str) -> Pattern {
        let mut parts = text.split("{}").map(str::as_bytes);
        Pattern {
            first: parts.next().unwrap_or_default(),
            rest: parts.collect(),
        }
    }

    /// Bytes of text outside its gaps.
    pub(super) fn own_len(&self) -> usize {
        let rest = self.rest.iter().map(|part| part.len());
        self.first.len() + rest.sum::<usize>()
    }

    /// Whether a text is of this wording, with anything in its gaps.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        let Some((last, middle)) = self.rest.split_last() else {
            return text == self.first;
        };
        let begun = text.strip_prefix(self.first);
        let Some(mut inside) = begun.and_then(|text| text.strip_suffix(*last)) else {
            return false;
        };
        // The first place that fits leaves the most for those that follow.
        for part in middle {
            match memmem::find(inside, part) {
                Some(at) => inside = &inside[at + part.len()..],
                None => return false,
            }
        }
        true
    }
}
