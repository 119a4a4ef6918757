//! Neighbours that are being asked for their MAC address (INCOMPLETE in RFC 4861), and the packets
//! that wait for it.
//!
//! They have a quota of their own, so that no scan evicts a neighbour that answers. Beyond it the
//! oldest is given up: one that answers at all has done so by then.

use super::{address::NeighbourAddress, next_hop::NextHop};
use crate::{
    net::drops::{DropReason, Drops},
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};

/// How many neighbours are asked at a time.
pub(super) const MAX_PENDING: usize = 128;

/// How many packets wait for each (RFC 4861, section 7.2.2, wants at least one).
const MAX_PACKETS: usize = 3;

/// How many bytes of packets wait for all of them.
pub(in crate::net) const MAX_BYTES: usize = 64 * 1024;

/// A neighbour that is being asked.
#[derive(Debug)]
pub(super) struct Incomplete<A> {
    pub(super) hop: NextHop<A>,
    pub(super) requests: u8,
    /// When the next request is due, or the neighbour is given up.
    pub(super) timer: Instant,
    /// Frames with the destination's MAC address missing.
    pub(super) frames: Vec<Vec<u8>>,
}

/// Those that are being asked, the oldest first.
#[derive(Debug)]
pub(super) struct Pending<A> {
    queue: Vec<Incomplete<A>>,
    bytes: usize,
}

impl<A> Default for Pending<A> {
    fn default() -> Self {
        Self {
            queue: Vec::new(),
            bytes: 0,
        }
    }
}

impl<A: NeighbourAddress> Pending<A> {
    pub(super) fn contains(&self, address: A) -> bool {
        self.queue.iter().any(|each| each.hop.address == address)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Incomplete<A>> {
        self.queue.iter_mut()
    }

    /// Adds a neighbour that is not being asked yet.
    pub(super) fn add(
        &mut self,
        hop: NextHop<A>,
        timer: Instant,
        drops: &mut Drops,
    ) -> Result<(), TryReserveError> {
        self.queue.try_reserve(1)?;
        if self.queue.len() >= MAX_PENDING {
            let oldest = self.queue.remove(0);
            self.bytes -= bytes(&oldest.frames);
            count(drops, DropReason::NeighbourEvicted, oldest.frames.len());
        }
        self.queue.push(Incomplete {
            hop,
            requests: 1,
            timer,
            frames: Vec::new(),
        });
        Ok(())
    }

    /// Queues a frame for a neighbour that is being asked. The oldest frames are given up for it:
    /// those of the same neighbour if it has enough, those of others if all have too many.
    pub(super) fn push(&mut self, address: A, frame: Vec<u8>, drops: &mut Drops) {
        let Some(index) = self.position(address) else {
            return;
        };
        let frames = &mut self.queue[index].frames;
        if frames.try_reserve(1).is_err() {
            return drops.count(DropReason::OutOfMemory);
        }
        if frames.len() >= MAX_PACKETS {
            self.bytes -= frames.remove(0).len();
            drops.count(DropReason::NeighbourQueueFull);
        }
        self.bytes += frame.len();
        frames.push(frame);
        for (other, oldest) in self.queue.iter_mut().enumerate() {
            if self.bytes <= MAX_BYTES {
                break;
            }
            if other != index {
                self.bytes -= bytes(&oldest.frames);
                count(drops, DropReason::NeighbourEvicted, oldest.frames.len());
                oldest.frames.clear();
            }
        }
    }

    /// Removes a neighbour that has answered.
    pub(super) fn remove(&mut self, address: A) -> Option<Incomplete<A>> {
        let incomplete = self.queue.remove(self.position(address)?);
        self.bytes -= bytes(&incomplete.frames);
        Some(incomplete)
    }

    /// Removes the neighbours for which `keep` is false, and passes their frames to `dropped`.
    pub(super) fn retain(
        &mut self,
        mut keep: impl FnMut(&Incomplete<A>) -> bool,
        mut dropped: impl FnMut(&[u8]),
    ) {
        let bytes_left = &mut self.bytes;
        self.queue.retain(|each| {
            let kept = keep(each);
            if !kept {
                *bytes_left -= bytes(&each.frames);
                each.frames.iter().for_each(|frame| dropped(frame));
            }
            kept
        });
    }

    fn position(&self, address: A) -> Option<usize> {
        self.queue
            .iter()
            .position(|each| each.hop.address == address)
    }
}

fn bytes(frames: &[Vec<u8>]) -> usize {
    frames.iter().map(Vec::len).sum()
}

fn count(drops: &mut Drops, reason: DropReason, frames: usize) {
    (0..frames).for_each(|_| drops.count(reason));
}
