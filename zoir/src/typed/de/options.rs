//! How documents become values.

use release::Release;

/// How documents become values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeOptions {
    /// The release of Zig by whose rules the text is read, and in whose words it is told what is wrong. The
    /// default is the newest.
    pub release: Release,
    /// Fields that a struct does not have are no error.
    pub ignore_unknown_fields: bool,
    /// Where a string is wanted, an enum literal is taken by its name.
    pub enum_literals_as_strings: bool,
}

impl Default for DeOptions {
    fn default() -> DeOptions {
        DeOptions {
            release: Release::NEWEST,
            ignore_unknown_fields: false,
            enum_literals_as_strings: false,
        }
    }
}

impl DeOptions {
    /// The same with [`release`](Self::release) set.
    pub fn release(self, release: Release) -> Self {
        DeOptions { release, ..self }
    }

    /// The same with [`ignore_unknown_fields`](Self::ignore_unknown_fields) set.
    pub fn ignore_unknown_fields(self, ignore_unknown_fields: bool) -> Self {
        DeOptions {
            ignore_unknown_fields,
            ..self
        }
    }

    /// The same with [`enum_literals_as_strings`](Self::enum_literals_as_strings) set.
    pub fn enum_literals_as_strings(self, enum_literals_as_strings: bool) -> Self {
        DeOptions {
            enum_literals_as_strings,
            ..self
        }
    }
}
