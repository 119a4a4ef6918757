//! Reports open ports on the console, if the command line asks for it.

use crate::console::Console;
use core::{
    fmt::Write,
    net::SocketAddrV4,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};
use mirage_graph::{
    port::Protocol,
    readiness::{OpenPort, REPORT_PORTS},
};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// Accepts `arg` if it is the request to report open ports. Returns whether it is.
pub(crate) fn take_request(arg: &[u8]) -> bool {
    let is_request = arg == REPORT_PORTS.as_bytes();
    if is_request {
        REQUESTED.store(true, Relaxed);
    }
    is_request
}

/// Reports that `port` is open and reached at `address`.
pub(crate) fn report(protocol: Protocol, port: u16, address: SocketAddrV4) {
    if REQUESTED.load(Relaxed) {
        let open = OpenPort {
            protocol,
            port,
            address,
        };
        let _ = writeln!(Console, "{open}");
    }
}
