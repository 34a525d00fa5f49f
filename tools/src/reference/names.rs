//! The names behind the numbers, as the reference has them.

use std::collections::HashMap;

/// Names of tags by table and number. A number that has no name is shown as `<table>#<number>`.
#[derive(Clone, Debug, Default)]
pub struct Names {
    tables: HashMap<String, HashMap<u32, String>>,
    kinds: Vec<String>,
}

impl Names {
    /// Reads the oracle's answer to [`super::Op::Names`].
    pub fn parse(text: &str) -> Names {
        let mut names = Names::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            let (Some(table), Some(number), Some(name)) =
                (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let number: u32 = number.parse().unwrap_or(u32::MAX);
            if table == "inst" {
                let at = number as usize;
                if names.kinds.len() <= at {
                    names.kinds.resize(at + 1, String::new());
                }
                words
                    .next()
                    .unwrap_or_default()
                    .clone_into(&mut names.kinds[at]);
            }
            let number = match table {
                "builtin_name" => names
                    .tables
                    .get(table)
                    .map_or(0, |names| names.len() as u32),
                _ => number,
            };
            names
                .tables
                .entry(table.to_owned())
                .or_default()
                .insert(number, name.to_owned());
        }
        names
    }

    /// The name of a number in the table `token`, `node`, `ast_error`, `inst`, `extended`, `ref`,
    /// `builtin` or `zoir`.
    pub fn name(&self, table: &str, number: u32) -> String {
        self.tables
            .get(table)
            .and_then(|names| names.get(&number))
            .cloned()
            .unwrap_or_else(|| format!("{table}#{number}"))
    }

    /// Everything in a table, by number.
    pub fn table(&self, table: &str) -> Vec<(u32, &str)> {
        let mut all: Vec<_> = self
            .tables
            .get(table)
            .into_iter()
            .flatten()
            .map(|(number, name)| (*number, name.as_str()))
            .collect();
        all.sort_unstable();
        all
    }

    /// What the eight data bytes of an instruction mean: the name of a field of Zig's union.
    pub fn kind(&self, tag: u8) -> &str {
        self.kinds.get(usize::from(tag)).map_or("?", String::as_str)
    }
}
