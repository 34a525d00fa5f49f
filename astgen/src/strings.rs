//! Strings of the ZIR: each distinct one that holds no NUL is stored once, with a NUL after it.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;
use syntax::{NodeIndex, TokenIndex, string_literal};
use zir::NullTerminatedString;

use crate::errors::AnalysisFail;
use crate::r#gen::{AstGen, InnerResult};
use crate::limits::MAX_SPARE_NAMES;

/// A string with its length, which counts for strings that hold NULs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndexSlice {
    pub(crate) index: NullTerminatedString,
    pub(crate) len: u32,
}

/// Index over the strings in `string_bytes`.
#[derive(Default, Debug)]
pub(crate) struct StringTable {
    /// The offset of each string. Lookups go all over it, so it is kept small.
    table: HashTable<u32>,
    /// Offset and hash of each string, in the order of both: what the table grows from.
    strings: Vec<(u32, u32)>,
    hasher: foldhash::fast::FixedState,
}

/// Tokens per distinct string, on the high side.
const TOKENS_PER_STRING: usize = 32;

/// The hash as the table wants it: it looks at bits at both ends.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// Inserts a string into a table that has room, so that no other's hash is asked for. Nothing is ever
/// removed, which could take room without being counted.
#[inline(always)]
fn put(table: &mut HashTable<u32>, start: u32, hash: u32) {
    debug_assert!(table.len() < table.capacity());
    table.insert_unique(spread(hash), start, |_| spread(hash));
}

impl StringTable {
    /// Makes room for the strings of a file of so many tokens in an empty table.
    pub(crate) fn reserve_for_tokens(&mut self, tokens: usize) {
        let count = tokens / TOKENS_PER_STRING;
        if self.table.capacity() < count {
            self.table = HashTable::with_capacity(count);
        }
        self.strings.reserve(count);
    }

    /// The same for another file.
    pub(crate) fn emptied(mut self) -> StringTable {
        if self.table.capacity() > MAX_SPARE_NAMES {
            return StringTable::default();
        }
        self.table.clear();
        self.strings.clear();
        self
    }

    fn hash(&self, key: &[u8]) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key);
        hasher.finish() as u32
    }

    /// The offset in `bytes` of the string `key`, whose hash is `hash`.
    fn find(&self, bytes: &[u8], key: &[u8], hash: u32) -> Option<NullTerminatedString> {
        let found = self.table.find(spread(hash), |&offset| {
            let rest = &bytes[offset as usize..];
            rest.len() > key.len() && rest[key.len()] == 0 && &rest[..key.len()] == key
        });
        found.map(|&offset| NullTerminatedString(offset))
    }

    fn insert(&mut self, start: u32, hash: u32) -> NullTerminatedString {
        if self.table.len() == self.table.capacity() {
            self.grow();
        }
        self.strings.push((start, hash));
        put(&mut self.table, start, hash);
        NullTerminatedString(start)
    }

    /// Makes the table twice as large, from the list: what is in it is in no order, and its strings are all
    /// over the place.
    #[cold]
    fn grow(&mut self) {
        let mut table = HashTable::with_capacity((2 * self.strings.len()).max(16));
        for &(start, hash) in &self.strings {
            put(&mut table, start, hash);
        }
        self.table = table;
    }

    /// Interns `key`, which is appended to `bytes` with a NUL after it if it is new.
    fn intern(&mut self, bytes: &mut Vec<u8>, key: &[u8]) -> NullTerminatedString {
        let hash = self.hash(key);
        self.find(bytes, key, hash).unwrap_or_else(|| {
            let start = bytes.len() as u32;
            bytes.extend_from_slice(key);
            bytes.push(0);
            self.insert(start, hash)
        })
    }

    /// Interns the string at the end of `bytes`, from `start` on. Returns the offset of the one that was
    /// there already, having cut `bytes` back, or of this one, now with a NUL after it.
    fn intern_tail(&mut self, bytes: &mut Vec<u8>, start: u32) -> NullTerminatedString {
        let (before, key) = bytes.split_at(start as usize);
        let hash = self.hash(key);
        if let Some(found) = self.find(before, key, hash) {
            bytes.truncate(start as usize);
            return found;
        }
        bytes.push(0);
        self.insert(start, hash)
    }
}

impl<'a> AstGen<'a> {
    /// The string at `index`, without its NUL.
    pub(crate) fn null_terminated_string(&self, index: NullTerminatedString) -> &[u8] {
        let rest = &self.string_bytes[index.0 as usize..];
        &rest[..memchr::memchr(0, rest).unwrap_or(rest.len())]
    }

    /// The name that an identifier token stands for: its text, or what its `@"..."` spells.
    pub(crate) fn identifier_token_string(
        &mut self,
        token: TokenIndex,
    ) -> InnerResult<Cow<'a, [u8]>> {
        let text = self.tree.token_slice(token);
        if text.first() != Some(&b'@') {
            return Ok(Cow::Borrowed(text));
        }
        let mut name = Vec::new();
        self.parse_str_lit(token, &mut name, text, 1)?;
        self.check_identifier(token, &name)?;
        Ok(Cow::Owned(name))
    }

    fn check_identifier(&mut self, token: TokenIndex, name: &[u8]) -> InnerResult<()> {
        self.check_identifier_facts(token, memchr::memchr(0, name).is_some(), name.is_empty())
    }

    fn check_identifier_facts(
        &mut self,
        token: TokenIndex,
        has_nul: bool,
        is_empty: bool,
    ) -> InnerResult<()> {
        if has_nul {
            return Err(self.fail_tok(token, "identifier cannot contain null bytes"));
        }
        if is_empty {
            return Err(self.fail_tok(token, "identifier cannot be empty"));
        }
        Ok(())
    }

    /// Appends what the string literal `bytes[offset..]`, part of `token`, spells to `out`. On an error `out`
    /// holds what came before it.
    pub(crate) fn parse_str_lit(
        &mut self,
        token: TokenIndex,
        out: &mut Vec<u8>,
        bytes: &[u8],
        offset: u32,
    ) -> InnerResult<()> {
        string_literal::parse_append(&bytes[offset as usize..], out)
            .map_err(|err| self.fail_with_str_lit_error(err, token, bytes, offset))
    }

    fn parse_str_lit_to_string_bytes(
        &mut self,
        token: TokenIndex,
        bytes: &[u8],
        offset: u32,
    ) -> InnerResult<()> {
        string_literal::parse_append(&bytes[offset as usize..], &mut self.string_bytes)
            .map_err(|err| self.fail_with_str_lit_error(err, token, bytes, offset))
    }

    #[cold]
    pub(crate) fn fail_with_str_lit_error(
        &mut self,
        err: string_literal::Error,
        token: TokenIndex,
        bytes: &[u8],
        offset: u32,
    ) -> AnalysisFail {
        let message = err.message(&bytes[offset as usize..]);
        self.fail_off(token, offset + err.offset(), [message.as_slice()])
    }

    /// Interns the name that an identifier token stands for.
    pub(crate) fn ident_as_string(
        &mut self,
        ident_token: TokenIndex,
    ) -> InnerResult<NullTerminatedString> {
        self.ident_text_as_string(ident_token, self.tree.token_slice(ident_token))
    }

    /// As [`AstGen::ident_as_string`], for whoever has the token's text at hand.
    #[inline(always)]
    pub(crate) fn ident_text_as_string(
        &mut self,
        ident_token: TokenIndex,
        text: &[u8],
    ) -> InnerResult<NullTerminatedString> {
        if text.first() == Some(&b'@') {
            return self.quoted_ident_as_string(ident_token, text);
        }
        Ok(self.string_table.intern(&mut self.string_bytes, text))
    }

    #[cold]
    fn quoted_ident_as_string(
        &mut self,
        token: TokenIndex,
        text: &[u8],
    ) -> InnerResult<NullTerminatedString> {
        let start = self.string_bytes.len();
        self.parse_str_lit_to_string_bytes(token, text, 1)?;
        let has_nul = memchr::memchr(0, &self.string_bytes[start..]).is_some();
        let is_empty = self.string_bytes.len() == start;
        self.check_identifier_facts(token, has_nul, is_empty)?;
        Ok(self
            .string_table
            .intern_tail(&mut self.string_bytes, start as u32))
    }

    /// Interns what a string literal spells. A string with a NUL in it is stored anew each time, and without
    /// one after it.
    pub(crate) fn str_lit_as_string(
        &mut self,
        str_lit_token: TokenIndex,
    ) -> InnerResult<IndexSlice> {
        let start = self.string_bytes.len() as u32;
        let text = self.tree.token_slice(str_lit_token);
        self.parse_str_lit_to_string_bytes(str_lit_token, text, 0)?;
        let value = &self.string_bytes[start as usize..];
        let len = value.len() as u32;
        let index = if memchr::memchr(0, value).is_some() {
            NullTerminatedString(start)
        } else {
            self.string_table.intern_tail(&mut self.string_bytes, start)
        };
        Ok(IndexSlice { index, len })
    }

    /// Stores what a multiline string literal spells. Such strings are not interned.
    pub(crate) fn str_lit_node_as_string(&mut self, node: NodeIndex) -> InnerResult<IndexSlice> {
        let tree = self.tree;
        let data = tree.node_data(node);
        let start = self.string_bytes.len() as u32;
        for token in data.lhs..=data.rhs {
            if token != data.lhs {
                self.string_bytes.push(b'\n');
            }
            self.string_bytes
                .extend_from_slice(&tree.token_slice(token)[2..]);
        }
        let len = self.string_bytes.len() as u32 - start;
        self.string_bytes.push(0);
        Ok(IndexSlice {
            index: NullTerminatedString(start),
            len,
        })
    }
}
