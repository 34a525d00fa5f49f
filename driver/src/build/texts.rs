//! Files of ours whose names follow from their content: options of a build, the build runner.

use std::io::Write;
use std::path::{Path, PathBuf};

use manifest::hash_contents;

use crate::environment::layout::Kind;
use crate::environment::{Environment, layout};
use crate::{Error, paths};

/// A directory with such files.
#[derive(Debug)]
pub(crate) enum TextFiles {
    /// In a cache.
    Cache(PathBuf),
    /// Where there is no cache: gone with this.
    Temporary(tempfile::TempDir),
}

impl TextFiles {
    /// That of the local cache directory, if there is one.
    ///
    /// # Errors
    /// If there is none and no temporary directory either.
    pub(crate) fn of(environment: &Environment) -> Result<TextFiles, Error> {
        match &environment.dirs {
            Some(dirs) => {
                let base = layout::own_base(&dirs.local, environment.shared);
                let absolute = paths::absolute(&environment.cwd, &base);
                Ok(TextFiles::Cache(absolute))
            }
            None => tempfile::tempdir()
                .map(TextFiles::Temporary)
                .map_err(|error| Error::path("make a directory in", &std::env::temp_dir(), error)),
        }
    }

    /// The directory that all of it is below.
    pub(super) fn base(&self) -> &Path {
        match self {
            TextFiles::Cache(base) => base,
            TextFiles::Temporary(dir) => dir.path(),
        }
    }

    /// Files that belong together, in a directory that is named after what is in them. Returns it.
    ///
    /// # Errors
    /// If they are not there and cannot be written.
    pub(crate) fn directory(&self, files: &[(&str, &str)]) -> Result<PathBuf, Error> {
        let mut all = Vec::new();
        for (name, text) in files {
            for part in [name, text] {
                all.extend_from_slice(&(part.len() as u64).to_le_bytes());
                all.extend_from_slice(part.as_bytes());
            }
        }
        let folder = self.base().join(Kind::Configurations.folder());
        let dir = folder.join(hash_contents(&all).to_string());
        for (name, text) in files {
            let path = dir.join(name);
            put(&dir, &path, text).map_err(|error| Error::path("write", &path, error))?;
        }
        Ok(dir)
    }

    /// A file of this name and content.
    ///
    /// # Errors
    /// If it is not there and cannot be written.
    pub(crate) fn file(&self, name: &str, text: &str) -> Result<PathBuf, Error> {
        // A name comes out of a build: it is one, and no way out of the directory.
        let name = Path::new(name).file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or("options.zig");
        Ok(self.directory(&[(name, text)])?.join(name))
    }
}

/// Has a file be there with a content. One that is there with it stays as it is.
fn put(dir: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let is_there = std::fs::symlink_metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == text.len() as u64);
    if is_there && std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
