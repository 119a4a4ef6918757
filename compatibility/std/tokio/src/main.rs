//! Tasks, timers, blocking calls, sockets and files of `tokio`, with all features.

use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
};

#[mirage_rt::unikernel]
#[tokio::main]
async fn main() -> io::Result<()> {
    assert_eq!(tokio::task::spawn_blocking(|| 7).await?, 7);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let (mut reader, mut writer) = stream.split();
        tokio::io::copy(&mut reader, &mut writer).await
    });
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"hello").await?;
    stream.shutdown().await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    assert_eq!(answer, "hello");
    assert_eq!(server.await??, 5);
    let [one, other] = [
        UdpSocket::bind("127.0.0.1:0").await?,
        UdpSocket::bind("127.0.0.1:0").await?,
    ];
    one.send_to(b"datagram", other.local_addr()?).await?;
    let mut datagram = [0; 16];
    assert_eq!(
        other.recv_from(&mut datagram).await?,
        (8, one.local_addr()?)
    );
    tokio::fs::write("/tmp/file", "contents").await?;
    assert_eq!(tokio::fs::read_to_string("/tmp/file").await?, "contents");
    let late = tokio::time::timeout(Duration::from_millis(5), std::future::pending::<()>());
    assert!(late.await.is_err());
    Ok(())
}
