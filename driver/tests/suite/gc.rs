//! `zirc cache gc` over made-up cache directories.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use cache_store::file::{Mode, try_lock};
use manifest::Format;

use crate::common::{Project, Ran};
use crate::made_cache::{LIB, LOCAL, age, compilation, contents, manifest, rest, write};

const CACHE: &str = ".zig-cache";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Another output.
const ORPHAN: &str = "00000000000000000000000000000001";

fn project() -> Project {
    Project::new(&[
        ("build.zig", ""),
        ("main.zig", "const x = 1;\n"),
        ("b.zig", ""),
    ])
}

fn gc(project: &Project, args: &[&str]) -> Ran {
    rest(&project.path(CACHE));
    project.run(&[&["cache", "gc"], args, &[CACHE]].concat())
}

/// It waits: a process that another test has just started has this one's files open until it is the program.
fn gc_well(project: &Project, args: &[&str]) -> String {
    let ran = gc(project, &[args, &["--wait", "50s"]].concat());
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    ran.out()
}

/// Nothing there makes a build fail.
fn verify(project: &Project) {
    let ran = project.run(&["cache", "verify", CACHE]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
}

#[test]
fn without_a_terminal_it_has_to_be_said() {
    let project = project();
    compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    let ran = gc(&project, &["--max-size", "0"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert!(ran.err().contains("--yes"), "{}", ran.text());
    for bad in [
        ["--max-size", "much"],
        ["--older-than", "yesterday"],
        ["--keep-last", "-1"],
    ] {
        assert_eq!(
            gc(&project, &[&["--yes"], &bad[..]].concat()).status,
            Some(2)
        );
    }
}

#[test]
fn without_a_limit_what_nobody_knows_goes() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    let dir = project.path(CACHE);
    write(&dir.join(format!("o/{ORPHAN}/x")), b"x");
    write(&dir.join("tmp/0123456789abcdef/x"), b"x");
    write(&dir.join("z/00000000000000000000000000000002"), &[0; 48]);
    // All of that is young.
    let before = contents(&dir);
    gc_well(&project, &["--yes"]);
    assert_eq!(contents(&dir), before);
    age(&dir, DAY);
    let text = gc_well(&project, &["--dry-run"]);
    assert!(text.contains("belongs to no manifest"), "{text}");
    assert_eq!(contents(&dir), before);
    // To compare them they were read.
    age(&dir, DAY);
    gc_well(&project, &["--yes"]);
    assert!(!dir.join(format!("o/{ORPHAN}")).exists());
    assert_eq!(fs::read_dir(dir.join("tmp")).unwrap().count(), 0);
    assert!(
        made.output.join("app").exists() && dir.join("z/00000000000000000000000000000002").exists()
    );
    verify(&project);
}

#[test]
fn what_is_not_understood_keeps_orphans() {
    let project = project();
    let dir = project.path(CACHE);
    write(&dir.join("h/00000000000000000000000000000009.json"), b"x");
    write(&dir.join(format!("o/{ORPHAN}/x")), b"x");
    age(&dir, DAY);
    let text = gc_well(&project, &["--yes"]);
    assert!(text.contains("are not understood"), "{text}");
    assert!(dir.join(format!("o/{ORPHAN}")).exists());
}

#[test]
#[cfg_attr(
    windows,
    ignore = "wants times of access that reading leaves alone, which Wine has not"
)]
fn old_results_go_but_for_the_newest() {
    for format in Format::ALL {
        let project = project();
        let made: Vec<_> = (1..=4)
            .map(|key| {
                let made = compilation(&project, CACHE, format, key, "main.zig", 10);
                let days = DAY * u32::from(key) * 10;
                age(&made.manifest, days);
                age(&made.output, days);
                made
            })
            .collect();
        let other = compilation(&project, CACHE, format, 9, "b.zig", 10);
        age(&other.manifest, DAY * 100);
        age(&other.output, DAY * 100);
        let there = || -> Vec<bool> {
            let all = made.iter().chain([&other]);
            let is_there = all.map(|made| {
                let is_there = made.output.exists();
                // A manifest with contents has its output.
                assert_eq!(fs::metadata(&made.manifest).unwrap().len() > 0, is_there);
                is_there
            });
            is_there.collect()
        };
        gc_well(
            &project,
            &["--yes", "--older-than", "35d", "--keep-last", "1"],
        );
        assert_eq!(there(), [true, true, true, false, true]);
        gc_well(
            &project,
            &["--yes", "--older-than", "15d", "--keep-last", "2"],
        );
        assert_eq!(there(), [true, true, false, false, true]);
        gc_well(&project, &["--yes", "--older-than", "15d"]);
        assert_eq!(there(), [true, false, false, false, false]);
        verify(&project);
    }
}

/// What is needed was used when that was.
#[test]
fn what_a_result_needs_is_as_young() {
    let project = project();
    let step = manifest(&project, CACHE, Format::Lines, 1, &[(1, "b.zig")]);
    write(&step.output.join("gen.zig"), b"");
    let made = format!("o/{}/gen.zig", step.digest);
    let inputs = [(0, "main.zig"), (LOCAL, &*made), (1, "std/std.zig")];
    let user = manifest(&project, CACHE, Format::Lines, 2, &inputs);
    write(&user.output.join("app"), b"app");
    // What nobody makes but somebody needs: it goes after that.
    write(
        &project
            .path(CACHE)
            .join(format!("o/{ORPHAN}/dependencies.zig")),
        b"",
    );
    let inputs = [(LOCAL, &*format!("o/{ORPHAN}/dependencies.zig"))];
    let runner = manifest(&project, CACHE, Format::Lines, 3, &inputs);
    write(&runner.output.join("build"), b"build");
    age(&project.path(CACHE), DAY * 50);
    age(&user.output.join("app"), HOUR);
    gc_well(&project, &["--yes", "--older-than", "1d"]);
    assert!(step.output.exists() && user.output.exists() && !runner.output.exists());
    assert!(project.path(CACHE).join(format!("o/{ORPHAN}")).exists());
    gc_well(&project, &["--yes", "--older-than", "1d"]);
    assert!(!project.path(CACHE).join(format!("o/{ORPHAN}")).exists());
}

/// What runs the build script is not written anew by a build, and every build needs it.
#[test]
#[cfg_attr(
    windows,
    ignore = "wants times of access that reading leaves alone, which Wine has not"
)]
fn what_runs_the_build_is_as_young_as_the_newest_result() {
    let project = project();
    let runner = |key, script: &str, file: &str| {
        let inputs = [(LIB, file), (0, script), (LIB, "std/std.zig")];
        let runner = manifest(&project, CACHE, Format::Lines, key, &inputs);
        write(&runner.output.join("build"), b"build");
        runner
    };
    let runners = [
        runner(1, "build.zig", "compiler/build_runner.zig"),
        runner(2, "b.zig", "compiler/build_runner.zig"),
        runner(3, "main.zig", "compiler/test_runner.zig"),
    ];
    let result = compilation(&project, CACHE, Format::Lines, 4, "main.zig", 10);
    for (days, made) in [50, 60, 50, 1]
        .into_iter()
        .zip(runners.iter().chain([&result]))
    {
        age(&made.manifest, DAY * days);
        age(&made.output, DAY * days);
    }
    gc_well(&project, &["--yes", "--older-than", "10d"]);
    let are_there = runners.map(|made| made.output.exists());
    assert_eq!(
        (are_there, result.output.exists()),
        ([true, false, false], true)
    );
    verify(&project);
}

#[test]
fn sizes_are_bounded() {
    let project = project();
    let made: Vec<_> = (1..=10)
        .map(|key| {
            let made = compilation(&project, CACHE, Format::Lines, key, "main.zig", 100_000);
            age(&made.manifest, HOUR * u32::from(key));
            age(&made.output, HOUR * u32::from(key));
            made
        })
        .collect();
    gc_well(&project, &["--yes", "--max-size", "500kB"]);
    let there: Vec<bool> = made.iter().map(|made| made.output.exists()).collect();
    let count = there.iter().filter(|there| **there).count();
    assert!((3..=4).contains(&count), "{there:?}");
    assert!(there[..count].iter().all(|there| *there), "{there:?}");
    let stats = project
        .run(&["cache", "stats", "--format", "json", CACHE])
        .json();
    assert!(stats["directories"][0]["bytes"].as_u64().unwrap() <= 500_000);
    let text = gc_well(&project, &["--yes", "--max-size", "500kB"]);
    assert!(text.contains("0 B of"), "{text}");
    verify(&project);
}

#[test]
#[cfg_attr(windows, ignore = "wants programs of Unix")]
fn where_somebody_is_at_work_nothing_goes() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    let before = contents(&project.path(CACHE));
    let all = ["--yes", "--max-size", "0"];
    let is_left = |why: &str| {
        let ran = gc(&project, &all);
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        let text = ran.out();
        assert!(text.contains("left alone") && text.contains(why), "{text}");
        assert_eq!(contents(&project.path(CACHE)), before);
    };
    // A lock.
    let file = fs::File::open(&made.manifest).unwrap();
    assert!(try_lock(&file, Mode::Shared).unwrap());
    is_left("is locked");
    drop(file);
    // A process in the project.
    let mut command = Command::new("sleep");
    let sleep = |command: &mut Command| {
        command
            .arg("3")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut child = sleep(command.current_dir(project.dir()).stdin(Stdio::null()));
    is_left("has its working directory in");
    child.kill().unwrap();
    child.wait().unwrap();
    // One elsewhere, with a file of the cache.
    let file = fs::File::open(made.output.join("app")).unwrap();
    let mut child = sleep(Command::new("sleep").current_dir("/").stdin(file));
    is_left("open");
    // It ends, and is waited for.
    let text = gc_well(&project, &all);
    child.wait().unwrap();
    assert!(!text.contains("left alone"), "{text}");
    assert!(!made.output.exists());
    assert_eq!(fs::read(&made.manifest).unwrap(), b"");
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn links_are_not_followed_and_strangers_stay() {
    let project = project();
    project.write("outside/thesis", b"thesis");
    let outside = project.path("outside");
    let outside = outside.to_str().unwrap();
    let dir = project.path(CACHE);
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    project.symlink(&format!("{CACHE}/o/{}/link", made.digest), outside);
    project.symlink(&format!("{CACHE}/o/{ORPHAN}"), outside);
    write(&dir.join("tmp/x"), b"x");
    project.symlink(&format!("{CACHE}/tmp/0123456789abcdef"), outside);
    project.symlink(&format!("{CACHE}/z"), outside);
    for stranger in [
        "o/thesis",
        "h/thesis",
        "tmp/thesis",
        "thesis",
        "b/thesis",
        "p/thesis",
    ] {
        write(&dir.join(stranger), b"thesis");
    }
    age(&dir, DAY * 10);
    gc_well(
        &project,
        &["--yes", "--max-size", "0", "--older-than", "1d"],
    );
    assert_eq!(fs::read(project.path("outside/thesis")).unwrap(), b"thesis");
    assert!(!made.output.exists());
    for stranger in [
        "o/thesis",
        "h/thesis",
        "tmp/thesis",
        "thesis",
        "b/thesis",
        "p/thesis",
        "tmp/x",
    ] {
        assert!(dir.join(stranger).exists(), "{stranger}");
    }
    assert!(dir.join("z").symlink_metadata().unwrap().is_symlink());
    // A directory that is no cache is refused, whatever it is called.
    for home in ["outside", "."] {
        let ran = project.run(&["cache", "gc", "--yes", "--max-size", "0", home]);
        assert_eq!(ran.status, Some(2), "{}", ran.text());
    }
    // One whose tmp leads elsewhere is not written to.
    fs::remove_dir_all(dir.join("tmp")).unwrap();
    project.symlink(&format!("{CACHE}/tmp"), outside);
    compilation(&project, CACHE, Format::Lines, 2, "main.zig", 10);
    let before = contents(&dir);
    let ran = gc(&project, &["--yes", "--max-size", "0"]);
    assert_eq!(ran.status, Some(2), "{}", ran.text());
    assert_eq!(contents(&dir), before);
}

/// Killed at any moment, it leaves no manifest with contents without its output, and the next run finishes.
#[test]
fn killed_and_run_again() {
    let project = project();
    // Wine takes long for each file.
    let (last_key, files) = match cfg!(windows) {
        true => (63, 4),
        false => (255, 20),
    };
    let fill = || -> Vec<PathBuf> {
        let made = (0..=last_key).map(|key| {
            let made = compilation(&project, CACHE, Format::Lines, key, "main.zig", 5000);
            for number in 0..files {
                fs::write(made.output.join(format!("{number}.o")), b"x").unwrap();
            }
            made.manifest
        });
        made.collect()
    };
    let dir = project.path(CACHE);
    // Nothing is opened: this process would be one that is at work there.
    let with_contents = |manifests: &[PathBuf]| {
        let lens = manifests
            .iter()
            .map(|path| fs::metadata(path).map_or(0, |m| m.len()));
        lens.filter(|len| *len > 0).count()
    };
    // A busy machine may let it end before it is killed: what counts is being killed in the middle, and it is
    // tried until that has happened often enough.
    let mut manifests = Vec::new();
    let mut in_the_middle = 0;
    for round in 0..1000 {
        if in_the_middle == 5 {
            break;
        }
        if with_contents(&manifests) == 0 {
            manifests = fill();
        }
        let before = with_contents(&manifests);
        rest(&dir);
        let mut command = project.command(&["cache", "gc", "--yes", "--max-size", "0", CACHE]);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() && with_contents(&manifests) == before {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_micros(100 * (round % 20)));
        child.kill().unwrap();
        // Windows has a status for what was killed, which the verb has for nothing that happens here.
        let killed = child.wait().unwrap().code() == cfg!(windows).then_some(1);
        let after = with_contents(&manifests);
        let is_left = after > 0 || fs::read_dir(dir.join("tmp")).unwrap().next().is_some();
        in_the_middle += usize::from(killed && after < before && is_left);
        verify(&project);
    }
    assert_eq!(in_the_middle, 5);
    gc_well(&project, &["--yes", "--max-size", "0"]);
    assert_eq!(with_contents(&manifests), 0);
    assert_eq!(fs::read_dir(dir.join("tmp")).unwrap().count(), 0);
    assert_eq!(fs::read_dir(dir.join("o")).unwrap().count(), 0);
}

/// Packages go only if projects were given, and none of them needs them.
#[test]
fn packages() {
    let hash = |name: &str| format!("{name}-1.0.0-{}", "A".repeat(44));
    let [used, needed, free] = ["used", "needed", "free"].map(hash);
    let zon = |hash: &str| {
        format!(".{{ .dependencies = .{{ .x = .{{ .url = \"\", .hash = \"{hash}\" }} }} }}")
    };
    let project = Project::new(&[("build.zig", ""), ("build.zig.zon", &zon(&used))]);
    let dir = project.path(CACHE);
    write(
        &dir.join(format!("p/{used}/build.zig.zon")),
        zon(&needed).as_bytes(),
    );
    write(&dir.join(format!("p/{needed}/x")), b"x");
    write(&dir.join(format!("p/{free}/x")), b"x");
    let there = || [&used, &needed, &free].map(|name| dir.join("p").join(name).exists());
    let text = gc_well(&project, &["--yes", "--max-size", "0"]);
    assert!(text.contains("--project"), "{text}");
    assert_eq!(there(), [true; 3]);
    // What is packed may need anything.
    fs::rename(dir.join("p").join(&used), project.path("unpacked")).unwrap();
    write(&dir.join(format!("p/{used}.tar.gz")), b"x");
    gc_well(&project, &["--yes", "--max-size", "0", "--project", "."]);
    assert!(dir.join("p").join(&free).exists());
    fs::create_dir(project.path("zig-pkg")).unwrap();
    fs::rename(
        project.path("unpacked"),
        project.path("zig-pkg").join(&used),
    )
    .unwrap();
    gc_well(&project, &["--yes", "--max-size", "0", "--project", "."]);
    assert_eq!(there(), [false, true, false]);
    assert!(dir.join(format!("p/{used}.tar.gz")).exists());
}

#[test]
fn own_directories() {
    let project = Project::new(&[("main.zig", "test {}\n"), ("build.zig", "")]);
    project.check_json(0, &["main.zig"]);
    rest(&project.path(".zirc-cache"));
    let ran = project.run(&["cache", "gc", "--yes", "--max-size", "0"]);
    assert_eq!(ran.status, Some(0), "{}", ran.text());
    for folder in ["z", "o"] {
        let left = fs::read_dir(project.path(".zirc-cache").join(folder)).unwrap();
        assert_eq!(left.count(), 0, "{folder}");
    }
    project.check_json(0, &["main.zig"]);
    let again = project.check_json(0, &["main.zig"]);
    assert_eq!(again["generated"], 0);
}

#[test]
fn as_json() {
    let project = project();
    let made = compilation(&project, CACHE, Format::Lines, 1, "main.zig", 10);
    let report = gc(
        &project,
        &["--dry-run", "--max-size", "0", "--format", "json"],
    )
    .json();
    let dir = &report["directories"][0];
    assert_eq!(
        dir["plan"]["remove"][0]["path"],
        format!("o/{}", made.digest)
    );
    assert!(dir["done"].is_null());
    let args = [
        "--yes",
        "--max-size",
        "0",
        "--format",
        "json",
        "--wait",
        "50s",
    ];
    let report = gc(&project, &args).json();
    assert_eq!(report["directories"][0]["done"]["number"], 1);
}
