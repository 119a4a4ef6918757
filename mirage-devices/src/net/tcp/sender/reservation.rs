//! Memory for data that the application writes in place.

use super::Sender;
use crate::net::{
    error::Error,
    tcp::pool::{LARGE_PAGE, Page, Pool, SMALL_PAGE},
};

/// A page for data to be written.
#[derive(Debug)]
pub struct Reservation {
    /// The page. Its length is how many bytes may be written; their contents are unspecified.
    pub page: Page,
    /// The bytes that are committed in the pool until the page is returned.
    pub committed: usize,
}

impl Sender {
    /// Takes memory for up to `count` bytes, at least one. `None` if there is no room before something is
    /// acknowledged.
    ///
    /// # Errors
    /// Returns [`Error::OutOfMemory`] if memory is exhausted while an earlier reservation holds the
    /// connection's own page.
    pub fn reserve(&mut self, count: usize, pool: &mut Pool) -> Result<Option<Reservation>, Error> {
        // Data that fills the last page lets the next page be queued as it is.
        let left = self.queue.left_in_last_page(self.queued) as usize;
        let count = count.min(self.room(pool) as usize).min(left);
        if count == 0 {
            return Ok(None);
        }
        let held = self.committed as usize;
        if count > SMALL_PAGE
            && pool.available(held) >= LARGE_PAGE
            && let Some(reservation) = take(LARGE_PAGE, count, held, pool)
        {
            return Ok(Some(reservation));
        }
        if let Some(reservation) = take(SMALL_PAGE, count.min(SMALL_PAGE), held, pool) {
            return Ok(Some(reservation));
        }
        if self.queued > 0 {
            self.is_starved = true;
            return Ok(None);
        }
        let mut page = self.queue.take_reserved().ok_or(Error::OutOfMemory)?;
        page.truncate(count);
        Ok(Some(Reservation { page, committed: 0 }))
    }

    /// Queues the bytes of a page that was reserved, as many as there is room and memory for. Takes them from
    /// the page; it is gone when all of them are queued.
    pub fn append(&mut self, page: &mut Page, pool: &mut Pool) {
        let count = page.len() as u32;
        if count > 0 && count <= self.room(pool) {
            match self.queue.append(self.queued, core::mem::take(page), pool) {
                Ok(()) => {
                    self.commit(count, pool);
                    self.queued += count;
                    return;
                }
                Err(returned) => *page = returned,
            }
        }
        let written = self.write(page, pool);
        page.drain(..written);
        if page.is_empty() {
            self.take_back(core::mem::take(page), pool);
        }
    }

    /// Takes back a page that was reserved.
    pub fn take_back(&mut self, page: Page, pool: &mut Pool) {
        self.queue.take_back(page, pool);
    }
}

/// Takes a page of a pool for `count` bytes, for a connection that has committed `held`.
fn take(size: usize, count: usize, held: usize, pool: &mut Pool) -> Option<Reservation> {
    let page = pool.take_filled(size, count)?;
    pool.lend(&page);
    let committed = pool.commit(held, size);
    Some(Reservation { page, committed })
}
