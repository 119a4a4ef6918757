//! A link without a device.

use super::segments::SERVER_MAC;
use core::{
    cell::RefCell,
    task::{Context, Poll},
};
use mirage_devices::net::link::{Link, LinkLost, Receive, Transmit};
use std::rc::Rc;

/// A link that holds one frame in each direction, and allocates nothing.
#[derive(Clone, Default)]
pub struct Desk(pub Rc<Places>);

#[derive(Default)]
pub struct Places {
    pub incoming: RefCell<Option<Vec<u8>>>,
    pub outgoing: RefCell<Vec<u8>>,
}

pub struct Sheet {
    pub desk: Desk,
    pub frame: Vec<u8>,
}

pub struct Ends(pub Sheet, pub Sheet);

impl Link for Ends {
    type Receiver = Sheet;
    type Transmitter = Sheet;

    fn mac_address(&self) -> [u8; 6] {
        SERVER_MAC.0
    }

    fn mtu(&self) -> usize {
        1500
    }

    fn split(&mut self) -> (&mut Sheet, &mut Sheet) {
        (&mut self.0, &mut self.1)
    }

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), LinkLost>> {
        match *self.0.desk.0.incoming.borrow() {
            Some(_) => Poll::Ready(Ok(())),
            None => Poll::Pending,
        }
    }
}

impl Receive for Sheet {
    fn front(&mut self) -> Option<&mut [u8]> {
        if self.frame.is_empty() {
            self.frame = self.desk.0.incoming.take()?;
        }
        Some(&mut self.frame)
    }

    fn pop(&mut self) {
        self.frame = Vec::new();
    }
}

impl Transmit for Sheet {
    fn has_room(&mut self) -> bool {
        true
    }

    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
        let mut outgoing = self.desk.0.outgoing.borrow_mut();
        // Its capacity is that of the longest frame.
        outgoing.resize(length, 0);
        Some(fill(&mut outgoing))
    }

    fn flush(&mut self) {}
}
