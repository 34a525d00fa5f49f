//! What a miss tells of the last build.

use cache_store::file::Metadata;
use manifest::{Miss, Previous, Stat, hash_contents};

use crate::common::{Project, age, hit, miss};

const FILES: [&str; 4] = ["a.zig", "b.zig", "lib/c.zig", "d.zig"];

fn project() -> Project {
    let project = Project::new();
    for file in FILES {
        project.write_old(file, file);
    }
    project.build(&FILES);
    project
}

fn ask(project: &Project) -> Miss<'_> {
    let mut manifest = project.obtain();
    manifest.keep_previous = true;
    miss(manifest.hit().unwrap())
}

fn same(project: &Project) -> Option<Vec<bool>> {
    ask(project).take_previous().map(|previous| previous.same)
}

#[test]
fn every_file_is_looked_at() {
    let project = project();
    project.write_old("b.zig", "another");
    assert_eq!(same(&project), Some(vec![true, false, true, true]));
    std::fs::remove_file(project.path("a.zig")).unwrap();
    assert_eq!(same(&project), Some(vec![false, false, true, true]));
    std::fs::remove_file(project.path("d.zig")).unwrap();
    std::fs::create_dir(project.path("d.zig")).unwrap();
    assert_eq!(same(&project), Some(vec![false, false, true, false]));
}

#[test]
fn another_stat_alone_counts_only_behind_the_first_change() {
    let project = project();
    let touch = |name: &str| age(&project.path(name), 7);
    touch("a.zig");
    project.write_old("b.zig", "another");
    touch("lib/c.zig");
    let mut miss = ask(&project);
    let Previous { files, same } = miss.take_previous().unwrap();
    assert_eq!(same, [true, false, false, true]);
    let stat = |name: &str| Stat::of(&Metadata::at(&project.path(name)).unwrap());
    assert_eq!(files[0].stat, stat("a.zig"));
    // Of what has changed, what was recorded.
    assert_eq!(files[1].digest, hash_contents(b"b.zig"));
    assert_eq!(files[1].stat.size, 5);
    assert!(miss.take_previous().is_none(), "only once");
}

#[test]
fn only_if_it_is_wanted_and_there() {
    let project = project();
    project.write_old("b.zig", "another");
    let mut manifest = project.obtain();
    assert!(miss(manifest.hit().unwrap()).take_previous().is_none());
    std::fs::write(project.manifest(), "0\nbroken\n").unwrap();
    manifest = project.obtain();
    manifest.keep_previous = true;
    manifest.invalid_is_miss = true;
    assert!(miss(manifest.hit().unwrap()).take_previous().is_none());
}

#[test]
fn the_same_files_again() {
    let project = project();
    project.write_old("b.zig", "another");
    let mut miss = ask(&project);
    let files = miss.take_previous().unwrap().files;
    let now = Stat::of(&Metadata::at(&project.path("b.zig")).unwrap());
    let digest = hash_contents(b"another");
    miss.add_previous(files, &[(1, digest, now)]);
    // They are found among those that were added.
    miss.add_file_post("lib/c.zig".as_ref()).unwrap();
    assert_eq!(miss.files().len(), FILES.len());
    miss.write_manifest().unwrap();
    let id = miss.final_digest();
    drop(miss);
    let hit = hit(project.ask());
    assert_eq!(hit.final_digest(), id);
    assert_eq!((hit.files()[1].digest, hit.files()[1].stat), (digest, now));
}

#[test]
fn all_of_a_hit_that_is_of_no_use() {
    let project = project();
    let mut miss = hit(project.ask()).unhit().unwrap();
    assert!(miss.files().is_empty());
    let Previous { files, same } = miss.take_previous().unwrap();
    assert_eq!((files.len(), same), (4, vec![true; 4]));
}
