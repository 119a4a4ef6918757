//! Errors that ICMP reports about our segments (RFC 5927).

use super::Transport;
use crate::{
    net::{
        error::Error,
        ip::Address,
        tcp::{flow::Flow, flow_table::Entry, path::max_segment_size, seq::SeqNumber},
    },
    time::Instant,
};

/// The segment that an error is about, as far as ICMP quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quoted {
    /// Our address.
    pub local: Address,
    /// The peer's.
    pub remote: Address,
    /// Our port.
    pub local_port: u16,
    /// The peer's.
    pub remote_port: u16,
    /// The sequence number.
    pub seq: SeqNumber,
}

/// The effect of an ICMP error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The destination cannot be reached: never a reason to end a connection (RFC 5461).
    Unreachable(Error),
    /// The packet was larger than the path carries: its MTU, in bytes (RFC 1191).
    PacketTooBig(u16),
}

/// The smallest MTU that is accepted.
const MIN_PATH_MTU: u16 = 552;

impl Transport {
    /// Processes an error. It is ignored unless the quoted segment is in flight, which an off-path
    /// attacker cannot know.
    pub fn on_icmp_error(&mut self, now: Instant, quoted: &Quoted, report: Report) {
        let flow = Flow {
            remote: quoted.remote,
            remote_port: quoted.remote_port,
            local_port: quoted.local_port,
            local: self.local(quoted.local),
        };
        let hash = self.secrets.flows.hash(&flow);
        let Some(Entry::Connection(index)) = self.find(hash, &flow) else {
            return;
        };
        let Some((connection, _)) = self.connection(index, now) else {
            return;
        };
        if !connection.has_sent(quoted.seq) {
            return;
        }
        match report {
            Report::Unreachable(error) => connection.note_soft_error(error),
            Report::PacketTooBig(mtu) => {
                let mss = max_segment_size(quoted.remote, mtu.max(MIN_PATH_MTU));
                if connection.limit_segment_size(mss) {
                    connection.sender.resend_all(now);
                }
            }
        }
        self.mark_dirty(index);
        self.settle(index, now);
    }
}
