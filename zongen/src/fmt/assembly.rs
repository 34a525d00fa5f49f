//! Inline assembly.

use release::Rules;
use syntax::full::{Asm, NodeList};
use syntax::{NodeIndex, NodeTag, TokenIndex, TokenTag, is_valid_id};

use super::names::Quotes;
use super::output::{INDENT, OPERAND_INDENT, Space};
use super::state::{Done, Render};

/// What is behind the last colon.
#[derive(Clone, Copy)]
enum Clobbers {
    None,
    /// Strings with commas between them. This is the first.
    Strings(TokenIndex),
    /// Strings that are written as the value that took their place.
    Replaced(TokenIndex),
    Value(NodeIndex),
}

impl Render<'_, '_> {
    pub(super) fn assembly(&mut self, node: NodeIndex, full: Asm<'_>, space: Space) -> Done {
        let asm_token = full.ast.asm_token;
        self.token(asm_token, Space::Blank);
        self.word(full.volatile_token);
        self.token(full.volatile_token.unwrap_or(asm_token) + 1, Space::None);
        self.out.force_indent();
        let is_replaced = self.tree.node_tag(node) == NodeTag::AsmLegacy;
        let clobbers = match (full.first_clobber, full.ast.clobbers) {
            (None, 0) => Clobbers::None,
            (None, value) => Clobbers::Value(value),
            (Some(first), _) if is_replaced => Clobbers::Replaced(first),
            (Some(first), _) => Clobbers::Strings(first),
        };
        let colons = if self.rules.commented_colons_of_asm_stay {
            self.kept_colons(full)
        } else {
            [None; 3]
        };
        if full.ast.items.is_empty() && (!matches!(clobbers, Clobbers::None) || colons[0].is_none())
        {
            return self.without_operands(full, clobbers, space);
        }
        if self.rules.commented_colons_of_asm_stay {
            return self.by_colons(full, colons, space);
        }

        if self.in_operands {
            self.inner_assembly = Some(node);
        }
        self.expr(full.ast.template, Space::Newline)?;
        self.out.set_unit(OPERAND_INDENT);
        let mut colon = self.last_token(full.ast.template) + 1;
        let lists = [full.outputs, full.inputs];
        let has_clobbers = !matches!(clobbers, Clobbers::None);
        let used = if !has_clobbers && full.inputs.is_empty() {
            1
        } else {
            2
        };
        for (i, list) in lists[..used].iter().enumerate() {
            match list.last() {
                None => {
                    self.token(colon, Space::Newline);
                    colon += 1;
                }
                Some(&last) => {
                    self.token(colon, Space::Blank);
                    let is_end = !has_clobbers && i + 1 == used;
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
        match clobbers {
            // Then there were operands in the last list, and this is not reached.
            Clobbers::None => {}
            Clobbers::Strings(first) => {
                let mut clobber = first;
                while let Some(next) = self.next_clobber(clobber) {
                    self.token(clobber, Space::None);
                    self.token(clobber + 1, Space::Blank);
                    clobber = next;
                }
                self.out.set_unit(INDENT);
                self.token(clobber, Space::Newline);
            }
            Clobbers::Replaced(first) => {
                self.out.write(b".{ ");
                let mut clobber = first;
                while let Some(next) = self.next_clobber(clobber) {
                    self.clobber_field(clobber);
                    self.token(clobber + 1, Space::Blank);
                    clobber = next;
                }
                self.out.set_unit(INDENT);
                let len = self.clobber_field(clobber);
                self.out.write(b" }");
                // The reference takes the text that it has written for that of the string.
                let gap = self.tree.token_start(clobber + 1) - self.tree.token_start(clobber);
                self.space(clobber, len.min(gap as usize), Space::Newline);
            }
            Clobbers::Value(value) => {
                self.expr(value, Space::None)?;
                self.out.set_unit(INDENT);
            }
        }
        self.out.pop_indent();
        self.token(full.ast.rparen, space);
        Ok(())
    }

    /// The clobber behind another, where both are strings.
    fn next_clobber(&self, clobber: TokenIndex) -> Option<TokenIndex> {
        (self.tag(clobber + 1) == TokenTag::Comma && self.tag(clobber + 2) != TokenTag::RParen)
            .then_some(clobber + 2)
    }

    /// A clobber as the field that it is now. Returns the bytes of its name.
    fn clobber_field(&mut self, clobber: TokenIndex) -> usize {
        let name = clobber_name(self.tree.token_slice(clobber), self.rules);
        self.out.write(b".");
        self.out.write(&name);
        self.out.write(b" = true");
        name.len()
    }

    /// Assembly on one line.
    fn without_operands(&mut self, full: Asm<'_>, clobbers: Clobbers, space: Space) -> Done {
        let first = match clobbers {
            Clobbers::None => {
                self.expr(full.ast.template, Space::None)?;
                self.out.pop_indent();
                self.token(full.ast.rparen, space);
                return Ok(());
            }
            Clobbers::Strings(first) | Clobbers::Replaced(first) => first,
            Clobbers::Value(value) => self.first_token(value),
        };
        self.expr(full.ast.template, Space::Blank)?;
        self.tokens(first - 3..=first - 2);
        self.token(first - 1, Space::Soft);
        match clobbers {
            Clobbers::None => {}
            Clobbers::Strings(_) => {
                let mut clobber = first;
                while let Some(next) = self.next_clobber(clobber) {
                    self.token(clobber, Space::None);
                    self.token(clobber + 1, Space::Blank);
                    clobber = next;
                }
                self.token(clobber, Space::None);
            }
            Clobbers::Replaced(_) => {
                self.out.write(b".{ ");
                let mut clobber = first;
                while let Some(next) = self.next_clobber(clobber) {
                    self.clobber_field(clobber);
                    self.token(clobber + 1, Space::Blank);
                    clobber = next;
                }
                self.clobber_field(clobber);
                self.out.write(b" }");
            }
            Clobbers::Value(value) => self.expr(value, Space::None)?,
        }
        self.out.pop_indent();
        self.token(full.ast.rparen, space);
        Ok(())
    }

    /// The colons that are written: those before operands and clobbers, and those with comments behind them.
    fn kept_colons(&self, full: Asm<'_>) -> [Option<TokenIndex>; 3] {
        let rparen = full.ast.rparen;
        let mut colons = [None; 3];
        let first = self.last_token(full.ast.template) + 1;
        if first == rparen {
            return colons;
        }
        let second = match full.outputs.last() {
            Some(&last) => {
                let end = self.last_token(last) + 1;
                end + u32::from(self.tag(end) == TokenTag::Comma)
            }
            None => first + 1,
        };
        let has_first = !full.outputs.is_empty() || self.layout.has_comment(first, second);
        let has_third = full.ast.clobbers != 0;
        let has_second = second != rparen
            && (!full.inputs.is_empty() || self.layout.has_comment(second, second + 1));
        if has_first || has_second || has_third {
            colons[0] = Some(first);
        }
        if has_second || has_third {
            colons[1] = Some(second);
        }
        if has_third {
            colons[2] = Some(self.first_token(full.ast.clobbers) - 1);
        }
        colons
    }

    /// Assembly on several lines, one a colon.
    fn by_colons(&mut self, full: Asm<'_>, colons: [Option<TokenIndex>; 3], space: Space) -> Done {
        self.expr(full.ast.template, Space::Newline)?;
        // A multiline string may have suspended it.
        self.out.resume_indent();
        let unit = self.out.unit();
        self.out.set_unit(OPERAND_INDENT);
        for (colon, list) in colons.into_iter().zip([full.outputs, full.inputs]) {
            let Some(colon) = colon else {
                break;
            };
            if list.is_empty() {
                self.token(colon, Space::Newline);
            } else {
                self.token(colon, Space::Blank);
                self.operands(&list)?;
            }
        }
        if let Some(colon) = colons[2] {
            self.token(colon, Space::Soft);
            self.expr(full.ast.clobbers, Space::None)?;
            self.out.resume_indent();
        }
        self.out.set_unit(unit);
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

/// How a clobber that is a string is written as the name of a field.
pub(super) fn clobber_name(literal: &[u8], rules: &Rules) -> Vec<u8> {
    let contents = literal.strip_prefix(b"\"").unwrap_or(literal);
    let contents = contents.strip_suffix(b"\"").unwrap_or(contents);
    if is_valid_id(contents, rules) {
        contents.to_vec()
    } else {
        [b"@", literal].concat()
    }
}
