//! What a rule's help consists of, and how it is written down.

/// Help about one rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Help {
    /// What it means and what to do.
    pub text: &'static str,
    /// A source with the error, and the same without. None where one file alone does not show it.
    pub example: Option<Example>,
}

/// A source that has an error, and what it would be without.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Example {
    /// With the error.
    pub wrong: &'static str,
    /// Without.
    pub right: &'static str,
}

/// The help of some rules.
pub(super) type Rows = &'static [(&'static str, Help)];

/// Row: `"rule" "text" wrong "source" right "source";`, the sources left out where one file does not show it.
macro_rules! rows {
    ($($id:literal $text:literal $(wrong $wrong:literal right $right:literal)?;)*) => {
        pub(super) const ROWS: super::row::Rows = &[
            $((
                $id,
                super::row::Help {
                    text: $text,
                    example: super::row::rows!(@example $($wrong $right)?),
                },
            ),)*
        ];
    };
    (@example) => {
        None
    };
    (@example $wrong:literal $right:literal) => {
        Some(super::row::Example {
            wrong: $wrong,
            right: $right,
        })
    };
}
pub(super) use rows;
