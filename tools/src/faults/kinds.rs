//! The kinds of faults.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::at_once::{all_right, at_once, shimmed};
use super::damage;
use super::entries;
use super::lab::{Done, Lab, Result, open_up, remove, tool};
use super::run::{How, NOBODY, Patience, Ran};
use super::sources;

/// A kind of fault.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// What is tried, in a line.
    pub(crate) about: &'static str,
    /// Brings the fault about, and checks what must hold while it lasts. What must hold afterwards is
    /// [`Lab::verify`]'s business.
    pub(crate) run: fn(&mut Lab) -> Result<Done>,
}

pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "together",
        about: "several processes on one cache, sources edited in between",
        run: together,
    },
    Kind {
        name: "edits",
        about: "a sequence of edits, renames, removals and errors, by the manifest after each, others beside it",
        run: sources::edits,
    },
    Kind {
        name: "kill",
        about: "kill -9 at random moments, several processes on one cache",
        run: kill,
    },
    Kind {
        name: "die",
        about: "killed in the n-th call that writes, with part of it written",
        run: die,
    },
    Kind {
        name: "disk-full",
        about: "a small file system for the caches: no space, no inodes",
        run: disk_full,
    },
    Kind {
        name: "file-limit",
        about: "a limit on the length of files, with the signal or without",
        run: file_limit,
    },
    Kind {
        name: "calls-fail",
        about: "system calls on the caches fail or do a part, at random",
        run: calls_fail,
    },
    Kind {
        name: "read-only",
        about: "directories and files of the caches without the right to write or read",
        run: read_only,
    },
    Kind {
        name: "read-only-fs",
        about: "a file system for the caches that may only be read",
        run: read_only_fs,
    },
    Kind {
        name: "vanish",
        about: "cache directories removed and renamed while runs are on",
        run: vanish,
    },
    Kind {
        name: "entries",
        about: "entries flipped, cut, zeroed, overwritten, appended to",
        run: damaged_entries,
    },
    Kind {
        name: "swap",
        about: "entries in each other's place",
        run: swapped_entries,
    },
    Kind {
        name: "odd-files",
        about: "directories, FIFOs, links, devices, sparse files in place of the cache's files",
        run: odd_files,
    },
    Kind {
        name: "manifests",
        about: "manifests damaged, line by line and byte by byte",
        run: damaged_manifests,
    },
    Kind {
        name: "records",
        about: "records of manifests damaged and exchanged",
        run: damaged_records,
    },
    Kind {
        name: "writer",
        about: "a source rewritten, cut and renamed while it is read",
        run: sources::writer,
    },
    Kind {
        name: "lock-entry",
        about: "the lock of an entry held for long",
        run: lock_entry,
    },
    Kind {
        name: "lock-manifest",
        about: "the lock of a manifest held for long",
        run: lock_manifest,
    },
    Kind {
        name: "watch",
        about: "zirc watch, while caches vanish, others are killed and locks are held",
        run: super::watch::watch,
    },
    Kind {
        name: "no-locks",
        about: "flock refused by the file system, always or now and then",
        run: no_locks,
    },
    Kind {
        name: "descriptors",
        about: "few file descriptors",
        run: descriptors,
    },
    Kind {
        name: "memory",
        about: "little address space",
        run: memory,
    },
    Kind {
        name: "clock",
        about: "a wrong clock, a clock that jumps, mtimes of another age",
        run: sources::clock,
    },
    Kind {
        name: "tick",
        about: "edits within one tick of the timestamps",
        run: sources::tick,
    },
    Kind {
        name: "versions",
        about: "entries of another version of zirc",
        run: versions,
    },
    Kind {
        name: "restored",
        about: "caches and sources copied back, with other inodes and mtimes, whole and in part",
        run: sources::restored,
    },
    Kind {
        name: "output",
        about: "standard output and standard error full or closed",
        run: output,
    },
    Kind {
        name: "umask",
        about: "permissions of what is made",
        run: umask,
    },
];

fn together(lab: &mut Lab) -> Result<Done> {
    for _ in 0..1 + lab.dice.below(3) {
        at_once(lab, Lab::any_way)?;
        lab.edit();
    }
    Ok(Done::Tried)
}

fn kill(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    for _ in 0..1 + lab.dice.below(3) {
        if lab.dice.chance(40) {
            lab.empty_caches();
        }
        let expected = lab.expected()?;
        let mut running = Vec::new();
        for _ in 0..2 + lab.dice.below(4) {
            let how = lab.any_way();
            running.push(lab.spawn(&how)?);
            if lab.dice.chance(30) {
                std::thread::sleep(Duration::from_micros(lab.dice.below(3000) as u64));
            }
        }
        for running in &mut running {
            if lab.dice.chance(75) {
                let pause = lab.dice.below_mostly(70, 1200, 6000);
                std::thread::sleep(Duration::from_micros(pause as u64));
                running.kill();
            }
        }
        all_right(lab, running, &expected)?;
        if lab.dice.chance(50) {
            lab.edit();
        }
    }
    Ok(Done::Tried)
}

fn die(lab: &mut Lab) -> Result<Done> {
    if let Err(why) = &lab.means.shim {
        return Ok(Done::Cannot(why.clone()));
    }
    lab.warm()?;
    for _ in 0..2 + lab.dice.below(6) {
        // Where all is there already, little is written.
        match lab.dice.below(5) {
            0 | 1 => lab.empty_caches(),
            2 | 3 => lab.edit(),
            _ => {}
        }
        let expected = lab.expected()?;
        let mut how = lab.any_way();
        let at = 1 + lab.dice.below_mostly(50, 12, 70);
        let seed = lab.dice.below(1 << 30);
        how.env = lab.shim(&[
            ("FAULTS_DIE_AT", at.to_string()),
            ("FAULTS_SEED", seed.to_string()),
        ])?;
        let ran = lab.run(&how)?;
        if !ran.was_killed() {
            ran.expect(&expected)?;
        }
        if lab.dice.chance(25) {
            lab.right_meanwhile()?;
        }
    }
    Ok(Done::Tried)
}

fn disk_full(lab: &mut Lab) -> Result<Done> {
    if let Err(why) = &lab.means.mount {
        return Ok(Done::Cannot(why.clone()));
    }
    // 0 would be no limit.
    let size = 4096 * (1 + lab.dice.below_mostly(50, 8, 64));
    let mut options = format!("size={size}");
    if lab.dice.chance(35) {
        options = format!("size=1m,nr_inodes={}", 1 + lab.dice.below(20));
    }
    if lab.dice.chance(30) {
        lab.warm()?;
    }
    for dir in lab.cache_list() {
        lab.mount(&dir, &options)?;
    }
    for _ in 0..2 {
        at_once(lab, Lab::any_way)?;
        lab.edit();
    }
    lab.right_meanwhile()?;
    lab.remount("size=64m,nr_inodes=10k")?;
    Ok(Done::Tried)
}

fn file_limit(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    for _ in 0..1 + lab.dice.below(3) {
        let expected = lab.expected()?;
        let mut how = lab.any_way();
        // Blocks of 512 bytes.
        let blocks = lab.dice.one_of(&[0, 1, 2, 4, 8, 20, 60]);
        let ignored = lab.dice.chance(70);
        how.prelude = format!(
            "{}ulimit -f {blocks}",
            if ignored { "trap '' XFSZ; " } else { "" }
        );
        let ran = lab.run(&how)?;
        const SIGXFSZ: i32 = 25;
        if ignored || ran.status.signal() != Some(SIGXFSZ) {
            ran.expect(&expected)?;
        }
        if lab.dice.chance(50) {
            lab.edit();
        }
    }
    Ok(Done::Tried)
}

fn calls_fail(lab: &mut Lab) -> Result<Done> {
    if let Err(why) = &lab.means.shim {
        return Ok(Done::Cannot(why.clone()));
    }
    lab.warm()?;
    shimmed(lab, |lab| {
        let rate = lab.dice.one_of(&[5, 30, 150, 500]);
        let seed = lab.dice.below(1 << 30);
        [
            ("FAULTS_RATE", rate.to_string()),
            ("FAULTS_SEED", seed.to_string()),
        ]
    })
}

fn read_only(lab: &mut Lab) -> Result<Done> {
    if lab.dice.chance(80) {
        lab.fill()?;
        if lab.dice.chance(50) {
            lab.edit();
        }
    }
    for dir in lab.cache_list() {
        fs::create_dir_all(&dir).map_err(|error| error.to_string())?;
    }
    for path in lab.entries().into_iter().chain(lab.manifest_files()) {
        let mode = lab.dice.one_of(&[0o444, 0o444, 0o444, 0o000, 0o644, 0o666]);
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(mode));
    }
    let manifests = lab.manifests();
    let mut dirs: Vec<PathBuf> = vec![manifests.join("h"), manifests.join("o")];
    for dir in lab.cache_list() {
        dirs.extend([dir.join("z"), dir]);
    }
    for dir in dirs {
        let mode = lab.dice.one_of(&[0o555, 0o555, 0o555, 0o000, 0o311, 0o777]);
        let _ = fs::set_permissions(dir, fs::Permissions::from_mode(mode));
    }
    let root = lab.means.root;
    let result = at_once(lab, |lab| How {
        as_nobody: root,
        ..lab.any_way()
    });
    for dir in lab.cache_list() {
        open_up(&dir);
    }
    // As another user it may have been that user's directory; the rest of the round is the owner's.
    result?;
    Ok(Done::Tried)
}

fn read_only_fs(lab: &mut Lab) -> Result<Done> {
    if let Err(why) = &lab.means.mount {
        return Ok(Done::Cannot(why.clone()));
    }
    for dir in lab.cache_list() {
        lab.mount(&dir, "size=64m")?;
    }
    if lab.dice.chance(80) {
        lab.fill()?;
    }
    if lab.dice.chance(50) {
        lab.edit();
    }
    lab.remount("ro")?;
    at_once(lab, Lab::any_way)?;
    lab.remount("rw")?;
    Ok(Done::Tried)
}

fn vanish(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    let manifests = lab.manifests();
    let mut dirs = vec![manifests.join("h"), manifests.join("o"), manifests.clone()];
    for dir in lab.cache_list() {
        dirs.extend([dir.join("z"), dir.clone(), dir]);
    }
    let over = AtomicBool::new(false);
    let mut dice = lab.dice.clone();
    let gone = lab.path("gone");
    std::thread::scope(|scope| {
        let over = &over;
        let gone = &gone;
        scope.spawn(move || {
            fs::create_dir_all(gone).expect("directory for what is gone");
            let mut n = 0;
            while !over.load(Ordering::Relaxed) {
                let dir = &dirs[dice.below(dirs.len())];
                n += 1;
                match dice.below(4) {
                    0 => drop(fs::remove_dir_all(dir)),
                    1 => drop(fs::rename(dir, gone.join(n.to_string()))),
                    2 => {
                        for file in entries::files(dir) {
                            if dice.chance(50) {
                                let _ = fs::remove_file(file);
                            }
                        }
                    }
                    _ => drop(fs::create_dir_all(dir)),
                }
                std::thread::sleep(Duration::from_micros(dice.below(1500) as u64));
            }
        });
        let mut all = || {
            for _ in 0..2 {
                at_once(lab, Lab::any_way)?;
                lab.edit();
            }
            Ok(())
        };
        let result: Result<()> = all();
        over.store(true, Ordering::Relaxed);
        result
    })?;
    remove(&gone);
    Ok(Done::Tried)
}

fn damaged_entries(lab: &mut Lab) -> Result<Done> {
    // A body that is damaged stays so as long as nobody looks at it. In a directory that is shared, nothing
    // tells of it once the trailer is gone as well.
    let times = if lab.share { 1 } else { 1 + lab.dice.below(3) };
    for _ in 0..times {
        lab.fill()?;
        lab.damaged = true;
        let share = lab.share;
        let mut all = lab.entries();
        lab.dice.shuffle(&mut all);
        let count = if lab.dice.chance(30) {
            all.len()
        } else {
            1 + lab.dice.below(3)
        };
        for path in all.into_iter().take(count) {
            let bytes = fs::read(&path).map_err(|error| error.to_string())?;
            let damaged = damage::entry(bytes, &mut lab.dice, share);
            fs::write(&path, damaged).map_err(|error| error.to_string())?;
        }
        if lab.dice.chance(30) {
            lab.edit();
        }
        if !share && lab.dice.chance(50) {
            damaged_meanwhile(lab)?;
        }
        at_once(lab, Lab::any_way)?;
    }
    Ok(Done::Tried)
}

/// Entries are damaged while runs use them, by somebody who asks for no lock.
fn damaged_meanwhile(lab: &mut Lab) -> Result<()> {
    let over = AtomicBool::new(false);
    let mut dice = lab.dice.clone();
    let paths = lab.entries();
    std::thread::scope(|scope| {
        let over = &over;
        scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let path = &paths[dice.below(paths.len())];
                if let Ok(bytes) = fs::read(path) {
                    let _ = fs::write(path, damage::entry(bytes, &mut dice, false));
                }
                std::thread::sleep(Duration::from_micros(dice.below(400) as u64));
            }
        });
        let mut result = Ok(());
        for _ in 0..2 {
            result = result.and_then(|()| {
                at_once(lab, |lab| How {
                    no_manifest: true,
                    ..lab.any_way()
                })
            });
        }
        over.store(true, Ordering::Relaxed);
        result
    })
}

fn swapped_entries(lab: &mut Lab) -> Result<Done> {
    lab.fill()?;
    let all = lab.entries();
    for _ in 0..1 + lab.dice.below(6) {
        let a = &all[lab.dice.below(all.len())];
        let b = &all[lab.dice.below(all.len())];
        if a == b {
            continue;
        }
        let between = a.with_file_name("between");
        let result = match lab.dice.below(4) {
            0 => fs::copy(a, b).map(drop),
            1 => {
                // One file under two names: what is written to one of them is written to the other.
                let linked = fs::remove_file(b).and_then(|()| fs::hard_link(a, b));
                // File systems differ, or it is the same by now.
                linked.or_else(|_| fs::copy(a, b).map(drop)).or(Ok(()))
            }
            _ => fs::rename(a, &between)
                .and_then(|()| fs::rename(b, a))
                .and_then(|()| fs::rename(&between, b)),
        };
        result.map_err(|error: std::io::Error| error.to_string())?;
    }
    let linked = |path: &&PathBuf| path.metadata().is_ok_and(|m| m.nlink() > 1);
    lab.planted.extend(all.iter().filter(linked).cloned());
    if lab.dice.chance(30) {
        lab.edit();
    }
    at_once(lab, Lab::any_way)?;
    Ok(Done::Tried)
}

fn odd_files(lab: &mut Lab) -> Result<Done> {
    lab.fill()?;
    let precious = lab.path("precious");
    fs::write(&precious, "precious\n").map_err(|error| error.to_string())?;
    let precious_dir = lab.path("precious-dir");
    fs::create_dir_all(&precious_dir).map_err(|error| error.to_string())?;
    let (manifests, caches) = (lab.manifests(), lab.cache_list());
    let mut paths = lab.entries();
    paths.extend(lab.manifest_files());
    lab.dice.shuffle(&mut paths);
    paths.truncate(1 + lab.dice.below(5));
    if lab.dice.chance(40) {
        let mut dirs = vec![manifests.join("h"), manifests.join("o")];
        dirs.extend(caches.iter().map(|dir| dir.join("z")));
        dirs.extend(caches);
        paths.push(dirs[lab.dice.below(dirs.len())].clone());
    }
    let mut foreign = false;
    for path in &paths {
        // It may have been below another one.
        if path.symlink_metadata().is_err() {
            continue;
        }
        let is_dir = path.is_dir();
        remove(path);
        lab.planted.push(path.clone());
        let link = |to: &Path| std::os::unix::fs::symlink(to, path);
        let result = match lab.dice.below(10) {
            0 if !is_dir => fs::create_dir(path),
            1 if !is_dir => fs::create_dir_all(path.join("not/empty")),
            2 => return_error(tool("mkfifo", &[path.as_ref()])),
            3 => link(&precious),
            4 => link(Path::new("/nonexistent/for/sure")),
            5 => link(path),
            6 if lab.means.root => {
                let zero = [
                    "c".as_ref(),
                    "1".as_ref(),
                    lab.dice.one_of(&["3", "5"]).as_ref(),
                ];
                return_error(tool("mknod", &[path.as_ref(), zero[0], zero[1], zero[2]]))
            }
            7 => std::os::unix::net::UnixListener::bind(path).map(drop),
            8 if is_dir => {
                foreign |= lab.means.root;
                // A link of another user, to a directory that is ours.
                link(&precious_dir).and_then(|()| match lab.means.root {
                    true => std::os::unix::fs::lchown(path, Some(NOBODY), None),
                    false => fs::remove_file(path),
                })
            }
            9 if !is_dir => fs::File::create(path).and_then(|file| file.set_len(1 << 40)),
            _ => fs::write(path, ""),
        };
        // A socket's path may be too long.
        if result.is_err() {
            remove(path);
            fs::write(path, "").map_err(|error| error.to_string())?;
        }
    }
    let result = at_once(lab, Lab::any_way);
    let text = fs::read_to_string(&precious).unwrap_or_default();
    if text != "precious\n" {
        return Err(format!(
            "a file outside of the cache was written to: {text:?}"
        ));
    }
    if foreign && fs::read_dir(&precious_dir).is_ok_and(|mut dir| dir.next().is_some()) {
        return Err("a link of another user was followed".to_owned());
    }
    result?;
    Ok(Done::Tried)
}

fn return_error(result: Result<()>) -> std::io::Result<()> {
    result.map_err(std::io::Error::other)
}

fn damaged_manifests(lab: &mut Lab) -> Result<Done> {
    lab.without_errors();
    let old = {
        lab.fill()?;
        let h = lab.manifests().join("h");
        entries::files(&h)
            .into_iter()
            .map(|path| Ok((fs::read(&path)?, path)))
            .collect::<std::io::Result<Vec<_>>>()
    };
    let old = old.map_err(|error| error.to_string())?;
    for _ in 0..1 + lab.dice.below(3) {
        if lab.dice.chance(30) {
            lab.edit();
        }
        lab.fill()?;
        let h = lab.manifests().join("h");
        for path in entries::files(&h) {
            if path.extension().is_none() {
                continue;
            }
            let text = fs::read(&path).map_err(|error| error.to_string())?;
            if !old.is_empty() && lab.dice.chance(15) {
                let text = &old[lab.dice.below(old.len())].0;
                fs::write(&path, text).map_err(|error| error.to_string())?;
                continue;
            }
            let (text, line) = damage::manifest(text, &mut lab.dice);
            fs::write(&path, text).map_err(|error| error.to_string())?;
            // The file that the damage is about is the one whose change must not be missed.
            let about = lab
                .program
                .present()
                .map(|file| file.path.clone())
                .find(|file| {
                    let name = file.strip_prefix("p").or(file.strip_prefix("lib"));
                    name.is_ok_and(|name| {
                        line.ends_with(format!("{}\n", name.display()).as_bytes())
                    })
                });
            match about {
                Some(about) if lab.dice.chance(60) => lab.break_file(&about),
                _ if lab.dice.chance(40) => lab.edit(),
                _ => {}
            }
        }
        at_once(lab, |lab| How {
            no_manifest: false,
            ..lab.any_way()
        })?;
    }
    Ok(Done::Tried)
}

fn damaged_records(lab: &mut Lab) -> Result<Done> {
    lab.without_errors();
    lab.fill()?;
    let o = lab.manifests().join("o");
    let read = |path: &PathBuf| fs::read(path).map_err(|error| error.to_string());
    let old = entries::files(&o)
        .iter()
        .map(read)
        .collect::<Result<Vec<_>>>()?;
    for _ in 0..1 + lab.dice.below(3) {
        if lab.dice.chance(50) {
            lab.edit();
        }
        lab.fill()?;
        for path in entries::files(&o) {
            let record = read(&path)?;
            let record = if !old.is_empty() && lab.dice.chance(30) {
                old[lab.dice.below(old.len())].clone()
            } else {
                damage::bytes(record, &mut lab.dice)
            };
            fs::write(&path, record).map_err(|error| error.to_string())?;
        }
        at_once(lab, |lab| How {
            no_manifest: false,
            ..lab.any_way()
        })?;
    }
    Ok(Done::Tried)
}

/// Holds a lock for longer than zirc waits in silence; it has to say what it waits for, and nothing but its
/// report must be on standard output.
fn held(lab: &mut Lab, path: &Path, how: &How, says: &str) -> Result<()> {
    let expected = lab.expected()?;
    let file = fs::File::options().read(true).write(true).open(path);
    let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
    file.lock().map_err(|error| error.to_string())?;
    let mut running = lab.spawn(how)?;
    let name = entries::file_name(path);
    let said = |text: &str| {
        text.lines()
            .any(|line| line.contains(says) && line.contains(&name))
    };
    // It has to say so within a second and a little, on a machine that does nothing else.
    let mut patience = Patience::new(Duration::from_secs(20));
    while !said(&running.said()) && !running.is_over() && patience.wait(Duration::from_millis(5)) {}
    let waited = !running.is_over();
    file.unlock().map_err(|error| error.to_string())?;
    let ran = lab.wait(running)?;
    ran.expect(&expected)?;
    if !waited {
        return Err(format!("it did not wait for {name}\n{}", ran.text()));
    }
    if !said(&ran.stderr) {
        return Err(format!(
            "it did not say that it waits for {name}\n{}",
            ran.text()
        ));
    }
    Ok(())
}

fn lock_entry(lab: &mut Lab) -> Result<Done> {
    lab.fill()?;
    // The entry of the root file is needed in any case. Which it is, its source's inode tells.
    let inode = lab
        .path("p/main.zig")
        .metadata()
        .map_err(|error| error.to_string())?
        .ino();
    let (local, _) = lab.caches();
    let entry = entries::files(&local.join("z")).into_iter().find(|path| {
        fs::read(path).is_ok_and(|bytes| bytes.get(16..24) == Some(&inode.to_ne_bytes()))
    });
    let Some(entry) = entry else {
        return Err("main.zig has no entry".to_owned());
    };
    // One that is whole would be read without its lock.
    let file = fs::File::options().write(true).open(&entry);
    file.and_then(|file| file.set_len(0))
        .map_err(|error| format!("{}: {error}", entry.display()))?;
    let how = How {
        human: lab.dice.chance(30),
        no_manifest: true,
        ..How::default()
    };
    held(lab, &entry, &how, "waiting for another process")?;
    Ok(Done::Tried)
}

fn lock_manifest(lab: &mut Lab) -> Result<Done> {
    lab.fill()?;
    if lab.dice.chance(50) {
        lab.edit();
        lab.run(&How::default())?.answer()?;
    }
    let h = lab.manifests().join("h");
    let manifest = entries::files(&h)
        .into_iter()
        .find(|path| path.extension().is_some_and(|e| e == "txt"));
    let Some(manifest) = manifest else {
        return Err("there is no manifest".to_owned());
    };
    // Of a directory it is another one as soon as there are other files in it.
    if entries::files(&h).len() > 2 {
        return Ok(Done::Tried);
    }
    let how = How {
        human: lab.dice.chance(30),
        ..How::default()
    };
    held(lab, &manifest, &how, "waiting for another process")?;
    Ok(Done::Tried)
}

fn no_locks(lab: &mut Lab) -> Result<Done> {
    if let Err(why) = &lab.means.shim {
        return Ok(Done::Cannot(why.clone()));
    }
    lab.warm()?;
    for _ in 0..1 + lab.dice.below(3) {
        // ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL, EIO
        let errno = lab.dice.one_of(&[37, 95, 38, 22, 5]);
        let percent = lab.dice.one_of(&[100, 100, 40]);
        let seed = lab.dice.below(1 << 30);
        let env = lab.shim(&[
            ("FAULTS_FLOCK_ERRNO", errno.to_string()),
            ("FAULTS_FLOCK_PERCENT", percent.to_string()),
            ("FAULTS_SEED", seed.to_string()),
        ])?;
        let how = |lab: &mut Lab| How {
            env: env.clone(),
            ..lab.any_way()
        };
        at_once(lab, how)?;
        if percent == 100 {
            let expected = lab.expected()?;
            let how = how(lab);
            let ran = lab.agree(&how, &expected)?;
            let warnings = ran.warnings();
            // None where no lock was wanted: entries that are whole are read without.
            if warnings.len() > 1 || warnings.iter().any(|warning| !warning.contains("lock")) {
                let text = ran.text();
                return Err(format!(
                    "at most one warning, about locks, expected\n{text}"
                ));
            }
        }
        if lab.dice.chance(50) {
            lab.edit();
        }
    }
    Ok(Done::Tried)
}

/// Runs under a limit: right, or an error that says what is lacking.
fn limited(lab: &mut Lab, limits: impl Fn(&mut Lab) -> String) -> Result<()> {
    for _ in 0..2 + lab.dice.below(4) {
        let expected = lab.expected()?;
        let mut how = lab.any_way();
        how.prelude = limits(lab);
        let ran = lab.run(&how)?;
        clear_or_right(&ran, &expected).map_err(|wrong| format!("{wrong}\n(run with {how:?})"))?;
        if lab.dice.chance(40) {
            lab.edit();
        }
    }
    Ok(())
}

fn clear_or_right(ran: &Ran, expected: &super::run::Answer) -> Result<()> {
    const LACKS: [&str; 4] = [
        "ProcessFdQuotaExceeded",
        "SystemFdQuotaExceeded",
        "SystemResources",
        "OutOfMemory",
    ];
    match ran.status.code() {
        Some(0 | 1) => {
            let answer = ran.answer()?;
            let told = LACKS
                .iter()
                .any(|lack| answer.diagnostics.to_string().contains(lack));
            if told && answer.status == 1 {
                Ok(())
            } else {
                ran.expect(expected)
            }
        }
        Some(2) if ran.stderr.starts_with("error: ") => Ok(()),
        // The shell or the loader did not get as far as zirc.
        Some(2 | 126 | 127) if !ran.stderr.is_empty() => Ok(()),
        // Rust's own words when memory is out. Nothing that runs afterwards could do better.
        None if ran.status.signal() == Some(6) && out_of_memory(&ran.stderr) => Ok(()),
        _ => Err(format!(
            "neither an answer nor a clear error\n{}",
            ran.text()
        )),
    }
}

fn descriptors(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    limited(lab, |lab| {
        format!("ulimit -n {}", 3 + lab.dice.below_mostly(70, 12, 40))
    })?;
    Ok(Done::Tried)
}

fn memory(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    // With less than this the system does not get as far as starting it.
    let least = lab
        .means
        .zirc
        .metadata()
        .map_or(0, |m| m.len() as usize / 1024)
        + 6_000;
    limited(lab, |lab| {
        let kib = least + lab.dice.below_mostly(70, 20_000, 200_000);
        format!("ulimit -v {kib}")
    })?;
    Ok(Done::Tried)
}

fn versions(lab: &mut Lab) -> Result<Done> {
    if let Some(other) = lab.means.other_zirc.clone() {
        lab.warm()?;
        for _ in 0..2 {
            // What the other version says is its own business.
            let theirs = How {
                program: Some(other.clone()),
                ..lab.any_way()
            };
            let running = lab.spawn(&theirs)?;
            let ours = at_once(lab, Lab::any_way);
            lab.wait(running)?;
            ours?;
            lab.edit();
        }
    }
    lab.fill()?;
    let share = lab.share;
    for path in lab.entries() {
        if lab.dice.chance(40) {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| error.to_string())?;
        let zon = damage::is_zon(&bytes);
        if let Some(other) = entries::of_another_version(&bytes, zon, lab.dice.chance(50)) {
            fs::write(&path, other).map_err(|error| error.to_string())?;
        }
    }
    // There the reference takes an entry for what its body says, which is as it was.
    let _ = share;
    at_once(lab, Lab::any_way)?;
    Ok(Done::Tried)
}

fn umask(lab: &mut Lab) -> Result<Done> {
    let mask = lab.dice.one_of(&[0o077, 0o027, 0o002, 0o022, 0o000]);
    let how = How {
        prelude: format!("umask {mask:03o}"),
        ..How::default()
    };
    let expected = lab.expected()?;
    lab.agree(&how, &expected)?;
    lab.edit();
    let expected = lab.expected()?;
    lab.agree(&how, &expected)?;
    fn walk(path: &Path, mask: u32) -> Result<()> {
        let metadata = path.symlink_metadata().map_err(|error| error.to_string())?;
        let (mode, all) = (
            metadata.mode() & 0o7777,
            if metadata.is_dir() { 0o777 } else { 0o666 },
        );
        if mode != all & !mask {
            return Err(format!(
                "{} has mode {mode:o} under umask {mask:o}",
                path.display()
            ));
        }
        if metadata.is_dir() {
            for entry in fs::read_dir(path)
                .map_err(|error| error.to_string())?
                .flatten()
            {
                walk(&entry.path(), mask)?;
            }
        }
        Ok(())
    }
    for dir in lab.cache_list() {
        walk(&dir, mask)?;
    }
    Ok(Done::Tried)
}

fn output(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    for _ in 0..2 + lab.dice.below(3) {
        let expected = lab.expected()?;
        let mut how = lab.any_way();
        how.human = lab.dice.chance(50);
        let (out, err) = (lab.dice.below(3), lab.dice.below(3));
        let redirect = |number, to| match to {
            0 => String::new(),
            1 => format!("exec {number}>/dev/full; "),
            _ => format!("exec {number}>&-; "),
        };
        how.prelude = format!("{}{}:", redirect(1, out), redirect(2, err));
        let ran = lab.run(&how)?;
        // What the report goes to.
        let to = if how.human { err } else { out };
        match (to, ran.status.code()) {
            (0, _) if how.human || err == 0 => ran.expect(&expected)?,
            (0 | 2, Some(status)) if status == expected.status => {}
            (1, Some(2)) if how.human || err > 0 => {}
            (1, Some(2)) if ran.stderr.contains("unable to write the output") => {}
            _ => {
                return Err(format!(
                    "not what is to be said of it\n{}\n(run with {how:?})",
                    ran.text()
                ));
            }
        }
        if lab.dice.chance(40) {
            lab.edit();
        }
    }
    Ok(Done::Tried)
}

/// Whether Rust's own words say that memory ended: in an allocation, or where a thread gets the stack on
/// which an overflow is told.
fn out_of_memory(stderr: &str) -> bool {
    stderr.contains("memory allocation of ")
        || stderr.contains("failed to allocate an alternative stack")
}
