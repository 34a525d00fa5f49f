//! `zirc zon fmt`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::common::Project;

#[test]
fn files_are_changed_in_place() {
    let project = Project::new(&[
        ("a.zon", ".{.a=1}"),
        ("clean.zon", ".{ .a = 1 }\n"),
        ("broken.zon", ".{ .a = }"),
        ("not.zon", ".{.a = 1 + 2}"),
        ("d/b.zon", ".{  }"),
    ]);
    project.symlink("link.zon", "a.zon");
    fs::set_permissions(project.path("a.zon"), fs::Permissions::from_mode(0o640)).unwrap();

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
    let mode = fs::metadata(project.path("a.zon"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);

    let ran = project.run(&["zon", "fmt", "broken.zon", "not.zon"]);
    assert_eq!(
        (ran.status, ran.stdout.as_slice()),
        (Some(1), b"".as_slice())
    );
    let errors = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(
        errors.contains("broken.zon:1:9: error: expected expression"),
        "{errors}"
    );
    assert!(
        errors.contains("not.zon:1:10: error: not ZON: left as it is"),
        "{errors}"
    );
    assert!(
        errors.contains("operator '+' is not allowed in ZON"),
        "{errors}"
    );
    assert_eq!(fs::read(project.path("not.zon")).unwrap(), b".{.a = 1 + 2}");
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
    assert!(errors.contains("would not mean the same"), "{errors}");
    assert_eq!(fs::read(project.path("a.zon")).unwrap(), source.as_bytes());
}
