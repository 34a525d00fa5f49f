//! Records of blocks under construction. A block is addressed by a [`BlockId`]; it is a scope as well.
//!
//! The instructions of every open block stand in one shared list, [`AstGen::stack`]: a block owns what lies
//! from its `instructions_top` on, and the blocks opened inside it lie above. Before anything is added to a
//! block, those above it must have been unstacked.

use std::ops::{Index as OpsIndex, IndexMut, Range};

use syntax::{NodeIndex, TokenIndex};
use zir::inst::FLAG_NO_RETURN;
use zir::{Index, NameStrategy, Ref};

use crate::r#gen::AstGen;
use crate::ids::{BlockId, ScopeId};
use crate::result::{Context, Loc, ResultInfo};

/// The label of a block, loop or switch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    pub(crate) token: TokenIndex,
    pub(crate) used: bool,
    pub(crate) used_for_continue: bool,
}

impl Label {
    pub(crate) fn new(token: TokenIndex) -> Label {
        Label {
            token,
            used: false,
            used_for_continue: false,
        }
    }
}

/// What a `continue` that means a block becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ContinueTarget {
    /// It cannot mean the block.
    None,
    /// A break from this instruction.
    Break(Index),
    /// A `switch_continue` of this instruction.
    SwitchContinue(Index),
}

/// A block under construction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GenZir {
    /// Whether semantic analysis is known to evaluate this block at compile time.
    pub(crate) is_comptime: bool,
    /// Inside an operand of `@TypeOf`, where closures over runtime values are allowed.
    pub(crate) is_typeof: bool,
    /// Whether exits of this block are `break_inline` and not `break`.
    pub(crate) is_inline: bool,
    pub(crate) c_import: bool,
    /// How a container declared here gets its name.
    pub(crate) anon_name_strategy: NameStrategy,
    /// The node that source locations in this block are relative to.
    pub(crate) decl_node_index: NodeIndex,
    /// The line of that declaration, absolute, from 0.
    pub(crate) decl_line: u32,
    pub(crate) parent: ScopeId,
    /// This block as a scope; set when the record is pushed.
    pub(crate) scope: ScopeId,
    /// Where this block's instructions begin in the shared list, or [`GenZir::UNSTACKED`].
    pub(crate) instructions_top: u32,
    pub(crate) label: Option<Label>,
    /// Whether a `break` or `continue` without a label may mean this block.
    pub(crate) allow_unlabeled_control_flow: bool,
    /// What a `break` that means this block leaves.
    pub(crate) break_target: Option<Index>,
    pub(crate) continue_target: ContinueTarget,
    /// Meaningful once [`AstGen::set_break_result_info`] was called.
    pub(crate) break_result_info: ResultInfo,
    pub(crate) continue_result_info: ResultInfo,
    pub(crate) suspend_node: NodeIndex,
    pub(crate) nosuspend_node: NodeIndex,
    /// The `defer` whose body this block is, else 0.
    pub(crate) cur_defer_node: NodeIndex,
    /// The `defer` this block lies in at any depth, else 0.
    pub(crate) any_defer_node: NodeIndex,
}

impl GenZir {
    pub(crate) const UNSTACKED: u32 = u32::MAX;

    /// A block with nothing but what every block needs; all else is off.
    pub(crate) fn new(
        parent: ScopeId,
        is_comptime: bool,
        decl_node_index: NodeIndex,
        decl_line: u32,
        instructions_top: u32,
    ) -> GenZir {
        GenZir {
            is_comptime,
            is_typeof: false,
            is_inline: false,
            c_import: false,
            anon_name_strategy: NameStrategy::Anon,
            decl_node_index,
            decl_line,
            parent,
            scope: ScopeId::TOP,
            instructions_top,
            label: None,
            allow_unlabeled_control_flow: false,
            break_target: None,
            continue_target: ContinueTarget::None,
            break_result_info: ResultInfo::NONE,
            continue_result_info: ResultInfo::NONE,
            suspend_node: 0,
            nosuspend_node: 0,
            cur_defer_node: 0,
            any_defer_node: 0,
        }
    }
}

/// All block records that are alive, addressed by [`BlockId`].
#[derive(Default, Debug)]
pub(crate) struct Blocks(pub(crate) Vec<GenZir>);

impl OpsIndex<BlockId> for Blocks {
    type Output = GenZir;
    fn index(&self, id: BlockId) -> &GenZir {
        &self.0[id.0 as usize]
    }
}

impl IndexMut<BlockId> for Blocks {
    fn index_mut(&mut self, id: BlockId) -> &mut GenZir {
        &mut self.0[id.0 as usize]
    }
}

/// How many records of each kind are alive; what was made after a mark is dropped by [`AstGen::release`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Mark {
    blocks: usize,
    scopes: usize,
    namespaces: usize,
    flags: usize,
    components: usize,
}

impl AstGen<'_> {
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            blocks: self.blocks.0.len(),
            scopes: self.scopes.len(),
            namespaces: self.namespaces.0.len(),
            flags: self.flags.len(),
            components: self.destructure_components.len(),
        }
    }

    /// Drops every block, scope, namespace, flag and destructure component made since `mark`.
    pub(crate) fn release(&mut self, mark: Mark) {
        self.blocks.0.truncate(mark.blocks);
        self.open_labels.truncate(mark.blocks);
        self.scopes.truncate(mark.scopes);
        self.truncate_namespaces(mark.namespaces);
        self.flags.truncate(mark.flags);
        self.destructure_components.truncate(mark.components);
    }

    /// Adds a block record and the scope that stands for it.
    pub(crate) fn push_block(&mut self, mut block: GenZir) -> BlockId {
        let id = BlockId(self.blocks.0.len() as u32);
        block.scope = self.push_block_scope(id, block.parent);
        self.blocks.0.push(block);
        id
    }

    /// The scope that `gz` is.
    pub(crate) fn scope_of(&self, gz: BlockId) -> ScopeId {
        self.blocks[gz].scope
    }

    /// Where a block opened now would begin in the shared list.
    pub(crate) fn stack_top(&self) -> u32 {
        self.stack.len() as u32
    }

    /// Opens a block inside `gz` whose scope chain goes on at `scope`.
    pub(crate) fn make_sub_block(&mut self, gz: BlockId, scope: ScopeId) -> BlockId {
        let outer = &self.blocks[gz];
        let mut block = GenZir::new(
            scope,
            outer.is_comptime,
            outer.decl_node_index,
            outer.decl_line,
            self.stack.len() as u32,
        );
        block.is_typeof = outer.is_typeof;
        block.c_import = outer.c_import;
        block.suspend_node = outer.suspend_node;
        block.nosuspend_node = outer.nosuspend_node;
        block.any_defer_node = outer.any_defer_node;
        self.push_block(block)
    }

    /// Takes the instructions of `gz` off the shared list. Calling it again changes nothing.
    pub(crate) fn unstack(&mut self, gz: BlockId) {
        let block = &mut self.blocks[gz];
        if block.instructions_top != GenZir::UNSTACKED {
            self.stack.truncate(block.instructions_top as usize);
            block.instructions_top = GenZir::UNSTACKED;
        }
    }

    pub(crate) fn is_empty(&self, gz: BlockId) -> bool {
        let top = self.blocks[gz].instructions_top;
        top == GenZir::UNSTACKED || self.stack.len() == top as usize
    }

    /// The part of the shared list that belongs to `gz`, if nothing is stacked on it.
    pub(crate) fn instructions_slice(&self, gz: BlockId) -> Range<usize> {
        let top = self.blocks[gz].instructions_top;
        if top == GenZir::UNSTACKED {
            0..0
        } else {
            top as usize..self.stack.len()
        }
    }

    /// The part of the shared list that belongs to `gz`, with `stacked_gz` stacked on it.
    pub(crate) fn instructions_slice_upto(&self, gz: BlockId, stacked_gz: BlockId) -> Range<usize> {
        let top = self.blocks[gz].instructions_top;
        let upto = self.blocks[stacked_gz].instructions_top;
        if top == GenZir::UNSTACKED {
            0..0
        } else if upto != GenZir::UNSTACKED {
            top as usize..upto as usize
        } else {
            top as usize..self.stack.len()
        }
    }

    /// [`AstGen::instructions_slice_upto`] where something is stacked on `gz`, else all of it.
    pub(crate) fn instructions_slice_upto_opt(
        &self,
        gz: BlockId,
        stacked_gz: Option<BlockId>,
    ) -> Range<usize> {
        match stacked_gz {
            Some(stacked) => self.instructions_slice_upto(gz, stacked),
            None => self.instructions_slice(gz),
        }
    }

    /// Whether control cannot reach the end of `gz`. Nothing may be stacked on it.
    pub(crate) fn ends_with_no_return(&self, gz: BlockId) -> bool {
        if self.is_empty(gz) {
            return false;
        }
        self.stack
            .last()
            .is_some_and(|&last| self.tag_flags(last) & FLAG_NO_RETURN != 0)
    }

    pub(crate) fn ref_is_no_return(&self, inst_ref: Ref) -> bool {
        inst_ref == Ref::UNREACHABLE_VALUE
            || inst_ref
                .to_index()
                .is_some_and(|index| self.tag_flags(index) & FLAG_NO_RETURN != 0)
    }

    pub(crate) fn node_index_to_relative(&self, gz: BlockId, node: NodeIndex) -> i32 {
        (node as i32).wrapping_sub(self.blocks[gz].decl_node_index as i32)
    }

    pub(crate) fn token_index_to_relative(&mut self, gz: BlockId, token: TokenIndex) -> u32 {
        token - self.src_token(gz)
    }

    /// The first token of the declaration that `gz` lies in.
    pub(crate) fn src_token(&mut self, gz: BlockId) -> TokenIndex {
        let node = self.blocks[gz].decl_node_index;
        if self.src_token_memo.0 != node {
            self.src_token_memo = (node, self.tree.first_token(node));
        }
        self.src_token_memo.1
    }

    /// Decides how exits of `gz` deliver its result to `parent_ri`: as operands of the breaks, or through a
    /// pointer that they store to first.
    pub(crate) fn set_break_result_info(&mut self, gz: BlockId, parent_ri: ResultInfo) {
        self.blocks[gz].break_result_info = match parent_ri.rl {
            // The coercion has to come before the break.
            Loc::CoercedTy(ty) => ResultInfo {
                rl: Loc::Ty(ty),
                ctx: parent_ri.ctx,
            },
            // Without the context: a break deep inside is no needless discard of its own.
            Loc::Discard => ResultInfo {
                rl: Loc::Discard,
                ctx: Context::None,
            },
            _ => parent_ri,
        };
    }
}
