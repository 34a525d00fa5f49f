//! `zirc cache stats` over made-up cache directories.

use std::fs;
use std::path::Path;

use cache_store::file::{Metadata, disk_usage};
use serde_json::Value;

use crate::common::Project;

/// The manifest of a step that reads nothing, its key, and the name of its output, as Zig 0.14.1 wrote them.
const EMPTY: (&str, &str) = (
    "b86602fc433b020561f1ee6f9b4443f4",
    "a48448db500f228fee0c55877f8819dd",
);

/// Another output.
const ORPHAN: &str = "00000000000000000000000000000001";

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A cache of Zig's with a manifest, its output, one without a manifest, and what else there may be.
fn cache(dir: &Path) {
    let (key, output) = EMPTY;
    write(&dir.join(format!("h/{key}.txt")), b"0\n");
    write(&dir.join("h/timestamp"), b"\n");
    write(&dir.join(format!("o/{output}/gen.zig")), b"x");
    write(&dir.join(format!("o/{ORPHAN}/a/b")), &[0; 100_000]);
    write(&dir.join("z/00000000000000000000000000000002"), &[0; 48]);
    write(&dir.join("tmp/0123456789abcdef/x"), b"x");
}

fn stats(project: &Project, args: &[&str]) -> Value {
    let all = [&["cache", "stats", "--format", "json"], args].concat();
    let ran = project.run(&all);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    ran.json()["directories"].clone()
}

fn number(dir: &Value, list: &str, name: &str) -> u64 {
    let found = dir[list].as_array().unwrap();
    let found = found.iter().find(|share| share["name"] == name);
    found.map_or(0, |share| share["number"].as_u64().unwrap())
}

#[test]
fn what_is_counted() {
    let project = Project::new(&[]);
    cache(&project.path("c"));
    let dirs = stats(&project, &["c"]);
    let dir = &dirs[0];
    assert_eq!(dirs.as_array().unwrap().len(), 1);
    for (kind, things) in [("z", 1), ("h", 2), ("o", 2), ("tmp", 1), ("p", 0)] {
        assert_eq!(number(dir, "kinds", kind), things, "{kind}");
    }
    assert_eq!(
        (&dir["own"], &dir["files"]),
        (&Value::from(false), &Value::from(6))
    );
    assert_eq!(dir["orphans"]["number"], 1);
    assert!(dir["orphans"]["bytes"].as_u64().unwrap() >= 100_000);
    // The manifest and its output.
    assert_eq!(number(dir, "releases", "0.14 to 0.16"), 2);
    assert_eq!(dir["largest"][0]["path"], format!("o/{ORPHAN}"));
    let ran = project.run(&["cache", "stats", "c"]);
    assert_eq!(ran.status, Some(0));
    assert!(
        ran.out().contains("no manifest refers to 1 outputs"),
        "{}",
        ran.text()
    );
}

/// As `du` counts: files with two names once, and directories too.
#[test]
#[cfg_attr(windows, ignore = "wants programs of Unix")]
fn sizes_are_those_of_du() {
    let project = Project::new(&[]);
    let dir = project.path("c");
    cache(&dir);
    fs::hard_link(
        dir.join(format!("o/{ORPHAN}/a/b")),
        dir.join("tmp/0123456789abcdef/same"),
    )
    .unwrap();
    let du = std::process::Command::new("du")
        .args(["-s", "-B1"])
        .args(["h", "o", "z", "tmp"].map(|kind| dir.join(kind)))
        .output()
        .unwrap();
    let du = String::from_utf8(du.stdout).unwrap();
    let sizes = du.lines().map(|line| line.split('\t').next().unwrap());
    let du: u64 = sizes.map(|size| size.parse::<u64>().unwrap()).sum();
    // The four folders themselves are none of what is in them.
    let folders = ["h", "o", "z", "tmp"];
    let folders = folders.map(|kind| disk_usage(&Metadata::at(&dir.join(kind)).unwrap()));
    let found = stats(&project, &["c"])[0]["bytes"].as_u64().unwrap();
    assert_eq!(found, du - folders.iter().sum::<u64>());
}

#[test]
fn what_is_found_without_a_name() {
    let project = Project::new(&[("main.zig", "test {}\n"), ("build.zig", "")]);
    let none = project.run(&["cache", "stats"]);
    assert_eq!(none.status, Some(2));
    assert!(
        none.err().contains("there is no cache directory"),
        "{}",
        none.text()
    );
    project.check_json(0, &["main.zig"]);
    cache(&project.path(".zig-cache"));
    let dirs = stats(&project, &[]);
    let paths = dirs.as_array().unwrap().iter();
    let paths: Vec<&str> = paths.map(|dir| dir["path"].as_str().unwrap()).collect();
    // Local and global ones of zirc's, then those of Zig's; of the last, there is no global one.
    let ends = ["p/.zirc-cache", "home/.cache/zirc", "p/.zig-cache"];
    let as_expected = paths
        .iter()
        .zip(ends)
        .all(|(path, end)| path.ends_with(end));
    assert!(as_expected && paths.len() == ends.len(), "{paths:?}");
    // What zirc wrote tells its release, and every record has its manifest.
    assert_eq!(dirs[0]["own"], true);
    assert!(number(&dirs[0], "releases", "0.14.1") > 0, "{}", dirs[0]);
    assert_eq!(dirs[0]["orphans"]["number"], 0);
    // Zirc's own within Zig's is looked at as one of its own.
    let from = project.path(".zirc-cache");
    fs::rename(from, project.path(".zig-cache/zirc")).unwrap();
    let dirs = stats(&project, &[".zig-cache"]);
    assert_eq!(
        (&dirs[0]["own"], &dirs[1]["own"]),
        (&false.into(), &true.into())
    );
}

#[test]
fn what_is_no_cache_is_refused() {
    let project = Project::new(&[]);
    fs::create_dir_all(project.path("home/tmp/0123456789abcdef")).unwrap();
    for args in [
        &["cache", "stats", "home"][..],
        &["cache", "stats", "--cache-dir", "home"],
        &["cache", "stats", "nowhere"],
    ] {
        let ran = project.run(args);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
    }
}

/// Links are not followed, FIFOs not waited for, and names need not be text.
#[test]
#[cfg_attr(
    windows,
    ignore = "wants FIFOs, symbolic links, names that are no text"
)]
fn odd_files() {
    let project = Project::new(&[("big", &"x".repeat(1 << 20))]);
    let dir = project.path("c");
    cache(&dir);
    let before = stats(&project, &["c"])[0]["bytes"].as_u64().unwrap();
    let name = fixtures::system::name(b"\xff\xfe");
    fs::create_dir(dir.join("o").join(name)).unwrap();
    for link in [
        "o/00000000000000000000000000000003",
        "z/00000000000000000000000000000004",
    ] {
        project.symlink(&format!("c/{link}"), "/");
    }
    project.symlink(
        "c/h/00000000000000000000000000000005.txt",
        project.path("big").to_str().unwrap(),
    );
    project.symlink("c/b", "/");
    project.fifo("c/z/00000000000000000000000000000006");
    project.fifo("c/h/00000000000000000000000000000007.txt");
    fs::create_dir(dir.join("h/00000000000000000000000000000008")).unwrap();
    let after = &stats(&project, &["c"])[0];
    assert!(
        after["bytes"].as_u64().unwrap() < before + (1 << 16),
        "{after}"
    );
    assert_eq!(number(after, "not_recognised", "b"), 1);
    // A link, a FIFO and a directory in `h`, a link and a FIFO in `z`.
    assert_eq!(after["problem_count"], 5, "{}", after["problems"]);
    assert_eq!(after["orphans"], Value::Null);
}

/// Entries as the reference writes them say nothing of their release, their names do.
#[test]
fn the_release_of_entries_by_their_names() {
    for release in ["0.14.1", "0.15.2", "0.16.0", "0.17.1"] {
        let project = Project::new(&[
            ("build.zig", ""),
            ("src/main.zig", "pub fn main() void {}\n"),
        ]);
        let version = ["--zig-version", release];
        let check = [&version[..], &["--share-zig-cache", "src/main.zig"]].concat();
        assert_eq!(project.check(&check).status, Some(0));
        let emit = [
            "emit",
            "--zig-version",
            release,
            "--out-dir",
            "out",
            "src/main.zig",
        ];
        assert_eq!(project.run(&emit).status, Some(0));
        let entries = fs::read_dir(project.path(".zig-cache/z")).unwrap();
        for entry in entries {
            fs::copy(project.path("out/0.bin"), entry.unwrap().path()).unwrap();
        }
        let stranger = project.path(".zig-cache/z").join("0".repeat(32));
        fs::copy(project.path("out/0.bin"), stranger).unwrap();
        let dir = &stats(&project, &[".zig-cache"])[0];
        assert_eq!(number(dir, "releases", release), 1, "{release}: {dir}");
        assert_eq!(
            number(dir, "releases", "not to be told"),
            1,
            "{release}: {dir}"
        );
    }
}
