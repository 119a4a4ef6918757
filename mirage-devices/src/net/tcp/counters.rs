//! What a transport counts.

/// What has happened in a transport since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Segments received.
    pub segments_received: u64,
    /// Segments sent.
    pub segments_sent: u64,
    /// Segments that were sent again.
    pub retransmissions: u64,
    /// Retransmission timeouts.
    pub timeouts: u64,
    /// Segments with data that were marked on their way: congestion was experienced (RFC 3168).
    pub marks_received: u64,
    /// Reductions of the congestion window because a peer reported marks.
    pub ecn_reductions: u64,
    /// Connections with ECN whose data is no longer sent so, because all of it was lost or marked.
    pub ecn_failed: u64,
    /// Connections with ECN on which the first data that arrived was not ECN-capable: the path clears the field,
    /// or the data was sent again.
    pub ecn_cleared: u64,
    /// Connections that were opened by peers.
    pub accepted: u64,
    /// Connections that were opened by this side.
    pub connected: u64,
    /// SYNs that were answered with a cookie, because the SYN queue was full.
    pub cookies_sent: u64,
    /// Connections that were opened by a cookie.
    pub cookies_accepted: u64,
    /// Handshakes that were not completed because the accept queue was full.
    pub accept_queue_full: u64,
    /// SYNs that were dropped because the port had all the connections that it may have.
    pub connections_full: u64,
    /// Half-open connections whose peer did not complete the handshake.
    pub half_open_expired: u64,
    /// Resets sent.
    pub resets_sent: u64,
    /// Resets received that ended a connection.
    pub resets_received: u64,
    /// Answers (resets, challenges) that were left out because their source had had enough of them.
    pub answers_limited: u64,
    /// Segments with a timestamp that was too old.
    pub old_timestamps: u64,
    /// Connections that ended because the peer did not answer.
    pub timed_out: u64,
    /// Connections or segments for which memory was exhausted.
    pub out_of_memory: u64,
    /// Records in TIME-WAIT that were given up early, because there were too many.
    pub time_wait_overflow: u64,
}
