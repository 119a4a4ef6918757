//! Packets from this host to itself.

use crate::net::drops::DropReason;
use alloc::{collections::VecDeque, vec::Vec};

/// How many packets wait.
const MAX_PACKETS: usize = 256;

/// How many bytes of packets wait, beyond the first packet.
const MAX_BYTES: usize = 256 * 1024;

/// A bounded queue of packets, which the stack feeds back to the IP layer.
#[derive(Debug, Default)]
pub(super) struct Loopback {
    packets: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Loopback {
    pub(super) fn has_room(&self) -> bool {
        self.packets.len() < MAX_PACKETS && self.bytes < MAX_BYTES
    }

    pub(super) fn push(&mut self, packet: Vec<u8>) -> Result<(), DropReason> {
        if !self.has_room() {
            return Err(DropReason::LoopbackFull);
        }
        if self.packets.try_reserve(1).is_err() {
            return Err(DropReason::OutOfMemory);
        }
        self.bytes += packet.len();
        self.packets.push_back(packet);
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Option<Vec<u8>> {
        let packet = self.packets.pop_front()?;
        self.bytes -= packet.len();
        Some(packet)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }
}
