//! The traits of `edge-nal`: nothing here names the network of the runtime.

use core::net::SocketAddr;
use edge_nal::{
    Close, MulticastV4, Readable, TcpAccept, TcpConnect, TcpShutdown, TcpSplit, UdpBind,
    UdpReceive, UdpSend, UdpSplit,
};
use mirage_rt::io::{Error, ErrorKind, Read, Write};

/// A network on which the client below can run.
pub trait Stack<E>: TcpConnect<Error = E> + UdpBind<Error = E> {}

impl<E, N: TcpConnect<Error = E> + UdpBind<Error = E>> Stack<E> for N {}

/// Connects to a server that sends back what it receives.
pub async fn connect<E: Error>(net: &impl Stack<E>, echo: SocketAddr) -> Result<(), E> {
    let mut stream = TcpConnect::connect(net, echo).await?;
    let (mut read, mut write) = stream.split();
    write.write(b"x").await?;
    write.flush().await?;
    read.readable().await?;
    let mut byte = [0; 1];
    assert_eq!(read.read(&mut byte).await?, 1);
    drop((read, write));
    stream.close(Close::Both).await?;

    let mut aborted = TcpConnect::connect(net, echo).await?;
    aborted.abort().await?;

    let local = SocketAddr::from(([0, 0, 0, 0], 0));
    let mut socket = UdpBind::bind(net, local).await?;
    let (mut receive, mut send) = socket.split();
    send.send(echo, b"lost").await?;
    // There is no reply, so it waits.
    let waits = embassy_futures::poll_once(receive.receive(&mut byte));
    assert!(waits.is_pending());
    drop((receive, send));
    // The host's sockets may have no interface for it.
    let (group, interface) = ([224, 0, 0, 251].into(), [0, 0, 0, 0].into());
    if socket.join_v4(group, interface).await.is_ok() {
        socket.leave_v4(group, interface).await?;
    }
    let port = SocketAddr::from(([0, 0, 0, 0], 53));
    let refused = UdpBind::bind(net, port).await.err().expect("not declared");
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    Ok(())
}

/// Accepts a connection and reads the first byte.
pub async fn accept<L: TcpAccept>(listener: &L) -> Result<u8, L::Error> {
    let (_, mut stream) = listener.accept().await?;
    stream.readable().await?;
    let mut byte = [0; 1];
    stream.read(&mut byte).await?;
    stream.write(&byte).await?;
    stream.close(Close::Both).await?;
    Ok(byte[0])
}
