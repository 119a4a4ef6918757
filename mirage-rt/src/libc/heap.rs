//! Memory, from the image's heap.
//!
//! `malloc` keeps the size before each block, since `free` is not told. Rust's own allocations do not come here.
//! `mmap` provides anonymous memory only, which is unmapped as a whole and is readable and writable.

use super::{Errno, fail};
use crate::freestanding::one_core::OneCore;
use alloc::{
    alloc::{alloc, alloc_zeroed, dealloc},
    collections::BTreeMap,
};
use core::{
    alloc::Layout,
    cell::RefCell,
    ffi::{c_int, c_void},
    ptr::{null_mut, without_provenance_mut},
};
use mirage_devices::allocation::can_allocate;

/// Memory that functions leave free when they make something that stays, such as a descriptor, in bytes. It must be
/// contiguous.
///
/// It is more than any of them allocates, and what the threads that wait then need is in it too.
const SPARE: usize = 16 * 1024;

/// Fails with `ENOMEM` if little memory is left. What a function allocates after this, before it waits, is there:
/// nothing else runs meanwhile.
pub(super) fn check_spare() -> Result<(), Errno> {
    match can_allocate(SPARE) {
        true => Ok(()),
        false => Err(Errno(::libc::ENOMEM)),
    }
}

/// The alignment of `malloc` (System V ABI: that of `max_align_t`).
const ALIGN: usize = 16;

/// What stands before each block.
#[derive(Clone, Copy)]
struct Header {
    /// The size of the block itself.
    size: usize,
    /// The bytes before the block, which are also its alignment.
    before: usize,
}

const _: () = assert!(size_of::<Header>() == ALIGN);

fn layout(size: usize, align: usize) -> Option<(Layout, usize)> {
    let before = align.max(ALIGN);
    let whole = size.checked_add(before)?;
    Some((Layout::from_size_align(whole, before).ok()?, before))
}

/// Allocates a block. Returns null if memory is exhausted.
fn allocate(size: usize, align: usize, zeroed: bool) -> *mut c_void {
    let Some((layout, before)) = layout(size, align) else {
        fail(Errno(::libc::ENOMEM));
        return null_mut();
    };
    // SAFETY: the layout is not empty.
    let start = unsafe {
        match zeroed {
            true => alloc_zeroed(layout),
            false => alloc(layout),
        }
    };
    if start.is_null() {
        fail(Errno(::libc::ENOMEM));
        return null_mut();
    }
    // SAFETY: the allocation has `before` bytes before the block, at least those of a header.
    unsafe {
        let block = start.add(before);
        block.cast::<Header>().sub(1).write(Header { size, before });
        block.cast()
    }
}

/// # Safety
/// `block` was returned by [`allocate`] and is not freed.
unsafe fn header(block: *mut c_void) -> Header {
    // SAFETY: as the caller states.
    unsafe { block.cast::<Header>().sub(1).read() }
}

#[unsafe(no_mangle)]
pub(super) extern "C" fn malloc(size: usize) -> *mut c_void {
    allocate(size, ALIGN, false)
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    match count.checked_mul(size) {
        Some(size) => allocate(size, ALIGN, true),
        None => {
            fail(Errno(::libc::ENOMEM));
            null_mut()
        }
    }
}

/// # Safety
/// As C's `realloc`.
#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    let new = allocate(size, ALIGN, false);
    if !block.is_null() && !new.is_null() {
        // SAFETY: the block is allocated, as the caller states, and the new one is another.
        unsafe {
            let kept = header(block).size.min(size);
            new.cast::<u8>()
                .copy_from_nonoverlapping(block.cast(), kept);
            free(block);
        }
    }
    new
}

/// # Safety
/// As C's `free`.
#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: allocated by `allocate` with this layout, as the caller states.
    unsafe {
        let Header { size, before } = header(block);
        let layout = Layout::from_size_align_unchecked(size + before, before);
        dealloc(block.cast::<u8>().sub(before), layout);
    }
}

/// # Safety
/// As POSIX's.
#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(result: *mut *mut c_void, align: usize, size: usize) -> c_int {
    if !align.is_power_of_two() || !align.is_multiple_of(size_of::<usize>()) {
        return ::libc::EINVAL;
    }
    let block = allocate(size, align, false);
    if block.is_null() {
        return ::libc::ENOMEM;
    }
    // SAFETY: `result` is valid, as the caller states.
    unsafe { *result = block };
    0
}

#[unsafe(no_mangle)]
extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut c_void {
    allocate(size, align, false)
}

const PAGE: usize = 4096;

/// The mappings by address, with their lengths.
static MAPPINGS: OneCore<RefCell<BTreeMap<usize, usize>>> = OneCore(RefCell::new(BTreeMap::new()));

/// Maps anonymous memory, zeroed. There are no files to map, and no fixed addresses.
#[unsafe(no_mangle)]
extern "C" fn mmap64(
    _address: *mut c_void,
    length: usize,
    _protection: c_int,
    flags: c_int,
    _descriptor: c_int,
    _offset: i64,
) -> *mut c_void {
    let failed = |errno| {
        fail(Errno(errno));
        without_provenance_mut(usize::MAX)
    };
    if flags & ::libc::MAP_ANONYMOUS == 0 || flags & ::libc::MAP_FIXED != 0 {
        return failed(::libc::ENODEV);
    }
    if length == 0 {
        return failed(::libc::EINVAL);
    }
    let whole = length.checked_next_multiple_of(PAGE);
    let layout = whole.and_then(|whole| Layout::from_size_align(whole, PAGE).ok());
    let Some(layout) = layout else {
        return failed(::libc::ENOMEM);
    };
    // SAFETY: the layout is not empty.
    let memory = unsafe { alloc_zeroed(layout) };
    if memory.is_null() {
        return failed(::libc::ENOMEM);
    }
    // There must be memory for the entry too.
    if check_spare().is_err() {
        // SAFETY: allocated above with this layout.
        unsafe { dealloc(memory, layout) };
        return failed(::libc::ENOMEM);
    }
    MAPPINGS.0.borrow_mut().insert(memory.addr(), layout.size());
    memory.cast()
}

/// As [`mmap64`]: offsets have 64 bits anyway.
#[unsafe(no_mangle)]
extern "C" fn mmap(
    address: *mut c_void,
    length: usize,
    protection: c_int,
    flags: c_int,
    descriptor: c_int,
    offset: i64,
) -> *mut c_void {
    mmap64(address, length, protection, flags, descriptor, offset)
}

/// Unmaps what [`mmap64`] has mapped. A part of it is refused.
///
/// # Safety
/// The memory is not used any more.
#[unsafe(no_mangle)]
unsafe extern "C" fn munmap(address: *mut c_void, length: usize) -> c_int {
    let mut mappings = MAPPINGS.0.borrow_mut();
    let mapped = mappings.get(&address.addr()).copied();
    if mapped.is_none() || mapped != length.checked_next_multiple_of(PAGE) {
        return fail(Errno(::libc::EINVAL));
    }
    mappings.remove(&address.addr());
    drop(mappings);
    // SAFETY: `mmap64` allocated it with this layout, which is valid, and it is not used any more, as the caller states.
    unsafe {
        let layout = Layout::from_size_align_unchecked(length.next_multiple_of(PAGE), PAGE);
        dealloc(address.cast(), layout);
    }
    0
}

/// Memory is readable and writable: another protection is refused.
#[unsafe(no_mangle)]
extern "C" fn mprotect(_address: *mut c_void, _length: usize, protection: c_int) -> c_int {
    match protection {
        READ_WRITE => 0,
        _ => fail(Errno(::libc::ENOSYS)),
    }
}

const READ_WRITE: c_int = ::libc::PROT_READ | ::libc::PROT_WRITE;

/// Has no effect.
#[unsafe(no_mangle)]
extern "C" fn madvise(_address: *mut c_void, _length: usize, _advice: c_int) -> c_int {
    0
}
