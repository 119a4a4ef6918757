//! The echo protocol (RFC 862), over TCP and UDP: what is sent comes back.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    io::{Read, Write},
    net::{Error, TcpListener, TcpStream, UdpSocket},
    unikernel,
};

#[unikernel(net = "auto", ip = "10.0.0.2", tcp(stream = 7), udp(datagram = 7))]
async fn main(stream: TcpListener, datagram: UdpSocket) -> Result<(), Error> {
    mirage_rt::spawn(echo_datagrams(datagram));
    loop {
        let (connection, _) = stream.accept().await?;
        mirage_rt::spawn(echo_stream(connection));
    }
}

async fn echo_stream(mut connection: TcpStream) {
    let mut buffer = [0; 2048];
    while let Ok(length @ 1..) = connection.read(&mut buffer).await {
        if connection.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

async fn echo_datagrams(socket: UdpSocket) {
    let mut buffer = [0; 2048];
    while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
        // A datagram that cannot go back is lost, as any datagram may be.
        let _ = socket.send_to(&buffer[..length], peer).await;
    }
}
