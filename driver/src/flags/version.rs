//! `--zig-version`: one release, or several.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command};
use release::{Found, Release};

use crate::check::{Choice, EnvironmentOptions};
use crate::output::terminal::say;
use crate::project::{Settings, ZigVersions};
use crate::{Error, environment};

/// What stands for all releases.
const ALL: &str = "all";

/// A release that is asked for, and how it was named.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    text: String,
    found: Found,
}

impl Asked {
    /// # Errors
    /// What is to be told of a version that cannot be served.
    pub(super) fn parse(text: &str) -> Result<Asked, String> {
        let found = Release::find(text).map_err(|unknown| unknown.to_string())?;
        let text = text.to_owned();
        Ok(Asked { text, found })
    }

    pub(super) fn release(&self) -> Release {
        self.found.release
    }

    /// That it is another release than was asked for, if it is.
    pub(super) fn warning(&self) -> Option<String> {
        let Found { release, precision } = self.found;
        let reason = precision.reason()?;
        let text = &self.text;
        Some(format!(
            "Zig {text} was asked for, and Zig {release} is taken instead: {reason}"
        ))
    }
}

/// One value of the flag.
#[derive(Clone, Debug)]
enum Value {
    One(Asked),
    All,
}

/// Reads a value. The releases that are known are what completions offer.
#[derive(Clone)]
struct ValueParser {
    /// Whether `all` is one.
    all: bool,
}

impl TypedValueParser for ValueParser {
    type Value = Value;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Value, clap::Error> {
        let text = value.to_string_lossy();
        if self.all && text == ALL {
            return Ok(Value::All);
        }
        Asked::parse(&text).map(Value::One).map_err(|problem| {
            let arg = arg.map(ToString::to_string).unwrap_or_default();
            let message = format!("{arg}: {problem}\n");
            clap::Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let known = Release::ALL.iter().map(|release| release.as_str());
        let all = self.all.then_some(ALL);
        Some(Box::new(known.chain(all).map(PossibleValue::new)))
    }
}

/// `--zig-version` of verbs that work with one.
#[derive(Args, Debug)]
pub(crate) struct VersionFlag {
    /// The release of Zig that counts. Otherwise that of the lib directory that is named or found, or
    /// minimum_zig_version of the project, or the newest.
    #[arg(long, value_name = "VERSION", value_parser = ValueParser { all: false })]
    zig_version: Option<Value>,
}

impl VersionFlag {
    /// The release that is asked for, if one is. That it is another than was meant joins the warnings.
    pub(crate) fn release(&self, warnings: &mut Vec<String>) -> Option<Release> {
        let Some(Value::One(asked)) = &self.zig_version else {
            return None;
        };
        warnings.extend(asked.warning());
        Some(asked.release())
    }

    /// The same where the settings may name some: the newest of them counts, but where they say all, that
    /// says nothing. It and what is to be told go into `environment`.
    ///
    /// # Errors
    /// None that is known: the settings have been read.
    pub(crate) fn resolve(
        &self,
        settings: Option<&Settings>,
        environment: &mut EnvironmentOptions,
    ) -> Result<(), Error> {
        if self.zig_version.is_some() {
            environment.zig_version = self.release(&mut environment.warnings);
            return Ok(());
        }
        let versions = settings.and_then(|settings| settings.zig_versions.as_ref());
        let values = versions.map(of_settings).transpose()?.unwrap_or_default();
        let asked = values.iter().filter_map(|value| match value {
            Value::One(asked) => Some(asked),
            Value::All => None,
        });
        if let Some(asked) = asked.max_by_key(|asked| asked.release()) {
            environment.zig_version = Some(asked.release());
            environment.is_release_of_settings = true;
            environment.warnings.extend(asked.warning());
        }
        Ok(())
    }

    /// What single files count as, where `path` is one of them. Warnings are printed.
    ///
    /// # Errors
    /// As [`environment::release_for_files`].
    pub(crate) fn for_files(&self, path: Option<&Path>) -> Result<Choice, Error> {
        let mut warnings = Vec::new();
        let asked = self.release(&mut warnings);
        say_warnings(&warnings);
        environment::release_for_files(asked, path)
    }
}

/// `--zig-version` of verbs that work with several.
#[derive(Args, Debug)]
pub(crate) struct VersionsFlag {
    /// The release of Zig that counts, or several, or all. Otherwise that of the lib directory that is named
    /// or found, or minimum_zig_version of the project, or the newest.
    #[arg(
        long,
        value_name = "VERSION",
        value_delimiter = ',',
        value_parser = ValueParser { all: true }
    )]
    zig_version: Vec<Value>,
}

/// The releases that are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Releases {
    /// The one, or none.
    One(Option<Release>),
    /// A list was asked for, though it may be of one: oldest first, each once.
    Several(Vec<Release>),
}

impl VersionsFlag {
    /// What they come to, and warnings of those that are other releases than were meant.
    pub(crate) fn resolve(&self) -> (Releases, Vec<String>) {
        resolve(&self.zig_version)
    }

    /// The same where the settings may name some: what is to be told goes into `environment`.
    ///
    /// # Errors
    /// None that is known: the settings have been read.
    pub(crate) fn resolve_with(
        &self,
        settings: Option<&Settings>,
        environment: &mut EnvironmentOptions,
    ) -> Result<Releases, Error> {
        let versions = settings.and_then(|settings| settings.zig_versions.as_ref());
        let (releases, warnings) = match versions.filter(|_| self.zig_version.is_empty()) {
            None => self.resolve(),
            Some(versions) => {
                environment.is_release_of_settings = true;
                resolve(&of_settings(versions)?)
            }
        };
        environment.warnings.splice(..0, warnings);
        if let Releases::One(asked) = releases {
            environment.zig_version = asked;
        }
        Ok(releases)
    }
}

/// What the settings name, as if it had been typed.
fn of_settings(versions: &ZigVersions) -> Result<Vec<Value>, Error> {
    match versions {
        ZigVersions::All => Ok(vec![Value::All]),
        ZigVersions::These(versions) => {
            let one = |text: &String| Asked::parse(text).map(Value::One);
            let values = versions.iter().map(one).collect::<Result<_, _>>();
            values.map_err(Error::Usage)
        }
    }
}

fn resolve(values: &[Value]) -> (Releases, Vec<String>) {
    let mut warnings = Vec::new();
    let mut releases = BTreeSet::new();
    let mut is_list = values.len() > 1;
    for value in values {
        match value {
            Value::All => {
                is_list = true;
                releases.extend(Release::ALL);
            }
            Value::One(asked) => {
                releases.insert(asked.release());
                warnings.extend(asked.warning());
            }
        }
    }
    let releases = match is_list {
        true => Releases::Several(releases.into_iter().collect()),
        false => Releases::One(releases.pop_first()),
    };
    (releases, warnings)
}

/// Prints warnings that are said before anything else.
pub(crate) fn say_warnings(warnings: &[String]) {
    for warning in warnings {
        say(format_args!("warning: {warning}"));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct One {
        #[command(flatten)]
        version: VersionFlag,
    }

    #[derive(Parser)]
    struct Several {
        #[command(flatten)]
        versions: VersionsFlag,
    }

    fn several(args: &[&str]) -> Result<(Releases, Vec<String>), String> {
        let args = std::iter::once(&"zirc").chain(args);
        let line = Several::try_parse_from(args).map_err(|error| error.to_string())?;
        Ok(line.versions.resolve())
    }

    #[test]
    fn one_or_several() {
        let (old, new) = (Release::V0_14_0, Release::V0_14_1);
        let list = |args: &[&str]| several(args).unwrap().0;
        assert_eq!(list(&[]), Releases::One(None));
        assert_eq!(list(&["--zig-version", "0.14"]), Releases::One(Some(new)));
        for both in [
            &["--zig-version", "0.14.1,0.14.0"][..],
            &["--zig-version=0.14", "--zig-version=0.14.0,0.14.0"],
        ] {
            assert_eq!(list(both), Releases::Several(vec![old, new]), "{both:?}");
        }
        let all = Releases::Several(Release::ALL.to_vec());
        assert_eq!(list(&["--zig-version", "0.14.0,all"]), all);
        // A list stays one.
        let one = list(&["--zig-version", "0.14.0,0.14.0"]);
        assert_eq!(one, Releases::Several(vec![old]));
    }

    #[test]
    fn settings_say_what_is_not_typed() {
        let settings = |zig_versions| Settings {
            zig_versions: Some(zig_versions),
            ..Settings::default()
        };
        let these = |versions: &[&str]| {
            ZigVersions::These(versions.iter().map(|&version| version.to_owned()).collect())
        };
        let one = |args: &[&str], versions| {
            let line = One::try_parse_from([&["zirc"], args].concat()).unwrap();
            let mut environment = EnvironmentOptions::default();
            let settings = settings(versions);
            let resolved = line.version.resolve(Some(&settings), &mut environment);
            resolved.unwrap();
            let EnvironmentOptions {
                zig_version,
                is_release_of_settings,
                warnings,
                ..
            } = environment;
            (zig_version, is_release_of_settings, warnings.len())
        };
        let (old, new) = (Some(Release::V0_14_0), Some(Release::V0_15_2));
        assert_eq!(one(&[], these(&["0.14.0"])), (old, true, 0));
        let several = || these(&["0.15.9", "0.14.0", "0.14.9"]);
        assert_eq!(one(&[], several()), (new, true, 1));
        assert_eq!(one(&[], ZigVersions::All), (None, false, 0));
        let typed = ["--zig-version", "0.14.0"];
        assert_eq!(one(&typed, several()), (old, false, 0));
    }

    #[test]
    fn what_is_not_served_says_why() {
        for (text, problem) in [
            ("x", "'x' is no version of Zig; known are 0.14.0"),
            (
                "0.13.0",
                "Zig 0.13.0 is older than what is known; known are",
            ),
            ("0.14,", "'' is no version of Zig"),
        ] {
            let error = several(&["--zig-version", text]).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
        assert!(One::try_parse_from(["zirc", "--zig-version", "all"]).is_err());
        assert!(One::try_parse_from(["zirc", "--zig-version", "0.14.0,0.14.1"]).is_err());
        for release in Release::ALL {
            let one = One::try_parse_from(["zirc", "--zig-version", release.as_str()]);
            let served = one
                .ok()
                .and_then(|one| one.version.release(&mut Vec::new()));
            assert_eq!(served, Some(*release));
        }
    }

    #[test]
    fn another_release_than_was_meant_is_told() {
        let (releases, warnings) = several(&["--zig-version", "0.14.7"]).unwrap();
        assert_eq!(releases, Releases::One(Some(Release::V0_14_1)));
        assert_eq!(
            warnings,
            [
                "Zig 0.14.7 was asked for, and Zig 0.14.1 is taken instead: that patch release is not known"
            ]
        );
        assert!(several(&["--zig-version", "all"]).unwrap().1.is_empty());
    }
}
