//! Every outcome of an update, one process.

use std::fs::{self, File};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant, SystemTime};

use crate::common::*;
use cache_store::*;
use fixtures::system::{self, set_mode};

const TEXT: &[u8] = b"const std = @import(\"std\");\nconst a = 1;\n";

#[test]
fn generated_once_and_then_hit() {
    let place = Place::new(TEXT);
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    assert_eq!(place.generated.load(Ordering::Relaxed), 1);
}

/// A text whose body is mapped, unless that is not wanted.
fn long_text() -> Vec<u8> {
    vec![b'l'; limits::MIN_MAP_LEN as usize]
}

#[test]
fn long_bodies_are_mapped_and_short_ones_copied() {
    let is_mapped = |place: &Place, map| {
        let outcome = place.update(&Options { map, ..BODY });
        assert_eq!(outcome.how, How::Hit(Hit::Stat));
        let Ir::Entry { body, .. } = &outcome.ir else {
            panic!("{:?}", outcome.ir)
        };
        body.is_mapped()
    };
    let short = Place::new(TEXT);
    short.check();
    assert!(!is_mapped(&short, true));
    let long = Place::new(&long_text());
    long.check();
    assert!(is_mapped(&long, true));
    assert!(!is_mapped(&long, false));
}

/// Every way in which an entry may be read: at once, its trailer by itself, its body in two parts, and
/// mapped.
#[test]
fn entries_of_all_lengths() {
    let lens = [
        limits::TRAILER_READ_LEN,
        limits::START_READ_LEN,
        limits::BODY_READ_LEN,
        limits::WRITE_LEN,
        limits::MIN_MAP_LEN as usize,
    ];
    for len in lens {
        for less in [200, 152, 57, 53, 52, 51, 1, 0] {
            // The text is all of the body but 4 bytes, the header has 48.
            let text = [b"\n".as_slice(), &vec![b't'; len - less]].concat();
            let place = Place::new(&text);
            assert_eq!(
                place.check(),
                How::Generated(Reason::NoEntry),
                "{len} {less}"
            );
            assert_eq!(place.check(), How::Hit(Hit::Stat), "{len} {less}");
            assert_eq!(place.generated.load(Ordering::Relaxed), 1);
        }
    }
}

/// What is whole by its checksums needs no lock to be read.
#[test]
#[cfg_attr(windows, ignore = "locks bind readers there")]
fn a_good_entry_is_used_whoever_has_its_lock() {
    let place = Place::new(TEXT);
    place.check();
    let locked = File::options().write(true).open(place.entry()).unwrap();
    assert!(file::try_lock(&locked, file::Mode::Exclusive).unwrap());
    let began = Instant::now();
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    assert!(began.elapsed() < limits::LOCK_WAIT_BEFORE_NOTICE);
}

#[test]
fn a_hit_on_the_summary_reads_no_source() {
    let place = Place::new(TEXT);
    place.check();
    let mut source = SourceFile::open(&place.source).unwrap();
    let outcome = place
        .store
        .update::<Toy>(
            &place.name,
            &mut source,
            &Options::default(),
            |_| unreachable!(),
        )
        .unwrap();
    assert!(matches!(outcome.ir, Ir::Summary(_)));
    let digest = source.known_digest();
    assert_eq!(source.bytes(), None);
    assert_eq!(digest, Some(source.digest().unwrap()), "the entry has it");
}

fn stat_of(path: &std::path::Path) -> Stat {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let metadata = fs::metadata(path).unwrap();
        let seconds = i128::from(metadata.mtime());
        Stat {
            inode: metadata.ino(),
            size: metadata.len(),
            mtime_ns: seconds * 1_000_000_000 + i128::from(metadata.mtime_nsec()),
        }
    }
    #[cfg(not(unix))]
    Stat::of(&file::Metadata::at(path).unwrap())
}

#[test]
fn header_and_body_are_the_implementors() {
    let place = Place::new(TEXT);
    place.check();
    let bytes = place.entry_bytes();
    let ir = Toy::generate(TEXT);
    let stat = stat_of(&place.source);
    let mut want = vec![0; 48];
    ir.encode_header(&stat, &mut want);
    want.extend(&ir.line_starts);
    want.extend(&ir.reversed);
    assert_eq!(bytes[..want.len()], want);
    assert_eq!(&bytes[want.len()..][..8], b"IRtrail\x02");
}

#[test]
#[cfg_attr(windows, ignore = "wants modes of files")]
fn permissions_are_left_to_the_umask() {
    let place = Place::new(TEXT);
    place.check();
    let plain = place.root.join("plain");
    File::create(&plain).unwrap();
    assert_eq!(system::mode(place.entry()), system::mode(plain));
}

#[test]
fn an_empty_source() {
    let place = Place::new(b"");
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

#[test]
fn invalid_truncated_stale() {
    let place = Place::new(TEXT);
    place.check();
    let good = place.entry_bytes();
    fs::write(place.entry(), &good[..20]).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::InvalidHeader));
    fs::write(place.entry(), &good[..60]).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Truncated));
    fs::write(place.entry(), b"").unwrap();
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    place.write_source(
        b"longer than before, in any case, so that the size tells",
        long_ago(),
    );
    assert_eq!(
        place.check(),
        How::Generated(Reason::Stale(StatField::Size))
    );
    fs::remove_file(&place.source).unwrap();
    let keep_inode_busy = File::create(place.root.join("other")).unwrap();
    place.write_source(b"again something else", long_ago());
    assert!(matches!(
        place.check(),
        How::Generated(Reason::Stale(StatField::Inode | StatField::Size))
    ));
    drop(keep_inode_busy);
    place.write_source(b"again something new!", long_ago() + Duration::from_secs(7));
    assert_eq!(
        place.check(),
        How::Generated(Reason::Stale(StatField::Mtime))
    );
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

/// 0.14.0 of the reference read the header from where the cursor stood after the lock was upgraded, and wrote
/// behind a hole of zeros: a file that changed once was never cached again.
#[test]
fn a_source_that_changed_is_cached_again() {
    let place = Place::new(TEXT);
    for round in 1..=5u64 {
        let text = vec![b'x'; 10 + round as usize];
        place.write_source(&text, long_ago());
        assert!(matches!(place.check(), How::Generated(_)));
        assert_eq!(place.check(), How::Hit(Hit::Stat), "round {round}");
        let bytes = place.entry_bytes();
        assert_eq!(
            bytes[4..8],
            (10 + round as u32).to_ne_bytes(),
            "header at 0"
        );
    }
}

/// What was written shorter than what it replaces leaves nothing behind.
#[test]
fn a_shorter_entry_replaces_a_longer_one() {
    let place = Place::new(&[b'a'; 9000]);
    place.check();
    let long = place.entry_bytes().len();
    place.write_source(b"b", long_ago());
    place.check();
    assert!(place.entry_bytes().len() < long - 8000);
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

#[test]
fn exclusive_at_once() {
    let place = Place::new(TEXT);
    let options = Options {
        exclusive: true,
        ..Options::default()
    };
    assert_eq!(place.update(&options).how, How::Generated(Reason::NoEntry));
    assert_eq!(place.update(&options).how, How::Hit(Hit::Stat));
    let body = place.update(&Options {
        exclusive: true,
        ..BODY
    });
    assert_eq!(toy(&body), Toy::generate(TEXT));
    // Others wait for an exclusive lock, so it does not live on with the body.
    let Ir::Entry { body, .. } = &body.ir else {
        panic!("{:?}", body.ir)
    };
    assert!(!body.is_mapped());
}

#[test]
fn content_hit_after_touch() {
    let place = Place::new(TEXT);
    place.check();
    let before = place.entry_bytes();
    set_mtime(&place.source, long_ago() + Duration::from_secs(60));
    assert_eq!(place.check(), How::Hit(Hit::Content));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    assert_eq!(place.generated.load(Ordering::Relaxed), 1);
    let after = place.entry_bytes();
    assert_eq!(before.len(), after.len());
    // The new stat stands where the reference looks for it.
    let stat = Toy::decode_header(&after[..48]).unwrap().stat;
    assert_eq!(stat, SourceFile::open(&place.source).unwrap().stat());
    assert_eq!(before[48..100], after[48..100]);
}

#[test]
fn content_hit_after_copy_away_and_back() {
    let place = Place::new(TEXT);
    place.check();
    let copy = place.root.join("copy");
    fs::copy(&place.source, &copy).unwrap();
    fs::remove_file(&place.source).unwrap();
    fs::rename(&copy, &place.source).unwrap();
    set_mtime(&place.source, long_ago());
    assert_eq!(place.check(), How::Hit(Hit::Content));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    assert_eq!(place.generated.load(Ordering::Relaxed), 1);
}

#[test]
fn content_hit_wanting_the_body() {
    let place = Place::new(TEXT);
    place.check();
    set_mtime(&place.source, long_ago() + Duration::from_secs(60));
    let outcome = place.update(&BODY);
    assert_eq!(outcome.how, How::Hit(Hit::Content));
    assert_eq!(toy(&outcome), Toy::generate(TEXT));
}

/// The new stat would make the reference believe the body.
#[test]
fn a_damaged_body_gets_no_new_stat() {
    let place = Place::new(TEXT);
    place.check();
    let entry = File::options().write(true).open(place.entry()).unwrap();
    file::write_all_at(&entry, b"?", 60).unwrap();
    set_mtime(&place.source, long_ago() + Duration::from_secs(60));
    assert_eq!(place.check(), How::Generated(Reason::Checksum));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

/// The first of the two writes that record a stat happened, the second did not.
#[test]
fn half_recorded_stat() {
    let place = Place::new(TEXT);
    place.check();
    let later = long_ago() + Duration::from_secs(60);
    set_mtime(&place.source, later);
    let mut header = place.entry_bytes()[..48].to_vec();
    Toy::set_stat(
        &mut header,
        &SourceFile::open(&place.source).unwrap().stat(),
    );
    let write = |header: &[u8]| {
        let entry = File::options().write(true).open(place.entry()).unwrap();
        file::write_all_at(&entry, header, 0).unwrap();
    };
    write(&header);
    assert_eq!(place.check(), How::Hit(Hit::Content));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    // The same, for a content that did change: the stat alone would say hit.
    let mut text = TEXT.to_vec();
    text[3] ^= 1;
    place.write_source(&text, later + Duration::from_secs(1));
    Toy::set_stat(
        &mut header,
        &SourceFile::open(&place.source).unwrap().stat(),
    );
    write(&header);
    assert!(matches!(
        place.check(),
        How::Generated(Reason::Stale(StatField::Mtime))
    ));
}

#[test]
fn a_young_source_is_compared_by_content() {
    let place = Place::new(TEXT);
    let now = SystemTime::now();
    place.write_source(TEXT, now);
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    assert_eq!(place.check(), How::Hit(Hit::Young));
    // An edit that no stat shows.
    let mut text = TEXT.to_vec();
    text[3] ^= 1;
    place.write_source(&text, now);
    assert_eq!(place.check(), How::Generated(Reason::ContentChanged));
    assert_eq!(place.check(), How::Hit(Hit::Young));
    // The mark goes when the tick has passed.
    let passed = now + limits::TIMESTAMP_TICK + Duration::from_millis(50);
    std::thread::sleep(passed.duration_since(SystemTime::now()).unwrap_or_default());
    let update = || place.update(&Options::default()).how;
    assert_eq!(update(), How::Hit(Hit::Young));
    // A busy machine may hold us up between writing and looking at the clock: then the source counts as
    // younger than it is, once more.
    assert!((0..100).any(|_| update() == How::Hit(Hit::Stat)));
    assert_eq!(place.generated.load(Ordering::Relaxed), 2);
}

/// A clock that is ahead of ours says nothing about ticks.
#[test]
fn a_source_from_the_future_is_compared_by_content() {
    let place = Place::new(TEXT);
    place.write_source(TEXT, SystemTime::now() + Duration::from_secs(3600));
    place.check();
    assert_eq!(place.check(), How::Hit(Hit::Young));
    assert_eq!(place.check(), How::Hit(Hit::Young));
}

#[test]
fn an_entry_of_the_reference() {
    let place = Place::new(TEXT);
    place.check();
    place.strip_trailer();
    let bytes = place.entry_bytes();
    assert_eq!(place.check(), How::Hit(Hit::Unchecked));
    assert_eq!(place.entry_bytes(), bytes, "it is left as it was");
    // Its structure is checked, not more.
    let mut bad = bytes.clone();
    bad[48..52].copy_from_slice(&u32::MAX.to_ne_bytes());
    fs::write(place.entry(), &bad).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Malformed));
    fs::write(place.entry(), &bytes).unwrap();
    set_mtime(&place.source, long_ago() + Duration::from_secs(60));
    assert_eq!(
        place.check(),
        How::Generated(Reason::Stale(StatField::Mtime))
    );
}

/// Where the reference writes nothing, an entry without a trailer is one that was cut.
#[test]
fn a_store_of_our_own_wants_trailers() {
    let mut place = Place::new(TEXT);
    place.store = place.store.only_ours();
    place.check();
    let bytes = place.entry_bytes();
    place.strip_trailer();
    assert_eq!(place.check(), How::Generated(Reason::Checksum));
    assert_eq!(place.entry_bytes(), bytes);
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

#[test]
fn a_trailer_of_another_version() {
    let place = Place::new(TEXT);
    place.check();
    let good = place.entry_bytes();
    let at = good
        .windows(7)
        .position(|window| window == b"IRtrail")
        .unwrap();
    for byte in [at + 7, at + 15] {
        let mut bytes = good.clone();
        bytes[byte] += 1;
        fs::write(place.entry(), &bytes).unwrap();
        assert_eq!(place.check(), How::Generated(Reason::Version));
    }
    // As the first version wrote it: a trailer of 152 bytes and the summary.
    let mut first = good[..at + 8].to_vec();
    first[at + 7] = 1;
    first.extend(&good[at + 8..at + 24]);
    first.resize(at + 152, 0x5a);
    first.extend(summary_of(TEXT));
    fs::write(place.entry(), &first).unwrap();
    assert_eq!(
        trailer_tag_in(&first[at..]),
        Some(Toy::trailer_tag(place.name.release()))
    );
    assert_eq!(trailer_source_in(&first[at..]), None);
    assert_eq!(place.check(), How::Generated(Reason::Version));
    assert_eq!(place.entry_bytes(), good);
}

#[test]
fn a_long_summary() {
    // Longer than what is read with the trailer.
    let place = Place::new(&[b'm'; 3 * limits::TRAILER_READ_LEN]);
    place.check();
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    let mut bytes = place.entry_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(place.entry(), &bytes).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Checksum));
    bytes.truncate(bytes.len() - 100);
    fs::write(place.entry(), &bytes).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::Checksum));
}

#[test]
fn a_summary_too_long_to_be_written() {
    let text = vec![b'm'; limits::MAX_SUMMARY_LEN + 1];
    let place = Place::new(&text);
    place.check();
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    assert!(place.entry_bytes().len() < 2 * text.len());
}

#[test]
fn a_disabled_store_generates() {
    let place = Place::new(TEXT);
    let file = place.root.join("file");
    File::create(&file).unwrap();
    let (store, warning) = Store::open(&file.join("z"));
    let warning = warning.unwrap();
    assert_eq!(warning.kind, WarningKind::CreateDir);
    assert!(
        warning
            .to_string()
            .starts_with("unable to create cache directory '"),
        "{warning}"
    );
    assert!(!store.is_enabled());
    let mut source = SourceFile::open(&place.source).unwrap();
    let outcome = store
        .update(&place.name, &mut source, &BODY, Toy::generate)
        .unwrap();
    assert_eq!(outcome.how, How::Generated(Reason::NoCache));
    assert_eq!(toy(&outcome), Toy::generate(TEXT));
    assert_eq!(source.bytes(), Some(TEXT));
}

#[test]
fn a_directory_that_went_is_made_again() {
    let place = Place::new(TEXT);
    fs::remove_dir(place.root.join("z")).unwrap();
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    assert_eq!(place.check(), How::Hit(Hit::Stat));
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn entries_that_are_no_files() {
    let place = Place::new(TEXT);
    let expect_uncached = |what: &str| {
        let outcome = place.update(&BODY);
        assert_eq!(outcome.how, How::Generated(Reason::NoCache), "{what}");
        assert_eq!(toy(&outcome), Toy::generate(TEXT));
        assert_eq!(outcome.warnings.len(), 1, "{what}: {:?}", outcome.warnings);
        outcome.warnings[0].kind
    };
    fs::create_dir(place.entry()).unwrap();
    assert_eq!(expect_uncached("directory"), WarningKind::Open);
    fs::remove_dir(place.entry()).unwrap();

    let target = place.root.join("target");
    fs::write(&target, b"precious").unwrap();
    system::symlink(&target, place.entry()).unwrap();
    assert_eq!(expect_uncached("symbolic link"), WarningKind::Open);
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    fs::remove_file(place.entry()).unwrap();

    system::fifo(place.entry());
    assert_eq!(expect_uncached("FIFO"), WarningKind::Read);
}

/// Permissions do not keep root out, so root runs this again without the capabilities that let it in.
#[test]
#[cfg_attr(windows, ignore = "wants users and their rights, modes of files")]
fn a_cache_that_may_only_be_read() {
    const ROLE: &str = "CACHE_STORE_TEST_READ_ONLY";
    let place = Place::new(TEXT);
    let probe = place.root.join("probe");
    File::create(&probe).unwrap();
    set_mode(&probe, 0o444).unwrap();
    if File::options().write(true).open(&probe).is_ok() {
        assert!(
            std::env::var_os(ROLE).is_none(),
            "permissions still do not bind"
        );
        let status = std::process::Command::new("setpriv")
            .arg("--bounding-set=-dac_override,-dac_read_search")
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "protocol::a_cache_that_may_only_be_read"])
            .env(ROLE, "1")
            .status();
        match status {
            Ok(status) => assert!(status.success()),
            Err(error) => {
                eprintln!("not run: permissions do not bind this user, and setpriv: {error}")
            }
        }
        return;
    }
    place.check();
    set_mode(place.entry(), 0o444).unwrap();
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    set_mtime(&place.source, long_ago() + Duration::from_secs(60));
    for _ in 0..2 {
        assert_eq!(place.check(), How::Hit(Hit::Content));
    }
    place.write_source(b"other", long_ago());
    let outcome = place.update(&BODY);
    assert_eq!(outcome.how, How::Generated(Reason::Stale(StatField::Size)));
    assert_eq!(toy(&outcome), Toy::generate(b"other"));
    assert_eq!(outcome.warnings[0].kind, WarningKind::ReadOnly);
    fs::remove_file(place.entry()).unwrap();
    set_mode(place.root.join("z"), 0o555).unwrap();
    let outcome = place.update(&BODY);
    assert_eq!(outcome.how, How::Generated(Reason::NoCache));
    assert_eq!(outcome.warnings[0].kind, WarningKind::Open);
    set_mode(place.root.join("z"), 0o755).unwrap();
}

/// Whoever waits for a lock long is told for what, and gets it in the end.
#[test]
fn a_held_lock() {
    let text = long_text();
    let place = Place::new(&text);
    place.check();
    let body = place.update(&BODY);
    let Ir::Entry { body: map, .. } = &body.ir else {
        panic!("{:?}", body.how)
    };
    assert!(map.is_mapped());
    // Readers do not wait for it.
    let began = Instant::now();
    assert_eq!(place.check(), How::Hit(Hit::Stat));
    assert!(began.elapsed() < limits::LOCK_WAIT_BEFORE_NOTICE);

    place.write_source(b"changed meanwhile", long_ago());
    let waited_for = Mutex::new(Vec::new());
    let (told, was_told) = mpsc::channel();
    let told = Mutex::new(told);
    let on_wait = |path: &std::path::Path| {
        waited_for.lock().unwrap().push(path.to_owned());
        told.lock().unwrap().send(()).unwrap();
    };
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            place
                .update(&Options {
                    on_wait: Some(&on_wait),
                    ..BODY
                })
                .how
        });
        was_told.recv_timeout(Duration::from_secs(30)).unwrap();
        assert!(!writer.is_finished());
        // What is mapped is still what it was.
        assert_eq!(toy(&body), Toy::generate(&text));
        drop(body);
        assert_eq!(
            writer.join().unwrap(),
            How::Generated(Reason::Stale(StatField::Size))
        );
    });
    assert_eq!(*waited_for.lock().unwrap(), [place.entry()]);
}

#[test]
fn a_generator_that_panics_leaves_the_old_entry() {
    let place = Place::new(TEXT);
    place.check();
    let before = place.entry_bytes();
    place.write_source(b"panic", long_ago());
    let panicked = std::panic::catch_unwind(|| {
        let mut source = SourceFile::open(&place.source).unwrap();
        let _ = place
            .store
            .update::<Toy>(&place.name, &mut source, &BODY, |_| panic!("on purpose"));
    });
    assert!(panicked.is_err());
    assert_eq!(place.entry_bytes(), before);
    assert_eq!(
        place.check(),
        How::Generated(Reason::Stale(StatField::Size))
    );
}

/// A limit on the size of files fails a write where a full disk does, in its middle. It is a process's,
/// so a shell that sets it runs this test again. What that prints goes through pipes: a limit counts for
/// standard output too, where that is a file, such as a log.
#[test]
#[cfg_attr(windows, ignore = "wants a shell")]
fn a_full_disk() {
    const ROLE: &str = "CACHE_STORE_TEST_FULL_DISK";
    if std::env::var_os(ROLE).is_none() {
        let output = std::process::Command::new("sh")
            .args([
                "-c",
                "trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact protocol::a_full_disk",
            ])
            .arg(std::env::current_exe().unwrap())
            .env(ROLE, "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        return;
    }
    // The limit is 8 units of 512 or 1024 bytes. This needs little more than its own length, and ...
    let text = [b"\n".as_slice(), &[b'f'; 3071]].concat();
    let place = Place::new(&text);
    assert_eq!(place.check(), How::Generated(Reason::NoEntry));
    // ... this five times that.
    let lines = vec![b'\n'; 3072];
    place.write_source(&lines, long_ago());
    let outcome = place.update(&BODY);
    assert_eq!(toy(&outcome), Toy::generate(&lines));
    assert_eq!(outcome.warnings.len(), 1, "{:?}", outcome.warnings);
    assert_eq!(outcome.warnings[0].kind, WarningKind::Write);
    assert_eq!(place.entry_bytes(), b"");
}
