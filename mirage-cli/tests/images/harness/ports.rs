//! Free ports of this host.

use std::{
    net::{Ipv4Addr, TcpListener, UdpSocket},
    ops::Range,
    sync::atomic::{AtomicU16, Ordering},
};

/// Below those that Linux gives to clients (`ip_local_port_range`): a port that is free now is not
/// taken by another test's connection before the unikernel has it.
const PORTS: Range<u16> = 20_000..32_000;

/// A port that is free for TCP and for UDP, another one each time.
pub fn free() -> u16 {
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    // Two runs of the tests at the same time begin at different ports.
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
