//! Inline assembly.

use syntax::full::{Asm, NodeList};
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag};

use super::names::Quotes;
use super::output::{INDENT, OPERAND_INDENT, Space};
use super::{Done, Render};

impl Render<'_, '_> {
    pub(super) fn assembly(&mut self, node: NodeIndex, full: Asm<'_>, space: Space) -> Done {
        let asm_token = full.ast.asm_token;
        self.token(asm_token, Space::Blank);
        self.word(full.volatile_token);
        self.token(full.volatile_token.unwrap_or(asm_token) + 1, Space::None);
        self.out.force_indent();
        if full.ast.items.is_empty() {
            return self.without_operands(full, space);
        }

        if self.in_operands {
            self.inner_assembly = Some(node);
        }
        self.expr(full.ast.template, Space::Newline)?;
        self.out.set_unit(OPERAND_INDENT);
        let mut colon = self.last_token(full.ast.template) + 1;
        let lists = [full.outputs, full.inputs];
        let used = match (full.first_clobber, full.inputs.is_empty()) {
            (None, true) => 1,
            _ => 2,
        };
        for (i, list) in lists[..used].iter().enumerate() {
            match list.last() {
                None => {
                    self.token(colon, Space::Newline);
                    colon += 1;
                }
                Some(&last) => {
                    self.token(colon, Space::Blank);
                    let is_end = full.first_clobber.is_none() && i + 1 == used;
                    self.operands(list)?;
                    if is_end {
                        self.out.set_unit(INDENT);
                        self.out.pop_indent();
                        self.token(full.ast.rparen, space);
                        return Ok(());
                    }
                    colon = self.last_token(last) + 1;
                    colon += u32::from(self.tag(colon) == TokenTag::Comma);
                }
            }
        }
        self.token(colon, Space::Blank);
        // Without clobbers there were operands in the last list, and this is not reached.
        let mut clobber = full.first_clobber.unwrap_or(full.ast.rparen - 1);
        loop {
            if self.tag(clobber + 1) != TokenTag::Comma || self.tag(clobber + 2) == TokenTag::RParen
            {
                break;
            }
            self.token(clobber, Space::None);
            self.token(clobber + 1, Space::Blank);
            clobber += 2;
        }
        self.out.set_unit(INDENT);
        self.token(clobber, Space::Newline);
        self.out.pop_indent();
        self.token(full.ast.rparen, space);
        Ok(())
    }

    /// Assembly on one line.
    fn without_operands(&mut self, full: Asm<'_>, space: Space) -> Done {
        match full.first_clobber {
            None => self.expr(full.ast.template, Space::None)?,
            Some(first) => {
                self.expr(full.ast.template, Space::Blank)?;
                self.tokens(first - 3..=first - 2);
                self.token(first - 1, Space::Blank);
                let mut clobber = first;
                loop {
                    self.token(clobber, Space::None);
                    if self.tag(clobber + 1) != TokenTag::Comma
                        || self.tag(clobber + 2) == TokenTag::RParen
                    {
                        break;
                    }
                    self.token(clobber + 1, Space::Blank);
                    clobber += 2;
                }
            }
        }
        self.out.pop_indent();
        self.token(full.ast.rparen, space);
        Ok(())
    }

    fn operands(&mut self, list: &NodeList<'_>) -> Done {
        let outer = std::mem::replace(&mut self.in_operands, true);
        self.out.force_indent();
        for (i, &operand) in list.iter().enumerate() {
            match list.get(i + 1) {
                Some(&next) => {
                    self.operand(operand, Space::None)?;
                    let next = self.first_token(next);
                    self.token(next - 1, Space::Newline);
                    self.extra_newline(next);
                }
                None => {
                    self.out.begin_item(Space::Comma);
                    self.operand(operand, Space::Comma)?;
                    self.out.end_item();
                }
            }
        }
        self.out.pop_indent();
        self.in_operands = outer;
        Ok(())
    }

    /// `[name] "constraint" (value)`
    fn operand(&mut self, node: NodeIndex, space: Space) -> Done {
        let name = self.tree.main_token(node);
        let data = self.tree.node_data(node);
        self.token(name - 1, Space::None);
        self.name(name, Space::None, Quotes::Eager);
        self.token(name + 1, Space::Blank);
        self.token(name + 2, Space::Blank);
        let lparen = name + 3;
        self.token(lparen, Space::None);
        if self.tree.node_tag(node) == NodeTag::AsmInput {
            self.expr(data.lhs, Space::None)?;
        } else if self.tag(lparen + 1) == TokenTag::Arrow {
            self.token(lparen + 1, Space::Soft);
            self.expr(data.lhs, Space::None)?;
        } else {
            self.name(lparen + 1, Space::None, Quotes::Eager);
            return self.last_of_operand(lparen + 2, space);
        }
        self.last_of_operand(data.rhs, space)
    }

    fn last_of_operand(&mut self, rparen: TokenIndex, space: Space) -> Done {
        self.token(rparen, space);
        Ok(())
    }
}
