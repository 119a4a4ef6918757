//! A link: a device that carries Ethernet frames, such as a virtio network card or a TAP.

use super::offload::{Offloads, ReceiveInfo, TransmitInfo};
use core::{
    fmt,
    task::{Context, Poll},
};
use embedded_io_async::ErrorKind;

/// A device that carries Ethernet frames.
///
/// Its two directions are split so that a frame can be answered while it is still in the
/// receive buffer: no frame is copied between driver and stack.
pub trait Link {
    /// The receiving half.
    type Receiver: Receive;
    /// The transmitting half.
    type Transmitter: Transmit;

    /// The MAC address of this side.
    fn mac_address(&self) -> [u8; 6];

    /// The largest IP packet that a frame carries, in bytes (1500 on ordinary Ethernet).
    fn mtu(&self) -> usize;

    /// Returns what the link does for the stack. It does not change.
    fn offloads(&self) -> Offloads {
        Offloads::default()
    }

    /// Both halves.
    fn split(&mut self) -> (&mut Self::Receiver, &mut Self::Transmitter);

    /// Ready when frames may have arrived or room to transmit may have come back since this was
    /// last ready; else the task is woken then.
    ///
    /// # Errors
    /// The link is gone for good (the device asks to be reset, or the host closed it).
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), LinkLost>>;
}

/// The receiving half of a [`Link`].
pub trait Receive {
    /// The oldest frame received, from its Ethernet header on, without checksum (FCS).
    fn front(&mut self) -> Option<&mut [u8]>;

    /// Returns what accompanies the oldest frame.
    fn front_info(&self) -> ReceiveInfo {
        ReceiveInfo::default()
    }

    /// Gives the buffer of the oldest frame back to the device. Nothing if there is none.
    fn pop(&mut self);
}

/// The transmitting half of a [`Link`].
pub trait Transmit {
    /// Whether a frame can be pushed now.
    fn has_room(&mut self) -> bool;

    /// Returns how many frames can be pushed now, at the least.
    fn room(&mut self) -> usize {
        usize::from(self.has_room())
    }

    /// Queues a frame of `length` bytes (header included) that `fill` writes; its buffer may hold
    /// anything at first. `None`, without calling `fill`, if there is no room or the frame is
    /// longer than the link carries.
    fn push<R>(&mut self, length: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Option<R>;

    /// Queues a frame like [`push`](Self::push), with what the link is to do to it. A link that
    /// offers something implements this; nothing is asked of others.
    fn push_with<R>(
        &mut self,
        length: usize,
        info: TransmitInfo,
        fill: impl FnOnce(&mut [u8]) -> R,
    ) -> Option<R> {
        debug_assert_eq!(info, TransmitInfo::default(), "not offered by this link");
        self.push(length, fill)
    }

    /// Notifies the device of the frames that were pushed. Called once after a batch.
    fn flush(&mut self);
}

/// Queues a frame; returns whether the link had room. It is not generic over what writes the frame, so that images
/// have this once.
#[inline(never)]
pub(super) fn push_frame(transmitter: &mut impl Transmit, frame: &[u8]) -> bool {
    let copy = |bytes: &mut [u8]| bytes.copy_from_slice(frame);
    transmitter.push(frame.len(), copy).is_some()
}

/// The link is lost for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkLost;

impl fmt::Display for LinkLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the network link is lost")
    }
}

impl core::error::Error for LinkLost {}

impl embedded_io_async::Error for LinkLost {
    fn kind(&self) -> ErrorKind {
        ErrorKind::NotConnected
    }
}
