//! Addresses of what is under construction, each in a list of the generator.

/// Address of a block record in `AstGen::blocks`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BlockId(pub(crate) u32);

/// Address of a scope record in `AstGen::scopes`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct ScopeId(pub(crate) u32);

impl ScopeId {
    /// The outermost scope, which has no parent.
    pub(crate) const TOP: ScopeId = ScopeId(0);
}

/// Address of a namespace record in `AstGen::namespaces`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NamespaceId(pub(crate) u32);

/// Address of a flag in `AstGen::flags`: a boolean that several scopes may set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FlagId(pub(crate) u32);
