//! The memory that connections may commit, on all interfaces of a unikernel together.

use alloc::rc::Rc;
use core::cell::Cell;

/// The memory for the data of all connections of a unikernel. Clones are the same: each interface has one.
///
/// ```
/// use mirage_devices::net::Budget;
///
/// let (wan, lan) = { let budget = Budget::new(16 << 20); (budget.clone(), budget) };
/// assert_eq!(wan.available(0), lan.available(0));
/// ```
#[derive(Debug, Clone)]
pub struct Budget(Rc<Account>);

#[derive(Debug)]
struct Account {
    limit: usize,
    committed: Cell<usize>,
}

impl Budget {
    /// Creates a budget of which connections may commit `limit` bytes in all, not counting 2 KiB for
    /// each of them in each direction.
    pub fn new(limit: usize) -> Self {
        Self(Rc::new(Account {
            limit,
            committed: Cell::new(0),
        }))
    }

    /// Returns how many bytes a connection that has committed `held` could commit.
    ///
    /// A connection gets no more than what is then left for others (a dynamic threshold, Choudhury
    /// and Hahne 1998), so that one connection takes half of an idle budget, two a third each, and
    /// some is always left for a new one.
    #[inline]
    pub fn available(&self, held: usize) -> usize {
        let Account { limit, committed } = &*self.0;
        limit.saturating_sub(committed.get()).saturating_sub(held) / 2
    }

    /// Returns all that may be committed, in bytes.
    pub(super) fn limit(&self) -> usize {
        self.0.limit
    }

    /// Returns what is committed, in bytes.
    pub(super) fn committed(&self) -> usize {
        self.0.committed.get()
    }

    #[inline]
    pub(super) fn commit(&self, bytes: usize) {
        self.0.committed.set(self.committed() + bytes);
    }

    #[inline]
    pub(super) fn release(&self, bytes: usize) {
        self.0.committed.set(self.committed() - bytes);
    }
}
