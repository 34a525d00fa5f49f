//! Bodies: lists of instructions as they go into `extra`. A `ref` instruction is not placed when it is made;
//! it follows its operand in whichever body that lands, so that it comes before all its uses.

use std::ops::Range;

use smallvec::SmallVec;
use syntax::NodeIndex;
use zir::{Index, Payload, Ref, SimpleComptimeReason, Tag, payload};

use crate::r#gen::AstGen;
use crate::ids::BlockId;
use crate::room::is_much;

/// Instructions of which there mostly are few, as a function's parameters are.
pub(crate) type FewInsts = SmallVec<[Index; 8]>;

/// Operand to its `ref` instruction, for those not placed in a body yet.
///
/// Every instruction of every body is asked for, and some bodies twice: this is a list by operand and no map.
#[derive(Default, Debug)]
pub(crate) struct RefTable {
    /// The `ref` of each operand, [`RefTable::ABSENT`] where there is none.
    refs: Vec<u32>,
    len: usize,
}

impl RefTable {
    /// No `ref` has this index: it is that of the file's struct.
    const ABSENT: u32 = Index::MAIN_STRUCT_INST.0;

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The same for another file.
    pub(crate) fn emptied(mut self) -> RefTable {
        if is_much(&self.refs) {
            return RefTable::default();
        }
        // Nearly always every `ref` has been placed.
        if self.len != 0 {
            self.refs.fill(Self::ABSENT);
            self.len = 0;
        }
        self
    }

    #[inline]
    pub(crate) fn get(&self, operand: Index) -> Option<Index> {
        match self.refs.get(operand.0 as usize) {
            Some(&Self::ABSENT) | None => None,
            Some(&inst) => Some(Index(inst)),
        }
    }

    pub(crate) fn insert(&mut self, operand: Index, inst: Index) {
        debug_assert_ne!(inst.0, Self::ABSENT);
        let place = operand.0 as usize;
        if place >= self.refs.len() {
            self.refs
                .resize((place + 1).next_power_of_two(), Self::ABSENT);
        }
        self.len += usize::from(self.refs[place] == Self::ABSENT);
        self.refs[place] = inst.0;
    }

    #[inline]
    fn remove(&mut self, operand: Index) -> Option<Index> {
        let inst = self.get(operand)?;
        self.refs[operand.0 as usize] = Self::ABSENT;
        self.len -= 1;
        Some(inst)
    }
}

impl AstGen<'_> {
    /// Appends the body `range` of the shared list to `extra`.
    pub(crate) fn append_body_with_fixups(&mut self, range: Range<usize>) {
        self.append_body_with_fixups_extra_refs(range, &[]);
    }

    /// As [`AstGen::append_body_with_fixups`], to the scratch list.
    pub(crate) fn append_body_with_fixups_to_scratch(&mut self, range: Range<usize>) {
        self.append_body_with_fixups_extra_refs_to_scratch(range, &[]);
    }

    /// As [`AstGen::append_body_with_fixups_extra_refs`], to the scratch list.
    #[inline(always)]
    pub(crate) fn append_body_with_fixups_extra_refs_to_scratch(
        &mut self,
        range: Range<usize>,
        extra_refs: &[Index],
    ) {
        if self.ref_table.is_empty() {
            self.scratch
                .extend(self.stack[range].iter().map(|inst| inst.0));
            return;
        }
        for inst in extra_refs {
            if let Some(ref_inst) = self.ref_table.remove(*inst) {
                append_possibly_refd(&mut self.ref_table, &mut self.scratch, ref_inst);
            }
        }
        for i in range {
            let inst = self.stack[i];
            append_possibly_refd(&mut self.ref_table, &mut self.scratch, inst);
        }
    }

    /// Appends the `ref`s of `extra_refs`, then the body `range` of the shared list, to `extra`.
    #[inline(always)]
    pub(crate) fn append_body_with_fixups_extra_refs(
        &mut self,
        range: Range<usize>,
        extra_refs: &[Index],
    ) {
        if self.ref_table.is_empty() {
            self.extra
                .extend(self.stack[range].iter().map(|inst| inst.0));
            return;
        }
        for inst in extra_refs {
            if let Some(ref_inst) = self.ref_table.remove(*inst) {
                append_possibly_refd(&mut self.ref_table, &mut self.extra, ref_inst);
            }
        }
        for i in range {
            let inst = self.stack[i];
            append_possibly_refd(&mut self.ref_table, &mut self.extra, inst);
        }
    }

    /// Appends the given instructions, each followed by its `ref`s, to `extra`.
    pub(crate) fn append_insts_with_fixups(&mut self, insts: &[Index]) {
        for &inst in insts {
            append_possibly_refd(&mut self.ref_table, &mut self.extra, inst);
        }
    }

    /// The length of the body `range` once `ref`s are in it.
    pub(crate) fn count_body_len_after_fixups(&self, range: Range<usize>) -> u32 {
        self.count_body_len_after_fixups_extra_refs(range, &[])
    }

    /// The length of the body `range` with the `ref`s of `extra_refs` before it.
    pub(crate) fn count_body_len_after_fixups_extra_refs(
        &self,
        range: Range<usize>,
        extra_refs: &[Index],
    ) -> u32 {
        let mut count = range.len() as u32;
        if !self.ref_table.is_empty() {
            for &inst in self.stack[range].iter().chain(extra_refs) {
                count += self.refs_of(inst);
            }
        }
        count
    }

    /// The length of the given instructions once `ref`s are among them.
    pub(crate) fn count_insts_len_after_fixups(&self, insts: &[Index]) -> u32 {
        insts.len() as u32 + insts.iter().map(|&inst| self.refs_of(inst)).sum::<u32>()
    }

    fn refs_of(&self, mut inst: Index) -> u32 {
        let mut count = 0;
        while let Some(ref_inst) = self.ref_table.get(inst) {
            count += 1;
            inst = ref_inst;
        }
        count
    }

    /// Takes the direct `ref`s of `insts` out of the table, to be placed in a body of their own.
    pub(crate) fn fetch_remove_ref_entries(&mut self, insts: &[Index]) -> FewInsts {
        insts
            .iter()
            .filter_map(|inst| self.ref_table.remove(*inst))
            .collect()
    }

    fn set_body(&mut self, gz: BlockId, inst: Index, payload: &impl Payload) {
        let payload_index = self.add_extra(payload);
        self.data[inst.0 as usize].set_payload_index(payload_index);
        self.append_body_with_fixups(self.instructions_slice(gz));
        self.unstack(gz);
    }

    /// Makes the instructions of `gz` the body of a `bool_br_*`. Nothing may be stacked on `gz`, which is
    /// unstacked.
    pub(crate) fn set_bool_br_body(&mut self, gz: BlockId, bool_br: Index, lhs: Ref) {
        let body_len = self.count_body_len_after_fixups(self.instructions_slice(gz));
        self.set_body(gz, bool_br, &payload::BoolBr { lhs, body_len });
    }

    /// Makes the instructions of `gz` the body of a block other than `block_comptime`. Nothing may be stacked
    /// on `gz`, which is unstacked.
    pub(crate) fn set_block_body(&mut self, gz: BlockId, inst: Index) {
        debug_assert_ne!(self.tag(inst), Tag::BlockComptime);
        let body_len = self.count_body_len_after_fixups(self.instructions_slice(gz));
        self.set_body(gz, inst, &payload::Block { body_len });
    }

    /// Makes the instructions of `gz` the body of a `block_comptime`. Nothing may be stacked on `gz`, which
    /// is unstacked.
    pub(crate) fn set_block_comptime_body(
        &mut self,
        gz: BlockId,
        inst: Index,
        reason: SimpleComptimeReason,
    ) {
        debug_assert_eq!(self.tag(inst), Tag::BlockComptime);
        let body_len = self.count_body_len_after_fixups(self.instructions_slice(gz));
        self.set_body(gz, inst, &payload::BlockComptime { reason, body_len });
    }

    /// Makes the instructions of `gz` the body of a `try`. Nothing may be stacked on `gz`, which is
    /// unstacked.
    pub(crate) fn set_try_body(&mut self, gz: BlockId, inst: Index, operand: Ref) {
        let body_len = self.count_body_len_after_fixups(self.instructions_slice(gz));
        self.set_body(gz, inst, &payload::Try { operand, body_len });
    }

    /// Appends a conditional branch whose payload comes later.
    pub(crate) fn add_cond_br(&mut self, gz: BlockId, tag: Tag, node: NodeIndex) -> Index {
        let inst = self.make_block_inst(tag, gz, node);
        self.stack.push(inst);
        inst
    }
}

fn append_possibly_refd(ref_table: &mut RefTable, list: &mut Vec<u32>, inst: Index) {
    list.push(inst.0);
    let mut operand = inst;
    while let Some(ref_inst) = ref_table.remove(operand) {
        list.push(ref_inst.0);
        operand = ref_inst;
    }
}
