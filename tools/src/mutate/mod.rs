//! Broken and unusual sources out of good ones, reproducibly: a mutant is a function of the sources, a seed
//! and a number.
//!
//! A quarter of the mutants are damaged: bytes and tokens only, mostly breaking the parse. The others are
//! reshaped: they stay parsable more often than not, and aim at what lowering reports: names, captures,
//! labels, statements in the wrong place, literals out of range, builtins in each other's place.

mod places;
mod reshape;
mod tokens;
mod words;

use std::fs;
use std::io;
use std::path::PathBuf;

use fixtures::Rng;
use places::Places;
use reshape::reshape;
use tokens::{Kind, join, some_token, tokens};
use words::{BYTES, WORDS};

/// Makes mutants of a set of sources.
#[derive(Debug)]
pub struct Mutator {
    sources: Vec<(String, Vec<u8>)>,
}

/// Sources above this are cut down to a part first: a mutant is to be quick.
const WHOLE: usize = 12 << 10;

impl Mutator {
    /// From sources in memory, by name.
    ///
    /// # Panics
    /// If there are none.
    pub fn new(sources: Vec<(String, Vec<u8>)>) -> Mutator {
        assert!(!sources.is_empty(), "no sources to mutate");
        Mutator { sources }
    }

    /// From files.
    ///
    /// # Errors
    /// If one cannot be read or there are none.
    pub fn from_files(files: &[PathBuf]) -> io::Result<Mutator> {
        let sources = files
            .iter()
            .map(|path| Ok((path.display().to_string(), fs::read(path)?)))
            .collect::<io::Result<Vec<_>>>()?;
        if sources.is_empty() {
            return Err(io::Error::other("no sources to mutate"));
        }
        Ok(Mutator::new(sources))
    }

    /// The mutant of a number: the name of what it was made of, and its text.
    pub fn mutant(&self, seed: u64, number: u64) -> (String, Vec<u8>) {
        let mut rng = Rng::new(seed, number);
        let (name, source) = &self.sources[rng.below(self.sources.len())];
        let text = if source.len() > WHOLE || rng.chance(40) {
            excerpt(&mut rng, source)
        } else {
            source.clone()
        };
        let text = self.change(&mut rng, text);
        (name.clone(), text)
    }

    /// A mutant of a given text.
    pub fn mutant_of(&self, text: &[u8], seed: u64, number: u64) -> Vec<u8> {
        self.change(&mut Rng::new(seed, number), text.to_vec())
    }

    fn change(&self, rng: &mut Rng, mut text: Vec<u8>) -> Vec<u8> {
        let gentle = rng.chance(75);
        let rounds = 1 + rng.below(if gentle { 4 } else { 3 });
        for _ in 0..rounds {
            text = if gentle {
                reshape(rng, &text)
            } else {
                self.damage(rng, &text)
            };
        }
        text
    }

    fn damage(&self, rng: &mut Rng, text: &[u8]) -> Vec<u8> {
        let mut out = text.to_vec();
        let at = rng.below(out.len() + 1);
        match rng.below(13) {
            0 if !out.is_empty() => {
                let at = rng.below(out.len());
                out[at] ^= 1 << rng.below(8);
            }
            1 => {
                let end = (at + 1 + rng.below(20)).min(out.len());
                out.drain(at..end);
            }
            2 => {
                let bytes = BYTES[rng.below(BYTES.len())];
                out.splice(at..at, bytes.iter().copied());
            }
            3 => out.truncate(at),
            4 => {
                let (_, other) = &self.sources[rng.below(self.sources.len())];
                let from = rng.below(other.len() + 1);
                let upto = (from + rng.below(400)).min(other.len());
                out.splice(at..at, other[from..upto].iter().copied());
            }
            5 | 6 => {
                let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
                if !lines.is_empty() {
                    let line = rng.below(lines.len());
                    match rng.below(3) {
                        0 => drop(lines.remove(line)),
                        1 => lines.insert(line, lines[line]),
                        _ => {
                            let other = rng.below(lines.len());
                            lines.swap(line, other);
                        }
                    }
                }
                out = lines.concat();
            }
            choice => {
                let mut all = tokens(text);
                let Some(n) = some_token(rng, &all, |kind| kind != Kind::Space) else {
                    return out;
                };
                match choice {
                    7 => drop(all.remove(n)),
                    8 => all.insert(n, all[n].clone()),
                    9 => {
                        let other = rng.below(all.len());
                        all.swap(n, other);
                    }
                    10 => all[n].text = rng.pick(WORDS).as_bytes().to_vec(),
                    _ => {
                        let word = format!(" {} ", rng.pick(WORDS));
                        all[n].text.splice(0..0, word.into_bytes());
                    }
                }
                out = join(&all);
            }
        }
        out
    }
}

/// Some consecutive members of the file.
fn excerpt(rng: &mut Rng, source: &[u8]) -> Vec<u8> {
    let all = tokens(source);
    let mut starts = vec![0];
    let mut at = 0;
    let places = Places::of(&all);
    for (n, token) in all.iter().enumerate() {
        at += token.text.len();
        if places.file.binary_search(&(n + 1)).is_ok() {
            starts.push(at);
        }
    }
    starts.push(source.len());
    starts.dedup();
    if starts.len() < 2 {
        return source.to_vec();
    }
    let from = rng.below(starts.len() - 1);
    let limit = 500 + rng.below(6000);
    let upto = (from + 1..starts.len())
        .take_while(|n| *n == from + 1 || starts[*n] - starts[from] < limit)
        .last()
        .unwrap_or(from + 1);
    let part = &source[starts[from]..starts[upto]];
    part[..part.len().min(64 << 10)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_put_together_are_the_source() {
        for input in fixtures::inputs("zig") {
            assert_eq!(join(&tokens(&input.bytes)), input.bytes, "{}", input.name);
        }
    }

    #[test]
    fn a_mutant_is_a_function_of_seed_and_number() {
        let sources: Vec<_> = fixtures::inputs("zig")
            .map(|input| (input.name, input.bytes))
            .collect();
        let mutator = Mutator::new(sources);
        let mut changed = 0;
        for number in 0..200 {
            let (name, text) = mutator.mutant(7, number);
            assert_eq!((name, text.clone()), mutator.mutant(7, number));
            changed += usize::from(mutator.mutant(8, number).1 != text);
        }
        assert!(changed > 190, "another seed gives other mutants: {changed}");
    }
}
