//! What is found and learned in the runs over a document.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::node::NodeIndex;
use crate::typed::error::Item;

/// Which variants of an enum hold nothing, as far as that is known.
#[derive(Default)]
pub(crate) struct Kinds(Vec<Option<bool>>);

impl Kinds {
    /// Whether that is news.
    fn learn(&mut self, variant: usize, is_unit: bool) -> bool {
        self.0
            .get_mut(variant)
            .is_some_and(|kind| kind.replace(is_unit).is_none())
    }

    /// The variant to make up: one that is not known yet, else one that holds nothing.
    pub(crate) fn choose(&self) -> usize {
        let unknown = self.0.iter().position(Option::is_none);
        unknown
            .or_else(|| self.0.iter().position(|kind| *kind == Some(true)))
            .unwrap_or(0)
    }

    pub(super) fn is_union(&self) -> Option<bool> {
        if self.0.contains(&Some(false)) {
            return Some(true);
        }
        (!self.0.contains(&None)).then_some(false)
    }
}

/// What the runs over a document find and learn.
#[derive(Default)]
pub(crate) struct State {
    /// The errors of this run.
    pub(super) items: Vec<Item>,
    /// Errors of earlier runs in what is no longer looked at.
    pub(super) kept: Vec<Item>,
    kinds: BTreeMap<(&'static str, usize), Kinds>,
    /// Fields that a type cannot do without.
    pub(super) required: BTreeSet<(&'static str, &'static str)>,
    /// Enums that are known to have no variant for all other names, by their visitor and their variants.
    pub(super) closed: BTreeSet<(&'static str, usize)>,
    /// Visitors of enums with an adjacent tag: which fields they need depends on the tag.
    pub(super) adjacent: BTreeSet<&'static str>,
    /// Nodes that are not looked at, with the message if there is one.
    pub(super) given_up: BTreeMap<NodeIndex, Option<String>>,
    /// Elements that are not looked at and have no value to stand in.
    pub(super) left_out: BTreeSet<NodeIndex>,
    /// Nodes where nothing can be said before it is known what the other variants of their enum hold.
    pub(super) probe: BTreeSet<NodeIndex>,
    /// Whether the next run will know more than this one.
    pub(super) learned: bool,
    /// Whether a message depends on what is not known.
    pub(super) uncertain: bool,
}

impl State {
    pub(crate) fn kinds_of(&mut self, variants: &'static [&'static str]) -> &mut Kinds {
        // One list of names may serve two enums; the name is not known here, and the worst of it is a wrong
        // word in a message.
        let key = (
            variants.first().copied().unwrap_or_default(),
            variants.as_ptr() as usize,
        );
        self.kinds
            .entry(key)
            .or_insert_with(|| Kinds(vec![None; variants.len()]))
    }

    pub(crate) fn learn(
        &mut self,
        variants: &'static [&'static str],
        variant: usize,
        is_unit: bool,
    ) {
        if self.kinds_of(variants).learn(variant, is_unit) {
            self.learned = true;
        }
    }
}
