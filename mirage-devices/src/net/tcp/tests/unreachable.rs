//! A route to the peer that is missing for a while.

use super::{wire::Script, world::waker};
use crate::net::{
    ip::{Egress, NextHopHint, PacketHeader, TransmitError},
    tcp::{KeepAlive, State, segment::Flags},
};
use core::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// There is no route.
struct NoRoute;

impl Egress for NoRoute {
    fn has_room(&mut self) -> bool {
        true
    }

    fn transmit(
        &mut self,
        _header: &PacketHeader,
        _hint: &mut NextHopHint,
        _length: usize,
        _write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        Err(TransmitError::Unreachable)
    }
}

/// After the route has come back, the connection is idle: keep-alive probes are sent, and the user timeout
/// does not end it.
#[test]
fn an_idle_connection_outlives_a_missing_route() {
    for data_is_held_back in [false, true] {
        let (mut script, id) = Script::established();
        let keep_alive = KeepAlive {
            idle: 60 * SECOND,
            interval: 15 * SECOND,
            probes: 6,
        };
        let now = script.now;
        script.transport.set_keep_alive(now, id, Some(keep_alive));
        script
            .transport
            .set_user_timeout(now, id, Some(150 * SECOND));
        if data_is_held_back {
            // A repetition cannot be sent, and the data is acknowledged before it is tried again.
            script.write(id, b"hello");
            script.now = script.transport.next_deadline().expect("the timer runs");
            script.transport.expire(script.now, &mut NoRoute);
            script.transport.flush(script.now, &mut NoRoute);
            script.acknowledge(5, 20_000);
        } else {
            // Data out of order is acknowledged at once.
            let mut header = script.header(Flags::ACK);
            header.seq = header.seq + 100;
            let mut bytes = alloc::vec![0; header.len()];
            header.write(&mut bytes);
            bytes.extend_from_slice(b"hello");
            script.receive(&bytes);
            script.transport.flush(script.now, &mut NoRoute);
        }
        for _ in 0..10 {
            assert_eq!(script.wait(61 * SECOND).len(), 1, "a probe");
            script.acknowledge(0, 20_000);
        }
        assert_eq!(script.transport.state(id), State::Established);
        let written = script.transport.write(id, b"more", &waker());
        assert_eq!(written, Ok(Some(4)));
        assert_eq!(script.flush().len(), 1);
    }
}
