//! A diagnostic.

use super::place::Location;
use crate::rules::Rule;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Severity {
    /// The program is wrong.
    Error,
    /// Belongs to an error, or is worth knowing.
    Note,
}

/// An error or a note.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file as the user would name it. Need not be UTF-8.
    pub path: Vec<u8>,
    /// Where in the file, if anywhere in particular.
    pub location: Option<Location>,
    /// What it says. Need not be UTF-8.
    pub message: Vec<u8>,
    /// What belongs to it.
    pub notes: Vec<Diagnostic>,
}

impl Diagnostic {
    /// An error without notes.
    pub(crate) fn error(path: &[u8], location: Option<Location>, message: Vec<u8>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            path: path.to_vec(),
            location,
            message,
            notes: Vec::new(),
        }
    }

    /// The rule that its message is of.
    pub fn rule(&self) -> &'static Rule {
        Rule::of(&self.message)
    }

    /// A note, which belongs to an error or stands for itself.
    pub(crate) fn note(path: &[u8], location: Option<Location>, message: Vec<u8>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Note,
            ..Diagnostic::error(path, location, message)
        }
    }
}
