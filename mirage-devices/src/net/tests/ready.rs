//! Operations that do not wait, and waiting until they would not.

use super::client::{Bench, CLIENT};
use crate::net::Error;
use core::{
    future::poll_fn,
    task::{Context, Waker},
    time::Duration,
};
use embassy_futures::join::join;

#[test]
fn a_stream_is_readable_and_writable_when_a_try_succeeds() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    let (client, clock) = (bench.client.clone(), bench.world.clock());
    bench.world.run(async move {
        let (connection, stream) = join(client.connect(7), listener.accept()).await;
        let stream = stream.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(stream.try_read(&mut buffer), Err(Error::WouldBlock));
        connection.write(b"hello").await.unwrap();
        poll_fn(|context| stream.poll_read_ready(context)).await;
        assert_eq!(stream.try_read(&mut buffer), Ok(5));
        assert_eq!(stream.try_read(&mut buffer), Err(Error::WouldBlock));

        // The client does not read: its window is filled, then the transmit buffer.
        let mut context = Context::from_waker(Waker::noop());
        let mut written = 0;
        while stream.poll_write_ready(&mut context).is_ready() {
            while let Ok(count) = stream.try_write(&[0; 1000]) {
                written += count;
            }
            clock.sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(stream.try_write(b"more"), Err(Error::WouldBlock));
        connection.read_exactly(written).await.unwrap();
        poll_fn(|context| stream.poll_write_ready(context)).await;
        assert!(stream.try_write(b"more").is_ok());

        stream.shutdown();
        assert_eq!(stream.try_write(b"after"), Err(Error::BrokenPipe));
        connection.close();
        poll_fn(|context| stream.poll_read_ready(context)).await;
        assert_eq!(stream.try_read(&mut buffer), Ok(0));
    });
}

#[test]
fn a_datagram_is_sent_when_the_queue_has_room() {
    let bench = Bench::new();
    let udp = bench.stack.bind_udp(7).unwrap();
    let peer = (CLIENT, 7).into();
    bench.cable.set_ring(0);
    let mut context = Context::from_waker(Waker::noop());
    let mut buffer = [0; 8];
    assert_eq!(udp.try_recv_from(&mut buffer), Err(Error::WouldBlock));
    assert!(udp.poll_recv_ready(&mut context).is_pending());
    while udp.try_send_to(&[0; 100], peer) == Ok(100) {}
    assert_eq!(udp.try_send_to(&[0; 100], peer), Err(Error::WouldBlock));
    assert!(udp.poll_send_ready(&mut context).is_pending());
    bench.cable.set_ring(64);
    let ready = bench.world.run(async move {
        let ready = poll_fn(|context| udp.poll_send_ready(context)).await;
        (ready, udp.try_send_to(&[0; 100], peer))
    });
    assert_eq!(ready, (Ok(()), Ok(100)));
}
