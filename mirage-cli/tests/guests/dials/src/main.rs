//! A program with std that uses sockets of IPv6, and joins groups. It asks the name server of each client for an address, by TCP and by
//! UDP, and tells the client the lengths of the answers. It first prints what the server says that is given at boot.

mod ipv6_only;

use mirage_rt::unikernel;
use std::{
    env,
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket},
    thread,
};

/// A query for an address of `example.org` (RFC 1035, section 4.1).
const QUERY: &[u8] =
    b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03org\x00\x00\x01\x00\x01";

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    ip6 = "fd00::2/64",
    gateway6 = "fd00::1",
    tcp(http = 80, own = 81, only = 82),
    udp(groups = 5000),
    threads(max = 3)
)]
fn main() -> io::Result<()> {
    if let Some(server) = env::args().nth(1) {
        println!(
            "{server} says {}",
            io::read_to_string(TcpStream::connect(&server)?)?
        );
    }
    loopback()?;
    let own = TcpListener::bind("[fd00::2]:81")?;
    println!("own: {}", own.local_addr()?);
    let other = TcpListener::bind("[fd00::9]:81").map_err(|error| error.kind());
    assert_eq!(other.map(|_| ()), Err(ErrorKind::AddrNotAvailable));
    let only = ipv6_only::listen(82)?;
    thread::spawn(move || {
        for stream in only.incoming().flatten() {
            println!(
                "{} is a client of IPv6",
                stream.peer_addr().expect("a peer").ip()
            );
        }
    });
    let groups = UdpSocket::bind("[::]:5000")?;
    groups.join_multicast_v4(&Ipv4Addr::new(239, 1, 2, 3), &Ipv4Addr::UNSPECIFIED)?;
    groups.join_multicast_v6(&Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xabcd), 0)?;
    thread::spawn(move || {
        let mut buffer = [0; 64];
        while let Ok((length, _)) = groups.recv_from(&mut buffer) {
            println!("in a group: {}", buffer[..length].escape_ascii());
        }
    });
    let listener = TcpListener::bind("[::]:80")?;
    println!("it listens at {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let mut stream = stream?;
        let told = tell(&stream).unwrap_or_else(|error| format!("{error}\n"));
        let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", told.len());
        // The request, which is in one segment.
        let _ = stream.read(&mut [0; 4096])?;
        stream.write_all((head + &told).as_bytes())?;
    }
    Ok(())
}

/// Asks the name server of a client.
fn tell(client: &TcpStream) -> io::Result<String> {
    let peer = client.peer_addr()?.ip();
    let mut stream = TcpStream::connect((peer, 53))?;
    stream.write_all(&(QUERY.len() as u16).to_be_bytes())?;
    stream.write_all(QUERY)?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let by_tcp = u16::from_be_bytes(length);
    let socket = UdpSocket::bind("[::]:0")?;
    socket.send_to(QUERY, (peer, 53))?;
    let (by_udp, server) = socket.recv_from(&mut [0; 512])?;
    assert_eq!(server, (peer, 53).into());
    let local = stream.local_addr()?.ip();
    Ok(format!("{peer} at {local}: {by_tcp} {by_udp}\n"))
}

/// The loopback addresses of both families are this program's.
fn loopback() -> io::Result<()> {
    let any = TcpListener::bind("[::]:0")?;
    let port = any.local_addr()?.port();
    let client = thread::spawn(move || TcpStream::connect((Ipv6Addr::LOCALHOST, port)));
    let (accepted, peer) = any.accept()?;
    assert_eq!(peer.ip(), Ipv6Addr::LOCALHOST);
    let client = client.join().expect("no panic")?;
    assert_eq!(client.peer_addr()?, (Ipv6Addr::LOCALHOST, port).into());
    assert_eq!(accepted.local_addr()?.ip(), Ipv6Addr::LOCALHOST);
    let v4 = UdpSocket::bind("127.0.0.1:0")?;
    let to_v6 = v4.send_to(b"x", (Ipv6Addr::LOCALHOST, port));
    assert!(to_v6.is_err(), "a socket of IPv4 has peers of IPv4");
    let addresses = "[::1]:80".to_socket_addrs()?.collect::<Vec<SocketAddr>>();
    assert_eq!(addresses, [(Ipv6Addr::LOCALHOST, 80).into()]);
    Ok(())
}
