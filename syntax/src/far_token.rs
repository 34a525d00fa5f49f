//! What is remembered of the last long way down a tree.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{NodeIndex, TokenIndex};

/// A node that the last long way led through, and its first or last token. Where each of many nested nodes is
/// asked for its start or end, from the outermost to the innermost or the other way round, all but a few of
/// the ways are short by it.
#[derive(Debug, Default)]
pub(crate) struct FarToken(AtomicU64);

impl FarToken {
    #[inline]
    pub(crate) fn get(&self) -> (NodeIndex, TokenIndex) {
        let both = self.0.load(Ordering::Relaxed);
        ((both >> 32) as u32, both as u32)
    }

    #[inline]
    pub(crate) fn set(&self, node: NodeIndex, token: TokenIndex) {
        let both = u64::from(node) << 32 | u64::from(token);
        self.0.store(both, Ordering::Relaxed);
    }
}

impl Clone for FarToken {
    fn clone(&self) -> FarToken {
        FarToken::default()
    }
}
