//! How results look: a file a format. The models of results know nothing of this.

pub(crate) mod archive;
pub(crate) mod caches;
pub(crate) mod collected;
pub(crate) mod depfile;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod matrix;
pub(crate) mod modules;
pub(crate) mod terminal;
pub(crate) mod verified;

/// `--format`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// The reference's text on standard error, and a line of counts.
    #[default]
    Human,
    /// One object on standard output.
    Json,
}
