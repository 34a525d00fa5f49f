//! `zirc ast-check`: single files, as the reference's command of that name.

use std::fs;

use crate::common::Project;

#[test]
fn standard_input() {
    let project = Project::new(&[]);
    let ran = project.run_with_input(&["ast-check", "--color", "off"], b"const a = 1;\n");
    assert_eq!(ran.text(), "status Some(0)\n");
    let ran = project.run_with_input(&["ast-check", "--color", "off"], b"const a = b;\n");
    assert_eq!(
        ran.text(),
        "status Some(1)\n--- stderr\n<stdin>:1:11: error: use of undeclared identifier 'b'\nconst a = b;\n          ^\n"
    );
    let ran = project.run_with_input(&["ast-check", "--zon"], b".{ .a = 1 }");
    assert_eq!(ran.text(), "status Some(0)\n");
    let ran = project.run_with_input(&["ast-check", "--zon", "--color", "off"], b"const a = 1;");
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.err()
            .starts_with("<stdin>:1:1: error: expected expression"),
        "{}",
        ran.text()
    );
}

#[test]
fn many_files_in_the_order_given() {
    let project = Project::new(&[("dir.zig/inside.zig", "")]);
    let mut args = vec![
        "ast-check".to_owned(),
        "--color".to_owned(),
        "off".to_owned(),
        "-j8".to_owned(),
    ];
    let mut expected = Vec::new();
    for n in (0..600).rev() {
        let name = format!("f{n}.zig");
        // One in three is clean; the sizes differ, so that the workers end in another order.
        let text = if n % 3 == 0 {
            "// nothing\n".to_owned()
        } else {
            format!(
                "{}const a = b{n};\n",
                "const x = 1; _ = {}\n".repeat(0) + &"// \n".repeat(n * 7 % 500)
            )
        };
        fs::write(project.path(&name), text).unwrap();
        if n % 3 != 0 {
            expected.push(format!("use of undeclared identifier 'b{n}'"));
        }
        args.push(name);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = project.run(&args);
    assert_eq!(ran.status, Some(1));
    let err = ran.err();
    let found: Vec<&str> = err
        .lines()
        .filter_map(|line| line.split_once(": error: "))
        .map(|(_, message)| message)
        .collect();
    assert_eq!(found, expected);
    let mut one_by_one = args.clone();
    one_by_one[3] = "-j1";
    assert_eq!(project.run(&one_by_one).text(), ran.text());
}

#[test]
fn lists_of_files() {
    let project = Project::new(&[
        ("a.zig", "const x = a;\n"),
        ("b.zon", ".{ x }"),
        ("c.zig", "const x = c;\n"),
        ("list", "c.zig\r\n\n./b.zon\nclean.zig"),
        ("clean.zig", ""),
    ]);
    let ran = project.run(&[
        "ast-check",
        "--color",
        "off",
        "--files-from",
        "list",
        "a.zig",
    ]);
    insta::assert_snapshot!(ran.text());
    let same = project.run_with_input(
        &["ast-check", "--color", "off", "--files-from", "-", "a.zig"],
        b"c.zig\n./b.zon\nclean.zig\n",
    );
    assert_eq!(same.text(), ran.text());
    let ran = project.run_with_input(&["ast-check", "--files-from", "-"], b"");
    assert_eq!(ran.text(), "status Some(0)\n");
    assert_eq!(
        project.run(&["ast-check", "--files-from", "gone"]).status,
        Some(2)
    );
}

#[test]
#[cfg_attr(windows, ignore = "wants FIFOs, symbolic links")]
fn what_is_no_file() {
    let project = Project::new(&[("dir.zig/inside.zig", ""), ("wrong.zig", "const a = b;\n")]);
    project.fifo("fifo.zig");
    project.symlink("loop.zig", "loop.zig");
    let name = "n".repeat(300) + ".zig";
    let ran = project.run(&[
        "ast-check",
        "--color",
        "off",
        "gone.zig",
        "dir.zig",
        "fifo.zig",
        "loop.zig",
        "wrong.zig/a.zig",
        &name,
        "wrong.zig",
    ]);
    insta::assert_snapshot!(ran.text().replace(&name, "[LONG NAME]"));
}

#[test]
fn zon_is_known_by_its_name_or_by_the_flag() {
    let project = Project::new(&[
        ("a.zon", ".{ .a = 1 }"),
        ("b.txt", ".{ .a = 1 }"),
        ("c.zig", ".{ .a = 1 }"),
        ("wrong.zon", ".{ .a = b, .a = 1 }"),
    ]);
    assert_eq!(
        project.run(&["ast-check", "a.zon"]).text(),
        "status Some(0)\n"
    );
    assert_eq!(
        project
            .run(&["ast-check", "--zon", "b.txt", "c.zig"])
            .text(),
        "status Some(0)\n"
    );
    assert_eq!(project.run(&["ast-check", "c.zig"]).status, Some(1));
    insta::assert_snapshot!(
        project
            .run(&["ast-check", "--color", "off", "wrong.zon"])
            .text()
    );
}

/// What is said of files that cannot be read, as the releases say it.
#[test]
fn what_cannot_be_read() {
    // Windows has fewer names.
    let (quirky, escaped) = match cfg!(windows) {
        true => ("it's.zig", "it's.zig"),
        false => ("it's \"\\.zig", "it's \\\"\\\\.zig"),
    };
    let project = Project::new(&[(&format!("{quirky}/inside.zig"), "")]);
    let utf16 = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16();
        b"\xff\xfe"
            .iter()
            .copied()
            .chain(units.flat_map(u16::to_le_bytes))
            .collect()
    };
    fs::write(project.path("u.zig"), utf16("const a = b;\n")).unwrap();
    fs::write(project.path("odd.zig"), b"\xff\xfea").unwrap();
    fs::write(project.path("be.zig"), b"\xfe\xff\0a").unwrap();
    let as_text = "1:1: error: expected type expression, found 'invalid token'";
    let translated = "1:14: error: use of undeclared identifier 'b'";
    for (release, file, expected) in [
        (
            "0.14.1",
            "gone.zig",
            "error: unable to open file for ast-check 'gone.zig': FileNotFound",
        ),
        (
            "0.15.2",
            "gone.zig",
            "error: unable to open file 'gone.zig' for ast-check: FileNotFound",
        ),
        (
            "0.16.0",
            "gone.zig",
            "error: unable to open file 'gone.zig' for ast-check: FileNotFound",
        ),
        (
            "0.17.1",
            "gone.zig",
            "error: unable to open file \"gone.zig\" for ast-check: FileNotFound",
        ),
        ("0.14.1", quirky, "error: IsDir"),
        (
            "0.15.2",
            quirky,
            &format!("error: unable to load file '{quirky}' for ast-check: ReadFailed"),
        ),
        (
            "0.17.1",
            quirky,
            &format!("error: unable to load file \"{escaped}\" for ast-check: ReadFailed"),
        ),
        ("0.14.1", "u.zig", as_text),
        ("0.15.2", "u.zig", translated),
        ("0.17.1", "u.zig", translated),
        ("0.14.1", "odd.zig", as_text),
        (
            "0.15.2",
            "odd.zig",
            "error: unable to load file 'odd.zig' for ast-check: InvalidEncoding",
        ),
        (
            "0.17.1",
            "be.zig",
            "error: unable to load file \"be.zig\" for ast-check: UnsupportedEncoding",
        ),
    ] {
        let ran = project.run(&[
            "ast-check",
            "--color",
            "off",
            "--zig-version",
            release,
            file,
        ]);
        assert_eq!(ran.status, Some(1), "{release} {file}: {}", ran.text());
        let line = ran.err().lines().next().unwrap_or_default().to_owned();
        assert!(line.ends_with(expected), "{release} {file}: {}", ran.text());
    }
    for (release, input, expected) in [
        ("0.14.1", utf16("const a = b;\n"), translated),
        (
            "0.14.1",
            b"\xff\xfea".to_vec(),
            "error: unable to read stdin: error.InvalidEncoding",
        ),
        (
            "0.16.0",
            b"\xff\xfea".to_vec(),
            "error: unable to load file '<stdin>' for ast-check: InvalidEncoding",
        ),
        (
            "0.17.1",
            b"\xfe\xff".to_vec(),
            "error: unable to load file \"<stdin>\" for ast-check: UnsupportedEncoding",
        ),
    ] {
        let args = ["ast-check", "--color", "off", "--zig-version", release];
        let ran = project.run_with_input(&args, &input);
        assert_eq!(ran.status, Some(1), "{release}: {}", ran.text());
        let line = ran.err().lines().next().unwrap_or_default().to_owned();
        assert!(line.ends_with(expected), "{release}: {}", ran.text());
    }
}
