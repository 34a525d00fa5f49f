//! The generator: all state of lowering one file.

use std::mem::take;

use release::Rules;
use syntax::{Ast, Mode, NodeIndex, TokenIndex};
use zir::inst::FLAG_ALWAYS_VOID;
use zir::{
    ContainerLayout, Data, Format, Index, NameStrategy, NullTerminatedString, Payload, Ref, Tag,
    Zir, payload,
};

use crate::cursor::{self, SourceCursor};
use crate::errors::AnalysisFail;
use crate::fixups::RefTable;
use crate::genzir::{Blocks, GenZir, Mark};
use crate::ids::{BlockId, ScopeId};
use crate::labels::OpenLabels;
use crate::limits;
use crate::result::DestructureComponent;
use crate::rl_annotate::{self, RlNeededSet};
use crate::room::{emptied, emptied_map, give_back, with_room};
use crate::scope::{NameMap, Namespaces, Scopes};
use crate::spare::Spare;
use crate::src_hash::SrcHasher;
use crate::strings::StringTable;

/// Instructions that a node of the tree comes to, on the high side: in the reference's library it is one to
/// two. Room that is not used costs little, and to grow a long array may mean to copy it.
const INSTRUCTIONS_PER_NODE: usize = 2;

/// Words of payload that a node comes to: three to four in most files.
const EXTRA_PER_NODE: usize = 4;

/// Of what can fail: the error is recorded already.
pub(crate) type InnerResult<T> = Result<T, AnalysisFail>;

/// Lowers one file. See the crate's documentation for the layout of its methods.
pub(crate) struct AstGen<'a> {
    pub(crate) tree: &'a Ast<'a>,
    /// Nodes that should hand a result pointer to their parts, given the choice.
    pub(crate) nodes_need_rl: RlNeededSet,

    /// The numbers that the release has.
    pub(crate) format: &'static Format,
    /// The byte of [`Tag::Extended`] in it.
    extended_byte: u8,
    /// What the release does differently.
    pub(crate) rules: &'static Rules,

    // What becomes the ZIR.
    pub(crate) tags: Vec<u8>,
    pub(crate) data: Vec<Data>,
    pub(crate) extra: Vec<u32>,
    pub(crate) string_bytes: Vec<u8>,
    pub(crate) compile_errors: Vec<payload::CompileErrorsItem>,
    /// Each imported path with the token of its first import, in the order of first imports.
    imports: Vec<(NullTerminatedString, TokenIndex)>,
    import_names: NameMap,
    pub(crate) string_table: StringTable,

    // Records that are alive, see `AstGen::mark`.
    pub(crate) blocks: Blocks,
    pub(crate) open_labels: OpenLabels,
    pub(crate) scopes: Scopes,
    pub(crate) namespaces: Namespaces,
    /// Empty tables of names, see [`AstGen::take_name_map`].
    pub(crate) name_maps: Vec<NameMap>,
    pub(crate) flags: Vec<bool>,
    pub(crate) destructure_components: Vec<DestructureComponent>,
    /// The instructions of all open blocks, innermost last.
    pub(crate) stack: Vec<Index>,
    /// Payloads under construction; each user truncates it to where it began.
    pub(crate) scratch: Vec<u32>,
    pub(crate) ref_table: RefTable,

    pub(crate) cursor: SourceCursor,
    /// Where each line of the source begins.
    pub(crate) line_starts: Vec<u32>,
    /// The outermost block of the function being lowered.
    pub(crate) fn_block: Option<BlockId>,
    pub(crate) fn_var_args: bool,
    /// Inside any function, where containers may be generic and values are captured through closures.
    pub(crate) within_fn: bool,
    /// The return type of the function being lowered: well known, or a `ret_type` instruction.
    pub(crate) fn_ret_ty: Ref,
    /// Collects what the source hash of the enclosing declaration covers.
    pub(crate) src_hasher: SrcHasher,
    /// Open calls of `expr`, for the nesting limit.
    pub(crate) depth: u32,
    /// At how many of them the stack is looked at next.
    pub(crate) check_at: u32,
    /// A declaration's node and its first token, remembered from the last question.
    pub(crate) src_token_memo: (NodeIndex, TokenIndex),

    /// Where the arrays go back to.
    spare: Box<Spare>,
}

/// State to return to when the lowering of one declaration fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checkpoint {
    mark: Mark,
    stack_len: usize,
    scratch_len: usize,
    fn_block: Option<BlockId>,
    fn_var_args: bool,
    within_fn: bool,
    fn_ret_ty: Ref,
    depth: u32,
}

impl<'a> AstGen<'a> {
    fn new(tree: &'a Ast<'a>) -> AstGen<'a> {
        let nodes = tree.nodes_len() as usize;
        let mut spare = Spare::take();
        let room = &mut *spare;
        let instructions = nodes * INSTRUCTIONS_PER_NODE;
        let words = nodes * EXTRA_PER_NODE + zir::EXTRA_RESERVED as usize;
        let mut extra = with_room(take(&mut room.extra), words);
        extra.resize(zir::EXTRA_RESERVED as usize, 0);
        // Offset 0 is the empty string.
        room.string_bytes.push(0);
        let tokens = tree.tokens_len() as usize;
        room.string_table.reserve_for_tokens(tokens);
        AstGen {
            tree,
            format: Format::of(tree.release.generation()),
            extended_byte: Format::of(tree.release.generation()).tag_byte(Tag::Extended),
            rules: tree.release.rules(),
            nodes_need_rl: take(&mut room.nodes_need_rl),
            tags: with_room(take(&mut room.tags), instructions),
            data: with_room(take(&mut room.data), instructions),
            extra,
            string_bytes: take(&mut room.string_bytes),
            compile_errors: Vec::new(),
            imports: take(&mut room.imports),
            import_names: take(&mut room.import_names),
            string_table: take(&mut room.string_table),
            blocks: take(&mut room.blocks),
            open_labels: take(&mut room.open_labels),
            scopes: take(&mut room.scopes).with_top(),
            namespaces: take(&mut room.namespaces),
            name_maps: take(&mut room.name_maps),
            flags: take(&mut room.flags),
            destructure_components: take(&mut room.destructure_components),
            stack: take(&mut room.stack),
            scratch: take(&mut room.scratch),
            ref_table: take(&mut room.ref_table),
            cursor: SourceCursor::default(),
            line_starts: take(&mut room.line_starts),
            fn_block: None,
            fn_var_args: false,
            within_fn: false,
            fn_ret_ty: Ref::NONE,
            src_hasher: take(&mut room.src_hasher),
            depth: 0,
            check_at: limits::STACK_CHECK_INTERVAL - 1,
            src_token_memo: (0, 0),
            spare,
        }
    }

    /// Notes that `name` is imported at `token`.
    pub(crate) fn add_import(&mut self, name: NullTerminatedString, token: TokenIndex) {
        if self.import_names.insert(name, token).is_none() {
            self.imports.push((name, token));
        }
    }

    /// The state now, for [`AstGen::restore`].
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            mark: self.mark(),
            stack_len: self.stack.len(),
            scratch_len: self.scratch.len(),
            fn_block: self.fn_block,
            fn_var_args: self.fn_var_args,
            within_fn: self.within_fn,
            fn_ret_ty: self.fn_ret_ty,
            depth: self.depth,
        }
    }

    /// After a failure: drops everything that was under construction since `checkpoint`.
    pub(crate) fn restore(&mut self, checkpoint: Checkpoint) {
        self.release(checkpoint.mark);
        self.stack.truncate(checkpoint.stack_len);
        self.scratch.truncate(checkpoint.scratch_len);
        self.fn_block = checkpoint.fn_block;
        self.fn_var_args = checkpoint.fn_var_args;
        self.within_fn = checkpoint.within_fn;
        self.fn_ret_ty = checkpoint.fn_ret_ty;
        self.depth = checkpoint.depth;
    }

    /// Lowers the whole file as the struct that it is. Nothing of the instructions is kept when it fails.
    fn root(&mut self) {
        if !self.tree.errors.is_empty() {
            self.lower_ast_errors();
            return self.drop_instructions();
        }
        cursor::line_starts(self.tree.source, &mut self.line_starts);
        let room = take(&mut self.nodes_need_rl);
        self.nodes_need_rl = rl_annotate::annotate(self.tree, room);
        let mut block = GenZir::new(ScopeId::TOP, true, 0, 0, 0);
        block.anon_name_strategy = NameStrategy::Parent;
        let gz = self.push_block(block);
        let scope = self.scope_of(gz);
        let root = self.tree.container_decl_root();
        match self.struct_decl_inner(gz, scope, 0, root, ContainerLayout::Auto, 0) {
            Ok(inst) => debug_assert_eq!(inst.to_index(), Some(Index::MAIN_STRUCT_INST)),
            Err(AnalysisFail) => self.drop_instructions(),
        }
    }

    /// The flags of an instruction's row, see [`zir::inst`].
    #[inline]
    pub(crate) fn tag_flags(&self, inst: Index) -> u8 {
        self.format.tag_flags(self.tags[inst.to_usize()])
    }

    /// Whether the result of an instruction is always void.
    #[inline]
    pub(crate) fn is_always_void(&self, inst: Index) -> bool {
        let is_void = self.tag_flags(inst) & FLAG_ALWAYS_VOID != 0;
        is_void
            || self.tags[inst.to_usize()] == self.extended_byte
                && self.data[inst.to_usize()]
                    .as_extended(self.format)
                    .is_some_and(|ext| ext.opcode.is_always_void())
    }

    /// The tag of an instruction.
    #[inline]
    pub(crate) fn tag(&self, inst: Index) -> Tag {
        // Only bytes of tags are ever pushed.
        let byte = self.tags[inst.to_usize()];
        self.format.tag(byte).unwrap_or(Tag::Extended)
    }

    fn drop_instructions(&mut self) {
        self.tags.clear();
        self.data.clear();
    }

    /// What came of it. Afterwards there is only room.
    fn finish(&mut self) -> Zir {
        if !self.compile_errors.is_empty() {
            self.extra[zir::EXTRA_COMPILE_ERRORS as usize] = self.extra.len() as u32;
            self.extra.push(self.compile_errors.len() as u32);
            for item in &self.compile_errors {
                item.encode(self.format, &mut self.extra);
            }
        }
        if !self.imports.is_empty() {
            self.extra[zir::EXTRA_IMPORTS as usize] = self.extra.len() as u32;
            self.extra.push(self.imports.len() as u32);
            for &(name, token) in &self.imports {
                payload::ImportsItem { name, token }.encode(self.format, &mut self.extra);
            }
        }
        Zir {
            generation: self.format.generation,
            tags: take(&mut self.tags),
            data: take(&mut self.data),
            string_bytes: take(&mut self.string_bytes),
            extra: take(&mut self.extra),
        }
    }

    /// Leaves the arrays to the next file, but for those of the ZIR, which [`reuse`] may bring later.
    fn keep_room(mut self) {
        self.truncate_namespaces(0);
        let mut spare = self.spare;
        *spare = Spare {
            nodes_need_rl: self.nodes_need_rl.emptied(),
            tags: Vec::new(),
            data: Vec::new(),
            extra: Vec::new(),
            string_bytes: Vec::new(),
            imports: emptied(self.imports),
            import_names: emptied_map(self.import_names),
            string_table: self.string_table.emptied(),
            blocks: Blocks(emptied(self.blocks.0)),
            open_labels: self.open_labels.emptied(),
            scopes: self.scopes.emptied(),
            namespaces: Namespaces(emptied(self.namespaces.0)),
            name_maps: self.name_maps,
            flags: emptied(self.flags),
            destructure_components: emptied(self.destructure_components),
            stack: emptied(self.stack),
            scratch: emptied(self.scratch),
            ref_table: self.ref_table.emptied(),
            line_starts: emptied(self.line_starts),
            src_hasher: self.src_hasher.emptied(),
        };
        spare.keep();
    }
}

/// Lowers the tree of a `.zig` file to ZIR.
///
/// Errors of the source are part of the result: [`zir::ZirRef::has_compile_errors`] tells whether there are
/// any, and [`zir::ZirRef::lowering_failed`] whether they left no instructions at all, which is so after a
/// parse error.
///
/// # Panics
///
/// When the tree was parsed in [`Mode::Zon`].
///
/// # Memory
///
/// The arrays have more room than they use. Who is done with the ZIR before the next file of the same thread
/// gives it to [`reuse`]; who keeps many has [`Zir::shrink_to_fit`].
pub fn generate(tree: &Ast<'_>) -> Zir {
    assert!(tree.mode == Mode::Zig, "ZON is lowered to ZOIR, not to ZIR");
    let mut astgen = AstGen::new(tree);
    astgen.root();
    let zir = astgen.finish();
    astgen.keep_room();
    zir
}

/// Ends the use of a ZIR: the next [`generate`] of this thread has its arrays for its own, up to
/// [`limits::MAX_SPARE`](crate::limits::MAX_SPARE) each, and need not ask for new ones. Any ZIR will do;
/// nothing of it can be seen in the next.
pub fn reuse(zir: Zir) {
    Spare::add(|room| {
        give_back(&mut room.tags, zir.tags);
        give_back(&mut room.data, zir.data);
        give_back(&mut room.extra, zir.extra);
        give_back(&mut room.string_bytes, zir.string_bytes);
    });
}
