//! Edits that timestamps do not show.

use cache_store::file::Metadata;
use manifest::Stat;

use crate::common::{Project, age, hit, miss};

/// An edit that leaves size, inode and mtime as they were, as one within the same tick of the clock does. How
/// long a tick is depends on the system, so it is made to look like one.
fn edit_within_the_tick(project: &Project, text: &str) {
    let modified = std::fs::metadata(project.path("a.zig"))
        .unwrap()
        .modified()
        .unwrap();
    project.write("a.zig", text);
    let file = std::fs::File::options()
        .write(true)
        .open(project.path("a.zig"))
        .unwrap();
    file.set_modified(modified).unwrap();
}

#[test]
fn edits_within_a_tick() {
    let project = Project::new();
    for round in 0..200u32 {
        let mut miss = miss(project.ask());
        project.write("a.zig", &format!("{round:08}"));
        miss.add_file_post("a.zig".as_ref()).unwrap();
        miss.write_manifest().unwrap();
        drop(miss);
        edit_within_the_tick(&project, "!!!!!!!!");
        assert!(!project.is_hit(), "round {round}");
    }
}

/// The same, but the content is handed over together with a stat from before.
#[test]
fn edits_within_a_tick_of_contents_at_hand() {
    let project = Project::new();
    for round in 0..200u32 {
        let mut miss = miss(project.ask());
        let text = format!("{round:08}");
        project.write("a.zig", &text);
        let stat = Stat::of(&Metadata::at(&project.path("a.zig")).unwrap());
        edit_within_the_tick(&project, "!!!!!!!!");
        miss.add_file_post_contents("a.zig".as_ref(), text.as_bytes(), stat)
            .unwrap();
        miss.write_manifest().unwrap();
        drop(miss);
        assert!(!project.is_hit(), "round {round}");
    }
}

/// Edits as fast as they go, with whatever ticks the system has: each is seen.
#[test]
fn fast_edits() {
    let project = Project::new();
    for round in 0..300u32 {
        project.write("a.zig", &format!("{round:08}"));
        let mut miss = miss(project.ask());
        miss.add_file_post("a.zig".as_ref()).unwrap();
        miss.write_manifest().unwrap();
    }
}

#[test]
fn what_is_too_new_is_recorded_without_its_stat() {
    let project = Project::new();
    let mut answer = miss(project.ask());
    project.write("new.zig", "new");
    project.write_old("old.zig", "old");
    answer.add_file_post("new.zig".as_ref()).unwrap();
    answer.add_file_post("old.zig".as_ref()).unwrap();
    assert!(answer.files()[0].stat.is_distrusted());
    assert_eq!(answer.files()[0].stat.size, 3);
    assert!(!answer.files()[1].stat.is_distrusted());
    answer.write_manifest().unwrap();
    drop(answer);
    assert!(project.text().contains("\n3 0 0 "));
    age(&project.path("new.zig"), 1);
    // Later it is a hit by its content, and gets its stat.
    assert!(!hit(project.ask()).files()[0].stat.is_distrusted());
    assert!(!project.text().contains("\n3 0 0 "));
}

#[test]
fn what_comes_from_the_future_is_never_trusted() {
    let project = Project::new();
    project.write("a.zig", "a");
    let future = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    let set = || {
        let file = std::fs::File::options()
            .write(true)
            .open(project.path("a.zig"))
            .unwrap();
        file.set_modified(future).unwrap();
    };
    set();
    project.build(&["a.zig"]);
    assert!(project.is_hit());
    // An edit that leaves no trace in the stat.
    project.write("a.zig", "b");
    set();
    assert!(!project.is_hit());
}

#[test]
fn coarse_timestamps_get_a_wider_berth() {
    let project = Project::new();
    let mut answer = miss(project.ask());
    project.write("a.zig", "a");
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    // As FAT would show a file written just now: whole, even seconds.
    let shown = std::time::UNIX_EPOCH + std::time::Duration::from_secs(now.as_secs() / 2 * 2);
    let file = std::fs::File::options()
        .write(true)
        .open(project.path("a.zig"))
        .unwrap();
    file.set_modified(shown).unwrap();
    answer.add_file_post("a.zig".as_ref()).unwrap();
    assert!(answer.files()[0].stat.is_distrusted());
}

#[test]
fn times_that_do_not_fit() {
    let project = Project::new();
    project.write("a.zig", "a");
    let file = std::fs::File::options()
        .write(true)
        .open(project.path("a.zig"))
        .unwrap();
    let far = std::time::UNIX_EPOCH + std::time::Duration::from_secs(10_000_000_000);
    if file.set_modified(far).is_err() {
        return;
    }
    project.build(&["a.zig"]);
    assert!(project.is_hit());
    // Before 1970 is fine. Not every system counts nanoseconds; all count tenths of microseconds.
    let old = std::time::UNIX_EPOCH - std::time::Duration::from_nanos(123_456_789_100);
    file.set_modified(old).unwrap();
    assert_eq!(
        hit(project.ask()).files()[0].stat.mtime_ns,
        -123_456_789_100
    );
    assert!(project.text().contains(" -123456789100 "));
    assert!(project.is_hit());
}
