//! Arrays and tables of the generator, kept for the next file of the same thread.
//!
//! Most files are short, and asking for two dozen arrays, which grow besides, takes as long as a good part of
//! what is then done with them. Only room is kept: nothing of a file can be seen in the next one's ZIR.

use std::cell::RefCell;

use syntax::TokenIndex;
use zir::{Data, Index, NullTerminatedString};

use crate::fixups::RefTable;
use crate::genzir::Blocks;
use crate::labels::OpenLabels;
use crate::result::DestructureComponent;
use crate::rl_annotate::RlNeededSet;
use crate::scope::{NameMap, Namespaces, Scopes};
use crate::src_hash::SrcHasher;
use crate::strings::StringTable;

thread_local! {
    static SPARE: RefCell<Option<Box<Spare>>> = const { RefCell::new(None) };
}

/// What a generator begins with, all of it empty.
#[derive(Default)]
pub(crate) struct Spare {
    pub(crate) nodes_need_rl: RlNeededSet,
    pub(crate) tags: Vec<u8>,
    pub(crate) data: Vec<Data>,
    pub(crate) extra: Vec<u32>,
    pub(crate) string_bytes: Vec<u8>,
    pub(crate) imports: Vec<(NullTerminatedString, TokenIndex)>,
    pub(crate) import_names: NameMap,
    pub(crate) string_table: StringTable,
    pub(crate) blocks: Blocks,
    pub(crate) open_labels: OpenLabels,
    pub(crate) scopes: Scopes,
    pub(crate) namespaces: Namespaces,
    pub(crate) name_maps: Vec<NameMap>,
    pub(crate) flags: Vec<bool>,
    pub(crate) destructure_components: Vec<DestructureComponent>,
    pub(crate) stack: Vec<Index>,
    pub(crate) scratch: Vec<u32>,
    pub(crate) ref_table: RefTable,
    pub(crate) line_starts: Vec<u32>,
    pub(crate) src_hasher: SrcHasher,
}

impl Spare {
    /// What is kept, which is kept no more. The first time, and at the end of a thread, that is nothing.
    /// In a box, as all of it together is more than a kilobyte to be moved.
    pub(crate) fn take() -> Box<Spare> {
        let kept = SPARE.try_with(RefCell::take);
        kept.ok().flatten().unwrap_or_default()
    }

    /// Keeps this. Each part must have been emptied.
    pub(crate) fn keep(self: Box<Self>) {
        let _ = SPARE.try_with(|spare| spare.replace(Some(self)));
    }

    /// Adds to what is kept, where it is.
    pub(crate) fn add(work: impl FnOnce(&mut Spare)) {
        let _ = SPARE.try_with(|spare| work(spare.borrow_mut().get_or_insert_default()));
    }
}
