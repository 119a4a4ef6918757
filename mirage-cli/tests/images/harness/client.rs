//! Ordinary clients: installed programs, and plain sockets.

use super::DEADLINE;
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
    process::Command,
    time::{Duration, Instant},
};

/// Runs a program to its end and returns its output.
///
/// # Panics
/// Panics if it fails.
pub fn run(program: &str, arguments: &[&str]) -> String {
    output(Command::new(program).args(arguments))
}

/// The same for a command.
pub fn output(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|cause| panic!("{command:?}: {cause}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}:\n{text}\n{stderr}");
    text
}

/// Opens a connection with time limits.
///
/// QEMU's user network has a backlog of one connection, so most of many simultaneous ones are dropped. The
/// kernel would retry all of them together, after seconds.
pub fn connect(address: SocketAddr) -> TcpStream {
    let give_up = Instant::now() + DEADLINE;
    let connection = loop {
        match TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
            Ok(connection) => break connection,
            Err(cause) if Instant::now() > give_up => panic!("no connection: {cause}"),
            Err(cause) if cause.kind() == ErrorKind::TimedOut => {}
            Err(cause) => panic!("no connection: {cause}"),
        }
    };
    connection
        .set_read_timeout(Some(DEADLINE))
        .expect("a time that is not zero");
    connection
}

/// Sends a datagram, repeats it each second until there is a reply, and returns the reply.
pub fn ask(address: SocketAddr, question: &[u8]) -> Vec<u8> {
    let any: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).expect("a free port");
    socket
        .set_read_timeout(Some(Duration::from_secs(1)))
        .expect("a time that is not zero");
    socket.connect(address).expect("an address");
    let mut answer = vec![0; 65536];
    for _ in 0..DEADLINE.as_secs() {
        socket.send(question).expect("an open port");
        match socket.recv(&mut answer) {
            Ok(length) => {
                answer.truncate(length);
                return answer;
            }
            Err(cause) if cause.kind() == ErrorKind::WouldBlock => {}
            Err(cause) => panic!("{address}: {cause}"),
        }
    }
    panic!("no answer from {address}");
}
