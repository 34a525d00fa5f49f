//! How often parsing and lowering a file ask for memory. What is asked for without need adds up over the many
//! short files of a program, and nothing else would tell.
//!
//! A binary of its own, since the counter takes the place of the allocator.

use std::hint::black_box;
use std::thread;

use allocation_counter::measure;
use fixtures::inputs;
use syntax::{Ast, Mode, Release};

/// Calls of the allocator for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Calls {
    parse: u64,
    lower: u64,
}

/// What the first file of a thread takes, and what the same file takes after it.
fn calls(source: &[u8]) -> [Calls; 2] {
    let once = || {
        let mut tree = None;
        let parse = measure(|| tree = Some(Ast::parse(source, Mode::Zig, Release::V0_17_1)));
        let tree = tree.expect("it was just made");
        assert!(tree.errors.is_empty(), "the input parses");
        let lower = measure(|| {
            astgen::reuse(black_box(astgen::generate(&tree)));
        });
        Calls {
            parse: parse.count_total,
            lower: lower.count_total,
        }
    };
    // A thread that has no room of an earlier file.
    thread::scope(|scope| scope.spawn(|| [once(), once()]).join()).expect("it does not panic")
}

#[test]
fn no_more_is_asked_for_than_is_known() {
    // What it takes now: parsing, lowering. The second time only what is rare is new, as captures are: the
    // ZIR was given back.
    let bounds = [
        ("flow/switch.zig", [(10, 55), (0, 2)]),
        ("builtins/all.zig", [(11, 61), (0, 3)]),
    ];
    for (name, bounds) in bounds {
        let input = inputs("zig/ok").find(|input| input.name == name);
        let input = input.unwrap_or_else(|| panic!("{name}: no such input"));
        for (is_second, (calls, bound)) in calls(&input.bytes).into_iter().zip(bounds).enumerate() {
            assert!(
                calls.parse <= bound.0 && calls.lower <= bound.1,
                "{name}, turn {is_second}: {calls:?} and not at most {bound:?}"
            );
        }
    }
}
