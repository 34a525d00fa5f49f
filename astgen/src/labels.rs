//! The labels of open blocks by name, so that a new one need not be compared with each of them.

use std::hash::BuildHasher;

use hashbrown::HashMap;
use syntax::TokenIndex;

use crate::r#gen::AstGen;
use crate::genzir::Label;
use crate::ids::BlockId;
use crate::room::{emptied, emptied_map};

/// The label of a block that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    block: BlockId,
    /// Of its text; none if that is quoted, and may spell whatever name.
    hash: Option<u64>,
}

/// Which labels are open. One that is not is not missing here; the other way round it may be.
#[derive(Default, Debug)]
pub(crate) struct OpenLabels {
    open: Vec<Open>,
    /// How many have each hash.
    by_hash: HashMap<Option<u64>, u32, foldhash::fast::FixedState>,
}

impl OpenLabels {
    /// The same for another file.
    pub(crate) fn emptied(self) -> OpenLabels {
        OpenLabels {
            open: emptied(self.open),
            by_hash: emptied_map(self.by_hash),
        }
    }

    /// Forgets the labels of blocks from the `blocks`th on, which are no more.
    pub(crate) fn truncate(&mut self, blocks: usize) {
        while let Some(&Open { block, hash }) = self.open.last()
            && block.0 as usize >= blocks
        {
            self.open.pop();
            if let Some(count) = self.by_hash.get_mut(&hash) {
                *count -= 1;
                if *count == 0 {
                    self.by_hash.remove(&hash);
                }
            }
        }
    }

    /// Whether a label with this hash may be open.
    fn may_have(&self, hash: Option<u64>) -> bool {
        !self.open.is_empty()
            && (hash.is_none()
                || self.by_hash.contains_key(&hash)
                || self.by_hash.contains_key(&None))
    }
}

impl AstGen<'_> {
    fn label_hash(&self, label: TokenIndex) -> Option<u64> {
        let text = self.tree.token_slice(label);
        (text.first() != Some(&b'@')).then(|| self.open_labels.by_hash.hasher().hash_one(text))
    }

    /// Gives a block its label.
    pub(crate) fn set_label(&mut self, block: BlockId, label: Label) {
        let hash = self.label_hash(label.token);
        self.blocks[block].label = Some(label);
        self.open_labels.open.push(Open { block, hash });
        *self.open_labels.by_hash.entry(hash).or_default() += 1;
    }

    /// Whether a block around may have the label; if not, none has.
    pub(crate) fn may_be_open(&self, label: TokenIndex) -> bool {
        self.open_labels.may_have(self.label_hash(label))
    }
}
