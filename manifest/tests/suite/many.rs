//! Several that want the same build at the same time. Locks belong to open files, so threads are to each
//! other what processes are.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

use cache_store::limits::LOCK_WAIT_BEFORE_NOTICE;
use manifest::{Answer, Cache, OnWait};

use crate::common::{Project, hit, miss, prefixes};

#[test]
fn one_builds_and_the_others_wait() {
    for _ in 0..20 {
        let project = Project::new();
        project.write_old("a.zig", "a");
        let (builds, running) = (AtomicU32::new(0), AtomicU32::new(0));
        let barrier = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    match project.ask() {
                        Answer::Hit(hit) => {
                            assert_eq!(running.load(Ordering::SeqCst), 0);
                            assert_eq!(hit.files().len(), 1);
                        }
                        Answer::Miss(mut miss) => {
                            assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                            builds.fetch_add(1, Ordering::SeqCst);
                            std::thread::sleep(std::time::Duration::from_millis(2));
                            miss.add_file_post("a.zig".as_ref()).unwrap();
                            running.fetch_sub(1, Ordering::SeqCst);
                            miss.write_manifest().unwrap();
                        }
                    }
                });
            }
        });
        assert_eq!(builds.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn several_share_a_hit() {
    let project = Project::new();
    project.build(&[]);
    let first = hit(project.ask());
    let second = hit(project.ask());
    let lock = second.into_lock();
    let third = hit(project.ask());
    drop((first, lock, third));
}

/// The manifest goes out of date while somebody holds the shared lock: who wants to write waits for that, and
/// then looks again.
#[test]
fn a_reader_keeps_writers_away() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    let reader = hit(project.ask());
    project.write("a.zig", "b");
    let (ready, builds) = (AtomicU32::new(0), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                ready.fetch_add(1, Ordering::SeqCst);
                if let Answer::Miss(mut miss) = project.ask() {
                    assert_eq!(ready.load(Ordering::SeqCst), 100);
                    builds.fetch_add(1, Ordering::SeqCst);
                    miss.add_file_post("a.zig".as_ref()).unwrap();
                    miss.write_manifest().unwrap();
                }
            });
        }
        while ready.load(Ordering::SeqCst) < 4 {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        ready.store(100, Ordering::SeqCst);
        drop(reader);
    });
    assert_eq!(builds.load(Ordering::SeqCst), 1);
}

#[test]
fn who_wants_to_change_the_output_is_alone() {
    let project = Project::new();
    project.build(&[]);
    let mut manifest = project.obtain();
    manifest.want_shared_lock = false;
    let alone = hit(manifest.hit().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            drop(hit(project.ask()));
            sender.send(()).unwrap();
        });
        let waited = receiver.recv_timeout(std::time::Duration::from_millis(20));
        assert!(waited.is_err());
        drop(alone);
        receiver.recv().unwrap();
    });
}

/// Another cache object over the same directory, as another process has it.
#[test]
fn caches_agree() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    let other = Cache::open(&project.path("cache/h"), prefixes(project.dir.path())).unwrap();
    let key = project.obtain().hash.peek();
    hit(other.obtain_by_key(key).hit().unwrap());
    project.write("a.zig", "b");
    miss(other.obtain_by_key(key).hit().unwrap());
}

/// Whoever waits for a lock long is told for what, in each of the places where that can be, and gets it in
/// the end.
#[test]
fn a_held_lock_is_told_of() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    let waited_for: Mutex<Vec<PathBuf>> = Mutex::default();
    let (told, was_told) = mpsc::channel();
    let told = Mutex::new(told);
    let notice = |path: &Path| {
        waited_for.lock().unwrap().push(path.to_owned());
        told.lock().unwrap().send(()).unwrap();
    };
    let ask = || {
        let mut manifest = project.obtain();
        manifest.on_wait = OnWait::call(&notice);
        manifest.hit().unwrap()
    };
    // Who only has to read does not wait for a reader, and nobody hears of it.
    let first = hit(ask());
    let began = Instant::now();
    hit(ask());
    assert!(began.elapsed() < LOCK_WAIT_BEFORE_NOTICE);
    drop(first);
    assert!(waited_for.lock().unwrap().is_empty());

    std::thread::scope(|scope| {
        // For somebody who builds, and then does not: what there was holds.
        let builds = hit(project.ask()).unhit().unwrap();
        let reader = scope.spawn(|| drop(hit(ask())));
        was_told.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(!reader.is_finished());
        drop(builds);
        reader.join().unwrap();

        // For somebody who uses the output, after a hit that was taken back.
        let uses = hit(project.ask());
        let writer = scope.spawn(|| drop(hit(ask()).unhit().unwrap()));
        was_told.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(!writer.is_finished());
        drop(uses);
        writer.join().unwrap();
    });
    let path = project.manifest();
    assert_eq!(*waited_for.lock().unwrap(), [path.clone(), path]);
}
