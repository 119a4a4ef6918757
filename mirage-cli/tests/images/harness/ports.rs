//! Free ports of this host.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// A port that is free for TCP and for UDP, as the kernel says. It gives another one each time for
/// as long as it can.
pub fn free() -> u16 {
    let any = (Ipv4Addr::LOCALHOST, 0);
    loop {
        let listener = TcpListener::bind(any).expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        if UdpSocket::bind(address).is_ok() {
            return address.port();
        }
    }
}
