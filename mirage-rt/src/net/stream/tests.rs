//! Connections between two hosts in memory.

use super::{OwnedReadHalf, TcpStream};
use crate::{
    net::Error,
    spawn,
    test::World,
    time::{Duration, sleep, timeout},
};
use alloc::{rc::Rc, string::ToString, vec::Vec};
use embedded_io_async::{BufRead, Read, ReadReady, Write, WriteReady};

/// Both ends of a connection.
pub(super) async fn connected(world: &World) -> (TcpStream, TcpStream) {
    let (server, client) = (world.host("10.0.0.2"), world.host("10.0.0.1"));
    let listener = server.listen(7);
    assert_eq!(listener.local_addr(), ([10, 0, 0, 2], 7).into());
    let network = client.network();
    let near = network.connect(listener.local_addr()).await.unwrap();
    let (far, peer) = listener.accept().await.unwrap();
    assert_eq!(
        (near.local_addr(), near.peer_addr()),
        (peer, far.local_addr())
    );
    (near, far)
}

async fn read_to_end(mut stream: OwnedReadHalf) -> usize {
    let mut count = 0;
    loop {
        match stream.fill_buf().await.unwrap().len() {
            0 => return count,
            length => {
                count += length;
                stream.consume(length);
            }
        }
    }
}

#[test]
fn halves_are_used_by_two_tasks_and_reunited() {
    crate::test::run(async |world| {
        let (near, far) = connected(&world).await;
        let (reader, mut writer) = near.into_split();
        let counting = spawn(read_to_end(reader));
        let (mut far_reader, mut far_writer) = far.into_split();
        let echo = spawn(async move {
            let mut buffer = [0; 512];
            while let Ok(length @ 1..) = far_reader.read(&mut buffer).await {
                far_writer.write_all(&buffer[..length]).await.unwrap();
            }
            far_reader.reunite(far_writer).unwrap()
        });
        writer.write_all(&[7; 100_000]).await.unwrap();
        // Dropping the half shuts down its direction.
        drop(writer);
        let far = echo.await.unwrap();
        far.shutdown();
        assert_eq!(counting.await.unwrap(), 100_000);
    });
}

#[test]
fn halves_of_two_connections_are_not_reunited() {
    crate::test::run(async |world| {
        let (near, far) = connected(&world).await;
        let (reader, writer) = near.into_split();
        let (far_reader, far_writer) = far.into_split();
        let error = reader.reunite(far_writer).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the halves belong to different connections"
        );
        let near = writer.reunite(error.0).unwrap();
        let far = error.1.reunite(far_reader).unwrap();
        assert_eq!(near.try_write(b"whole"), Ok(5));
        far.readable().await.unwrap();
        assert_eq!(far.try_read(&mut [0; 8]), Ok(5));
    });
}

#[test]
fn what_fill_buf_has_taken_is_read_next() {
    crate::test::run(async |world| {
        let (mut near, mut far) = connected(&world).await;
        let parts: [&[u8]; 4] = [b"one", b"", b" and ", b"two"];
        assert_eq!(near.write_vectored(&parts).await, Ok(11));
        assert_eq!(far.fill_buf().await, Ok(&b"one and two"[..]));
        far.consume(4);
        far.readable().await.unwrap();
        let mut buffer = [0; 3];
        assert_eq!((&far).read(&mut buffer).await, Ok(3));
        assert_eq!(&buffer, b"and");
        let (mut reader, mut writer) = far.split();
        assert_eq!(reader.fill_buf().await, Ok(&b" two"[..]));
        writer.write_all(b"yes").await.unwrap();
        writer.shutdown();
        let (mut reader, near_writer) = near.split();
        reader.read_exact(&mut buffer).await.unwrap();
        assert_eq!(reader.read(&mut buffer).await, Ok(0));
        near_writer.writable().await.unwrap();
        assert_eq!(near_writer.try_write_vectored(&parts), Ok(11));
        let (_, far_writer) = far.split();
        assert_eq!(far_writer.try_write(b"x"), Err(Error::BrokenPipe));
    });
}

#[test]
fn trying_does_not_wait_and_an_abort_is_a_reset() {
    crate::test::run(async |world| {
        let (mut near, far) = connected(&world).await;
        assert_eq!(far.try_read(&mut [0; 8]), Err(Error::WouldBlock));
        let hour = Duration::from_secs(3600);
        assert!(timeout(hour, far.readable()).await.is_err());
        far.set_nodelay(false).unwrap();
        far.set_keepalive(None).unwrap();
        near.abort();
        assert_eq!(near.try_write(b"x"), Err(Error::ConnectionAborted));
        far.readable().await.unwrap();
        assert_eq!(far.try_read(&mut [0; 8]), Err(Error::ConnectionReset));
    });
}

#[test]
fn readiness_is_that_of_the_next_call() {
    crate::test::run(async |world| {
        let (mut near, mut far) = connected(&world).await;
        assert_eq!(far.read_ready(), Ok(false));
        assert_eq!(near.write_ready(), Ok(true));
        while near.write_ready() == Ok(true) {
            assert_ne!(near.try_write(&[0; 4096]), Ok(0));
        }
        assert_eq!(near.try_write(&[0]), Err(Error::WouldBlock));
        far.readable().await.unwrap();
        assert_eq!(far.read_ready(), Ok(true));
        let (mut reader, mut writer) = far.split();
        assert_eq!(reader.fill_buf().await.map(<[u8]>::is_empty), Ok(false));
        assert_eq!(reader.read_ready(), Ok(true), "what was taken is unread");
        assert_eq!(writer.write_ready(), Ok(true));
        near.abort();
        while reader.read(&mut [0; 4096]).await.is_ok() {}
        assert_eq!(reader.read_ready(), Ok(true), "an error does not wait");
    });
}

/// RFC 1122, section 4.2.2.13. What `fill_buf` has taken is not read before it is consumed.
#[test]
fn dropping_a_stream_with_unread_data_resets_the_connection() {
    crate::test::run(async |world| {
        let (mut near, mut far) = connected(&world).await;
        near.write_all(b"unread").await.unwrap();
        assert_eq!(far.fill_buf().await, Ok(&b"unread"[..]));
        far.consume(2);
        drop(far);
        assert_eq!(near.read(&mut [0; 8]).await, Err(Error::ConnectionReset));
    });
    crate::test::run(async |world| {
        let (mut near, far) = connected(&world).await;
        near.write_all(b"unread").await.unwrap();
        let (mut reader, writer) = far.into_split();
        assert_eq!(reader.fill_buf().await, Ok(&b"unread"[..]));
        drop(reader);
        drop(writer);
        assert_eq!(near.read(&mut [0; 8]).await, Err(Error::ConnectionReset));
    });
}

#[test]
fn dropping_a_stream_whose_data_was_read_closes_the_connection() {
    crate::test::run(async |world| {
        let (mut near, mut far) = connected(&world).await;
        near.write_all(b"read").await.unwrap();
        assert_eq!(far.fill_buf().await, Ok(&b"read"[..]));
        far.consume(4);
        drop(far);
        assert_eq!(near.read(&mut [0; 8]).await, Ok(0));
    });
}

/// Several tasks may wait for the same stream.
#[test]
fn all_tasks_that_wait_are_woken() {
    crate::test::run(async |world| {
        let (near, far) = connected(&world).await;
        let far = Rc::new(far);
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let far = far.clone();
                spawn(async move { far.readable().await })
            })
            .collect();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(near.try_write(b"x"), Ok(1));
        for task in waiting {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
        assert_eq!(far.try_read(&mut [0; 8]), Ok(1));

        while near.try_write(&[0; 4096]).is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
        let near = Rc::new(near);
        let waiting: Vec<_> = (0..3)
            .map(|_| {
                let near = near.clone();
                spawn(async move { near.writable().await })
            })
            .collect();
        sleep(Duration::from_secs(1)).await;
        while far.try_read(&mut [0; 4096]).is_ok() {}
        for task in waiting {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
    });
}

#[test]
fn a_silent_peer_is_given_up_later_if_it_is_probed_later() {
    crate::test::run(async |world| {
        let (near, far) = connected(&world).await;
        far.set_keepalive(Some(Duration::from_secs(600))).unwrap();
        world.link().set_loss(1.0);
        sleep(Duration::from_secs(500)).await;
        assert_eq!(near.try_read(&mut [0; 8]), Err(Error::TimedOut));
        assert_eq!(far.try_read(&mut [0; 8]), Err(Error::WouldBlock));
        sleep(Duration::from_secs(500)).await;
        assert_eq!(far.try_read(&mut [0; 8]), Err(Error::TimedOut));
    });
}
