//! Dependency files: the part of make's syntax that compilers write, `target: prerequisite...`.
//!
//! Which targets there are does not matter here, only that the text is well-formed.

/// What is wrong with a dependency file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at byte {offset}: {kind}")]
pub struct DepFileError {
    /// Where, in bytes from the beginning.
    pub offset: usize,
    /// What it is.
    pub kind: DepFileErrorKind,
}

/// What is wrong at a place of a dependency file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DepFileErrorKind {
    /// A line or the text ends within a target.
    #[error("a target without a colon")]
    IncompleteTarget,
    /// A backslash in a target, and then a tab or the end of the line.
    #[error("a backslash with nothing to escape")]
    BadEscape,
    /// A dollar sign in a target without another one.
    #[error("a single dollar sign")]
    SingleDollar,
    /// Something between a target and its colon.
    #[error("expected a colon")]
    ExpectedColon,
    /// A backslash between prerequisites that is not the last character of the line.
    #[error("expected the end of the line after the backslash")]
    ExpectedEndOfLine,
    /// The text ends within quotes.
    #[error("quotes that are not closed")]
    OpenQuotes,
}

/// The prerequisites of all targets, in the order of the text.
pub fn prerequisites(text: &[u8]) -> Result<Vec<Vec<u8>>, DepFileError> {
    let mut reader = Reader { text, at: 0 };
    let mut out = Vec::new();
    while reader.target()? {
        reader.line(&mut out)?;
    }
    Ok(out)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn fail(&self, kind: DepFileErrorKind) -> DepFileError {
        DepFileError {
            offset: self.at.min(self.text.len()),
            kind,
        }
    }

    /// Skips to behind the colon of the next target. False at the end.
    fn target(&mut self) -> Result<bool, DepFileError> {
        while let Some(b'\t' | b'\n' | b'\r' | b' ') = self.peek(0) {
            self.at += 1;
        }
        if self.peek(0).is_none() {
            return Ok(false);
        }
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => {
                    return Err(self.fail(DepFileErrorKind::IncompleteTarget));
                }
                Some(b'$') if self.peek(1) == Some(b'$') => self.at += 2,
                Some(b'$') => return Err(self.fail(DepFileErrorKind::SingleDollar)),
                Some(b'\\') => match self.peek(1) {
                    None | Some(b'\t' | b'\n' | b'\r') => {
                        return Err(self.fail(DepFileErrorKind::BadEscape));
                    }
                    Some(b'$') => self.at += 1,
                    Some(_) => self.at += 2,
                },
                // Not the colon of a drive: that has a slash behind it, and then more of the target.
                Some(b':') => match (self.peek(1), self.peek(2)) {
                    (Some(b'/' | b'\\'), Some(next)) if next != b'\n' && next != b'\r' => {
                        self.at += 2
                    }
                    (Some(b'/' | b'\\'), _) => {
                        self.at += 2;
                        return Ok(true);
                    }
                    _ => {
                        self.at += 1;
                        return Ok(true);
                    }
                },
                Some(b'\t' | b' ') => {
                    while let Some(b'\t' | b' ') = self.peek(0) {
                        self.at += 1;
                    }
                    if self.peek(0) != Some(b':') {
                        return Err(self.fail(DepFileErrorKind::ExpectedColon));
                    }
                    self.at += 1;
                    return Ok(true);
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// The length of an end of line here.
    fn end_of_line(&self, ahead: usize) -> Option<usize> {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (Some(b'\n'), _) => Some(1),
            (Some(b'\r'), Some(b'\n')) => Some(2),
            _ => None,
        }
    }

    /// The prerequisites up to the end of the line.
    fn line(&mut self, out: &mut Vec<Vec<u8>>) -> Result<(), DepFileError> {
        loop {
            match self.peek(0) {
                None | Some(b'\n' | b'\r') => return Ok(()),
                Some(b'\t' | b' ') => self.at += 1,
                Some(b'\\') => match (self.end_of_line(1), self.peek(1)) {
                    (Some(len), _) => self.at += 1 + len,
                    (None, None) => self.at += 1,
                    (None, Some(_)) => return Err(self.fail(DepFileErrorKind::ExpectedEndOfLine)),
                },
                Some(b'"') => {
                    let rest = &self.text[self.at + 1..];
                    let Some(len) = rest.iter().position(|&byte| byte == b'"') else {
                        return Err(self.fail(DepFileErrorKind::OpenQuotes));
                    };
                    out.push(rest[..len].to_vec());
                    self.at += len + 2;
                }
                Some(_) => out.push(self.prerequisite()?),
            }
        }
    }

    fn prerequisite(&mut self) -> Result<Vec<u8>, DepFileError> {
        let mut name = Vec::new();
        loop {
            match self.peek(0) {
                None | Some(b'\t' | b' ' | b'\n' | b'\r') => return Ok(name),
                Some(b'\\') => {
                    if let Some(len) = self.end_of_line(1) {
                        self.at += 1 + len;
                        return Ok(name);
                    }
                    match self.peek(1) {
                        None => {
                            self.at += 1;
                            return Ok(name);
                        }
                        Some(b'\r') => return Err(self.fail(DepFileErrorKind::ExpectedEndOfLine)),
                        // Only a space is escaped; any other backslash is one of the path.
                        Some(b' ') => {
                            name.push(b' ');
                            self.at += 2;
                        }
                        Some(_) => {
                            name.push(b'\\');
                            self.at += 1;
                        }
                    }
                }
                Some(byte) => {
                    name.push(byte);
                    self.at += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let names = prerequisites(text.as_bytes()).unwrap();
        names
            .into_iter()
            .map(|name| String::from_utf8(name).unwrap())
            .collect()
    }

    #[test]
    fn prerequisites_of_all_targets() {
        assert_eq!(names(""), [""; 0]);
        assert_eq!(names(" \r\n\t"), [""; 0]);
        assert_eq!(names("a.o:"), [""; 0]);
        assert_eq!(names(":"), [""; 0]);
        assert_eq!(names("a.o: a.c"), ["a.c"]);
        assert_eq!(
            names("a.o : a.c\ta.h \n\nb.o:b.c\r\n"),
            ["a.c", "a.h", "b.c"]
        );
        assert_eq!(
            names("a.o: a.c \\\n  a.h\\\r\nb.h \\"),
            ["a.c", "a.h", "b.h"]
        );
        assert_eq!(
            names("C:/x/a.o: C:/x/a.c C:\\y\\b.c"),
            ["C:/x/a.c", "C:\\y\\b.c"]
        );
        assert_eq!(
            names(r"my\ $$\#.o: with\ space.c a\b.c"),
            ["with space.c", r"a\b.c"]
        );
        assert_eq!(names("a.o: \"two words.c\" b.c"), ["two words.c", "b.c"]);
    }

    #[test]
    fn errors_say_where() {
        let error = |text: &str| {
            let error = prerequisites(text.as_bytes()).unwrap_err();
            (error.offset, error.kind)
        };
        assert_eq!(error("a.o"), (3, DepFileErrorKind::IncompleteTarget));
        assert_eq!(error("a.o\n:"), (3, DepFileErrorKind::IncompleteTarget));
        assert_eq!(error("a\\\n"), (1, DepFileErrorKind::BadEscape));
        assert_eq!(error("a$x:"), (1, DepFileErrorKind::SingleDollar));
        assert_eq!(error("a b"), (2, DepFileErrorKind::ExpectedColon));
        assert_eq!(error("a: \\x"), (3, DepFileErrorKind::ExpectedEndOfLine));
        assert_eq!(error("a: \"x"), (3, DepFileErrorKind::OpenQuotes));
    }

    #[test]
    fn ends_on_any_text() {
        let alphabet = b"a:\\\n\r $\"\t/";
        for number in 0..alphabet.len().pow(5) {
            let mut rest = number;
            let text: Vec<u8> = std::iter::repeat_with(|| {
                let byte = alphabet[rest % alphabet.len()];
                rest /= alphabet.len();
                byte
            })
            .take(5)
            .collect();
            let _ = prerequisites(&text);
        }
    }
}
