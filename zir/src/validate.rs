//! Validation: whether bytes from anywhere are ZIR that a reader can follow without looking.

use std::collections::HashSet;
use std::fmt;

use crate::index::{Index, NullTerminatedString, Ref};
use crate::inst::{Extended, Tag};
use crate::list::Body;
use crate::payload::{self, PayloadKind};
use crate::view::{EXTRA_COMPILE_ERRORS, EXTRA_IMPORTS, EXTRA_RESERVED, ZirRef};
use crate::walk::{Sink, fixed, walk};

pub use crate::problem::Problem;

/// Where something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the arrays as such.
    File,
    /// In the list of compile errors.
    CompileErrors,
    /// In the list of imports.
    Imports,
    /// In an instruction.
    Instruction(Index),
}

/// Why bytes are not valid ZIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Where it is.
    pub place: Place,
    /// What it is.
    pub problem: Problem,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::File => {}
            Place::CompileErrors => write!(f, "compile errors: ")?,
            Place::Imports => write!(f, "imports: ")?,
            Place::Instruction(inst) => write!(f, "instruction {}: ", inst.0)?,
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for Error {}

/// Checks everything that can be reached from the lists of compile errors and imports and from the main
/// struct.
///
/// What cannot be reached is not looked at: in a file with errors the reference leaves instructions and
/// payloads that it reserved and never filled, with anything in them. Takes time and memory linear in the
/// size of the arrays.
///
/// After it, every accessor and reader answers for what it reaches, every instruction is in one body only
/// (but for the bodies of `defer`, which are in as many places as the block is left), and no body is in
/// itself.
pub fn validate(zir: ZirRef<'_>) -> Result<(), Error> {
    let file = |problem| Error {
        place: Place::File,
        problem,
    };
    if zir.extra().len() < EXTRA_RESERVED as usize {
        return Err(file(Problem::Extra));
    }
    if zir.string_bytes().first() != Some(&0) {
        return Err(file(Problem::Strings));
    }
    let instructions_len = zir.instructions_len();
    let mut checker = Checker {
        zir,
        strings_len: zir
            .string_bytes()
            .iter()
            .rposition(|&byte| byte == 0)
            .map_or(0, |last| last + 1) as u64,
        // Every word belongs to one payload. Twice that leaves room for payloads that a later writer might
        // share.
        budget: 2 * zir.extra().len() as u64,
        placed: vec![0; (instructions_len as usize).div_ceil(64)],
        pending: Vec::new(),
        shared: HashSet::new(),
    };
    let errors = zir.word(EXTRA_COMPILE_ERRORS).unwrap_or(0);
    if errors != 0 {
        checker.errors(errors).map_err(|problem| Error {
            place: Place::CompileErrors,
            problem,
        })?;
    }
    let imports = zir.word(EXTRA_IMPORTS).unwrap_or(0);
    if imports != 0 {
        checker.imports(imports).map_err(|problem| Error {
            place: Place::Imports,
            problem,
        })?;
    }
    if instructions_len == 0 {
        return if errors == 0 {
            Err(file(Problem::Empty))
        } else {
            Ok(())
        };
    }
    let main = Index::MAIN_STRUCT_INST;
    let is_struct = zir.tag(main) == Some(Tag::Extended)
        && zir
            .data(main)
            .and_then(|data| data.as_extended(zir.format()))
            .is_some_and(|ext| ext.opcode == Extended::StructDecl);
    if !is_struct {
        return Err(file(Problem::MainStruct));
    }
    checker.place(main).map_err(file)?;
    while let Some(inst) = checker.pending.pop() {
        walk(zir, inst, &mut checker).map_err(|problem| Error {
            place: Place::Instruction(inst),
            problem,
        })?;
    }
    Ok(())
}

struct Checker<'a> {
    zir: ZirRef<'a>,
    /// Length of the string bytes up to the last zero byte: a string that starts below it ends in range.
    strings_len: u64,
    /// How many more words of `extra` payloads may have.
    budget: u64,
    /// One bit an instruction: whether a body has it.
    placed: Vec<u64>,
    /// Instructions that a body has and that are not checked yet.
    pending: Vec<Index>,
    /// Bodies that several instructions have.
    shared: HashSet<(u32, u32)>,
}

impl<'a> Checker<'a> {
    fn place(&mut self, inst: Index) -> Result<(), Problem> {
        self.inst(inst)?;
        let (word, bit) = (inst.to_usize() / 64, 1 << (inst.0 % 64));
        if self.placed[word] & bit != 0 {
            return Err(Problem::Shared(inst.0));
        }
        self.placed[word] |= bit;
        self.pending.push(inst);
        Ok(())
    }

    fn errors(&mut self, at: u32) -> Result<(), Problem> {
        let (head, mut at) = self
            .zir
            .payload::<payload::CompileErrors>(at)
            .ok_or(Problem::Payload(at))?;
        for _ in 0..head.items_len {
            let (item, end) = self.item(at)?;
            at = end;
            if item.notes == 0 {
                continue;
            }
            let (block, start) = self
                .zir
                .payload::<payload::Block>(item.notes)
                .ok_or(Problem::Payload(item.notes))?;
            let notes = self
                .zir
                .list::<u32>(start, block.body_len)
                .ok_or(Problem::Payload(item.notes))?;
            self.words(item.notes, 1 + notes.len())?;
            for note in notes.iter() {
                if self.item(note)?.0.notes != 0 {
                    return Err(Problem::NestedNotes);
                }
            }
        }
        Ok(())
    }

    fn item(&mut self, at: u32) -> Result<(payload::CompileErrorsItem, u32), Problem> {
        let (item, end) = self
            .zir
            .payload::<payload::CompileErrorsItem>(at)
            .ok_or(Problem::Payload(at))?;
        self.words(at, end - at)?;
        self.string(item.msg)?;
        Ok((item, end))
    }

    fn imports(&mut self, at: u32) -> Result<(), Problem> {
        let (head, at) = self
            .zir
            .payload::<payload::Imports>(at)
            .ok_or(Problem::Payload(at))?;
        let len = head
            .imports_len
            .checked_mul(2)
            .ok_or(Problem::Payload(at))?;
        let words = self.zir.list::<u32>(at, len).ok_or(Problem::Payload(at))?;
        self.words(at, len)?;
        for n in 0..head.imports_len {
            let item = words.slice(n * 2, n * 2 + 2).ok_or(Problem::Payload(at))?;
            fixed(
                self.zir.format(),
                PayloadKind::ImportsItem,
                item.iter(),
                self,
            )?;
        }
        Ok(())
    }
}

impl<'a> Sink<'a> for Checker<'a> {
    fn words(&mut self, _start: u32, len: u32) -> Result<(), Problem> {
        self.budget = self
            .budget
            .checked_sub(u64::from(len))
            .ok_or(Problem::Overlap)?;
        Ok(())
    }

    fn operand(&mut self, operand: Ref) -> Result<(), Problem> {
        match operand.to_index() {
            Some(inst) if inst.0 >= self.zir.instructions_len() => {
                Err(Problem::Reference(self.zir.format().ref_word(operand)))
            }
            _ => Ok(()),
        }
    }

    fn inst(&mut self, inst: Index) -> Result<(), Problem> {
        if inst.0 < self.zir.instructions_len() {
            Ok(())
        } else {
            Err(Problem::Instruction(inst.0))
        }
    }

    fn string(&mut self, start: NullTerminatedString) -> Result<(), Problem> {
        if u64::from(start.0) < self.strings_len {
            Ok(())
        } else {
            Err(Problem::String(start.0))
        }
    }

    fn bytes(&mut self, start: NullTerminatedString, len: u64) -> Result<(), Problem> {
        if u64::from(start.0) + len <= self.zir.string_bytes().len() as u64 {
            Ok(())
        } else {
            Err(Problem::String(start.0))
        }
    }

    fn body(&mut self, body: Body<'a>) -> Result<(), Problem> {
        body.iter().try_for_each(|inst| self.place(inst))
    }

    fn declarations(&mut self, body: Body<'a>) -> Result<(), Problem> {
        for inst in body.iter() {
            self.place(inst)?;
            if self.zir.tag(inst) != Some(Tag::Declaration) {
                return Err(Problem::Declaration(inst.0));
            }
        }
        Ok(())
    }

    fn shared_body(&mut self, body: Body<'a>) -> Result<(), Problem> {
        if self.shared.insert((body.start(), body.len())) {
            self.words(body.start(), body.len())?;
            self.body(body)?;
        }
        Ok(())
    }
}
