//! Manifests that come from anywhere: an error or a miss, never a wrong hit.

use std::fs;

use manifest::{Answer, Error, Listing, MissReason, ParseErrorKind};

use crate::common::{Project, age, miss};

/// A project whose third file has changed since the manifest was written, so that a hit is wrong.
fn stale() -> (Project, Vec<u8>) {
    let mut project = Project::new();
    let outputs = project.path("cache/o");
    fs::create_dir_all(&outputs).unwrap();
    project.cache.require_output_in(&outputs);
    for (minutes, name) in ["a.zig", "lib/b.zig", "c.zig"].into_iter().enumerate() {
        project.write(name, name);
        age(&project.path(name), minutes as u64 + 1);
    }
    let mut build = miss(project.ask());
    for name in ["a.zig", "lib/b.zig", "c.zig"] {
        build.add_file_post(name.as_ref()).unwrap();
    }
    fs::write(outputs.join(build.final_digest().to_string()), "").unwrap();
    build.write_manifest().unwrap();
    drop(build);
    assert!(project.is_hit());
    project.write_old("c.zig", "C.zig");
    let text = fs::read(project.manifest()).unwrap();
    (project, text)
}

/// Some file systems write a file that was emptied and filled again to the disk at once, which takes long.
fn put(project: &Project, text: &[u8]) {
    fs::remove_file(project.manifest()).unwrap();
    fs::write(project.manifest(), text).unwrap();
}

#[test]
fn cut_at_every_byte() {
    let (project, text) = stale();
    for len in 0..=text.len() {
        put(&project, &text[..len]);
        match project.obtain().hit() {
            Ok(Answer::Hit(_)) => panic!("a hit of {len} bytes"),
            Ok(Answer::Miss(_)) => {}
            Err(Error::Format { path, source }) => {
                assert_eq!(path, project.manifest());
                assert_eq!(source.kind, ParseErrorKind::CutOff);
                let lines = text[..len].iter().filter(|&&byte| byte == b'\n').count();
                assert_eq!(source.number, lines + 1);
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn every_byte_changed() {
    let (project, text) = stale();
    for at in 0..text.len() {
        for mask in [0x01, 0x04, 0x10, 0x80] {
            let mut changed = text.clone();
            changed[at] ^= mask;
            put(&project, &changed);
            match project.obtain().hit() {
                Ok(Answer::Hit(_)) => panic!("a hit with byte {at} changed"),
                Ok(Answer::Miss(_)) | Err(Error::Format { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn an_invalid_one_can_be_replaced() {
    let (project, text) = stale();
    fs::write(project.manifest(), [text.as_slice(), b"x\n"].concat()).unwrap();
    let error = project.obtain().hit().unwrap_err().to_string();
    assert!(error.ends_with(".txt: line 5: a line needs size, inode, mtime, digest, prefix and path, with one space between them"), "{error}");
    let mut manifest = project.obtain();
    manifest.invalid_is_miss = true;
    let mut answer = miss(manifest.hit().unwrap());
    assert!(matches!(answer.reason(), MissReason::Invalid(_)));
    answer.add_file_post("a.zig".as_ref()).unwrap();
    answer.write_manifest().unwrap();
    drop(answer);
    assert_eq!(project.text().lines().count(), 2);
}

#[test]
fn another_format() {
    let project = Project::new();
    project.build(&[]);
    fs::write(project.manifest(), "1\nwhatever\n").unwrap();
    assert!(matches!(miss(project.ask()).reason(), MissReason::Header));
}

#[test]
fn inputs_in_another_order() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.write_old("b.zig", "b");
    let ask = || {
        let mut manifest = project.obtain();
        for file in ["a.zig", "b.zig"] {
            manifest.add_file(file.as_ref(), None).unwrap();
        }
        manifest
    };
    let mut first = miss(ask().hit().unwrap());
    first.write_manifest().unwrap();
    let path = first.path().to_owned();
    drop(first);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    fs::write(&path, format!("0\n{}\n{}\n", lines[2], lines[1])).unwrap();
    let error = ask().hit().unwrap_err();
    assert!(
        matches!(error, Error::Format { ref source, .. } if source.kind == ParseErrorKind::OtherInput && source.number == 2),
        "{error}"
    );
    fs::write(&path, format!("0\n{}\n", lines[1])).unwrap();
    let answer = miss(ask().hit().unwrap());
    assert!(matches!(answer.reason(), MissReason::Incomplete));
    assert_eq!(answer.files().len(), 2);
}

/// 100 MiB and a byte, and 100 MiB of one line.
#[test]
fn huge() {
    let project = Project::new();
    project.build(&[]);
    let manifest = fs::File::create(project.manifest()).unwrap();
    for (len, line, kind) in [
        ((100 << 20) + 1, 1, ParseErrorKind::TooLong),
        (100 << 20, 1, ParseErrorKind::Header),
    ] {
        manifest.set_len(len).unwrap();
        match project.obtain().hit() {
            Err(Error::Format { source, .. }) => {
                assert_eq!((source.number, source.kind), (line, kind))
            }
            Ok(Answer::Miss(miss)) => assert!(matches!(miss.reason(), MissReason::Header)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn files_of_others_are_not_read_through_a_prefix() {
    let project = Project::new();
    project.write_old("secret", "secret");
    project.write_old("lib/a.zig", "a");
    project.build(&["lib/a.zig"]);
    let text = project.text();
    for path in [
        "../secret",
        "x/../../secret",
        project.path("secret").to_str().unwrap(),
    ] {
        fs::write(project.manifest(), text.replace("a.zig", path)).unwrap();
        match project.obtain().hit() {
            Err(Error::Format { source, .. }) => {
                assert_eq!((source.number, source.kind), (2, ParseErrorKind::Outside));
            }
            other => panic!("{other:?}"),
        }
    }
}

/// In a directory that others can write to there may be anything under the names of the cache's files.
#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn what_is_no_file_is_neither_waited_for_nor_followed() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    project.write("precious", "precious");
    let fifo = |path: &std::path::Path| {
        let status = std::process::Command::new("mkfifo").arg(path).status();
        assert!(status.unwrap().success());
    };
    let link = |path: &std::path::Path| {
        fixtures::system::symlink(project.path("precious"), path).unwrap();
    };
    let directory = |path: &std::path::Path| fs::create_dir(path).unwrap();
    let manifest = project.manifest();
    let timestamp = manifest.with_file_name("timestamp");
    let kinds: [&dyn Fn(&std::path::Path); 3] = [&fifo, &link, &directory];
    for put in kinds {
        fs::remove_file(&timestamp).unwrap();
        put(&timestamp);
        // Without a clock contents decide.
        fs::write(&manifest, "").unwrap();
        let mut miss = miss(project.ask());
        miss.add_file_post("a.zig".as_ref()).unwrap();
        miss.write_manifest().unwrap();
        drop(miss);
        assert!(project.is_hit());
        assert!(
            project.text().starts_with("0\n1 0 0 "),
            "{}",
            project.text()
        );

        fs::remove_file(&manifest).unwrap();
        put(&manifest);
        let error = project.obtain().hit().unwrap_err();
        assert!(
            matches!(error, Error::Manifest { action: "open", .. }),
            "{error}"
        );
        Listing::read(&manifest, 1).unwrap_err();
        for path in [&manifest, &timestamp] {
            if path.is_dir() {
                fs::remove_dir(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        project.build(&["a.zig"]);
    }
    assert_eq!(
        fs::read_to_string(project.path("precious")).unwrap(),
        "precious"
    );
}
