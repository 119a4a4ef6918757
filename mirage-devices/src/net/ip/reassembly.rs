//! Reassembly of fragmented packets (RFC 791, section 3.2; RFC 8200, section 4.5; RFC 5722), for any address
//! family.
//!
//! Overlapping or inconsistent fragments discard the whole packet, with those of its fragments that
//! come later (RFC 5722): no two hosts agree on what they mean (RFC 1858, RFC 3128). Only an exact
//! duplicate of a fragment is ignored.
//!
//! Memory is limited, in total and for each source, and each fragment counts for some beside its payload.
//! Beyond a limit the oldest packet is evicted: an honest sender's fragments follow each other closely, so
//! a flood that is to interrupt them must have more fragments in between than there is room for. A flood
//! from one source evicts only its own packets.
//!
//! All fragments are in one list, which is searched for each that is received. The limits keep it short.

use super::packet::{Address, Ecn};
use crate::{
    net::{
        drops::{DropReason, Drops},
        spare::has_spare,
    },
    time::Instant,
};
use alloc::vec::Vec;
use core::{mem, time::Duration};

/// How long the fragments of a packet are kept, from the first that was received. RFC 1122, section
/// 3.3.2, recommends more, for links of its time; this is what Linux has for IPv4. RFC 8200, section 4.5,
/// has 60 s as the limit. Both families share the memory, and have the same time.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The memory of all fragments, in bytes: eight of the longest packets, or 640 short fragments.
pub(super) const MAX_MEMORY: usize = 4 * MAX_SOURCE_MEMORY;

/// The memory of the fragments of one source, in bytes: two of the longest packets, or 160 short fragments.
pub(super) const MAX_SOURCE_MEMORY: usize = 160 * 1024;

/// What a fragment counts for at least, in bytes.
const MIN_MEMORY: usize = 1024;

/// What a fragment counts for beside its header and payload, in bytes: its entry in the list, and what the
/// heap adds.
const OVERHEAD: usize = 128;

/// For how many more connections that were not accepted yet the fragments leave memory. Others are refused
/// memory while fragments have it.
const UNACCEPTED: usize = 8;

/// What the fragments of a packet have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) source: Address,
    pub(super) destination: Address,
    pub(super) identification: u32,
    /// The transport protocol; 0 in IPv6, where it is not a part of the key.
    pub(super) protocol: u8,
}

/// A valid fragment. `B` is what has its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fragment<B> {
    pub(super) key: Key,
    /// Where its payload is in that of the packet, in bytes.
    pub(super) start: u16,
    /// Where the next fragment starts.
    pub(super) end: u16,
    /// Whether more fragments follow.
    pub(super) more: bool,
    pub(super) ecn: Ecn,
    /// Header and payload.
    pub(super) packet: B,
}

impl<B: AsRef<[u8]>> Fragment<B> {
    fn data_len(&self) -> u16 {
        self.end - self.start
    }

    fn data(&self) -> &[u8] {
        let packet = self.packet.as_ref();
        let header_len = packet.len().saturating_sub(self.data_len().into());
        packet.get(header_len..).unwrap_or_default()
    }

    /// Returns what it counts for, in bytes.
    fn memory(&self) -> usize {
        MIN_MEMORY.max(self.packet.as_ref().len() + OVERHEAD)
    }

    /// Returns whether another fragment of the same packet neither overlaps it nor is after the end.
    fn is_consistent_with(&self, other: &Fragment<&[u8]>) -> bool {
        match self.start < other.start {
            true => self.more && self.end <= other.start,
            false => other.more && other.end <= self.start,
        }
    }
}

/// A fragment that waits for the others.
#[derive(Debug)]
struct Waiting {
    fragment: Fragment<Vec<u8>>,
    /// That of the packet.
    deadline: Instant,
    /// Why the packet was discarded. Then this is its only fragment, without bytes.
    discarded: Option<DropReason>,
}

/// A packet whose fragments were all received.
#[derive(Debug)]
pub(super) struct Reassembled {
    /// The header of the first fragment, and the payload of all.
    pub(super) packet: Vec<u8>,
    /// Whether a fragment was marked with CE.
    pub(super) is_marked: bool,
}

/// The packets that are being reassembled.
#[derive(Debug, Default)]
pub(super) struct Reassembler {
    /// In the order in which they were received.
    waiting: Vec<Waiting>,
    /// Not after the first deadline.
    next_deadline: Option<Instant>,
}

impl Reassembler {
    /// Adds a fragment. Returns the packet if it is complete.
    ///
    /// # Errors
    /// Returns why the fragment, or the whole packet, was dropped.
    pub(super) fn input(
        &mut self,
        now: Instant,
        fragment: &Fragment<&[u8]>,
        drops: &mut Drops,
    ) -> Result<Option<Reassembled>, DropReason> {
        let key = &fragment.key;
        let mut deadline = now + TIMEOUT;
        let (mut of_all, mut of_source) = (fragment.memory(), fragment.memory());
        let mut received = fragment.data_len();
        let mut total = if fragment.more { 0 } else { fragment.end };
        let mut discarded = None;
        for Waiting {
            fragment: other,
            deadline: due,
            discarded: reason,
        } in &self.waiting
        {
            of_all += other.memory();
            if other.key.source == key.source {
                of_source += other.memory();
            }
            if other.key != *key {
                continue;
            }
            if let Some(reason) = reason {
                return Err(*reason);
            }
            let is_duplicate = (other.start, other.end, other.more)
                == (fragment.start, fragment.end, fragment.more)
                && other.data() == fragment.data();
            if is_duplicate {
                return Ok(None);
            }
            if !other.is_consistent_with(fragment) {
                discarded = Some(DropReason::FragmentOverlap);
            }
            deadline = *due;
            received = received.saturating_add(other.data_len());
            if !other.more {
                total = other.end;
            }
        }
        if discarded.is_none() {
            discarded = self.make_room(key, of_all, of_source, drops).err();
        }
        let mut bytes = fragment.packet;
        if discarded.is_some() {
            self.remove(key);
            bytes = &[];
        }
        let mut packet = Vec::new();
        let reserved = packet.try_reserve_exact(bytes.len());
        let reserved = reserved.and_then(|()| self.waiting.try_reserve(1));
        reserved.map_err(|_| DropReason::OutOfMemory)?;
        packet.extend_from_slice(bytes);
        self.waiting.push(Waiting {
            fragment: Fragment {
                key: *key,
                start: fragment.start,
                end: fragment.end,
                more: fragment.more,
                ecn: fragment.ecn,
                packet,
            },
            deadline,
            discarded,
        });
        self.next_deadline.get_or_insert(deadline);
        if let Some(reason) = discarded {
            return Err(reason);
        }
        if total != received {
            return Ok(None);
        }
        let reassembled = self.assemble(key, total);
        self.remove(key);
        reassembled.map(Some)
    }

    /// Removes a packet whose fragments did not come in time, if there is one. Returns that of its first
    /// fragment, which is empty if it was not received.
    pub(super) fn take_expired(&mut self, now: Instant) -> Option<Vec<u8>> {
        // Deadlines are in the order of the first fragments.
        while let Some(oldest) = self.waiting.first() {
            if now < oldest.deadline {
                self.next_deadline = Some(oldest.deadline);
                break;
            }
            let (key, is_discarded) = (oldest.fragment.key, oldest.discarded.is_some());
            let mut fragments = self.waiting.iter_mut().map(|each| &mut each.fragment);
            let first = fragments.find(|each| each.key == key && each.start == 0);
            let first = first.map(|first| mem::take(&mut first.packet));
            self.remove(&key);
            if !is_discarded {
                return Some(first.unwrap_or_default());
            }
        }
        None
    }

    /// Returns when [`take_expired`](Self::take_expired) is to be called next.
    #[inline]
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.next_deadline
    }

    /// Evicts packets until all fragments have `of_all` bytes at most, and those of the source of `key`
    /// `of_source`.
    ///
    /// # Errors
    /// Returns [`DropReason::OutOfMemory`] if too little memory is left for tasks. Only one packet is
    /// evicted for that: perhaps it is not fragments that have the memory. Returns
    /// [`DropReason::ReassemblyEvicted`] if the packet with `key` alone has too much.
    fn make_room(
        &mut self,
        key: &Key,
        mut of_all: usize,
        mut of_source: usize,
        drops: &mut Drops,
    ) -> Result<(), DropReason> {
        let is_low = !has_spare(0, UNACCEPTED);
        while is_low || of_source > MAX_SOURCE_MEMORY || of_all > MAX_MEMORY {
            let is_source = of_source > MAX_SOURCE_MEMORY;
            let mut others = self.waiting.iter().filter(|other| {
                let other = &other.fragment.key;
                other != key && (!is_source || other.source == key.source)
            });
            let oldest = others.next().ok_or(DropReason::ReassemblyEvicted)?;
            let oldest_key = oldest.fragment.key;
            if oldest.discarded.is_none() {
                drops.count(DropReason::ReassemblyEvicted);
            }
            let memory = self.remove(&oldest_key);
            if is_low {
                return Err(DropReason::OutOfMemory);
            }
            of_all -= memory;
            if oldest_key.source == key.source {
                of_source -= memory;
            }
        }
        Ok(())
    }

    /// Removes a packet; returns what it counted for.
    #[inline(never)]
    fn remove(&mut self, key: &Key) -> usize {
        let mut memory = 0;
        self.waiting.retain(|each| {
            let is_kept = each.fragment.key != *key;
            if !is_kept {
                memory += each.fragment.memory();
            }
            is_kept
        });
        if self.waiting.is_empty() {
            self.next_deadline = None;
        }
        memory
    }

    /// Returns a packet of which all fragments were received.
    ///
    /// # Errors
    /// Returns why it is dropped.
    fn assemble(&self, key: &Key, length: u16) -> Result<Reassembled, DropReason> {
        let mut packet = Vec::new();
        let (mut end, mut ecn) = (0, 0);
        while let Some(Waiting { fragment: next, .. }) = self
            .waiting
            .iter()
            .find(|each| each.fragment.key == *key && each.fragment.start == end)
        {
            let mut bytes = next.data();
            if end == 0 {
                bytes = &next.packet;
                let rest = length - next.end;
                let reserved = packet.try_reserve_exact(bytes.len() + usize::from(rest));
                reserved.map_err(|_| DropReason::OutOfMemory)?;
            }
            packet.extend_from_slice(bytes);
            ecn |= 1 << next.ecn as u8;
            end = next.end;
        }
        let has = |field: Ecn| ecn & 1 << field as u8 != 0;
        let is_marked = has(Ecn::CongestionExperienced);
        // No router marks packets whose sender does not support it (RFC 3168, section 5.3).
        if is_marked && has(Ecn::NotCapable) {
            return Err(DropReason::FragmentOverlap);
        }
        Ok(Reassembled { packet, is_marked })
    }

    /// Returns how many fragments wait, and what they count for.
    #[cfg(test)]
    pub(super) fn usage(&self) -> (usize, usize) {
        let memory = self.waiting.iter().map(|each| each.fragment.memory()).sum();
        (self.waiting.len(), memory)
    }
}
