//! Names and strings: each distinct one that holds no NUL is stored once, with a NUL after it.

use std::hash::{BuildHasher, Hasher};

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
    fn hash(&self, key: &[u8]) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key);
        hasher.finish() as u32
    }

    fn find(&self, bytes: &[u8], key: &[u8], hash: u32) -> Option<u32> {
        let found = self.table.find(spread(hash), |&(offset, other)| {
            other == hash && is_at(bytes, offset, key)
        });
        found.map(|&(offset, _)| offset)
    }

    fn insert(&mut self, start: u32, hash: u32) {
        self.table
            .insert_unique(spread(hash), (start, hash), |&(_, hash)| spread(hash));
    }

    /// Interns the string at the end of `bytes`, from `start` on. Returns the offset of the one that was
    /// there already, having cut `bytes` back, or of this one, now with a NUL after it.
    fn intern_tail(&mut self, bytes: &mut Vec<u8>, start: u32) -> u32 {
        let key = &bytes[start as usize..];
        let hash = self.hash(key);
        if let Some(offset) = self.find(bytes, key, hash) {
            bytes.truncate(start as usize);
            return offset;
        }
        bytes.push(0);
        self.insert(start, hash);
        start
    }

    /// Interns a string that is not in `bytes` yet. The result is the same.
    fn intern(&mut self, bytes: &mut Vec<u8>, key: &[u8]) -> u32 {
        let hash = self.hash(key);
        if let Some(offset) = self.find(bytes, key, hash) {
            return offset;
        }
        let start = bytes.len() as u32;
        bytes.extend_from_slice(key);
        bytes.push(0);
        self.insert(start, hash);
        start
    }
}

/// Whether a string, which holds no NUL, is the one that starts there.
fn is_at(bytes: &[u8], offset: u32, key: &[u8]) -> bool {
    let rest = bytes.get(offset as usize..).unwrap_or_default();
    rest.get(key.len()) == Some(&0) && rest.starts_with(key)
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
