//! The allocator at work, as that of this program.
#![cfg(target_os = "linux")]

use std::alloc::System;
use std::fs;

use huge_pages::{HUGE, HugePages, LONG};

#[global_allocator]
static ALLOCATOR: HugePages<System> = HugePages(System);

/// What a number of an array is, so that none could be in the place of another.
fn number(index: usize) -> u32 {
    (index as u32).wrapping_mul(2_654_435_761)
}

fn assert_numbers(array: &[u32]) {
    let wrong = array.iter().enumerate().find(|&(i, &n)| n != number(i));
    assert_eq!(wrong, None, "of {}", array.len());
}

fn is_at_huge_page(array: &[u32]) -> bool {
    array.as_ptr().addr().is_multiple_of(HUGE)
}

#[test]
fn arrays_grow_and_shrink_over_the_threshold() {
    let mut array = Vec::new();
    let mut others = Vec::new();
    for index in 0..(5 * LONG + 12345) / 4 {
        if array.len() == array.capacity() {
            // Something behind it, so that it cannot grow where it is.
            others.push(vec![1u8; array.capacity() + 1]);
        }
        array.push(number(index));
    }
    assert!(is_at_huge_page(&array));
    assert_numbers(&array);
    for bytes in [4 * LONG, 2 * LONG + 4, LONG + 4, LONG, 1000] {
        array.truncate(bytes / 4);
        array.shrink_to_fit();
        assert_eq!(array.len(), bytes / 4);
        assert_eq!(bytes > LONG, is_at_huge_page(&array), "{bytes}");
        assert_numbers(&array);
    }
    array.reserve_exact(3 * LONG);
    assert!(is_at_huge_page(&array));
    assert_numbers(&array);
    for (index, other) in others.iter().enumerate() {
        assert!(other.iter().all(|&byte| byte == 1), "{index}");
    }
}

#[test]
fn new_arrays_are_zero_though_memory_was_used() {
    for len in [LONG, LONG + 1, 2 * LONG + 5] {
        for _ in 0..3 {
            let mut array = vec![0u8; len];
            assert!(array.iter().all(|&byte| byte == 0));
            array.fill(7);
            drop(std::hint::black_box(array));
        }
    }
}

#[test]
fn threads_have_theirs() {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for round in 0..8 {
                    let len = LONG + thread * 1000 + round * HUGE;
                    let mut array = vec![thread as u8; len];
                    array.resize(len + LONG, thread as u8);
                    assert!(array.iter().all(|&byte| byte == thread as u8));
                }
            });
        }
    });
}

#[test]
fn what_there_is_no_memory_for_is_an_error() {
    let mut array = vec![3u8; 2 * LONG];
    assert!(array.try_reserve_exact(1 << 62).is_err());
    assert!(Vec::<u8>::new().try_reserve_exact(1 << 62).is_err());
    assert!(array.iter().all(|&byte| byte == 3));
}

/// The flags of the map that an address is in: `hg` is the advice.
#[test]
fn huge_pages_are_asked_for_where_arrays_are_long() {
    let (short, long) = (vec![1u8; LONG], vec![1u8; LONG + 1]);
    for (array, is_long) in [(&short, false), (&long, true)] {
        let address = array.as_ptr().addr();
        let maps = fs::read_to_string("/proc/self/smaps").expect("Linux has it");
        let mut inside = false;
        let mut flags = None;
        for line in maps.lines() {
            let first = line.split(' ').next().unwrap_or_default();
            if let Some((start, end)) = first.split_once('-')
                && let Ok(start) = usize::from_str_radix(start, 16)
                && let Ok(end) = usize::from_str_radix(end, 16)
            {
                inside = (start..end).contains(&address);
            }
            if inside && let Some(found) = line.strip_prefix("VmFlags:") {
                flags = Some(found.split_whitespace().any(|flag| flag == "hg"));
            }
        }
        match flags {
            Some(flags) => assert_eq!(flags, is_long),
            None => println!("not checked: this system does not tell of its maps' flags"),
        }
    }
}
