//! How results look: a file a format. The models of results know nothing of this.

pub(crate) mod archive;
pub(crate) mod caches;
pub(crate) mod collected;
pub(crate) mod depfile;
pub(crate) mod findings;
mod github;
mod gitlab;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod matrix;
pub(crate) mod modules;
mod rdjson;
pub(crate) mod rules;
mod sarif;
pub(crate) mod terminal;
pub(crate) mod verified;

use std::io::{self, BufWriter, Write};
use std::path::Path;

use findings::Findings;

/// `--format` of what has a form for people and one for programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// Text for people.
    #[default]
    Human,
    /// One object on standard output.
    Json,
}

/// `--format` of what finds something in files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum FindingsFormat {
    /// The reference's text on standard error, and a line of counts.
    #[default]
    Human,
    /// One object with all there is to tell: docs/formats.md.
    Json,
    /// Lines that GitHub makes annotations of, and that editors read.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// What reviewdog reads.
    Rdjson,
    /// A code quality report of GitLab.
    Gitlab,
}

/// The same, sorted by who writes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Text for people.
    Human,
    /// Our JSON, which has a form for each verb.
    Json,
    /// A format that others read.
    Exchange(Exchange),
}

/// Formats of others: a list of findings, whatever verb found them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exchange {
    /// See [`FindingsFormat::Github`].
    Github,
    /// See [`FindingsFormat::Sarif`].
    Sarif,
    /// See [`FindingsFormat::Rdjson`].
    Rdjson,
    /// See [`FindingsFormat::Gitlab`].
    Gitlab,
}

impl FindingsFormat {
    pub(crate) fn form(self) -> Form {
        match self {
            FindingsFormat::Human => Form::Human,
            FindingsFormat::Json => Form::Json,
            FindingsFormat::Github => Form::Exchange(Exchange::Github),
            FindingsFormat::Sarif => Form::Exchange(Exchange::Sarif),
            FindingsFormat::Rdjson => Form::Exchange(Exchange::Rdjson),
            FindingsFormat::Gitlab => Form::Exchange(Exchange::Gitlab),
        }
    }
}

impl Exchange {
    /// Writes findings, with paths as seen from `cwd`. With `pretty` an object may take several lines.
    pub(crate) fn write(
        self,
        found: &Findings<'_>,
        cwd: &Path,
        pretty: bool,
        out: impl Write,
    ) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        match self {
            Exchange::Github => github::write(found, cwd, &mut out)?,
            Exchange::Sarif => sarif::write(found, cwd, pretty, &mut out)?,
            Exchange::Rdjson => rdjson::write(found, cwd, pretty, &mut out)?,
            Exchange::Gitlab => gitlab::write(found, cwd, pretty, &mut out)?,
        }
        out.flush()
    }
}
