//! What a project's builds and checks would find in their caches, as one file that can be carried to another
//! machine: packed, and unpacked there.
//!
//! # What is packed
//!
//! A hit writes nothing, so a cache does not tell what the last build used. It does tell what the next one
//! would: manifests all of whose inputs are as they are recorded. These are packed, with what they name
//! (outputs, packages, made-up modules), and the entries of the sources that they list. What belongs to
//! sources as they were is left out.
//!
//! # The file
//!
//! A tar in gzip. Names are `BASE/KIND/NAME`, where `BASE` says which cache directory, with `zirc/` behind it
//! for what is zirc's in a directory of the reference's. The first file has the path of the project. No
//! owners, no times; sorted, so that the same caches give the same bytes. Manifests come last, each behind
//! what it names. The last file has a digest of all before it: what lacks it was cut.
//!
//! # What is unpacked
//!
//! Regular files and directories whose names are those of caches; anything else, and the whole is refused.
//! All of it is written beside the places where it belongs, and renamed to them when everything was read and
//! found whole: first what manifests name, then the manifests.
//!
//! Some manifests of the reference's have files of the project by their absolute paths. In another directory
//! they would be looked for where the project was: a hit there is one for the files of another checkout. Such
//! manifests are left out there, and what only they name.

mod found;
mod member;
mod pack;
mod place;
mod touch;
mod unpack;
mod used;

pub(crate) use found::Bases;
pub(crate) use pack::{Count, Packed, pack};
pub(crate) use place::Options;
pub(crate) use touch::{Touched, touch};
pub(crate) use unpack::{Unpacked, unpack};
pub(crate) use used::{Choice, Elsewhere, LeftOut, Places, Used, used};
