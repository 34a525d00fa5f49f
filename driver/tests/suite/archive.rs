//! `zirc cache pack` and `unpack`.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use fixtures::system::{mode, set_mode, symlink};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use tar::{Builder, EntryType, Header};

use crate::common::{Project, Ran, counts};

/// A project of two files; `a.zig` is imported.
const FILES: [(&str, &str); 3] = [
    ("build.zig", ""),
    (
        "main.zig",
        "const a = @import(\"a.zig\");\nconst std = @import(\"std\");\ntest { _ = a; _ = std; }\n",
    ),
    ("a.zig", "pub const x = 1;\n"),
];

/// The manifest of a step that reads nothing, its key, and the name of its output, as Zig 0.14.1 wrote them.
const EMPTY: (&str, &str) = (
    "b86602fc433b020561f1ee6f9b4443f4",
    "a48448db500f228fee0c55877f8819dd",
);

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The verb in this project, with its lib directory.
fn cache(project: &Project, args: &[&str]) -> Ran {
    let lib = project.lib();
    let lib = ["--zig-lib-dir", lib.to_str().unwrap()];
    let [verb, rest @ ..] = args else {
        panic!("no verb");
    };
    project.run(&[&["cache", verb], &lib[..], rest].concat())
}

/// The same in JSON, which ends with this status.
fn json(project: &Project, status: i32, args: &[&str]) -> Value {
    let ran = cache(project, &[args, &["--format", "json"]].concat());
    assert_eq!(ran.status, Some(status), "{}", ran.text());
    ran.json()
}

fn number(report: &Value, kind: &str) -> u64 {
    let kinds = report["kinds"].as_array().unwrap();
    let found = kinds.iter().find(|it| it["kind"] == kind);
    found.map_or(0, |it| it["number"].as_u64().unwrap())
}

fn check(project: &Project, version: &str) -> [u64; 3] {
    counts(&project.check_json(0, &["--zig-version", version, "main.zig"]))
}

/// All files below a directory, with their bytes.
fn tree(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.unwrap();
        if !entry.file_type().is_dir() {
            let below = entry.path().strip_prefix(dir).unwrap().to_owned();
            files.push((below, fs::read(entry.path()).unwrap()));
        }
    }
    files
}

fn remove_caches(project: &Project) {
    let _ = fs::remove_dir_all(project.path(".zirc-cache"));
    let _ = fs::remove_dir_all(project.path(".zig-cache"));
    let _ = fs::remove_dir_all(project.home().join(".cache"));
}

#[test]
fn what_a_check_made_is_found_again() {
    for version in ["0.14.1", "0.15.2", "0.16.0", "0.17.1"] {
        let project = Project::new(&FILES);
        let [files, hits, _] = check(&project, version);
        assert_eq!((files, hits), (4, 0), "{version}");
        let packed = json(&project, 0, &["pack", "c.tar.gz"]);
        let kinds = ["z", "h", "o"].map(|kind| number(&packed, kind));
        assert_eq!(kinds, [4, 1, 1], "{version}");
        // In the same place, with nothing there.
        remove_caches(&project);
        let unpacked = json(&project, 0, &["unpack", "c.tar.gz"]);
        assert_eq!(unpacked["files"], packed["files"]);
        let lib = project.lib();
        let explained = project.run(&[
            "check",
            "--zig-version",
            version,
            "--zig-lib-dir",
            lib.to_str().unwrap(),
            "--explain",
            "--format",
            "json",
            "main.zig",
        ]);
        let explained = explained.json();
        assert_eq!(counts(&explained), [4, 4, 0], "{version}");
        // In another place, with other inodes and times.
        let other = Project::new(&FILES);
        fs::copy(project.path("c.tar.gz"), other.path("c.tar.gz")).unwrap();
        json(&other, 0, &["unpack", "c.tar.gz"]);
        let expected = match version {
            // The library's are named by the path of the lib directory.
            "0.14.1" => 2,
            // The project's are named by their absolute paths.
            "0.15.2" | "0.16.0" => 2,
            _ => 4,
        };
        assert_eq!(check(&other, version)[1], expected, "{version}");
        let told: u64 = (packed["elsewhere"].as_array().unwrap().iter())
            .filter(|it| it["reason"] == "entry_path" || it["reason"] == "lib_path")
            .map(|it| it["names"].as_array().unwrap().len() as u64)
            .sum();
        assert_eq!(told, 4 - expected, "{version}: {packed:#}");
    }
}

#[test]
fn an_answer_is_found_again_without_entries() {
    let project = Project::new(&FILES);
    check(&project, "0.17.1");
    let packed = json(&project, 0, &["pack", "--without-entries", "c.tar.gz"]);
    let kinds = ["z", "h", "o"].map(|kind| number(&packed, kind));
    assert_eq!(kinds, [0, 1, 1]);
    remove_caches(&project);
    json(&project, 0, &["unpack", "c.tar.gz"]);
    // As in another checkout: the content is the same, the time is not.
    project.set_mtime("a.zig", SystemTime::now() - Duration::from_secs(3600));
    assert_eq!(check(&project, "0.17.1"), [4, 4, 0]);
    // After an edit nothing else is lowered.
    project.write("a.zig", b"pub const x = 22;\n");
    assert_eq!(check(&project, "0.17.1"), [4, 3, 1]);
    let made = tree(&project.path(".zirc-cache/z"));
    assert_eq!(made.len(), 1, "{made:?}");
}

#[test]
#[cfg_attr(windows, ignore = "wants users and their rights")]
fn the_same_caches_give_the_same_bytes() {
    let project = Project::new(&FILES);
    check(&project, "0.14.1");
    let first = cache(&project, &["pack", "1.tar.gz"]);
    assert_eq!(first.status, Some(0), "{}", first.text());
    std::thread::sleep(Duration::from_millis(1100));
    cache(&project, &["pack", "2.tar.gz"]);
    let read = |name: &str| fs::read(project.path(name)).unwrap();
    assert!(read("1.tar.gz") == read("2.tar.gz"));
    // No owner and no time.
    let mut archive = tar::Archive::new(GzDecoder::new(
        fs::File::open(project.path("1.tar.gz")).unwrap(),
    ));
    for entry in archive.entries().unwrap() {
        let entry = entry.unwrap();
        let header = entry.header();
        assert_eq!(
            header.mtime().unwrap() + header.uid().unwrap() + header.gid().unwrap(),
            0
        );
    }
    // Nothing is left beside it.
    let names = fs::read_dir(project.dir()).unwrap();
    assert!(
        names
            .map(|it| it.unwrap().file_name())
            .all(|name| !name.to_str().unwrap().contains("zirc-pack"))
    );
}

#[test]
fn what_sources_were_is_left_out() {
    let project = Project::new(&FILES);
    check(&project, "0.14.1");
    project.write("a.zig", b"pub const x = 22;\n");
    let packed = json(&project, 0, &["pack", "--dry-run", "c.tar.gz"]);
    assert_eq!(packed["left_out"]["stale_manifests"], 1);
    assert_eq!(
        (packed["files"].as_u64(), &packed["archive_bytes"]),
        (Some(0), &Value::Null)
    );
    assert!(!project.path("c.tar.gz").exists());
    // The entries of the sources of now, and the manifest that names them.
    check(&project, "0.14.1");
    let packed = json(&project, 0, &["pack", "c.tar.gz"]);
    assert_eq!(["z", "h", "o"].map(|kind| number(&packed, kind)), [4, 1, 1]);
}

/// A cache of Zig's with a manifest, its output, and others that nothing names.
fn zig_cache(dir: &Path) {
    let (key, output) = EMPTY;
    write(&dir.join(format!("h/{key}.txt")), b"0\n");
    write(&dir.join("h/timestamp"), b"\n");
    write(&dir.join(format!("o/{output}/app")), b"a program");
    write(&dir.join(format!("o/{output}/below/data")), b"x");
    fs::create_dir(dir.join(format!("o/{output}/nothing"))).unwrap();
    write(&dir.join("o/00000000000000000000000000000001/a"), b"x");
    write(&dir.join("z/00000000000000000000000000000002"), &[0; 48]);
    write(&dir.join("tmp/0123456789abcdef/x"), b"x");
    if cfg!(unix) {
        set_mode(dir.join(format!("o/{output}/app")), 0o755).unwrap();
    }
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links, modes of files")]
fn outputs_of_a_build() {
    let project = Project::new(&FILES);
    let (key, output) = EMPTY;
    zig_cache(&project.path(".zig-cache"));
    let packed = json(&project, 0, &["pack", "c.tar.gz"]);
    assert_eq!(["z", "h", "o"].map(|kind| number(&packed, kind)), [0, 1, 1]);
    fs::remove_dir_all(project.path(".zig-cache")).unwrap();
    let dry = json(&project, 0, &["unpack", "--dry-run", "c.tar.gz"]);
    assert_eq!(dry["files"], 3);
    assert!(!project.path(".zig-cache").exists());
    let unpacked = json(&project, 0, &["unpack", "c.tar.gz"]);
    assert_eq!(
        (&unpacked["files"], &unpacked["kept"]),
        (&dry["files"], &Value::from(0))
    );
    let below = project.path(".zig-cache/o").join(output);
    assert!(below.join("nothing").is_dir());
    let may_run = |name: &str| mode(below.join(name)) & 0o111 != 0;
    assert!(may_run("app") && !may_run("below/data"));
    let files: Vec<_> = tree(&project.path(".zig-cache"))
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    let expected = [
        format!("h/{key}.txt"),
        format!("o/{output}/app"),
        format!("o/{output}/below/data"),
    ];
    assert_eq!(files, expected.map(PathBuf::from));
    // Once more there is nothing to do, and what is incomplete is made whole.
    assert_eq!(json(&project, 0, &["unpack", "c.tar.gz"])["kept"], 2);
    fs::remove_file(below.join("app")).unwrap();
    let again = json(&project, 0, &["unpack", "c.tar.gz"]);
    assert_eq!((&again["kept"], number(&again, "o")), (&Value::from(1), 1));
    assert!(below.join("app").exists());
    // A manifest without its output is not carried on, nor one of an output with a link in it.
    symlink("app", below.join("link")).unwrap();
    let packed = json(&project, 0, &["pack", "d.tar.gz"]);
    assert_eq!(
        (number(&packed, "h"), &packed["left_out"]["with_links"]),
        (0, &Value::from(1))
    );
    fs::remove_dir_all(&below).unwrap();
    let without = |what| {
        let packed = json(&project, 0, &["pack", "d.tar.gz"]);
        assert_eq!(packed["left_out"]["manifests_without_output"], 1, "{what}");
        assert_eq!(packed["files"], 0, "{what}");
    };
    without("nothing");
    write(&below, b"a file");
    without("a file");
}

#[test]
fn sources_get_the_times_of_manifests() {
    let project = Project::new(&FILES);
    check(&project, "0.17.1");
    json(&project, 0, &["pack", "c.tar.gz"]);
    let time =
        |project: &Project, name: &str| project.path(name).metadata().unwrap().modified().unwrap();
    let other = Project::new(&FILES);
    fs::copy(project.path("c.tar.gz"), other.path("c.tar.gz")).unwrap();
    other.write("a.zig", b"pub const x = 2;\n");
    let young = SystemTime::now() - Duration::from_secs(60);
    other.set_mtime("main.zig", young);
    let before = time(&other, "a.zig");
    let unpacked = json(&other, 0, &["unpack", "--touch", "c.tar.gz"]);
    let touched = &unpacked["touched"];
    assert_eq!(
        (&touched["touched"], &touched["changed"]),
        (&Value::from(1), &Value::from(1)),
        "{touched}"
    );
    assert_eq!(time(&other, "main.zig"), time(&project, "main.zig"));
    assert_eq!(time(&other, "a.zig"), before);
}

/// A made-up archive.
struct Made {
    tar: Builder<Vec<u8>>,
    digest: blake3::Hasher,
}

impl Made {
    fn new() -> Made {
        Made::of("/somewhere/else")
    }

    /// One of the project in that directory.
    fn of(project: &str) -> Made {
        let mut made = Made {
            tar: Builder::new(Vec::new()),
            digest: blake3::Hasher::new(),
        };
        made.file("zirc-pack-project", project.as_bytes());
        made
    }

    /// A header that says whatever it is told to, with no regard to what the library thinks of it.
    fn raw(&mut self, name: &str, entry_type: EntryType, link: &str, bytes: &[u8]) {
        let mut header = Header::new_gnu();
        header.set_entry_type(entry_type);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        let gnu = header.as_gnu_mut().unwrap();
        gnu.name[..name.len()].copy_from_slice(name.as_bytes());
        gnu.linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        self.tar.append(&header, bytes).unwrap();
    }

    fn file(&mut self, name: &str, bytes: &[u8]) {
        self.raw(name, EntryType::Regular, "", bytes);
        self.digest.update(&[1]);
        self.digest.update(&(name.len() as u64).to_le_bytes());
        self.digest.update(name.as_bytes());
        self.digest.update(&(bytes.len() as u64).to_le_bytes());
        self.digest.update(bytes);
    }

    fn end(&mut self) {
        let digest = format!("{}\n", self.digest.finalize());
        self.raw("zirc-pack-1", EntryType::Regular, "", digest.as_bytes());
    }

    fn finish(self, path: &Path) {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(&self.tar.into_inner().unwrap()).unwrap();
        fs::write(path, gz.finish().unwrap()).unwrap();
    }
}

/// Nothing but a folder for temporary files is in the caches, and that is empty.
fn assert_untouched(project: &Project, what: &str) {
    for dir in [".zig-cache", ".zirc-cache"].map(|name| project.path(name)) {
        assert!(
            !dir.exists() || tree(&dir).is_empty(),
            "{what}: {:?}",
            tree(&dir)
        );
    }
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs")]
fn archives_that_are_none() {
    let output = format!("zig-local/o/{}/app", EMPTY.1);
    let link = EntryType::Symlink;
    let hard = EntryType::Link;
    type Make<'a> = &'a dyn Fn(&mut Made);
    let output_itself = format!("zig-local/o/{}", EMPTY.1);
    let package = format!("zig-global/p/foo-1.0.0-{}", "A".repeat(44));
    let cases: [(&str, Make<'_>, &str); 17] = [
        (
            "out",
            &|made| made.file("zig-local/o/../../../x", b"x"),
            "no name of anything",
        ),
        (
            "absolute",
            &|made| made.file("/tmp/x", b"x"),
            "no name of anything",
        ),
        (
            "unknown",
            &|made| made.file("src/main.zig", b"x"),
            "no name of anything",
        ),
        (
            "temporary",
            &|made| made.file("zig-local/tmp/0123456789abcdef", b"x"),
            "no name of anything",
        ),
        (
            "entry below",
            &|made| made.file("zirc-local/z/00000000000000000000000000000002/x", b"x"),
            "no name of anything",
        ),
        (
            "output that is a file",
            &|made| made.file(&output_itself, b"x"),
            "no name of anything",
        ),
        (
            "package that is a file",
            &|made| made.file(&package, b"x"),
            "no name of anything",
        ),
        (
            "archive of a package that is a directory",
            &|made| made.file(&format!("{package}.tar.gz/x"), b"x"),
            "no name of anything",
        ),
        (
            "link",
            &|made| made.raw(&output, link, "/etc/passwd", b""),
            "neither a file nor a directory",
        ),
        (
            "hard link",
            &|made| made.raw(&output, hard, "/etc/passwd", b""),
            "neither a file nor a directory",
        ),
        (
            "device",
            &|made| made.raw(&output, EntryType::Char, "", b""),
            "neither a file nor a directory",
        ),
        (
            "twice",
            &|made| {
                made.file(&output, b"x");
                made.file(&output, b"x");
            },
            "is there twice",
        ),
        (
            "within a file",
            &|made| {
                made.file(&output, b"x");
                made.file(&format!("{output}/x"), b"x");
            },
            "is there twice",
        ),
        (
            "long name",
            &|made| made.raw("././@LongLink", EntryType::GNULongName, "", &[b'a'; 9000]),
            "longer than",
        ),
        (
            "manifest",
            &|made| made.file(&format!("zig-local/h/{}.txt", EMPTY.0), b"0\nx"),
            "makes no sense",
        ),
        (
            "digest",
            &|made| {
                made.file(&output, b"x");
                made.digest.update(b"x");
            },
            "its digest is another one",
        ),
        (
            "behind",
            &|made| {
                made.end();
                made.file(&output, b"x");
            },
            "something stands behind its end",
        ),
    ];
    for (what, make, message) in cases {
        let project = Project::new(&FILES);
        let mut made = Made::new();
        made.file(&format!("zig-local/o/{}/good", EMPTY.1), b"good");
        make(&mut made);
        made.end();
        made.finish(&project.path("c.tar.gz"));
        let ran = cache(&project, &["unpack", "c.tar.gz"]);
        assert_eq!(ran.status, Some(2), "{what}: {}", ran.text());
        assert!(ran.err().contains(message), "{what}: {}", ran.text());
        assert_untouched(&project, what);
    }
    // The same without an end, and no archive at all.
    let project = Project::new(&FILES);
    let mut made = Made::new();
    made.file(&output, b"x");
    made.finish(&project.path("c.tar.gz"));
    let ran = cache(&project, &["unpack", "c.tar.gz"]);
    assert!(ran.err().contains("it has no end"), "{}", ran.text());
    for name in ["main.zig", "none", "."] {
        let ran = cache(&project, &["unpack", name]);
        assert_eq!(ran.status, Some(2), "{name}: {}", ran.text());
    }
    project.fifo("fifo");
    assert_eq!(cache(&project, &["unpack", "fifo"]).status, Some(2));
    assert_eq!(cache(&project, &["pack", "fifo"]).status, Some(2));
    assert_untouched(&project, "no archive");
}

/// What is packed; `None` if it cannot be read to its end.
fn decoded(archive: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(archive)
        .read_to_end(&mut bytes)
        .ok()
        .map(|_| bytes)
}

#[test]
fn damaged_archives_leave_nothing() {
    let project = Project::new(&FILES);
    zig_cache(&project.path(".zig-cache"));
    json(&project, 0, &["pack", "good.tar.gz"]);
    fs::remove_dir_all(project.path(".zig-cache")).unwrap();
    let good = fs::read(project.path("good.tar.gz")).unwrap();
    json(&project, 0, &["unpack", "good.tar.gz"]);
    let whole = tree(&project.path(".zig-cache"));
    remove_caches(&project);
    let mut meant_nothing = 0;
    for at in (0..good.len()).step_by(7) {
        fs::write(project.path("cut.tar.gz"), &good[..at]).unwrap();
        let ran = cache(&project, &["unpack", "cut.tar.gz"]);
        assert_eq!(ran.status, Some(2), "cut at {at}: {}", ran.text());
        assert_untouched(&project, "cut");
    }
    // Behind the header of gzip, which has fields that mean nothing to us.
    for at in (10..good.len()).step_by(5) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x10;
        // The last byte of what is packed has bits that stand for nothing.
        if decoded(&flipped) == decoded(&good) {
            continue;
        }
        fs::write(project.path("flipped.tar.gz"), flipped).unwrap();
        let ran = cache(&project, &["unpack", "flipped.tar.gz"]);
        // Some bits mean nothing: those between the end of the compressed data and the next byte.
        if ran.status == Some(0) {
            assert!(
                tree(&project.path(".zig-cache")) == whole,
                "flipped at {at}"
            );
            remove_caches(&project);
            meant_nothing += 1;
            continue;
        }
        assert_eq!(ran.status, Some(2), "flipped at {at}: {}", ran.text());
        assert_untouched(&project, "flipped");
    }
    assert!(meant_nothing <= 1, "{meant_nothing}");
}

#[test]
fn what_is_there_already() {
    let project = Project::new(&FILES);
    check(&project, "0.14.1");
    json(&project, 0, &["pack", "c.tar.gz"]);
    let z = project.path(".zirc-cache/z");
    let entries = tree(&z);
    let (first, second) = (z.join(&entries[0].0), z.join(&entries[1].0));
    // One was cut, of one there is another that is whole.
    fs::write(&first, &entries[0].1[..20]).unwrap();
    fs::write(&second, &entries[0].1).unwrap();
    let unpacked = json(&project, 0, &["unpack", "c.tar.gz"]);
    assert_eq!(
        (number(&unpacked, "z"), &unpacked["kept"]),
        (1, &Value::from(5))
    );
    assert_eq!(fs::read(&first).unwrap(), entries[0].1);
    assert_eq!(fs::read(&second).unwrap(), entries[0].1);
    json(&project, 0, &["unpack", "--overwrite", "c.tar.gz"]);
    assert_eq!(fs::read(&second).unwrap(), entries[1].1);
    // What somebody is writing is left to them.
    fs::write(&first, b"").unwrap();
    let held = fs::File::options()
        .read(true)
        .write(true)
        .open(&first)
        .unwrap();
    held.lock().unwrap();
    let unpacked = json(&project, 1, &["unpack", "c.tar.gz"]);
    assert_eq!(unpacked["in_use"], 1);
    assert_eq!(fs::read(&first).unwrap(), b"");
    drop(held);
}

#[test]
fn a_manifest_without_its_output_is_refused() {
    let project = Project::new(&FILES);
    let mut made = Made::new();
    made.file(&format!("zig-local/h/{}.txt", EMPTY.0), b"0\n");
    made.file("zig-local/z/00000000000000000000000000000002", b"cut");
    made.end();
    made.finish(&project.path("c.tar.gz"));
    let unpacked = json(&project, 1, &["unpack", "c.tar.gz"]);
    assert_eq!(
        unpacked["refused"].as_array().unwrap().len(),
        2,
        "{unpacked:#}"
    );
    assert_untouched(&project, "refused");
}

/// An archive of the project in `of`, with a manifest of Zig's that has `/main.zig` below `source` in it.
fn with_absolute_path(of: &str, source: &str) -> Made {
    let key = "0123456789abcdef0123456789abcdef";
    let text = format!("0\n1 2 3 {key} 0 {source}/main.zig\n");
    let listing = manifest::Listing::parse_any(text.as_bytes()).unwrap();
    let output = listing.final_digest(manifest::Digest::from_hex(key.as_bytes()).unwrap());
    let mut made = Made::of(of);
    made.file(&format!("zig-local/o/{output}/app"), b"x");
    made.file(&format!("zig-local/h/{key}.txt"), text.as_bytes());
    made.end();
    made
}

/// A manifest of Zig 0.15 or 0.16 may have sources by their absolute paths. Where the project was packed
/// there may be other ones by now, which say nothing of those here.
#[test]
fn manifests_of_another_directory_are_left_out() {
    for (of, source, left_out) in [
        ("/w/p", "/w/p", 1),
        ("/w/p", "/w/p/src", 1),
        // A path dependency.
        ("/w/p", "/w/dep", 1),
        ("/w/p", "/usr/include", 0),
        ("/opt/p", "/opt/p", 1),
        ("/opt/p", "/opt/pp", 0),
    ] {
        let project = Project::new(&FILES);
        with_absolute_path(of, source).finish(&project.path("c.tar.gz"));
        let unpacked = json(&project, 0, &["unpack", "c.tar.gz"]);
        assert_eq!(unpacked["other_project"], left_out, "{source}");
        let files = tree(&project.path(".zig-cache")).len();
        assert_eq!(files, if left_out == 1 { 0 } else { 2 }, "{source}");
    }
    // In the directory itself there is nothing wrong with it.
    let project = Project::new(&FILES);
    let here = cache_store::file::real_path(&project.dir()).unwrap();
    let here = here.to_str().unwrap();
    with_absolute_path(here, here).finish(&project.path("c.tar.gz"));
    let unpacked = json(&project, 0, &["unpack", "c.tar.gz"]);
    assert_eq!(
        (&unpacked["other_project"], &unpacked["files"]),
        (&Value::from(0), &Value::from(2))
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn links_in_caches_are_not_followed() {
    let project = Project::new(&FILES);
    zig_cache(&project.path(".zig-cache"));
    json(&project, 0, &["pack", "c.tar.gz"]);
    for folder in ["h", "o", "tmp", "zirc"] {
        fs::remove_dir_all(project.path(".zig-cache")).unwrap();
        fs::create_dir_all(project.path("elsewhere")).unwrap();
        fs::create_dir_all(project.path(".zig-cache")).unwrap();
        project.symlink(&format!(".zig-cache/{folder}"), "../elsewhere");
        let ran = cache(&project, &["unpack", "c.tar.gz"]);
        assert_eq!(ran.status, Some(2), "{folder}: {}", ran.text());
        assert!(
            ran.err().contains("it is a symbolic link"),
            "{}",
            ran.text()
        );
        assert!(tree(&project.path("elsewhere")).is_empty());
        fs::remove_file(project.path(&format!(".zig-cache/{folder}"))).unwrap();
    }
}

#[test]
fn nothing_to_pack() {
    let project = Project::new(&FILES);
    let ran = cache(&project, &["pack", "c.tar.gz"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert!(
        ran.err().contains("there is no cache directory"),
        "{}",
        ran.text()
    );
    // A folder that is no cache is none of our business, named or not.
    fs::create_dir(project.path("src")).unwrap();
    let ran = cache(&project, &["pack", "--cache-dir", "src", "c.tar.gz"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
}

/// Long names are written in another way, and read again.
#[test]
fn long_names() {
    let project = Project::new(&FILES);
    zig_cache(&project.path(".zig-cache"));
    let long = format!(
        ".zig-cache/o/{}/{}/{}",
        EMPTY.1,
        "d".repeat(200),
        "f".repeat(200)
    );
    write(&project.path(&long), b"x");
    json(&project, 0, &["pack", "c.tar.gz"]);
    fs::remove_dir_all(project.path(".zig-cache")).unwrap();
    json(&project, 0, &["unpack", "c.tar.gz"]);
    let mut read = String::new();
    fs::File::open(project.path(&long))
        .unwrap()
        .read_to_string(&mut read)
        .unwrap();
    assert_eq!(read, "x");
}

#[test]
fn explain_by_step() {
    let project = Project::new(&FILES);
    check(&project, "0.14.1");
    zig_cache(&project.path(".zig-cache"));
    let ran = cache(&project, &["explain", "--step", "main"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    assert!(ran.out().contains("a.zig: unchanged"), "{}", ran.text());
    let ran = cache(&project, &["explain", "--step", "app"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    let ran = cache(&project, &["explain", "--step", "other"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    for name in ["no step 'other' in", "app", "main.zig"] {
        assert!(ran.err().contains(name), "{}", ran.text());
    }
    // The newest of those that are called so.
    project.write("a.zig", b"pub const x = 3;\n");
    let ran = cache(&project, &["explain", "--step", "main.zig"]);
    assert_eq!(ran.status, Some(1), "{}", ran.text());
    for args in [&["explain"][..], &["explain", "--step", "a", "x"]] {
        assert_eq!(cache(&project, args).status, Some(2));
    }
}
