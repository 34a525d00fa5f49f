//! Our side: the same bytes as the oracle's, made by our crates.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::tags::TagNumbers;
use crate::reference::Mode;
use syntax::{Ast, ErrorExtra, Release};

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the words of a panic instead of printing them: they go into the report of the file.
pub(crate) fn catch_panics_quietly() {
    std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or(payload.downcast_ref::<String>().map(String::as_str));
        let message = text.unwrap_or("?").to_owned();
        let place = info
            .location()
            .map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        LAST_PANIC.with(|last| *last.borrow_mut() = format!("{place}: {message}"));
    }));
}

fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| LAST_PANIC.with(|last| last.borrow().clone()))
}

fn put(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_le_bytes());
}

fn mode_of(mode: Mode) -> syntax::Mode {
    match mode {
        Mode::Zig => syntax::Mode::Zig,
        Mode::Zon => syntax::Mode::Zon,
    }
}

/// The AST in the layout and the numbers of the oracle's answer, or the words of a panic.
pub(crate) fn ast(
    source: &[u8],
    mode: Mode,
    release: Release,
    numbers: &TagNumbers,
) -> Result<Vec<u8>, String> {
    guarded(|| {
        let tree = Ast::parse(source, mode_of(mode), release);
        let mut out = Vec::new();
        put(&mut out, tree.tokens_len());
        put(&mut out, tree.nodes_len());
        put(&mut out, tree.extra_data.len() as u32);
        put(&mut out, tree.errors.len() as u32);
        out.extend(tree.token_tags().iter().map(|tag| numbers.token(*tag)));
        for start in tree.token_starts() {
            put(&mut out, *start);
        }
        out.extend(tree.node_tags().map(|tag| numbers.node(tag)));
        for token in tree.main_tokens() {
            put(&mut out, token);
        }
        for data in tree.node_datas() {
            put(&mut out, data.lhs);
            put(&mut out, data.rhs);
        }
        for word in &tree.extra_data {
            put(&mut out, *word);
        }
        for error in &tree.errors {
            out.extend([
                numbers.error(error.tag),
                error.is_note.into(),
                error.token_is_prev.into(),
                0,
            ]);
            put(&mut out, error.token);
            put(
                &mut out,
                match error.extra {
                    ErrorExtra::None => 0,
                    ErrorExtra::ExpectedTag(tag) => u32::from(numbers.token(tag)),
                    ErrorExtra::Offset(offset) => offset,
                },
            );
            put(&mut out, tree.error_offset(error));
            let mut message = Vec::new();
            tree.render_error(error, &mut message);
            put(&mut out, message.len() as u32);
            out.extend(message);
        }
        out
    })
}

/// The ZIR as a cache entry with zero stat fields, or the words of a panic.
pub(crate) fn zir(source: &[u8], release: Release) -> Result<Vec<u8>, String> {
    guarded(|| {
        let tree = Ast::parse(source, syntax::Mode::Zig, release);
        let zir = astgen::generate(&tree);
        let mut out = Vec::with_capacity(
            48 + zir.tags.len() * 9 + zir.string_bytes.len() + zir.extra.len() * 4,
        );
        put(&mut out, zir.tags.len() as u32);
        put(&mut out, zir.string_bytes.len() as u32);
        put(&mut out, zir.extra.len() as u32);
        out.resize(crate::reference::layout::ZIR_HEADER, 0);
        out.extend(zir.tags.iter());
        for data in &zir.data {
            out.extend(data.0);
        }
        out.extend(&zir.string_bytes);
        for word in &zir.extra {
            put(&mut out, *word);
        }
        out
    })
}

/// The ZOIR as a cache entry with zero stat fields, or the words of a panic.
pub(crate) fn zoir(source: &[u8], release: Release) -> Result<Vec<u8>, String> {
    guarded(|| {
        let tree = Ast::parse(source, syntax::Mode::Zon, release);
        let zoir = zongen::generate(&tree, zongen::Options::default());
        // What is printed or asked of a document that is valid is tested along with it.
        zoir::validate(zoir.view()).expect("what was generated is valid");
        let mut text = String::new();
        zoir::print(&mut text, zoir.view(), release).expect("printing does not fail");
        zoir.to_bytes()
    })
}

/// The document formatted, or why not, or the words of a panic.
pub(crate) fn formatted(
    source: &[u8],
    release: Release,
) -> Result<Result<Vec<u8>, zongen::fmt::Error>, String> {
    guarded(|| zongen::fmt::render(&Ast::parse(source, syntax::Mode::Zon, release)))
}

/// Whether a text is the same document but for its layout, or the words of a panic.
pub(crate) fn is_same_document(
    source: &[u8],
    text: &[u8],
    release: Release,
) -> Result<bool, String> {
    guarded(|| {
        let tree = Ast::parse(source, syntax::Mode::Zon, release);
        zongen::fmt::is_same_document(&tree, text)
    })
}
