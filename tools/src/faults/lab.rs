//! The place of one round: a program, its caches, runs, and the checks after the fault.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use cache_store::file::Metadata;
use manifest::{Listing, Stat};
use syntax::Release;

use super::dice::Dice;
use super::entries::{self, Entries};
use super::program::Program;
use super::run::{self, Answer, How, Patience, Ran, Running};

/// What the machine lets us do; the same for all rounds.
#[derive(Debug)]
pub(crate) struct Means {
    pub(crate) zirc: PathBuf,
    /// Another version of it.
    pub(crate) other_zirc: Option<PathBuf>,
    /// The library to preload, or why there is none.
    pub(crate) shim: Result<PathBuf>,
    /// Whether file systems can be mounted, or why not.
    pub(crate) mount: Result<()>,
    /// Whether other users can be impersonated.
    pub(crate) root: bool,
}

/// How a fault ended.
pub(crate) enum Done {
    Tried,
    /// It cannot be tried on this machine.
    Cannot(String),
}

/// What is wrong, for people.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// What stays when something else is checked.
const SETTINGS: [&str; 2] = ["--share-zig-cache", "--zig-version="];

pub(crate) struct Lab {
    pub(crate) means: Arc<Means>,
    pub(crate) root: PathBuf,
    pub(crate) dice: Dice,
    pub(crate) program: Program,
    /// `--share-zig-cache`.
    pub(crate) share: bool,
    /// `--zig-version`.
    pub(crate) release: Release,
    /// Whether the main module's files have a cache of their own.
    pub(crate) has_local: bool,
    /// What is checked.
    args: Vec<OsString>,
    /// Whether entries were damaged: bodies that no run looks at stay so.
    pub(crate) damaged: bool,
    /// What was put into the way and has to go before all is well again.
    pub(crate) planted: Vec<PathBuf>,
    /// File systems mounted.
    mounts: Vec<PathBuf>,
    /// How many runs there were, and how many of them were killed.
    pub(crate) runs: Cell<u32>,
    pub(crate) killed: Cell<u32>,
}

impl Lab {
    pub(crate) fn new(means: Arc<Means>, root: &Path, seed: u64, round: u64) -> Lab {
        let mut dice = Dice::new(seed, round);
        for dir in ["p", "lib/std", "home", "tmp", "scratch"] {
            fs::create_dir_all(root.join(dir)).expect("directories of a round");
        }
        let root = root.canonicalize().expect("directory of a round");
        let has_local = dice.chance(60);
        if has_local {
            fs::write(root.join("p/build.zig"), "pub fn build() void {}\n").expect("build.zig");
        }
        let flawed = dice.chance(40);
        let program = Program::new(flawed, &mut dice);
        program.write(&root, &mut dice);
        let share = dice.chance(40);
        let release = if share {
            // The one whose names of entries are known.
            Release::V0_14_1
        } else {
            dice.one_of(Release::ALL)
        };
        let mut args: Vec<OsString> = match dice.below(4) {
            0 => vec![".".into()],
            1 => ["--dep", "util", "-Mroot=main.zig", "-Mutil=util/util.zig"]
                .map(OsString::from)
                .into(),
            2 => vec!["main.zig".into(), "other.zig".into()],
            _ => vec!["main.zig".into()],
        };
        if share {
            args.push("--share-zig-cache".into());
        }
        args.push(format!("--zig-version={release}").into());
        Lab {
            means,
            root,
            dice,
            program,
            share,
            release,
            has_local,
            args,
            damaged: false,
            planted: Vec::new(),
            mounts: Vec::new(),
            runs: Cell::new(0),
            killed: Cell::new(0),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The cache directories: the main module's, all others'.
    pub(crate) fn caches(&self) -> (PathBuf, PathBuf) {
        let app = if self.share { "zig" } else { "zirc" };
        let global = self.root.join("home/.cache").join(app);
        let local = if self.has_local {
            self.root.join(format!("p/.{app}-cache"))
        } else {
            global.clone()
        };
        (local, global)
    }

    /// Each cache directory once.
    pub(crate) fn cache_list(&self) -> Vec<PathBuf> {
        let (local, global) = self.caches();
        if local == global {
            vec![global]
        } else {
            vec![local, global]
        }
    }

    /// Where manifests (`h`) and records (`o`) are.
    pub(crate) fn manifests(&self) -> PathBuf {
        let (local, _) = self.caches();
        if self.share {
            local.join("zirc")
        } else {
            local
        }
    }

    /// All entries that there are.
    pub(crate) fn entries(&self) -> Vec<PathBuf> {
        let dirs = self.cache_list().into_iter();
        dirs.flat_map(|dir| entries::files(&dir.join("z")))
            .collect()
    }

    /// All manifests, records, and the file that tells the time.
    pub(crate) fn manifest_files(&self) -> Vec<PathBuf> {
        let dirs = ["h", "o"].map(|name| self.manifests().join(name));
        dirs.iter().flat_map(|dir| entries::files(dir)).collect()
    }

    /// Environment for the preloaded library.
    pub(crate) fn shim(
        &self,
        settings: &[(&'static str, String)],
    ) -> Result<Vec<(&'static str, OsString)>> {
        let shim = self.means.shim.clone()?;
        let dirs: Vec<String> = self
            .cache_list()
            .iter()
            .map(|dir| dir.display().to_string())
            .collect();
        let mut env = vec![
            ("LD_PRELOAD", shim.into_os_string()),
            ("FAULTS_DIRS", dirs.join(":").into()),
        ];
        env.extend(settings.iter().map(|(name, value)| (*name, value.into())));
        Ok(env)
    }

    pub(crate) fn spawn(&self, how: &How) -> Result<Running> {
        self.runs.set(self.runs.get() + 1);
        let mut how = how.clone();
        if how.prelude.is_empty() && !how.as_nobody && how.program.is_none() {
            how.inputs = Some(self.path(&format!("scratch/inputs-{}", self.runs.get())));
        }
        let command = run::command(&self.root, &self.means.zirc, &how, &self.args);
        run::spawn(command, &how).map_err(|error| format!("unable to start a run: {error}"))
    }

    pub(crate) fn run(&self, how: &How) -> Result<Ran> {
        self.wait(self.spawn(how)?)
    }

    pub(crate) fn wait(&self, running: Running) -> Result<Ran> {
        let ran = running.wait()?;
        self.killed
            .set(self.killed.get() + u32::from(ran.was_killed()));
        Ok(ran)
    }

    /// The answer of a run without cache.
    pub(crate) fn expected(&self) -> Result<Answer> {
        self.run(&How::no_cache())?.answer()
    }

    /// A run whose answer has to be this one.
    pub(crate) fn agree(&self, how: &How, expected: &Answer) -> Result<Ran> {
        let ran = self.run(how)?;
        ran.expect(expected)
            .map_err(|wrong| format!("{wrong}\n(run with {how:?})"))?;
        Ok(ran)
    }

    /// Whether one program is checked, so that each file is read for one purpose.
    pub(crate) fn is_one_program(&self) -> bool {
        let paths = self
            .args
            .iter()
            .filter(|arg| !arg.as_encoded_bytes().starts_with(b"-"));
        paths.count() < 2
    }

    /// Goes on with the program of `main.zig` alone.
    pub(crate) fn only_main(&mut self) {
        self.args
            .retain(|arg| matches!(arg.to_str(), Some(flag) if SETTINGS.iter().any(|name| flag.starts_with(name))));
        self.args.push("main.zig".into());
    }

    /// With a manifest or without, with one thread or several.
    pub(crate) fn any_way(&mut self) -> How {
        How {
            no_manifest: self.dice.chance(50),
            jobs: self.dice.one_of(&[0, 1, 3]),
            ..How::default()
        }
    }

    /// Some runs that go well, with edits between them.
    pub(crate) fn warm(&mut self) -> Result<()> {
        for _ in 0..self.dice.below(3) {
            let how = self.any_way();
            self.run(&how)?.answer()?;
            if self.dice.chance(40) {
                self.edit();
            }
        }
        Ok(())
    }

    /// The same, and the last run was one of what is there, so that nothing is missing in the cache.
    pub(crate) fn fill(&mut self) -> Result<()> {
        self.warm()?;
        for how in [How::default(), How::no_manifest()] {
            self.run(&how)?.answer()?;
        }
        Ok(())
    }

    pub(crate) fn edit(&mut self) {
        let Lab {
            program,
            root,
            dice,
            ..
        } = self;
        program.edit(root, dice);
    }

    pub(crate) fn empty_caches(&self) {
        for dir in self.cache_list() {
            remove(&dir);
        }
    }

    /// Goes on with a program without errors: only of such a one there are manifests.
    pub(crate) fn without_errors(&mut self) {
        self.program = Program::new(false, &mut self.dice);
        self.program.write(&self.root, &mut self.dice);
    }

    /// Changes a file so that the answer is another one: brings an error in, or takes it out.
    pub(crate) fn break_file(&mut self, path: &Path) {
        let Lab {
            program,
            root,
            dice,
            ..
        } = self;
        program.break_file(root, path, dice);
    }

    /// Puts a file system in memory in the place of a directory.
    pub(crate) fn mount(&mut self, dir: &Path, options: &str) -> Result<()> {
        fs::create_dir_all(dir).map_err(|error| error.to_string())?;
        tool(
            "mount",
            &[
                "-t".as_ref(),
                "tmpfs".as_ref(),
                "-o".as_ref(),
                options.as_ref(),
                "none".as_ref(),
                dir.as_ref(),
            ],
        )?;
        self.mounts.push(dir.to_owned());
        Ok(())
    }

    pub(crate) fn remount(&self, options: &str) -> Result<()> {
        let options = format!("remount,{options}");
        self.mounts
            .iter()
            .try_for_each(|dir| tool("mount", &["-o".as_ref(), options.as_ref(), dir.as_ref()]))
    }

    /// That the answer is right while the fault lasts, in whatever way it is asked for.
    pub(crate) fn right_meanwhile(&mut self) -> Result<()> {
        let expected = self.expected()?;
        self.agree(&How::default(), &expected)?;
        self.agree(&How::no_manifest(), &expected)?;
        Ok(())
    }

    /// All that must hold when the fault is over.
    pub(crate) fn verify(&mut self) -> Result<()> {
        let expected = self.expected()?;
        let clean = self.clean(&expected)?;
        self.check_entries(&clean)
            .map_err(|wrong| format!("after the fault: {wrong}"))?;
        self.agree(&How::default(), &expected)?;
        self.agree(&How::no_manifest(), &expected)?;
        for path in std::mem::take(&mut self.planted) {
            remove(&path);
        }
        // What a run mends it mends at the first time; a run that hits a manifest looks at no entry.
        self.agree(&How::default(), &expected)?;
        self.agree(&How::no_manifest(), &expected)?;
        let again = self.agree(&How::default(), &expected)?;
        let quiet = |ran: &Ran| match ran.warnings().is_empty() && ran.stderr.is_empty() {
            true => Ok(()),
            false => Err(format!("warnings when all was over\n{}", ran.text())),
        };
        quiet(&again)?;
        let report = again.report()?;
        let manifest = &report["manifest"];
        // A file of the library that is missing is in neither number, and may not even be reported.
        let loaded = report["hits"].as_u64().zip(report["generated"].as_u64());
        let all_loaded = loaded.is_some_and(|(hits, generated)| hits + generated == expected.files);
        let is_clean = expected.failed == 0 && expected.diagnostics == serde_json::json!([]);
        let good = is_clean && all_loaded;
        if good && manifest != "hit" {
            return Err(format!(
                "the manifest is no hit when all is over\n{}",
                again.text()
            ));
        }
        // A body that is damaged is found out when something is to be recorded in its entry, as when its
        // source is no longer young.
        let attempts = if self.damaged { 2 } else { 1 };
        for attempt in 1..=attempts {
            let entries = self.agree(&How::no_manifest(), &expected)?;
            quiet(&entries)?;
            if entries.report()?["generated"] == 0 {
                break;
            }
            if attempt == attempts {
                return Err(format!(
                    "something is generated again when all is over\n{}",
                    entries.text()
                ));
            }
        }
        let human = How {
            human: true,
            ..How::default()
        };
        self.agree(&human, &expected)?;
        let (found, wanted) = self
            .check_entries(&clean)
            .map_err(|wrong| format!("in the end: {wrong}"))?;
        if !self.damaged && (found.summaries != wanted || found.bodies != wanted) {
            return Err(format!(
                "in the end {found:?} of {wanted} entries are believed"
            ));
        }
        if good {
            self.check_manifest()?;
        }
        self.nothing_left()
    }

    /// That the manifest lists what the files hold, wherever a stat says that they are what is listed. If
    /// there are several, some may be of programs that are not checked any more.
    fn check_manifest(&self) -> Result<()> {
        let h = entries::files(&self.manifests().join("h"));
        let mut manifests = h.iter().filter(|path| path.extension().is_some());
        let (Some(path), None) = (manifests.next(), manifests.next()) else {
            return Ok(());
        };
        let listing = Listing::read(path, 4).map_err(|error| error.to_string())?;
        for entry in listing.entries {
            let below = self.path(if entry.path.prefix == 1 { "lib" } else { "p" });
            let file = below.join(String::from_utf8_lossy(&entry.path.sub_path).as_ref());
            let Ok(metadata) = Metadata::at(&file) else {
                continue;
            };
            let bytes = fs::read(&file).map_err(|error| error.to_string())?;
            if Stat::of(&metadata) == entry.stat && manifest::hash_contents(&bytes) != entry.digest
            {
                return Err(format!(
                    "{}: a wrong digest of {}",
                    path.display(),
                    file.display()
                ));
            }
        }
        Ok(())
    }

    /// What a run with empty caches writes: into the local directory, into the global one.
    fn clean(&self, expected: &Answer) -> Result<[Entries; 2]> {
        let dirs = if self.has_local {
            [self.path("clean/l"), self.path("clean/g")]
        } else {
            [self.path("clean/g"), self.path("clean/g")]
        };
        remove(&self.path("clean"));
        let how = How {
            dirs: Some((dirs[0].clone(), dirs[1].clone())),
            no_manifest: true,
            ..How::default()
        };
        self.agree(&how, expected)?;
        let (p, lib, scratch) = (self.path("p"), self.path("lib"), self.path("scratch"));
        let read = |dir: &Path| entries::clean(&dir.join("z"), &[&p, &lib], &scratch, self.release);
        Ok([read(&dirs[0])?, read(&dirs[1])?])
    }

    /// That no entry is wrong; how many are believed, how many there should be.
    fn check_entries(&self, clean: &[Entries; 2]) -> Result<(entries::Believed, usize)> {
        let (local, global) = self.caches();
        let mut all = entries::Believed::default();
        let mut wanted = 0;
        for (dir, clean) in [(local, &clean[0]), (global, &clean[1])] {
            let believed = entries::check(
                &dir.join("z"),
                clean,
                &self.path("scratch"),
                self.release,
                !self.share,
            )?;
            all.summaries += believed.summaries;
            all.bodies += believed.bodies;
            wanted += clean.len();
        }
        Ok((all, wanted))
    }

    /// No temporary files, no locks, no processes.
    fn nothing_left(&self) -> Result<()> {
        let mut strange = Vec::new();
        let hex = |name: &str| {
            name.len() == 32
                && name
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        let manifests = self.manifests();
        for dir in self.cache_list() {
            let known = |name: &str| match name {
                "z" => true,
                "h" | "o" => dir == manifests,
                "zirc" => dir.join("zirc") == manifests,
                _ => false,
            };
            strange.extend(
                names(&dir)?
                    .into_iter()
                    .filter(|name| !known(name))
                    .map(|name| dir.join(name)),
            );
            let z = dir.join("z");
            strange.extend(
                names(&z)?
                    .into_iter()
                    .filter(|name| !hex(name))
                    .map(|name| z.join(name)),
            );
        }
        let (h, o) = (manifests.join("h"), manifests.join("o"));
        let listed = |name: &str| name == "timestamp" || name.strip_suffix(".txt").is_some_and(hex);
        strange.extend(
            names(&h)?
                .into_iter()
                .filter(|name| !listed(name))
                .map(|name| h.join(name)),
        );
        strange.extend(
            names(&o)?
                .into_iter()
                .filter(|name| !hex(name))
                .map(|name| o.join(name)),
        );
        strange.extend(
            names(&self.path("tmp"))?
                .into_iter()
                .map(|name| self.path("tmp").join(name)),
        );
        let home = self.path("home");
        strange.extend(
            names(&home)?
                .into_iter()
                .filter(|name| name != ".cache")
                .map(|name| home.join(name)),
        );
        for dir in ["p", "p/sub", "p/sub/deep", "p/util", "lib", "lib/std"] {
            let dir = self.path(dir);
            let source = |name: &String| {
                name.ends_with(".zig")
                    || name.ends_with(".zon")
                    || ["sub", "deep", "util", "std"].contains(&name.as_str())
                    || self.cache_list().contains(&dir.join(name))
            };
            strange.extend(
                names(&dir)?
                    .into_iter()
                    .filter(|name| !source(name))
                    .map(|name| dir.join(name)),
            );
        }
        if !strange.is_empty() {
            return Err(format!("left behind: {strange:?}"));
        }
        for path in self.entries().into_iter().chain(self.manifest_files()) {
            let file =
                fs::File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            // Another thread of ours may be between fork and exec, which has all files open for a moment.
            let mut patience = Patience::new(Duration::from_secs(2));
            while file.try_lock().is_err() {
                if !patience.wait(Duration::from_millis(5)) {
                    return Err(format!("{}: still locked", path.display()));
                }
            }
        }
        self.no_processes()
    }

    fn no_processes(&self) -> Result<()> {
        let mut left = Vec::new();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let path = process.path();
            if fs::read_link(path.join("cwd")).is_ok_and(|cwd| cwd.starts_with(&self.root)) {
                left.push(entries::file_name(&path));
            }
        }
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("processes left behind: {left:?}")),
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for dir in &self.mounts {
            let _ = tool("umount", &["-l".as_ref(), dir.as_ref()]);
        }
    }
}

/// Removes whatever is there, if anything is.
pub(crate) fn remove(path: &Path) {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => {
            open_up(path);
            let _ = fs::remove_dir_all(path);
        }
        Ok(_) => drop(fs::remove_file(path)),
        Err(_) => {}
    }
}

/// Gives back all rights to everything below a directory.
pub(crate) fn open_up(path: &Path) {
    let Ok(metadata) = path.symlink_metadata() else {
        return;
    };
    if metadata.is_dir() {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o755));
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            open_up(&entry.path());
        }
    } else if metadata.is_file() {
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o644));
    }
}

/// The names in a directory; none if there is no such directory.
fn names(dir: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(format!("{}: {error}", dir.display())),
    };
    Ok(entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect())
}

/// Copies a directory with all that is in it; mtimes are those of the copies.
pub(crate) fn copy_dir(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Runs a tool of the system.
pub(crate) fn tool(name: &str, args: &[&std::ffi::OsStr]) -> Result<()> {
    let output = Command::new(name)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}
