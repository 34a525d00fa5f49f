//! A kind of source.

use std::io::{self, Write};

use crate::reference::Mode;

/// One kind of source.
pub(crate) struct Row {
    /// What there is many of.
    pub(crate) name: &'static str,
    /// Heading that it stands under.
    pub(crate) group: &'static str,
    /// The language.
    pub(crate) mode: Mode,
    /// How many of it, least first.
    pub(crate) sizes: &'static [usize],
    /// Declarations that stand behind it, so that there are no errors but those that it is about.
    pub(super) names: &'static str,
    pub(super) write: fn(usize, &mut dyn Write) -> io::Result<()>,
}

impl Row {
    /// Writes the source with `size` of what the row is about.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(&self, size: usize, out: &mut dyn Write) -> io::Result<()> {
        (self.write)(size, out)?;
        out.write_all(self.names.as_bytes())
    }

    /// Whether it is about errors.
    pub(crate) fn is_wrong(&self) -> bool {
        self.group == "Errors"
    }
}
