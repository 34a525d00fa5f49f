//! The generator: all state of lowering one file.

use hashbrown::HashMap;
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
use crate::genzir::{BlockId, Blocks, GenZir, Mark};
use crate::labels::OpenLabels;
use crate::result::DestructureComponent;
use crate::rl_annotate::{self, RlNeededSet};
use crate::scope::{Namespaces, ScopeId, Scopes};
use crate::src_hash::SrcHasher;
use crate::strings::StringTable;

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
    import_names: HashMap<NullTerminatedString, (), foldhash::fast::FixedState>,
    pub(crate) string_table: StringTable,

    // Records that are alive, see `AstGen::mark`.
    pub(crate) blocks: Blocks,
    pub(crate) open_labels: OpenLabels,
    pub(crate) scopes: Scopes,
    pub(crate) namespaces: Namespaces,
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
    pub(crate) src_hasher: SrcHasher<'a>,
    /// Open calls of `expr`, for the nesting limit.
    pub(crate) depth: u32,
    /// A declaration's node and its first token, remembered from the last question.
    pub(crate) src_token_memo: (NodeIndex, TokenIndex),
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
        let mut extra = Vec::with_capacity(nodes + zir::EXTRA_RESERVED as usize);
        extra.resize(zir::EXTRA_RESERVED as usize, 0);
        AstGen {
            tree,
            format: Format::of(tree.release.generation()),
            extended_byte: Format::of(tree.release.generation()).tag_byte(Tag::Extended),
            rules: tree.release.rules(),
            nodes_need_rl: RlNeededSet::default(),
            tags: Vec::with_capacity(nodes),
            data: Vec::with_capacity(nodes),
            extra,
            // Offset 0 is the empty string.
            string_bytes: vec![0],
            compile_errors: Vec::new(),
            imports: Vec::new(),
            import_names: HashMap::default(),
            string_table: StringTable::for_tokens(tree.tokens_len() as usize),
            blocks: Blocks::default(),
            open_labels: OpenLabels::default(),
            scopes: Scopes::new(),
            namespaces: Namespaces::default(),
            flags: Vec::new(),
            destructure_components: Vec::new(),
            stack: Vec::new(),
            scratch: Vec::new(),
            ref_table: RefTable::default(),
            cursor: SourceCursor::default(),
            line_starts: Vec::new(),
            fn_block: None,
            fn_var_args: false,
            within_fn: false,
            fn_ret_ty: Ref::NONE,
            src_hasher: SrcHasher::default(),
            depth: 0,
            src_token_memo: (0, 0),
        }
    }

    /// Notes that `name` is imported at `token`.
    pub(crate) fn add_import(&mut self, name: NullTerminatedString, token: TokenIndex) {
        if self.import_names.insert(name, ()).is_none() {
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
        self.line_starts = cursor::line_starts(self.tree.source);
        self.nodes_need_rl = rl_annotate::annotate(self.tree);
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
        self.tags = Vec::new();
        self.data = Vec::new();
    }

    fn finish(mut self) -> Zir {
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
            tags: self.tags,
            data: self.data,
            string_bytes: self.string_bytes,
            extra: self.extra,
        }
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
pub fn generate(tree: &Ast<'_>) -> Zir {
    assert!(tree.mode == Mode::Zig, "ZON is lowered to ZOIR, not to ZIR");
    let mut astgen = AstGen::new(tree);
    astgen.root();
    astgen.finish()
}
