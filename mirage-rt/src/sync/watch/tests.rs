use super::{
    error::{RecvError, SendError},
    *,
};
use crate::{spawn, test::run, yield_now};

#[test]
fn every_receiver_sees_the_latest_value() {
    run(async |_| {
        let (sender, mut receiver) = channel(0);
        let mut other = receiver.clone();
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        assert_eq!(receiver.has_changed(), Ok(true));
        assert_eq!(receiver.changed().await, Ok(()));
        assert_eq!((*receiver.borrow(), receiver.has_changed()), (2, Ok(false)));
        assert_eq!(*other.borrow_and_update(), 2);
        let waiting = spawn(async move { other.changed().await });
        yield_now().await;
        assert!(!waiting.is_finished());
        sender.send_modify(|value| *value += 1);
        assert_eq!(waiting.await, Ok(Ok(())));
        assert_eq!(*receiver.borrow(), 3);
    });
}

#[test]
fn a_condition_is_waited_for() {
    run(async |_| {
        let (sender, mut receiver) = channel(0);
        let waiting =
            spawn(async move { receiver.wait_for(|value| *value > 2).await.map(|it| *it) });
        for value in 1..4 {
            yield_now().await;
            assert!(!waiting.is_finished());
            sender.send(value).unwrap();
        }
        assert_eq!(waiting.await, Ok(Ok(3)));
    });
}

#[test]
fn what_is_not_modified_is_no_change() {
    let (sender, receiver) = channel(0);
    assert!(!sender.send_if_modified(|_| false));
    assert_eq!(receiver.has_changed(), Ok(false));
    assert!(sender.send_if_modified(|_| true));
    assert_eq!(receiver.has_changed(), Ok(true));
    assert_eq!(sender.subscribe().has_changed(), Ok(false));
}

#[test]
fn the_last_value_is_seen_before_the_end() {
    run(async |_| {
        let (sender, mut receiver) = channel(0);
        let last = sender.clone();
        sender.send(1).unwrap();
        drop(sender);
        let waiting = spawn(async move { (receiver.changed().await, receiver.changed().await) });
        yield_now().await;
        assert!(!waiting.is_finished());
        drop(last);
        assert_eq!(waiting.await, Ok((Ok(()), Err(RecvError(())))));
    });
}

#[test]
fn a_sender_notices_that_all_receivers_are_dropped() {
    run(async |_| {
        let (sender, receiver) = channel(0);
        let seen = sender.clone();
        let waiting = spawn(async move { seen.closed().await });
        yield_now().await;
        drop(receiver);
        assert_eq!(waiting.await, Ok(()));
        assert_eq!(sender.send(1), Err(SendError(1)));
        assert_eq!(sender.send_replace(2), 0);
        assert_eq!(*sender.subscribe().borrow(), 2);
    });
}
