//! A global allocator whose long arrays lie in huge pages.
//!
//! A page of 4 KB that nobody has used yet is a fault of its own: the system stops the program, clears the
//! page and enters it in a table. The arrays of a file of 10 MB are ten thousand of these, a fourth of the
//! time that it takes to parse it. In pages of 2 MB they are a few dozen. Linux has such pages for programs
//! that ask, unless it was set up not to ([transparent huge pages]); allocators ask for all of their memory
//! or for none of it, and for all of it a short run would need several times the memory.
//!
//! [`HugePages`] asks for arrays longer than [`LONG`] alone. Each is a map of its own, which grows without
//! being copied and goes back to the system when it is freed. All else is left to the allocator that it has.
//!
//! The crate is for Linux; on other systems it has nothing in it.
//!
//! # Contract
//!
//! This module and the mapped read of `cache-store` are the `unsafe` of the workspace. What makes it sound:
//!
//! - Whose memory a block is follows from its layout alone, which whoever frees it has to give as it was:
//!   `is_long` is asked of the same layout each time.
//! - A long block is a map of `map_len` bytes, from its first byte on, that nobody else knows. So it may be
//!   cut, moved and taken away as a whole, and its bytes are zero at the beginning.
//! - It begins at a multiple of [`HUGE`], and no block whose layout asks for more is long.
//!
//! [transparent huge pages]: https://docs.kernel.org/admin-guide/mm/transhuge.html
#![cfg(target_os = "linux")]
#![expect(
    unsafe_code,
    reason = "an allocator cannot be without; the contract is above"
)]

use std::alloc::{GlobalAlloc, Layout};
use std::ptr::{self, NonNull};

/// Bytes of a huge page, as most processors have them. Where they are longer, only that is lost.
pub const HUGE: usize = 2 << 20;

/// The longest block, in bytes, that is not long. What threads keep from one file to the next is shorter:
/// pages of 2 MB would be more memory there, and there is little to be gained where memory is used again.
pub const LONG: usize = 4 << 20;

/// The allocator: long blocks in huge pages, all others from `A`.
#[derive(Clone, Copy, Debug, Default)]
pub struct HugePages<A>(pub A);

/// Whether a block of this layout is a map of its own.
fn is_long(layout: Layout) -> bool {
    layout.size() > LONG && layout.align() <= HUGE
}

/// Bytes of the map of a block of so many bytes. The size of a layout is at most `isize::MAX`, so this does
/// not overflow.
fn map_len(size: usize) -> usize {
    size.next_multiple_of(HUGE)
}

// SAFETY: see the module's contract. Nothing here panics or allocates.
unsafe impl<A: GlobalAlloc> GlobalAlloc for HugePages<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_long(layout) {
            return pointer(map(map_len(layout.size())));
        }
        // SAFETY: the caller's promises are those of the same function.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_long(layout) {
            // A map begins as zeros.
            return pointer(map(map_len(layout.size())));
        }
        // SAFETY: as above.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_long(layout) {
            // SAFETY: a long block of that size is a map of that length, and the caller is done with it.
            return unsafe { unmap(block, map_len(layout.size())) };
        }
        // SAFETY: as above.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that this is a layout.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (is_long(layout), is_long(new_layout)) {
            // SAFETY: as above.
            (false, false) => unsafe { self.0.realloc(block, layout, new_size) },
            (true, true) => {
                let (old_len, new_len) = (map_len(layout.size()), map_len(new_size));
                // SAFETY: the block is a map of that length, which the caller gives up for the new one.
                pointer(unsafe { resize(block, old_len, new_len) })
            }
            // From one to the other it is copied.
            // SAFETY: both layouts are what they are said to be; the blocks are two, and as long as that.
            _ => unsafe {
                let new_block = self.alloc(new_layout);
                if !new_block.is_null() {
                    let len = layout.size().min(new_size);
                    ptr::copy_nonoverlapping(block, new_block, len);
                    self.dealloc(block, layout);
                }
                new_block
            },
        }
    }
}

fn pointer(block: Option<NonNull<u8>>) -> *mut u8 {
    block.map_or(ptr::null_mut(), NonNull::as_ptr)
}

/// New memory of the system's, as it gives it.
fn map_anywhere(len: usize) -> Option<NonNull<u8>> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: without an address the system takes one that nothing is at.
    let block = unsafe { libc::mmap(ptr::null_mut(), len, protection, flags, -1, 0) };
    if block == libc::MAP_FAILED {
        return None;
    }
    NonNull::new(block.cast())
}

/// The same at a multiple of [`HUGE`], and in huge pages if the system has some. `len` is such a multiple,
/// too.
fn map(len: usize) -> Option<NonNull<u8>> {
    let mut block = map_anywhere(len)?;
    // Linux places long maps like this by itself since 6.7.
    if block.align_offset(HUGE) != 0 {
        // SAFETY: it was made above, and nobody else knows of it.
        unsafe { unmap(block.as_ptr(), len) };
        let with_room = map_anywhere(len.checked_add(HUGE)?)?;
        let before = with_room.align_offset(HUGE);
        // SAFETY: the map is `HUGE` longer than the block, which begins less than `HUGE` behind its
        // beginning; what is before and behind it is whole pages, and nobody knows of them.
        unsafe {
            block = with_room.add(before);
            unmap(with_room.as_ptr(), before);
            unmap(block.as_ptr().add(len), HUGE - before);
        }
    }
    // If there are none, common pages will do.
    // SAFETY: this changes nothing that a program could see but time.
    unsafe { libc::madvise(block.as_ptr().cast(), len, libc::MADV_HUGEPAGE) };
    Some(block)
}

/// Gives memory back.
///
/// # Safety
/// These bytes are whole pages of a map, and nobody uses them any more.
unsafe fn unmap(start: *mut u8, len: usize) {
    if len != 0 {
        // An error could only mean that the system has no memory for its own tables. Then the pages stay.
        // SAFETY: the caller's promise.
        unsafe { libc::munmap(start.cast(), len) };
    }
}

/// Makes a map longer or shorter, elsewhere if it must be. What was in it moves along without being copied.
/// Where that is not possible, the map stays as it was.
///
/// # Safety
/// The block is a map of `old_len` bytes made by [`map`], and the caller alone uses it. Lengths are multiples
/// of [`HUGE`], and not zero.
unsafe fn resize(block: *mut u8, old_len: usize, new_len: usize) -> Option<NonNull<u8>> {
    if new_len <= old_len {
        // SAFETY: the end of the map that the new length leaves over.
        unsafe { unmap(block.add(new_len), old_len - new_len) };
        return NonNull::new(block);
    }
    // SAFETY: the map stays where it is, or there is an error.
    let grown = unsafe { libc::mremap(block.cast(), old_len, new_len, 0) };
    if grown != libc::MAP_FAILED {
        return NonNull::new(grown.cast());
    }
    // To a place that is chosen here, so that huge pages move as what they are.
    let place = map(new_len)?;
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    // SAFETY: the place is a map of that length that nobody uses, and what was there goes. The old one ends.
    let moved = unsafe { libc::mremap(block.cast(), old_len, new_len, flags, place.as_ptr()) };
    if moved == libc::MAP_FAILED {
        // SAFETY: it was made above.
        unsafe { unmap(place.as_ptr(), new_len) };
        return None;
    }
    NonNull::new(moved.cast())
}
