use super::*;
use crate::{spawn, test::run, yield_now};
use alloc::rc::Rc;

#[test]
fn a_value_is_received_before_or_after_it_is_awaited() {
    run(async |_| {
        let (sender, receiver) = channel();
        assert_eq!(sender.send(1), Ok(()));
        assert_eq!(receiver.await, Ok(1));
        let (sender, receiver) = channel();
        let waiting = spawn(receiver);
        yield_now().await;
        assert_eq!(sender.send(2), Ok(()));
        assert_eq!(waiting.await, Ok(Ok(2)));
    });
}

#[test]
fn a_sender_that_is_dropped_is_an_error() {
    run(async |_| {
        let (sender, mut receiver) = channel::<()>();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        let waiting = spawn(async move { ((&mut receiver).await, receiver.try_recv()) });
        yield_now().await;
        drop(sender);
        let expected = (Err(RecvError(())), Err(TryRecvError::Closed));
        assert_eq!(waiting.await, Ok(expected));
    });
}

#[test]
fn a_sender_notices_that_the_receiver_is_dropped() {
    run(async |_| {
        let (mut sender, receiver) = channel();
        let waiting = spawn(async move {
            sender.closed().await;
            sender.send(3)
        });
        yield_now().await;
        drop(receiver);
        assert_eq!(waiting.await, Ok(Err(3)));
    });
}

#[test]
fn a_closed_receiver_still_has_what_was_sent_before() {
    let (sender, mut receiver) = channel();
    sender.send(4).unwrap();
    receiver.close();
    assert_eq!(receiver.try_recv(), Ok(4));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
}

#[test]
fn a_value_that_is_never_received_is_dropped() {
    let value = Rc::new(());
    let (sender, receiver) = channel();
    sender.send(value.clone()).unwrap();
    drop(receiver);
    assert_eq!(Rc::strong_count(&value), 1);
}
