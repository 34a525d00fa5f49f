//! Records of lexical scopes. A scope is addressed by a [`ScopeId`] and points at its parent; the chain ends
//! at [`Scope::Top`].

use std::ops::{Index as OpsIndex, IndexMut};

use hashbrown::HashMap;
use syntax::{NodeIndex, TokenIndex};
use zir::{Index, NullTerminatedString, Ref};

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::ids::{BlockId, FlagId, NamespaceId, ScopeId};
use crate::limits::MAX_SPARE_MAPS;
use crate::room::{emptied, emptied_map};

/// What kind of thing a local name stands for; the names appear in error messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IdCat {
    FunctionParameter,
    LocalConstant,
    LocalVariable,
    SwitchTagCapture,
    Capture,
}

impl IdCat {
    pub(crate) fn name(self) -> &'static str {
        match self {
            IdCat::FunctionParameter => "function parameter",
            IdCat::LocalConstant => "local constant",
            IdCat::LocalVariable => "local variable",
            IdCat::SwitchTagCapture => "switch tag capture",
            IdCat::Capture => "capture",
        }
    }
}

/// A constant local whose instruction is its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalVal {
    pub(crate) parent: ScopeId,
    pub(crate) inst: Ref,
    pub(crate) token_src: TokenIndex,
    /// First identifier that refers to it, 0 while there is none.
    pub(crate) used: TokenIndex,
    /// Identifier of `_ = name;`, 0 while there is none.
    pub(crate) discarded: TokenIndex,
    pub(crate) is_used_or_discarded: Option<FlagId>,
    pub(crate) name: NullTerminatedString,
    pub(crate) id_cat: IdCat,
}

impl LocalVal {
    /// A local that nothing has used yet.
    pub(crate) fn new(
        parent: ScopeId,
        name: NullTerminatedString,
        inst: Ref,
        token_src: TokenIndex,
        id_cat: IdCat,
    ) -> LocalVal {
        LocalVal {
            parent,
            inst,
            token_src,
            used: 0,
            discarded: 0,
            is_used_or_discarded: None,
            name,
            id_cat,
        }
    }
}

/// A local, constant or variable, whose instruction is a pointer to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalPtr {
    pub(crate) parent: ScopeId,
    pub(crate) ptr: Ref,
    pub(crate) token_src: TokenIndex,
    /// First identifier that refers to it, 0 while there is none.
    pub(crate) used: TokenIndex,
    /// Identifier of `_ = name;`, 0 while there is none.
    pub(crate) discarded: TokenIndex,
    /// Whether anything may have changed it through its address; a `var` without is an error.
    pub(crate) used_as_lvalue: bool,
    pub(crate) name: NullTerminatedString,
    pub(crate) id_cat: IdCat,
    /// Whether only semantic analysis knows if the value is known at compile time.
    pub(crate) maybe_comptime: bool,
}

impl LocalPtr {
    /// A local that nothing has used yet.
    pub(crate) fn new(
        parent: ScopeId,
        name: NullTerminatedString,
        ptr: Ref,
        token_src: TokenIndex,
        maybe_comptime: bool,
        id_cat: IdCat,
    ) -> LocalPtr {
        LocalPtr {
            parent,
            ptr,
            token_src,
            used: 0,
            discarded: 0,
            used_as_lvalue: false,
            name,
            id_cat,
            maybe_comptime,
        }
    }
}

/// Which exits run a deferred body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DeferKind {
    /// `defer`: every exit.
    Normal,
    /// `errdefer`: exits with an error.
    Error,
}

/// A `defer` or `errdefer` that is active from here on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defer {
    pub(crate) kind: DeferKind,
    pub(crate) parent: ScopeId,
    /// Where its body lies in `extra`.
    pub(crate) index: u32,
    pub(crate) len: u32,
    /// The instruction that stands for the captured error, where there is a capture.
    pub(crate) remapped_err_code: Option<Index>,
}

/// Names, each with the token or node that it stands for.
pub(crate) type NameMap = HashMap<NullTerminatedString, u32, foldhash::fast::FixedState>;

/// The scope of a container's declarations.
#[derive(Debug)]
pub(crate) struct Namespace {
    pub(crate) parent: ScopeId,
    /// Name of each declaration to its node, for errors about shadowing.
    pub(crate) decls: NameMap,
    pub(crate) node: NodeIndex,
    pub(crate) maybe_generic: bool,
    /// Captured values in order of first use, as the words that ZIR stores, each with its name.
    pub(crate) captures: Vec<(zir::Capture, NullTerminatedString)>,
    /// Position in `captures` of each captured value.
    pub(crate) capture_index: HashMap<zir::Capture, u32, foldhash::fast::FixedState>,
}

impl Namespace {
    /// A namespace that captures nothing yet; `decls` is empty.
    pub(crate) fn new(
        parent: ScopeId,
        node: NodeIndex,
        maybe_generic: bool,
        decls: NameMap,
    ) -> Namespace {
        Namespace {
            parent,
            decls,
            node,
            maybe_generic,
            captures: Vec::new(),
            capture_index: HashMap::default(),
        }
    }

    /// The position of `capture` in the list, which it joins if it is new.
    pub(crate) fn capture(&mut self, capture: zir::Capture, name: NullTerminatedString) -> u32 {
        let next = self.captures.len() as u32;
        let position = *self.capture_index.entry(capture).or_insert(next);
        match self.captures.get_mut(position as usize) {
            // Two locals can be one value; the last name used for it is kept.
            Some(entry) => entry.1 = name,
            None => self.captures.push((capture, name)),
        }
        position
    }
}

/// One link of a scope chain.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    Top,
    GenZir(BlockId),
    LocalVal(LocalVal),
    LocalPtr(LocalPtr),
    Defer(Defer),
    Namespace(NamespaceId),
}

/// Shortcuts along a scope chain: no search along it is to take time in proportion to the locals of a
/// function.
#[derive(Clone, Copy, Debug)]
struct Links {
    /// Locals and defers from here, inclusive, out to the next namespace.
    depth: u32,
    /// The innermost scope from here, inclusive, that is no block.
    outer: ScopeId,
    /// Of a local or defer the innermost scope outside of it that is no block; the scope itself where that is
    /// a namespace or the outermost.
    next: ScopeId,
    /// The name of a local, else empty.
    name: NullTerminatedString,
    /// The innermost scope from `outer`, inclusive, that is not [`UNINDEXED`] levels deep yet or just so.
    base: ScopeId,
    /// An indexed scope further out than `outer`, or `base`, so that any can be reached in a logarithm of
    /// jumps.
    jump: ScopeId,
    /// The innermost scope from here, inclusive, that is a block, a namespace, or the outermost of all.
    block: ScopeId,
    /// The innermost scope from here, inclusive, that is a defer, in this namespace or one around it; else
    /// the outermost.
    defer: ScopeId,
    /// The innermost scope from here, inclusive, that is a namespace, else the outermost.
    namespace: ScopeId,
}

/// A local that is found by its name.
#[derive(Clone, Copy, Debug)]
struct Indexed {
    scope: ScopeId,
    name: NullTerminatedString,
    /// The one with the same name before it, as its position in [`Scopes::indexed`] and one more; 0 if none.
    prev: u32,
}

/// Locals and defers of a function that are compared one by one when a name is looked up; those further in
/// are found by hash. Few functions have as many, and up to there comparing is faster.
const UNINDEXED: u32 = 32;

/// All scope records that are alive, addressed by [`ScopeId`]. A scope comes after its parent.
#[derive(Default, Debug)]
pub(crate) struct Scopes {
    records: Vec<(Scope, Links)>,
    /// The locals that are more than [`UNINDEXED`] levels deep, in the order of their scopes.
    indexed: Vec<Indexed>,
    /// The last of each name, as its position in `indexed` and one more.
    by_name: HashMap<NullTerminatedString, u32, foldhash::fast::FixedState>,
}

impl Scopes {
    /// The outermost scope, in the room of this, which is empty.
    pub(crate) fn with_top(mut self) -> Scopes {
        let top = ScopeId::TOP;
        let links = Links {
            depth: 0,
            outer: top,
            next: top,
            name: NullTerminatedString::EMPTY,
            base: top,
            jump: top,
            block: top,
            defer: top,
            namespace: top,
        };
        self.records.push((Scope::Top, links));
        self
    }

    /// Room for another file.
    pub(crate) fn emptied(self) -> Scopes {
        Scopes {
            records: emptied(self.records),
            indexed: emptied(self.indexed),
            by_name: emptied_map(self.by_name),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// Drops all records from the `len`th on.
    #[inline(always)]
    pub(crate) fn truncate(&mut self, len: usize) {
        self.records.truncate(len);
        while let Some(&Indexed { scope, name, prev }) = self.indexed.last()
            && scope.0 as usize >= len
        {
            self.indexed.pop();
            if prev == 0 {
                self.by_name.remove(&name);
            } else {
                self.by_name.insert(name, prev);
            }
        }
    }

    /// Adds a record whose parent is `parent`.
    #[inline(always)]
    fn push(&mut self, scope: Scope, parent: ScopeId) -> ScopeId {
        let id = ScopeId(self.records.len() as u32);
        let mut links = *self.links(parent);
        match &scope {
            Scope::GenZir(_) => links.block = id,
            Scope::Namespace(_) | Scope::Top => {
                links.depth = 0;
                links.outer = id;
                links.next = id;
                links.name = NullTerminatedString::EMPTY;
                links.base = id;
                links.jump = id;
                links.block = id;
                links.namespace = id;
            }
            Scope::LocalVal(LocalVal { name, .. }) | Scope::LocalPtr(LocalPtr { name, .. }) => {
                let name = *name;
                self.deepen(&mut links, id);
                links.name = name;
                if links.depth > UNINDEXED {
                    self.index(id, name);
                }
            }
            Scope::Defer(_) => {
                self.deepen(&mut links, id);
                links.name = NullTerminatedString::EMPTY;
                links.defer = id;
            }
        }
        self.records.push((scope, links));
        id
    }

    /// Makes the links of the local or defer `id` out of those of its parent.
    fn deepen(&self, links: &mut Links, id: ScopeId) {
        links.depth += 1;
        if links.depth <= UNINDEXED {
            links.base = id;
            links.jump = id;
        } else {
            // Two jumps of the same length one after the other make one of twice that, and one more.
            let jump = self.links(links.jump);
            let lengths = [
                links.depth - 1 - jump.depth,
                jump.depth - self.links(jump.jump).depth,
            ];
            links.jump = if lengths[0] == lengths[1] {
                jump.jump
            } else {
                links.outer
            };
        }
        links.next = links.outer;
        links.outer = id;
    }

    #[cold]
    fn index(&mut self, scope: ScopeId, name: NullTerminatedString) {
        let position = self.indexed.len() as u32 + 1;
        let prev = self.by_name.insert(name, position).unwrap_or(0);
        self.indexed.push(Indexed { scope, name, prev });
    }

    #[inline]
    fn links(&self, scope: ScopeId) -> &Links {
        &self.records[scope.0 as usize].1
    }

    /// The innermost scope from `scope` on that is no block.
    #[inline]
    pub(crate) fn outer(&self, scope: ScopeId) -> ScopeId {
        self.links(scope).outer
    }

    /// The innermost scope from `scope` on that is a block, a namespace, or the outermost of all.
    #[inline]
    pub(crate) fn block(&self, scope: ScopeId) -> ScopeId {
        self.links(scope).block
    }

    /// The innermost scope from `scope` on that is a namespace, else the outermost.
    #[inline]
    pub(crate) fn namespace(&self, scope: ScopeId) -> ScopeId {
        self.links(scope).namespace
    }

    /// The innermost defer from `inner` on that lies inside of `outer`, which is around `inner`.
    pub(crate) fn next_defer(&self, outer: ScopeId, inner: ScopeId) -> Option<Defer> {
        let id = self.links(inner).defer;
        match self[id] {
            Scope::Defer(defer) if id.0 > outer.0 => Some(defer),
            _ => None,
        }
    }

    /// A scope from which to look for the local `name` as if from `scope`: no local of that name lies
    /// between, nor does a namespace, and few scopes are left to the next one.
    #[inline]
    pub(crate) fn near(&self, scope: ScopeId, name: NullTerminatedString) -> ScopeId {
        let links = self.links(scope);
        if links.depth <= UNINDEXED {
            return links.outer;
        }
        self.find_indexed(links, name)
    }

    /// The innermost scope from `scope` on that is a local called `name`, which is not empty, a namespace, or
    /// the outermost of all.
    #[inline]
    pub(crate) fn find(&self, scope: ScopeId, name: NullTerminatedString) -> ScopeId {
        let mut found = self.near(scope, name);
        loop {
            let links = self.links(found);
            if links.name == name || links.next == found {
                return found;
            }
            found = links.next;
        }
    }

    #[inline(never)]
    fn find_indexed(&self, links: &Links, name: NullTerminatedString) -> ScopeId {
        let mut position = self.by_name.get(&name).copied().unwrap_or(0);
        // More than one only where neither is in the scope of the other.
        while position != 0 {
            let Indexed { scope, prev, .. } = self.indexed[position as usize - 1];
            if self.is_around(scope, links.outer) {
                return scope;
            }
            position = prev;
        }
        links.base
    }

    /// Whether the indexed scope `around` is `scope`, or around it in the same namespace. Neither is a block.
    fn is_around(&self, around: ScopeId, mut scope: ScopeId) -> bool {
        let depth = self.links(around).depth;
        while self.links(scope).depth > depth {
            let jump = self.links(scope).jump;
            scope = if self.links(jump).depth >= depth {
                jump
            } else {
                match self[scope] {
                    Scope::LocalVal(LocalVal { parent, .. })
                    | Scope::LocalPtr(LocalPtr { parent, .. })
                    | Scope::Defer(Defer { parent, .. }) => self.outer(parent),
                    Scope::Top | Scope::GenZir(_) | Scope::Namespace(_) => return false,
                }
            };
        }
        scope == around
    }
}

impl OpsIndex<ScopeId> for Scopes {
    type Output = Scope;
    fn index(&self, id: ScopeId) -> &Scope {
        &self.records[id.0 as usize].0
    }
}

impl IndexMut<ScopeId> for Scopes {
    fn index_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.records[id.0 as usize].0
    }
}

/// All namespace records that are alive, addressed by [`NamespaceId`].
#[derive(Default, Debug)]
pub(crate) struct Namespaces(pub(crate) Vec<Namespace>);

impl OpsIndex<NamespaceId> for Namespaces {
    type Output = Namespace;
    fn index(&self, id: NamespaceId) -> &Namespace {
        &self.0[id.0 as usize]
    }
}

impl IndexMut<NamespaceId> for Namespaces {
    fn index_mut(&mut self, id: NamespaceId) -> &mut Namespace {
        &mut self.0[id.0 as usize]
    }
}

impl AstGen<'_> {
    /// An empty table, with room for `len` names.
    pub(crate) fn take_name_map(&mut self, len: usize) -> NameMap {
        let mut map = self.name_maps.pop().unwrap_or_default();
        map.reserve(len);
        map
    }

    /// Gives a table back.
    #[inline(always)]
    pub(crate) fn give_name_map(&mut self, map: NameMap) {
        if self.name_maps.len() < MAX_SPARE_MAPS {
            self.name_maps.push(emptied_map(map));
        }
    }

    /// Drops the namespaces from the `len`th on.
    #[inline(always)]
    pub(crate) fn truncate_namespaces(&mut self, len: usize) {
        while self.namespaces.0.len() > len
            && let Some(namespace) = self.namespaces.0.pop()
        {
            self.give_name_map(namespace.decls);
        }
    }

    /// Adds a local or defer.
    pub(crate) fn push_scope(&mut self, scope: Scope) -> ScopeId {
        let parent = match &scope {
            Scope::LocalVal(LocalVal { parent, .. })
            | Scope::LocalPtr(LocalPtr { parent, .. })
            | Scope::Defer(Defer { parent, .. }) => *parent,
            Scope::Top | Scope::GenZir(_) | Scope::Namespace(_) => {
                unreachable!("no local or defer: {scope:?}")
            }
        };
        self.scopes.push(scope, parent)
    }

    /// Adds the scope that stands for the block `id`, whose parent is `parent`.
    pub(crate) fn push_block_scope(&mut self, id: BlockId, parent: ScopeId) -> ScopeId {
        self.scopes.push(Scope::GenZir(id), parent)
    }

    /// Adds a namespace and the scope that stands for it.
    pub(crate) fn push_namespace(&mut self, namespace: Namespace) -> (NamespaceId, ScopeId) {
        let id = NamespaceId(self.namespaces.0.len() as u32);
        let scope = self.scopes.push(Scope::Namespace(id), namespace.parent);
        self.namespaces.0.push(namespace);
        (id, scope)
    }

    pub(crate) fn push_flag(&mut self) -> FlagId {
        self.flags.push(false);
        FlagId(self.flags.len() as u32 - 1)
    }

    pub(crate) fn flag(&self, id: FlagId) -> bool {
        self.flags[id.0 as usize]
    }

    pub(crate) fn set_flag(&mut self, id: FlagId) {
        self.flags[id.0 as usize] = true;
    }

    pub(crate) fn clear_flag(&mut self, id: FlagId) {
        self.flags[id.0 as usize] = false;
    }

    pub(crate) fn scope_parent(&self, scope: ScopeId) -> Option<ScopeId> {
        match &self.scopes[scope] {
            Scope::Top => None,
            Scope::GenZir(block) => Some(self.blocks[*block].parent),
            Scope::LocalVal(s) => Some(s.parent),
            Scope::LocalPtr(s) => Some(s.parent),
            Scope::Defer(s) => Some(s.parent),
            Scope::Namespace(ns) => Some(self.namespaces[*ns].parent),
        }
    }

    /// The local value at `scope`, which must be one.
    pub(crate) fn local_val_mut(&mut self, scope: ScopeId) -> &mut LocalVal {
        match &mut self.scopes[scope] {
            Scope::LocalVal(s) => s,
            other => unreachable!("not a local value: {other:?}"),
        }
    }

    /// The local pointer at `scope`, which must be one.
    pub(crate) fn local_ptr_mut(&mut self, scope: ScopeId) -> &mut LocalPtr {
        match &mut self.scopes[scope] {
            Scope::LocalPtr(s) => s,
            other => unreachable!("not a local pointer: {other:?}"),
        }
    }

    /// Fails when the new local `ident_name` hides a primitive, another local, or a declaration.
    pub(crate) fn detect_local_shadowing(
        &mut self,
        scope: ScopeId,
        ident_name: NullTerminatedString,
        name_token: TokenIndex,
        token_bytes: &[u8],
        id_cat: IdCat,
    ) -> InnerResult<()> {
        if token_bytes.first() != Some(&b'@') && syntax::primitives::is_primitive(token_bytes) {
            let note = self.err_note_tok(
                name_token,
                [
                    b"consider using @\"".as_slice(),
                    token_bytes,
                    b"\" to disambiguate",
                ],
            );
            return Err(self.fail_tok_notes(
                name_token,
                [b"name shadows primitive '".as_slice(), token_bytes, b"'"],
                &[note],
            ));
        }

        let mut s = self.scopes.find(scope, ident_name);
        loop {
            match &self.scopes[s] {
                Scope::Top | Scope::GenZir(_) | Scope::Defer(_) => return Ok(()),
                Scope::LocalVal(LocalVal {
                    token_src,
                    id_cat: other,
                    ..
                })
                | Scope::LocalPtr(LocalPtr {
                    token_src,
                    id_cat: other,
                    ..
                }) => {
                    let (other, token_src) = (*other, *token_src);
                    // The innermost of the blocks and namespaces around either.
                    let outer_scope = self.scopes.block(scope) != self.scopes.block(s);
                    return Err(self.fail_local_shadows_local(
                        ident_name,
                        name_token,
                        id_cat,
                        other,
                        token_src,
                        outer_scope,
                    ));
                }
                Scope::Namespace(ns) => {
                    let ns = &self.namespaces[*ns];
                    if let Some(&decl_node) = ns.decls.get(&ident_name) {
                        let name = self.null_terminated_string(ident_name).to_vec();
                        let note = self.err_note_node(decl_node, "declared here");
                        return Err(self.fail_tok_notes(
                            name_token,
                            [
                                id_cat.name().as_bytes(),
                                b" shadows declaration of '",
                                &name,
                                b"'",
                            ],
                            &[note],
                        ));
                    }
                    s = self.scopes.find(ns.parent, ident_name);
                }
            }
        }
    }

    #[cold]
    fn fail_local_shadows_local(
        &mut self,
        ident_name: NullTerminatedString,
        name_token: TokenIndex,
        id_cat: IdCat,
        other: IdCat,
        other_token: TokenIndex,
        outer_scope: bool,
    ) -> AnalysisFail {
        let name = self.null_terminated_string(ident_name).to_vec();
        let note = self.err_note_tok(other_token, "previous declaration here");
        if outer_scope {
            self.fail_tok_notes(
                name_token,
                [
                    id_cat.name().as_bytes(),
                    b" '",
                    &name,
                    b"' shadows ",
                    other.name().as_bytes(),
                    b" from outer scope",
                ],
                &[note],
            )
        } else {
            self.fail_tok_notes(
                name_token,
                [
                    b"redeclaration of ".as_slice(),
                    other.name().as_bytes(),
                    b" '",
                    &name,
                    b"'",
                ],
                &[note],
            )
        }
    }
}
