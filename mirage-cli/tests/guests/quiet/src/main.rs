//! Listens, and logs nothing.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    net::{Error, TcpListener, UdpSocket},
    unikernel,
};

#[unikernel(
    net = "auto",
    ip = "10.0.0.2",
    tcp(stream = 7000),
    udp(datagram = 7001),
    log = "off"
)]
async fn main(stream: TcpListener, datagram: UdpSocket) -> Result<(), Error> {
    let _open = datagram;
    loop {
        stream.accept().await?;
    }
}
