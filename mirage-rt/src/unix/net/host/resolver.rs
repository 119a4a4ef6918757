//! What the host knows about names: `/etc/resolv.conf` and `/etc/hosts`.

use crate::net::host_resolver::HostResolver;
use core::net::{Ipv4Addr, SocketAddr};
use mirage_devices::net::dns::PORT;
use rustix::{
    fs::{Mode, OFlags, open},
    io::{self, Errno},
};
use std::{string::String, vec::Vec};

/// Reads a file of the host by system calls: the C library may have those of the graph instead.
fn file(path: &str) -> io::Result<Vec<u8>> {
    let file = open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let mut contents = Vec::new();
    let mut buffer = [0; 512];
    loop {
        match io::read(&file, &mut buffer) {
            Ok(0) => return Ok(contents),
            Ok(count) => contents.extend_from_slice(&buffer[..count]),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads the host's files. One that cannot be read is empty.
pub(crate) fn read() -> HostResolver {
    let text = |path| String::from_utf8_lossy(&file(path).unwrap_or_default()).into_owned();
    HostResolver {
        servers: servers(&text("/etc/resolv.conf")),
        hosts: text("/etc/hosts"),
    }
}

/// The name servers of a file, as resolv.conf(5) describes it. Sockets of the host's that are opened for
/// queries have IPv4.
fn servers(text: &str) -> Vec<SocketAddr> {
    let words = text.lines().map(str::split_ascii_whitespace);
    let servers = words.filter_map(|mut words| match words.next() {
        Some("nameserver") => words.next()?.parse::<Ipv4Addr>().ok(),
        _ => None,
    });
    let mut servers: Vec<_> = servers.collect();
    if servers.is_empty() {
        servers.push(Ipv4Addr::LOCALHOST);
    }
    let servers = servers.into_iter();
    servers.map(|server| (server, PORT).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn servers_are_read_in_order() {
        let text = "# nameserver 10.0.0.1\nsearch example.org\nnameserver 10.0.0.2\n\
                    nameserver\t10.0.0.3 # second\nnameserver fe80::1%eth0\nnameserver ::1\n\
                    nameserver\noptions ndots:5";
        let read = |text| {
            let servers = servers(text).into_iter();
            servers.map(|server| server.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(read(text), ["10.0.0.2:53", "10.0.0.3:53"]);
        assert_eq!(read(""), ["127.0.0.1:53"]);
    }
}
