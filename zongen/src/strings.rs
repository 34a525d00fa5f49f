//! Names and strings: each distinct one that holds no NUL is stored once, with a NUL after it.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use syntax::{Ast, NodeIndex, NodeTag, TokenIndex, string_literal};

use crate::lower::{BadString, ZonGen};

/// Index over the strings in the string bytes.
#[derive(Default, Debug)]
pub(crate) struct StringTable {
    /// Offset and hash of each string.
    table: HashTable<(u32, u32)>,
    hasher: foldhash::fast::FixedState,
}

/// The table wants hashes whose upper and lower bits both vary.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl StringTable {
    /// Interns the string at the end of `bytes`, from `start` on. Returns the offset of the one that was there already,
    /// having cut `bytes` back, or of this one, now with a NUL after it.
    fn intern_tail(&mut self, bytes: &mut Vec<u8>, start: u32) -> u32 {
        let key = &bytes[start as usize..];
        let hash = self.hasher.hash_one(key) as u32;
        let found = self.table.find(spread(hash), |&(offset, other)| {
            other == hash && {
                let rest = &bytes[offset as usize..];
                rest.get(key.len()) == Some(&0) && rest.starts_with(key)
            }
        });
        if let Some(&(offset, _)) = found {
            bytes.truncate(start as usize);
            return offset;
        }
        bytes.push(0);
        self.table
            .insert_unique(spread(hash), (start, hash), |&(_, hash)| spread(hash));
        start
    }
}

/// Where a string is.
pub(crate) enum StringLiteral {
    /// It ends at a NUL.
    NullTerminated(u32),
    /// It holds NULs itself.
    Slice { start: u32, len: u32 },
}

/// The first and the last token of a multiline string.
fn lines(tree: &Ast<'_>, node: NodeIndex) -> std::ops::RangeInclusive<TokenIndex> {
    let data = tree.node_data(node);
    data.lhs..=data.rhs
}

/// About how long the value of a string literal is, without looking at it; exact for a multiline string. For documents
/// generated with [`parse_str_lits`](crate::Options::parse_str_lits) off.
pub fn str_lit_size_hint(tree: &Ast<'_>, node: NodeIndex) -> usize {
    if tree.node_tag(node) == NodeTag::MultilineStringLiteral {
        let lens = lines(tree, node).map(|token| tree.token_slice(token).len() - 2);
        lens.map(|len| len + 1).sum::<usize>() - 1
    } else {
        tree.token_slice(tree.main_token(node)).len()
    }
}

/// Appends the value of a string literal, given its node in the syntax tree. On an error, what precedes the offending
/// place has been appended.
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

impl ZonGen<'_> {
    fn append_ident_str(&mut self, ident_token: TokenIndex) -> Result<u32, BadString> {
        let text = self.tree.token_slice(ident_token);
        let start = self.zoir.string_bytes.len();
        let Some(quoted) = text.strip_prefix(b"@") else {
            self.zoir.string_bytes.extend_from_slice(text);
            return Ok(start as u32);
        };
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

    /// Interns the name that an identifier token stands for.
    pub(crate) fn ident_as_string(&mut self, ident_token: TokenIndex) -> Result<u32, BadString> {
        let start = self.append_ident_str(ident_token)?;
        Ok(self
            .string_table
            .intern_tail(&mut self.zoir.string_bytes, start))
    }

    /// Stores what a string literal spells.
    pub(crate) fn str_lit_as_string(
        &mut self,
        node: NodeIndex,
    ) -> Result<StringLiteral, BadString> {
        if !self.options.parse_str_lits {
            return Ok(StringLiteral::Slice { start: 0, len: 0 });
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
