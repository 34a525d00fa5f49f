//! What our front end allocates: `allocations LIST VERSION` parses and lowers the file of each line of LIST,
//! and prints what `oracle/bench.zig` prints for the reference in its mode `allocations`.
//!
//! A binary of its own, because counting costs time. The counter sees memory that grows as new memory, copied
//! and freed, and so counts more than there is where it grows in place.

use std::error::Error;
use std::fs;
use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use syntax::{Ast, Release};
use tools::reference::Mode;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(list), Some(version)) = (arguments.next(), arguments.next()) else {
        return Err("usage: allocations LIST VERSION".into());
    };
    let release = Release::find(&version)?.release;
    let (mut files, mut most) = (0, 0);
    let mut parsing = AllocationInfo::default();
    let mut lowering = AllocationInfo::default();
    for path in fs::read_to_string(list)?.lines() {
        let source = fs::read(path)?;
        let zon = Mode::of(path) == Mode::Zon;
        let mode = if zon {
            syntax::Mode::Zon
        } else {
            syntax::Mode::Zig
        };
        let mut tree = None;
        let parse = measure(|| tree = Some(Ast::parse(&source, mode, release)));
        let Some(tree) = tree else { continue };
        let lower = measure(|| {
            if zon {
                black_box(zongen::generate(&tree, zongen::Options::default()));
            } else {
                astgen::reuse(black_box(astgen::generate(&tree)));
            }
        });
        files += 1;
        parsing += parse;
        lowering += lower;
        // The tree stays while it is lowered.
        let held = parse.bytes_current.unsigned_abs() + lower.bytes_max;
        most = most.max(held).max(parse.bytes_max);
    }
    println!(
        "{files} {} {} {} {} {most}",
        parsing.count_total, parsing.bytes_total, lowering.count_total, lowering.bytes_total
    );
    Ok(())
}
