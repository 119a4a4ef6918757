//! The timer of the sender.

/// What the timer of the sender is armed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Nothing.
    Off,
    /// The retransmission timeout (RFC 6298).
    Retransmit,
    /// A probe for a loss at the end of what was sent (TLP, RFC 8985, section 7).
    TailLossProbe,
    /// The reordering timer, after which late data counts as lost (RFC 8985, section 6.2).
    Reordering,
    /// A probe of a window that is closed (RFC 9293, section 3.8.6.1).
    Persist,
}
