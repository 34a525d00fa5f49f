//! Module maps in the cache, each under a manifest of everything that it depends on.
//!
//! The manifest's key is what the build was told: its directory, options, the release. Its lines are the
//! build scripts of the project and of its packages with what these import, their `build.zig.zon`, and the
//! map itself. What a script reads by other means while it runs is not known to anybody.

use std::path::{Path, PathBuf};

use manifest::{Answer, Cache, Error, Hit, Miss, OnWait};
use serde::{Deserialize, Serialize};

use crate::environment::{Environment, layout};
use crate::limits::MAX_MAP_LEN;
use crate::paths;
use crate::project::ModuleMap;
use crate::whole_run::{open_base, prefixes};

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    /// The `zig` that configured the build, and its size and modification time.
    pub(super) zig: String,
    /// Paths at which nothing was.
    pub(super) absent: Vec<String>,
    pub(super) map: ModuleMap,
}

/// Where maps of one project are kept.
pub(super) struct Keeper {
    cache: Cache,
    records: PathBuf,
    root: PathBuf,
    defines: Vec<String>,
    release: &'static str,
}

/// What came of asking for a map.
pub(super) enum Asked<'k> {
    /// It is as it would be made now.
    Current(Kept),
    /// It is to be made.
    Miss(Box<Pending<'k>>),
}

/// A map that is being made. Others that want the same wait as long as this lives.
pub(super) struct Pending<'k> {
    miss: Miss<'k>,
    records: &'k Path,
}

impl Keeper {
    /// Where maps of the project in `root` (absolute) are kept, if there is a cache.
    pub(super) fn of(
        environment: &Environment,
        root: &Path,
        defines: &[String],
    ) -> Option<Result<Keeper, Error>> {
        let dirs = environment.dirs.as_ref()?;
        let base = layout::own_base(&dirs.local, environment.shared);
        let absolute = |path: &Path| paths::absolute(&environment.cwd, path);
        let lib_dir = environment.lib_dir.as_deref().map(absolute);
        let [local, global] = [&dirs.local, &dirs.global].map(|dir| absolute(dir));
        let prefixes = prefixes(root, lib_dir.as_deref(), &local, &global);
        let keeper = |(cache, records)| Keeper {
            cache,
            records,
            root: root.to_owned(),
            defines: defines.to_vec(),
            release: environment.choice.release.as_str(),
        };
        Some(open_base(&base, prefixes).map(keeper))
    }

    fn manifest<'k>(&'k self, on_wait: &'k (dyn Fn(&Path) + Sync)) -> manifest::Manifest<'k> {
        let mut manifest = self.cache.obtain();
        manifest.invalid_is_miss = true;
        manifest.on_wait = OnWait::call(on_wait);
        let hash = &mut manifest.hash;
        hash.add_bytes(b"zirc modules");
        hash.add_bytes(env!("CARGO_PKG_VERSION").as_bytes());
        hash.add(ModuleMap::VERSION);
        hash.add_bytes(self.release.as_bytes());
        hash.add_bytes(paths::bytes(&self.root));
        hash.add_list_of_bytes(&self.defines);
        manifest
    }

    /// Whether a map was made once.
    pub(super) fn has_one(&self) -> bool {
        let key = self.manifest(&|_| {}).key();
        self.cache.path_of(key).is_file()
    }

    /// The map, if nothing has changed and it is not to be made `anew`. `zig` is the one that would make it,
    /// if there is one.
    pub(super) fn ask<'k>(
        &'k self,
        anew: bool,
        zig: Option<&str>,
        on_wait: &'k (dyn Fn(&Path) + Sync),
    ) -> Result<Asked<'k>, Error> {
        let miss = match self.manifest(on_wait).hit()? {
            Answer::Hit(hit) => {
                let kept = if anew { None } else { self.kept(&hit) };
                match kept.filter(|kept| kept.is_current(zig)) {
                    Some(kept) => return Ok(Asked::Current(kept)),
                    None => hit.unhit()?,
                }
            }
            Answer::Miss(miss) => miss,
        };
        let records = &self.records;
        Ok(Asked::Miss(Box::new(Pending { miss, records })))
    }

    fn kept(&self, hit: &Hit<'_>) -> Option<Kept> {
        let path = self.records.join(hit.key().to_string());
        if std::fs::metadata(&path).ok()?.len() > MAX_MAP_LEN {
            return None;
        }
        let kept: Kept = zongen::from_slice(&std::fs::read(path).ok()?).ok()?;
        kept.map.validate().ok()?;
        Some(kept)
    }
}

impl Kept {
    fn is_current(&self, zig: Option<&str>) -> bool {
        zig.is_none_or(|zig| zig == self.zig)
            && !self.absent.iter().any(|path| Path::new(path).exists())
    }
}

impl Pending<'_> {
    /// Keeps a map. `inputs` are the files that it depends on.
    pub(super) fn complete(mut self, kept: &Kept, inputs: &[PathBuf]) -> Result<(), Error> {
        let path = self.records.join(self.miss.key().to_string());
        let written = zoir::typed::to_string(kept)
            .map_err(std::io::Error::other)
            .and_then(|text| {
                std::fs::create_dir_all(self.records)?;
                std::fs::write(&path, text)
            });
        written.map_err(|source| Error::Manifest {
            path: path.clone(),
            action: "write the module map of",
            source,
        })?;
        for input in inputs {
            self.miss.add_file_post(input)?;
        }
        self.miss.add_file_post(&path)?;
        self.miss.write_manifest()
    }
}

/// What tells whether a `zig` is the same as before.
pub(super) fn identity(exe: &Path) -> Option<String> {
    let metadata = exe.metadata().ok()?;
    let modified = metadata.modified().ok()?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
    let (size, time) = (metadata.len(), since.as_nanos());
    Some(format!("{}:{size}:{time}", exe.display()))
}
