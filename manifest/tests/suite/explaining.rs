//! What is said of each file.

use manifest::{Finding, Listing, Prefixes, choose_prefixes, explain};

use crate::common::{Project, age, prefixes};

#[test]
fn each_finding() {
    let project = Project::new();
    let names = [
        "same.zig",
        "touched.zig",
        "edited.zig",
        "gone.zig",
        "dir.zig",
        "hidden.zig",
    ];
    for (number, name) in names.iter().enumerate() {
        project.write(name, name);
        age(&project.path(name), number as u64 + 1);
    }
    project.build(&names);
    age(&project.path("touched.zig"), 20);
    project.write("edited.zig", "EDITED.zig");
    std::fs::remove_file(project.path("gone.zig")).unwrap();
    std::fs::remove_file(project.path("dir.zig")).unwrap();
    std::fs::create_dir(project.path("dir.zig")).unwrap();
    // An edit that leaves the stat as it was.
    let modified = std::fs::metadata(project.path("hidden.zig"))
        .unwrap()
        .modified()
        .unwrap();
    project.write("hidden.zig", "HIDDEN.zig");
    let file = std::fs::File::options()
        .write(true)
        .open(project.path("hidden.zig"))
        .unwrap();
    file.set_modified(modified).unwrap();

    let listing = Listing::read(&project.manifest(), 3).unwrap();
    let words = |read_all| -> Vec<_> {
        let all = explain(&listing, project.cache.prefixes(), read_all);
        all.iter().map(|one| one.finding.as_str()).collect()
    };
    let mut want = vec![
        "unchanged",
        "stat changed, content same",
        "content changed",
        "missing",
        "not a regular file",
        "unchanged",
    ];
    assert_eq!(words(false), want);
    want[5] = "content changed";
    assert_eq!(words(true), want);

    // What differs from run to run is masked.
    let text: String = explain(&listing, project.cache.prefixes(), true)
        .iter()
        .map(|one| format!("{one}\n"))
        .collect();
    let text = text.replace(project.dir.path().to_str().unwrap(), "DIR");
    let text = text.replace(std::path::MAIN_SEPARATOR, "/");
    let mut masked = String::new();
    let mut after = "";
    for word in text.split_inclusive([' ', '\n']) {
        if after == "inode " || after == "mtime " {
            masked.push('N');
            masked.push_str(&word[word.len() - 1..]);
        } else {
            masked.push_str(word);
        }
        after = word;
    }
    insta::assert_snapshot!(masked);
}

#[test]
fn explaining_changes_nothing() {
    let project = Project::new();
    project.write_old("a.zig", "a");
    project.build(&["a.zig"]);
    age(&project.path("a.zig"), 9);
    let before = project.text();
    let listing = Listing::read(&project.manifest(), 3).unwrap();
    let explanations = explain(&listing, project.cache.prefixes(), false);
    assert!(matches!(explanations[..], [ref one] if one.finding.is_same()));
    assert_eq!(project.text(), before);
}

#[test]
fn too_new_to_be_recorded() {
    let project = Project::new();
    let listing = Listing::parse(b"0\n1 0 0 00112233445566778899aabbccddeeff 0 a\n", 1).unwrap();
    project.write("a", "b");
    let [explanation] = &explain(&listing, project.cache.prefixes(), false)[..] else {
        panic!()
    };
    assert!(matches!(
        explanation.finding,
        Finding::ContentChanged { .. }
    ));
    assert!(
        explanation
            .to_string()
            .contains("no timestamp was recorded"),
        "{explanation}"
    );
}

#[test]
fn directories_are_guessed_by_what_fits() {
    let project = Project::new();
    let other = Project::new();
    for (minutes, name) in ["lib/a.zig", "lib/b.zig", "c.zig"].into_iter().enumerate() {
        project.write(name, name);
        age(&project.path(name), minutes as u64 + 1);
        // Exists in the other as well, but is not what is recorded.
        other.write(name, name);
    }
    project.build(&["lib/a.zig", "lib/b.zig", "c.zig"]);
    let listing = Listing::read(&project.manifest(), 3).unwrap();
    let candidates = [
        Prefixes::new("/nonexistent"),
        prefixes(other.dir.path()),
        prefixes(project.dir.path()),
    ];
    let chosen = choose_prefixes(&listing, &candidates).unwrap();
    assert_eq!(chosen.dir(0), Some(project.dir.path()));
    let chosen = choose_prefixes(&listing, &candidates[..2]).unwrap();
    assert_eq!(chosen.dir(0), Some(other.dir.path()));
    // Of equal ones the first.
    let chosen = choose_prefixes(&Listing::default(), &candidates).unwrap();
    assert_eq!(chosen.dir(0), Some("/nonexistent".as_ref()));
    assert!(choose_prefixes(&listing, &[]).is_none());
}

#[test]
fn errors_name_file_and_line() {
    let project = Project::new();
    let path = project.path("x.txt");
    let error = Listing::read(&path, 3).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}: cannot read the manifest: ", path.display())),
        "{error}"
    );
    project.write("x.txt", "0\n1 2 3\n");
    let error = Listing::read(&path, 3).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}: line 2: ", path.display())),
        "{error}"
    );
}
