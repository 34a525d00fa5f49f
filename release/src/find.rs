//! A release out of text.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use crate::Release;

/// What [`Release::find`] made of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The release.
    pub release: Release,
    /// How well it fits what was asked for.
    pub precision: Precision,
}

/// How well a known release fits a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// It is that version, or the newest known patch of `0.16`.
    Exact,
    /// A development version: the release that it leads to, or the newest known one.
    Development,
    /// A patch that is not known: the nearest of its minor version.
    UnknownPatch,
    /// A version later than all that are known: the newest known one.
    Later,
}

impl Precision {
    /// Why the release is not the version that was asked for; none where it is.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Precision::Exact => None,
            Precision::Development => Some("it is a development version"),
            Precision::UnknownPatch => Some("that patch release is not known"),
            Precision::Later => Some("it is later than every release that is known"),
        }
    }
}

/// Text that names no release that could be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// It is no version.
    NoVersion(String),
    /// It is older than [`Release::OLDEST`].
    TooOld(String),
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::NoVersion(text) => write!(f, "'{text}' is no version of Zig")?,
            Unknown::TooOld(text) => write!(f, "Zig {text} is older than what is known")?,
        }
        f.write_str("; known are ")?;
        for (i, release) in Release::ALL.iter().enumerate() {
            let between = match i {
                0 => "",
                _ if i + 1 == Release::ALL.len() => " and ",
                _ => ", ",
            };
            write!(f, "{between}{release}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Unknown {}

/// A version as written: `0.16`, `0.16.0`, `0.17.0-dev.44+1a2b3c4`.
struct Version {
    minor: [u32; 2],
    patch: Option<u32>,
    is_development: bool,
}

impl Version {
    fn parse(text: &str) -> Option<Version> {
        let core_end = text.find(['-', '+']).unwrap_or(text.len());
        let (core, rest) = text.split_at(core_end);
        let is_development = match rest.strip_prefix('-') {
            Some(pre) => !pre.is_empty() && !pre.starts_with('+'),
            None => false,
        };
        // A dash or a plus with nothing behind it is a slip of the pen.
        if rest.len() == 1 || (rest.starts_with('-') && !is_development) {
            return None;
        }
        let mut numbers = core.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        });
        let minor = [numbers.next()??, numbers.next()??];
        let patch = match numbers.next() {
            Some(patch) => Some(patch?),
            None => None,
        };
        let too_many = numbers.next().is_some();
        (!too_many && (patch.is_some() || rest.is_empty())).then_some(Version {
            minor,
            patch,
            is_development,
        })
    }
}

impl Release {
    /// The release that `text` names, or the nearest one known.
    ///
    /// `0.16` is its newest known patch. A patch that is not known is the next known one of its minor
    /// version, or the last; a development version is the release that it leads to; what is later than
    /// everything known is the newest. [`Found::precision`] says which it was, for a warning.
    ///
    /// # Errors
    ///
    /// Where the text is no version, or one below [`Release::OLDEST`].
    pub fn find(text: &str) -> Result<Found, Unknown> {
        let Some(version) = Version::parse(text) else {
            return Err(Unknown::NoVersion(text.to_owned()));
        };
        let minor_of = |release: Release| [release.version()[0], release.version()[1]];
        if version.minor < minor_of(Release::OLDEST) {
            return Err(Unknown::TooOld(text.to_owned()));
        }
        let of_minor = || {
            let all = Release::ALL.iter().copied();
            all.filter(|&release| minor_of(release) == version.minor)
        };
        let Some(newest) = of_minor().next_back() else {
            let precision = if version.is_development {
                Precision::Development
            } else {
                Precision::Later
            };
            // Between two known minor versions there is none that is not known.
            return Ok(Found {
                release: Release::NEWEST,
                precision,
            });
        };
        let Some(patch) = version.patch else {
            return Ok(Found {
                release: newest,
                precision: Precision::Exact,
            });
        };
        let next = of_minor().find(|release| release.version()[2] >= patch);
        let release = next.unwrap_or(newest);
        let precision = if version.is_development {
            Precision::Development
        } else if release.version()[2] == patch {
            Precision::Exact
        } else {
            Precision::UnknownPatch
        };
        Ok(Found { release, precision })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_lead_to_the_nearest_release() {
        use Precision::{Development, Exact, Later, UnknownPatch};
        for (text, release, precision) in [
            ("0.14.0", Release::V0_14_0, Exact),
            ("0.14.1", Release::V0_14_1, Exact),
            ("0.14", Release::V0_14_1, Exact),
            ("0.15", Release::V0_15_2, Exact),
            ("0.17", Release::V0_17_1, Exact),
            ("0.17.0", Release::V0_17_0, Exact),
            ("0.16.0+1a2b", Release::V0_16_0, Exact),
            ("0.15.0", Release::V0_15_1, UnknownPatch),
            ("0.14.9", Release::V0_14_1, UnknownPatch),
            ("0.17.2", Release::V0_17_1, UnknownPatch),
            ("0.16.0-dev.254+6dd0270a1", Release::V0_16_0, Development),
            ("0.15.0-dev.1", Release::V0_15_1, Development),
            ("0.17.2-dev.1", Release::V0_17_1, Development),
            ("0.18.0-dev.1+abc", Release::V0_17_1, Development),
            ("0.18.0", Release::V0_17_1, Later),
            ("0.18", Release::V0_17_1, Later),
            ("1.0.0", Release::V0_17_1, Later),
        ] {
            assert_eq!(
                Release::find(text),
                Ok(Found { release, precision }),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_version_or_too_old_is_refused() {
        for text in [
            "",
            "zig",
            "0",
            "0.",
            "0.16.",
            "0.16.x",
            "0.16.0.1",
            "0.16.0-",
            "0.16.0+",
            "0.16.0-+a",
            "0.16-dev",
            " 0.16",
            "v0.16.0",
            "99999999999.0.0",
            "-0.16.0",
            "0.+16.0",
        ] {
            assert_eq!(
                Release::find(text),
                Err(Unknown::NoVersion(text.to_owned())),
                "{text}"
            );
        }
        for text in ["0.13.0", "0.13", "0.1.1", "0.14.0-dev.1"] {
            let is_old = text != "0.14.0-dev.1";
            let too_old = matches!(Release::find(text), Err(Unknown::TooOld(_)));
            assert_eq!(too_old, is_old, "{text}");
        }
        let message = Release::find("0.13.0").unwrap_err().to_string();
        assert_eq!(
            message,
            "Zig 0.13.0 is older than what is known; known are 0.14.0, 0.14.1, 0.15.1, 0.15.2, 0.16.0, 0.17.0 \
             and 0.17.1"
        );
    }
}
