//! What changed between two versions of a file, as an incremental compiler sees it: declaration by
//! declaration.

use std::path::PathBuf;

use serde::Serialize;
use syntax::{fmt_escapes, fmt_id};
use zir::map::{DeclName, Mapping, NameEvent, Place};
use zir::{ZirRef, map_old_to_new};
use zoir::Zoir;

use crate::limits::MAX_NAME_PARTS;

/// A file that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileChange {
    /// Its path as messages name it.
    pub path: PathBuf,
    /// What became of it.
    pub change: Change,
}

/// What became of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "changes")]
pub enum Change {
    /// It was not part of the program before.
    Appeared,
    /// It is no longer part of the program.
    Vanished,
    /// It can no longer be lowered. What changed will be told when it can be again.
    Broken,
    /// Its declarations changed: from what its ZIR was when it was last good.
    Declarations(Changes),
    /// It is ZON, and its value changed.
    Value,
}

/// What two versions of a file differ in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    /// They are Zig.
    Declarations(Changes),
    /// They are ZON: whether their values differ.
    Value(bool),
}

impl Comparison {
    /// The change, if there is one.
    pub(crate) fn into_change(self) -> Option<Change> {
        match self {
            Comparison::Declarations(changes) if changes.is_empty() => None,
            Comparison::Declarations(changes) => Some(Change::Declarations(changes)),
            Comparison::Value(differs) => differs.then_some(Change::Value),
        }
    }
}

/// A declaration that is there before and after.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DeclChange {
    /// Its name with those of the declarations around it.
    pub name: String,
    /// The line it stands on, from 1.
    pub line: u32,
    /// The line it stood on.
    pub old_line: u32,
    /// Whether it is or was a function, and its prototype changed.
    pub prototype_changed: bool,
}

/// What became of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameFate {
    /// It is new.
    Appeared,
    /// It is gone, with all that it contained.
    Vanished,
    /// It became `pub`.
    BecamePublic,
    /// It is no longer `pub`.
    BecamePrivate,
}

/// A name that came, went, or changed `pub`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NameChange {
    /// The container it is in, by its name; empty for the file itself.
    pub namespace: String,
    /// The name; of a test or a `comptime` block what stands for one.
    pub name: String,
    /// What became of it.
    pub change: NameFate,
    /// Its line, from 1; of one that vanished the line it stood on.
    pub line: u32,
}

/// What became of a container.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContainerFate {
    /// Its fields, or what kind of container it is.
    Fields,
    /// It is new in a declaration that was there.
    Appeared,
    /// It is gone from a declaration that is still there.
    Vanished,
    /// It captures another number of values, so nothing in it can be matched.
    Captures,
}

/// A container with other fields, or without a counterpart.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ContainerChange {
    /// Its name; empty for the file itself.
    pub name: String,
    /// What became of it.
    pub change: ContainerFate,
}

/// What changed in the declarations of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Changes {
    /// Declarations whose source changed.
    pub outdated: Vec<DeclChange>,
    /// Names that appeared, vanished or changed `pub`.
    pub names: Vec<NameChange>,
    /// Containers that changed.
    pub containers: Vec<ContainerChange>,
    /// Declarations of which nothing but the line changed.
    pub moved: Vec<DeclChange>,
}

impl Changes {
    /// What changed from one ZIR to the other.
    pub fn between(old: ZirRef<'_>, new: ZirRef<'_>) -> Changes {
        let mapping = map_old_to_new(old, new);
        let names = Names { mapping: &mapping };
        let decl = |decl: &zir::map::MatchedDecl<'_>| DeclChange {
            name: names.decl(decl.namespace, decl.name),
            line: decl.new_line + 1,
            old_line: decl.old_line + 1,
            prototype_changed: decl.prototype_changed,
        };
        let mut containers = Vec::new();
        for (number, container) in mapping.containers().iter().enumerate() {
            if container.fields_changed {
                containers.push(ContainerChange {
                    name: names.container(number as u32),
                    change: ContainerFate::Fields,
                });
            }
        }
        for lone in mapping.lone_containers() {
            containers.push(ContainerChange {
                name: names.place(&lone.place),
                change: match (lone.old, lone.new) {
                    (None, _) => ContainerFate::Appeared,
                    (Some(_), None) => ContainerFate::Vanished,
                    (Some(_), Some(_)) => ContainerFate::Captures,
                },
            });
        }
        Changes {
            outdated: mapping.outdated().map(decl).collect(),
            names: mapping
                .names()
                .iter()
                .map(|name| NameChange {
                    namespace: names.container(name.namespace),
                    name: own_name(name.name),
                    change: match name.change {
                        NameEvent::Appeared => NameFate::Appeared,
                        NameEvent::Vanished => NameFate::Vanished,
                        NameEvent::BecamePublic => NameFate::BecamePublic,
                        NameEvent::BecamePrivate => NameFate::BecamePrivate,
                    },
                    line: name.line + 1,
                })
                .collect(),
            containers,
            moved: mapping.moved().map(decl).collect(),
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.outdated.is_empty()
            && self.names.is_empty()
            && self.containers.is_empty()
            && self.moved.is_empty()
    }
}

pub(crate) fn dotted(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}.{name}")
    }
}

/// A declaration's name for people. Those without one are counted from 1.
fn own_name(name: DeclName<'_>) -> String {
    let id = |name| {
        let mut out = Vec::new();
        fmt_id(name).append_to(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    };
    match name {
        DeclName::Named(name) => id(name),
        DeclName::Test(name) => {
            let mut out = Vec::new();
            fmt_escapes(name).append_to(&mut out);
            format!("test \"{}\"", String::from_utf8_lossy(&out))
        }
        DeclName::Decltest(name) => format!("test {}", id(name)),
        DeclName::UnnamedTest(n) => format!("test #{}", n + 1),
        DeclName::Comptime(n) => format!("comptime #{}", n + 1),
        DeclName::Usingnamespace(n) => format!("usingnamespace #{}", n + 1),
    }
}

/// Names of declarations and containers with what is around them.
struct Names<'m> {
    mapping: &'m Mapping<'m>,
}

impl Names<'_> {
    fn decl(&self, namespace: u32, name: DeclName<'_>) -> String {
        dotted(&self.container(namespace), &own_name(name))
    }

    fn container(&self, number: u32) -> String {
        match self
            .mapping
            .containers()
            .get(number as usize)
            .and_then(|c| c.place)
        {
            Some(place) => self.place(&place),
            None => String::new(),
        }
    }

    /// The declarations around a container, outermost first. Only the first container of a declaration goes
    /// by the declaration's name alone.
    fn place(&self, place: &Place<'_>) -> String {
        let mut parts = Vec::new();
        let mut next = Some(*place);
        while let Some(place) = next {
            if parts.len() == MAX_NAME_PARTS {
                parts.push("...".to_owned());
                break;
            }
            let mut part = place.decl.map(own_name).unwrap_or_default();
            match (place.opaque, place.ordinal) {
                (false, 0) if place.decl.is_some() => {}
                (false, n) => part += &format!("#{}", n + 1),
                (true, n) => part += &format!("#opaque{}", n + 1),
            }
            parts.push(part);
            let around = self.mapping.containers().get(place.namespace as usize);
            next = around.and_then(|container| container.place);
        }
        parts.reverse();
        parts.join(".")
    }
}

/// Whether two documents hold other values. Where in the text they stand does not count.
pub(crate) fn zoir_changed(old: &Zoir, new: &Zoir) -> bool {
    let values = |zoir: &Zoir| {
        let [tags, data, _, extra, limbs, strings, errors, notes] = zoir.sections();
        [tags, data, extra, limbs, strings, errors, notes].map(<[u8]>::to_vec)
    };
    values(old) != values(new)
}
