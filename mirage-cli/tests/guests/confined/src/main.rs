//! A program with std that binds ports of one of its interfaces, and connects to them through both.

use mirage_rt::unikernel;
use std::{
    io::{self, ErrorKind},
    net::{TcpListener, TcpStream, UdpSocket},
};

#[unikernel(
    net(
        wan(ip = "10.0.0.2", tcp(http = 80)),
        lan(ip = "10.1.0.2", udp(dns = 53)),
    ),
    tcp(admin = 90)
)]
fn main() -> io::Result<()> {
    for address in ["10.1.0.2:80", "10.0.0.2:80", "0.0.0.0:80"] {
        println!("bind {address}: {:?}", kind(TcpListener::bind(address)));
    }
    for address in ["10.0.0.2:53", "10.1.0.2:53", "0.0.0.0:53"] {
        println!("bind udp {address}: {:?}", kind(UdpSocket::bind(address)));
    }
    let inside = TcpListener::bind("10.1.0.2:90")?;
    connect("declared", 90);
    println!("again: {:?}", kind(TcpListener::bind("10.1.0.2:90")));
    println!("other: {:?}", kind(TcpListener::bind("10.0.0.2:90")));
    drop(inside);
    let any = TcpListener::bind("10.1.0.2:0")?;
    connect("port 0", any.local_addr()?.port());
    forge()
}

/// A socket that is connected to a peer of one network, to which the other one has no route, receives nothing from there.
fn forge() -> io::Result<()> {
    let connected = UdpSocket::bind("0.0.0.0:0")?;
    connected.connect("10.0.0.1:9")?;
    connected.set_nonblocking(true)?;
    let open = UdpSocket::bind("10.1.0.2:0")?;
    let forger = UdpSocket::bind("10.1.0.2:0")?;
    for socket in [&connected, &open] {
        let port = socket.local_addr()?.port();
        forger.send_to(b"forged", ("10.1.0.2", port))?;
    }
    // Datagrams arrive in their order.
    open.recv(&mut [0; 9])?;
    println!("forged: {:?}", kind(connected.recv(&mut [0; 9])));
    Ok(())
}

/// Connects to a port at each address of this host.
fn connect(what: &str, port: u16) {
    for ip in ["10.1.0.2", "10.0.0.2", "127.0.0.1"] {
        println!("{what} at {ip}: {:?}", kind(TcpStream::connect((ip, port))));
    }
}

fn kind<T>(result: io::Result<T>) -> Result<(), ErrorKind> {
    result.map(drop).map_err(|error| error.kind())
}
