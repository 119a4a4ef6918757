//! Free ports of this host.

use std::{
    net::{Ipv4Addr, TcpListener, UdpSocket},
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
        let address = (Ipv4Addr::LOCALHOST, port);
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return port;
        }
    }
}
