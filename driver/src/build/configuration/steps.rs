//! Steps: what each is, and which generated files it makes.
//!
//! No list tells which step makes a generated file. Each step's record has the numbers of its own, so all of
//! them are read.

use std::collections::{HashMap, HashSet};

use super::arrays::Step;
use super::error::{Error, Problem, Unknown};
use super::records::{Cursor, File, NONE, bit, bits};
use crate::project::ProgramKind;

/// What was found in the steps.
#[derive(Debug, Default)]
pub(super) struct Steps<'a> {
    /// The compile steps, in their order.
    pub(super) compiles: Vec<Compile>,
    /// By generated file, who makes it.
    pub(super) makers: HashMap<u32, Maker<'a>>,
}

/// A compile step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compile {
    /// The step itself.
    pub(super) step: Step,
    /// What it makes.
    pub(super) kind: ProgramKind,
    /// Where its root module begins.
    pub(super) root_module: u32,
    /// A string: the name of what it makes.
    pub(super) name: u32,
    /// A path: a test runner of the project's own.
    pub(super) test_runner: Option<u32>,
}

/// The step that makes a generated file.
#[derive(Debug)]
pub(super) struct Maker<'a> {
    /// A string: its name.
    pub(super) step: u32,
    /// What is known of the file before it is made.
    pub(super) known: Known<'a>,
}

/// What is known of a generated file.
#[derive(Debug)]
pub(super) enum Known<'a> {
    /// Nothing.
    Nothing,
    /// Options.
    Options {
        /// Their text, but for the paths among them.
        contents: &'a [u8],
        /// Strings and paths: a constant each, which the step adds to the text.
        paths: Vec<(u32, u32)>,
    },
    /// A directory with one file in it.
    OneFile {
        /// A string: its path in the directory.
        sub_path: u32,
        contents: &'a [u8],
    },
}

/// Reads all steps.
pub(super) fn read<'a>(file: &File<'a>) -> Result<Steps<'a>, Error> {
    let mut steps = Steps::default();
    let mut lists = HashSet::new();
    for step in file.arrays.steps() {
        file.arrays.check_string(step.name)?;
        // Many steps may have one list.
        if lists.insert(step.deps) {
            file.at(step.deps).each(Cursor::step)?;
        }
        let mut found = Found {
            step,
            compile: None,
            files: Vec::new(),
        };
        found.record(&mut file.at(step.record))?;
        for (index, known) in found.files {
            let step = step.name;
            if steps.makers.insert(index, Maker { step, known }).is_some() {
                return Err(Problem::MadeTwice.into());
            }
        }
        steps.compiles.extend(found.compile);
    }
    Ok(steps)
}

struct Found<'a> {
    step: Step,
    compile: Option<Compile>,
    files: Vec<(u32, Known<'a>)>,
}

impl<'a> Found<'a> {
    fn makes(&mut self, c: &mut Cursor<'a, '_>) -> Result<(), Error> {
        let index = c.generated()?;
        self.files.push((index, Known::Nothing));
        Ok(())
    }

    fn record(&mut self, c: &mut Cursor<'a, '_>) -> Result<(), Error> {
        let flags = c.word()?;
        let kind = bits(flags, 0, 5);
        // How many bits of the flags mean something.
        let used = match kind {
            0 => self.check_file(c, flags).map(|()| 8),
            1 => self.compile(c, flags).map(|()| 32),
            2 => self.config_header(c, flags).map(|()| 11),
            3 => c.string().map(|_| 5),
            4 => self.find_program(c).map(|()| 5),
            5 => self.fmt(c, flags).map(|()| 8),
            6 => self.install_artifact(c, flags).map(|()| 11),
            7 => self.install_dir(c, flags).map(|()| 10),
            8 => self.install_file(c).map(|()| 5),
            9 => self.obj_copy(c, flags).map(|()| 17),
            10 => self.options(c, flags).map(|()| 8),
            11 => self.run(c, flags).map(|()| 29),
            // What `zig build` lists: a description.
            12 => c.string().map(|_| 5),
            13 => self.translate_c(c).map(|()| 12),
            14 => self.update_source_files(c, flags).map(|()| 7),
            15 => self.write_file(c, flags).map(|()| 10),
            other => Err(c.file().unknown(Unknown::Step(other))),
        }?;
        match flags.checked_shr(used).unwrap_or(0) {
            0 => Ok(()),
            _ => Err(c.file().unknown(Unknown::Flags(flags, "a step"))),
        }
    }

    fn check_file(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        c.lazy_path()?;
        c.when(bit(flags, 5), Cursor::bytes)?;
        c.when(bit(flags, 6), |c| c.each(Cursor::bytes))?;
        c.when(bit(flags, 7), Cursor::word)?;
        Ok(())
    }

    fn compile(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        let [flags2, flags3, flags4] = [c.word()?, c.flags(30, COMPILE)?, c.flags(25, COMPILE)?];
        let unknown =
            |c: &mut Cursor<'a, '_>, flags| Err(c.file().unknown(Unknown::Flags(flags, COMPILE)));
        if !are_defaulting(flags2) {
            return unknown(c, flags2);
        }
        let root_module = c.word()?;
        let name = c.string()?;
        let kind = match bits(flags3, 3, 3) {
            0 => ProgramKind::Exe,
            1 => ProgramKind::Lib,
            2 => ProgramKind::Obj,
            3 => ProgramKind::Test,
            4 => ProgramKind::TestObj,
            _ => return unknown(c, flags3),
        };
        self.compile = Some(Compile {
            step: self.step,
            kind,
            root_module,
            name,
            test_runner: None,
        });
        c.when(bit(flags, 5), |c| c.each(Cursor::string))?;
        c.when(bit(flags, 6), |c| c.each(Cursor::word))?;
        c.when(bit(flags, 7), |c| c.each(Cursor::string))?;
        // Errors that are expected.
        match bits(flags4, 9, 3) {
            0 | 2 | 3 => c.string().map(|_| ()),
            1 => c.each(Cursor::string),
            4 => Ok(()),
            _ => unknown(c, flags4),
        }?;
        for is_there in [
            bit(flags4, 12),
            bit(flags4, 13),
            bit(flags3, 15),
            bit(flags4, 0),
            bit(flags3, 13),
            bit(flags3, 14),
            bit(flags4, 8),
        ] {
            c.when(is_there, Cursor::lazy_path)?;
        }
        // The version, the entry point where it is a symbol, the name that a library is installed under.
        for is_there in [bit(flags3, 0), bits(flags3, 22, 2) == 3, bit(flags4, 7)] {
            c.when(is_there, Cursor::string)?;
        }
        // Sizes and addresses of 64 bits, and two words of 32.
        for is_there in [
            bit(flags3, 1),
            bit(flags3, 2),
            bit(flags3, 8),
            bit(flags3, 18),
            bit(flags4, 1),
            bit(flags4, 2),
            bit(flags4, 3),
            bit(flags4, 4),
        ] {
            c.when(is_there, |c| c.skip(2))?;
        }
        c.when(bit(flags4, 5), Cursor::word)?;
        c.when(bit(flags4, 6), Cursor::word)?;
        // A build id that is given in full.
        c.when(bits(flags3, 19, 3) == 5, Cursor::string)?;
        let test_runner = match bits(flags3, 9, 2) {
            0 => None,
            1 | 2 => Some(c.lazy_path()?),
            _ => return unknown(c, flags3),
        };
        if let Some(compile) = &mut self.compile {
            compile.test_runner = test_runner;
        }
        for number in 14..23 {
            c.when(bit(flags4, number), |c| self.makes(c))?;
        }
        Ok(())
    }

    fn config_header(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        c.when(bit(flags, 5), Cursor::lazy_path)?;
        self.makes(c)?;
        c.when(bit(flags, 9), |c| c.skip(2))?;
        c.string()?;
        c.when(bit(flags, 10), Cursor::string)?;
        c.each(|c| {
            c.string()?;
            c.word()
        })
    }

    fn find_program(&mut self, c: &mut Cursor<'a, '_>) -> Result<(), Error> {
        c.word()?;
        self.makes(c)
    }

    fn fmt(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        c.when(bit(flags, 5), |c| c.each(Cursor::lazy_path))?;
        c.when(bit(flags, 6), |c| c.each(Cursor::lazy_path))?;
        Ok(())
    }

    fn install_artifact(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        for number in 6..10 {
            c.when(bit(flags, number), Cursor::word)?;
        }
        c.when(bit(flags, 10), Cursor::string)?;
        Ok(())
    }

    fn install_dir(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        c.lazy_path()?;
        c.word()?;
        c.when(bit(flags, 5), Cursor::string)?;
        for number in [6, 7, 9] {
            c.when(bit(flags, number), |c| c.each(Cursor::string))?;
        }
        Ok(())
    }

    fn install_file(&mut self, c: &mut Cursor<'a, '_>) -> Result<(), Error> {
        c.lazy_path()?;
        c.word()?;
        c.string()?;
        Ok(())
    }

    fn obj_copy(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        c.lazy_path()?;
        self.makes(c)?;
        c.when(bit(flags, 5), Cursor::string)?;
        c.when(bit(flags, 6), |c| self.makes(c))?;
        c.when(bit(flags, 7), Cursor::string)?;
        c.when(bit(flags, 13), Cursor::string)?;
        c.when(bit(flags, 14), |c| c.skip(2))?;
        c.when(bit(flags, 15), |c| {
            c.each(|c| {
                c.string()?;
                c.lazy_path()
            })
        })?;
        c.when(bit(flags, 16), |c| {
            c.each(|c| {
                c.string()?;
                c.word()
            })
        })?;
        Ok(())
    }

    fn options(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        let index = c.generated()?;
        let contents = c.bytes()?;
        let mut paths = Vec::new();
        for number in 5..8 {
            let more = c.when(bit(flags, number), |c| {
                c.list(|c| Ok((c.string()?, c.lazy_path()?)))
            })?;
            paths.extend(more.into_iter().flatten());
        }
        self.files.push((index, Known::Options { contents, paths }));
        Ok(())
    }

    fn run(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        let flags2 = c.flags(9, RUN)?;
        let arguments = c.list(Cursor::word)?;
        c.when(bit(flags, 24), Cursor::lazy_path)?;
        c.when(bit(flags, 28), |c| {
            c.each(|c| {
                c.string()?;
                c.lazy_path()
            })
        })?;
        for number in [25, 26] {
            c.when(bit(flags, number), |c| {
                self.makes(c)?;
                c.string()
            })?;
        }
        c.each(Cursor::lazy_path)?;
        c.when(bit(flags, 22), |c| c.skip(2))?;
        c.when(bit(flags, 23), Cursor::step)?;
        c.when(bit(flags, 27), Cursor::word)?;
        match bits(flags, 13, 2) {
            0 => Ok(()),
            1 => c.bytes().map(|_| ()),
            2 => c.lazy_path().map(|_| ()),
            _ => Err(c.file().unknown(Unknown::Flags(flags, RUN))),
        }?;
        for number in [0, 1] {
            c.when(bit(flags2, number), Cursor::bytes)?;
        }
        for number in [2, 3] {
            c.when(bit(flags2, number), |c| c.each(Cursor::bytes))?;
        }
        c.when(bit(flags2, 4), Cursor::word)?;
        for number in [7, 8] {
            c.when(bit(flags2, number), Cursor::lazy_path)?;
        }
        for argument in arguments {
            let c = &mut c.file().at(argument);
            let flags = c.flags(12, "an argument")?;
            for number in 4..7 {
                c.when(bit(flags, number), Cursor::string)?;
            }
            c.when(bit(flags, 7), Cursor::lazy_path)?;
            c.when(bit(flags, 8), Cursor::step)?;
            c.when(bit(flags, 9), |c| self.makes(c))?;
        }
        Ok(())
    }

    /// What follows is passed over.
    fn translate_c(&mut self, c: &mut Cursor<'a, '_>) -> Result<(), Error> {
        c.lazy_path()?;
        self.makes(c)
    }

    fn update_source_files(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        c.when(bit(flags, 5), |c| c.each(embed))?;
        c.when(bit(flags, 6), |c| c.each(copy))?;
        Ok(())
    }

    fn write_file(&mut self, c: &mut Cursor<'a, '_>, flags: u32) -> Result<(), Error> {
        let index = c.generated()?;
        let embeds = c.when(bit(flags, 5), |c| c.list(embed))?;
        let copies = c.when(bit(flags, 6), |c| c.each(copy))?;
        let directories = c.when(bit(flags, 7), |c| {
            c.each(|c| {
                c.string()?;
                c.lazy_path()?;
                // Lists of extensions, if there are any.
                c.skip(2)
            })
        })?;
        let mode = bits(flags, 8, 2);
        let is_all = copies.is_none() && directories.is_none() && mode != MUTATE;
        match mode {
            0 | 1 => {}
            MUTATE => {
                c.lazy_path()?;
            }
            _ => return Err(c.file().unknown(Unknown::Flags(flags, "a step"))),
        }
        let known = match embeds.as_deref() {
            Some(&[(sub_path, contents)]) if is_all => Known::OneFile { sub_path, contents },
            _ => Known::Nothing,
        };
        self.files.push((index, known));
        Ok(())
    }
}

const COMPILE: &str = "a compile step";
const RUN: &str = "a step that runs something";

/// A step of this mode writes into a directory that is there before.
const MUTATE: u32 = 2;

fn embed<'a>(c: &mut Cursor<'a, '_>) -> Result<(u32, &'a [u8]), Error> {
    Ok((c.string()?, c.bytes()?))
}

fn copy(c: &mut Cursor<'_, '_>) -> Result<(), Error> {
    c.string()?;
    c.lazy_path()?;
    Ok(())
}

/// Whether each two bits are no, yes or whatever is usual, and none of them both.
pub(super) fn are_defaulting(flags: u32) -> bool {
    flags & flags >> 1 & 0x5555_5555 == 0
}

/// Whether an owner of a step, a module or a path is a package and not the project.
pub(super) fn is_package(owner: u32) -> bool {
    owner != NONE
}
