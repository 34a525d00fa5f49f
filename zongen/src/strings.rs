//! Names and string literals, and what they stand for.

use syntax::{Ast, NodeIndex, NodeTag, TokenIndex, string_literal};

use crate::lower::{BadString, ZonGen};
use crate::string_table::{StringLiteral, is_at};

/// The first and the last token of a multiline string.
fn lines(tree: &Ast<'_>, node: NodeIndex) -> std::ops::RangeInclusive<TokenIndex> {
    let data = tree.node_data(node);
    data.lhs..=data.rhs
}

/// About how long the value of a string literal is, without looking at it; exact for a multiline string. For
/// documents generated with [`parse_str_lits`](crate::Options::parse_str_lits) off.
pub fn str_lit_size_hint(tree: &Ast<'_>, node: NodeIndex) -> usize {
    if tree.node_tag(node) == NodeTag::MultilineStringLiteral {
        let lens = lines(tree, node).map(|token| tree.token_slice(token).len() - 2);
        lens.map(|len| len + 1).sum::<usize>() - 1
    } else {
        tree.token_slice(tree.main_token(node)).len()
    }
}

/// Appends the value of a string literal, given its node in the syntax tree. On an error, what precedes the
/// offending place has been appended.
pub fn parse_str_lit(
    tree: &Ast<'_>,
    node: NodeIndex,
    out: &mut Vec<u8>,
) -> Result<(), string_literal::Error> {
    if tree.node_tag(node) != NodeTag::MultilineStringLiteral {
        return string_literal::parse_append(tree.token_slice(tree.main_token(node)), out);
    }
    for (n, token) in lines(tree, node).enumerate() {
        if n > 0 {
            out.push(b'\n');
        }
        // Behind the two backslashes.
        out.extend_from_slice(tree.token_slice(token).get(2..).unwrap_or_default());
    }
    Ok(())
}

impl<'a> ZonGen<'a> {
    /// Appends the name that a quoted identifier token stands for.
    fn append_quoted_name(&mut self, ident_token: TokenIndex) -> Result<u32, BadString> {
        let text = self.tree.token_slice(ident_token);
        let quoted = text.strip_prefix(b"@").unwrap_or(text);
        let start = self.zoir.string_bytes.len();
        if let Err(error) = string_literal::parse_append(quoted, &mut self.zoir.string_bytes) {
            self.lower_str_lit_error(error, ident_token, quoted, 1);
            return Err(BadString);
        }
        let name = &self.zoir.string_bytes[start..];
        let problem = if memchr::memchr(0, name).is_some() {
            "identifier cannot contain null bytes"
        } else if name.is_empty() {
            "identifier cannot be empty"
        } else {
            return Ok(start as u32);
        };
        self.add_error_tok(ident_token, problem);
        Err(BadString)
    }

    /// Interns the name that an identifier token stands for. It is looked for at `guess` first.
    pub(crate) fn ident_as_string(
        &mut self,
        ident_token: TokenIndex,
        guess: Option<u32>,
    ) -> Result<u32, BadString> {
        let text = self.tree.token_slice(ident_token);
        let bytes = &mut self.zoir.string_bytes;
        if text.first() != Some(&b'@') {
            if let Some(guess) = guess
                && is_at(bytes, guess, text)
            {
                return Ok(guess);
            }
            return Ok(self.string_table.intern(bytes, text));
        }
        let start = self.append_quoted_name(ident_token)?;
        Ok(self
            .string_table
            .intern_tail(&mut self.zoir.string_bytes, start))
    }

    /// What stands between the quotes of a string literal, if that is what it spells.
    fn plain_text(&self, node: NodeIndex) -> Option<&'a [u8]> {
        if self.tree.node_tag(node) != NodeTag::StringLiteral {
            return None;
        }
        let start = self.tree.token_start(self.tree.main_token(node)) as usize;
        let rest = self.tree.source.get(start + 1..)?;
        let end = memchr::memchr2(b'"', b'\\', rest)?;
        (rest[end] == b'"').then(|| &rest[..end])
    }

    /// Stores what a string literal spells.
    pub(crate) fn str_lit_as_string(
        &mut self,
        node: NodeIndex,
    ) -> Result<StringLiteral, BadString> {
        if !self.options.parse_str_lits {
            return Ok(StringLiteral::Slice { start: 0, len: 0 });
        }
        // The tokenizer lets no NUL into it.
        if let Some(text) = self.plain_text(node) {
            let start = self.string_table.intern(&mut self.zoir.string_bytes, text);
            return Ok(StringLiteral::NullTerminated(start));
        }
        let start = self.zoir.string_bytes.len();
        if let Err(error) = parse_str_lit(self.tree, node, &mut self.zoir.string_bytes) {
            let token = self.tree.main_token(node);
            self.lower_str_lit_error(error, token, self.tree.token_slice(token), 0);
            return Err(BadString);
        }
        let value = &self.zoir.string_bytes[start..];
        if memchr::memchr(0, value).is_some() {
            return Ok(StringLiteral::Slice {
                start: start as u32,
                len: value.len() as u32,
            });
        }
        let start = self
            .string_table
            .intern_tail(&mut self.zoir.string_bytes, start as u32);
        Ok(StringLiteral::NullTerminated(start))
    }
}
