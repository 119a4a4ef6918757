//! Free ports of this host.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket},
    ops::Range,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below Linux's ephemeral ports (`ip_local_port_range`), so that a free port is not taken by a connection
/// of another test before the unikernel opens it.
const PORTS: Range<u16> = 20_000..32_000;

/// Returns a port that is free for TCP and for UDP, a different one each time.
pub fn free() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    // Concurrent runs of the tests start at different ports.
    let first = (std::process::id() % PORTS.len() as u32) as u16;
    loop {
        let next = first.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + next % PORTS.len() as u16;
        let is_free = |loopback: IpAddr| {
            let address = (loopback, port);
            let bound = TcpListener::bind(address)
                .map(drop)
                .and_then(|()| UdpSocket::bind(address).map(drop));
            // The host may have no IPv6.
            bound.map_or_else(|cause| cause.kind() != ErrorKind::AddrInUse, |()| true)
        };
        if is_free(Ipv4Addr::LOCALHOST.into()) && is_free(Ipv6Addr::LOCALHOST.into()) {
            return port;
        }
    }
}
