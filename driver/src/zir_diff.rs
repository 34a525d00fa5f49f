//! `zirc diff`: what changed between two versions of a file, as an incremental compiler sees it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use serde::Serialize;
use syntax::{Ast, Mode};
use syntax::{fmt_escapes, fmt_id};
use zir::map::{DeclName, Mapping, NameEvent, Place};
use zir::{ZirRef, map_old_to_new};
use zoir::Zoir;

use crate::check::Format;
use crate::diagnostics::{Diagnostic, Renderer, zir_diagnostics};
use crate::inputs::mode_of;
use crate::limits::MAX_NAME_PARTS;
use crate::terminal::Color;
use crate::zon_diagnostics::zoir_diagnostics;
use crate::{Error, Status, inputs, paths};

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

    /// The changes as text, one a line, each line behind `indent`.
    pub fn write(&self, out: &mut String, indent: &str) {
        let mut line = |what: &str, name: &str, detail: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(out, "{indent}{what:<9} {name}{detail}");
        };
        for decl in &self.outdated {
            let mut detail = format!(" (line {}", decl.line);
            if decl.line != decl.old_line {
                let _ = write!(detail, ", was {}", decl.old_line);
            }
            detail += if decl.prototype_changed {
                ", other prototype)"
            } else {
                ")"
            };
            line("outdated", &decl.name, &detail);
        }
        for name in &self.names {
            let what = match name.change {
                NameFate::Appeared => "appeared",
                NameFate::Vanished => "vanished",
                NameFate::BecamePublic => "public",
                NameFate::BecamePrivate => "private",
            };
            let was = if name.change == NameFate::Vanished {
                "was line"
            } else {
                "line"
            };
            let detail = format!(" ({was} {})", name.line);
            line(what, &dotted(&name.namespace, &name.name), &detail);
        }
        for container in &self.containers {
            let name = if container.name.is_empty() {
                "the file"
            } else {
                &container.name
            };
            let what = match container.change {
                ContainerFate::Fields => "fields",
                ContainerFate::Appeared => "appeared",
                ContainerFate::Vanished => "vanished",
                ContainerFate::Captures => "captures",
            };
            line(what, &format!("container {name}"), "");
        }
        for decl in &self.moved {
            let detail = format!(" (line {}, was {})", decl.line, decl.old_line);
            line("moved", &decl.name, &detail);
        }
    }
}

fn dotted(namespace: &str, name: &str) -> String {
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

    /// The declarations around a container, outermost first. Only the first container of a declaration goes by the
    /// declaration's name alone.
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
pub fn zoir_changed(old: &Zoir, new: &Zoir) -> bool {
    let values = |zoir: &Zoir| {
        let [tags, data, _, extra, limbs, strings, errors, notes] = zoir.sections();
        [tags, data, extra, limbs, strings, errors, notes].map(<[u8]>::to_vec)
    };
    values(old) != values(new)
}

/// What to compare, and how to say it.
#[derive(Clone, Debug)]
pub struct DiffOptions {
    /// The version before.
    pub old: PathBuf,
    /// The version after.
    pub new: PathBuf,
    /// Form of the output.
    pub format: Format,
    /// Colours.
    pub color: Color,
}

/// The report of [`run`] in JSON.
#[derive(Serialize)]
struct JsonDiff<'a> {
    old: String,
    new: String,
    /// There for Zig that could be lowered on both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<&'a Changes>,
    /// There for ZON without errors on both sides.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_changed: Option<bool>,
    diagnostics: &'a [Diagnostic],
}

/// Compares two files and prints what changed on standard output, errors in them on standard error.
pub fn run(options: &DiffOptions) -> Result<Status, Error> {
    let mode = mode_of(&options.old);
    if mode != mode_of(&options.new) {
        return Err(Error::Usage("ZON cannot be compared with Zig".to_owned()));
    }
    let [old, new] = [inputs::load(&options.old)?, inputs::load(&options.new)?];
    let [old, new] = [
        (&old, paths::bytes(&options.old)),
        (&new, paths::bytes(&options.new)),
    ];
    let mut diagnostics = Vec::new();
    let mut changes = None;
    let mut value_changed = None;
    match mode {
        Mode::Zig => {
            let mut lower = |(source, path): (&Vec<u8>, &[u8])| {
                let tree = Ast::parse(source, mode);
                let zir = astgen::generate(&tree);
                diagnostics.extend(zir_diagnostics(&zir, &tree, path));
                zir
            };
            let (old, new) = (lower(old), lower(new));
            if !old.view().lowering_failed() && !new.view().lowering_failed() {
                changes = Some(Changes::between(old.view(), new.view()));
            }
        }
        Mode::Zon => {
            let mut lower = |(source, path): (&Vec<u8>, &[u8])| {
                let tree = Ast::parse(source, mode);
                let zoir = zongen::generate(&tree, zongen::Options::default());
                diagnostics.extend(zoir_diagnostics(zoir.view(), &tree, path));
                zoir
            };
            let (old, new) = (lower(old), lower(new));
            if diagnostics.is_empty() {
                value_changed = Some(zoir_changed(&old, &new));
            }
        }
    }
    let status = if diagnostics.is_empty() {
        Status::Clean
    } else {
        Status::ErrorsFound
    };
    let mut out = Vec::new();
    match options.format {
        Format::Human => {
            let renderer = Renderer {
                color: options.color.on_stderr(),
            };
            renderer.print(&diagnostics)?;
            let mut text = String::new();
            if let Some(changes) = &changes {
                changes.write(&mut text, "");
            }
            if value_changed == Some(true) {
                text.push_str("value\n");
            }
            out.extend_from_slice(text.as_bytes());
        }
        Format::Json => {
            let report = JsonDiff {
                old: paths::display(&options.old),
                new: paths::display(&options.new),
                changes: changes.as_ref(),
                value_changed,
                diagnostics: &diagnostics,
            };
            serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from)?;
            out.push(b'\n');
        }
    }
    std::io::stdout().lock().write_all(&out)?;
    Ok(status)
}
