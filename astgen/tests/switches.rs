//! Switches, and what `break` and `continue` lead to, where releases differ.

use syntax::{Ast, Mode, Release};
use zir::{Tag, Zir};

fn lower(source: &str, release: Release) -> Zir {
    let tree = Ast::parse(source.as_bytes(), Mode::Zig, release);
    assert!(tree.errors.is_empty(), "{source}");
    let zir = astgen::generate(&tree);
    zir::validate(zir.view()).unwrap_or_else(|error| panic!("{release}: {source}: {error}"));
    zir
}

fn messages(zir: &Zir) -> Vec<String> {
    let errors = zir.view().compile_errors();
    errors
        .map(|error| String::from_utf8_lossy(error.message).into_owned())
        .collect()
}

fn has(zir: &Zir, tag: Tag) -> bool {
    let view = zir.view();
    (0..view.instructions_len()).any(|inst| view.tag(zir::Index(inst)) == Some(tag))
}

const ITEM_BODIES: [Release; 3] = [Release::V0_16_0, Release::V0_17_0, Release::V0_17_1];

#[test]
fn switches_of_every_form_are_valid() {
    for body in [
        "return switch (x) { 1 => 2, 2, 3 => 4, 5...9 => 6, 10, 11...12 => x, else => |y| y };",
        "return switch (x) { .a => |v, t| g(v, t), inline .b, .c => |_, t| t, _ => 1, else => return };",
        "return l: switch (x) { 1 => |v| continue :l v, 2 => |_, t| break :l t, else => |e| return e };",
        "return switch (x) { 1 => |v| g(&v), inline 3, g(2) => |*v, t| g(&v, &t), else => 2 };",
        "return switch (x) { _, 1...2 => 1, else => switch (x) { g(1), 4 => 5, else => 6 } };",
        "return g() catch |err| switch (err) { error.A => |e| g(&e, &err), else => comptime unreachable };",
        "return if (g()) |v| v else |err| switch (err) { error.A, error.B => 1, else => |e| return e };",
        "return if (g()) |v| v else |err| l: switch (err) { error.A => |e| continue :l e, else => break :l 4 };",
        "const v = g() catch |err| l: switch (err) { error.A => continue :l error.B, else => 4 }; return v;",
    ] {
        let source =
            format!("extern fn g(...) u8;\nextern const x: u8;\nfn f() !u8 {{ {body} }}\n");
        for release in ITEM_BODIES {
            let zir = lower(&source, release);
            assert_eq!(messages(&zir), [""; 0], "{release}: {source}");
        }
    }
}

#[test]
fn a_captured_error_is_known_by_its_name_from_0_16_on() {
    let source =
        "fn f() void { g() catch |err| switch (@\"err\") { else => {} }; }\nconst g = 0;\n";
    for &release in Release::ALL {
        let of_error = has(&lower(source, release), Tag::SwitchBlockErrUnion);
        assert_eq!(of_error, ITEM_BODIES.contains(&release), "{release}");
    }
}

#[test]
fn a_continue_of_a_block_is_told_so_from_0_16_on() {
    for source in [
        "fn f() void { l: { continue :l; } }\n",
        "fn f() void { l: while (true) break :l else continue :l; }\n",
    ] {
        for &release in Release::ALL {
            let expected = if ITEM_BODIES.contains(&release) {
                "continue outside of loop or labeled switch expression"
            } else {
                "label not found: 'l'"
            };
            assert_eq!(messages(&lower(source, release)), [expected], "{release}");
        }
    }
}

#[test]
fn loops_restore_the_error_trace_from_0_17_on() {
    let count = |release| {
        let zir = lower(
            "fn f() void { while (g()) {} else g(); }\nconst g = 0;\n",
            release,
        );
        let view = zir.view();
        let tags = (0..view.instructions_len()).filter_map(|inst| view.tag(zir::Index(inst)));
        tags.filter(|&tag| tag == Tag::RestoreErrRetIndexUnconditional)
            .count()
    };
    let added = count(Release::V0_17_0) - count(Release::V0_16_0);
    // At the end of the body, before the repetition, at the end of `else`.
    assert_eq!(added, 3);
    assert_eq!(count(Release::V0_17_0), count(Release::V0_17_1));
}
