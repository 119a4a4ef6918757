//! Logs open ports, and reports them on the console if the command line asks for it.

use crate::{console::Console, logger::report};
use core::{
    fmt::{Display, Write},
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

/// Logs and reports that `port` is open and reached at `ip`, which has brackets if it is one of IPv6, and the port
/// `at`.
pub(crate) fn port_is_open(protocol: Protocol, port: u16, (ip, at): (&dyn Display, u16)) {
    let name = protocol.name();
    report!("{name} port {port} is at {ip}:{at}");
    if REQUESTED.load(Relaxed) {
        let open = OpenPort {
            protocol,
            port,
            // The `Display` of a socket's address pads, which would be the image's only use of that code.
            address: format_args!("{ip}:{at}"),
        };
        let _ = writeln!(Console, "{open}");
    }
}
