//! The source cursor: line and column of a byte offset, advanced along with lowering; and the debug
//! statements made from it.

use syntax::{NodeIndex, location};
use zir::{Data, Tag};

use crate::r#gen::AstGen;
use crate::genzir::GenZir;
use crate::ids::BlockId;

/// A position in the source: byte offset, and absolute line and column from 0.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct SourceCursor {
    pub(crate) offset: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Source bytes per line, on the high side: room for the line table is grown where lines are short.
const BYTES_PER_LINE: usize = 48;

/// Appends the offset of the first byte of each line to `starts`.
///
/// Lowering asks for the place of every other token, mostly on the same line or the next: finding the lines
/// of a file once is much cheaper than looking for newlines in many short pieces of it.
pub(crate) fn line_starts(source: &[u8], starts: &mut Vec<u32>) {
    starts.reserve(source.len() / BYTES_PER_LINE + 1);
    location::line_starts(source, starts);
}

impl AstGen<'_> {
    /// Line, relative to the declaration of `gz`, and column of the main token of `node`. In a block that is
    /// evaluated at compile time the cursor stays where it is.
    pub(crate) fn maybe_advance_source_cursor_to_main_token(
        &mut self,
        gz: BlockId,
        node: NodeIndex,
    ) -> (u32, u32) {
        if !self.blocks[gz].is_comptime {
            let start = self.tree.token_start(self.tree.main_token(node));
            self.advance_source_cursor(start);
        }
        self.relative_line_column(gz)
    }

    pub(crate) fn relative_line_column(&self, gz: BlockId) -> (u32, u32) {
        (
            self.cursor.line.wrapping_sub(self.blocks[gz].decl_line),
            self.cursor.column,
        )
    }

    pub(crate) fn advance_source_cursor_to_node(&mut self, node: NodeIndex) {
        let start = self.tree.token_start(self.tree.first_token(node));
        self.advance_source_cursor(start);
    }

    /// Moves the cursor forward to byte offset `end`.
    pub(crate) fn advance_source_cursor(&mut self, end: u32) {
        let SourceCursor { offset, line, .. } = self.cursor;
        debug_assert!(offset <= end, "the cursor only moves forward");
        if end < offset || end as usize > self.tree.source.len() {
            return;
        }
        let mut line = line as usize;
        while self
            .line_starts
            .get(line + 1)
            .is_some_and(|&start| start <= end)
        {
            line += 1;
        }
        self.cursor = SourceCursor {
            offset: end,
            line: line as u32,
            column: end - self.line_starts[line],
        };
    }

    /// The cursor, to go back to after lowering something out of order.
    pub(crate) fn save_source_cursor(&self) -> SourceCursor {
        self.cursor
    }

    pub(crate) fn restore_source_cursor(&mut self, cursor: SourceCursor) {
        self.cursor = cursor;
    }

    /// Marks the beginning of `node` for debuggers, in code that runs.
    pub(crate) fn emit_dbg_node(&mut self, gz: BlockId, node: NodeIndex) {
        if self.blocks[gz].is_comptime {
            return;
        }
        self.advance_source_cursor_to_node(node);
        let lc = self.relative_line_column(gz);
        self.emit_dbg_stmt(gz, lc);
    }

    /// Marks a line and column for debuggers. A mark directly before is moved instead.
    pub(crate) fn emit_dbg_stmt(&mut self, gz: BlockId, (line, column): (u32, u32)) {
        let block = &self.blocks[gz];
        if block.is_comptime {
            return;
        }
        if self.has_instructions(block)
            && let Some(last) = self.stack.last()
            && self.tag(*last) == Tag::DbgStmt
        {
            self.data[last.0 as usize] = Data::dbg_stmt(line, column);
            return;
        }
        self.add(gz, Tag::DbgStmt, Data::dbg_stmt(line, column));
    }

    /// As [`AstGen::emit_dbg_stmt`], so that the mark has the index just before the next instruction's:
    /// semantic analysis looks for it there.
    pub(crate) fn emit_dbg_stmt_force_current_index(
        &mut self,
        gz: BlockId,
        (line, column): (u32, u32),
    ) {
        let newest = self.tags.len().wrapping_sub(1);
        if self.has_instructions(&self.blocks[gz])
            && self
                .stack
                .last()
                .is_some_and(|last| last.0 as usize == newest)
            && self.tag(zir::Index(newest as u32)) == Tag::DbgStmt
        {
            self.data[newest] = Data::dbg_stmt(line, column);
            return;
        }
        self.add(gz, Tag::DbgStmt, Data::dbg_stmt(line, column));
    }

    fn has_instructions(&self, block: &GenZir) -> bool {
        block.instructions_top != GenZir::UNSTACKED
            && self.stack.len() > block.instructions_top as usize
    }
}
