//! The limits of a port: connections, datagrams, and their buffers.

use super::tcp::{Algorithm, ConnectionConfig, EcnMode};

/// The limits of the connections of a TCP port, and their congestion control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpLimits {
    /// Maximum number of connections, including those that are closing; `None` for as many as fit in
    /// memory.
    pub connections: Option<u16>,
    /// The largest receive window of a connection, in bytes. The window grows up to it with what is
    /// read, as far as the memory for all connections goes.
    pub receive: usize,
    /// How many bytes of a connection may wait to be acknowledged.
    pub transmit: usize,
    /// The algorithm of congestion control; that of the interface if absent.
    pub congestion: Option<Algorithm>,
}

impl TcpLimits {
    /// The limits of a port without configured ones: with them one connection carries 100 MB/s over a
    /// round trip of 40 ms.
    pub const DEFAULT: Self = Self {
        connections: None,
        receive: 4 * 1024 * 1024,
        transmit: 4 * 1024 * 1024,
        congestion: None,
    };

    /// Returns the configuration of connections on an interface with the algorithm `congestion`.
    pub(super) fn on_interface(&self, congestion: Algorithm, ecn: EcnMode) -> ConnectionConfig {
        let size = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        let congestion = self.congestion.unwrap_or(congestion);
        ConnectionConfig {
            receive: size(self.receive),
            transmit: size(self.transmit),
            congestion,
            ecn: match congestion.responds_to_ecn() {
                true => ecn,
                false => EcnMode::Off,
            },
        }
    }
}

impl Default for TcpLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The limits of the datagrams of a UDP port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UdpLimits {
    /// Maximum number of datagrams in the receive queue, and in the transmit queue.
    pub datagrams: u16,
    /// Size of the receive queue, in bytes.
    pub receive: usize,
    /// Size of the transmit queue, in bytes.
    pub transmit: usize,
}

impl UdpLimits {
    /// The limits of a port without configured ones.
    pub const DEFAULT: Self = Self {
        datagrams: 64,
        receive: 32 * 1024,
        transmit: 32 * 1024,
    };

    /// The limits of an ephemeral port, which often carries one request: there may be many at a time, and each
    /// waits for an answer, which may be as long as a jumbo frame.
    pub const EPHEMERAL: Self = Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_chooses_its_congestion_control_or_has_that_of_the_interface() {
        let chosen = TcpLimits {
            congestion: Some(Algorithm::CUBIC),
            ..TcpLimits::DEFAULT
        };
        for (limits, expected) in [
            (TcpLimits::DEFAULT, Algorithm::RENO),
            (chosen, Algorithm::CUBIC),
        ] {
            let config = limits.on_interface(Algorithm::RENO, EcnMode::Accept);
            assert_eq!(config.congestion, expected);
            assert_eq!(config.ecn, EcnMode::Accept);
        }
        let bbr = TcpLimits::DEFAULT.on_interface(Algorithm::BBR, EcnMode::Request);
        assert_eq!(bbr.ecn, EcnMode::Off);
    }
}
