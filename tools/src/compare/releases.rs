//! Which releases of Zig a verb is held against: options that several verbs share.

use clap::builder::PossibleValuesParser;
use syntax::Release;

/// The release that is compared with where none is named.
const DEFAULT: Release = Release::V0_14_1;

/// Those that `all` names: every generation's, and both patches where the compilers are of different sources.
const ALL: &[Release] = &[
    Release::V0_14_1,
    Release::V0_15_1,
    Release::V0_15_2,
    Release::V0_16_0,
    Release::V0_17_0,
    Release::V0_17_1,
];

fn versions() -> impl Iterator<Item = &'static str> {
    Release::ALL.iter().map(|release| release.as_str())
}

/// Each of the releases that the words name, once.
fn named(words: &[String]) -> Vec<Release> {
    let mut releases = Vec::new();
    for word in words {
        let of_word: Vec<Release> = match word.as_str() {
            "all" => ALL.to_vec(),
            version => {
                let known = Release::ALL.iter().copied();
                known
                    .filter(|release| release.as_str() == version)
                    .collect()
            }
        };
        for release in of_word {
            if !releases.contains(&release) {
                releases.push(release);
            }
        }
    }
    releases
}

/// One release or several, one after the other.
#[derive(Debug, clap::Args)]
pub(crate) struct Releases {
    /// Releases of Zig to compare with, with commas between: versions, or `all` (0.14.0 has 0.14.1's front
    /// end)
    #[arg(
        long = "zig-version",
        value_name = "VERSION",
        value_delimiter = ',',
        default_value = DEFAULT.as_str(),
        value_parser = PossibleValuesParser::new(versions().chain(["all"]))
    )]
    zig_versions: Vec<String>,
}

impl Releases {
    /// Does the work for each. True if it held for all.
    pub(crate) fn each<E>(
        &self,
        mut work: impl FnMut(Release) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let mut all_held = true;
        for release in named(&self.zig_versions) {
            all_held &= work(release)?;
        }
        Ok(all_held)
    }
}

/// One release.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct OneRelease {
    /// The release of Zig to compare with
    #[arg(
        long = "zig-version",
        value_name = "VERSION",
        default_value = DEFAULT.as_str(),
        value_parser = PossibleValuesParser::new(versions())
    )]
    zig_version: String,
}

impl OneRelease {
    /// The option as it is typed, for a process of ours.
    pub(crate) fn flag(&self) -> [String; 2] {
        ["--zig-version".to_owned(), self.zig_version.clone()]
    }

    /// Whether it is the one that is taken where none is named.
    pub(crate) fn is_default(&self) -> bool {
        self.release() == DEFAULT
    }

    /// Which it is.
    pub(crate) fn release(&self) -> Release {
        named(std::slice::from_ref(&self.zig_version))
            .pop()
            .unwrap_or(DEFAULT)
    }
}

/// The libraries of other releases, as files to compare.
#[derive(Debug, clap::Args)]
pub(crate) struct OtherLibs {
    /// The lib/ of these releases as well, with commas between: versions, or `all`
    #[arg(
        long = "lib-of",
        value_name = "VERSION",
        value_delimiter = ',',
        value_parser = PossibleValuesParser::new(versions().chain(["all"]))
    )]
    lib_of: Vec<String>,
}

impl OtherLibs {
    /// Which they are.
    pub(crate) fn releases(&self) -> Vec<Release> {
        named(&self.lib_of)
    }
}
