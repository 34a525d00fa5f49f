//! Types: pointers, arrays and functions.

use syntax::NodeIndex;
use syntax::TokenTag;
use syntax::full::{ArrayType, FnProto, PtrSize, PtrType};

use super::names::{INLINE, Quotes};
use super::output::{Indent, Space};
use super::state::{Done, Render};

impl Render<'_, '_> {
    pub(super) fn array_type(&mut self, full: ArrayType, space: Space) -> Done {
        let ast = full.ast;
        let rbracket = self.first_token(ast.elem_type) - 1;
        let inside = [ast.elem_count, ast.sentinel];
        let inside = if ast.sentinel == 0 {
            &inside[..1]
        } else {
            &inside
        };
        let inner = self.bracket_space(ast.lbracket, rbracket, inside)?;
        if inner == Space::None && self.only_lines_count() {
            self.token(rbracket, Space::None);
            return self.expr(ast.elem_type, space);
        }
        self.out.push_indent(Indent::Normal);
        self.token(ast.lbracket, inner);
        self.expr(ast.elem_count, inner)?;
        if ast.sentinel != 0 {
            self.token(self.first_token(ast.sentinel) - 1, inner);
            self.expr(ast.sentinel, inner)?;
        }
        self.out.pop_indent();
        self.token(rbracket, Space::None);
        self.expr(ast.elem_type, space)
    }

    pub(super) fn ptr_type(&mut self, full: PtrType, space: Space) -> Done {
        let ast = full.ast;
        let main = ast.main_token;
        if full.size == PtrSize::One
            && self.tag(main) == TokenTag::AsteriskAsterisk
            && main == self.tree.main_token(ast.child_type)
        {
            // Two pointers share a token, and the inner one writes it.
            return self.expr(ast.child_type, space);
        }
        // The brackets up to the sentinel or to their end.
        let tokens = match full.size {
            PtrSize::One => 1,
            PtrSize::Slice => 2,
            PtrSize::Many => 3,
            PtrSize::C => 4,
        };
        self.tokens(main..=main + tokens - 1);
        if ast.sentinel != 0 && matches!(full.size, PtrSize::Many | PtrSize::Slice) {
            self.expr(ast.sentinel, Space::None)?;
            self.token(self.last_token(ast.sentinel) + 1, Space::None);
        }
        // What is written last before a multiline string has no space behind it.
        let first_of_child = self.tag(self.first_token(ast.child_type));
        let before_child = if self.rules.lines_before_multiline_strings
            && first_of_child == TokenTag::MultilineStringLiteralLine
        {
            Space::None
        } else {
            Space::Blank
        };
        let qualifiers = [
            full.allowzero_token.is_some(),
            ast.align_node != 0,
            ast.addrspace_node != 0,
            full.const_token.is_some(),
            full.volatile_token.is_some(),
        ];
        let last_qualifier = qualifiers.iter().rposition(|&is_there| is_there);
        let behind = |qualifier: usize| match last_qualifier {
            Some(last) if last == qualifier => before_child,
            _ => Space::Blank,
        };
        if let Some(token) = full.allowzero_token {
            self.token(token, behind(0));
        }
        if ast.align_node != 0 {
            if ast.bit_range_start == 0 {
                self.clause(ast.align_node, behind(1))?;
            } else {
                let first = self.first_token(ast.align_node);
                self.tokens(first - 2..=first - 1);
                self.expr(ast.align_node, Space::None)?;
                for bound in [ast.bit_range_start, ast.bit_range_end] {
                    self.token(self.first_token(bound) - 1, Space::None);
                    self.expr(bound, Space::None)?;
                }
                self.token(self.last_token(ast.bit_range_end) + 1, behind(1));
            }
        }
        if ast.addrspace_node != 0 {
            self.clause(ast.addrspace_node, behind(2))?;
        }
        if let Some(token) = full.const_token {
            self.token(token, behind(3));
        }
        if let Some(token) = full.volatile_token {
            self.token(token, behind(4));
        }
        self.expr(ast.child_type, space)
    }

    /// Whether the calling convention is written as a keyword where the function is declared.
    pub(super) fn is_inline(&self, callconv: NodeIndex) -> bool {
        callconv != 0 && self.tree.token_slice(self.tree.main_token(callconv)) == INLINE
    }

    pub(super) fn fn_proto(&mut self, full: FnProto<'_>, space: Space) -> Done {
        let ast = full.ast;
        self.token(ast.fn_token, Space::Blank);
        if let Some(name) = full.name_token {
            self.name(name, Space::None, Quotes::UnlessShadowing);
        }
        let return_type = self.first_token(ast.return_type);
        let bang = (self.tag(return_type - 1) == TokenTag::Bang).then(|| return_type - 1);
        // The parameters end before whichever clause is there first.
        let clauses = [
            ast.align_expr,
            ast.addrspace_expr,
            ast.section_expr,
            ast.callconv_expr,
        ];
        let rparen = clauses
            .iter()
            .filter(|&&clause| clause != 0)
            .map(|&clause| self.first_token(clause) - 3)
            .fold(bang.unwrap_or(return_type) - 1, u32::min);

        self.params(&full, rparen)?;
        self.token(rparen, Space::Soft);
        for clause in clauses {
            let is_written = clause == 0
                || clause == ast.callconv_expr
                    && full.name_token.is_some()
                    && self.is_inline(clause);
            if !is_written {
                self.clause(clause, Space::Soft)?;
            }
        }
        if let Some(bang) = bang {
            self.token(bang, Space::None);
        }
        self.expr(ast.return_type, space)
    }

    /// Whether a parameter has documentation. What is in the types of parameters is theirs.
    fn is_documented(&self, full: &FnProto<'_>, rparen: u32) -> bool {
        let mut from = full.lparen + 1;
        for &param in full.ast.params.iter() {
            if self.layout.has_doc_comment(from, self.first_token(param)) {
                return true;
            }
            from = self.last_token(param) + 1;
        }
        self.layout.has_doc_comment(from, rparen)
    }

    fn params(&mut self, full: &FnProto<'_>, rparen: u32) -> Done {
        let lparen = full.lparen;
        let many_lines = self.tag(rparen - 1) == TokenTag::Comma
            || self.layout.has_comment(lparen, rparen)
            || self.rules.documented_parameters_on_lines && self.is_documented(full, rparen);
        // What follows a parameter; a comma of the source follows by itself if there is only one line.
        let end = if many_lines {
            self.out.push_indent(Indent::Normal);
            self.token(lparen, Space::Newline);
            Space::Comma
        } else {
            self.token(lparen, Space::None);
            Space::None
        };
        // Parameters whose type is no expression are in no list.
        let mut types = full.ast.params.iter();
        let mut token = lparen + 1;
        // Behind a name `comptime` is a part of the type.
        let mut is_type = false;
        while token < rparen {
            match self.tag(token) {
                TokenTag::DocComment => {
                    self.token(token, Space::Newline);
                    token += 1;
                }
                TokenTag::KeywordNoalias | TokenTag::KeywordComptime if !is_type => {
                    self.token(token, Space::Soft);
                    token += 1;
                }
                // Behind a parameter on a line of its own it is written already.
                TokenTag::Comma => {
                    if !many_lines {
                        self.token(token, Space::Soft);
                    }
                    token += 1;
                }
                TokenTag::Ellipsis3 | TokenTag::KeywordAnytype => {
                    self.token(token, end);
                    token += 1;
                }
                TokenTag::Identifier if !is_type && self.tag(token + 1) == TokenTag::Colon => {
                    self.name(token, Space::None, Quotes::UnlessShadowing);
                    self.token(token + 1, Space::Soft);
                    token += 2;
                    is_type = true;
                    continue;
                }
                _ => {
                    let Some(&param) = types.next() else {
                        return Ok(());
                    };
                    if many_lines {
                        self.item(param)?;
                    } else {
                        self.expr(param, Space::None)?;
                    }
                    token = self.last_token(param) + 1;
                }
            }
            is_type = false;
        }
        if many_lines {
            self.out.pop_indent();
        }
        Ok(())
    }
}
