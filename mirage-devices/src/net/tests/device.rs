//! A [`Link`] as smoltcp wants it: tokens for one frame in and one frame out.

use crate::net::{
    ethernet,
    link::{Receive, Transmit},
};
use alloc::vec;
use smoltcp::{
    phy::{self, DeviceCapabilities, Medium},
    time::Instant,
};

/// The two halves of a link during one exchange of frames.
pub(super) struct Device<'a, R, T> {
    receiver: &'a mut R,
    transmitter: &'a mut T,
    mtu: usize,
    /// Set when a frame was to be sent and there was no room.
    pub(super) starved: bool,
}

impl<'a, R, T> Device<'a, R, T> {
    pub(super) fn new(receiver: &'a mut R, transmitter: &'a mut T, mtu: usize) -> Self {
        Self {
            receiver,
            transmitter,
            mtu,
            starved: false,
        }
    }
}

/// What an Ethernet link of this MTU can do.
pub(super) fn capabilities(mtu: usize) -> DeviceCapabilities {
    let mut capabilities = DeviceCapabilities::default();
    capabilities.medium = Medium::Ethernet;
    capabilities.max_transmission_unit = mtu + ethernet::HEADER_LEN;
    capabilities
}

impl<R: Receive, T: Transmit> phy::Device for Device<'_, R, T> {
    type RxToken<'a>
        = RxToken<'a, R>
    where
        Self: 'a;
    type TxToken<'a>
        = TxToken<'a, T>
    where
        Self: 'a;

    fn receive(&mut self, _now: Instant) -> Option<(Self::RxToken<'_>, Self::TxToken<'_>)> {
        self.receiver.front()?;
        Some((RxToken(self.receiver), TxToken(self.transmitter)))
    }

    fn transmit(&mut self, _now: Instant) -> Option<Self::TxToken<'_>> {
        if self.transmitter.has_room() {
            Some(TxToken(self.transmitter))
        } else {
            self.starved = true;
            None
        }
    }

    fn capabilities(&self) -> DeviceCapabilities {
        capabilities(self.mtu)
    }
}

/// The oldest frame received; its buffer goes back to the link when it has been looked at.
pub(super) struct RxToken<'a, R: Receive>(&'a mut R);

impl<R: Receive> phy::RxToken for RxToken<'_, R> {
    fn consume<T, F: FnOnce(&[u8]) -> T>(self, look: F) -> T {
        let result = look(self.0.front().map_or(&[], |frame| frame));
        self.0.pop();
        result
    }
}

/// Room for one frame.
pub(super) struct TxToken<'a, T: Transmit>(&'a mut T);

impl<T: Transmit> phy::TxToken for TxToken<'_, T> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut fill = Some(fill);
        let mut write = |frame: &mut [u8]| fill.take().map(|fill| fill(frame));
        if let Some(Some(result)) = self.0.push(length, &mut write) {
            return result;
        }
        // The link had room and has it no more: the frame is lost, as on a cable.
        write(&mut vec![0; length]).expect("a frame that was not pushed was not filled")
    }
}

/// A link without a cable: an interface is made before its link is there.
pub(super) struct Unplugged {
    pub(super) mtu: usize,
}

impl phy::Device for Unplugged {
    type RxToken<'a> = NoToken;
    type TxToken<'a> = NoToken;

    fn receive(&mut self, _now: Instant) -> Option<(NoToken, NoToken)> {
        None
    }

    fn transmit(&mut self, _now: Instant) -> Option<NoToken> {
        None
    }

    fn capabilities(&self) -> DeviceCapabilities {
        capabilities(self.mtu)
    }
}

/// There is none.
pub(super) enum NoToken {}

impl phy::RxToken for NoToken {
    fn consume<T, F: FnOnce(&[u8]) -> T>(self, _look: F) -> T {
        match self {}
    }
}

impl phy::TxToken for NoToken {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, _length: usize, _fill: F) -> R {
        match self {}
    }
}
