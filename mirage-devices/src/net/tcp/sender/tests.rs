//! What a sender refuses to queue.

use super::*;
use crate::net::tcp::budget::Budget;

/// Without memory there is no room until an acknowledgment frees some, however often nothing is written.
#[test]
fn a_sender_without_memory_waits_for_an_acknowledgment() {
    let config = SenderConfig {
        ecn: false,
        iss: SeqNumber(0),
        mss: 1000,
        window: 20_000,
        scale: 0,
        irs: SeqNumber(0),
        limit: 100_000,
        algorithm: Algorithm::CUBIC,
    };
    let mut pool = Pool::new(Budget::new(1_000_000));
    let mut sender = Sender::new(&config, Instant::BOOT);
    sender.is_starved = true;
    for _ in 0..2 {
        assert_eq!(sender.room(&pool), 0);
        assert_eq!(sender.write(b"hello", &mut pool), 0);
    }
}
