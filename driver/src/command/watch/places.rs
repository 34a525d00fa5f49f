//! Where a change of a program's files shows: the directories to watch, and the names in them that matter.
//!
//! A path is followed as the system follows it, a component at a time. Directories go by their real path, so
//! that none is watched under two names and what is heard of it has one spelling.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use cache_store::file::{FileId, Metadata, link_count, real_path};

use crate::limits::MAX_LINKS;

/// What is watched at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// What is there now: another directory of that name has to be watched anew.
    pub(super) id: FileId,
    pub(super) what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    File,
    Directory,
    /// A directory and all that are below it, links not followed.
    Tree,
}

/// Where changes of a program show.
#[derive(Default, Debug)]
pub(super) struct Places {
    /// Directories, and files with several names, by their real paths.
    pub(super) watched: HashMap<PathBuf, Place>,
    /// Real paths of what matters in watched directories: files, links, directories on the way.
    pub(super) names: HashSet<PathBuf>,
    /// The directory of which every file matters, if there is one.
    pub(super) directory: Option<PathBuf>,
    /// Where directories on the way are watched too: they may be renamed. Above it only links are.
    base: PathBuf,
    /// The path under which each file or directory goes.
    paths: HashMap<FileId, PathBuf>,
    /// Where directories of files lead, as far as they were followed.
    followed: HashMap<PathBuf, Option<PathBuf>>,
}

impl Places {
    /// The places of these files and of all files below `directory`. Paths are absolute or relative to `cwd`.
    pub(super) fn of<'a>(
        files: impl Iterator<Item = &'a Path>,
        directory: Option<&Path>,
        cwd: &Path,
    ) -> Places {
        let mut places = Places {
            base: real_path(cwd).unwrap_or_else(|_| cwd.to_owned()),
            ..Places::default()
        };
        if let Some(real) = directory.and_then(|dir| places.real_directory(&cwd.join(dir)))
            && let Ok(metadata) = Metadata::at(&real)
        {
            places.watched.remove(&real);
            places.directory = Some(places.watch(&real, &metadata, What::Tree));
        }
        for file in files {
            places.add(&cwd.join(file));
        }
        // All directories below are watched already.
        if let Some(directory) = &places.directory {
            let inside = |path: &Path| path.starts_with(directory);
            let watched = &mut places.watched;
            watched.retain(|path, place| place.what != What::Directory || !inside(path));
        }
        places
    }

    fn add(&mut self, file: &Path) {
        let (Some(parent), Some(name)) = (file.parent(), file.file_name()) else {
            return;
        };
        let Some(dir) = self.real_directory(parent) else {
            return;
        };
        self.point(&dir, name);
        if let Some((end, metadata)) = self.follow(dir, vec![name.to_owned()])
            && metadata.is_file()
            && link_count(&metadata) > 1
        {
            // What is written through another name is heard of at the file itself only.
            let path = self.watch(&end, &metadata, What::File);
            self.names.insert(path);
        }
    }

    /// The real path of a directory. What is on the way to it is watched.
    fn real_directory(&mut self, dir: &Path) -> Option<PathBuf> {
        if let Some(real) = self.followed.get(dir) {
            return real.clone();
        }
        let parts = dir.components().rev().filter_map(part).collect();
        let real = self
            .follow(root_of(dir), parts)
            .and_then(|(real, metadata)| metadata.is_dir().then_some(real));
        self.followed.insert(dir.to_owned(), real.clone());
        real
    }

    /// Follows the `parts`, last one first, from a real directory: real path and metadata of what they lead
    /// to. Where they lead nowhere, the directory is watched in which the next of them may appear.
    fn follow(&mut self, from: PathBuf, mut parts: Vec<OsString>) -> Option<(PathBuf, Metadata)> {
        let mut at = from;
        let mut links = 0;
        while let Some(name) = parts.pop() {
            if name == ".." {
                at.pop();
                continue;
            }
            let next = at.join(&name);
            let Ok(metadata) = Metadata::of_link(&next) else {
                self.point(&at, &name);
                return None;
            };
            if metadata.is_symlink() {
                self.point(&at, &name);
                links += 1;
                if links > MAX_LINKS {
                    return None;
                }
                let target = next.read_link().ok()?;
                if target.is_absolute() {
                    at = root_of(&target);
                }
                parts.extend(target.components().rev().filter_map(part));
                continue;
            }
            let is_dir = metadata.is_dir();
            if !is_dir || at.starts_with(&self.base) {
                self.point(&at, &name);
            }
            if !is_dir && !parts.is_empty() {
                return None;
            }
            at = next;
        }
        let metadata = Metadata::at(&at).ok()?;
        Some((at, metadata))
    }

    /// What happens to `name` in a real directory matters.
    fn point(&mut self, dir: &Path, name: &OsStr) {
        if self.watched.contains_key(dir) {
            self.names.insert(dir.join(name));
            return;
        }
        // If it has just gone, that is heard of where it was.
        if let Ok(metadata) = Metadata::at(dir) {
            let dir = self.watch(dir, &metadata, What::Directory);
            self.names.insert(dir.join(name));
        }
    }

    /// Watches a file or directory, and gives the path under which it goes here: mounts and hard links can
    /// give it several, and the system tells of it under one only.
    fn watch(&mut self, path: &Path, metadata: &Metadata, what: What) -> PathBuf {
        let id = FileId::of(metadata);
        let known = self.paths.entry(id);
        let path = known.or_insert_with(|| path.to_owned()).clone();
        self.watched
            .entry(path.clone())
            .or_insert(Place { id, what });
        path
    }
}

/// Where the way to an absolute path begins.
fn root_of(path: &Path) -> PathBuf {
    path.ancestors().last().unwrap_or(path).to_owned()
}

/// A component as a step on the way. The root is where ways begin.
fn part(component: Component) -> Option<OsString> {
    match component {
        Component::Normal(_) | Component::ParentDir => Some(component.as_os_str().to_owned()),
        Component::CurDir | Component::RootDir | Component::Prefix(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    use fixtures::system::symlink;

    struct Tree {
        root: PathBuf,
        _dir: tempfile::TempDir,
    }

    impl Tree {
        fn new(files: &[&str], links: &[(&str, &str)]) -> Tree {
            let dir = tempfile::tempdir().unwrap();
            let root = dir.path().canonicalize().unwrap();
            let tree = Tree { root, _dir: dir };
            for file in files {
                let path = tree.root.join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "").unwrap();
            }
            for (link, to) in links {
                symlink(to, tree.root.join(link)).unwrap();
            }
            tree
        }

        /// What is watched below the root, and the names that matter there.
        fn places(&self, cwd: &str, files: &[&str], dir: Option<&str>) -> [Vec<String>; 2] {
            let cwd = self.root.join(cwd);
            let places = Places::of(files.iter().map(Path::new), dir.map(Path::new), &cwd);
            let below = |path: &Path| {
                let below = path.strip_prefix(&self.root).ok()?;
                Some(below.to_str()?.to_owned())
            };
            let watched = places.watched.iter().filter_map(|(path, place)| {
                let below = below(path)?;
                Some(match place.what {
                    What::File => format!("{below} itself"),
                    What::Directory => below,
                    What::Tree => format!("{below}/**"),
                })
            });
            let mut watched: Vec<String> = watched.collect();
            let mut names: Vec<String> = places.names.iter().filter_map(|p| below(p)).collect();
            watched.sort();
            names.sort();
            [watched, names]
        }
    }

    fn expect(places: [Vec<String>; 2], watched: &[&str], names: &[&str]) {
        assert_eq!(
            (&places[0][..], &places[1][..]),
            (&owned(watched)[..], &owned(names)[..])
        );
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn without_links() {
        let tree = Tree::new(&["p/a.zig", "p/s/t/b.zig", "lib/std/std.zig"], &[]);
        let files = ["a.zig", "s/t/b.zig", "../lib/std/std.zig"];
        expect(
            tree.places("p", &files, None),
            &["lib/std", "p", "p/s", "p/s/t"],
            &["lib/std/std.zig", "p/a.zig", "p/s", "p/s/t", "p/s/t/b.zig"],
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn links_are_watched_where_they_lie_and_where_they_lead() {
        let tree = Tree::new(
            &["p/main.zig", "x/y/target", "v/a.zig"],
            &[
                ("p/a.zig", "../x/between"),
                ("x/between", "y/target"),
                ("p/src", "../v"),
            ],
        );
        expect(
            tree.places("p", &["a.zig"], None),
            &["p", "x", "x/y"],
            &["p/a.zig", "x/between", "x/y/target"],
        );
        expect(
            tree.places("p", &["src/a.zig"], None),
            &["p", "v"],
            &["p/src", "v/a.zig"],
        );
        let absolute = tree.root.join("x/between");
        symlink(absolute, tree.root.join("p/b.zig")).unwrap();
        expect(
            tree.places("p", &["b.zig"], None),
            &["p", "x", "x/y"],
            &["p/b.zig", "x/between", "x/y/target"],
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn what_is_missing_is_watched_where_it_will_appear() {
        let tree = Tree::new(&["p/a.zig", "q/file"], &[("p/gone.zig", "../q/r/s")]);
        expect(
            tree.places("p", &["gone.zig"], None),
            &["p", "q"],
            &["p/gone.zig", "q/r"],
        );
        expect(
            tree.places("p", &["../q/r/s/t.zig"], None),
            &["q"],
            &["q/r"],
        );
        // A file where a directory should be.
        expect(
            tree.places("p", &["../q/file/t.zig"], None),
            &["q"],
            &["q/file"],
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn links_that_go_round_end() {
        let tree = Tree::new(
            &["p/main.zig"],
            &[("p/a.zig", "b.zig"), ("p/b.zig", "a.zig"), ("p/d", "d/d")],
        );
        expect(
            tree.places("p", &["a.zig", "d/x.zig"], None),
            &["p"],
            &["p/a.zig", "p/b.zig", "p/d"],
        );
        // As many links as the system follows, and one more.
        let mut to = "main.zig".to_owned();
        for i in 0..=MAX_LINKS {
            let link = format!("l{i}");
            symlink(&to, tree.root.join("p").join(&link)).unwrap();
            to = link;
        }
        for (start, reaches) in [(MAX_LINKS - 1, true), (MAX_LINKS, false)] {
            let start = format!("l{start}");
            let [_, names] = tree.places("p", &[&start], None);
            assert_eq!(names.contains(&"p/main.zig".to_owned()), reaches);
            let path = tree.root.join("p").join(&start);
            assert_eq!(path.metadata().is_ok(), reaches, "as the system has it");
        }
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn a_file_with_several_names_is_watched_itself_and_once() {
        let tree = Tree::new(&["p/a.zig", "p/c.zig"], &[]);
        for other in ["p/b.zig", "elsewhere"] {
            fs::hard_link(tree.root.join("p/a.zig"), tree.root.join(other)).unwrap();
        }
        expect(
            tree.places("p", &["a.zig", "b.zig", "c.zig"], None),
            &["p", "p/a.zig itself"],
            &["p/a.zig", "p/b.zig", "p/c.zig"],
        );
    }

    #[test]
    #[cfg_attr(windows, ignore = "wants symbolic links")]
    fn a_directory_has_all_below_it() {
        let tree = Tree::new(
            &["p/s/a.zig", "p/s/t/b.zig", "x/target"],
            &[("p/s/c.zig", "../../x/target"), ("p/to", "s")],
        );
        let files = ["s/a.zig", "s/t/b.zig", "s/c.zig"];
        let names = [
            "p/s",
            "p/s/a.zig",
            "p/s/c.zig",
            "p/s/t",
            "p/s/t/b.zig",
            "x/target",
        ];
        expect(
            tree.places("p", &files, Some("s")),
            &["p", "p/s/**", "x"],
            &names,
        );
        expect(
            tree.places("p", &[], Some("to")),
            &["p", "p/s/**"],
            &["p/s", "p/to"],
        );
        expect(tree.places("p", &[], Some(".")), &["p/**"], &[]);
        expect(tree.places("p", &[], Some("gone")), &["p"], &["p/gone"]);
    }
}
