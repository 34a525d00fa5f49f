//! Faults of sources and of the time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::at_once::{at_once, shimmed};
use super::entries;
use super::lab::{Done, Lab, Result, copy_dir, remove};
use super::program::{long_ago, put, set_mtime};
use super::run::How;

/// What was kept of the last run has to give the answer of a run without cache, whatever happened to the
/// sources since: each step is asked with the manifest, and only then without a cache.
pub(crate) fn edits(lab: &mut Lab) -> Result<Done> {
    lab.run(&How::default())?.answer()?;
    for _ in 0..6 + lab.dice.below(9) {
        let text_of = |lab: &mut Lab| {
            let file = lab.program.any(&mut lab.dice).clone();
            let path = lab.root.join(&file.path);
            (file, path)
        };
        match lab.dice.below(12) {
            // Nothing.
            0 => {}
            // One file, that imports what it did.
            1..=4 => {
                let (file, path) = text_of(lab);
                let text = file.variant(&mut lab.dice).text();
                put(&path, &text, &mut lab.dice);
            }
            // Others in its stead: the imports come with them.
            5 => {
                let (_, path) = text_of(lab);
                let (other, _) = text_of(lab);
                let text = other.text();
                put(&path, &text, &mut lab.dice);
            }
            // The same text once more.
            6 => {
                let (_, path) = text_of(lab);
                let text = fs::read(&path).map_err(|error| error.to_string())?;
                put(&path, &text, &mut lab.dice);
            }
            // Two change places.
            7 => {
                let (_, path) = text_of(lab);
                let (_, other) = text_of(lab);
                let aside = path.with_extension("aside");
                let moves = [(&path, &aside), (&other, &path), (&aside, &other)];
                if path != other {
                    for (from, to) in moves {
                        fs::rename(from, to).map_err(|error| error.to_string())?;
                    }
                }
            }
            _ => lab.edit(),
        }
        let jobs = lab.dice.one_of(&[0, 1, 3]);
        let ways = 1 + lab.dice.below_mostly(75, 1, 3);
        let how = How {
            jobs,
            ..How::default()
        };
        let running: Vec<_> = (0..ways).map(|_| lab.spawn(&how)).collect();
        let ran: Vec<_> = (running.into_iter())
            .map(|running| lab.wait(running?))
            .collect();
        let expected = lab.expected()?;
        for ran in ran {
            ran?.expect(&expected)
                .map_err(|wrong| format!("after a step: {wrong}"))?;
        }
    }
    Ok(Done::Tried)
}

pub(crate) fn writer(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    let mut dice = lab.dice.clone();
    let file = lab.program.any(&mut lab.dice).clone();
    let path = lab.root.join(&file.path);
    let texts: Vec<Vec<u8>> = (0..3)
        .map(|_| file.variant(&mut dice).text())
        .chain([file.text()])
        .collect();
    // What is renamed into place is whole whenever it is read, so the answer is that of one of the texts.
    let whole = lab.is_one_program() && lab.dice.chance(60);
    let mut answers = Vec::new();
    for text in &texts {
        fs::write(&path, text).map_err(|error| error.to_string())?;
        answers.push(lab.expected()?);
    }
    let over = AtomicBool::new(false);
    let texts = &texts;
    let mut wrong = Ok(());
    std::thread::scope(|scope| {
        let (over, path) = (&over, &path);
        scope.spawn(move || {
            while !over.load(Ordering::Relaxed) {
                let text = &texts[dice.below(texts.len())];
                let result = if whole {
                    let new = path.with_extension("new");
                    fs::write(&new, text).and_then(|()| fs::rename(&new, path))
                } else {
                    match dice.below(3) {
                        0 => fs::write(path, text),
                        1 => write_in_place(path, text),
                        _ => fs::write(path, &text[..dice.below(text.len())]),
                    }
                };
                result.expect("a source");
                std::thread::sleep(Duration::from_micros(dice.below(800) as u64));
            }
            fs::write(path, &texts[texts.len() - 1]).expect("a source");
        });
        for _ in 0..2 {
            let hows: Vec<How> = (0..3).map(|_| lab.any_way()).collect();
            let running = hows.iter().map(|how| lab.spawn(how)).collect::<Vec<_>>();
            for running in running {
                let checked = running
                    .and_then(|running| lab.wait(running))
                    .and_then(|ran| {
                        let answer = ran.answer()?;
                        match !whole || answers.contains(&answer) {
                            true => Ok(()),
                            false => {
                                Err(format!("the answer of none of the texts\n{}", ran.text()))
                            }
                        }
                    });
                if wrong.is_ok() {
                    wrong = checked;
                }
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    wrong?;
    Ok(Done::Tried)
}

fn write_in_place(path: &Path, text: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = fs::File::options().write(true).open(path)?;
    file.write_all(text)?;
    file.set_len(text.len() as u64)
}

pub(crate) fn clock(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    // Of another age: of the time before the first file system, of the first second, to come.
    let ages: [fn() -> SystemTime; 6] = [
        || UNIX_EPOCH - Duration::from_secs(86_400 * 365 * 20),
        || UNIX_EPOCH,
        || UNIX_EPOCH + Duration::from_nanos(1),
        || SystemTime::now() + Duration::from_secs(2),
        || SystemTime::now() + Duration::from_secs(86_400 * 365),
        || SystemTime::now(),
    ];
    for _ in 0..lab.dice.below(4) {
        let file = lab.program.any(&mut lab.dice).clone();
        set_mtime(
            &lab.root.join(&file.path),
            ages[lab.dice.below(ages.len())](),
        );
    }
    // Without the library the mtimes are what is tried.
    shimmed(lab, |lab| {
        let seconds = [
            "-100000000",
            "-3600",
            "-3",
            "3",
            "3600",
            "100000000",
            "-2000000000",
        ];
        let (offset, jump) = (lab.dice.one_of(&seconds), lab.dice.one_of(&seconds));
        let at = lab.dice.below(40);
        [
            ("FAULTS_CLOCK_OFFSET", offset.to_owned()),
            ("FAULTS_CLOCK_JUMP", jump.to_owned()),
            ("FAULTS_CLOCK_JUMP_AT", at.to_string()),
        ]
    })
}

pub(crate) fn tick(lab: &mut Lab) -> Result<Done> {
    lab.warm()?;
    let file = lab.program.any(&mut lab.dice).clone();
    let path = lab.root.join(&file.path);
    // FAT: even seconds. What is written within one of its ticks has the same mtime. exFAT: hundredths.
    let fat = lab.dice.chance(70);
    let write = |text: &[u8]| {
        write_in_place(&path, text).map_err(|error| error.to_string())?;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let mut ns = now.as_nanos() as u64;
        ns -= ns % if fat { 2_000_000_000 } else { 10_000_000 };
        set_mtime(&path, UNIX_EPOCH + Duration::from_nanos(ns));
        Ok::<_, String>(())
    };
    let (this, other) = file.alike();
    for n in 0..2 + lab.dice.below(4) {
        write(if n % 2 == 0 { &this } else { &other })?;
        let how = lab.any_way();
        // The answer is not waited for before the edit that it must not survive.
        let ran = lab.run(&how)?;
        if lab.dice.chance(60) {
            write(if n % 2 == 0 { &other } else { &this })?;
        } else {
            ran.expect(&lab.expected()?)?;
        }
    }
    write(if lab.dice.chance(50) { &this } else { &other })?;
    Ok(Done::Tried)
}

pub(crate) fn restored(lab: &mut Lab) -> Result<Done> {
    lab.fill()?;
    let saved = lab.path("saved");
    let caches = lab.cache_list();
    for (n, dir) in caches.iter().enumerate() {
        copy_dir(dir, &saved.join(n.to_string())).map_err(|error| error.to_string())?;
    }
    let edited = lab.dice.chance(60);
    if edited {
        lab.edit();
        if lab.dice.chance(70) {
            lab.fill()?;
        }
    }
    // The sources of another machine: the same text, nothing else the same.
    if lab.dice.chance(70) {
        let present: Vec<PathBuf> = lab
            .program
            .present()
            .map(|file| lab.root.join(&file.path))
            .collect();
        for path in present {
            let new = path.with_extension("new");
            fs::copy(&path, &new)
                .and_then(|_| fs::rename(&new, &path))
                .map_err(|error| error.to_string())?;
            let time = long_ago(&mut lab.dice);
            set_mtime(&path, time);
        }
    }
    let in_part = lab.dice.chance(40);
    for (n, dir) in caches.iter().enumerate() {
        let from = saved.join(n.to_string());
        if !in_part {
            remove(dir);
            copy_dir(&from, dir).map_err(|error| error.to_string())?;
            continue;
        }
        for sub in ["z", "h", "o", "zirc/h", "zirc/o"] {
            for file in entries::files(&from.join(sub)) {
                if lab.dice.chance(50) {
                    let to = dir.join(sub).join(entries::file_name(&file));
                    fs::copy(&file, to).map_err(|error| error.to_string())?;
                }
            }
        }
    }
    remove(&saved);
    at_once(lab, Lab::any_way)?;
    if !edited {
        let expected = lab.expected()?;
        let ran = lab.agree(&How::no_manifest(), &expected)?;
        if ran.report()?["generated"] != 0 {
            return Err(format!(
                "the content is the same, and something was generated\n{}",
                ran.text()
            ));
        }
    }
    Ok(Done::Tried)
}
