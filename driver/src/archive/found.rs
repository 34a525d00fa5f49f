//! The cache directories that an archive is made of or goes into.

use std::path::{Path, PathBuf};

use super::member::Base;
use crate::environment::CacheDirs;
use crate::inventory::CacheDir;
use crate::{Error, paths};
use cache_store::file::real_path;

/// Where each of the directories is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Bases(Vec<(Base, PathBuf)>);

/// A cache directory, and what it is called in archives.
#[derive(Debug)]
pub(crate) struct FoundDir {
    pub(crate) base: Base,
    /// Whether it is ours within one of the reference's.
    pub(crate) is_inner: bool,
    pub(crate) dir: CacheDir,
}

impl Bases {
    /// Those of a check and of a build in `cwd`, as absolute paths.
    pub(crate) fn new(cwd: &Path, own: Option<CacheDirs>, zig: Option<CacheDirs>) -> Bases {
        let absolute = |path: &Path| paths::absolute(cwd, path);
        let of = |dirs: Option<CacheDirs>, [local, global]: [Base; 2]| {
            dirs.into_iter().flat_map(move |dirs| {
                [
                    (local, absolute(&dirs.local)),
                    (global, absolute(&dirs.global)),
                ]
            })
        };
        let own = of(own, [Base::ZircLocal, Base::ZircGlobal]);
        Bases(
            of(zig, [Base::ZigLocal, Base::ZigGlobal])
                .chain(own)
                .collect(),
        )
    }

    /// Where that directory is, if it is known.
    pub(crate) fn dir(&self, base: Base) -> Option<&Path> {
        let found = self.0.iter().find(|(it, _)| *it == base);
        found.map(|(_, path)| &**path)
    }

    /// The directories that are there, each once.
    ///
    /// # Errors
    /// If there is none.
    pub(crate) fn open(&self) -> Result<Vec<FoundDir>, Error> {
        let mut found: Vec<FoundDir> = Vec::new();
        let mut seen: Vec<PathBuf> = Vec::new();
        // Ours first: within what a variable names they may be inside of the reference's.
        let own_first = self.0.iter().rev();
        for (base, path) in own_first {
            let Ok(real) = real_path(path) else {
                continue;
            };
            // What lies there besides is left out, and what is no cache is none of our business.
            let opened = match base.is_own() {
                true => CacheDir::open(path).map(|dir| vec![dir]),
                false => CacheDir::open_with_own(path),
            };
            for dir in opened.unwrap_or_default() {
                let is_inner = !base.is_own() && dir.path != *path;
                let is_whose = dir.is_own == (base.is_own() || is_inner);
                let real = if is_inner {
                    real.join(crate::environment::layout::OWN)
                } else {
                    real.clone()
                };
                if is_whose && !seen.contains(&real) {
                    seen.push(real);
                    let base = *base;
                    found.push(FoundDir {
                        base,
                        is_inner,
                        dir,
                    });
                }
            }
        }
        if found.is_empty() {
            let mut looked_in: Vec<String> = self
                .0
                .iter()
                .map(|(_, path)| paths::display(path))
                .collect();
            looked_in.dedup();
            return Err(Error::Usage(format!(
                "there is no cache directory: none of {}",
                looked_in.join(", ")
            )));
        }
        found.sort_by_key(|found| (found.base, found.is_inner));
        Ok(found)
    }
}
