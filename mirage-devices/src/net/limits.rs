//! What a port may take: connections, datagrams, and their buffers.

/// What the connections of a TCP port may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpLimits {
    /// The most connections at a time, those that are ending included; as many as memory holds, if
    /// absent.
    pub connections: Option<u16>,
    /// The receive buffer of each, in bytes.
    pub receive: usize,
    /// The transmit buffer of each, in bytes.
    pub transmit: usize,
}

impl TcpLimits {
    /// Of a port of which nothing is said. More than five segments each way, so that delayed
    /// acknowledgements do not stall a transfer, and 200 connections in 4 MiB.
    pub const DEFAULT: Self = Self {
        connections: None,
        receive: 8 * 1024,
        transmit: 8 * 1024,
    };
}

impl Default for TcpLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What the datagrams of a UDP port may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UdpLimits {
    /// The most datagrams that wait to be received, and the most that wait to be sent.
    pub datagrams: u16,
    /// The bytes of those that wait to be received.
    pub receive: usize,
    /// The bytes of those that wait to be sent.
    pub transmit: usize,
}

impl UdpLimits {
    /// Of a port of which nothing is said.
    pub const DEFAULT: Self = Self {
        datagrams: 64,
        receive: 32 * 1024,
        transmit: 32 * 1024,
    };

    /// Of a port that is opened to ask a question: there may be many at a time, and each waits for
    /// one answer, which may be as long as a jumbo frame.
    pub const QUESTION: Self = Self {
        datagrams: 16,
        receive: 9 * 1024,
        transmit: 9 * 1024,
    };
}

impl Default for UdpLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
