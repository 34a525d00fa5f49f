//! Which processes are at work in a directory, as `/proc` tells.

use std::path::PathBuf;
use std::process::Child;

/// A process that is at work somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWork {
    /// Its number.
    pub process: u32,
    /// Its program's name, as far as the system keeps it.
    pub name: String,
    /// By what this is known.
    pub how: How,
}

/// By what it is known that a process is at work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Its working directory.
    WorkingDir(PathBuf),
    /// Something that it has open, runs or has mapped.
    Open(PathBuf),
    /// What it does cannot be seen: it is another user's, or sees other directories.
    Hidden,
}

/// What to look for. All directories are absolute, without links.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Whoever has one of these open, or anything below it, is at work.
    pub open: Vec<PathBuf>,
    /// So is whoever has its working directory there, but for this process and those that have started it.
    pub working_dirs: Vec<PathBuf>,
    /// Names with which a program's name begins that is at work for all we know if it cannot be seen.
    pub names: Vec<String>,
}

/// The processes that are at work, this one not counted. `None` where the system does not tell.
pub fn at_work(query: &Query) -> Option<Vec<AtWork>> {
    #[cfg(target_os = "linux")]
    {
        linux::at_work(query)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = query;
        None
    }
}

/// Kills a child process with all that it has started, as far as the system tells who started whom; the child
/// alone where it does not. It is waited for.
pub fn kill_tree(child: &mut Child) {
    #[cfg(target_os = "linux")]
    let descendants = linux::descendants(child.id());
    // It comes first, so that it cannot start another one meanwhile. One that has ended is no error.
    let _ = child.kill();
    #[cfg(target_os = "linux")]
    linux::kill(&descendants);
    let _ = child.wait();
}

#[cfg(target_os = "linux")]
mod linux {
    use std::borrow::Cow;
    use std::fs;
    use std::io;
    use std::path::{Path, PathBuf};

    use super::{AtWork, How, Query};

    fn is_in(path: &Path, dirs: &[PathBuf]) -> bool {
        dirs.iter().any(|dir| path.starts_with(dir))
    }

    pub(super) fn at_work(query: &Query) -> Option<Vec<AtWork>> {
        let own = std::process::id();
        let ancestors = ancestors(own);
        let own_view = fs::read_link("/proc/self/ns/mnt").ok();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").ok()? {
            let Ok(entry) = entry else { continue };
            let number = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let Some(process) = number else { continue };
            if process == own {
                continue;
            }
            let dir = entry.path();
            if let Some(how) = how(
                &dir,
                query,
                ancestors.contains(&process),
                own_view.as_deref(),
            ) {
                let name = name_of(&dir);
                found.push(AtWork { process, name, how });
            }
        }
        // Without a single other process there is no `/proc` to speak of: the first one is always there.
        Path::new("/proc/self/fd").is_dir().then_some(found)
    }

    /// The numbers of all processes that one has started, and those that these have.
    pub(super) fn descendants(process: u32) -> Vec<u32> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let parent = |entry: io::Result<fs::DirEntry>| {
            let number = entry.ok()?.file_name().to_str()?.parse().ok()?;
            Some((number, parent_of(number)?))
        };
        let parents: Vec<(u32, u32)> = entries.filter_map(parent).collect();
        let mut found = vec![process];
        let mut next = 0;
        while let Some(&above) = found.get(next) {
            next += 1;
            let children = parents.iter().filter(|(_, parent)| *parent == above);
            // A number that was given anew while this looked could make a circle.
            let new = children.filter(|(child, _)| !found.contains(child));
            let new: Vec<u32> = new.map(|(child, _)| *child).collect();
            found.extend(new);
        }
        found.split_off(1)
    }

    pub(super) fn kill(processes: &[u32]) {
        for &process in processes {
            let number = i32::try_from(process).ok();
            if let Some(process) = number.and_then(rustix::process::Pid::from_raw) {
                // It may have ended.
                let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
            }
        }
    }

    fn how(dir: &Path, query: &Query, is_ancestor: bool, own_view: Option<&Path>) -> Option<How> {
        let is_named = || {
            let name = name_of(dir);
            query.names.iter().any(|begin| name.starts_with(begin))
        };
        let mut is_hidden = false;
        let mut link = |name: &str| match fs::read_link(dir.join(name)) {
            Ok(path) => Some(path),
            Err(error) => {
                is_hidden |= error.kind() == io::ErrorKind::PermissionDenied;
                None
            }
        };
        let (cwd, exe) = (link("cwd"), link("exe"));
        let cwd = cwd.filter(|cwd| is_in(cwd, &query.working_dirs) && !is_ancestor);
        if let Some(cwd) = cwd {
            return Some(How::WorkingDir(cwd));
        }
        if let Some(exe) = exe.filter(|exe| is_in(exe, &query.open)) {
            return Some(How::Open(exe));
        }
        match fs::read_dir(dir.join("fd")) {
            Ok(files) => {
                for file in files.flatten() {
                    let path = fs::read_link(file.path()).ok();
                    if let Some(path) = path.filter(|path| is_in(path, &query.open)) {
                        return Some(How::Open(path));
                    }
                }
            }
            Err(error) => is_hidden |= error.kind() == io::ErrorKind::PermissionDenied,
        }
        if let Some(path) = mapped(dir, query) {
            return Some(How::Open(path));
        }
        // In a container paths are others.
        let view = fs::read_link(dir.join("ns/mnt")).ok();
        let is_elsewhere = view.is_some_and(|view| Some(&*view) != own_view);
        ((is_hidden || is_elsewhere) && is_named()).then_some(How::Hidden)
    }

    /// A file that is mapped although it need not be open any more.
    fn mapped(dir: &Path, query: &Query) -> Option<PathBuf> {
        let maps = fs::read(dir.join("maps")).ok()?;
        let paths = maps.split(|&b| b == b'\n').filter_map(|line| {
            let start = line.iter().position(|&b| b == b'/')?;
            Some(super::super::path_from_bytes(&line[start..]))
        });
        let mut paths = paths.filter(|path| is_in(path, &query.open));
        paths.next().map(Cow::into_owned)
    }

    fn name_of(dir: &Path) -> String {
        let name = fs::read(dir.join("comm")).unwrap_or_default();
        String::from_utf8_lossy(&name).trim_end().to_owned()
    }

    /// A process and those that have started it.
    fn ancestors(process: u32) -> Vec<u32> {
        let mut found = vec![process];
        while let Some(parent) = found.last().and_then(|&process| parent_of(process)) {
            // Numbers are used again, so that there may be a circle.
            if parent == 0 || found.contains(&parent) {
                break;
            }
            found.push(parent);
        }
        found
    }

    fn parent_of(process: u32) -> Option<u32> {
        let stat = fs::read(format!("/proc/{process}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name before it is in parentheses, and may have any in it.
        let (_, rest) = stat.rsplit_once(')')?;
        rest.split_ascii_whitespace().nth(1)?.parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use std::process::{Command, Stdio};

        use super::super::{How, Query, at_work};

        fn query(dir: &std::path::Path) -> Query {
            Query {
                open: vec![dir.join("cache")],
                working_dirs: vec![dir.to_owned()],
                names: Vec::new(),
            }
        }

        #[test]
        fn who_is_at_work() {
            let dir = tempfile::tempdir().unwrap();
            let dir = dir.path().canonicalize().unwrap();
            std::fs::create_dir(dir.join("cache")).unwrap();
            std::fs::write(dir.join("cache/file"), "").unwrap();
            let own = |query: &Query| at_work(query).unwrap();
            assert_eq!(own(&query(&dir)), []);
            // This process has it open, which is its own affair.
            let _file = std::fs::File::open(dir.join("cache/file")).unwrap();
            assert_eq!(own(&query(&dir)), []);
            let mut sleep = Command::new("sleep");
            sleep.arg("60").stdout(Stdio::null()).stderr(Stdio::null());
            let mut in_dir = sleep
                .current_dir(&dir)
                .stdin(Stdio::null())
                .spawn()
                .unwrap();
            let found = own(&query(&dir));
            in_dir.kill().unwrap();
            in_dir.wait().unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(
                (found[0].process, &found[0].how),
                (in_dir.id(), &How::WorkingDir(dir.clone()))
            );
            let file = std::fs::File::open(dir.join("cache/file")).unwrap();
            let mut with_file = sleep.current_dir("/").stdin(file).spawn().unwrap();
            let found = own(&query(&dir));
            with_file.kill().unwrap();
            with_file.wait().unwrap();
            assert_eq!(found[0].how, How::Open(dir.join("cache/file")));
            assert_eq!(own(&query(&dir)), []);
        }

        #[test]
        fn what_a_child_has_started_ends_with_it() {
            let mut shell = Command::new("sh")
                .args(["-c", "sleep 600 & sleep 600; true"])
                .stdin(Stdio::null())
                .spawn()
                .unwrap();
            let children = loop {
                let children = super::descendants(shell.id());
                if children.len() == 2 {
                    break children;
                }
                std::thread::yield_now();
            };
            super::super::kill_tree(&mut shell);
            // Whoever takes them over waits for them, and until then they are there and do nothing.
            let is_over = |process: &u32| {
                let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
                stat.map_or(true, |stat| stat.contains(") Z "))
            };
            while !children.iter().all(is_over) {
                std::thread::yield_now();
            }
        }

        /// Those that have started this process may be where they like.
        #[test]
        fn ancestors_do_not_count() {
            let ancestors = super::ancestors(std::process::id());
            assert!(ancestors.len() > 1, "{ancestors:?}");
            let everywhere = Query {
                open: Vec::new(),
                working_dirs: vec!["/".into()],
                names: Vec::new(),
            };
            let found = at_work(&everywhere).unwrap();
            assert!(found.iter().all(|at| !ancestors.contains(&at.process)));
        }
    }
}
