//! Hit or miss, and what is on disk afterwards.

use cache_store::file::Metadata;
use manifest::{Answer, Error, Finding, MissReason, Stat, hash_contents};

use crate::common::{Project, age, hit, miss};

#[test]
fn done_once_is_a_hit() {
    let project = Project::new();
    project.write_old("main.zig", "main");
    project.write_old("lib/std.zig", "std");
    let digest = {
        let mut miss = miss(project.ask());
        assert!(matches!(miss.reason(), MissReason::New));
        miss.add_file_post("main.zig".as_ref()).unwrap();
        miss.add_file_post(&project.path("lib/./std.zig")).unwrap();
        miss.add_file_post("lib/std.zig".as_ref()).unwrap();
        assert_eq!(miss.files().len(), 2);
        miss.write_manifest().unwrap();
        miss.final_digest()
    };
    let hit = hit(project.ask());
    assert_eq!(hit.final_digest(), digest);
    assert_eq!(hit.files()[0].digest, hash_contents(b"main"));
    assert_eq!(hit.files()[1].path.to_string(), "1:std.zig");
    let stat = Stat::of(&Metadata::at(&project.path("main.zig")).unwrap());
    assert_eq!(hit.files()[0].stat, stat);
    let paths: Vec<_> = project
        .text()
        .lines()
        .skip(1)
        .map(|line| line.splitn(5, ' ').last().unwrap().to_owned())
        .collect();
    assert_eq!(paths, ["0 main.zig", "1 std.zig"]);
}

#[test]
fn no_files_at_all() {
    let project = Project::new();
    project.build(&[]);
    assert_eq!(project.text(), "0\n");
    assert!(project.is_hit());
}

#[test]
fn the_key_is_what_the_build_was_told() {
    let project = Project::new();
    project.build(&[]);
    let mut other = project.obtain();
    other.hash.add(1u8);
    miss(other.hit().unwrap());
    let key = project.obtain().hash.peek();
    hit(project.cache.obtain_by_key(key).hit().unwrap());
}

#[test]
fn each_kind_of_change() {
    type Change = fn(&Project);
    let changes: [(&str, Change, &str); 7] = [
        (
            "edited",
            |project| project.write("b.zig", "other content"),
            "content changed",
        ),
        (
            "edited, same size, as old",
            |project| project.write_old("b.zig", "B"),
            "content changed",
        ),
        (
            "edited, same size",
            |project| project.write("b.zig", "B"),
            "content changed",
        ),
        (
            "deleted",
            |project| std::fs::remove_file(project.path("b.zig")).unwrap(),
            "missing",
        ),
        ("touched", |project| age(&project.path("b.zig"), 3), "hit"),
        (
            "replaced by the same",
            |project| {
                project.write_old("new", "b");
                std::fs::rename(project.path("new"), project.path("b.zig")).unwrap();
            },
            "hit",
        ),
        (
            "a directory in its place",
            |project| {
                std::fs::remove_file(project.path("b.zig")).unwrap();
                std::fs::create_dir(project.path("b.zig")).unwrap();
            },
            "not a regular file",
        ),
    ];
    for (name, change, want) in changes {
        let project = Project::new();
        for file in ["a.zig", "b.zig", "c.zig"] {
            project.write_old(file, &file[..1]);
        }
        // Another mtime than `write_old` gives it.
        age(&project.path("b.zig"), 2);
        project.build(&["a.zig", "b.zig", "c.zig"]);
        assert!(project.is_hit());
        change(&project);
        let got = match project.ask() {
            Answer::Hit(_) => "hit".to_owned(),
            Answer::Miss(miss) => match miss.reason() {
                MissReason::File {
                    path,
                    finding,
                    expected,
                } => {
                    assert_eq!(*path, project.path("b.zig"));
                    assert_eq!(expected.digest, hash_contents(b"b"));
                    finding.as_str().to_owned()
                }
                reason => format!("{reason:?}"),
            },
        };
        assert_eq!(got, want, "{name}");
    }
}

#[test]
fn another_inode_with_the_same_size_and_time() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    let modified = Metadata::at(&project.path("a.zig"))
        .unwrap()
        .modified()
        .unwrap();
    project.build(&["a.zig"]);
    project.write("new", "b");
    std::fs::File::options()
        .write(true)
        .open(project.path("new"))
        .unwrap()
        .set_modified(modified)
        .unwrap();
    std::fs::rename(project.path("new"), project.path("a.zig")).unwrap();
    miss(project.ask());
}

#[test]
fn a_new_stat_is_recorded() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    let before = project.text();
    age(&project.path("a.zig"), 5);
    let stat = Stat::of(&Metadata::at(&project.path("a.zig")).unwrap());
    assert_eq!(hit(project.ask()).files()[0].stat, stat);
    let after = project.text();
    assert_ne!(before, after);
    assert!(after.contains(&stat.mtime_ns.to_string()), "{after}");
    // And it is used.
    let modified = std::fs::metadata(project.manifest())
        .unwrap()
        .modified()
        .unwrap();
    assert!(project.is_hit());
    assert_eq!(
        std::fs::metadata(project.manifest())
            .unwrap()
            .modified()
            .unwrap(),
        modified
    );
}

#[test]
fn inputs_named_beforehand() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.write_old("b.zig", "b");
    project.write_old("c.zig", "c");
    let ask = || {
        let mut manifest = project.obtain();
        assert_eq!(manifest.add_file("a.zig".as_ref(), None).unwrap(), 0);
        assert_eq!(manifest.add_file("b.zig".as_ref(), Some(10)).unwrap(), 1);
        assert_eq!(manifest.add_file("./a.zig".as_ref(), None).unwrap(), 0);
        manifest.hit().unwrap()
    };
    let mut first = miss(ask());
    assert_eq!(first.contents(0), None);
    assert_eq!(first.contents(1), Some(b"b".as_slice()));
    first.add_file_post("c.zig".as_ref()).unwrap();
    first.write_manifest().unwrap();
    let digest = first.final_digest();
    drop(first);
    assert_eq!(hit(ask()).final_digest(), digest);

    // A file found later has changed: those named beforehand stay known.
    project.write("c.zig", "d");
    let mut second = miss(ask());
    assert_eq!(second.files().len(), 2);
    assert_eq!(second.files()[0].digest, hash_contents(b"a"));
    assert_eq!(second.contents(1), Some(b"b".as_slice()));
    second.add_file_post("c.zig".as_ref()).unwrap();
    second.write_manifest().unwrap();
    assert_ne!(second.final_digest(), digest);
    drop(second);

    // Both the first and the second have changed: both digests are the new ones.
    project.write("a.zig", "A");
    project.write("b.zig", "B");
    let third = miss(ask());
    assert_eq!(third.files()[0].digest, hash_contents(b"A"));
    assert_eq!(third.files()[1].digest, hash_contents(b"B"));
    assert_eq!(third.contents(1), Some(b"B".as_slice()));
    drop(third);

    // What must be there is not.
    std::fs::remove_file(project.path("a.zig")).unwrap();
    let mut manifest = project.obtain();
    manifest.add_file("a.zig".as_ref(), None).unwrap();
    assert!(
        matches!(manifest.hit(), Err(Error::File { path, .. }) if path == project.path("a.zig"))
    );
    let mut manifest = project.obtain();
    manifest.add_file("b.zig".as_ref(), Some(0)).unwrap();
    assert!(matches!(
        manifest.hit(),
        Err(Error::FileTooBig { max: 0, .. })
    ));
}

#[test]
fn contents_at_hand() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.write_old("b.zig", "bb");
    let stat = |name| Stat::of(&Metadata::at(&project.path(name)).unwrap());
    let mut miss = miss(project.ask());
    miss.add_file_post_contents("a.zig".as_ref(), b"a", stat("a.zig"))
        .unwrap();
    assert_eq!(
        miss.add_file_post_fetch("b.zig".as_ref(), 2).unwrap(),
        b"bb"
    );
    assert!(matches!(
        miss.add_file_post_fetch("b.zig".as_ref(), 1),
        Err(Error::FileTooBig { .. })
    ));
    miss.write_manifest().unwrap();
    drop(miss);
    assert!(project.is_hit());
}

#[test]
fn contents_at_hand_that_are_no_longer_there() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    let stat = Stat::of(&Metadata::at(&project.path("a.zig")).unwrap());
    let mut miss = miss(project.ask());
    project.write("a.zig", "b");
    miss.add_file_post_contents("a.zig".as_ref(), b"a", stat)
        .unwrap();
    miss.write_manifest().unwrap();
    drop(miss);
    assert!(!project.is_hit());
}

#[test]
fn a_file_relied_on_unread() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    let used = Stat::of(&Metadata::at(&project.path("a.zig")).unwrap());
    let mut answer = miss(project.ask());
    answer
        .add_file_post_unchanged("a.zig".as_ref(), used)
        .unwrap();
    drop(answer);
    let mut answer = miss(project.ask());
    project.write("a.zig", "b");
    let error = answer.add_file_post_unchanged("a.zig".as_ref(), used);
    assert!(matches!(error, Err(Error::Changed { .. })), "{error:?}");
    // With the present stat it is no better: it may have changed after it was looked at.
    let used = Stat::of(&Metadata::at(&project.path("a.zig")).unwrap());
    let error = answer.add_file_post_unchanged("a.zig".as_ref(), used);
    assert!(matches!(error, Err(Error::Changed { .. })), "{error:?}");
    assert!(answer.files().is_empty());
}

#[test]
fn an_output_that_is_not_there() {
    let mut project = Project::new();
    let outputs = project.path("cache/o");
    std::fs::create_dir_all(&outputs).unwrap();
    project.cache.require_output_in(&outputs);
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    let answer = miss(project.ask());
    let MissReason::NoOutput(path) = answer.reason() else {
        panic!("{:?}", answer.reason())
    };
    std::fs::write(path, "").unwrap();
    drop(answer);
    // The miss left the manifest alone.
    assert!(project.is_hit());
}

#[test]
fn a_hit_of_no_use() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.write_old("b.zig", "b");
    let ask = || {
        let mut manifest = project.obtain();
        manifest.add_file("a.zig".as_ref(), None).unwrap();
        manifest.hit().unwrap()
    };
    let mut first = miss(ask());
    first.add_file_post("b.zig".as_ref()).unwrap();
    first.write_manifest().unwrap();
    let digest = first.final_digest();
    drop(first);
    let mut again = hit(ask()).unhit().unwrap();
    assert!(matches!(again.reason(), MissReason::Unhit));
    assert_eq!(again.files().len(), 1);
    again.add_file_post("b.zig".as_ref()).unwrap();
    again.add_file_post("a.zig".as_ref()).unwrap();
    again.write_manifest().unwrap();
    assert_eq!(again.final_digest(), digest);
    drop(again);
    assert_eq!(hit(ask()).final_digest(), digest);
}

#[test]
fn an_unfinished_build_leaves_a_miss() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    let mut unfinished = miss(project.ask());
    unfinished.add_file_post("a.zig".as_ref()).unwrap();
    drop(unfinished);
    assert_eq!(project.text(), "");
    assert!(!project.is_hit());
}

#[test]
#[cfg_attr(windows, ignore = "removes a file that is open, which Wine does not")]
fn a_cache_that_vanishes() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    let mut running = miss(project.ask());
    std::fs::remove_dir_all(project.path("cache")).unwrap();
    running.add_file_post("a.zig".as_ref()).unwrap();
    running.write_manifest().unwrap();
    drop(running);
    assert!(!project.path("cache").exists());
    project.build(&["a.zig"]);
    assert!(project.is_hit());
}

#[test]
#[cfg_attr(windows, ignore = "wants modes of files")]
fn a_cache_that_cannot_be_written() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    let set = |path: &std::path::Path, mode| fixtures::system::set_mode(path, mode).unwrap();
    set(&project.manifest(), 0o444);
    if std::fs::File::options()
        .write(true)
        .open(project.manifest())
        .is_ok()
    {
        // Who runs this may do everything.
        return;
    }
    assert!(project.is_hit());
    project.write("a.zig", "b");
    let mut answer = miss(project.ask());
    answer.add_file_post("a.zig".as_ref()).unwrap();
    assert!(matches!(
        answer.write_manifest(),
        Err(Error::Manifest {
            action: "write",
            ..
        })
    ));
}

#[test]
fn paths_that_cannot_be_written() {
    let project = Project::new();
    if cfg!(unix) {
        // Windows has no such names.
        project.write_old("two\nlines.zig", "a");
    }
    project.write_old(" spaces .zig", "a");
    let mut answer = miss(project.ask());
    assert!(matches!(
        answer.add_file_post("two\nlines.zig".as_ref()),
        Err(Error::Path { .. })
    ));
    answer.add_file_post(" spaces .zig".as_ref()).unwrap();
    answer.write_manifest().unwrap();
    drop(answer);
    assert_eq!(hit(project.ask()).files()[0].path.sub_path, b" spaces .zig");
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs")]
fn a_fifo_is_not_waited_for() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    std::fs::remove_file(project.path("a.zig")).unwrap();
    fixtures::system::fifo(project.path("a.zig"));
    let answer = miss(project.ask());
    assert!(matches!(
        answer.reason(),
        MissReason::File {
            finding: Finding::NotAFile,
            ..
        }
    ));
}

#[test]
fn dependency_files() {
    let project = Project::new();
    project.write_old("a.c", "a");
    project.write_old("with space.h", "h");
    project.write_old("a.d", "a.o: a.c \\\n  with\\ space.h\n");
    let mut answer = miss(project.ask());
    answer.add_dep_file_post(&project.path("a.d")).unwrap();
    answer.write_manifest().unwrap();
    let digest = answer.final_digest();
    drop(answer);
    assert_eq!(hit(project.ask()).final_digest(), digest);
    let mut manifest = project.obtain();
    manifest.add_dep_file(&project.path("a.d")).unwrap();
    assert_eq!(miss(manifest.hit().unwrap()).files().len(), 2);
    project.write("a.d", "a.o");
    assert!(matches!(
        project.obtain().add_dep_file(&project.path("a.d")),
        Err(Error::DepFile { .. })
    ));
}
