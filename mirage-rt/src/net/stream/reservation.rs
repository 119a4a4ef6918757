//! The memory of `reserve`.

use super::{Error, socket::Socket};
use alloc::vec::Vec;
use core::future::poll_fn;

/// Memory for data that is written in place: a page in which our stack sends it, or a buffer for the host.
///
/// A connection that is only written by `write` has none.
#[derive(Debug, Default)]
pub(super) struct Reservation {
    bytes: Vec<u8>,
}

impl Reservation {
    /// Reserves memory for up to `count` bytes; waits until there is room for one.
    pub(super) async fn reserve(
        &mut self,
        socket: &Socket,
        count: usize,
    ) -> Result<&mut [u8], Error> {
        let reserved =
            poll_fn(|context| socket.poll_reserve(context, &mut self.bytes, count)).await;
        self.release_on_error(socket, reserved)?;
        Ok(&mut self.bytes)
    }

    /// Writes the first `count` bytes, and returns the rest.
    ///
    /// # Panics
    /// Panics if there are not as many.
    pub(super) async fn commit(&mut self, socket: &Socket, count: usize) -> Result<(), Error> {
        let reserved = self.bytes.len();
        assert!(
            count <= reserved,
            "{count} bytes are committed, but {reserved} are reserved"
        );
        if count == 0 {
            self.release(socket);
            return Ok(());
        }
        self.bytes.truncate(count);
        let committed = poll_fn(|context| socket.poll_commit(context, &mut self.bytes)).await;
        self.release_on_error(socket, committed)
    }

    /// Returns the memory, without writing.
    pub(super) fn release(&mut self, socket: &Socket) {
        if self.bytes.capacity() > 0 {
            socket.release_reservation(&mut self.bytes);
        }
    }

    fn release_on_error(
        &mut self,
        socket: &Socket,
        result: Result<(), Error>,
    ) -> Result<(), Error> {
        if result.is_err() {
            self.release(socket);
        }
        result
    }
}

#[cfg(all(test, not(mirage_target)))]
mod tests {
    use super::super::tests::connected;
    use crate::{join, net::Error, spawn};
    use alloc::vec::Vec;
    use embedded_io_async::{Read, Write};

    /// Bytes that tell their position.
    fn byte(position: usize) -> u8 {
        (position % 251) as u8
    }

    #[test]
    fn what_is_committed_arrives_in_order() {
        crate::test::run(async |world| {
            let (mut near, mut far) = connected(&world).await;
            const LENGTH: usize = 300_000;
            let write = async {
                let mut position = 0;
                while position < LENGTH {
                    let buffer = near.reserve(position % 20_000 + 1).await.unwrap();
                    assert!(!buffer.is_empty() && buffer.len() <= 16 * 1024);
                    for (index, place) in buffer.iter_mut().enumerate() {
                        *place = byte(position + index);
                    }
                    // What is behind it is reserved, but not sent.
                    let count = buffer.len().div_ceil(2).min(LENGTH - position);
                    near.commit(count).await.unwrap();
                    position += count;
                    if position < LENGTH {
                        near.write_all(&[byte(position)]).await.unwrap();
                        position += 1;
                    }
                }
                near.shutdown();
            };
            let read = async {
                let mut received = Vec::new();
                let mut buffer = [0; 5000];
                while let count @ 1.. = far.read(&mut buffer).await.unwrap() {
                    received.extend_from_slice(&buffer[..count]);
                }
                received
            };
            let ((), received) = join!(write, read);
            assert_eq!(received.len(), LENGTH);
            assert!((0..).map(byte).zip(&received).all(|(at, it)| at == *it));
        });
    }

    #[test]
    fn halves_write_in_place() {
        crate::test::run(async |world| {
            let (near, mut far) = connected(&world).await;
            let (reader, mut writer) = near.into_split();
            writer.reserve(5).await.unwrap().copy_from_slice(b"one, ");
            writer.commit(5).await.unwrap();
            // What is reserved remains so when the halves are reunited.
            writer.reserve(5).await.unwrap().copy_from_slice(b"two, ");
            let mut near = reader.reunite(writer).unwrap();
            near.commit(5).await.unwrap();
            let (_, mut writer) = near.split();
            writer.reserve(5).await.unwrap().copy_from_slice(b"three");
            writer.commit(5).await.unwrap();
            let mut buffer = [0; 15];
            far.read_exact(&mut buffer).await.unwrap();
            assert_eq!(&buffer, b"one, two, three");
        });
    }

    #[test]
    fn what_is_reserved_is_sent_neither_by_a_write_nor_at_the_end() {
        crate::test::run(async |world| {
            let (mut near, mut far) = connected(&world).await;
            near.reserve(1000).await.unwrap().fill(b'x');
            near.write_all(b"a").await.unwrap();
            near.commit(0).await.unwrap();
            near.reserve(1000).await.unwrap().fill(b'y');
            let (_reader, writer) = near.into_split();
            drop(writer);
            let mut buffer = [0; 8];
            assert_eq!(far.read(&mut buffer).await, Ok(1));
            assert_eq!(far.read(&mut buffer).await, Ok(0));
        });
    }

    #[test]
    fn a_connection_that_has_ended_says_why() {
        crate::test::run(async |world| {
            let (mut near, mut far) = connected(&world).await;
            near.reserve(8).await.unwrap();
            far.reserve(8).await.unwrap();
            near.shutdown();
            assert_eq!(near.commit(8).await, Err(Error::BrokenPipe));
            assert_eq!(near.reserve(8).await, Err(Error::BrokenPipe));
            near.abort();
            assert_eq!(near.reserve(8).await, Err(Error::ConnectionAborted));
            let waiting = spawn(async move {
                far.readable().await.unwrap();
                far.commit(8).await
            });
            assert_eq!(waiting.await.unwrap(), Err(Error::ConnectionReset));
        });
    }

    #[test]
    #[should_panic(expected = "9 bytes are committed, but 8 are reserved")]
    fn more_than_what_is_reserved_cannot_be_committed() {
        crate::test::run(async |world| {
            let (mut near, _far) = connected(&world).await;
            near.reserve(8).await.unwrap();
            let _ = near.commit(9).await;
        });
    }
}
