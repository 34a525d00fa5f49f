//! From the ZIR of a file to that of its next version: which instruction became which, and what changed on
//! the way.
//!
//! What somebody knows of instructions that outlive an update (containers, declarations, functions, struct
//! initialisations: all that can own a type or be analysed for itself) is carried over with
//! [`map_old_to_new`]. Declarations are matched by name and kind in each pair of matched containers, those
//! without a name by their order; what stands in a declaration, containers above all, by its order in the
//! declaration. A container that captures another number of values than before is not matched, nor is
//! anything in it.
//!
//! The rules are the reference's, with two exceptions that only ever match more: an opaque type's
//! declarations are matched like any container's, and operands of `and` and `or` are looked into.
//!
//! This is arithmetic on two arrays: no files, no memory of earlier mappings. Nothing in the arrays is
//! trusted, and each instruction is visited once.

use std::collections::HashMap;

use crate::index::Index;
use crate::inst::{Extended, Tag};
use crate::list::Body;
use crate::problem::Problem;
use crate::shape::{self, Declaration};
use crate::small::DeclarationKind;
use crate::view::ZirRef;
use crate::walk::{Sink, walk};

/// What tells a declaration from the others of its container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclName<'a> {
    /// A constant, variable or function of this name.
    Named(&'a [u8]),
    /// `test "name"`
    Test(&'a [u8]),
    /// `test name`
    Decltest(&'a [u8]),
    /// A test without a name; the number counts those of the container, from 0. Likewise below.
    UnnamedTest(u32),
    /// `comptime {}`
    Comptime(u32),
    /// `usingnamespace`
    Usingnamespace(u32),
}

/// Where a container stands: the how manyth it is in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The container around it, by its number in [`Mapping::containers`].
    pub namespace: u32,
    /// The declaration it stands in; none where that is a field of the root.
    pub decl: Option<DeclName<'a>>,
    /// How many of its kind stand before it there. Structs, unions and enums are one kind, opaque types
    /// another.
    pub ordinal: u32,
    /// Whether it is an opaque type.
    pub opaque: bool,
}

/// A container that is there before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container<'a> {
    /// Where it stands; none for the file itself.
    pub place: Option<Place<'a>>,
    /// Its old instruction.
    pub old: Index,
    /// Its new instruction.
    pub new: Index,
    /// Whether its fields changed, or what kind of container it is.
    pub fields_changed: bool,
}

/// A declaration that is there before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatchedDecl<'a> {
    /// The container it stands in, by its number in [`Mapping::containers`].
    pub namespace: u32,
    /// Its name.
    pub name: DeclName<'a>,
    /// Its old instruction.
    pub old: Index,
    /// Its new instruction.
    pub new: Index,
    /// The line it stood on, from 0.
    pub old_line: u32,
    /// The line it stands on, from 0.
    pub new_line: u32,
    /// Whether its source is another one, down to the column it begins in: the declaration is outdated.
    pub outdated: bool,
    /// Whether it is or was a function, and its prototype is another one.
    pub prototype_changed: bool,
}

/// A declaration that only one side has, or that not both sides make public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameChange<'a> {
    /// The container, by its number in [`Mapping::containers`].
    pub namespace: u32,
    /// The declaration's name.
    pub name: DeclName<'a>,
    /// The declaration: the old one where it vanished, otherwise the new one.
    pub inst: Index,
    /// Its line, from 0.
    pub line: u32,
    /// What became of it.
    pub change: NameEvent,
}

/// What became of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameEvent {
    /// It is new.
    Appeared,
    /// It is gone, with all that it contained.
    Vanished,
    /// It became `pub`.
    BecamePublic,
    /// It is no longer `pub`.
    BecamePrivate,
}

/// A container in a matched declaration that has no counterpart. The declaration's source tells as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoneContainer<'a> {
    /// Where it stands.
    pub place: Place<'a>,
    /// Its old instruction, where it had one.
    pub old: Option<Index>,
    /// Its new instruction, where it has one. With both the captures are to blame.
    pub new: Option<Index>,
}

/// How old and new belong together.
#[derive(Clone, Debug, Default)]
pub struct Mapping<'a> {
    insts: Vec<(Index, Index)>,
    containers: Vec<Container<'a>>,
    decls: Vec<MatchedDecl<'a>>,
    names: Vec<NameChange<'a>>,
    lone: Vec<LoneContainer<'a>>,
}

impl<'a> Mapping<'a> {
    /// What an old instruction became. Of those that can be carried over, the ones without an answer are
    /// lost.
    pub fn get(&self, old: Index) -> Option<Index> {
        let at = self.insts.binary_search_by_key(&old.0, |pair| pair.0.0);
        at.ok().map(|at| self.insts[at].1)
    }

    /// All pairs of instructions, in the order of the old ones.
    pub fn instructions(&self) -> &[(Index, Index)] {
        &self.insts
    }

    /// The matched containers, outer ones first. The first is the file itself; without it nothing is matched.
    pub fn containers(&self) -> &[Container<'a>] {
        &self.containers
    }

    /// The matched declarations, in the order of their new lines.
    pub fn decls(&self) -> &[MatchedDecl<'a>] {
        &self.decls
    }

    /// The matched declarations whose source changed.
    pub fn outdated(&self) -> impl Iterator<Item = &MatchedDecl<'a>> {
        self.decls.iter().filter(|decl| decl.outdated)
    }

    /// The matched declarations of which nothing changed but the line they are on.
    pub fn moved(&self) -> impl Iterator<Item = &MatchedDecl<'a>> {
        self.decls
            .iter()
            .filter(|decl| !decl.outdated && decl.old_line != decl.new_line)
    }

    /// The names that appeared, vanished, or changed `pub`, in the order of their lines.
    pub fn names(&self) -> &[NameChange<'a>] {
        &self.names
    }

    /// Containers without a counterpart in matched declarations.
    pub fn lone_containers(&self) -> &[LoneContainer<'a>] {
        &self.lone
    }

    /// Whether nothing changed that the ZIR can tell: not even a line number.
    pub fn is_unchanged(&self) -> bool {
        self.names.is_empty()
            && self.lone.is_empty()
            && self
                .decls
                .iter()
                .all(|d| !d.outdated && d.old_line == d.new_line)
            && !self.containers.iter().any(|c| c.fields_changed)
    }
}

/// Maps the ZIR of a file to that of its next version. A side that was not lowered has nothing to be matched:
/// whoever wants to go on from the version before must keep that.
pub fn map_old_to_new<'a>(old: ZirRef<'a>, new: ZirRef<'a>) -> Mapping<'a> {
    let mut mapper = Mapper {
        old: Side::new(old),
        new: Side::new(new),
        mapping: Mapping::default(),
    };
    mapper.run();
    let mut mapping = mapper.mapping;
    mapping.insts.sort_by_key(|pair| pair.0.0);
    mapping.decls.sort_by_key(|decl| decl.new_line);
    mapping.names.sort_by_key(|name| name.line);
    mapping
}

/// What can be carried over of that which stands in a declaration, by kind, in order.
#[derive(Default)]
struct Contents {
    func: Option<Index>,
    containers: Vec<Index>,
    opaques: Vec<Index>,
    /// Struct initialisations, `@Type` and what came in its place: they make types without declarations.
    others: Vec<Index>,
}

/// One of the two versions.
struct Side<'a> {
    zir: ZirRef<'a>,
    /// The instructions that were looked at: bodies of `defer` stand in several places, and in damaged ZIR a
    /// body may stand in itself.
    seen: Vec<bool>,
}

/// Collects the bodies of an instruction but not its declarations.
struct Inner<'a>(Vec<Body<'a>>);

impl<'a> Sink<'a> for Inner<'a> {
    fn body(&mut self, body: Body<'a>) -> Result<(), Problem> {
        if !body.is_empty() {
            self.0.push(body);
        }
        Ok(())
    }

    fn declarations(&mut self, _: Body<'a>) -> Result<(), Problem> {
        Ok(())
    }
}

/// A declaration and what was read of it.
#[derive(Clone, Copy)]
struct Decl<'a> {
    inst: Index,
    name: DeclName<'a>,
    read: Declaration<'a>,
}

impl<'a> Side<'a> {
    fn new(zir: ZirRef<'a>) -> Side<'a> {
        Side {
            zir,
            seen: vec![false; zir.instructions_len() as usize],
        }
    }

    /// What stands in the bodies, nested declarations excepted.
    fn contents(&mut self, bodies: &[Body<'a>]) -> Contents {
        let mut contents = Contents::default();
        // For each body that was entered, the part that is left.
        let mut stack: Vec<Body<'a>> = bodies.iter().rev().copied().collect();
        while let Some(body) = stack.pop() {
            let Some(inst) = body.get(0) else { continue };
            stack.extend(body.slice(1, body.len()));
            let inner = self.enter(inst, &mut contents);
            stack.extend(inner.into_iter().rev());
        }
        contents
    }

    /// Notes an instruction and gives its bodies.
    fn enter(&mut self, inst: Index, contents: &mut Contents) -> Vec<Body<'a>> {
        match self.seen.get_mut(inst.0 as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return Vec::new(),
        }
        let (Some(tag), Some(data)) = (self.zir.tag(inst), self.zir.data(inst)) else {
            return Vec::new();
        };
        match tag {
            Tag::Declaration => return Vec::new(),
            Tag::StructInit | Tag::StructInitRef | Tag::StructInitAnon => {
                contents.others.push(inst);
                return Vec::new();
            }
            Tag::Func | Tag::FuncInferred | Tag::FuncFancy => {
                // A prototype is a type like any other; a body is there once in a declaration.
                if self.func(inst).is_none_or(|func| func.body.is_empty()) {
                    return Vec::new();
                }
                contents.func.get_or_insert(inst);
            }
            Tag::Extended => match data.as_extended(self.zir.format()).map(|ext| ext.opcode) {
                Some(Extended::StructDecl | Extended::UnionDecl | Extended::EnumDecl) => {
                    contents.containers.push(inst);
                }
                Some(Extended::OpaqueDecl) => contents.opaques.push(inst),
                Some(
                    Extended::Reify
                    | Extended::ReifyStruct
                    | Extended::ReifyUnion
                    | Extended::ReifyEnum
                    | Extended::ReifySpirvType,
                ) => contents.others.push(inst),
                _ => {}
            },
            _ => {}
        }
        let mut inner = Inner(Vec::new());
        // What stands before damage counts.
        let _ = walk(self.zir, inst, &mut inner);
        inner.0
    }

    fn func(&self, inst: Index) -> Option<shape::Func<'a>> {
        let data = self.zir.data(inst)?;
        shape::Func::read(self.zir, self.zir.tag(inst)?, data.payload_index())
    }

    /// The declarations of a container with their names.
    fn decls(&self, container: Index) -> Vec<Decl<'a>> {
        let (mut tests, mut comptimes, mut usings) = (0, 0, 0);
        let next = |counter: &mut u32| {
            *counter += 1;
            *counter - 1
        };
        let decls = self.zir.declarations(container).unwrap_or_default();
        decls
            .iter()
            .filter_map(|inst| {
                let read = self.zir.declaration(inst)?;
                let name = || self.zir.string(read.name);
                let name = match read.id().kind() {
                    DeclarationKind::Const | DeclarationKind::Var => DeclName::Named(name()?),
                    DeclarationKind::Test => DeclName::Test(name()?),
                    DeclarationKind::Decltest => DeclName::Decltest(name()?),
                    DeclarationKind::UnnamedTest => DeclName::UnnamedTest(next(&mut tests)),
                    DeclarationKind::Comptime => DeclName::Comptime(next(&mut comptimes)),
                    DeclarationKind::Usingnamespace => DeclName::Usingnamespace(next(&mut usings)),
                };
                Some(Decl { inst, name, read })
            })
            .collect()
    }

    /// Of a container: number of captures, and what its kind and its fields are told by.
    fn container(&self, inst: Index) -> Option<(u32, (Extended, [u8; 16]))> {
        let ext = self.zir.data(inst)?.as_extended(self.zir.format())?;
        let container = shape::Container::read(self.zir, ext)?;
        let told_by = (ext.opcode, container.fields_hash);
        Some((container.captures.len(), told_by))
    }
}

struct Mapper<'a> {
    old: Side<'a>,
    new: Side<'a>,
    mapping: Mapping<'a>,
}

impl<'a> Mapper<'a> {
    fn run(&mut self) {
        let root = Index::MAIN_STRUCT_INST;
        if !self.container(None, root, root) {
            return;
        }
        // The root has no declaration around it, so what stands in its fields is found here.
        let mut contents = [&mut self.old, &mut self.new].map(|side| {
            let mut contents = Contents::default();
            let bodies = side.enter(root, &mut contents);
            let mut inside = side.contents(&bodies);
            inside.func = None;
            inside
        });
        let [old, new] = &mut contents;
        self.contents(0, None, old, new);
        let mut next = 0;
        while let Some(container) = self.mapping.containers.get(next).copied() {
            self.namespace(next as u32, container);
            next += 1;
        }
    }

    /// Matches two containers; their declarations come later. Whether they could be.
    fn container(&mut self, place: Option<Place<'a>>, old: Index, new: Index) -> bool {
        let (Some((old_captures, old_fields)), Some((new_captures, new_fields))) =
            (self.old.container(old), self.new.container(new))
        else {
            return false;
        };
        if old_captures != new_captures {
            return false;
        }
        self.mapping.insts.push((old, new));
        self.mapping.containers.push(Container {
            place,
            old,
            new,
            fields_changed: old_fields != new_fields,
        });
        true
    }

    /// Matches the contents of two matched declarations, or of the root's fields.
    fn contents(
        &mut self,
        namespace: u32,
        decl: Option<DeclName<'a>>,
        old: &Contents,
        new: &Contents,
    ) {
        for (opaque, old, new) in [
            (false, &old.containers, &new.containers),
            (true, &old.opaques, &new.opaques),
        ] {
            for ordinal in 0..old.len().max(new.len()) {
                let place = Place {
                    namespace,
                    decl,
                    ordinal: ordinal as u32,
                    opaque,
                };
                let (old, new) = (old.get(ordinal).copied(), new.get(ordinal).copied());
                let matched = match (old, new) {
                    (Some(old), Some(new)) => self.container(Some(place), old, new),
                    _ => false,
                };
                if !matched {
                    self.mapping.lone.push(LoneContainer { place, old, new });
                }
            }
        }
        let others = old.others.iter().zip(&new.others);
        self.mapping
            .insts
            .extend(others.map(|(&old, &new)| (old, new)));
        if let (Some(old), Some(new)) = (old.func, new.func) {
            self.mapping.insts.push((old, new));
        }
    }

    /// Matches the declarations of two matched containers and all that stands in them.
    fn namespace(&mut self, namespace: u32, container: Container<'a>) {
        let old_decls = self.old.decls(container.old);
        // A file in which a name is declared twice has errors, and nobody asks which of the two is meant.
        let mut by_name: HashMap<DeclName<'a>, Decl<'a>> = HashMap::with_capacity(old_decls.len());
        for decl in &old_decls {
            by_name.entry(decl.name).or_insert(*decl);
        }
        let change = |decl: &Decl<'a>, change| NameChange {
            namespace,
            name: decl.name,
            inst: decl.inst,
            line: decl.read.flags.src_line,
            change,
        };
        for new in self.new.decls(container.new) {
            let Some(old) = by_name.remove(&new.name) else {
                self.mapping.names.push(change(&new, NameEvent::Appeared));
                continue;
            };
            match (old.read.id().is_pub(), new.read.id().is_pub()) {
                (false, true) => self
                    .mapping
                    .names
                    .push(change(&new, NameEvent::BecamePublic)),
                (true, false) => self
                    .mapping
                    .names
                    .push(change(&new, NameEvent::BecamePrivate)),
                _ => {}
            }
            self.decl(namespace, old, new);
        }
        for old in &old_decls {
            if by_name
                .get(&old.name)
                .is_some_and(|left| left.inst == old.inst)
            {
                self.mapping.names.push(change(old, NameEvent::Vanished));
            }
        }
    }

    fn decl(&mut self, namespace: u32, old: Decl<'a>, new: Decl<'a>) {
        self.mapping.insts.push((old.inst, new.inst));
        let old_contents = self.old.contents(&old.read.bodies());
        let new_contents = self.new.contents(&new.read.bodies());
        let hash = |side: &Side<'a>, func: Option<Index>| {
            func.and_then(|func| side.func(func))
                .and_then(|f| f.proto_hash)
        };
        self.mapping.decls.push(MatchedDecl {
            namespace,
            name: new.name,
            old: old.inst,
            new: new.inst,
            old_line: old.read.flags.src_line,
            new_line: new.read.flags.src_line,
            outdated: old.read.src_hash != new.read.src_hash,
            prototype_changed: hash(&self.old, old_contents.func)
                != hash(&self.new, new_contents.func),
        });
        self.contents(namespace, Some(new.name), &old_contents, &new_contents);
    }
}
