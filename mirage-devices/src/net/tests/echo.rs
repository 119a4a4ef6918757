//! What every program does first: accept, read, write, close.

use super::client::{Bench, CLIENT, SERVER};
use crate::net::TcpListener;
use core::net::SocketAddr;
use embedded_io_async::{Read, Write};
use std::vec;

/// Sends everything back on one connection, until the peer ends it.
pub(super) async fn echo(listener: &TcpListener) {
    let mut stream = listener.accept().await.unwrap();
    let mut buffer = vec![0; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => stream.write_all(&buffer[..count]).await.unwrap(),
        }
    }
}

#[test]
fn what_is_written_comes_back() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    bench.world.spawn(async move { echo(&listener).await });
    let client = bench.client.clone();
    bench.world.run(async move {
        let connection = client.connect(7).await;
        for text in ["hello", "there", "and a longer line than those before it"] {
            connection.write(text.as_bytes()).await.unwrap();
            assert_eq!(
                connection.read_exactly(text.len()).await.unwrap(),
                text.as_bytes()
            );
        }
        connection.close();
        assert!(connection.read_to_end().await.unwrap().is_empty());
    });
}

#[test]
fn a_stream_knows_both_its_ends() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let client = bench.client.clone();
    let (peer, local) = bench.world.run(async move {
        client.connect_from(50_123, 7).await.unwrap();
        let stream = listener.accept().await.unwrap();
        (stream.peer_addr(), stream.local_addr())
    });
    assert_eq!(peer, SocketAddr::from((CLIENT, 50_123)));
    assert_eq!(local, SocketAddr::from((SERVER, 7)));
}
