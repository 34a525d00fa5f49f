//! Typed values from text.

use std::cell::OnceCell;

use serde::Deserialize;
use syntax::{Ast, Mode, NodeIndex, Release, TokenIndex};
use zoir::typed::{DeOptions, Error, Location, Source};
use zoir::{Place, ZoirRef};

use crate::{Options, generate};

/// The value of a document, as the newest release reads it. Strings are borrowed from the text where they
/// stand in it as they are.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Package<'a> {
///     name: zoir::typed::EnumLiteral,
///     version: &'a str,
///     #[serde(default)]
///     paths: Vec<&'a str>,
/// }
///
/// let text = ".{ .name = .example, .version = \"0.1.0\", .paths = .{ \"src\" } }";
/// let package: Package = zongen::from_str(text)?;
/// assert_eq!(package.name.0, "example");
/// assert_eq!((package.version, package.paths), ("0.1.0", vec!["src"]));
///
/// let wrong = zongen::from_str::<Package>(".{ .name = 1, .version = false }").err().unwrap();
/// assert_eq!(
///     wrong.to_string(),
///     "1:12: error: expected enum literal\n1:26: error: expected string\n"
/// );
/// # Ok::<(), zoir::typed::Error>(())
/// ```
///
/// # Errors
/// All syntax errors of the text, or all that keeps it from being a `T`, with their places.
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    from_slice(text.as_bytes())
}

/// The same with options, such as the release of Zig by whose rules the text is read.
///
/// ```
/// use syntax::Release;
/// use zoir::typed::DeOptions;
///
/// // A name since 0.15, a keyword before.
/// let text = ".async";
/// let read = |release| {
///     let options = DeOptions::default().release(release);
///     zongen::from_str_with::<zoir::typed::EnumLiteral>(text, options)
/// };
/// assert!(read(Release::V0_15_2).is_ok());
/// assert!(read(Release::V0_14_1).is_err());
/// ```
///
/// # Errors
/// All syntax errors of the text, or all that keeps it from being a `T`, with their places.
pub fn from_str_with<'de, T: Deserialize<'de>>(
    text: &'de str,
    options: DeOptions,
) -> Result<T, Error> {
    from_slice_with(text.as_bytes(), options)
}

/// The value of a document that need not be UTF-8.
///
/// # Errors
/// All syntax errors of the text, or all that keeps it from being a `T`, with their places.
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, Error> {
    from_slice_with(text, DeOptions::default())
}

/// The same with options.
///
/// # Errors
/// All syntax errors of the text, or all that keeps it from being a `T`, with their places.
pub fn from_slice_with<'de, T: Deserialize<'de>>(
    text: &'de [u8],
    options: DeOptions,
) -> Result<T, Error> {
    let source = Text::new(text, options.release);
    let zoir = generate(source.tree(), Options::default());
    zoir::typed::from_valid_zoir_with(zoir.view(), &source, options)
}

/// The value of a document out of a cache whose text is at hand, which is parsed only if a place in it is
/// asked for or a string is borrowed.
///
/// # Errors
/// All syntax errors of the text, or all that keeps it from being a `T`, with their places.
pub fn from_zoir<'de, T: Deserialize<'de>>(
    zoir: ZoirRef<'_>,
    text: &'de [u8],
    options: DeOptions,
) -> Result<T, Error> {
    zoir::typed::from_zoir_with(zoir, &Text::new(text, options.release), options)
}

struct Text<'s> {
    text: &'s [u8],
    release: Release,
    tree: OnceCell<Ast<'s>>,
    /// Where each line starts.
    lines: OnceCell<Vec<usize>>,
}

impl<'s> Text<'s> {
    fn new(text: &'s [u8], release: Release) -> Self {
        Text {
            text,
            release,
            tree: OnceCell::new(),
            lines: OnceCell::new(),
        }
    }

    fn tree(&self) -> &Ast<'s> {
        self.tree
            .get_or_init(|| Ast::parse(self.text, Mode::Zon, self.release))
    }

    fn location(&self, at: usize, span: std::ops::Range<usize>) -> Location {
        let starts = || {
            std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', self.text).map(|at| at + 1))
                .collect()
        };
        let lines = self.lines.get_or_init(starts);
        let line = lines.partition_point(|&start| start <= at);
        Location {
            line: line as u32,
            column: (at - lines[line - 1]) as u32 + 1,
            span,
        }
    }

    /// The place of a token; `None` where the document is of another text.
    fn token(&self, token: TokenIndex, offset: u32) -> Option<Location> {
        let tree = self.tree();
        if token >= tree.tokens_len() {
            return None;
        }
        let start = tree.token_start(token) as usize;
        let end = start + tree.token_slice(token).len();
        // The offset may be of another text, or made up.
        let at = (start + offset as usize).min(self.text.len());
        Some(self.location(at, at.min(end)..end))
    }

    fn is_node(&self, node: NodeIndex) -> bool {
        node < self.tree().nodes_len()
    }

    fn field_token(&self, ast_node: NodeIndex, field: u32) -> Option<TokenIndex> {
        if !self.is_node(ast_node) {
            return None;
        }
        let full = self.tree().full_struct_init(ast_node)?;
        let value = *full.ast.fields.as_slice().get(field as usize)?;
        self.tree().first_token(value).checked_sub(2)
    }
}

impl<'s> Source<'s> for Text<'s> {
    fn node(&self, ast_node: u32) -> Option<Location> {
        if !self.is_node(ast_node) {
            return None;
        }
        let tree = self.tree();
        let start = tree.token_start(tree.first_token(ast_node)) as usize;
        let last = tree.last_token(ast_node);
        let end = tree.token_start(last) as usize + tree.token_slice(last).len();
        Some(self.location(
            tree.token_start(tree.main_token(ast_node)) as usize,
            start..end,
        ))
    }

    fn field_name(&self, ast_node: u32, field: u32) -> Option<Location> {
        self.token(self.field_token(ast_node, field)?, 0)
    }

    fn place(&self, place: Place) -> Option<Location> {
        match place {
            Place::Node(node) => self.node(node),
            Place::Token { token, offset } => self.token(token, offset),
        }
    }

    fn borrow_string(&self, ast_node: u32, value: &[u8]) -> Option<&'s [u8]> {
        if !self.is_node(ast_node) {
            return None;
        }
        let start = self.tree().token_start(self.tree().main_token(ast_node)) as usize;
        // A quote, the value, a quote; or two backslashes, the value and the end of the line; or an enum
        // literal's name.
        let rest = &self.text[start.min(self.text.len())..];
        let (skip, ends): (usize, fn(u8) -> bool) = match rest {
            [b'"', ..] => (1, |byte| byte == b'"'),
            [b'\\', b'\\', ..] => (2, |byte| byte == b'\n' || byte == b'\r'),
            _ => (0, |byte| !(byte.is_ascii_alphanumeric() || byte == b'_')),
        };
        let inner = &rest[skip..];
        let is_it = inner.starts_with(value) && inner.get(value.len()).copied().is_none_or(ends);
        is_it.then(|| &inner[..value.len()])
    }

    fn borrow_field_name(&self, ast_node: u32, field: u32, name: &[u8]) -> Option<&'s [u8]> {
        let start = self.tree().token_start(self.field_token(ast_node, field)?) as usize;
        let rest = self.text.get(start..)?;
        let inner = rest.strip_prefix(b"@\"").unwrap_or(rest);
        inner.starts_with(name).then(|| &inner[..name.len()])
    }
}
