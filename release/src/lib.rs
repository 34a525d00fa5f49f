//! Releases of Zig: which there are, how they are named, and by which rules they differ.
//!
//! - [`Release`] is one release, `0.14.1` say. [`Release::find`] reads one from text, and says what it made
//!   of a version that is not known.
//! - [`Generation`] is all releases that have the same front end. Tables say of their rows which generations
//!   have them ([`Range`], [`generations!`]).
//! - [`Rules`] has one named switch for each difference in behaviour. Code asks a rule, never a version.
//!
//! The crate knows nothing of syntax, instructions or files; everything else may use it. It needs no standard
//! library, only `alloc`.
//!
//! ```
//! use release::{Generation, Release};
//!
//! let found = Release::find("0.16").unwrap();
//! assert_eq!(found.release, Release::V0_16_0);
//! assert_eq!(found.release.generation(), Generation::G16);
//! assert!(Release::find("0.13.0").is_err());
//! ```

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod find;
mod generation;
mod rules;

pub use find::{Found, Precision, Unknown};
pub use generation::{Generation, Range, counted_numbers};
pub use rules::{RULES, RuleInfo, Rules};

macro_rules! releases {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal $version:expr, $generation:ident;)*) => {
        /// A release of Zig whose front end is known here, oldest first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Release {
            $(
                $(#[doc = $doc])*
                #[doc = concat!("Zig ", $text, ".")]
                $name,
            )*
        }

        impl Release {
            /// All of them, oldest first.
            pub const ALL: &'static [Release] = &[$(Release::$name,)*];

            /// The version as Zig writes it: `0.14.1`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Release::$name => $text,)*
                }
            }

            /// Major, minor and patch number.
            pub const fn version(self) -> [u32; 3] {
                match self {
                    $(Release::$name => $version,)*
                }
            }

            /// The releases that have the same front end.
            #[inline]
            pub const fn generation(self) -> Generation {
                match self {
                    $(Release::$name => Generation::$generation,)*
                }
            }
        }
    };
}

releases! {
    V0_14_0 "0.14.0" [0, 14, 0], G14;
    V0_14_1 "0.14.1" [0, 14, 1], G14;
    V0_15_1 "0.15.1" [0, 15, 1], G15;
    V0_15_2 "0.15.2" [0, 15, 2], G15;
    V0_16_0 "0.16.0" [0, 16, 0], G16;
    V0_17_0 "0.17.0" [0, 17, 0], G17_0;
    V0_17_1 "0.17.1" [0, 17, 1], G17_1;
}

impl Release {
    /// The oldest.
    pub const OLDEST: Release = Self::ALL[0];
    /// The newest.
    pub const NEWEST: Release = Self::ALL[Self::ALL.len() - 1];

    /// By which rules its front end works.
    #[inline]
    pub const fn rules(self) -> &'static Rules {
        self.generation().rules()
    }

    /// Negative zero is written `-0` by its serializer of ZON, which no release reads; later it is `-0.0`. It
    /// is no rule of a generation: a patch changed it, and the front end stayed as it was.
    pub const fn writes_negative_zero_as_integer(self) -> bool {
        matches!(self, Release::V0_14_0)
    }
}

impl core::fmt::Display for Release {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        for pair in Release::ALL.windows(2) {
            assert!(pair[0] < pair[1]);
            assert!(pair[0].version() < pair[1].version());
            assert!(pair[0].generation() <= pair[1].generation());
        }
        for &release in Release::ALL {
            let [major, minor, patch] = release.version();
            assert_eq!(release.as_str(), format!("{major}.{minor}.{patch}"));
        }
        let mut generations: Vec<_> = Release::ALL.iter().map(|r| r.generation()).collect();
        generations.dedup();
        assert_eq!(generations, Generation::ALL);
    }
}
