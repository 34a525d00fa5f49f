//! Appending instructions. What is called `add_*` also joins the list of a block; what is called `make_*`
//! only gets an index.

use syntax::{NodeIndex, TokenIndex};
use zir::{BuiltinValue, Data, Extended, Index, NullTerminatedString, Payload, Ref, Tag, payload};

use crate::r#gen::AstGen;
use crate::ids::BlockId;
use crate::result::{Loc, ResultInfo};

/// What [`AstGen::add_alloc_extended`] allocates; [`Ref::NONE`] where there is no type or alignment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AllocExtended {
    pub(crate) node: NodeIndex,
    pub(crate) type_inst: Ref,
    pub(crate) align_inst: Ref,
    pub(crate) is_const: bool,
    pub(crate) is_comptime: bool,
}

/// When [`AstGen::add_save_err_ret_index`] saves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SaveErrRetIndex {
    Always,
    IfOfErrorType(Ref),
}

/// Where control goes when the error trace is restored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BranchTarget {
    Ret,
    Block(Index),
}

/// When [`AstGen::add_restore_err_ret_index`] restores.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RestoreErrRetIndex {
    Always,
    IfNonError(Ref),
}

impl AstGen<'_> {
    /// Appends a payload to `extra`, returning its index.
    pub(crate) fn add_extra(&mut self, payload: &impl Payload) -> u32 {
        let index = self.extra.len() as u32;
        payload.encode(self.format, &mut self.extra);
        index
    }

    /// Writes a payload over words of `extra` that were reserved for it.
    pub(crate) fn set_extra<P: Payload>(&mut self, index: u32, payload: &P) {
        payload.write(self.format, &mut self.extra[index as usize..]);
    }

    /// Appends `size` words to `extra`, to be filled later.
    pub(crate) fn reserve_extra(&mut self, size: usize) -> u32 {
        let index = self.extra.len();
        self.extra.resize(index + size, 0);
        index as u32
    }

    pub(crate) fn append_refs(&mut self, refs: &[Ref]) {
        let format = self.format;
        self.extra.extend(refs.iter().map(|&r| format.ref_word(r)));
    }

    /// Gives an instruction an index and puts it in no block.
    pub(crate) fn make_inst(&mut self, tag: Tag, data: Data) -> Index {
        let index = Index(self.tags.len() as u32);
        self.tags.push(self.format.tag_byte(tag));
        self.data.push(data);
        index
    }

    pub(crate) fn add_as_index(&mut self, gz: BlockId, tag: Tag, data: Data) -> Index {
        let _ = gz;
        let index = self.make_inst(tag, data);
        self.stack.push(index);
        index
    }

    pub(crate) fn add(&mut self, gz: BlockId, tag: Tag, data: Data) -> Ref {
        self.add_as_index(gz, tag, data).to_ref()
    }

    /// Appends an instruction that is filled in later.
    pub(crate) fn reserve_instruction_index(&mut self, gz: BlockId) -> Index {
        self.add_as_index(gz, Tag::Add, Data::ZERO)
    }

    pub(crate) fn add_int(&mut self, gz: BlockId, integer: u64) -> Ref {
        self.add(gz, Tag::Int, Data::int(integer))
    }

    /// Appends an integer of any size: 64-bit limbs, the least significant first.
    pub(crate) fn add_int_big(&mut self, gz: BlockId, limbs: &[u64]) -> Ref {
        let start = NullTerminatedString(self.string_bytes.len() as u32);
        let inst = self.add(gz, Tag::IntBig, Data::str(start, limbs.len() as u32));
        for limb in limbs {
            self.string_bytes.extend_from_slice(&limb.to_le_bytes());
        }
        inst
    }

    pub(crate) fn add_float(&mut self, gz: BlockId, number: f64) -> Ref {
        self.add(gz, Tag::Float, Data::float(number))
    }

    pub(crate) fn add_un_node(
        &mut self,
        gz: BlockId,
        tag: Tag,
        operand: Ref,
        src_node: NodeIndex,
    ) -> Ref {
        debug_assert_ne!(operand, Ref::NONE);
        let src_node = self.node_index_to_relative(gz, src_node);
        self.add(gz, tag, Data::un_node(self.format, src_node, operand))
    }

    pub(crate) fn make_un_node(
        &mut self,
        gz: BlockId,
        tag: Tag,
        operand: Ref,
        src_node: NodeIndex,
    ) -> Index {
        debug_assert_ne!(operand, Ref::NONE);
        let src_node = self.node_index_to_relative(gz, src_node);
        self.make_inst(tag, Data::un_node(self.format, src_node, operand))
    }

    pub(crate) fn add_pl_node(
        &mut self,
        gz: BlockId,
        tag: Tag,
        src_node: NodeIndex,
        payload: &impl Payload,
    ) -> Ref {
        let payload_index = self.add_extra(payload);
        self.add_pl_node_payload_index(gz, tag, src_node, payload_index)
    }

    #[inline(always)]
    pub(crate) fn add_pl_node_payload_index(
        &mut self,
        gz: BlockId,
        tag: Tag,
        src_node: NodeIndex,
        payload_index: u32,
    ) -> Ref {
        let src_node = self.node_index_to_relative(gz, src_node);
        self.add(gz, tag, Data::pl_node(src_node, payload_index))
    }

    pub(crate) fn add_builtin_value(
        &mut self,
        gz: BlockId,
        src_node: NodeIndex,
        val: BuiltinValue,
    ) -> Ref {
        let opcode = if self.rules.builtin_values_are_std_lang {
            Extended::StdLangValue
        } else {
            Extended::BuiltinValue
        };
        self.add_extended_node_small(
            gz,
            opcode,
            src_node,
            self.format.builtin_value_number(val) as u16,
        )
    }

    /// Appends an extended instruction whose `small` is dead.
    pub(crate) fn add_extended_payload(
        &mut self,
        gz: BlockId,
        opcode: Extended,
        payload: &impl Payload,
    ) -> Ref {
        self.add_extended_payload_small(gz, opcode, 0, payload)
    }

    pub(crate) fn add_extended_payload_small(
        &mut self,
        gz: BlockId,
        opcode: Extended,
        small: u16,
        payload: &impl Payload,
    ) -> Ref {
        let payload_index = self.add_extra(payload);
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, opcode, small, payload_index),
        )
    }

    pub(crate) fn add_extended_multi_op_payload_index(
        &mut self,
        gz: BlockId,
        opcode: Extended,
        payload_index: u32,
        trailing_len: usize,
    ) -> Ref {
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, opcode, trailing_len as u16, payload_index),
        )
    }

    pub(crate) fn add_extended_node_small(
        &mut self,
        gz: BlockId,
        opcode: Extended,
        src_node: NodeIndex,
        small: u16,
    ) -> Ref {
        let src_node = self.node_index_to_relative(gz, src_node);
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, opcode, small, src_node as u32),
        )
    }

    /// Appends an extended instruction that has a node and nothing else; its `small` is dead.
    pub(crate) fn add_node_extended(
        &mut self,
        gz: BlockId,
        opcode: Extended,
        src_node: NodeIndex,
    ) -> Ref {
        self.add_extended_node_small(gz, opcode, src_node, 0)
    }

    pub(crate) fn add_un_tok(
        &mut self,
        gz: BlockId,
        tag: Tag,
        operand: Ref,
        abs_tok_index: TokenIndex,
    ) -> Ref {
        let inst = self.make_un_tok(gz, tag, operand, abs_tok_index);
        self.stack.push(inst);
        inst.to_ref()
    }

    pub(crate) fn make_un_tok(
        &mut self,
        gz: BlockId,
        tag: Tag,
        operand: Ref,
        abs_tok_index: TokenIndex,
    ) -> Index {
        debug_assert_ne!(operand, Ref::NONE);
        let src_tok = self.token_index_to_relative(gz, abs_tok_index);
        self.make_inst(tag, Data::un_tok(self.format, src_tok, operand))
    }

    pub(crate) fn add_str_tok(
        &mut self,
        gz: BlockId,
        tag: Tag,
        str_index: NullTerminatedString,
        abs_tok_index: TokenIndex,
    ) -> Ref {
        let src_tok = self.token_index_to_relative(gz, abs_tok_index);
        self.add(gz, tag, Data::str_tok(str_index, src_tok))
    }

    pub(crate) fn add_save_err_ret_index(&mut self, gz: BlockId, cond: SaveErrRetIndex) -> Index {
        let operand = match cond {
            SaveErrRetIndex::Always => Ref::NONE,
            SaveErrRetIndex::IfOfErrorType(operand) => operand,
        };
        self.add_as_index(
            gz,
            Tag::SaveErrRetIndex,
            Data::save_err_ret_index(self.format, operand),
        )
    }

    pub(crate) fn add_restore_err_ret_index(
        &mut self,
        gz: BlockId,
        bt: BranchTarget,
        cond: RestoreErrRetIndex,
        src_node: NodeIndex,
    ) -> Index {
        let src_node = self.node_index_to_relative(gz, src_node);
        match (cond, bt) {
            (RestoreErrRetIndex::Always, bt) => {
                let operand = match bt {
                    BranchTarget::Ret => Ref::NONE,
                    BranchTarget::Block(block) => block.to_ref(),
                };
                self.add_as_index(
                    gz,
                    Tag::RestoreErrRetIndexUnconditional,
                    Data::un_node(self.format, src_node, operand),
                )
            }
            (RestoreErrRetIndex::IfNonError(operand), BranchTarget::Ret) => self.add_as_index(
                gz,
                Tag::RestoreErrRetIndexFnEntry,
                Data::un_node(self.format, src_node, operand),
            ),
            (RestoreErrRetIndex::IfNonError(operand), BranchTarget::Block(block)) => {
                let payload_index = self.add_extra(&payload::RestoreErrRetIndex {
                    src_node,
                    block: block.to_ref(),
                    operand,
                });
                self.add_as_index(
                    gz,
                    Tag::Extended,
                    Data::extended(self.format, Extended::RestoreErrRetIndex, 0, payload_index),
                )
            }
        }
    }

    pub(crate) fn add_break(
        &mut self,
        gz: BlockId,
        tag: Tag,
        block_inst: Index,
        operand: Ref,
    ) -> Index {
        let inst = self.make_break(gz, tag, block_inst, operand);
        self.stack.push(inst);
        inst
    }

    pub(crate) fn make_break(
        &mut self,
        gz: BlockId,
        tag: Tag,
        block_inst: Index,
        operand: Ref,
    ) -> Index {
        let _ = gz;
        self.make_break_common(tag, block_inst, operand, payload::Break::NO_SRC_NODE)
    }

    pub(crate) fn add_break_with_src_node(
        &mut self,
        gz: BlockId,
        tag: Tag,
        block_inst: Index,
        operand: Ref,
        operand_src_node: NodeIndex,
    ) -> Index {
        let inst = self.make_break_with_src_node(gz, tag, block_inst, operand, operand_src_node);
        self.stack.push(inst);
        inst
    }

    pub(crate) fn make_break_with_src_node(
        &mut self,
        gz: BlockId,
        tag: Tag,
        block_inst: Index,
        operand: Ref,
        operand_src_node: NodeIndex,
    ) -> Index {
        let operand_src_node = self.node_index_to_relative(gz, operand_src_node);
        self.make_break_common(tag, block_inst, operand, operand_src_node)
    }

    #[inline(always)]
    fn make_break_common(
        &mut self,
        tag: Tag,
        block_inst: Index,
        operand: Ref,
        operand_src_node: i32,
    ) -> Index {
        let payload_index = self.add_extra(&payload::Break {
            operand_src_node,
            block_inst,
        });
        self.make_inst(tag, Data::break_(self.format, operand, payload_index))
    }

    pub(crate) fn add_defer(&mut self, gz: BlockId, index: u32, len: u32) {
        self.add(gz, Tag::Defer, Data::defer_(index, len));
    }

    pub(crate) fn add_node(&mut self, gz: BlockId, tag: Tag, src_node: NodeIndex) -> Ref {
        let src_node = self.node_index_to_relative(gz, src_node);
        self.add(gz, tag, Data::node(src_node))
    }

    pub(crate) fn add_alloc_extended(&mut self, gz: BlockId, args: AllocExtended) -> Ref {
        let src_node = self.node_index_to_relative(gz, args.node);
        let payload_index = self.add_extra(&payload::AllocExtended { src_node });
        let has_type = args.type_inst != Ref::NONE;
        let has_align = args.align_inst != Ref::NONE;
        if has_type {
            self.extra.push(self.format.ref_word(args.type_inst));
        }
        if has_align {
            self.extra.push(self.format.ref_word(args.align_inst));
        }
        let small = zir::small::AllocExtended {
            has_type,
            has_align,
            is_const: args.is_const,
            is_comptime: args.is_comptime,
        };
        self.add(
            gz,
            Tag::Extended,
            Data::extended(self.format, Extended::Alloc, small.to_bits(), payload_index),
        )
    }

    /// Makes a block whose body comes later.
    pub(crate) fn make_block_inst(&mut self, tag: Tag, gz: BlockId, node: NodeIndex) -> Index {
        let src_node = self.node_index_to_relative(gz, node);
        self.make_inst(tag, Data::pl_node(src_node, 0))
    }

    /// Returns `operand`, or what was stored at the result pointer, from the function.
    pub(crate) fn add_ret(&mut self, gz: BlockId, ri: ResultInfo, operand: Ref, node: NodeIndex) {
        match ri.rl {
            Loc::Ptr(ptr) => self.add_un_node(gz, Tag::RetLoad, ptr.inst, node),
            Loc::CoercedTy(_) => self.add_un_node(gz, Tag::RetNode, operand, node),
            other => unreachable!("a function's result location is a pointer or a type: {other:?}"),
        };
    }

    pub(crate) fn add_dbg_var(
        &mut self,
        gz: BlockId,
        tag: Tag,
        name: NullTerminatedString,
        inst: Ref,
    ) {
        if !self.blocks[gz].is_comptime {
            self.add(gz, tag, Data::str_op(self.format, name, inst));
        }
    }
}
