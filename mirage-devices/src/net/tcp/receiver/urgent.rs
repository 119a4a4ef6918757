//! What is remembered about segments that are rare, urgent data above all.

use super::{Receiver, exceptions::Exceptions};
use crate::net::tcp::seq::SeqNumber;

impl Receiver {
    /// Changes what is remembered.
    pub(super) fn remember(&mut self, change: impl FnOnce(&mut Exceptions)) {
        if let Some(exceptions) = self.exceptions.get_or_insert_with(Exceptions::default) {
            change(exceptions);
        }
    }

    /// Forgets something, if there is something.
    #[inline(never)]
    pub(super) fn forget(&mut self, change: &mut dyn FnMut(&mut Exceptions)) {
        if let Some(exceptions) = self.exceptions.get_mut() {
            change(exceptions);
            let Exceptions {
                fin,
                urgent,
                duplicate,
            } = exceptions;
            if fin.is_none() && urgent.is_none() && duplicate.is_none() {
                self.exceptions.clear();
            }
        }
    }

    /// The distance from the next byte to read to the byte behind urgent data, if that was not read.
    pub fn urgent(&self) -> Option<u32> {
        let first = self.nxt - self.unread - u32::from(self.is_finished);
        let mark = self.exceptions.get()?.urgent?;
        mark.is_after(first).then(|| mark - first)
    }

    /// Remembers urgent data: the byte after it is at `mark`. Returns whether there is more than before.
    pub fn note_urgent(&mut self, mark: SeqNumber) -> bool {
        let known = self.exceptions.get().and_then(|known| known.urgent);
        let is_more = known.is_none_or(|known| mark.is_after(known));
        if is_more {
            self.remember(|exceptions| exceptions.urgent = Some(mark));
            self.forget_old_urgent();
        }
        is_more && self.urgent().is_some()
    }

    /// Forgets urgent data that was read: half of the sequence space later its mark would be ahead again.
    pub(super) fn forget_old_urgent(&mut self) {
        if self.urgent().is_none() {
            self.forget(&mut |exceptions| exceptions.urgent = None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        net::tcp::{Budget, pool::Pool, receiver::ReceiverConfig},
        time::Instant,
    };

    /// Half of the sequence space later, urgent data that was read is not ahead again.
    #[test]
    fn urgent_data_that_was_read_is_forgotten() {
        let mut pool = Pool::new(Budget::new(0));
        let now = Instant::BOOT;
        let config = ReceiverConfig {
            irs: SeqNumber(0),
            window: 1000,
            scale: 0,
            limit: 1000,
            timestamp: None,
        };
        let mut receiver = Receiver::new(&config, now);
        assert!(receiver.note_urgent(SeqNumber(4)));
        receiver.receive(now, SeqNumber(1), b"abcd", false, 500, &mut pool);
        assert_eq!(receiver.urgent(), Some(3));
        receiver.consume(4, now, None, &mut pool);
        assert_eq!(receiver.urgent(), None);
        assert!(!receiver.exceptions.is_some());
        assert!(!receiver.note_urgent(SeqNumber(4)));
        receiver.nxt = receiver.nxt + (1 << 31);
        assert_eq!(receiver.urgent(), None);
    }
}
