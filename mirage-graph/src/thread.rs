//! The threads of programs with std: how many there can be, and where their stacks are.
//!
//! The stacks follow each other in memory, that of the main thread first. Below each is a guard page, to which
//! there is no access, so that running out of stack is a fault.

/// The default maximum number of threads beside the main thread: a worker of tokio, and a few that block.
pub const DEFAULT_MAX: u16 = 8;

/// The largest maximum number of threads.
pub const LIMIT: u16 = 1024;

/// The default stack of the main thread, in bytes.
pub const DEFAULT_MAIN_STACK: u64 = 256 << 10;

/// The default stack of any other thread, in bytes.
pub const DEFAULT_STACK: u64 = 64 << 10;

/// How many times as large the default stacks are in a build without optimisation.
pub const UNOPTIMISED: u64 = 4;

/// The size of a page, in bytes.
const PAGE: u64 = 4096;

/// The number of pages of a stack, without its guard page.
pub const fn pages(stack: u64) -> u64 {
    stack.div_ceil(PAGE)
}

/// The size of a stack with its guard page, in bytes.
pub const fn slot(stack: u64) -> u64 {
    (pages(stack) + 1) * PAGE
}

/// The memory of `count` stacks with their guard pages, in bytes.
pub const fn memory(stack: u64, count: u16) -> u64 {
    slot(stack) * count as u64
}

/// Returns the addresses of the guard pages of stacks that begin at `start`: that of the main thread with
/// `main` bytes, and `count` others with `stack` bytes.
pub fn guard_pages(start: u64, main: u64, stack: u64, count: u16) -> impl Iterator<Item = u64> {
    let others = start + slot(main);
    let others = (0..u64::from(count)).map(move |index| others + index * slot(stack));
    core::iter::once(start).chain(others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_guard_page_is_below_each_stack() {
        let guards: Vec<_> = guard_pages(0x10_0000, 0x4001, 0x2000, 2).collect();
        assert_eq!(guards, [0x10_0000, 0x10_6000, 0x10_9000]);
        assert_eq!(memory(0x2000, 2), 0x6000);
    }
}
