use super::{
    error::{SendError, TryRecvError, TrySendError},
    *,
};
use crate::{spawn, test::run, time, yield_now};
use alloc::{rc::Rc, vec::Vec};
use core::time::Duration;

#[test]
fn values_come_in_the_order_in_which_they_were_sent() {
    run(async |_| {
        let (sender, mut receiver) = channel(2);
        for number in 0..10 {
            let sender = sender.clone();
            spawn(async move { sender.send(number).await });
        }
        drop(sender);
        let mut numbers = Vec::new();
        while let Some(number) = receiver.recv().await {
            assert!(receiver.len() <= 2);
            numbers.push(number);
        }
        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
    });
}

#[test]
fn a_full_channel_has_room_again_when_a_value_is_received() {
    let (sender, mut receiver) = channel(1);
    assert_eq!(sender.try_send(1), Ok(()));
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!((sender.capacity(), sender.max_capacity()), (0, 1));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(sender.try_send(3), Ok(()));
}

#[test]
fn a_sender_that_gives_up_leaves_its_room_to_the_next() {
    run(async |_| {
        let (sender, mut receiver) = channel(1);
        sender.try_send(1).unwrap();
        let (first, second) = (sender.clone(), sender.clone());
        let first = spawn(async move { first.send(2).await });
        let second = spawn(async move { second.send(3).await });
        yield_now().await;
        // The first is given the room, and is gone before it sees that.
        assert_eq!(receiver.try_recv(), Ok(1));
        first.abort();
        assert_eq!(second.await, Ok(Ok(())));
        assert_eq!(receiver.try_recv(), Ok(3));
    });
}

#[test]
fn a_sender_that_waits_in_vain_takes_no_room() {
    run(async |_| {
        let (sender, mut receiver) = channel(1);
        sender.try_send(1).unwrap();
        let limit = Duration::from_secs(1);
        assert!(time::timeout(limit, sender.send(2)).await.is_err());
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(sender.capacity(), 1);
    });
}

#[test]
fn a_channel_that_the_receiver_closes_gives_what_was_sent_before() {
    run(async |_| {
        let (sender, mut receiver) = channel(1);
        sender.try_send(1).unwrap();
        let waiting = sender.clone();
        let waiting = spawn(async move { waiting.send(2).await });
        let seen = sender.clone();
        let seen = spawn(async move { seen.closed().await });
        yield_now().await;
        receiver.close();
        assert_eq!(waiting.await, Ok(Err(SendError(2))));
        assert_eq!(seen.await, Ok(()));
        assert_eq!(sender.capacity(), 0);
        assert_eq!(sender.try_send(3), Err(TrySendError::Closed(3)));
        assert_eq!(receiver.recv().await, Some(1));
        assert_eq!(receiver.recv().await, None);
    });
}

#[test]
fn a_receiver_that_is_dropped_drops_the_values() {
    let value = Rc::new(());
    let (sender, receiver) = unbounded_channel();
    for _ in 0..100 {
        sender.send(value.clone()).unwrap();
    }
    assert_eq!((receiver.len(), Rc::strong_count(&value)), (100, 101));
    drop(receiver);
    assert_eq!(Rc::strong_count(&value), 1);
    assert!(sender.is_closed());
    assert_eq!(sender.send(value), Err(SendError(Rc::new(()))));
}

#[test]
fn the_last_sender_that_is_dropped_wakes_the_receiver() {
    run(async |_| {
        let (sender, mut receiver) = unbounded_channel::<()>();
        let waiting = spawn(async move { receiver.recv().await });
        yield_now().await;
        let last = sender.clone();
        drop(sender);
        yield_now().await;
        assert!(!waiting.is_finished());
        drop(last);
        assert_eq!(waiting.await, Ok(None));
    });
}
