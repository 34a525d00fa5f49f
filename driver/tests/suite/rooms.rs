//! The rooms of this crate, who may know of whom, and that no modules of any crate go round in a circle. The
//! sources themselves are read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};

/// The rooms, from the top down. Each may use those below it and none above it.
const FLOORS: [&str; 24] = [
    "main",
    "cli",
    "command",
    "flags",
    "output",
    "check",
    "compilation",
    "build",
    "whole_run",
    "graph",
    "memory",
    "archive",
    "housekeeping",
    "inventory",
    "file",
    "project",
    "environment",
    "zon_json",
    "explain",
    "changes",
    "input",
    "paths",
    "diagnostic",
    "rules",
];

/// Below all: limits, and what the crate's root defines for everybody (errors, the status).
const BASEMENT: [&str; 2] = ["limits", "lib"];

/// What a room must not name even though it may depend on the crate.
const NEVER: [(&str, &str); 12] = [
    ("graph", "manifest"),
    ("memory", "manifest"),
    ("environment", "clap"),
    ("project", "clap"),
    ("explain", "serde"),
    ("housekeeping", "serde"),
    ("housekeeping", "clap"),
    ("archive", "serde"),
    ("archive", "clap"),
    ("inventory", "serde"),
    ("inventory", "clap"),
    ("diagnostic", "serde"),
];

/// Where each module's names come from: `graph::walk` to `["crate", "paths", "bytes"]`, say.
#[derive(Default)]
struct Modules {
    paths: BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
    /// What a module makes of its children's names: name to child.
    exports: BTreeMap<Vec<String>, BTreeMap<String, String>>,
}

struct Names<'a> {
    found: &'a mut BTreeSet<Vec<String>>,
    exports: &'a mut BTreeMap<String, String>,
}

fn flatten(tree: &syn::UseTree, before: &[String], out: &mut Vec<Vec<String>>) {
    let with = |name: String| [before, &[name]].concat();
    match tree {
        syn::UseTree::Path(path) => {
            flatten(&path.tree, &with(path.ident.to_string()), out);
        }
        syn::UseTree::Name(name) => out.push(with(name.ident.to_string())),
        syn::UseTree::Rename(name) => out.push(with(name.ident.to_string())),
        syn::UseTree::Glob(_) => out.push(with("*".to_owned())),
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, out);
            }
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|ident| ident == "test")
    })
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut paths = Vec::new();
        flatten(&item.tree, &[], &mut paths);
        for path in paths {
            if !matches!(item.vis, syn::Visibility::Inherited)
                && let [child, name] = &*path
            {
                self.exports.insert(name.clone(), child.clone());
                continue;
            }
            self.found.insert(path);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|s| s.ident.to_string());
        self.found.insert(segments.collect());
        visit::visit_path(self, path);
    }
}

impl Modules {
    /// All modules of a folder of sources.
    fn of(root: &Path) -> Modules {
        let mut modules = Modules::default();
        let mut pending = vec![root.to_owned()];
        while let Some(path) = pending.pop() {
            if path.is_dir() {
                pending.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
                continue;
            }
            // Sources of a build runner, in Zig, are among them.
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let below = path.strip_prefix(root).unwrap().with_extension("");
            let mut name: Vec<String> = below
                .iter()
                .map(|part| part.to_str().unwrap().to_owned())
                .collect();
            if name.last().is_some_and(|last| last == "tests") {
                continue;
            }
            if name.len() > 1 && name.last().is_some_and(|last| last == "mod") {
                name.pop();
            }
            modules.add(name, &fs::read_to_string(&path).unwrap());
        }
        modules
    }

    fn add(&mut self, name: Vec<String>, text: &str) {
        let file = syn::parse_file(text).unwrap();
        let mut names = Names {
            found: self.paths.entry(name.clone()).or_default(),
            exports: self.exports.entry(name).or_default(),
        };
        names.visit_file(&file);
    }

    /// The module of this crate that a path in `from` leads to.
    fn target(&self, from: &[String], path: &[String]) -> Option<Vec<String>> {
        if path.len() < 2 {
            // A name of the module's own, or `pub(super)`.
            return None;
        }
        let (mut at, mut rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "super" => {
                let up = path.iter().take_while(|part| *part == "super").count();
                (from[..from.len().checked_sub(up)?].to_vec(), &path[up..])
            }
            "self" => (from.to_vec(), &path[1..]),
            child => {
                let inside = [from, &[child.to_owned()]].concat();
                let sibling = self.paths.contains_key(&inside);
                (sibling.then(|| from.to_vec())?, path)
            }
        };
        while let Some((next, others)) = rest.split_first() {
            let inside = [&at[..], std::slice::from_ref(next)].concat();
            if self.paths.contains_key(&inside) {
                at = inside;
                rest = others;
            } else if let Some(child) = self.exports.get(&at).and_then(|e| e.get(next))
                && self
                    .paths
                    .contains_key(&[&at[..], std::slice::from_ref(child)].concat())
            {
                at.push(child.clone());
            } else {
                break;
            }
        }
        if at.is_empty() {
            return (!rest.is_empty()).then(|| vec!["lib".to_owned()]);
        }
        Some(at)
    }

    /// Arrows between modules, without those of a module to itself.
    fn arrows(&self) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
        let mut arrows: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
        for (from, paths) in &self.paths {
            let targets = paths.iter().filter_map(|path| self.target(from, path));
            let targets: BTreeSet<_> = targets.filter(|to| to != from).collect();
            arrows.insert(from.clone(), targets);
        }
        arrows
    }

    /// What is against the order of the rooms, in words.
    fn offences(&self) -> Vec<String> {
        let floor = |room: &str| FLOORS.iter().position(|&name| name == room);
        let mut offences = Vec::new();
        for (from, targets) in self.arrows() {
            let room = &from[0];
            if BASEMENT.contains(&&**room) {
                continue;
            }
            let Some(own) = floor(room) else {
                offences.push(format!("{room} is on no floor"));
                continue;
            };
            for to in targets {
                let below =
                    BASEMENT.contains(&&*to[0]) || floor(&to[0]).is_some_and(|to| to >= own);
                if !below {
                    offences.push(format!("{} -> {}", from.join("::"), to.join("::")));
                }
            }
            for (never, name) in NEVER {
                let named = |path: &Vec<String>| path.len() > 1 && path[0] == name;
                if room == never && self.paths[&from].iter().any(named) {
                    offences.push(format!("{} names {name}", from.join("::")));
                }
            }
        }
        offences
    }

    /// Modules that use each other in a circle, if there are any.
    fn circle(&self) -> Option<Vec<String>> {
        let mut arrows = self.arrows();
        arrows.remove(&vec!["lib".to_owned()]);
        // What uses nothing that is left is in no circle.
        loop {
            let left: BTreeSet<_> = arrows.keys().cloned().collect();
            let before = arrows.len();
            arrows.retain(|_, targets| targets.iter().any(|to| left.contains(to)));
            if arrows.len() == before {
                break;
            }
        }
        let (first, _) = arrows.first_key_value()?;
        let mut way = vec![first.clone()];
        loop {
            let last = way.last()?;
            let next = arrows[last].iter().find(|to| arrows.contains_key(*to))?;
            if let Some(start) = way.iter().position(|seen| seen == next) {
                let names = way[start..].iter().chain([next]);
                return Some(names.map(|name| name.join("::")).collect());
            }
            way.push(next.clone());
        }
    }
}

fn sources() -> Modules {
    Modules::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

#[test]
fn arrows_point_down() {
    let modules = sources();
    assert!(modules.paths.len() > 50, "{}", modules.paths.len());
    let offences = modules.offences();
    assert!(offences.is_empty(), "{offences:#?}");
}

/// Neither in this crate nor in those beside it.
#[test]
fn no_modules_in_a_circle() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(crates).unwrap() {
        let sources = entry.unwrap().path().join("src");
        if sources.is_dir() {
            seen += 1;
            assert_eq!(
                Modules::of(&sources).circle(),
                None,
                "{}",
                sources.display()
            );
        }
    }
    assert!(seen > 0);
}

/// The tests above can fail: each forbidden arrow is found where it is drawn.
#[test]
fn every_forbidden_arrow_is_found() {
    for (from, text) in [
        ("explain", "use crate::output::human;"),
        ("changes", "fn f() { crate::output::json::diff(); }"),
        ("graph", "use crate::whole_run::Record;"),
        ("graph", "fn f(d: manifest::Digest) {}"),
        ("file", "use crate::graph::Graph;"),
        ("environment", "use crate::command::check::CheckArgs;"),
        ("project", "use clap::Args;"),
        ("output", "use crate::command::check;"),
        ("new_room", "use crate::limits::MAX_INDENT;"),
    ] {
        let mut modules = sources();
        modules.add(vec![from.to_owned(), "added".to_owned()], text);
        assert_eq!(
            modules.offences().len(),
            1,
            "{from}: {text}: {:?}",
            modules.offences()
        );
    }
    let mut modules = sources();
    modules.add(vec!["paths".to_owned()], "use crate::input::load;");
    assert!(modules.circle().is_some());
}
