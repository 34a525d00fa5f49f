//! `zirc explain`: what a rule means.

use std::io::Write;

use clap::Args;

use crate::flags::FormatFlag;
use crate::output::{Format, rules};
use crate::rules::Rule;
use crate::{Error, Status};

/// Say what a rule means, which releases word it how, and what to do about it.
///
/// Each message has a rule: its name stands in --format json, github, sarif, rdjson and gitlab, and stays the
/// same whatever names are in the text and however a release words it. Without a rule all are listed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc explain unused-local
  zirc explain \"use of undeclared identifier 'x'\"    the rule of a message
  zirc explain --format json | jq -r '.rules[].id'

Exit status: 0 printed, 2 there is no such rule.")]
pub(crate) struct ExplainArgs {
    /// The rule, or the text of a message.
    #[arg(value_name = "ID")]
    rule: Option<String>,
    #[command(flatten)]
    format: FormatFlag,
}

/// Prints it on standard output.
pub(crate) fn run(args: &ExplainArgs) -> Result<Status, Error> {
    let all: Vec<&Rule> = match &args.rule {
        None => Rule::all().iter().collect(),
        Some(asked) => vec![find(asked)?],
    };
    let text = match (args.format.resolve(), &*all) {
        (Format::Json, all) => rules::json(all)?,
        (Format::Human, [rule]) => rules::one(rule).into_bytes(),
        (Format::Human, all) => rules::list(all).into_bytes(),
    };
    std::io::stdout().lock().write_all(&text)?;
    Ok(Status::Clean)
}

/// The rule of that name, or of a message with that text.
fn find(asked: &str) -> Result<&'static Rule, Error> {
    let of_message = || Some(Rule::of(asked.as_bytes())).filter(|rule| **rule != Rule::OTHER);
    let found = Rule::by_id(asked).or_else(of_message);
    found.ok_or_else(|| {
        let words: Vec<&str> = asked.split('-').filter(|word| word.len() > 2).collect();
        let is_like = |rule: &&Rule| words.iter().any(|word| rule.id.contains(word));
        let like: Vec<&str> = Rule::all()
            .iter()
            .filter(is_like)
            .map(|rule| rule.id)
            .collect();
        let like = match &*like {
            [] => "zirc explain lists all".to_owned(),
            like => format!("like it are {}", like.join(", ")),
        };
        Error::Usage(format!("there is no rule '{asked}': {like}"))
    })
}
