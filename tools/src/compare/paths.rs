//! Where the reference is.

use super::releases::Releases;
use super::result::Result;
use super::setup::Setup;

/// Prints where zig and both builds of the oracle are, building them if need be
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo compare paths")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
}

/// Runs the verb.
pub(crate) fn main(args: &Args) -> Result<bool> {
    args.releases.each(|release| {
        let setup = Setup::new(release)?;
        for path in [&setup.reference.zig(), &setup.fast, &setup.safe] {
            println!("{}", path.display());
        }
        Ok(true)
    })
}
