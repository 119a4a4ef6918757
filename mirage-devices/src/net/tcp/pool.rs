//! The memory for the data of an interface's connections.
//!
//! The pool hands out pages and counts the memory that connections may need: the advertised
//! receive windows, and the pages with data to send. All of a unikernel's interfaces have one budget, and
//! a window is advertised only if there is some of it left. Data within the window is dropped only if the
//! heap itself is exhausted; the peer sends it again.

use super::budget::Budget;
use crate::net::spare::has_spare;
use alloc::vec::Vec;

/// Size of a small page in bytes. The budget always allows one to each connection in each
/// direction.
pub const SMALL_PAGE: usize = 2 * 1024;

/// Size of a large page in bytes, for connections with much data.
pub const LARGE_PAGE: usize = 16 * 1024;

/// Free memory in bytes that is kept for the next page, whatever is in use.
const KEPT_FREE: usize = 256 * 1024;

/// A page of memory with a capacity of [`SMALL_PAGE`] or [`LARGE_PAGE`] bytes. Its length is what was
/// written, so that a page that has just been allocated need not be zeroed.
pub type Page = Vec<u8>;

/// A pool of pages, with the memory that is committed to connections.
#[derive(Debug)]
pub struct Pool {
    small: Vec<Page>,
    large: Vec<Page>,
    /// Bytes of pages that are free.
    free: usize,
    /// Bytes of pages that are in use.
    in_use: usize,
    /// Limits what is committed to connections, beyond one small page in each direction.
    budget: Budget,
    /// There was no memory for a page when one was last needed.
    is_exhausted: bool,
}

impl Pool {
    /// Creates a pool whose connections commit memory of `budget`.
    pub const fn new(budget: Budget) -> Self {
        Self {
            small: Vec::new(),
            large: Vec::new(),
            free: 0,
            in_use: 0,
            budget,
            is_exhausted: false,
        }
    }

    /// Takes an empty page of `size` bytes. `None` if the heap is exhausted.
    #[inline(always)]
    pub fn take(&mut self, size: usize) -> Option<Page> {
        let mut page = self.take_used(size)?;
        page.clear();
        Some(page)
    }

    /// Takes a page of `size` bytes whose first `length` bytes have any contents. `None` if the heap is
    /// exhausted.
    pub fn take_filled(&mut self, size: usize, length: usize) -> Option<Page> {
        let mut page = self.take_used(size)?;
        page.resize(length, 0);
        Some(page)
    }

    /// Takes a page of `size` bytes with what it held last, so that this need not be zeroed. `None` if the heap
    /// is exhausted.
    #[inline(always)]
    fn take_used(&mut self, size: usize) -> Option<Page> {
        let free = if size == LARGE_PAGE {
            &mut self.large
        } else {
            &mut self.small
        };
        let page = match free.pop() {
            Some(page) => {
                self.free -= page.capacity();
                self.is_exhausted = false;
                page
            }
            None => self.allocate(size)?,
        };
        self.in_use += page.capacity();
        Some(page)
    }

    /// Allocates a page, unless less memory would be left than tasks need.
    fn allocate(&mut self, size: usize) -> Option<Page> {
        let mut page = Vec::new();
        let has_memory = page.try_reserve_exact(size).is_ok() && has_spare(0, 0);
        self.is_exhausted = !has_memory;
        has_memory.then_some(page)
    }

    /// Returns a page to the pool.
    #[inline(always)]
    pub fn give_back(&mut self, page: Page) {
        self.in_use -= page.capacity();
        if self.free >= self.in_use / 2 + KEPT_FREE.min(self.budget.limit() / 4) {
            return;
        }
        let free = if page.capacity() >= LARGE_PAGE {
            &mut self.large
        } else {
            &mut self.small
        };
        // Without memory for the list, the page's own memory is freed.
        if free.try_reserve(1).is_ok() {
            self.free += page.capacity();
            free.push(page);
        }
    }

    /// Gives a page away, to a task that reads or writes it.
    pub fn lend(&mut self, page: &Page) {
        self.in_use -= page.capacity();
    }

    /// Counts a page again that a task has returned. Returns whether it is one of a pool.
    pub fn reclaim(&mut self, page: &Page) -> bool {
        let is_page = matches!(page.capacity(), SMALL_PAGE | LARGE_PAGE);
        if is_page {
            self.in_use += page.capacity();
        }
        is_page
    }

    /// Keeps a page that a task does not need any more. Other memory is freed.
    pub fn take_back(&mut self, page: Page) {
        if self.reclaim(&page) {
            self.give_back(page);
        }
    }

    /// Commits up to `bytes` more for a connection that has committed `held`, and returns how many.
    #[inline]
    pub fn commit(&mut self, held: usize, bytes: usize) -> usize {
        let granted = bytes.min(self.available(held));
        self.budget.commit(granted);
        granted
    }

    /// Returns how many bytes a connection that has committed `held` could commit: none while the heap is
    /// exhausted, so that peers do not send what would be dropped.
    #[inline]
    pub fn available(&self, held: usize) -> usize {
        if self.is_exhausted {
            return 0;
        }
        self.budget.available(held)
    }

    /// Returns how many bytes a connection that has committed `committed` may have in one direction: a
    /// small page and what it could commit.
    #[inline]
    pub fn backed(&self, committed: u32) -> u32 {
        SMALL_PAGE as u32 + committed + self.available(committed as usize) as u32
    }

    /// Releases a commitment of `bytes`.
    #[inline]
    pub fn release(&mut self, bytes: usize) {
        self.budget.release(bytes);
    }

    /// Bytes of pages in use.
    pub const fn in_use(&self) -> usize {
        self.in_use
    }

    /// Bytes that are committed, by the connections of all pools with the same budget.
    pub fn committed(&self) -> usize {
        self.budget.committed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_connection_gets_the_whole_pool() {
        let mut pool = Pool::new(Budget::new(1 << 20));
        let mut first = 0;
        loop {
            let granted = pool.commit(first, 4096);
            first += granted;
            if granted < 4096 {
                break;
            }
        }
        assert!(first > (1 << 19) - 8192 && first <= 1 << 19, "{first}");
        let second = pool.commit(0, 1 << 20);
        assert!(second >= 1 << 18, "{second}");
        pool.release(first + second);
        assert_eq!(pool.committed(), 0);
    }

    /// Whichever interface they are on.
    #[test]
    fn the_connections_of_all_interfaces_share_a_budget() {
        let budget = Budget::new(1 << 20);
        let mut pools = [(); 3].map(|()| Pool::new(budget.clone()));
        let granted = pools.each_mut().map(|pool| pool.commit(0, usize::MAX));
        assert_eq!(granted, [1 << 19, 1 << 18, 1 << 17]);
        for pool in &pools {
            assert_eq!(pool.committed(), granted.iter().sum());
        }
        for (pool, granted) in pools.iter_mut().zip(granted) {
            pool.release(granted);
        }
        assert_eq!(budget.available(0), 1 << 19);
    }

    #[test]
    fn free_pages_are_reused_and_then_released() {
        let mut pool = Pool::new(Budget::new(1 << 20));
        let pages: Vec<_> = (0..100).filter_map(|_| pool.take(LARGE_PAGE)).collect();
        assert_eq!(pool.in_use(), 100 * LARGE_PAGE);
        for page in pages {
            pool.give_back(page);
        }
        assert_eq!(pool.in_use(), 0);
        assert!(pool.large.len() * LARGE_PAGE <= 100 * LARGE_PAGE / 2 + KEPT_FREE);
    }
}
