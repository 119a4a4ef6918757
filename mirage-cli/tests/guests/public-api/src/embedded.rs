//! The traits of `embedded-nal-async` and `embedded-storage-async`: nothing here names a type of the runtime.

use core::net::SocketAddr;
use embedded_nal_async::{ConnectedUdp, TcpConnect, UdpStack, UnconnectedUdp};
use embedded_storage_async::nor_flash::{
    MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash,
};
use mirage_rt::io::{Error, ErrorKind, Read, Write};

/// Connects to a server that sends back what it receives.
pub async fn connect<E: Error>(
    net: &(impl TcpConnect<Error = E> + UdpStack<Error = E>),
    echo: SocketAddr,
) -> Result<(), E> {
    let mut stream = TcpConnect::connect(net, echo).await?;
    stream.write_all(b"x").await?;
    let mut byte = [0; 1];
    assert_eq!(stream.read(&mut byte).await?, 1);
    assert_eq!(&byte, b"x");

    let (local, mut connected) = UdpStack::connect(net, echo).await?;
    assert_ne!(local.port(), 0);
    connected.send(b"lost").await?;
    let (local, mut single) = net.bind_single(([0, 0, 0, 0], 0).into()).await?;
    single.send(local, echo, b"lost").await?;
    // There is no reply, so it waits.
    let waits = embassy_futures::poll_once(single.receive_into(&mut byte));
    assert!(waits.is_pending());
    let port = SocketAddr::from(([0, 0, 0, 0], 53));
    let refused = net.bind_multiple(port).await.err().expect("not declared");
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    Ok(())
}

/// Stores data in the last sector.
pub async fn store<F: MultiwriteNorFlash>(flash: &mut F) -> Result<(), F::Error> {
    let end = flash.capacity() as u32;
    let start = end - F::ERASE_SIZE as u32;
    NorFlash::erase(flash, start, end).await?;
    NorFlash::write(flash, start + 1, &[0b1100]).await?;
    NorFlash::write(flash, start + 1, &[0b1010, 7]).await?;
    let mut bytes = [0; 4];
    ReadNorFlash::read(flash, start, &mut bytes).await?;
    assert_eq!(bytes, [0xFF, 0b1000, 7, 0xFF]);
    let beyond = ReadNorFlash::read(flash, end - 1, &mut bytes).await;
    let error = beyond.expect_err("beyond the end");
    assert_eq!(error.kind(), NorFlashErrorKind::OutOfBounds);
    Ok(())
}
