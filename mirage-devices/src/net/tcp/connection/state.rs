//! The states of a connection.

/// The state of a connection (RFC 9293, section 3.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A SYN was sent.
    SynSent,
    /// SYNs were sent and received.
    SynReceived,
    /// Data can be transferred both ways.
    Established,
    /// We have closed and wait for the acknowledgment of our FIN.
    FinWait1,
    /// We have closed and wait for the peer's FIN.
    FinWait2,
    /// The peer has closed.
    CloseWait,
    /// Both have closed at once; we wait for the acknowledgment of our FIN.
    Closing,
    /// Both have closed, the peer first; we wait for the acknowledgment of our FIN.
    LastAck,
    /// Both have closed; segments may still be on their way.
    TimeWait,
    /// There is no connection any more.
    Closed,
}
