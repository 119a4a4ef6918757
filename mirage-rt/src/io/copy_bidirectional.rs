//! Copying between two connections.

use crate::{
    net::{Error, ReadHalf, TcpStream, WriteHalf},
    try_join,
};
use embedded_io_async::{BufRead, Write};

/// Copies data between two connections in both directions, until each peer has shut down its direction.
/// Returns how many bytes were copied from `a` to `b`, and from `b` to `a`.
///
/// When a peer shuts down its direction, the write direction to the other one is shut down after all data, and
/// the opposite direction goes on. It is the function of the same name in tokio, for connections only, and
/// without buffers of its own.
///
/// ```
/// use mirage_rt::{
///     io::copy_bidirectional,
///     net::{Error, Network, TcpStream},
/// };
///
/// /// Connects a client to a server.
/// async fn forward(mut client: TcpStream, net: &Network) -> Result<(), Error> {
///     let mut server = net.connect(([10, 0, 0, 9], 80).into()).await?;
///     copy_bidirectional(&mut client, &mut server).await?;
///     Ok(())
/// }
/// ```
///
/// # Errors
/// Returns the first error of reading or writing. Then data that was read from one connection may not have been
/// written to the other; dropping both ends them.
pub async fn copy_bidirectional(a: &mut TcpStream, b: &mut TcpStream) -> Result<(u64, u64), Error> {
    let (from_a, to_a) = a.split();
    let (from_b, to_b) = b.split();
    try_join!(copy(from_a, to_b), copy(from_b, to_a))
}

/// Copies data in one direction, and shuts it down at its end.
async fn copy(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Result<u64, Error> {
    let mut copied = 0;
    loop {
        let received = from.fill_buf().await?;
        if received.is_empty() {
            to.shutdown();
            return Ok(copied);
        }
        let count = to.write(received).await?;
        from.consume(count);
        copied += count as u64;
    }
}

#[cfg(all(test, not(mirage_target)))]
mod tests {
    use super::*;
    use crate::{
        join,
        net::{Network, TcpListener},
        spawn,
        task::JoinHandle,
        test::{World, run},
    };
    use alloc::{vec, vec::Vec};
    use embedded_io_async::Read;

    /// A client and a server on hosts of their own, with a proxy on a third one between them.
    async fn proxied(
        world: &World,
    ) -> (TcpStream, TcpStream, JoinHandle<Result<(u64, u64), Error>>) {
        let [server, proxy, client] =
            ["10.0.0.3", "10.0.0.2", "10.0.0.1"].map(|address| world.host(address));
        let (origin, listener): (TcpListener, TcpListener) = (server.listen(80), proxy.listen(80));
        let network: Network = proxy.network();
        let (to, at) = (origin.local_addr(), listener.local_addr());
        let copying = spawn(async move {
            let (mut near, _) = listener.accept().await?;
            let mut far = network.connect(to).await?;
            copy_bidirectional(&mut near, &mut far).await
        });
        let client = client.network();
        let (stream, accepted) = join!(client.connect(at), origin.accept());
        (stream.unwrap(), accepted.unwrap().0, copying)
    }

    async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
        let (mut all, mut buffer) = (Vec::new(), [0; 1000]);
        while let count @ 1.. = stream.read(&mut buffer).await.unwrap() {
            all.extend_from_slice(&buffer[..count]);
        }
        all
    }

    #[test]
    fn each_direction_ends_by_itself() {
        run(async |world| {
            let (mut client, mut server, copying) = proxied(&world).await;
            client.write_all(b"question").await.unwrap();
            client.shutdown();
            assert_eq!(read_to_end(&mut server).await, b"question");
            // The other direction is open.
            let answer = vec![7; 200_000];
            let write = async {
                server.write_all(&answer).await.unwrap();
                server.shutdown();
            };
            let (received, ()) = join!(read_to_end(&mut client), write);
            assert!(received == answer);
            assert_eq!(copying.await.unwrap(), Ok((8, 200_000)));
        });
    }

    #[test]
    fn an_error_ends_both_directions() {
        run(async |world| {
            let (mut client, mut server, copying) = proxied(&world).await;
            client.abort();
            assert_eq!(copying.await.unwrap(), Err(Error::ConnectionReset));
            assert_eq!(server.read(&mut [0; 8]).await, Ok(0));
        });
    }
}
