//! The message with which a unikernel reports that a port is open.
//!
//! It is not a log message. A unikernel prints it only if it is asked to, whatever its log level.

use crate::port::Protocol;
use core::{fmt, net::SocketAddr};

/// The boot argument that asks for an [`OpenPort`] message for each port. It is for tools, so `--help`
/// does not list it, and unikernels without boot arguments accept it too.
pub const REPORT_PORTS: &str = "--report-ports";

/// What every message starts with.
pub const PREFIX: &str = "ready: ";

/// The message that a port is open at an address `A`, which is a [`SocketAddr`] where it is read.
///
/// ```
/// use core::net::SocketAddr;
/// use mirage_graph::{port::Protocol, readiness::OpenPort};
///
/// let open = OpenPort {
///     protocol: Protocol::Tcp,
///     port: 80,
///     address: "10.0.0.2:80".parse::<SocketAddr>()?,
/// };
/// assert_eq!(open.to_string(), "ready: tcp port 80 at 10.0.0.2:80");
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPort<A = SocketAddr> {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The port's number in the unikernel.
    pub port: u16,
    /// Where it is reached; on `unix`, an address of the host.
    pub address: A,
}

impl<A: fmt::Display> fmt::Display for OpenPort<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (protocol, port, address) = (self.protocol.name(), self.port, &self.address);
        write!(f, "{PREFIX}{protocol} port {port} at {address}")
    }
}

impl OpenPort {
    /// Parses a line of the console.
    pub fn parse(line: &str) -> Option<Self> {
        let (protocol, rest) = line.strip_prefix(PREFIX)?.split_once(" port ")?;
        let (port, address) = rest.split_once(" at ")?;
        let mut protocols = [Protocol::Tcp, Protocol::Udp].into_iter();
        Some(Self {
            protocol: protocols.find(|other| other.name() == protocol)?,
            port: port.parse().ok()?,
            address: address.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use core::net::IpAddr;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn messages_are_parsed_as_they_were_written(tcp: bool, port: u16, ip: IpAddr, at: u16) {
            let open = OpenPort {
                protocol: if tcp { Protocol::Tcp } else { Protocol::Udp },
                port,
                address: SocketAddr::new(ip, at),
            };
            prop_assert_eq!(OpenPort::parse(&open.to_string()), Some(open));
        }
    }

    #[test]
    fn other_lines_are_no_messages() {
        for line in [
            "",
            "ready: ",
            "ready: tcp port 80 at 10.0.0.2",
            "ready: port port 80 at 10.0.0.2:80",
            "ready: tcp port 80000 at 10.0.0.2:80",
            "[   0.001] INFO  mirage_rt: tcp port 80 is at 10.0.0.2:80",
        ] {
            assert_eq!(OpenPort::parse(line), None, "{line}");
        }
    }
}
