//! Sources that are no plain, quiet files.

use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use crate::common::*;
use cache_store::*;
use fixtures::system::{fifo, symlink};

/// The error of a source that is opened, which is that of one that is found, and of one that is read at once.
fn error_of(path: &Path) -> &'static str {
    let ways = [SourceFile::open, SourceFile::find, SourceFile::read_at_once];
    let [opened, found, read] = ways.map(|source| {
        match source(path).and_then(|mut source| source.load().map(<[u8]>::len)) {
            Ok(len) => panic!("{len} bytes"),
            Err(error) => error.name(),
        }
    });
    assert_eq!([found, read], [opened; 2]);
    opened
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn errors_have_the_references_names() {
    let place = Place::new(b"text");
    let at = |name: &str| place.root.join(name);
    assert_eq!(error_of(&at("missing.zig")), "FileNotFound");
    assert_eq!(error_of(&at("a.zig/below")), "NotDir");
    assert_eq!(error_of(&place.root), "IsDir");
    symlink(at("loop"), at("loop")).unwrap();
    assert_eq!(error_of(&at("loop")), "SymLinkLoop");
    symlink(at("gone"), at("dangling")).unwrap();
    assert_eq!(error_of(&at("dangling")), "FileNotFound");
    assert_eq!(error_of(&at(&"n".repeat(300))), "NameTooLong");
    assert_eq!(error_of(Path::new("nul\0.zig")), "BadPathName");
    fifo(at("fifo"));
    assert_eq!(error_of(&at("fifo")), "NotFile");
    assert_eq!(error_of(Path::new("/dev/null")), "NotFile");
    let huge = File::create(at("huge")).unwrap();
    huge.set_len(limits::MAX_SOURCE_LEN + 1).unwrap();
    assert_eq!(error_of(&at("huge")), "FileTooBig");
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn a_symbolic_link_to_a_source_is_followed() {
    let place = Place::new(b"text");
    let link = place.root.join("link");
    symlink(&place.source, &link).unwrap();
    let source = SourceFile::open(&link).unwrap();
    assert_eq!(
        source.stat(),
        SourceFile::open(&place.source).unwrap().stat()
    );
    assert_eq!(source.into_bytes().unwrap(), b"text");
}

/// A source that is found is opened late: what is there by then is read, with its own stat.
#[test]
#[cfg_attr(windows, ignore = "what is found is opened at once there")]
fn a_source_that_was_replaced_after_it_was_found() {
    let place = Place::new(b"text");
    let mut source = SourceFile::find(&place.source).unwrap();
    assert_eq!(
        source.stat(),
        SourceFile::open(&place.source).unwrap().stat()
    );
    assert_eq!(source.bytes(), None);
    let other = place.root.join("other");
    fs::write(&other, b"TEXT").unwrap();
    set_mtime(&other, long_ago());
    fs::rename(&other, &place.source).unwrap();
    assert_eq!(source.load().unwrap(), b"TEXT");
    assert_eq!(
        source.stat(),
        SourceFile::open(&place.source).unwrap().stat()
    );

    let mut gone = SourceFile::find(&place.source).unwrap();
    fs::remove_file(&place.source).unwrap();
    assert_eq!(gone.load().unwrap_err().name(), "FileNotFound");
}

#[test]
fn a_source_that_changed_after_it_was_opened() {
    let place = Place::new(b"text");
    place.check();
    let mut source = SourceFile::open(&place.source).unwrap();
    place.write_source(b"more text", long_ago());
    // Opened before, looked at after: a stat that is no longer true hits, as it does for the reference.
    let outcome = place
        .store
        .update(&place.name, &mut source, &BODY, Toy::generate)
        .unwrap();
    assert_eq!(outcome.how, How::Hit(Hit::Stat));
    drop(outcome);
    // What is read goes with its own stat.
    place.strip_trailer();
    fs::write(place.entry(), b"").unwrap();
    let outcome = place
        .store
        .update(&place.name, &mut source, &BODY, Toy::generate)
        .unwrap();
    assert_eq!(toy(&outcome), Toy::generate(b"more text"));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

/// What was read at once is what goes with the stat: a later change has another.
#[test]
fn a_source_that_changed_after_it_was_read_at_once() {
    let place = Place::new(b"text");
    let mut source = SourceFile::read_at_once(&place.source).unwrap();
    assert_eq!(source.bytes(), None, "nobody has asked for it");
    place.write_source(b"TEXT", long_ago() + Duration::from_secs(1));
    let outcome = place
        .store
        .update(&place.name, &mut source, &BODY, Toy::generate)
        .unwrap();
    assert_eq!(toy(&outcome), Toy::generate(b"text"));
    assert_eq!(source.bytes(), Some(&b"text"[..]));
    let stale = How::Generated(Reason::Stale(StatField::Mtime));
    assert_eq!(place.check(), stale);
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

/// Of a young source the stat after reading proves nothing: it is read when its text is wanted.
#[test]
fn a_young_source_is_not_read_at_once() {
    let place = Place::new(b"text");
    place.write_source(b"text", SystemTime::now());
    let mut source = SourceFile::read_at_once(&place.source).unwrap();
    place.write_source(b"TEXT", SystemTime::now());
    assert_eq!(source.load().unwrap(), b"TEXT");
    assert_eq!(
        source.stat(),
        SourceFile::open(&place.source).unwrap().stat()
    );
}

#[test]
fn a_source_longer_than_what_is_read_at_once() {
    let place = Place::new(b"");
    // Each in the room of the one before.
    for more in [1, 0, 2] {
        let text = vec![b'a' + more; limits::FIRST_READ_LEN + usize::from(more) - 1];
        place.write_source(&text, long_ago());
        let mut source = SourceFile::read_at_once(&place.source).unwrap();
        assert!(source.load().unwrap() == text);
        assert_eq!(source.stat().size, text.len() as u64);
        assert!(source.into_bytes().unwrap() == text);
    }
}

/// A file that is written to all the time gives an error or a text that it had, never a mixture.
#[test]
fn a_source_that_changes_while_it_is_read() {
    changes_while_it_is_read(SourceFile::open);
    changes_while_it_is_read(SourceFile::read_at_once);
}

fn changes_while_it_is_read(open: fn(&Path) -> Result<SourceFile, SourceError>) {
    let place = Place::new(b"");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut byte = b'a';
            while !stop.load(Ordering::Relaxed) {
                byte = if byte == b'z' { b'a' } else { byte + 1 };
                fs::write(&place.source, vec![byte; 1 << 16]).unwrap();
            }
        });
        for _ in 0..200 {
            let mut source = open(&place.source).unwrap();
            match source.load().map(<[u8]>::len) {
                Ok(len) => assert_eq!(len as u64, source.stat().size),
                Err(error) => assert!(matches!(error, SourceError::Changed), "{error}"),
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn an_error_of_the_source_leaves_the_entry() {
    let place = Place::new(b"text");
    place.check();
    let before = place.entry_bytes();
    let file = File::options().write(true).open(&place.source).unwrap();
    file.set_len(limits::MAX_SOURCE_LEN + 1).unwrap();
    let mut source = SourceFile::open(&place.source).unwrap();
    let error = place
        .store
        .update(&place.name, &mut source, &BODY, Toy::generate)
        .unwrap_err();
    assert_eq!(error.name(), "FileTooBig");
    assert_eq!(place.entry_bytes(), before);
}
