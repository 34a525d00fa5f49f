//! JSON, written as ZON while it is read.

use std::collections::HashMap;

use release::Release;
use syntax::location::Span;
use zoir::text::Style;

use super::special;
use super::text::{error, is_of_word, newline, number_len, zon_name, zon_string};
use crate::diagnostic::{Diagnostic, Lines};
use crate::limits::MAX_JSON_DEPTH;

/// A JSON document as ZON, formatted as a release does; otherwise what is wrong with it. `path` is its name
/// in errors. With `plain` every string is one.
pub(crate) fn from_json(
    source: &[u8],
    path: &[u8],
    plain: bool,
    release: Release,
) -> Result<Vec<u8>, Vec<Diagnostic>> {
    let failed = |problem: Problem| {
        let lines = Lines::new(source);
        let span = |at: usize, end: usize| Span {
            start: at as u32,
            end: end.max(at) as u32,
            main: at as u32,
        };
        let mut diagnostic = error(
            path,
            &lines,
            span(problem.at, problem.end),
            &problem.message,
        );
        if let (Some((at, end)), Some(location)) = (problem.first, &diagnostic.location) {
            let note = lines.location(span(at, end)).without_line_of(location);
            let message = b"the same name first here".to_vec();
            diagnostic
                .notes
                .push(Diagnostic::note(path, Some(note), message));
        }
        vec![diagnostic]
    };
    let text = match std::str::from_utf8(source) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            return Err(failed(Problem::new(at, at + 1, "this is not UTF-8")));
        }
    };
    let mut reader = Reader {
        text,
        at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        out: Vec::new(),
        plain,
        style: Style::of(release),
        open: Vec::new(),
    };
    match reader.document() {
        Ok(()) => Ok(reader.out),
        Err(problem) => Err(failed(problem)),
    }
}

struct Problem {
    at: usize,
    end: usize,
    message: String,
    /// Where the name is that is there again.
    first: Option<(usize, usize)>,
}

impl Problem {
    fn new(at: usize, end: usize, message: impl Into<String>) -> Problem {
        Problem {
            at,
            end,
            message: message.into(),
            first: None,
        }
    }
}

/// An array or object that is being read. Of an object the names so far, with their places.
enum Open {
    Array,
    Object(HashMap<String, (usize, usize)>),
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
    out: Vec<u8>,
    plain: bool,
    style: Style,
    open: Vec<Open>,
}

impl<'s> Reader<'s> {
    fn document(&mut self) -> Result<(), Problem> {
        loop {
            if self.value()? {
                self.element()?;
                continue;
            }
            // Behind a value: the next element, or the ends of what is open.
            loop {
                self.skip_space();
                let close = match self.open.last() {
                    None => {
                        self.out.push(b'\n');
                        return match self.peek() {
                            None => Ok(()),
                            Some(_) => Err(self.unexpected("the end of the file")),
                        };
                    }
                    Some(Open::Array) => b']',
                    Some(Open::Object(_)) => b'}',
                };
                self.out.push(b',');
                if self.take(b',') {
                    self.element()?;
                    break;
                }
                if !self.take(close) {
                    return Err(self.unexpected(&format!("',' or '{}'", char::from(close))));
                }
                self.open.pop();
                newline(&mut self.out, self.open.len(), 4);
                self.out.push(b'}');
            }
        }
    }

    /// Reads a value, but of an array or object that is not empty only the bracket. Tells whether it was one.
    fn value(&mut self) -> Result<bool, Problem> {
        self.skip_space();
        let start = self.at;
        match self.peek() {
            Some(bracket @ (b'[' | b'{')) => {
                self.at += 1;
                self.skip_space();
                self.out.extend_from_slice(b".{");
                let close = if bracket == b'[' { b']' } else { b'}' };
                if self.take(close) {
                    self.out.push(b'}');
                    return Ok(false);
                }
                if self.open.len() >= MAX_JSON_DEPTH {
                    let message = format!("nested more than {MAX_JSON_DEPTH} deep");
                    return Err(Problem::new(start, start + 1, message));
                }
                self.open.push(if bracket == b'[' {
                    Open::Array
                } else {
                    Open::Object(HashMap::new())
                });
                return Ok(true);
            }
            Some(b'"') => {
                let text = self.string()?;
                self.string_value(&text);
            }
            Some(b'-' | b'0'..=b'9') => {
                let rest = &self.text.as_bytes()[start..];
                let Some(len) = number_len(rest) else {
                    let end = rest
                        .iter()
                        .position(|byte| !is_of_word(*byte))
                        .unwrap_or(rest.len());
                    return Err(Problem::new(
                        start,
                        start + end,
                        "this is no number of JSON",
                    ));
                };
                self.at += len;
                match &self.text[start..self.at] {
                    // ZON has no such integer.
                    "-0" => self.out.extend_from_slice(b"-0.0"),
                    number => self.out.extend_from_slice(number.as_bytes()),
                }
            }
            _ => {
                let rest = &self.text[start..];
                let word = ["true", "false", "null"].into_iter().find(|word| {
                    rest.strip_prefix(word)
                        .is_some_and(|after| !after.bytes().next().is_some_and(is_of_word))
                });
                let Some(word) = word else {
                    return Err(self.unexpected("a value"));
                };
                self.at += word.len();
                self.out.extend_from_slice(word.as_bytes());
            }
        }
        Ok(false)
    }

    fn string_value(&mut self, text: &str) {
        if self.plain || !special::needs_mark(text) {
            self.out.extend_from_slice(zon_string(text).as_bytes());
        } else if let Some(unmarked) = text.strip_prefix(special::MARK) {
            self.out.extend_from_slice(zon_string(unmarked).as_bytes());
        } else {
            // JSON has the form that every release reads.
            let quoted = text.strip_prefix(".@\"");
            let text = match quoted.and_then(|quoted| quoted.strip_suffix('"')) {
                Some(name) if self.style.is_plain_name(name.as_bytes()) => {
                    self.out.push(b'.');
                    name
                }
                _ => text,
            };
            self.out.extend_from_slice(text.as_bytes());
        }
    }

    /// The beginning of an element: a new line, and in an object the name.
    fn element(&mut self) -> Result<(), Problem> {
        newline(&mut self.out, self.open.len(), 4);
        if !matches!(self.open.last(), Some(Open::Object(_))) {
            return Ok(());
        }
        self.skip_space();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in quotes"));
        }
        let name = self.string()?;
        let place = (start, self.at);
        let impossible = if name.is_empty() {
            Some("a name in ZON cannot be empty")
        } else if name.contains('\0') {
            Some("a name in ZON cannot contain null bytes")
        } else {
            None
        };
        if let Some(message) = impossible {
            return Err(Problem::new(start, self.at, message));
        }
        self.out.push(b'.');
        if self.style.is_plain_name(name.as_bytes()) {
            self.out.extend_from_slice(name.as_bytes());
        } else {
            self.out.extend_from_slice(zon_name(&name).as_bytes());
        }
        self.out.extend_from_slice(b" = ");
        if let Some(Open::Object(names)) = self.open.last_mut()
            && let Some(first) = names.insert(name, place)
        {
            return Err(Problem {
                first: Some(first),
                ..Problem::new(start, self.at, "this name is in the object twice")
            });
        }
        self.skip_space();
        if self.take(b':') {
            Ok(())
        } else {
            Err(self.unexpected("':'"))
        }
    }

    /// Reads a string, at whose first quote it stands.
    fn string(&mut self) -> Result<String, Problem> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut value = String::new();
        self.at += 1;
        loop {
            let rest = &bytes[self.at..];
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, 0..=0x1f | b'"' | b'\\'))
                .unwrap_or(rest.len());
            value.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(value);
                }
                Some(b'\\') => value.push(self.escape()?),
                Some(b'\n') | None => {
                    return Err(Problem::new(start, self.at, "the string is not closed"));
                }
                Some(_) => {
                    let message = "a control character in a string must be escaped";
                    return Err(Problem::new(self.at, self.at + 1, message));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
        let start = self.at;
        self.at += 1;
        let char = match self.peek() {
            Some(char @ (b'"' | b'\\' | b'/')) => char::from(char),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.four_digits(start)?;
                let is_high = (0xd800..0xdc00).contains(&first);
                let code_point = if is_high && self.text[self.at..].starts_with("\\u") {
                    self.at += 2;
                    let second = self.four_digits(self.at - 2)?;
                    match second.checked_sub(0xdc00) {
                        Some(low @ ..0x400) => 0x10000 + ((first - 0xd800) << 10) + low,
                        _ => first,
                    }
                } else {
                    first
                };
                return char::from_u32(code_point).ok_or_else(|| {
                    let message = "half of a surrogate pair is no character";
                    Problem::new(start, start + 6, message)
                });
            }
            _ => return Err(Problem::new(start, start + 1, "JSON has no such escape")),
        };
        self.at += 1;
        Ok(char)
    }

    /// Reads the digits of the escape that begins at `start`.
    fn four_digits(&mut self, start: usize) -> Result<u32, Problem> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let mut value = 0;
        for &digit in digits.unwrap_or(b"-") {
            let Some(digit) = char::from(digit).to_digit(16) else {
                let message = "\\u is followed by four hex digits";
                return Err(Problem::new(start, self.at, message));
            };
            value = value << 4 | digit;
        }
        self.at += 4;
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn unexpected(&self, expected: &str) -> Problem {
        let rest = &self.text[self.at..];
        let word = rest.bytes().take_while(|byte| is_of_word(*byte)).count();
        // Words that are longer than any of JSON say nothing by their end.
        let (len, found) = match rest.chars().next() {
            None => (0, "the end of the file".to_owned()),
            Some(_) if word > 0 => (word, format!("'{}'", &rest[..word.min(32)])),
            Some('\0'..='\x1f' | '\x7f') => (1, "a control character".to_owned()),
            Some(char) => (char.len_utf8(), format!("'{char}'")),
        };
        let message = format!("expected {expected}, found {found}");
        Problem::new(self.at, self.at + len, message)
    }
}
