//! `zirc zon fmt`.

use std::fs;

use fixtures::system::{mode, set_mode};

use crate::common::Project;

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links, modes of files")]
fn files_are_changed_in_place() {
    let project = Project::new(&[
        ("a.zon", ".{.a=1}"),
        ("clean.zon", ".{ .a = 1 }\n"),
        ("broken.zon", ".{ .a = }"),
        ("not.zon", ".{.a = 1+2}"),
        ("d/b.zon", ".{  }"),
    ]);
    project.symlink("link.zon", "a.zon");
    set_mode(project.path("a.zon"), 0o640).unwrap();

    let ran = project.run(&["zon", "fmt", "--check", "link.zon", "clean.zon", "d"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(ran.stdout, b"link.zon\nd/b.zon\n");
    assert_eq!(fs::read(project.path("a.zon")).unwrap(), b".{.a=1}");

    let ran = project.run(&["zon", "fmt", "link.zon", "clean.zon", "d"]);
    assert_eq!(ran.status, Some(0));
    assert_eq!(ran.stdout, b"link.zon\nd/b.zon\n");
    assert_eq!(fs::read(project.path("a.zon")).unwrap(), b".{ .a = 1 }\n");
    assert_eq!(fs::read(project.path("d/b.zon")).unwrap(), b".{}\n");
    assert!(
        fs::symlink_metadata(project.path("link.zon"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(mode(project.path("a.zon")), 0o640);

    // One that is wrong keeps no other from being formatted. What means nothing in ZON is.
    let ran = project.run(&["zon", "fmt", "broken.zon", "not.zon"]);
    assert_eq!(
        (ran.status, ran.stdout.as_slice()),
        (Some(1), b"not.zon\n".as_slice())
    );
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(
        errors.contains("broken.zon:1:9: error: expected expression"),
        "{errors}"
    );
    assert_eq!(
        fs::read(project.path("not.zon")).unwrap(),
        b".{ .a = 1 + 2 }\n"
    );
    assert_eq!(project.run(&["zon", "fmt", "none.zon"]).status, Some(2));
}

#[test]
fn standard_input() {
    let project = Project::new(&[]);
    let ran = project.run_with_input(&["zon", "fmt", "--stdin"], b".{1,\n2,}");
    assert_eq!(ran.status, Some(0));
    assert_eq!(ran.stdout, b".{\n    1,\n    2,\n}\n");
    let ran = project.run_with_input(&["zon", "fmt", "--stdin", "--check"], b".{1,\n2,}");
    assert_eq!(
        (ran.status, ran.stdout.as_slice()),
        (Some(1), b"".as_slice())
    );
}

#[test]
fn nothing_is_lost() {
    // What formatting was turned off for inside an element is lost in the reference.
    let source = ".{\n    .{\n        // zig fmt: off\n        1,\n    },\n    2,\n}\n";
    let project = Project::new(&[("a.zon", source)]);
    let ran = project.run(&["zon", "fmt", "a.zon"]);
    assert_eq!(ran.status, Some(1));
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(
        errors,
        "a.zon:4:9: error: left as it is: zig fmt would lose this text behind '// zig fmt: off'\n        1,\n        ^\n"
    );
    assert_eq!(fs::read(project.path("a.zon")).unwrap(), source.as_bytes());
}

#[test]
#[cfg_attr(windows, ignore = "wants symbolic links")]
fn directories_are_walked_as_the_reference_does() {
    let ugly = ".{  }";
    let project = Project::new(&[
        ("d/a.zon", ugly),
        ("d/b.zig", "const a=1;"),
        ("d/.hidden.zon", ugly),
        ("d/.hidden/a.zon", ugly),
        ("d/zig-out/a.zon", ugly),
        ("d/e/a.zon", ugly),
        ("d/ignored.zon", ugly),
        ("d/.gitignore", "ignored.zon\n"),
        ("outside.zon", ugly),
        ("named.txt", ugly),
    ]);
    project.symlink("d/link.zon", "../outside.zon");
    fs::hard_link(project.path("d/a.zon"), project.path("d/same.zon")).unwrap();

    let ran = project.run(&[
        "zon",
        "fmt",
        "--check",
        "d",
        "--exclude",
        "d/e",
        "--exclude",
        "none",
    ]);
    assert_eq!(ran.status, Some(1));
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(
        lines(&ran.stdout),
        "d/a.zon\nd/ignored.zon\nd/zig-out/a.zon\n"
    );
    let ran = project.run(&["zon", "fmt", "d/e/a.zon", "d", "named.txt", "d/e"]);
    assert_eq!(ran.status, Some(0), "{}", lines(&ran.stderr));
    assert_eq!(
        lines(&ran.stdout),
        "d/e/a.zon\nd/a.zon\nd/ignored.zon\nd/zig-out/a.zon\nnamed.txt\n"
    );
    assert_eq!(
        fs::read(project.path("outside.zon")).unwrap(),
        ugly.as_bytes()
    );
    assert_eq!(
        fs::read(project.path("d/.hidden.zon")).unwrap(),
        ugly.as_bytes()
    );
    let ran = project.run(&["zon", "fmt", "--check", "d", "--exclude", "d"]);
    assert_eq!((ran.status, lines(&ran.stdout)), (Some(0), String::new()));
}

#[test]
fn encodings() {
    let project = Project::new(&[]);
    let utf16: Vec<u8> = "\u{feff}.{\"é\" }"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(project.path("a.zon"), &utf16).unwrap();
    fs::write(project.path("odd.zon"), &utf16[..utf16.len() - 1]).unwrap();
    fs::write(project.path("half.zon"), b"\xff\xfe\x00\xd8").unwrap();
    fs::write(project.path("big.zon"), b"\xfe\xff\0.").unwrap();
    fs::write(project.path("marked.zon"), b"\xef\xbb\xbf.{ }").unwrap();
    let ran = project.run(&["zon", "fmt", "a.zon", "marked.zon"]);
    assert_eq!(ran.status, Some(0));
    assert_eq!(
        fs::read(project.path("a.zon")).unwrap(),
        ".{\"é\"}\n".as_bytes()
    );
    assert_eq!(fs::read(project.path("marked.zon")).unwrap(), b".{}\n");
    let ran = project.run(&["zon", "fmt", "odd.zon", "half.zon", "big.zon"]);
    assert_eq!(ran.status, Some(2));
    assert_eq!(
        String::from_utf8_lossy(&ran.stderr),
        "error: unable to format 'odd.zon': InvalidEncoding\n\
         error: unable to format 'half.zon': UnsupportedEncoding\n\
         error: unable to format 'big.zon': UnsupportedEncoding\n"
    );
    let ran = project.run_with_input(&["zon", "fmt", "--stdin"], &utf16);
    assert_eq!(ran.stdout, ".{\"é\"}\n".as_bytes());
}

#[test]
fn deep_nesting_is_an_error() {
    let project = Project::new(&[]);
    for (source, message) in [
        (
            ".{1,".repeat(2000) + "2" + &",}".repeat(2000),
            "nested too deep",
        ),
        (".{".repeat(1_000_000), "error: "),
    ] {
        let ran = project.run_with_input(&["zon", "fmt", "--stdin"], source.as_bytes());
        assert_eq!((ran.status, ran.stdout), (Some(1), Vec::new()));
        let errors = String::from_utf8_lossy(&ran.stderr);
        assert!(
            errors.contains(message),
            "{}",
            &errors[..errors.len().min(300)]
        );
    }
}
