//! `zirc diff`, and the mapping below it against one that is written here, from the syntax tree.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::Rng;
use syntax::{Ast, Mode, NodeIndex, NodeTag, Release, TokenTag};
use zir::map::NameEvent;
use zir::{Extended, Tag, Zir};

use crate::common::Project;

const OLD: &str = "\
const std = @import(\"std\");
pub fn first() void {}
const Shape = struct {
    side: u32,
    pub fn area(s: Shape) u32 {
        return s.side * s.side;
    }
    fn gone() void {}
    const Inner = union { a: u8, fn same() void {} };
};
test {}
test \"named\" {}
comptime {}
fn Generic(comptime T: type, comptime U: type) type {
    _ = U;
    return struct {
        fn get() type { return T; }
    };
}
fn last() void {}
";

const NEW: &str = "\
const std = @import(\"std\");
fn first() void {}

const Shape = struct {
    side: u64,
    pub fn area(s: Shape, t: u32) u32 {
        return s.side * t;
    }
    fn fresh() void {}
    const Inner = union { a: u8, fn same() void {} };
};
test {}
test {}
test \"renamed\" {}
comptime {}
fn Generic(comptime T: type, comptime U: type) type {
    return struct {
        fn get() type { return fn (T) U; }
    };
}
fn last() void {}
";

#[test]
fn two_versions_as_text() {
    let project = Project::new(&[("old.zig", OLD), ("new.zig", NEW)]);
    insta::assert_snapshot!(
        "diff_text",
        project.run(&["diff", "old.zig", "new.zig"]).text()
    );
    assert_eq!(
        project.run(&["diff", "old.zig", "old.zig"]).text(),
        "status Some(0)\n"
    );
}

#[test]
fn two_versions_as_json() {
    let project = Project::new(&[("old.zig", OLD), ("new.zig", NEW)]);
    let ran = project.run(&["diff", "--format", "json", "old.zig", "new.zig"]);
    insta::assert_snapshot!("diff_json", ran.text_as_is());
}

#[test]
fn names_that_are_no_identifiers() {
    let project = Project::new(&[
        (
            "old.zig",
            "const @\"a b\" = 1;\ntest \"x\\n\" {}\nconst @\"fn\" = opaque { fn a() void {} };\n",
        ),
        (
            "new.zig",
            "const @\"a b\" = 2;\ntest \"y\\n\" {}\nconst @\"fn\" = opaque { pub fn a() void {} };\n",
        ),
    ]);
    insta::assert_snapshot!(
        "diff_names",
        project.run(&["diff", "old.zig", "new.zig"]).text_as_is()
    );
}

#[test]
fn what_cannot_be_compared() {
    let project = Project::new(&[
        ("good.zig", "const a = 1;\n"),
        ("broken.zig", "const a = ;\n"),
        ("undeclared.zig", "const a = b;\n"),
        ("a.zon", ".{ .a = 1 }"),
        ("moved.zon", "\n\n.{ .a = 1 }"),
        ("b.zon", ".{ .a = 2 }"),
        ("broken.zon", ".{ .a = }"),
    ]);
    let run = |args: &[&str]| {
        let mut all = vec!["diff"];
        all.extend(args);
        project.run(&all)
    };
    let broken = run(&["good.zig", "broken.zig"]);
    assert_eq!((broken.status, broken.out().as_str()), (Some(1), ""));
    assert!(
        broken.err().starts_with("broken.zig:1:11: error: "),
        "{}",
        broken.text()
    );
    // Errors that leave the declarations intact leave them comparable.
    let undeclared = run(&["good.zig", "undeclared.zig"]);
    assert_eq!(undeclared.status, Some(1), "{}", undeclared.text());
    assert!(
        undeclared.out().contains("outdated  a (line 1)"),
        "{}",
        undeclared.text()
    );
    assert_eq!(run(&["a.zon", "moved.zon"]).text(), "status Some(0)\n");
    assert_eq!(
        run(&["a.zon", "b.zon"]).text(),
        "status Some(0)\n--- stdout\nvalue\n"
    );
    assert_eq!(
        run(&["--format", "json", "a.zon", "b.zon"]).json()["value_changed"],
        true
    );
    let broken = run(&["--format", "json", "a.zon", "broken.zon"]);
    assert_eq!(broken.status, Some(1));
    assert!(broken.json().get("value_changed").is_none());
    assert_eq!(run(&["a.zon", "good.zig"]).status, Some(2));
    assert_eq!(run(&["gone.zig", "good.zig"]).status, Some(2));
    assert_eq!(run(&["good.zig"]).status, Some(2));
}

/// What tells declarations of a container apart, written as text.
fn key(
    tree: &Ast<'_>,
    node: NodeIndex,
    counts: &mut BTreeMap<&'static str, u32>,
) -> Option<String> {
    let mut numbered = |kind| {
        let count = counts.entry(kind).or_default();
        *count += 1;
        Some(format!("{kind} {count}"))
    };
    let plain = |token| String::from_utf8_lossy(tree.token_slice(token)).into_owned();
    match tree.node_tag(node) {
        NodeTag::Comptime => numbered("comptime"),
        NodeTag::Usingnamespace => numbered("usingnamespace"),
        NodeTag::TestDecl => {
            let token = tree.main_token(node) + 1;
            match tree.token_tag(token) {
                TokenTag::StringLiteral => Some(format!("test {}", plain(token))),
                TokenTag::Identifier => Some(format!("decltest {}", plain(token))),
                _ => numbered("test"),
            }
        }
        _ if let Some(var) = tree.full_var_decl(node) => {
            Some(format!("name {}", plain(var.ast.mut_token + 1)))
        }
        _ if let Some(proto) = tree.full_fn_proto(node) => {
            Some(format!("name {}", plain(proto.name_token?)))
        }
        _ => None,
    }
}

/// A declaration as the tree has it.
#[derive(Debug)]
struct Decl {
    key: String,
    /// The node by which ZIR names it.
    node: NodeIndex,
    tokens: (u32, u32),
    source: Vec<u8>,
    line: usize,
    is_pub: bool,
    structs: Vec<usize>,
    opaques: Vec<usize>,
}

/// A container as the tree has it.
#[derive(Debug)]
struct Container {
    tokens: (u32, u32),
    opaque: bool,
    captures: u32,
    decls: Vec<usize>,
}

/// All declarations and containers of a file.
#[derive(Debug, Default)]
struct Outline {
    decls: Vec<Decl>,
    containers: Vec<Container>,
    /// Containers in the root's fields.
    structs: Vec<usize>,
    opaques: Vec<usize>,
}

/// The containers of ZIR by their nodes: number of captures, whether they are opaque.
fn zir_containers(zir: &Zir) -> BTreeMap<NodeIndex, (u32, bool)> {
    let view = zir.view();
    let mut found = BTreeMap::new();
    for n in 0..view.instructions_len() {
        let inst = zir::Index(n);
        if view.tag(inst) != Some(Tag::Extended) {
            continue;
        }
        let ext = view.data(inst).unwrap().as_extended(view.format()).unwrap();
        let Some(container) = zir::shape::Container::read(view, ext) else {
            continue;
        };
        let (node, captures) = (container.src_node, container.captures.len());
        found.insert(node, (captures, ext.opcode == Extended::OpaqueDecl));
    }
    found
}

impl Outline {
    fn of(tree: &Ast<'_>, zir: &Zir) -> Outline {
        let mut outline = Outline::default();
        let known = zir_containers(zir);
        for node in 0..tree.nodes_len() {
            let members: Vec<NodeIndex> = match tree.full_container_decl(node) {
                _ if node == 0 => tree.root_decls().to_vec(),
                Some(container) => container.ast.members.to_vec(),
                None => continue,
            };
            // Tuples are no namespaces.
            let Some(&(captures, opaque)) = known.get(&node) else {
                continue;
            };
            let tokens = match node {
                0 => (0, tree.tokens_len()),
                _ => (tree.first_token(node), tree.last_token(node)),
            };
            let mut counts = BTreeMap::new();
            let mut decls = Vec::new();
            for member in members {
                let Some(key) = key(tree, member, &mut counts) else {
                    continue;
                };
                let first = tree.first_token(member);
                let before = &tree.source[..tree.token_start(first) as usize];
                decls.push(outline.decls.len());
                let proto = tree.full_fn_proto(member).map(|proto| proto.ast.proto_node);
                outline.decls.push(Decl {
                    key,
                    node: proto.unwrap_or(member),
                    tokens: (first, tree.last_token(member)),
                    source: tree.get_node_source(member).to_vec(),
                    line: before.iter().filter(|&&b| b == b'\n').count(),
                    is_pub: tree.token_tag(first) == TokenTag::KeywordPub,
                    structs: Vec::new(),
                    opaques: Vec::new(),
                });
            }
            outline.containers.push(Container {
                tokens,
                opaque,
                captures,
                decls,
            });
        }
        let mut order: Vec<usize> = (1..outline.containers.len()).collect();
        order.sort_by_key(|&c| {
            (
                outline.containers[c].tokens.0,
                u32::MAX - outline.containers[c].tokens.1,
            )
        });
        for c in order {
            let Container { tokens, opaque, .. } = outline.containers[c];
            let around = outline
                .decls
                .iter_mut()
                .filter(|decl| decl.tokens.0 <= tokens.0 && tokens.1 <= decl.tokens.1)
                .min_by_key(|decl| decl.tokens.1 - decl.tokens.0);
            match (around, opaque) {
                (Some(decl), false) => decl.structs.push(c),
                (Some(decl), true) => decl.opaques.push(c),
                (None, false) => outline.structs.push(c),
                (None, true) => outline.opaques.push(c),
            }
        }
        outline
    }
}

/// What a comparison found; declarations go by their nodes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    matched: BTreeSet<(NodeIndex, NodeIndex)>,
    outdated: BTreeSet<(NodeIndex, NodeIndex)>,
    moved: BTreeSet<(NodeIndex, NodeIndex)>,
    appeared: BTreeSet<NodeIndex>,
    vanished: BTreeSet<NodeIndex>,
    public: BTreeSet<NodeIndex>,
    private: BTreeSet<NodeIndex>,
}

/// The hash of each declaration of ZIR by its node.
fn hashes(zir: &Zir) -> BTreeMap<NodeIndex, [u8; 16]> {
    let view = zir.view();
    let decls = (0..view.instructions_len()).filter_map(|n| {
        let decl = view.declaration(zir::Index(n))?;
        Some((
            view.data(zir::Index(n))?.as_declaration().src_node,
            decl.src_hash,
        ))
    });
    decls.collect()
}

fn expected(old: (&Ast<'_>, &Zir), new: (&Ast<'_>, &Zir)) -> Found {
    let (old_hashes, new_hashes) = (hashes(old.1), hashes(new.1));
    let (old, new) = (Outline::of(old.0, old.1), Outline::of(new.0, new.1));
    let mut found = Found::default();
    let mut pairs = vec![(0, 0)];
    pairs.extend(old.structs.iter().copied().zip(new.structs.iter().copied()));
    pairs.extend(old.opaques.iter().copied().zip(new.opaques.iter().copied()));
    while let Some((a, b)) = pairs.pop() {
        let (a, b) = (&old.containers[a], &new.containers[b]);
        if a.captures != b.captures {
            continue;
        }
        let of_old: Vec<&Decl> = a.decls.iter().map(|&d| &old.decls[d]).collect();
        let of_new: Vec<&Decl> = b.decls.iter().map(|&d| &new.decls[d]).collect();
        for x in &of_old {
            let Some(y) = of_new.iter().find(|y| y.key == x.key) else {
                found.vanished.insert(x.node);
                continue;
            };
            let pair = (x.node, y.node);
            found.matched.insert(pair);
            if old_hashes[&x.node] != new_hashes[&y.node] {
                found.outdated.insert(pair);
            } else {
                assert_eq!(x.source, y.source);
                if x.line != y.line {
                    found.moved.insert(pair);
                }
            }
            match (x.is_pub, y.is_pub) {
                (false, true) => found.public.insert(y.node),
                (true, false) => found.private.insert(y.node),
                _ => false,
            };
            pairs.extend(x.structs.iter().copied().zip(y.structs.iter().copied()));
            pairs.extend(x.opaques.iter().copied().zip(y.opaques.iter().copied()));
        }
        for y in &of_new {
            if !of_old.iter().any(|x| x.key == y.key) {
                found.appeared.insert(y.node);
            }
        }
    }
    found
}

fn actual(old: &Zir, new: &Zir) -> Found {
    let mapping = zir::map_old_to_new(old.view(), new.view());
    let node = |zir: &Zir, inst| zir.view().data(inst).unwrap().as_declaration().src_node;
    let pair = |d: &zir::map::MatchedDecl<'_>| {
        assert_eq!(mapping.get(d.old), Some(d.new));
        (node(old, d.old), node(new, d.new))
    };
    let mut found = Found {
        matched: mapping.decls().iter().map(pair).collect(),
        outdated: mapping.outdated().map(pair).collect(),
        moved: mapping.moved().map(pair).collect(),
        ..Found::default()
    };
    for name in mapping.names() {
        match name.change {
            NameEvent::Appeared => found.appeared.insert(node(new, name.inst)),
            NameEvent::Vanished => found.vanished.insert(node(old, name.inst)),
            NameEvent::BecamePublic => found.public.insert(node(new, name.inst)),
            NameEvent::BecamePrivate => found.private.insert(node(new, name.inst)),
        };
    }
    found
}

/// One edit of a kind that people make, somewhere.
fn edit(source: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
    let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
    let zir = astgen::generate(&tree);
    let outline = Outline::of(&tree, &zir);
    let decls = &outline.decls;
    if decls.is_empty() {
        return None;
    }
    let start = |token: u32| tree.token_start(token) as usize;
    let end = |token: u32| start(token) + tree.token_slice(token).len();
    let tokens = |tag: TokenTag| -> Vec<u32> {
        (0..tree.tokens_len())
            .filter(|&t| tree.token_tag(t) == tag)
            .collect()
    };
    let decl = &decls[rng.below(decls.len())];
    let at = start(decl.tokens.0);
    let mut to = end(decl.tokens.1);
    if tree.token_tag(decl.tokens.1 + 1) == TokenTag::Semicolon {
        to = end(decl.tokens.1 + 1);
    }
    let n = rng.below(1000);
    let splice =
        |from: usize, to: usize, text: &[u8]| [&source[..from], text, &source[to..]].concat();
    let bodies: Vec<usize> = (0..tree.nodes_len())
        .filter(|&node| tree.node_tag(node) == NodeTag::FnDecl)
        .map(|node| end(tree.first_token(tree.node_data(node).rhs)))
        .collect();
    let in_body = |text: &str, rng: &mut Rng| {
        let at = *bodies.get(rng.below(bodies.len()))?;
        Some(splice(at, at, text.as_bytes()))
    };
    Some(match rng.below(18) {
        // A name everywhere.
        0 => {
            let names = tokens(TokenTag::Identifier);
            let name = tree.token_slice(*names.get(rng.below(names.len()))?);
            if name.starts_with(b"@") {
                return None;
            }
            let mut out = Vec::new();
            let mut from = 0;
            for &token in names.iter().filter(|&&t| tree.token_slice(t) == name) {
                out.extend_from_slice(&source[from..end(token)]);
                out.extend_from_slice(b"_x");
                from = end(token);
            }
            out.extend_from_slice(&source[from..]);
            out
        }
        1 | 2 => {
            let numbers = tokens(TokenTag::NumberLiteral);
            let at = end(*numbers.get(rng.below(numbers.len()))?);
            splice(at, at, b"1")
        }
        3 => splice(at, at, b"\n\n// A remark.\n"),
        4 => splice(at, at, b" "),
        5 => splice(at, to, b""),
        6 => splice(at, at, format!("const fresh_{n}: u32 = {n};\n").as_bytes()),
        7 => splice(
            at,
            at,
            format!("const Fresh{n} = struct {{ a: u8, pub fn f() void {{}} }};\n").as_bytes(),
        ),
        8 => {
            let texts = [
                "test {}\n",
                "comptime {}\n",
                "test \"fresh\" {}\n",
                "usingnamespace struct {};\n",
            ];
            splice(at, at, texts[rng.below(texts.len())].as_bytes())
        }
        9 | 14.. if decl.is_pub => splice(at, end(decl.tokens.0), b""),
        9 | 14.. if decl.key.starts_with("name") => splice(at, at, b"pub "),
        10 => in_body(" // A remark.\n", rng)?,
        11 => in_body(
            &format!(" const Local{n} = struct {{ fn f() void {{}} }}; _ = Local{n};"),
            rng,
        )?,
        // A capture, in generic types.
        12 => {
            let name = outline.containers[0].decls.iter().map(|&d| &decls[d].key);
            let names: Vec<&str> = name.filter_map(|key| key.strip_prefix("name ")).collect();
            in_body(
                &format!(" _ = &{};", names.get(rng.below(names.len()))?),
                rng,
            )?
        }
        // A declaration that goes elsewhere.
        13 => {
            let moved = [&source[at..to], b"\n"].concat();
            let before = start(decls[rng.below(decls.len())].tokens.0);
            if before < at {
                [
                    &source[..before],
                    &moved,
                    &source[before..at],
                    &source[to..],
                ]
                .concat()
            } else if before >= to {
                [
                    &source[..at],
                    &source[to..before],
                    &moved,
                    &source[before..],
                ]
                .concat()
            } else {
                return None;
            }
        }
        _ => return None,
    })
}

fn lowered(source: &[u8]) -> Option<(Ast<'_>, Zir)> {
    let tree = Ast::parse(source, Mode::Zig, Release::V0_14_1);
    let zir = astgen::generate(&tree);
    (!zir.view().has_compile_errors()).then_some((tree, zir))
}

/// Set `ZIRC_DIFF_FILES` to a directory to take its files for the material.
#[test]
fn random_edits_are_mapped_as_by_name_and_hash() {
    const EDITS: usize = 500;
    let material: Vec<Vec<u8>> = match std::env::var_os("ZIRC_DIFF_FILES") {
        Some(dir) => {
            let files = fixtures::walk(dir.as_ref()).unwrap();
            let zig = files
                .into_iter()
                .filter(|file| file.extension().is_some_and(|ext| ext == "zig"));
            zig.map(|file| std::fs::read(file).unwrap()).collect()
        }
        None => fixtures::inputs("zig/ok")
            .map(|input| input.bytes)
            .collect(),
    };
    let material: Vec<&Vec<u8>> = material
        .iter()
        .filter(|source| source.len() > 200 && lowered(source).is_some())
        .collect();
    assert!(material.len() > 20);
    let (mut done, mut tried) = (0, 0);
    // Outdated, moved, appeared, vanished, public, private.
    let mut seen = [0; 6];
    let mut nested = 0;
    while done < EDITS {
        tried += 1;
        assert!(tried < 100 * EDITS, "edits that break nothing are too rare");
        let mut rng = Rng::new(4, tried as u64);
        let source = material[rng.below(material.len())];
        let mut edited = source.clone();
        for _ in 0..1 + rng.below(3) {
            edited = edit(&edited, &mut rng).unwrap_or(edited);
        }
        let Some((new_tree, new)) = lowered(&edited).filter(|_| edited != *source) else {
            continue;
        };
        let (old_tree, old) = lowered(source).unwrap();
        let found = actual(&old, &new);
        let wanted = expected((&old_tree, &old), (&new_tree, &new));
        assert_eq!(
            found,
            wanted,
            "edit {tried}:\n{}",
            String::from_utf8_lossy(&edited)
        );
        done += 1;
        let tops = old_tree.root_decls().len();
        nested += usize::from(found.matched.len() > tops && !found.outdated.is_empty());
        let Found {
            outdated,
            moved,
            appeared,
            vanished,
            public,
            private,
            ..
        } = &found;
        let lens = [
            outdated.len(),
            moved.len(),
            appeared.len(),
            vanished.len(),
            public.len(),
            private.len(),
        ];
        for (all, one) in seen.iter_mut().zip(lens) {
            *all += one;
        }
    }
    // Nothing would be shown by edits that change nothing.
    assert!(nested > EDITS / 10, "{nested}");
    assert!(seen.iter().all(|&count| count > 5), "{seen:?}");
}
