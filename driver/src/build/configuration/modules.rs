//! The modules, as a map has them.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};

use super::error::{Error, Problem, Unknown};
use super::records::{Base, File, LazyPath, NONE, bits};
use super::steps::{Known, Steps, are_defaulting, is_package};
use crate::limits::MAX_MODULE_MAP_LEN;
use crate::paths;
use crate::project::{BuildImport, BuildModule, BuildProgram, ModuleMap, ModuleRootFile};
use cache_store::file::{SEPARATOR, is_separator};

/// Where the directories are that paths may be relative to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BuildDirs<'a> {
    /// Where `build.zig` is, absolute.
    pub(crate) build_root: &'a Path,
    /// Where `zig build` ran, if that is known: paths of packages may be relative to it.
    pub(crate) working_dir: Option<&'a Path>,
    /// The project's cache directory, which Zig writes.
    pub(crate) local_cache: &'a Path,
    /// The user's.
    pub(crate) global_cache: Option<&'a Path>,
    /// The compiler.
    pub(crate) zig_exe: Option<&'a Path>,
    /// Its lib directory.
    pub(crate) lib: Option<&'a Path>,
}

/// What an entry of the map takes at least, whatever its names are.
const ENTRY_LEN: usize = 16;

/// The file that a step of options makes.
const OPTIONS_FILE: &str = "options.zig";

/// Where what is made is installed, if nothing else is said.
const INSTALL_FOLDER: &str = "zig-out";

pub(super) struct Mapper<'a, 'f> {
    file: &'f File<'a>,
    steps: &'f Steps<'a>,
    dirs: BuildDirs<'f>,
    /// By where a module begins, its number.
    numbers: HashMap<u32, u32>,
    /// Those that have a number and are not in the map yet.
    waiting: VecDeque<u32>,
    /// What the map may still take.
    room: usize,
}

impl<'a, 'f> Mapper<'a, 'f> {
    pub(super) fn new(file: &'f File<'a>, steps: &'f Steps<'a>, dirs: BuildDirs<'f>) -> Self {
        Mapper {
            file,
            steps,
            dirs,
            numbers: HashMap::new(),
            waiting: VecDeque::new(),
            room: MAX_MODULE_MAP_LEN,
        }
    }

    pub(super) fn run(mut self, zig: &str) -> Result<ModuleMap, Error> {
        let mut programs = Vec::new();
        for compile in &self.steps.compiles {
            self.take(ENTRY_LEN)?;
            programs.push(BuildProgram {
                kind: compile.kind,
                name: self.text(compile.name, "the name of a program")?,
                step: self.text(compile.step.name, "the name of a step")?,
                package: self.package(compile.step.owner)?,
                module: self.number(compile.root_module)?,
                test_runner: match compile
                    .test_runner
                    .map(|path| self.root(path))
                    .transpose()?
                {
                    Some(ModuleRootFile::Path(path)) => Some(path),
                    // One that a step has yet to make is not there to be checked.
                    _ => None,
                },
            });
        }
        let mut modules = Vec::new();
        while let Some(at) = self.waiting.pop_front() {
            modules.push(self.module(at)?);
        }
        let unlazy: Vec<u32> = self.file.arrays.unlazy().collect();
        let absent = unlazy
            .into_iter()
            .map(|hash| self.text(hash, "the hash of a package"));
        Ok(ModuleMap {
            version: ModuleMap::VERSION,
            zig: zig.to_owned(),
            absent_packages: absent.collect::<Result<_, _>>()?,
            build_root: path_text(self.dirs.build_root.to_owned())?,
            modules,
            programs,
        })
    }

    /// The number of a module, a new one if it is met for the first time.
    fn number(&mut self, at: u32) -> Result<u32, Error> {
        if let Some(&number) = self.numbers.get(&at) {
            return Ok(number);
        }
        let number = u32::try_from(self.numbers.len()).map_err(|_| Problem::TooLarge)?;
        self.numbers.insert(at, number);
        self.waiting.push_back(at);
        Ok(number)
    }

    fn module(&mut self, at: u32) -> Result<BuildModule, Error> {
        let words = self.file.arrays.words(at as usize, 6)?;
        // Behind these six there is what the compiler and the linker are told.
        let [flags, flags2, table, owner, root, _] =
            std::array::from_fn(|i| u32::from_ne_bytes(words[i]));
        let pairs = [3, 7, 9, 11, 13, 17, 19];
        if bits(flags, 0, 3) > 4 || pairs.iter().any(|&pair| bits(flags, pair, 2) == 3) {
            let unknown = Unknown::Flags(flags, "a module");
            return Err(self.file.unknown(unknown));
        }
        if flags2 >> 16 != 0 || !are_defaulting(flags2) {
            let unknown = Unknown::Flags(flags2, "a module");
            return Err(self.file.unknown(unknown));
        }
        self.take(ENTRY_LEN)?;
        Ok(BuildModule {
            root: match root {
                NONE => ModuleRootFile::None,
                path => self.root(path)?,
            },
            package: self.package(owner)?,
            imports: self.imports(table)?,
        })
    }

    /// The names, and behind them the modules.
    fn imports(&mut self, table: u32) -> Result<Vec<BuildImport>, Error> {
        let arrays = &self.file.arrays;
        let table = table as usize;
        let len = arrays.word(table)? as usize;
        let names = arrays.words(table + 1, len)?;
        let modules = arrays.words(table + 1 + len, len)?;
        let mut imports = Vec::new();
        for (name, module) in names.iter().zip(modules) {
            self.take(ENTRY_LEN)?;
            imports.push(BuildImport {
                name: self.text(u32::from_ne_bytes(*name), "the name of an import")?,
                module: self.number(u32::from_ne_bytes(*module))?,
            });
        }
        Ok(imports)
    }

    fn root(&mut self, path: u32) -> Result<ModuleRootFile, Error> {
        let (index, up, sub_path) = match self.file.lazy_path(path)? {
            LazyPath::Generated {
                index,
                up,
                sub_path,
            } => (index, up, sub_path),
            known => {
                // What is not known of the directories is as good as a file that is yet to be made.
                return Ok(match self.path(known)? {
                    Some(path) => ModuleRootFile::Path(path_text(path)?),
                    None => ModuleRootFile::Generated {
                        step: String::new(),
                        sub_path: self.known_sub_path(known)?,
                    },
                });
            }
        };
        let maker = self.steps.makers.get(&index);
        let text = match maker.map(|maker| &maker.known) {
            Some(Known::Options { contents, paths }) if up == 0 => self.options(contents, paths)?,
            Some(Known::OneFile {
                sub_path: only,
                contents,
            }) if up == 0 => {
                let only = self.file.arrays.string(*only)?;
                let is_it = only == self.file.arrays.string(sub_path)?;
                let name = only
                    .rsplit(|&byte| is_separator(byte))
                    .next()
                    .unwrap_or(only);
                let name = std::str::from_utf8(name).ok();
                let text = std::str::from_utf8(contents).ok();
                name.zip(text)
                    .filter(|_| is_it)
                    .map(|(name, text)| (name.to_owned(), text.to_owned()))
            }
            _ => None,
        };
        if let Some((name, text)) = text {
            self.take(name.len() + text.len())?;
            return Ok(ModuleRootFile::Text { name, text });
        }
        let step = match maker {
            Some(maker) => self.text(maker.step, "the name of a step")?,
            None => String::new(),
        };
        // A made-up number of directories is taken room for before they are written.
        let above = (up as usize).saturating_mul(3);
        self.take(above)?;
        let below = self.text(sub_path, "a path")?;
        Ok(ModuleRootFile::Generated {
            step,
            sub_path: "../".repeat(up as usize) + &below,
        })
    }

    /// The name and the text of a file of options. `None` if there is a path in it that is not known before
    /// the step is run.
    fn options(
        &self,
        contents: &[u8],
        paths: &[(u32, u32)],
    ) -> Result<Option<(String, String)>, Error> {
        let Ok(text) = std::str::from_utf8(contents) else {
            return Ok(None);
        };
        let mut text = text.to_owned();
        for &(name, path) in paths {
            let name = self.file.arrays.string(name)?;
            let Some(path) = self.path_in_text(path)? else {
                return Ok(None);
            };
            text.push_str(&format!(
                "pub const {}: []const u8 = \"",
                syntax::fmt_id(name)
            ));
            for char in path.chars() {
                let bytes = &mut [0; 4];
                let bytes = char.encode_utf8(bytes).as_bytes();
                match char {
                    // Two that end a line, a mark, and a control character.
                    '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                        text.push_str(&syntax::fmt_escapes(bytes).to_string());
                    }
                    _ if char.is_ascii() => text.push_str(&syntax::fmt_escapes(bytes).to_string()),
                    _ => text.push(char),
                }
            }
            text.push_str("\";\n");
            // Made-up lists may have one path many times.
            if text.len() > self.room {
                return Err(Problem::TooLarge.into());
            }
        }
        Ok(Some((OPTIONS_FILE.to_owned(), text)))
    }

    /// A path as options have it: joined, and not resolved. What is in the project is relative if `zig build`
    /// ran there; elsewhere it depends on how the directory was named.
    fn path_in_text(&self, path: u32) -> Result<Option<String>, Error> {
        let (above, sub_path) = match self.file.lazy_path(path)? {
            LazyPath::Source { owner, sub_path } if is_package(owner) => {
                let root = self.file.arrays.string(self.root_path(owner)?)?;
                (Some(root.to_vec()), sub_path)
            }
            LazyPath::Source { sub_path, .. } => (self.base_in_text(Base::BuildRoot), sub_path),
            LazyPath::Relative { base, sub_path } => (self.base_in_text(base), sub_path),
            LazyPath::Generated { .. } => return Ok(None),
        };
        let Some(mut text) = above else {
            return Ok(None);
        };
        let sub_path = self.file.arrays.string(sub_path)?;
        if !text.is_empty() && !sub_path.is_empty() {
            text.push(SEPARATOR);
        }
        text.extend_from_slice(sub_path);
        Ok(String::from_utf8(text).ok())
    }

    /// A directory as options have it.
    fn base_in_text(&self, base: Base) -> Option<Vec<u8>> {
        match base {
            Base::WorkingDir => return Some(Vec::new()),
            Base::GlobalCache | Base::ZigExe | Base::ZigLib => {
                return self.base(base).map(|dir| paths::bytes(&dir).to_vec());
            }
            _ => {}
        }
        let build_root = self.dirs.build_root;
        let here = self.dirs.working_dir == Some(build_root);
        let below = self.base(base).filter(|_| here)?;
        let below = below.strip_prefix(build_root).ok()?;
        Some(paths::bytes(below).to_vec())
    }

    /// Where a file is. `None` if the directory that it is relative to is not known.
    fn path(&self, path: LazyPath) -> Result<Option<PathBuf>, Error> {
        let (above, sub_path) = match path {
            LazyPath::Source { owner, sub_path } => match is_package(owner) {
                true => {
                    let root = self.file.arrays.string(self.root_path(owner)?)?;
                    (Some(self.in_working_dir(root)?), sub_path)
                }
                false => (Some(self.dirs.build_root.to_owned()), sub_path),
            },
            LazyPath::Relative { base, sub_path } => {
                let below = self.file.arrays.string(sub_path)?;
                if base == Base::WorkingDir {
                    return self.in_working_dir(below).map(Some);
                }
                (self.base(base), sub_path)
            }
            LazyPath::Generated { .. } => return Ok(None),
        };
        let sub_path = self.file.arrays.string(sub_path)?;
        Ok(above.map(|above| paths::resolve(&[paths::bytes(&above), sub_path])))
    }

    fn known_sub_path(&mut self, path: LazyPath) -> Result<String, Error> {
        match path {
            LazyPath::Source { sub_path, .. }
            | LazyPath::Relative { sub_path, .. }
            | LazyPath::Generated { sub_path, .. } => self.text(sub_path, "a path"),
        }
    }

    fn base(&self, base: Base) -> Option<PathBuf> {
        let installed = |folder: &str| {
            let prefix = self.dirs.build_root.join(INSTALL_FOLDER);
            Some(match folder {
                "" => prefix,
                folder => prefix.join(folder),
            })
        };
        match base {
            Base::WorkingDir => self.dirs.working_dir.map(Path::to_owned),
            Base::LocalCache => Some(self.dirs.local_cache.to_owned()),
            Base::GlobalCache => self.dirs.global_cache.map(Path::to_owned),
            Base::BuildRoot => Some(self.dirs.build_root.to_owned()),
            Base::ZigExe => self.dirs.zig_exe.map(Path::to_owned),
            Base::ZigLib => self.dirs.lib.map(Path::to_owned),
            Base::InstallPrefix | Base::DeployedPrefix => installed(""),
            Base::InstallLib | Base::DeployedLib => installed("lib"),
            Base::InstallBin | Base::DeployedBin => installed("bin"),
            Base::InstallInclude | Base::DeployedInclude => installed("include"),
            Base::LibcRuntimes => None,
        }
    }

    fn in_working_dir(&self, path: &[u8]) -> Result<PathBuf, Error> {
        let path = paths::from_bytes(path);
        match self.dirs.working_dir {
            _ if path.is_absolute() => Ok(paths::resolve(&[paths::bytes(&path)])),
            Some(dir) => Ok(paths::absolute(dir, &path)),
            None => Err(Error::Relative(path.into_owned())),
        }
    }

    /// A string: where a package is.
    fn root_path(&self, package: u32) -> Result<u32, Error> {
        Ok(self.file.arrays.word(package as usize + 2)?)
    }

    /// The prefix of a package's names.
    fn package(&mut self, owner: u32) -> Result<String, Error> {
        if !is_package(owner) {
            return Ok(String::new());
        }
        let prefix = self.file.arrays.word(owner as usize)?;
        self.text(prefix, "the prefix of a package")
    }

    /// A string for the map.
    fn text(&mut self, string: u32, what: &'static str) -> Result<String, Error> {
        let bytes = self.file.arrays.string(string)?;
        self.take(bytes.len())?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(Error::NotText(what)),
        }
    }

    fn take(&mut self, len: usize) -> Result<(), Error> {
        self.room = self.room.checked_sub(len).ok_or(Problem::TooLarge)?;
        Ok(())
    }
}

fn path_text(path: PathBuf) -> Result<String, Error> {
    path.into_os_string()
        .into_string()
        .map_err(|_| Error::NotText("a path"))
}
