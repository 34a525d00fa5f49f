//! `zirc cache verify` over made-up cache directories.

use std::fs;
use std::path::Path;
use std::time::Duration;

use cache_store::file::{Metadata, Mode, try_lock};
use manifest::Format;
use serde_json::Value;

use crate::common::{Project, Ran};
use crate::made_cache::{LIB, LOCAL, age, compilation, contents, manifest, rest, write};

const CACHE: &str = ".zig-cache";

fn project() -> Project {
    Project::new(&[
        ("build.zig", ""),
        ("main.zig", "const x = 1;\n"),
        ("sub/a.zig", "const a = 1;\n"),
    ])
}

fn verify(project: &Project, args: &[&str]) -> Ran {
    if args.contains(&"--repair") {
        rest(&project.path(CACHE));
    }
    project.run(&[&["cache", "verify"], args, &[CACHE]].concat())
}

/// The status, and what was found: kinds and how many.
fn found(project: &Project, args: &[&str]) -> (Option<i32>, Vec<(String, u64)>) {
    let ran = verify(project, &[&["--format", "json"], args].concat());
    if ran.stdout.is_empty() {
        return (ran.status, Vec::new());
    }
    let report = ran.json();
    let groups = report["directories"][0]["found"].as_array().unwrap();
    let groups = groups.iter().map(|group: &Value| {
        let trouble = group["trouble"].as_str().unwrap().to_owned();
        (trouble, group["number"].as_u64().unwrap())
    });
    (ran.status, groups.collect())
}

fn list(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = |(name, number): &(&str, u64)| ((*name).to_owned(), *number);
    expected.iter().map(owned).collect()
}

#[test]
fn an_output_that_is_gone_is_found_and_mended() {
    for format in Format::ALL {
        let project = project();
        let gone = compilation(&project, CACHE, format, 1, "main.zig", 10);
        let good = compilation(&project, CACHE, format, 2, "sub/a.zig", 10);
        assert_eq!(found(&project, &[]), (Some(0), vec![]));
        fs::remove_dir_all(&gone.output).unwrap();
        let before = contents(&project.path(CACHE));
        assert_eq!(
            found(&project, &[]),
            (Some(1), list(&[("output-missing", 1)]))
        );
        assert_eq!(contents(&project.path(CACHE)), before);
        let text = verify(&project, &[]).out();
        assert!(text.contains(&gone.digest), "{text}");
        // Only that is mended.
        let kept = fs::read(&good.manifest).unwrap();
        assert_eq!(found(&project, &["--repair"]).0, Some(0));
        assert_eq!(fs::read(&gone.manifest).unwrap(), b"");
        assert_eq!(fs::read(&good.manifest).unwrap(), kept);
        assert_eq!(found(&project, &[]), (Some(0), vec![]));
    }
}

#[test]
fn all_outputs_gone() {
    let project = project();
    compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    compilation(&project, CACHE, Format::Records, 2, "main.zig", 10);
    fs::remove_dir_all(project.path(CACHE).join("o")).unwrap();
    assert_eq!(
        found(&project, &[]),
        (Some(1), list(&[("output-missing", 2)]))
    );
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
}

#[test]
fn a_file_in_the_place_of_an_output() {
    for format in Format::ALL {
        let project = project();
        let gone = compilation(&project, CACHE, format, 1, "main.zig", 10);
        let good = compilation(&project, CACHE, format, 2, "sub/a.zig", 10);
        for others in [true, false] {
            if !others {
                fs::remove_dir_all(&good.output).unwrap();
                write(&good.manifest, b"");
                compilation(&project, CACHE, format, 1, "main.zig", 10);
            }
            fs::remove_dir_all(&gone.output).unwrap();
            write(&gone.output, b"left here");
            let expected = list(&[("output-no-directory", 1)]);
            assert_eq!(found(&project, &[]), (Some(1), expected));
            // It would be in the way of whoever makes the output anew.
            assert_eq!(found(&project, &["--repair"]).0, Some(0));
            assert!(gone.output.symlink_metadata().is_err());
            assert_eq!(fs::read(&gone.manifest).unwrap(), b"");
            assert_eq!(found(&project, &[]), (Some(0), vec![]));
        }
    }
}

/// As of one whose binary was removed to gain room.
#[test]
fn an_output_that_was_altered() {
    let project = project();
    let made = [1, 2, 3].map(|key| {
        let made = compilation(&project, CACHE, Format::Lines, key, "main.zig", 10);
        made.put("app.o", b"x");
        made
    });
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    std::thread::sleep(Duration::from_millis(20));
    fs::remove_file(made[0].output.join("app")).unwrap();
    let one = list(&[("output-altered", 1)]);
    assert_eq!(found(&project, &[]), (Some(0), one));
    assert_eq!(found(&project, &["--repair", "--doubtful"]).0, Some(0));
    assert_eq!(fs::read(&made[0].manifest).unwrap(), b"");
    assert!(!fs::read(&made[1].manifest).unwrap().is_empty());
    // Of most of them, that is what a copy looks like.
    fs::remove_file(made[1].output.join("app")).unwrap();
    fs::remove_file(made[2].output.join("app")).unwrap();
    assert_eq!(found(&project, &[]).1, list(&[("orphan", 1)]));
}

/// To 0.16, whoever makes one looks whether there is one of its name.
#[test]
fn options_that_are_not_what_they_were() {
    let project = project();
    let options = format!("c/{}/options.zig", "1".repeat(32));
    let at = project.path(CACHE).join(&options);
    let build = || {
        write(&at, b"pub const n = 3;\n");
        let inputs = [(0, "main.zig"), (LOCAL, &*options), (LIB, "std/std.zig")];
        let made = manifest(&project, CACHE, Format::Lines, 1, &inputs);
        made.put("app", b"x");
        made
    };
    let made = build();
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    for is_dir in [false, true] {
        fs::remove_file(&at).unwrap();
        match is_dir {
            false => write(&at, b""),
            true => fs::create_dir(&at).unwrap(),
        }
        let (status, found_now) = found(&project, &[]);
        assert_eq!(status, Some(1));
        let damaged = ("options-damaged".to_owned(), 1);
        assert!(found_now.contains(&damaged), "{found_now:?}");
        assert_eq!(found(&project, &["--repair"]).0, Some(0));
        assert!(!at.exists());
        let is_emptied = fs::read(&made.manifest).unwrap().is_empty();
        assert_eq!(is_emptied, is_dir);
        assert_eq!(found(&project, &[]).0, Some(0));
        build();
    }
}

/// 0.17 has what it configured in `c/`.
#[test]
fn a_configuration_is_an_output() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Records, 1, "main.zig", 10);
    let configuration = project.path(CACHE).join("c").join(&made.digest);
    fs::create_dir_all(configuration.parent().unwrap()).unwrap();
    fs::rename(&made.output, &configuration).unwrap();
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    fs::remove_dir_all(project.path(CACHE).join("c")).unwrap();
    assert_eq!(found(&project, &[]).0, Some(1));
}

/// A step that keeps nothing has a manifest without an output.
#[test]
fn steps_that_keep_nothing() {
    let project = project();
    let step = manifest(&project, CACHE, Format::Lines, 1, &[(1, "main.zig")]);
    assert_eq!(
        found(&project, &[]),
        (Some(0), list(&[("output-unknown", 1)]))
    );
    let before = contents(&project.path(CACHE));
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(contents(&project.path(CACHE)), before);
    assert_eq!(found(&project, &["--doubtful"]).0, Some(2));
    let good = fs::read(&step.manifest).unwrap();
    assert_eq!(found(&project, &["--repair", "--doubtful"]).0, Some(0));
    assert_eq!(fs::read(&step.manifest).unwrap(), b"");
    fs::write(&step.manifest, good).unwrap();
    // Of tests it is known that they keep nothing.
    let inputs = [
        (LIB, "compiler/test_runner.zig"),
        (0, "main.zig"),
        (LIB, "std/std.zig"),
    ];
    let test = manifest(&project, CACHE, Format::Lines, 2, &inputs);
    test.put("test", b"test");
    let run = format!("{CACHE}/o/{}/test", test.digest);
    manifest(&project, CACHE, Format::Lines, 3, &[(1, &run)]);
    assert_eq!(
        found(&project, &[]),
        (Some(0), list(&[("output-unknown", 1)]))
    );
    // Somebody has taken away outputs: who knows whether that was one.
    let gone = compilation(&project, CACHE, Format::Lines, 4, "main.zig", 1);
    fs::remove_dir_all(&gone.output).unwrap();
    let both = list(&[("output-missing", 1), ("output-unknown", 1)]);
    assert_eq!(found(&project, &["--repair"]), (Some(0), both));
    assert_eq!(fs::read(&step.manifest).unwrap(), b"");
}

/// An output that nothing but the installation uses: nothing in the cache tells that it was there, but that
/// something was taken out of `o/` since the last thing came.
#[test]
#[cfg_attr(windows, ignore = "wants the time of the last change")]
fn an_output_that_was_taken_away() {
    let tick = || std::thread::sleep(Duration::from_millis(60));
    let project = project();
    let document = manifest(&project, CACHE, Format::Lines, 1, &[(1, "main.zig")]);
    document.put("doc.txt", b"a text\n");
    let nothing = manifest(&project, CACHE, Format::Lines, 2, &[(1, "sub/a.zig")]);
    compilation(&project, CACHE, Format::Lines, 3, "main.zig", 10);
    let old = project.path(CACHE).join(format!("o/{}", "1".repeat(32)));
    write(&old.join("x"), b"x");
    let unknown = list(&[("output-unknown", 1), ("orphan", 1)]);
    assert_eq!(found(&project, &[]), (Some(0), unknown));
    tick();
    // To keep house leaves no such trace.
    age(&old, Duration::from_secs(3600));
    rest(&project.path(CACHE));
    let ran = project.run(&["cache", "gc", "--yes", CACHE]);
    assert_eq!((ran.status, old.exists()), (Some(0), false));
    let unknown = list(&[("output-unknown", 1)]);
    assert_eq!(found(&project, &[]), (Some(0), unknown));
    tick();
    fs::remove_dir_all(&document.output).unwrap();
    let taken = list(&[("output-taken", 2)]);
    assert_eq!(found(&project, &[]), (Some(1), taken));
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    for made in [&document, &nothing] {
        assert_eq!(fs::read(&made.manifest).unwrap(), b"");
    }
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
}

/// What another manifest has among its inputs was there.
#[test]
fn an_output_that_is_an_input() {
    let project = project();
    let step = manifest(&project, CACHE, Format::Lines, 1, &[(1, "main.zig")]);
    step.put("gen.zig", b"const g = 1;\n");
    let made = format!("o/{}/gen.zig", step.digest);
    let inputs = [(0, "main.zig"), (LOCAL, &made), (LIB, "std/std.zig")];
    let user = manifest(&project, CACHE, Format::Lines, 2, &inputs);
    user.put("app", b"app");
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    // The one that makes it is believed. Were it not, the one that needs it would find it as it was.
    fs::remove_file(step.output.join("gen.zig")).unwrap();
    let lacks = list(&[("output-lacks-file", 1)]);
    assert_eq!(found(&project, &[]), (Some(1), lacks));
    fs::remove_dir_all(&step.output).unwrap();
    let missing = list(&[("output-missing", 1)]);
    assert_eq!(found(&project, &[]), (Some(1), missing));
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert!(fs::read(&user.manifest).unwrap().len() > 2);
    // So that one is to be mended with it.
    fs::remove_dir_all(project.path(CACHE).join("o")).unwrap();
    assert_eq!(found(&project, &[]).0, Some(1));
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(fs::read(&user.manifest).unwrap(), b"");
}

/// An empty output: compilations that write no binary have one, made before the manifest.
#[test]
fn an_empty_output() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    fs::remove_file(made.output.join("app")).unwrap();
    age(&made.manifest, Duration::from_secs(60));
    assert_eq!(
        found(&project, &[]),
        (Some(0), list(&[("output-empty", 1)]))
    );
    age(&made.output, Duration::from_secs(120));
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
}

#[test]
fn inputs_that_are_others() {
    for format in Format::ALL {
        let project = project();
        let made = compilation(&project, CACHE, format, 1, "main.zig", 10);
        fs::remove_dir_all(&made.output).unwrap();
        assert_eq!(found(&project, &[]).0, Some(1));
        // Then nobody comes to open the output.
        project.write("main.zig", b"const x = 2;\n");
        assert_eq!(
            found(&project, &[]),
            (Some(0), list(&[("input-changed", 1)]))
        );
        fs::remove_file(project.path("main.zig")).unwrap();
        assert_eq!(
            found(&project, &[]),
            (Some(0), list(&[("input-missing", 1)]))
        );
        // The stat is another and the content the same.
        project.write("main.zig", b"const x = 1;\n");
        assert_eq!(found(&project, &[]).0, Some(1));
    }
}

/// What the reference cannot read is an error to it, and not a miss.
#[test]
fn inputs_that_are_something_else() {
    let project = project();
    compilation(&project, CACHE, Format::Lines, 1, "sub/a.zig", 10);
    fs::remove_dir_all(project.path("sub")).unwrap();
    assert_eq!(
        found(&project, &[]),
        (Some(0), list(&[("input-missing", 1)]))
    );
    project.write("sub", b"");
    // Windows does not tell that what should be a directory is a file.
    let below_a_file = match cfg!(windows) {
        true => (Some(0), list(&[("input-missing", 1)])),
        false => (Some(1), list(&[("input-no-file", 1)])),
    };
    assert_eq!(found(&project, &[]), below_a_file);
    fs::remove_file(project.path("sub")).unwrap();
    fs::create_dir_all(project.path("sub/a.zig")).unwrap();
    assert_eq!(
        found(&project, &[]),
        (Some(1), list(&[("input-no-file", 1)]))
    );
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(
        found(&project, &[]),
        (Some(0), vec![("orphan".to_owned(), 1)])
    );
}

#[test]
fn damaged_manifests() {
    for (format, cut) in [
        (Format::Lines, "manifest-damaged"),
        (Format::Records, "manifest-other"),
    ] {
        let project = project();
        let made = compilation(&project, CACHE, format, 1, "main.zig", 10);
        let good = fs::read(&made.manifest).unwrap();
        let status = if format == Format::Lines { 1 } else { 0 };
        // Its output belongs to nobody then.
        let with_orphan = |trouble: &str| list(&[(trouble, 1), ("orphan", 1)]);
        fs::write(&made.manifest, &good[..good.len() - 15]).unwrap();
        assert_eq!(found(&project, &[]), (Some(status), with_orphan(cut)));
        fs::write(&made.manifest, [b"9", &good[..]].concat()).unwrap();
        assert_eq!(
            found(&project, &[]),
            (Some(0), with_orphan("manifest-other"))
        );
        // Nothing is asked of an empty one.
        fs::write(&made.manifest, b"").unwrap();
        assert_eq!(found(&project, &[]), (Some(0), list(&[("orphan", 1)])));
        // A digest that is another names another output.
        let mut flipped = good.clone();
        let place = match format {
            // The first digit of the digest, before which three numbers stand.
            Format::Lines => {
                good.iter()
                    .enumerate()
                    .filter(|(_, b)| **b == b' ')
                    .nth(2)
                    .unwrap()
                    .0
                    + 1
            }
            Format::Records => 30,
        };
        flipped[place] ^= 1;
        fs::write(&made.manifest, &flipped).unwrap();
        let (_, groups) = found(&project, &[]);
        assert!(!groups.is_empty(), "{format:?}");
        // Of the file that comes first nothing is left: it is a miss before the rest is read.
        if format == Format::Lines {
            fs::write(&made.manifest, &good[..good.len() - 15]).unwrap();
            fs::remove_file(project.path("main.zig")).unwrap();
            let gone = list(&[("manifest-other", 1), ("input-missing", 1), ("orphan", 1)]);
            assert_eq!(found(&project, &[]), (Some(0), gone));
            project.write("main.zig", b"const x = 1;\n");
            assert_eq!(found(&project, &["--repair"]).0, Some(0));
            assert_eq!(fs::read(&made.manifest).unwrap(), b"");
        }
    }
}

/// A path that is wrong by one byte: the reference finds another input than it asks for.
#[test]
fn damaged_paths() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "sub/a.zig", 10);
    let good = fs::read_to_string(&made.manifest).unwrap();
    fs::write(&made.manifest, good.replace("sub/a.zig", "sub/q.zig")).unwrap();
    assert_eq!(
        found(&project, &[]),
        (Some(1), list(&[("manifest-damaged", 1)]))
    );
    fs::write(&made.manifest, good.replace("sub/a.zig", "sud/a.zig")).unwrap();
    assert_eq!(found(&project, &[]).0, Some(1));
    // One of the lib directory, where that is known; and a file of it as if it were the project's.
    let runtime = project.lib().join("ubsan_rt.zig");
    fs::write(&runtime, "").unwrap();
    let stat = manifest::Stat::of(&Metadata::at(&runtime).unwrap());
    let recorded = format!("{} {} {}", stat.size, stat.inode, stat.mtime_ns);
    let lib = ["--zig-lib-dir", project.lib().to_str().unwrap()].map(str::to_owned);
    let lib: Vec<&str> = lib.iter().map(String::as_str).collect();
    let digits = "07".repeat(16);
    let std = good.find("1 1 1 ").unwrap();
    let with = |line: &str| {
        let (before, from_std) = good.split_at(std);
        format!("{before}{recorded} {digits} {line}\n{from_std}")
    };
    // The output of the right text.
    fs::rename(&made.output, made.output.with_file_name("f".repeat(32))).unwrap();
    for line in ["1 ubsan_rs.zig", "0 ubsan_rt.zig"] {
        fs::write(&made.manifest, with(line)).unwrap();
        let (status, groups) = found(&project, &lib);
        let damaged = ("manifest-damaged".to_owned(), 1);
        assert_eq!((status, &groups[0]), (Some(1), &damaged), "{line}");
        assert_ne!(found(&project, &[]).1.first(), Some(&damaged));
    }
    // What the compiler has found out may be gone.
    let text = format!("{good}{recorded} {digits} 1 ubsan_rs.zig\n");
    fs::write(&made.manifest, text).unwrap();
    let (status, groups) = found(&project, &lib);
    assert_eq!((status, groups[0].0.as_str()), (Some(0), "input-missing"));
    fs::rename(made.output.with_file_name("f".repeat(32)), &made.output).unwrap();
    // Like a file that was removed. Where nothing else is damaged, that it is.
    fs::write(&made.manifest, good.replace("sub/a.zig", "sub/q.zag")).unwrap();
    let before = contents(&project.path(CACHE));
    assert_eq!(
        found(&project, &["--repair"]),
        (Some(0), list(&[("input-missing", 1)]))
    );
    assert_eq!(contents(&project.path(CACHE)), before);
    let gone = compilation(&project, CACHE, Format::Lines, 2, "main.zig", 10);
    fs::remove_dir_all(&gone.output).unwrap();
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(fs::read(&made.manifest).unwrap(), b"");
}

/// One bit of a text, where it turns something into what the reference takes for an error, or for a miss.
#[test]
fn one_bit() {
    let project = project();
    project.write("src/Json.zig", b"const j = 1;\n");
    let inputs = [
        (0, "main.zig"),
        (0, "src/Json.zig"),
        (LIB, "std/std.zig"),
        (LIB, "std/Build.zig"),
        (0, "sub/a.zig"),
    ];
    let program = manifest(&project, CACHE, Format::Lines, 1, &inputs);
    program.put("app", b"app");
    let step = manifest(&project, CACHE, Format::Lines, 2, &[(1, "main.zig")]);
    step.put("doc.txt", b"a text\n");
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    let run = format!("{CACHE}/o/{}/doc.txt", step.digest);
    let made = manifest(&project, CACHE, Format::Lines, 3, &[(1, &run)]);
    made.put("stdout", b"");
    let step_digest = Format::Lines.hash_contents(b"const x = 1;\n").to_string();
    let damaged = (Some(1), Some("manifest-damaged".to_owned()));
    let gone = (Some(0), Some("input-missing".to_owned()));
    // What stands in the text, the byte of it, and the bit.
    let cases = [
        // A newline: the next line becomes a part of the path. And the last, of a file that was found out.
        (&program, "0 main.zig\n", 10, 0, &damaged),
        (&program, "0 sub/a.zig\n", 11, 0, &gone),
        (&program, "1 std/Build.zig\n", 15, 4, &gone),
        // A path that goes on in the next line.
        (&program, "src/Json.zig", 4, 6, &damaged),
        (&program, "src/Json.zig", 3, 6, &damaged),
        // Another directory: none, and one that is the same.
        (&program, "0 main.zig", 0, 1, &damaged),
        (&step, "1 main.zig", 0, 1, &damaged),
        (&made, "1 .zig-cache/o/", 0, 0, &damaged),
        // A letter. What the compiler has found out may be gone.
        (&program, "main.zig", 0, 0, &damaged),
        (&program, "sub/a.zig", 4, 1, &gone),
        // A digest: another output.
        (&step, &step_digest, 9, 0, &damaged),
    ];
    for (made, text, byte, bit, expected) in cases {
        let good = fs::read(&made.manifest).unwrap();
        let at = String::from_utf8_lossy(&good).find(text).unwrap();
        let mut flipped = good.clone();
        flipped[at + byte] ^= 1 << bit;
        fs::write(&made.manifest, &flipped).unwrap();
        let (status, groups) = found(&project, &[]);
        let first = groups.first().map(|(trouble, _)| trouble.clone());
        assert_eq!((status, first), *expected, "{text:?}, byte {byte}");
        fs::write(&made.manifest, good).unwrap();
    }
}

#[test]
fn what_is_in_use_is_left() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    fs::remove_dir_all(&made.output).unwrap();
    let before = fs::read(&made.manifest).unwrap();
    let file = fs::File::open(&made.manifest).unwrap();
    assert!(try_lock(&file, Mode::Shared).unwrap());
    let ran = verify(&project, &["--repair"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    assert!(ran.out().contains("a build is at it"), "{}", ran.text());
    assert_eq!(fs::read(&made.manifest).unwrap(), before);
    drop(file);
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
}

#[test]
fn what_takes_room() {
    let project = project();
    compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    let dir = project.path(CACHE);
    write(&dir.join("o/00000000000000000000000000000001/x"), b"x");
    write(&dir.join("tmp/0123456789abcdef/x"), b"x");
    write(&dir.join("tmp/0123456789abcdee/x"), b"x");
    age(
        &dir.join("tmp/0123456789abcdef"),
        Duration::from_secs(2 * 3600),
    );
    write(&dir.join("z/00000000000000000000000000000002"), b"");
    write(&dir.join("z/00000000000000000000000000000003"), &[1; 50]);
    write(&dir.join("p/my-sources/x"), b"x");
    let expected = [
        ("entry-empty", 1),
        ("entry-cut", 1),
        ("orphan", 1),
        ("old-temporary", 1),
        ("package-name", 1),
    ];
    assert_eq!(found(&project, &[]), (Some(0), list(&expected)));
    // A name that is no manifest's may be one of a release to come.
    write(&dir.join("h/00000000000000000000000000000001.json"), b"x");
    let text = verify(&project, &[]).out();
    assert!(text.contains("cannot be told"), "{text}");
    assert!(!text.contains("belongs to no manifest"), "{text}");
}

#[test]
#[cfg_attr(
    windows,
    ignore = "wants FIFOs, symbolic links, names that are no text"
)]
fn odd_files() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    let dir = project.path(CACHE);
    let digits = "0000000000000000000000000000000";
    // These end every build that asks for them.
    fs::create_dir(dir.join(format!("h/{digits}1.txt"))).unwrap();
    project.fifo(&format!("{CACHE}/h/{digits}2"));
    assert_eq!(found(&project, &[]).1, list(&[("manifest-no-file", 2)]));
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    fs::create_dir_all(dir.join(format!("z/{digits}1"))).unwrap();
    project.fifo(&format!("{CACHE}/z/{digits}2"));
    assert_eq!(
        found(&project, &[]),
        (Some(1), list(&[("entry-no-file", 2)]))
    );
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    assert_eq!(dir.join("z").read_dir().unwrap().count(), 0);
    // A directory with something in it is left, and told.
    write(&dir.join(format!("h/{digits}1.txt/thesis")), b"x");
    assert_eq!(found(&project, &["--repair"]).0, Some(1));
    fs::remove_dir_all(dir.join(format!("h/{digits}1.txt"))).unwrap();
    // So does a link that leads nowhere.
    for place in ["h", "z"] {
        project.symlink(&format!("{CACHE}/{place}/{digits}6"), "/nowhere/at/all");
    }
    let both = list(&[("manifest-no-file", 1), ("entry-no-file", 1)]);
    assert_eq!(found(&project, &[]), (Some(1), both));
    assert_eq!(found(&project, &["--repair"]).0, Some(0));
    assert_eq!(found(&project, &[]), (Some(0), vec![]));
    // Links lead to what is none of our business; names need not be text.
    project.symlink(&format!("{CACHE}/h/{digits}3.txt"), "/etc/passwd");
    project.symlink(&format!("{CACHE}/o/{digits}4"), "/");
    project.fifo(&format!("{CACHE}/z/{digits}5x"));
    fs::write(dir.join("z").join(fixtures::system::name(b"\xff")), b"").unwrap();
    fs::create_dir(dir.join("o").join(fixtures::system::name(b"\xfe"))).unwrap();
    let ran = verify(&project, &["--repair", "--format", "json"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert_eq!(ran.json()["directories"][0]["problem_count"], 2);
    assert!(Path::new("/etc/passwd").metadata().unwrap().len() > 0);
    assert!(made.output.join("app").exists());
}

#[test]
fn what_is_no_cache_is_refused() {
    let project = Project::new(&[]);
    fs::create_dir_all(project.path("home/tmp/0123456789abcdef")).unwrap();
    for dir in ["home", "nowhere"] {
        let ran = project.run(&["cache", "verify", "--repair", dir]);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
    }
    assert!(project.path("home/tmp/0123456789abcdef").exists());
}

/// Nothing of zirc's own makes it fail.
#[test]
fn own_directories() {
    let project = Project::new(&[("main.zig", "test {}\n"), ("build.zig", "")]);
    project.check_json(0, &["main.zig"]);
    let own = |args: &[&str]| {
        let ran = project.run(&[&["cache", "verify", "--format", "json"], args].concat());
        (ran.status, ran.json()["directories"][0].clone())
    };
    let (status, report) = own(&[]);
    assert_eq!((status, &report["own"]), (Some(0), &Value::from(true)));
    assert_eq!(report["found"], Value::Array(vec![]), "{report}");
    fs::remove_dir_all(project.path(".zirc-cache/o")).unwrap();
    rest(&project.path(".zirc-cache"));
    let (status, report) = own(&["--repair"]);
    assert_eq!(status, Some(0));
    assert_eq!(report["found"][0]["trouble"], "record-missing", "{report}");
    assert_eq!(report["repaired"], Value::Array(vec![]));
    project.check_json(0, &["main.zig"]);
}

/// A directory that goes away meanwhile ends nothing early.
#[test]
fn deleted_while_it_is_read() {
    let project = project();
    for round in 0..5 {
        for key in 0..200 {
            compilation(&project, CACHE, Format::Lines, key, "main.zig", 10);
        }
        let dir = project.path(CACHE);
        std::thread::scope(|scope| {
            let verb = if round % 2 == 0 { "verify" } else { "gc" };
            let more: &[&str] = match verb {
                "gc" => &["--yes", "--max-size", "1kB"],
                _ => &["--repair"],
            };
            let project = &project;
            let ran =
                scope.spawn(move || project.run(&[&["cache", verb], more, &[CACHE]].concat()));
            std::thread::sleep(Duration::from_millis(3 * round));
            let _ = fs::remove_dir_all(&dir);
            let ran = ran.join().unwrap();
            assert!(
                ran.status.is_some_and(|status| status <= 2),
                "{}",
                ran.text()
            );
            assert!(!ran.err().contains("panicked"), "{}", ran.text());
        });
        let _ = fs::remove_dir_all(project.path(CACHE));
    }
}
