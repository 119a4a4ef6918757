//! The memory that the stack leaves for the tasks of the unikernel.

use alloc::vec::Vec;
use core::hint::black_box;

/// Memory that must be left, in one piece, when the stack takes some for what a peer begins, in bytes:
/// tasks need some.
pub(super) const SPARE: usize = 32 * 1024;

/// The same for every connection that was not accepted yet.
pub(super) const SPARE_EACH: usize = 8 * 1024;

/// The memory of an entry in the tables of a transport, in bytes: that of the slab, of the flow table,
/// of the timer wheel and of the list for the next flush.
pub(super) const TABLE_MEMORY: usize = 64;

/// Returns whether there is memory for something that a peer begins, with `entries` in the tables and
/// `unaccepted` connections that wait to be accepted.
///
/// Tables grow at once, and partly in ways that cannot fail. So it is tried whether as much is there.
pub(super) fn has_spare(entries: usize, unaccepted: usize) -> bool {
    let growth = 2 * (entries + 4) * TABLE_MEMORY;
    let mut spare = Vec::<u8>::new();
    let reserved = spare.try_reserve_exact(growth + SPARE + unaccepted * SPARE_EACH);
    // Without this the compiler may leave the allocation out, and assume that it succeeds.
    black_box(&mut spare);
    reserved.is_ok()
}
