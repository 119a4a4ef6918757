//! The state of a handshake, and its result.

use super::state::State;
use crate::{
    net::tcp::{
        ecn::EcnMode,
        listener::ConnectionConfig,
        options::{MAX_WINDOW_SCALE, OptionBytes, TIMESTAMPS_LEN, Timestamps},
        pool::{Pool, SMALL_PAGE},
        receiver::{INITIAL_WINDOW, Receiver, ReceiverConfig},
        sender::{Sender, SenderConfig},
        seq::SeqNumber,
        syn_queue::PeerSyn,
    },
    time::Instant,
};
use core::time::Duration;

/// After how long the first SYN is sent again.
pub(super) const INITIAL_TIMEOUT: Duration = Duration::from_secs(1);

/// The longest interval between SYNs.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_secs(60);

/// How often a SYN is sent again: for three minutes, the least that RFC 9293 allows (MUST-23).
pub(super) const MAX_RETRIES: u8 = 7;

/// The state of a handshake that this side has begun.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    pub(super) iss: SeqNumber,
    pub(super) config: ConnectionConfig,
    /// The window that the SYN offers.
    pub(super) window: u16,
    /// The peer's SYN, if both sides have opened the connection at the same time.
    pub(super) peer_syn: Option<PeerSyn>,
    /// A SYN has to be sent.
    pub(super) is_due: bool,
    pub(super) retries: u8,
    pub(super) sent_at: Instant,
    pub(super) deadline: Instant,
}

impl Opening {
    /// Whether `seq` is that of the SYN.
    pub(super) fn is_for(&self, seq: SeqNumber) -> bool {
        seq == self.iss
    }

    /// Returns whether all SYNs that were sent have asked for ECN. One that is sent again does not: the path
    /// may drop those that do (RFC 3168, section 6.1.1.1).
    pub(super) fn asks_for_ecn(&self) -> bool {
        self.config.ecn == EcnMode::Request && self.retries == 0
    }

    pub(super) fn state(&self) -> State {
        match self.peer_syn {
            None => State::SynSent,
            Some(_) => State::SynReceived,
        }
    }
}

/// The fields of a SYN that we send.
#[derive(Debug, Clone, Copy)]
pub struct Syn {
    /// Our initial sequence number.
    pub iss: SeqNumber,
    /// The window.
    pub window: u16,
    /// The largest segment that we receive.
    pub mss: u16,
    /// The scale of our windows, if windows are scaled.
    pub window_scale: Option<u8>,
    /// Whether SACK may be used.
    pub sack: bool,
    /// The timestamps, if they are used.
    pub timestamps: Option<Timestamps>,
}

impl Syn {
    /// The options of the SYN.
    pub fn options(&self) -> OptionBytes {
        let mut options = OptionBytes::NONE;
        options.mss(self.mss);
        if self.sack {
            options.sack_permitted();
        }
        if let Some(timestamps) = self.timestamps {
            options.timestamps(timestamps);
        }
        if let Some(scale) = self.window_scale {
            options.window_scale(scale);
        }
        options
    }
}

/// A complete handshake.
#[derive(Debug, Clone, Copy)]
pub struct Handshake {
    /// Our initial sequence number.
    pub iss: SeqNumber,
    /// The peer's SYN.
    pub peer_syn: PeerSyn,
    /// The window that our SYN has offered.
    pub window: u16,
    /// The offset of our timestamps, which are used if the peer sends some.
    pub timestamp_offset: u32,
}

/// Returns the smallest scale with which the window field can represent `limit`.
pub fn window_scale(limit: u32) -> u8 {
    let bits = u32::BITS - limit.leading_zeros();
    (bits.saturating_sub(16) as u8).min(MAX_WINDOW_SCALE)
}

/// Returns the window of a SYN: [`INITIAL_WINDOW`], limited to a share of the pool so that many handshakes do
/// not commit all of it.
pub fn initial_window(limit: u32, pool: &Pool) -> u16 {
    let share = SMALL_PAGE + pool.available(0) / 16;
    let window = share.min(limit.min(INITIAL_WINDOW) as usize);
    // At most the initial window.
    window as u16
}

/// The sender and the receiver of a connection whose handshake is complete.
pub(super) fn halves(
    handshake: &Handshake,
    config: &ConnectionConfig,
    now: Instant,
) -> (Sender, Receiver) {
    let Handshake {
        iss,
        peer_syn,
        window,
        ..
    } = *handshake;
    let options = if peer_syn.timestamp.is_some() {
        TIMESTAMPS_LEN as u32
    } else {
        0
    };
    let sender = Sender::new(
        &SenderConfig {
            iss,
            irs: peer_syn.irs,
            mss: u32::from(peer_syn.mss) - options,
            window: peer_syn.window.into(),
            scale: peer_syn.window_scale.unwrap_or(0),
            limit: config.transmit,
            algorithm: config.congestion,
            ecn: peer_syn.ecn,
        },
        now,
    );
    let receiver = Receiver::new(
        &ReceiverConfig {
            irs: peer_syn.irs,
            window: window.into(),
            scale: peer_syn
                .window_scale
                .map_or(0, |_| window_scale(config.receive)),
            limit: config.receive,
            timestamp: peer_syn.timestamp,
        },
        now,
    );
    (sender, receiver)
}
