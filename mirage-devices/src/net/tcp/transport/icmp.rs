//! Errors that ICMP reports about our segments (RFC 5927).

use super::Transport;
use crate::{
    net::{
        error::Error,
        ip::{IcmpError, IcmpErrorKind},
        tcp::{flow::Flow, flow_table::Entry, seq::SeqNumber},
    },
    time::Instant,
};

impl Transport {
    /// Processes an error about a segment. It is ignored unless the segment is in flight, which an
    /// off-path attacker cannot know.
    pub fn on_icmp_error(&mut self, now: Instant, error: &IcmpError<'_>) {
        let Some(&[a, b, c, d, seq @ ..]) = error.payload.first_chunk::<8>() else {
            return;
        };
        let Some(local) = self.local(error.local) else {
            return;
        };
        let flow = Flow {
            remote: error.remote,
            remote_port: u16::from_be_bytes([c, d]),
            local_port: u16::from_be_bytes([a, b]),
            local,
        };
        let hash = self.secrets.flows.hash(&flow);
        let Some(Entry::Connection(index)) = self.find(hash, &flow) else {
            return;
        };
        let Some((connection, _)) = self.connection(index, now) else {
            return;
        };
        if !connection.has_sent(SeqNumber(u32::from_be_bytes(seq))) {
            return;
        }
        match error.kind {
            IcmpErrorKind::FragmentationNeeded { mtu } => connection.limit_path_mtu(mtu, now),
            IcmpErrorKind::PortUnreachable => connection.note_soft_error(Error::ConnectionRefused),
            // No error ends a connection (RFC 5461).
            _ => connection.note_soft_error(Error::HostUnreachable),
        }
        self.mark_dirty(index);
        self.settle(index, now);
    }
}
