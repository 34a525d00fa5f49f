//! What a file declares, imports and complains about.

use crate::index::Index;
use crate::inst::Tag;
use crate::list::{Body, List};
use crate::payload;
use crate::problem::Problem;
use crate::shape::{self, Declaration};
use crate::view::{EXTRA_COMPILE_ERRORS, EXTRA_IMPORTS, ZirRef};
use crate::walk::{Sink, walk};

/// A compile error or a note of one.
#[derive(Clone, Copy, Debug)]
pub struct CompileError<'a> {
    /// Its text.
    pub message: &'a [u8],
    /// The node it is at; none where `token` and `byte_offset` say it.
    pub node: Option<u32>,
    /// The token it is at; none where the node says it.
    pub token: Option<u32>,
    /// Offset in the token.
    pub byte_offset: u32,
    zir: ZirRef<'a>,
    notes: List<'a, u32>,
}

fn compile_error<'a>(
    zir: ZirRef<'a>,
    item: payload::CompileErrorsItem,
) -> Option<CompileError<'a>> {
    let notes = if item.notes == 0 {
        List::default()
    } else {
        let (block, start) = zir.payload::<payload::Block>(item.notes)?;
        zir.list(start, block.body_len)?
    };
    let message = zir.string(item.msg)?;
    Some(CompileError {
        message,
        node: item.node,
        token: item.token,
        byte_offset: item.byte_offset,
        zir,
        notes,
    })
}

impl<'a> CompileError<'a> {
    /// The notes. Of damaged ZIR, those before the damage.
    pub fn notes(&self) -> impl Iterator<Item = CompileError<'a>> + use<'a> {
        let zir = self.zir;
        self.notes
            .iter()
            .map_while(move |at| compile_error(zir, zir.payload(at)?.0))
    }

    /// Number of notes.
    pub fn notes_len(&self) -> u32 {
        self.notes.len()
    }
}

/// An import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// What is imported, as written.
    pub path: &'a [u8],
    /// The token of the string.
    pub token: u32,
}

/// Collects bodies.
struct Bodies<'a>(Vec<Body<'a>>);

impl<'a> Sink<'a> for Bodies<'a> {
    fn body(&mut self, body: Body<'a>) -> Result<(), Problem> {
        if !body.is_empty() {
            self.0.push(body);
        }
        Ok(())
    }
}

impl<'a> ZirRef<'a> {
    /// The compile errors. Of damaged ZIR, those before the damage.
    pub fn compile_errors(&self) -> impl Iterator<Item = CompileError<'a>> + use<'a> {
        let zir = *self;
        let (len, mut at) = match zir.word(EXTRA_COMPILE_ERRORS) {
            None | Some(0) => (0, 0),
            Some(at) => match zir.payload::<payload::CompileErrors>(at) {
                Some((head, end)) => (head.items_len, end),
                None => (0, 0),
            },
        };
        (0..len).map_while(move |_| {
            let (item, end) = zir.payload(at)?;
            at = end;
            compile_error(zir, item)
        })
    }

    /// The imports, sorted by nothing but their order in the source. Of damaged ZIR, those before the damage.
    pub fn imports(&self) -> impl Iterator<Item = Import<'a>> + use<'a> {
        let zir = *self;
        let (len, mut at) = match zir.word(EXTRA_IMPORTS) {
            None | Some(0) => (0, 0),
            Some(at) => match zir.payload::<payload::Imports>(at) {
                Some((head, end)) => (head.imports_len, end),
                None => (0, 0),
            },
        };
        (0..len).map_while(move |_| {
            let (item, end) = zir.payload::<payload::ImportsItem>(at)?;
            at = end;
            Some(Import {
                path: zir.string(item.name)?,
                token: item.token,
            })
        })
    }

    /// The declarations of a container; none for other instructions.
    pub fn declarations(&self, inst: Index) -> Option<Body<'a>> {
        if self.tag(inst)? != Tag::Extended {
            return None;
        }
        let ext = self.data(inst)?.as_extended(self.format())?;
        Some(shape::Container::read(*self, ext)?.decls)
    }

    /// A declaration taken apart; none for other instructions.
    pub fn declaration(&self, inst: Index) -> Option<Declaration<'a>> {
        if self.tag(inst)? != Tag::Declaration {
            return None;
        }
        Declaration::read(*self, self.data(inst)?.as_declaration().payload_index)
    }

    /// The bodies of an instruction that are not empty, in the order in which they stand in it; a container's
    /// declarations are one of them. Of damaged ZIR, those before the damage.
    pub fn bodies(&self, inst: Index) -> Vec<Body<'a>> {
        let mut bodies = Bodies(Vec::new());
        // What stands before the damage has been collected.
        let _ = walk(*self, inst, &mut bodies);
        bodies.0
    }
}
