//! The memory that the stack leaves for the tasks of the unikernel.

use crate::allocation::can_allocate;

/// Memory that the stack leaves for tasks whenever it allocates some on behalf of a peer, in bytes. It must
/// be contiguous.
pub(super) const SPARE: usize = 32 * 1024;

/// Memory that it leaves in addition for each connection that was not accepted yet, in bytes.
pub(super) const SPARE_EACH: usize = 8 * 1024;

/// The memory of an entry in the tables of a transport, in bytes: that of the table of connections (8), of
/// the timer wheel (16), and of the flow table and the list for the next flush, which double (up to 32).
pub(super) const TABLE_MEMORY: usize = 56;

/// Entries by which tables grow that do not double.
const CHUNK: usize = 64;

/// Returns whether the stack may allocate something on behalf of a peer, with `entries` in the tables and
/// `unaccepted` connections that wait to be accepted.
///
/// Tables grow, and some allocations abort instead of failing. This function checks whether an allocation
/// of that size would succeed.
pub(super) fn has_spare(entries: usize, unaccepted: usize) -> bool {
    let growth = (entries + CHUNK) * TABLE_MEMORY;
    can_allocate(growth + SPARE + unaccepted * SPARE_EACH)
}
