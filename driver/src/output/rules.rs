//! Rules, as text and as JSON.

use std::io;

use release::{Generation, Release};
use serde::Serialize;

use super::json::pretty;
use super::matrix::table;
use crate::rules::{Kind, Rule, Wording};

/// So wide is the text of help.
const WIDTH: usize = 100;

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Error => "error",
        Kind::Note => "note",
        Kind::Own => "of zirc",
    }
}

/// The releases that word it so.
fn releases(wording: &Wording) -> Vec<&'static str> {
    let all = Release::ALL.iter();
    let of_it = all.filter(|release| wording.generations.contains(release.generation()));
    of_it.map(|release| release.as_str()).collect()
}

/// Text in lines of a width.
fn wrap(text: &str, out: &mut String) {
    for paragraph in text.split('\n') {
        let mut width = 0;
        for word in paragraph.split(' ') {
            let len = word.chars().count();
            if width > 0 && width + 1 + len > WIDTH {
                out.push('\n');
                width = 0;
            } else if width > 0 {
                out.push(' ');
                width += 1;
            }
            out.push_str(word);
            width += len;
        }
        out.push('\n');
    }
}

fn example(title: &str, source: &str, out: &mut String) {
    *out += &format!("\n{title}:\n");
    for line in source.lines() {
        *out += format!("    {line}").trim_end();
        out.push('\n');
    }
}

/// All there is to say of one.
pub(crate) fn one(rule: &Rule) -> String {
    let mut out = format!(
        "{} ({}, {})\n\n",
        rule.id,
        kind(rule.kind),
        rule.family.name()
    );
    for wording in rule.wordings {
        let releases = releases(wording);
        let text = wording.text.replace("{}", "..");
        out += &match releases.len() == Release::ALL.len() {
            true => format!("    {text}\n"),
            false => format!("    {text}    (Zig {})\n", releases.join(", ")),
        };
    }
    if !rule.wordings.is_empty() {
        out.push('\n');
    }
    let help = rule.help();
    if let Some(help) = help {
        wrap(help.text, &mut out);
        if let Some(both) = help.example {
            example("Wrong", both.wrong, &mut out);
            example("Right", both.right, &mut out);
        }
        out.push('\n');
    }
    wrap(rule.family.help(), &mut out);
    out
}

/// A line for each.
pub(crate) fn list(rules: &[&Rule]) -> String {
    let row = |rule: &&Rule| {
        let missing: Vec<&str> = (Generation::ALL.iter())
            .filter(|generation| !rule.is_in(**generation))
            .map(|generation| generation.name())
            .collect();
        let missing = match &*missing {
            [] => String::new(),
            missing => format!("not in {}", missing.join(", ")),
        };
        vec![
            rule.id.to_owned(),
            rule.family.name().to_owned(),
            rule.title(),
            missing,
        ]
    };
    table(&rules.iter().map(row).collect::<Vec<_>>())
}

#[derive(Serialize)]
struct JsonRules {
    rules: Vec<JsonRule>,
}

#[derive(Serialize)]
struct JsonRule {
    id: &'static str,
    kind: &'static str,
    family: &'static str,
    messages: Vec<JsonWording>,
    help: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<JsonExample>,
}

#[derive(Serialize)]
struct JsonWording {
    text: &'static str,
    releases: Vec<&'static str>,
}

#[derive(Serialize)]
struct JsonExample {
    wrong: &'static str,
    right: &'static str,
}

/// Rules as JSON.
pub(crate) fn json(rules: &[&Rule]) -> io::Result<Vec<u8>> {
    let one = |rule: &&Rule| {
        let help = rule.help();
        let example = help.and_then(|help| help.example);
        JsonRule {
            id: rule.id,
            kind: match rule.kind {
                Kind::Error => "error",
                Kind::Note => "note",
                Kind::Own => "own",
            },
            family: rule.family.name(),
            messages: (rule.wordings.iter())
                .map(|wording| JsonWording {
                    text: wording.text,
                    releases: releases(wording),
                })
                .collect(),
            help: help.map_or(rule.family.help(), |help| help.text),
            example: example.map(|both| JsonExample {
                wrong: both.wrong,
                right: both.right,
            }),
        }
    };
    pretty(&JsonRules {
        rules: rules.iter().map(one).collect(),
    })
}
