//! A stack with nothing to do asks for nothing: an idle machine sleeps.

use super::{
    client::Bench,
    echo::echo,
    hand::{ByHand, Segment},
};
use crate::time::{Instant, Monotonic};
use core::time::Duration;

#[test]
fn an_unused_stack_arms_no_timer() {
    let hand = ByHand::new();
    let _listener = hand.bench.stack.listen(7).unwrap();
    let _udp = hand.bench.stack.bind_udp(7).unwrap();
    hand.bench.world.pass(Duration::from_secs(1));
    assert_eq!(hand.bench.world.next_deadline(), None);
}

#[test]
fn nor_does_one_whose_connections_have_all_ended() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    bench.world.spawn(async move {
        loop {
            echo(&listener).await;
        }
    });
    let client = bench.client.clone();
    bench.world.run(async move {
        for _ in 0..10 {
            let connection = client.connect(7).await;
            connection.write(b"x").await.unwrap();
            connection.close();
            connection.read_to_end().await.unwrap();
        }
    });
    bench.world.pass(Duration::from_secs(120));
    assert_eq!(bench.world.next_deadline(), None);
    assert_eq!(bench.stack.sockets(), 0);
}

#[test]
fn a_connection_may_be_silent_for_an_hour() {
    let bench = Bench::new();
    let listener = bench.stack.listen(7).unwrap();
    bench.world.spawn(async move { echo(&listener).await });
    let (client, clock) = (bench.client.clone(), bench.world.clock());
    bench.world.run(async move {
        let connection = client.connect(7).await;
        clock.sleep(Duration::from_secs(3600)).await;
        connection.write(b"still there?").await.unwrap();
        assert_eq!(connection.read_exactly(12).await.unwrap(), b"still there?");
    });
}

#[test]
fn an_open_connection_on_which_nothing_happens_wakes_no_task_for_long() {
    let mut hand = ByHand::new();
    let listener = hand.bench.stack.listen(7).unwrap();
    let next = hand.open(40_000, 7);
    hand.bench.world.spawn(async move { echo(&listener).await });
    let word = Segment {
        payload: b"word".to_vec(),
        ..next.clone()
    };
    let answers = hand.exchange(&word);
    let acknowledgment = Segment {
        sequence: word.end(),
        acknowledges: answers.last().map(Segment::end),
        ..next
    };
    hand.exchange(&acknowledgment);
    // Timers that were armed meanwhile expire without an effect.
    hand.bench.world.pass(Duration::from_secs(7));
    let now = hand.bench.world.clock().now();
    let deadline = hand.bench.world.next_deadline().unwrap_or(Instant::BOOT);
    assert!(
        deadline - now > Duration::from_secs(20),
        "{deadline:?} is soon after {now:?}"
    );
}
