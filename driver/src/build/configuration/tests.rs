//! Configurations of both releases, kept as they were made; and others that nothing has made.

use std::path::Path;

use super::*;
use crate::limits::MAX_MODULE_MAP_LEN;
use crate::project::ModuleRootFile;

const BOTH: [Release; 2] = [Release::V0_17_0, Release::V0_17_1];

/// Their names, whose they are, and their bytes. Two are byte for byte the same from both releases.
const FIXTURES: [(&str, &[Release], &[u8]); 8] = [
    // What `zig init` writes.
    (
        "init-0.17.0",
        &BOTH,
        include_bytes!("../../../tests/configurations/init-0.17.0"),
    ),
    (
        "init-0.17.1",
        &BOTH,
        include_bytes!("../../../tests/configurations/init-0.17.1"),
    ),
    // Options, C that is translated, files that are written, generated and copied, a package in a folder with
    // one in its own, two programs with one module.
    (
        "mixed",
        &BOTH,
        include_bytes!("../../../tests/configurations/mixed"),
    ),
    // The same with a package that is asked for and not there.
    (
        "absent",
        &BOTH,
        include_bytes!("../../../tests/configurations/absent"),
    ),
    // Every kind of step, and of directory that a path is relative to.
    (
        "kinds-0.17.0",
        &[Release::V0_17_0],
        include_bytes!("../../../tests/configurations/kinds-0.17.0"),
    ),
    (
        "kinds-0.17.1",
        &[Release::V0_17_1],
        include_bytes!("../../../tests/configurations/kinds-0.17.1"),
    ),
    // Options that are paths, relative to every directory.
    (
        "paths-0.17.0",
        &[Release::V0_17_0],
        include_bytes!("../../../tests/configurations/paths-0.17.0"),
    ),
    (
        "paths-0.17.1",
        &[Release::V0_17_1],
        include_bytes!("../../../tests/configurations/paths-0.17.1"),
    ),
];

fn dirs<'a>() -> BuildDirs<'a> {
    BuildDirs {
        build_root: Path::new("/p"),
        working_dir: Some(Path::new("/p")),
        local_cache: Path::new("/p/.zig-cache"),
        global_cache: Some(Path::new("/global")),
        zig_exe: Some(Path::new("/zig/zig")),
        lib: Some(Path::new("/zig/lib")),
    }
}

fn fixture(name: &str) -> &'static [u8] {
    let found = FIXTURES.iter().find(|(other, ..)| *other == name);
    found.unwrap().2
}

#[test]
#[cfg_attr(windows, ignore = "has paths of Unix")]
fn maps() {
    // Nothing lies there that is not read here.
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configurations");
    let names = std::fs::read_dir(dir).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.trim_end_matches(".snap").to_owned()
    });
    let names: std::collections::BTreeSet<String> = names.collect();
    assert!(names.iter().map(String::as_str).eq({
        let mut read: Vec<&str> = FIXTURES.iter().map(|(name, ..)| *name).collect();
        read.sort_unstable();
        read
    }));
    for (name, releases, bytes) in FIXTURES {
        let maps = releases.iter().map(|release| {
            let configured = read(bytes, *release, &dirs()).unwrap();
            assert!(!configured.is_poisoned);
            configured.map.validate().unwrap();
            let zig = format!(".zig = \"{release}\"");
            zoir::typed::to_string(&configured.map)
                .unwrap()
                .replace(&zig, ".zig = \"...\"")
        });
        let maps: Vec<String> = maps.collect();
        assert!(maps.windows(2).all(|pair| pair[0] == pair[1]), "{name}");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../../tests/configurations");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, maps[0]));
    }
}

#[test]
fn what_is_wrong_with_others() {
    let kinds = fixture("kinds-0.17.1");
    let with = |at: usize, word: u32| {
        let mut bytes = kinds.to_vec();
        bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
        read(&bytes, Release::V0_17_1, &dirs())
    };
    let damaged = |problem| Err(Error::Damaged(problem));
    // In the header: a length, the default step, flags.
    assert_eq!(with(0, 0), damaged(Problem::Length));
    assert_eq!(with(32, 0xffff), damaged(Problem::Step));
    assert_eq!(with(36, 0), damaged(Problem::Generated));
    assert!(with(40, 1).unwrap().is_poisoned);
    let unknown = |unknown| {
        let release = "0.17.1";
        Err(Error::Unknown { release, unknown })
    };
    assert_eq!(with(40, 2), unknown(Unknown::Flags(2, "the file")));
    assert_eq!(with(44, 1), damaged(Problem::Strings));
    assert_eq!(
        read(b"", Release::V0_17_1, &dirs()),
        damaged(Problem::Header)
    );
    let longer = [kinds, b"\0"].concat();
    assert_eq!(
        read(&longer, Release::V0_17_1, &dirs()),
        damaged(Problem::Length)
    );
    // On a machine with the other order of bytes.
    let mut turned = kinds.to_vec();
    turned
        .as_chunks_mut::<4>()
        .0
        .iter_mut()
        .for_each(|word| word.reverse());
    assert_eq!(
        read(&turned, Release::V0_17_1, &dirs()),
        damaged(Problem::Length)
    );
    // Of the later release.
    let earlier = read(kinds, Release::V0_17_0, &dirs()).unwrap_err();
    let text =
        "it is damaged, or of another release than 0.17.0: a path is relative to directory 11";
    assert_eq!(earlier.to_string(), text);
    let none = read(kinds, Release::V0_16_0, &dirs());
    assert_eq!(none, Err(Error::Release("0.16.0")));
}

#[test]
fn directories_that_are_not_known() {
    let unknown = BuildDirs {
        working_dir: None,
        global_cache: None,
        lib: None,
        zig_exe: None,
        ..dirs()
    };
    // Where the packages are is relative to it.
    let mixed = read(fixture("mixed"), Release::V0_17_1, &unknown);
    assert_eq!(mixed, Err(Error::Relative("dep".into())));
    let init = read(fixture("init-0.17.1"), Release::V0_17_1, &unknown);
    assert_eq!(
        init,
        read(fixture("init-0.17.1"), Release::V0_17_1, &dirs())
    );
    let known = BuildDirs {
        working_dir: Some(Path::new("/p")),
        ..unknown
    };
    let kinds = read(fixture("kinds-0.17.1"), Release::V0_17_1, &known)
        .unwrap()
        .map;
    let root = |name: &str| {
        let imports = kinds.modules.iter().flat_map(|module| &module.imports);
        let import = imports
            .into_iter()
            .find(|import| import.name == name)
            .unwrap();
        &kinds.modules[import.module as usize].root
    };
    for (name, sub_path) in [
        ("global_cache", "sub/global_cache.zig"),
        ("zig_lib", "sub/zig_lib.zig"),
        ("zig_exe", ""),
    ] {
        let generated = ModuleRootFile::Generated {
            step: String::new(),
            sub_path: sub_path.to_owned(),
        };
        assert_eq!(root(name), &generated);
    }
}

/// Ends whatever the bytes are, with a map that is one or with an error that says something.
fn survives(bytes: &[u8], release: Release) -> bool {
    match read(bytes, release, &dirs()) {
        Ok(configured) => {
            configured.map.validate().unwrap();
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
    }
}

#[test]
fn a_part_is_none() {
    for (name, releases, bytes) in FIXTURES {
        for len in 0..bytes.len() {
            assert!(!survives(&bytes[..len], releases[0]), "{name} {len}");
        }
    }
}

#[test]
fn bytes_that_are_changed() {
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((state >> 33) % below as u64) as usize
    };
    let mut outcomes = [0; 2];
    for turn in 0..20_000 {
        let (_, releases, bytes) = FIXTURES[turn % FIXTURES.len()];
        let mut bytes = bytes.to_vec();
        let at = random(bytes.len());
        bytes[at] ^= 1 + random(255) as u8;
        outcomes[usize::from(survives(&bytes, releases[0]))] += 1;
    }
    // A change in a name or in what is passed over is none that can be seen.
    assert!(outcomes.iter().all(|&count| count > 2000), "{outcomes:?}");
}

#[test]
fn words_that_are_changed() {
    for (_, releases, bytes) in FIXTURES {
        let words = bytes.len() / 4;
        let mut bytes = bytes.to_vec();
        let strings = u32::from_ne_bytes(bytes[..4].try_into().unwrap()) as usize;
        // The words behind the strings are not aligned to those before.
        for at in (0..44)
            .step_by(4)
            .chain((44 + strings..bytes.len()).step_by(4))
        {
            let before: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
            for word in [0, 1, words as u32, 0x7fff_ffff, u32::MAX - 1, u32::MAX] {
                bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
                survives(&bytes, releases[0]);
            }
            bytes[at..at + 4].copy_from_slice(&before);
        }
    }
}

/// A file that nothing has made. A step is its five words.
fn made_up(strings: &[u8], steps: &[[u32; 5]], extra: &[u32]) -> Vec<u8> {
    let strings = [b"\0root\0", strings].concat();
    let mut words = vec![0; 11];
    words[0] = strings.len() as u32;
    words[1] = steps.len() as u32;
    words[7] = extra.len() as u32;
    words[9] = 1;
    let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let parts: [Vec<u8>; 4] = [bytes(&words), strings, bytes(&steps.concat()), bytes(extra)];
    parts.concat()
}

/// Where the record of a compile step would begin, with this root module: no flag is set but that no error is
/// expected.
fn compile(root_module: u32) -> [u32; 6] {
    [1, 0, 0, 4 << 9, root_module, 0]
}

#[test]
fn records_that_overlap() {
    let len = 4000;
    // A list of steps that all of its other words could begin as well.
    let mut extra = vec![0; 2 * len];
    extra[..len].fill(len as u32);
    // A description, whose record each has for itself.
    extra.extend([12, 0]);
    let record = 2 * len as u32;
    let step = |deps| [0, u32::MAX, deps, 0, record];
    let read = |steps: &[[u32; 5]]| read(&made_up(b"", steps, &extra), BOTH[1], &dirs());
    let mut steps = vec![step(0); len + 1];
    assert_eq!(read(&steps).map(|c| c.map.programs), Ok(vec![]));
    for (number, step) in steps.iter_mut().enumerate() {
        step[2] = number.min(len - 1) as u32;
    }
    assert_eq!(read(&steps), Err(Error::Damaged(Problem::Overlap)));
}

#[test]
fn names_without_end() {
    let (name_len, imports) = (1 << 20, 200);
    let name = [vec![b'a'; name_len], vec![0]].concat();
    // The step before nothing, its record, its module, and a table of one name again and again.
    let mut extra = vec![0];
    extra.extend(compile(7));
    extra.extend([0, 0, 13, u32::MAX, u32::MAX, u32::MAX]);
    extra.push(imports);
    extra.extend(vec![6; imports as usize]);
    extra.extend(vec![7; imports as usize]);
    let steps = [[0, u32::MAX, 0, 0, 1]];
    let bytes = made_up(&name, &steps, &extra);
    assert!(name_len * imports as usize > MAX_MODULE_MAP_LEN);
    let read_it = |bytes: &[u8]| read(bytes, BOTH[1], &dirs());
    assert_eq!(read_it(&bytes), Err(Error::Damaged(Problem::TooLarge)));
    // The same with a short name is one module that imports itself.
    let short = made_up(b"a\0", &steps, &extra);
    let map = read_it(&short).unwrap().map;
    assert_eq!((map.modules.len(), map.modules[0].imports.len()), (1, 200));
    assert_eq!(map.modules[0].root, ModuleRootFile::None);
    // A name that is none.
    let bytes = made_up(b"\xff\0", &steps, &extra);
    assert_eq!(
        read_it(&bytes),
        Err(Error::NotText("the name of an import"))
    );
}

#[test]
fn only_one_step_makes_a_file() {
    // No steps before, and two steps that run nothing and look for a program of no name.
    let extra = [0, 4, 0, 0, 4, 0, 0];
    let steps = [[0, u32::MAX, 0, 0, 1], [0, u32::MAX, 0, 0, 4]];
    let one = read(&made_up(b"", &steps[..1], &extra), BOTH[0], &dirs());
    assert_eq!(one.map(|configured| configured.map.modules), Ok(vec![]));
    let two = read(&made_up(b"", &steps, &extra), BOTH[0], &dirs());
    assert_eq!(two, Err(Error::Damaged(Problem::MadeTwice)));
}
