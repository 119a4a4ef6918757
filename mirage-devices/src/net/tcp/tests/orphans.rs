//! Connections whose FIN the peer does not acknowledge.

use super::wire::Script;
use crate::net::{Error, tcp::segment::Flags};
use core::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Only the FIN is outstanding, and the peer acknowledges everything but it, with any window: a connection
/// without an owner ends within a minute, one with an owner after the user timeout.
#[test]
fn a_fin_that_is_not_acknowledged_keeps_no_connection() {
    for (window, peer_closes) in [(0, false), (20_000, false), (0, true)] {
        let (mut script, id) = Script::established();
        if peer_closes {
            script.send(script.header(Flags::FIN | Flags::ACK), b"");
            script.seq = script.seq + 1;
        }
        script.write(id, b"bye");
        script.transport.release(id, script.now);
        assert!(script.flush()[0].flags.contains(Flags::FIN));
        script.acknowledge(3, window);
        for _ in 0..59 {
            script.wait(SECOND);
            script.acknowledge(0, window);
        }
        assert_eq!(script.transport.population(), (1, 0, 0));
        script.wait(2 * SECOND);
        assert_eq!(script.transport.population(), (0, 0, 0));
    }
    let (mut script, id) = Script::established();
    script
        .transport
        .set_user_timeout(script.now, id, Some(30 * SECOND));
    script.transport.shutdown(id);
    script.flush();
    for _ in 0..32 {
        script.acknowledge(0, 0);
        script.wait(SECOND);
    }
    assert_eq!(script.transport.error(id), Some(Error::TimedOut));
}
