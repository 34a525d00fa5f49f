//! Many processes and threads, one directory.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::common::*;
use cache_store::*;

const FILES: usize = 40;

fn text(file: usize) -> Vec<u8> {
    format!("file {file}\n").repeat(50 + file).into_bytes()
}

fn source_path(root: &std::path::Path, file: usize) -> PathBuf {
    root.join(format!("{file}.zig"))
}

/// What each of the processes does: all files, a line on stdout for each that it generated.
fn work(root: &std::path::Path) {
    let (store, warning) = Store::open(&root.join("z"));
    assert!(warning.is_none());
    for file in 0..FILES {
        let path = source_path(root, file);
        let name = entry_name(
            Release::V0_14_1,
            ModuleRoot::Main,
            format!("{file}.zig").as_bytes(),
        );
        let mut source = SourceFile::open(&path).unwrap();
        let outcome = store
            .update(&name, &mut source, &BODY, |text| {
                // Time for the others to arrive.
                std::thread::sleep(Duration::from_millis(2));
                println!("generated {file}");
                Toy::generate(text)
            })
            .unwrap();
        assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
        assert_eq!(toy(&outcome), Toy::generate(&text(file)), "file {file}");
    }
}

#[test]
fn eight_processes_generate_once() {
    const ROLE: &str = "CACHE_STORE_TEST_ROOT";
    if let Some(root) = std::env::var_os(ROLE) {
        return work(root.as_ref());
    }
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    for file in 0..FILES {
        fs::write(source_path(root, file), text(file)).unwrap();
        set_mtime(&source_path(root, file), long_ago());
    }
    let round = || {
        let children: Vec<_> = (0..8)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args([
                        "--exact",
                        "processes::eight_processes_generate_once",
                        "--nocapture",
                    ])
                    .env(ROLE, root)
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let mut generated = [0; FILES];
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success());
            for line in String::from_utf8(output.stdout).unwrap().lines() {
                if let Some((_, file)) = line.split_once("generated ") {
                    generated[file.parse::<usize>().unwrap()] += 1;
                }
            }
        }
        generated
    };
    assert_eq!(round(), [1; FILES], "on an empty cache");
    assert_eq!(round(), [0; FILES], "on a full one");
    for file in 0..FILES / 2 {
        set_mtime(
            &source_path(root, file),
            long_ago() + Duration::from_secs(9),
        );
    }
    assert_eq!(round(), [0; FILES], "touched");
}

/// Threads open the entry each on its own and exclude each other just as processes do.
#[test]
fn eight_threads_generate_once() {
    let place = Place::new(&text(7));
    for round in 1..=20 {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(toy(&place.update(&BODY)), Toy::generate(&text(7))));
            }
        });
        assert_eq!(place.generated.load(Ordering::Relaxed), round);
        fs::remove_file(place.entry()).unwrap();
    }
}

/// Sources change while readers come and go: everyone gets the IR of a text that the source had.
#[test]
#[cfg_attr(windows, ignore = "replaces a file that is open, which Wine does not")]
fn readers_and_an_editor() {
    let place = Place::new(&text(0));
    let edited = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in 1..60 {
                let new = place.root.join("new");
                fs::write(&new, text(version)).unwrap();
                set_mtime(&new, long_ago());
                fs::rename(&new, &place.source).unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
            edited.store(true, Ordering::Relaxed);
        });
        for _ in 0..4 {
            scope.spawn(|| {
                while !edited.load(Ordering::Relaxed) {
                    let mut source = SourceFile::open(&place.source).unwrap();
                    let outcome = place
                        .store
                        .update(&place.name, &mut source, &BODY, Toy::generate)
                        .unwrap();
                    let ir = toy(&outcome);
                    assert_eq!(ir.reversed.len() as u64, source.stat().size);
                    let mut text = ir.reversed.clone();
                    text.reverse();
                    assert_eq!(ir, Toy::generate(&text));
                }
            });
        }
    });
    place.check();
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

/// A process that dies with the exclusive lock leaves an entry that is empty or old, and no lock.
#[test]
fn a_killed_writer() {
    const ROLE: &str = "CACHE_STORE_TEST_KILLED";
    if let Some(root) = std::env::var_os(ROLE) {
        let root = PathBuf::from(root);
        let (store, _) = Store::open(&root.join("z"));
        let name = entry_name(Release::V0_14_1, ModuleRoot::Main, b"a.zig");
        let mut source = SourceFile::open(&root.join("a.zig")).unwrap();
        let _ = store.update::<Toy>(&name, &mut source, &BODY, |_| {
            File::create(root.join("in the middle")).unwrap();
            std::thread::sleep(Duration::from_secs(60));
            unreachable!()
        });
        return;
    }
    let place = Place::new(b"text");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::a_killed_writer"])
        .env(ROLE, &place.root)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while !place.root.join("in the middle").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}
