//! What explains a manifest: `zirc cache explain`, and `zirc check --explain`.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use cache_store::file::Metadata;

use crate::common::Project;
use crate::whole::{
    FILES, check_json, compared, explain, manifest_of, mtime, one_file_in, options, ran,
};

/// Every file's state by its name.
fn states(report: &serde_json::Value) -> Vec<(String, String)> {
    let files = report["files"].as_array().unwrap();
    let of = |file: &serde_json::Value| {
        let path = Path::new(file["path"].as_str().unwrap());
        let name = path.file_name().unwrap().to_str().unwrap();
        (name.to_owned(), file["state"].as_str().unwrap().to_owned())
    };
    files.iter().map(of).collect()
}

#[test]
fn explains_its_own_manifests() {
    let project = Project::new(&FILES);
    project.write("build.zig", b"");
    check_json(&project, 0, &["main.zig"]);
    let path = one_file_in(project.path(".zirc-cache/h"));
    let hex = path.file_stem().unwrap().to_str().unwrap();
    let ran = explain(&project, &[hex]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert!(
        ran.out().ends_with("7 files: 7 unchanged\n"),
        "{}",
        ran.text()
    );

    project.write("a.zig", b"pub fn f() void {}\n");
    project.set_mtime("main.zig", SystemTime::now() - Duration::from_secs(60));
    fs::remove_file(project.path("unreferenced.zig")).unwrap();
    fs::remove_file(project.path("data.zon")).unwrap();
    fs::create_dir(project.path("data.zon")).unwrap();
    let before = mtime(&project.path("sub/b.zig"));
    fs::write(project.path("sub/b.zig"), "pub fn h() void {}\n").unwrap();
    project.set_mtime("sub/b.zig", before);

    let ran = explain(&project, &["--format", "json", path.to_str().unwrap()]);
    assert_eq!(ran.status, Some(1));
    let report = ran.json();
    let expected = |b: &str| {
        [
            ("a.zig", "content changed"),
            ("data.zon", "not a regular file"),
            ("main.zig", "stat changed, content same"),
            ("b.zig", b),
            ("unreferenced.zig", "missing"),
            ("mem.zig", "unchanged"),
            ("std.zig", "unchanged"),
        ]
        .map(|(name, state)| (name.to_owned(), state.to_owned()))
    };
    let sorted = |mut states: Vec<(String, String)>| {
        states.sort();
        states
    };
    assert_eq!(
        sorted(states(&report)),
        sorted(expected("unchanged").to_vec())
    );
    let a = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .find(|file| file["state"] == "content changed")
        .unwrap();
    assert_eq!(a["expected"]["size"], FILES[1].1.len());
    assert_eq!(a["found"]["size"], 19);
    assert_ne!(a["expected"]["digest"], a["found"]["digest"]);
    // What no stat tells.
    let ran = explain(&project, &["--format", "json", "--contents", hex]);
    assert_eq!(
        sorted(states(&ran.json())),
        sorted(expected("content changed").to_vec())
    );
    let text = explain(&project, &[hex]).out();
    assert!(
        text.contains("a.zig: content changed\n  expected: size "),
        "{text}"
    );
}

#[test]
fn explains_manifests_of_the_reference() {
    let project = Project::new(&FILES);
    project.write("build.zig", b"pub fn build() void {}\n");
    // As a step of a build writes it: number 1 is the directory of `build.zig`. And as the compiler writes
    // it.
    let manifests = [
        ("1 sub/b.zig", "sub/b.zig"),
        ("1 std/mem.zig", "../lib/std/mem.zig"),
    ];
    for (number, (line, file)) in manifests.into_iter().enumerate() {
        let path = project.path(file);
        let stat = manifest::Stat::of(&Metadata::at(&path).unwrap());
        let digest = manifest::hash_contents(&fs::read(&path).unwrap());
        let text = format!(
            "0\n{} {} {} {digest} {line}\n",
            stat.size, stat.inode, stat.mtime_ns
        );
        let hex = format!("{number:032x}");
        project.write(&format!(".zig-cache/h/{hex}.txt"), text.as_bytes());
        let ran = explain(&project, &[&hex]);
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        fs::write(&path, "pub const other = 1;\n").unwrap();
        let ran = explain(&project, &[&hex]);
        assert_eq!(ran.status, Some(1), "{}", ran.text());
        assert!(ran.out().contains(": content changed\n"), "{}", ran.text());
        // From another directory, by its path.
        let mut command = project.command(&["cache", "explain", "--zig-lib-dir"]);
        command
            .arg(project.lib())
            .arg(project.path(&format!(".zig-cache/h/{hex}.txt")))
            .current_dir(project.home());
        let ran = project.finish(&mut command, None);
        assert!(ran.out().contains(": content changed\n"), "{}", ran.text());
    }
}

/// Records: a file of the lib directory, one of the build root, a directory, and a file whose time counts.
#[test]
fn explains_records_of_the_reference() {
    let project = Project::new(&FILES);
    project.write("build.zig", b"pub fn build() void {}\n");
    project.write("seen.txt", b"");
    let format = manifest::Format::Records;
    let inputs = [
        (1, "std/mem.zig", "../lib/std/mem.zig", false),
        (4, "sub/b.zig", "sub/b.zig", false),
        (4, "util", "util", false),
        (4, "seen.txt", "seen.txt", true),
    ];
    let entries = inputs.map(|(prefix, sub_path, at, metadata_only)| {
        let path = project.path(at);
        let is_dir = path.is_dir();
        manifest::Entry {
            path: manifest::PrefixedPath {
                prefix,
                sub_path: sub_path.into(),
            },
            kind: match is_dir {
                true => manifest::Kind::Directory,
                false => manifest::Kind::File,
            },
            metadata_only,
            stat: manifest::Stat::of(&Metadata::at(&path).unwrap()),
            digest: format.hash_contents(&match is_dir {
                true => manifest::list_directory(&path).unwrap(),
                false => fs::read(&path).unwrap(),
            }),
        }
    });
    let listing = manifest::Listing {
        format,
        entries: entries.to_vec(),
    };
    let hex = "0123456789abcdef0123456789abcdef";
    let name = format!(".zig-cache/h/{hex}");
    project.write(&name, &listing.to_bytes());
    for given in [hex, &name] {
        let ran = explain(&project, &["--contents", given]);
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        assert!(ran.out().ends_with("4 files: 4 unchanged\n"));
    }
    project.write("sub/b.zig", b"pub fn changed() void {}\n");
    project.write("util/new.zig", b"");
    project.write("seen.txt", b"longer");
    let ran = explain(&project, &["--format", "json", hex]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    let report = ran.json();
    let states: Vec<_> = states(&report)
        .into_iter()
        .map(|(_, state)| state)
        .collect();
    assert_eq!(
        states,
        [
            "unchanged",
            "content changed",
            "content changed",
            "stat changed, which is what counts"
        ]
    );
    assert_eq!(report["files"][2]["directory"], true);
    assert_eq!(report["files"][3]["metadata_only"], true);
    assert!(report["files"][1].get("directory").is_none());
    // Cut, it is said to be so.
    project.write(&name, &listing.to_bytes()[..50]);
    let ran = explain(&project, &[hex]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.text().contains("record 1: cut off"), "{}", ran.text());
}

#[test]
fn files_of_a_lib_directory_that_was_not_found_are_not_missing() {
    let project = Project::new(&FILES);
    compared(&options(&project, &["main.zig"]));
    let manifest = manifest_of(&project);
    let manifest = manifest.to_str().unwrap();
    let args = ["cache", "explain", manifest];
    let text = project.run(&args);
    assert_eq!(text.status, Some(2), "{}", text.text());
    let out = text.out();
    assert!(!out.contains("missing"), "{out}");
    assert!(
        out.contains(
            "2 files of Zig's lib directory: it was not found (no --zig-lib-dir, no ZIG_LIB_DIR,"
        ),
        "{out}"
    );
    assert!(
        out.ends_with("7 files: 5 unchanged, 2 not looked at\n"),
        "{out}"
    );
    let json = project
        .run(&[&args[..], &["--format", "json"]].concat())
        .json();
    assert_eq!(json["not_looked_at"]["files"], 2);
    assert_eq!(json["files"].as_array().unwrap().len(), 5);
    // What changed besides is still told.
    project.write("a.zig", b"pub fn f() void {}\n");
    assert_eq!(project.run(&args).status, Some(1));
    assert_eq!(explain(&project, &[manifest]).status, Some(1));
}

#[test]
fn what_is_no_manifest_is_not_explained() {
    let project = Project::new(&FILES);
    project.write("bad.txt", b"0\n1 2 3 nonsense 0 a.zig\n");
    let cases = [
        (
            "00112233445566778899aabbccddeeff",
            "error: no manifest '0011",
        ),
        ("nowhere.txt", "nowhere.txt: cannot read the manifest: "),
        ("main.zig", "line 1: not the first line of a manifest"),
        ("bad.txt", "line 2: the digest is not 32"),
    ];
    for (arg, message) in cases {
        let ran = explain(&project, &[arg]);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
        assert!(ran.err().contains(message), "{}", ran.text());
    }
}

#[test]
fn a_check_explains_every_file() {
    let project = Project::new(&FILES);
    let reasons = |args: &[&str]| {
        let mut all = vec!["--explain"];
        all.extend(args);
        all.push("main.zig");
        let report = project.run(&{
            let mut whole = vec!["check", "--format", "json", "--zig-lib-dir", "../lib"];
            whole.extend(all);
            whole
        });
        let report = report.json();
        let files = report["explain"]["files"].as_array().unwrap().clone();
        let find = |name: &str| {
            let file = files.iter().find(|file| file["path"] == name).unwrap();
            format!("{} {}", file["origin"], file["reason"]).replace('"', "")
        };
        let names = [
            "main.zig",
            "a.zig",
            "sub/b.zig",
            "unreferenced.zig",
            "data.zon",
        ];
        (names.map(find), report["explain"]["manifest"].clone())
    };
    let all = |text: &str| [text; 5].map(str::to_owned);
    let (files, manifest) = reasons(&[]);
    assert_eq!(files, all("generated no_entry"));
    assert_eq!(manifest, "there was none");
    assert_eq!(reasons(&[]).0, all("hit manifest"));
    assert_eq!(reasons(&["--no-manifest"]).0, all("hit stat"));
    assert_eq!(reasons(&["--no-cache"]).0, all("generated no_cache"));

    project.set_mtime("main.zig", SystemTime::now() - Duration::from_secs(60));
    project.write(
        "a.zig",
        b"const c = @import(\"sub/b.zig\");\npub fn f() void {\n    c.g();\n}\n",
    );
    fs::write(project.path("new"), "pub fn h() void {}\n").unwrap();
    fs::rename(project.path("new"), project.path("sub/b.zig")).unwrap();
    fs::remove_file(project.path("unreferenced.zig")).unwrap();
    project.write("data.zon", b".{ .a = 12 }\n");
    let (files, manifest) = reasons(&[]);
    assert_eq!(
        files,
        [
            "hit content",
            "generated mtime",
            "generated inode",
            "not_loaded not_loaded",
            "generated size"
        ]
    );
    // The first, in path order.
    let manifest = manifest.as_str().unwrap();
    assert!(
        manifest.ends_with("/p/a.zig: content changed"),
        "{manifest}"
    );
    let text = ran(&project, &["--explain", "main.zig"]).err();
    let unchanged = "\na.zig: hit: unchanged, says the manifest\n";
    assert!(text.contains(unchanged), "{text}");
    assert!(
        text.contains("\nunreferenced.zig: could not be loaded\n"),
        "{text}"
    );
    assert!(text.contains("\nmanifest: miss: "), "{text}");
}
