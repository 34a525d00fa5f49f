//! Changes that leave a source parsable, more often than not.

use super::places::Places;
use super::tokens::{Kind, Token, join, some_token, tokens};
use super::words::*;
use fixtures::Rng;

/// A name of the file, or a made-up or special one.
fn some_name(rng: &mut Rng, all: &[Token]) -> Vec<u8> {
    if rng.chance(12) {
        let special = [
            "_", "u8", "type", "x", "self", "anyerror", "null", "true", "i128", "u0", "u65536",
            "@\"\"", "@\"a b\"", "@\"u8\"", "c_int", "root", "main",
        ];
        return rng.pick(&special).as_bytes().to_vec();
    }
    match some_token(rng, all, |kind| kind == Kind::Name) {
        Some(n) => all[n].text.clone(),
        None => b"x".to_vec(),
    }
}

fn filled(rng: &mut Rng, template: &str, all: &[Token]) -> Vec<u8> {
    // The same name in most holes: it is what makes redeclarations, shadowing and self reference.
    let shared = some_name(rng, all);
    let mut out = Vec::new();
    for (n, part) in template.split('$').enumerate() {
        if n > 0 {
            if rng.chance(70) {
                out.extend(&shared);
            } else {
                out.extend(some_name(rng, all));
            }
        }
        out.extend(part.as_bytes());
    }
    out
}

/// Where a statement may begin.
fn statement_start(rng: &mut Rng, all: &[Token]) -> Option<usize> {
    let places = Places::of(all).statements;
    (!places.is_empty()).then(|| places[rng.below(places.len())])
}

/// A token that is most likely an operand: not a name being declared, nor one behind a dot.
fn operand(rng: &mut Rng, all: &[Token]) -> Option<usize> {
    let start = rng.below(all.len());
    (start..all.len()).chain(0..start).find(|n| {
        let spaces = |token: &&Token| !matches!(token.kind, Kind::Space | Kind::Comment);
        let before = all[..*n]
            .iter()
            .rev()
            .find(spaces)
            .map_or(b"".as_slice(), |token| &token.text);
        let after = all[n + 1..]
            .iter()
            .find(spaces)
            .map_or(b"".as_slice(), |token| &token.text);
        matches!(all[*n].kind, Kind::Name | Kind::Number | Kind::Text)
            && !matches!(
                before,
                b"const" | b"var" | b"fn" | b"." | b"|" | b"test" | b"error" | b""
            )
            && !matches!(after, b":" | b"|" | b"{")
            && !all[*n].text.starts_with(b"\\\\")
    })
}

fn insert(all: &mut Vec<Token>, at: usize, text: impl Into<Vec<u8>>) {
    all.insert(
        at,
        Token {
            kind: Kind::Space,
            text: text.into(),
        },
    );
}

pub(super) fn reshape(rng: &mut Rng, text: &[u8]) -> Vec<u8> {
    let mut all = tokens(text);
    if all.is_empty() {
        return rng.pick(STATEMENTS).as_bytes().to_vec();
    }
    match rng.below(26) {
        20..=22 => {
            let places = Places::of(&all);
            let mut members = places.members;
            members.extend(places.file);
            members.push(0);
            let at = members[rng.below(members.len())];
            let template = rng.pick(MEMBERS);
            let mut member = filled(rng, template, &all);
            member.push(b'\n');
            insert(&mut all, at, member);
        }
        23 => {
            let prongs = Places::of(&all).prongs;
            if !prongs.is_empty() {
                let at = prongs[rng.below(prongs.len())];
                let template = rng.pick(PRONGS);
                let mut prong = filled(rng, template, &all);
                prong.push(b'\n');
                insert(&mut all, at, prong);
            }
        }
        24 => {
            // One operand for another.
            if let (Some(n), Some(other)) = (operand(rng, &all), operand(rng, &all)) {
                all[n].text = all[other].text.clone();
            }
        }
        25 => {
            // A name is declared as another one is.
            let declared = |n: &usize| {
                *n >= 2
                    && all[*n].kind == Kind::Name
                    && matches!(all[*n - 2].text.as_slice(), b"const" | b"var" | b"fn")
            };
            let found: Vec<usize> = (0..all.len()).filter(declared).collect();
            if !found.is_empty() {
                let n = found[rng.below(found.len())];
                all[n].text = if rng.chance(70) {
                    all[found[rng.below(found.len())]].text.clone()
                } else {
                    some_name(rng, &all)
                };
            }
        }
        0 | 1 => {
            if let Some(n) = some_token(rng, &all, |kind| kind == Kind::Name) {
                all[n].text = some_name(rng, &all);
            }
        }
        2..=5 => {
            if let Some(at) = statement_start(rng, &all) {
                let template = rng.pick(STATEMENTS);
                let mut statement = filled(rng, template, &all);
                statement.push(b'\n');
                insert(&mut all, at, statement);
            }
        }
        6 => {
            if let Some(at) = statement_start(rng, &all) {
                let prefix = rng.pick(PREFIXES);
                insert(&mut all, at, format!(" {prefix}"));
            }
        }
        7..=9 => {
            if let Some(n) = operand(rng, &all) {
                let (before, after) = WRAPS[rng.below(WRAPS.len())];
                let mut text = before.as_bytes().to_vec();
                text.extend(&all[n].text);
                text.extend(after.as_bytes());
                all[n].text = text;
            }
        }
        10 => {
            if let Some(n) = some_token(rng, &all, |kind| kind == Kind::Builtin) {
                all[n].text = rng.pick(BUILTINS).as_bytes().to_vec();
            }
        }
        11 => {
            if let Some(n) = some_token(rng, &all, |kind| kind == Kind::Number) {
                all[n].text = rng.pick(NUMBERS).as_bytes().to_vec();
            }
        }
        12 => {
            if let Some(n) = some_token(rng, &all, |kind| kind == Kind::Text) {
                all[n].text = rng.pick(TEXTS).as_bytes().to_vec();
            }
        }
        13 => {
            let start = rng.below(all.len());
            let found = (start..all.len()).chain(0..start).find_map(|n| {
                let text = all[n].text.as_slice();
                let group = OPERATORS
                    .iter()
                    .find(|group| group.iter().any(|op| op.as_bytes() == text))?;
                Some((n, *group))
            });
            if let Some((n, group)) = found {
                all[n].text = rng.pick(group).as_bytes().to_vec();
            }
        }
        14 => {
            let swaps: [(&str, &[&str]); 12] = [
                (
                    "const",
                    &["var", "comptime var", "threadlocal var", "comptime const"],
                ),
                ("var", &["const", "comptime var"]),
                ("while", &["inline while", "for", "if", "lbl: while"]),
                ("for", &["inline for", "while", "if", "lbl: for"]),
                ("if", &["while", "switch", "inline while"]),
                ("break", &["continue", "return", "break :x", "break :blk"]),
                ("continue", &["break", "continue :x", "return"]),
                ("try", &["comptime", "await", "nosuspend", "return"]),
                ("orelse", &["catch", "and", "or", "=="]),
                ("catch", &["orelse", "catch |err|", "catch |_|"]),
                ("switch", &["if", "lbl: switch", "inline switch", "while"]),
                (
                    "fn",
                    &[
                        "inline fn",
                        "export fn",
                        "extern fn",
                        "noinline fn",
                        "pub fn",
                    ],
                ),
            ];
            if let Some(n) = some_token(rng, &all, |kind| kind == Kind::Keyword) {
                let (_, others) = swaps
                    .iter()
                    .find(|(word, _)| word.as_bytes() == all[n].text)
                    .unwrap_or(&swaps[0]);
                all[n].text = rng.pick(others).as_bytes().to_vec();
            }
        }
        15 => {
            // From one bar to the next is a capture, most of the time.
            let bars: Vec<usize> = (0..all.len()).filter(|n| all[*n].text == b"|").collect();
            if bars.len() >= 2 {
                let first = rng.below(bars.len() - 1);
                let (from, upto) = (bars[first], bars[first + 1]);
                if upto - from < 10 {
                    all.drain(from..=upto);
                    let capture = rng.pick(CAPTURES);
                    insert(&mut all, from, capture.as_bytes());
                }
            }
        }
        16 => {
            if let Some(n) = some_token(rng, &all, |kind| kind == Kind::Keyword) {
                let modifier = rng.pick(MODIFIERS);
                insert(&mut all, n, modifier.as_bytes());
            }
        }
        17 => {
            let start = rng.below(all.len());
            let found = (start..all.len()).chain(0..start).find(|n| {
                matches!(
                    all[*n].text.as_slice(),
                    b"struct" | b"union" | b"enum" | b"opaque"
                )
            });
            if let Some(n) = found {
                all[n].text = rng.pick(CONTAINERS).as_bytes().to_vec();
            }
        }
        18 => {
            // A run of tokens up to the end of a statement, once more.
            if let Some(from) = statement_start(rng, &all) {
                let upto =
                    (from..all.len()).find(|n| matches!(all[*n].text.as_slice(), b";" | b","));
                if let Some(upto) = upto.filter(|upto| upto - from < 300) {
                    let copy = all[from..=upto].to_vec();
                    all.splice(from..from, copy);
                }
            }
        }
        _ => {
            // Away with a whole statement or field.
            if let Some(from) = statement_start(rng, &all) {
                let upto =
                    (from..all.len()).find(|n| matches!(all[*n].text.as_slice(), b";" | b","));
                if let Some(upto) = upto.filter(|upto| upto - from < 300) {
                    all.drain(from..=upto);
                }
            }
        }
    }
    join(&all)
}
