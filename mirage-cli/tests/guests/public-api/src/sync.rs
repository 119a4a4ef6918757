//! `mirage_rt::sync`.

use alloc::rc::Rc;
use core::{future::poll_fn, ops::Deref};
use mirage_rt::{
    spawn,
    sync::{Mutex, MutexGuard, Notified, Notify, TryLockError, mpsc, oneshot, watch},
    yield_now,
};

pub async fn exercise() {
    bounded().await;
    unbounded().await;
    one_value().await;
    latest_value().await;
    lock().await;
    notify().await;
}

async fn bounded() {
    let (sender, mut receiver): (mpsc::Sender<u8>, mpsc::Receiver<u8>) = mpsc::channel(2);
    assert_eq!((sender.capacity(), sender.max_capacity()), (2, 2));
    assert!(sender.send(1).await.is_ok());
    assert!(sender.try_send(2).is_ok());
    assert_eq!(sender.try_send(3), Err(mpsc::error::TrySendError::Full(3)));
    assert_eq!((receiver.len(), receiver.is_empty()), (2, false));
    assert_eq!(receiver.recv().await, Some(1));
    assert_eq!(receiver.try_recv(), Ok(2));
    assert_eq!(receiver.try_recv(), Err(mpsc::error::TryRecvError::Empty));
    receiver.close();
    assert!(sender.is_closed() && receiver.is_closed());
    sender.closed().await;
    let closed = mpsc::error::TrySendError::Closed(4);
    assert_eq!(sender.try_send(4), Err(closed));
    assert_eq!(sender.send(5).await, Err(mpsc::error::SendError(5)));
    assert_eq!(poll_fn(|context| receiver.poll_recv(context)).await, None);
    let disconnected = mpsc::error::TryRecvError::Disconnected;
    assert_eq!(receiver.try_recv(), Err(disconnected));
}

async fn unbounded() {
    let (sender, mut receiver): (mpsc::UnboundedSender<u8>, mpsc::UnboundedReceiver<u8>) =
        mpsc::unbounded_channel();
    for value in 0..3 {
        assert!(sender.send(value).is_ok());
    }
    assert_eq!((receiver.len(), receiver.is_empty()), (3, false));
    assert_eq!(receiver.recv().await, Some(0));
    assert_eq!(receiver.try_recv(), Ok(1));
    let polled = poll_fn(|context| receiver.poll_recv(context)).await;
    assert_eq!(polled, Some(2));
    receiver.close();
    sender.closed().await;
    assert!(sender.is_closed() && receiver.is_closed());
}

async fn one_value() {
    let (mut sender, mut receiver): (oneshot::Sender<u8>, oneshot::Receiver<u8>) =
        oneshot::channel();
    assert!(!sender.is_closed());
    let empty = oneshot::error::TryRecvError::Empty;
    assert_eq!(receiver.try_recv(), Err(empty));
    receiver.close();
    sender.closed().await;
    assert_eq!(sender.send(1), Err(1));
    let closed = oneshot::error::TryRecvError::Closed;
    assert_eq!(receiver.try_recv(), Err(closed));
    let error: oneshot::error::RecvError = receiver.await.expect_err("nothing was sent");
    let _ = mirage_rt::device::StartError::from(error);
}

async fn latest_value() {
    let (sender, mut receiver): (watch::Sender<u8>, watch::Receiver<u8>) = watch::channel(0);
    assert!(sender.send(1).is_ok());
    assert_eq!(receiver.has_changed(), Ok(true));
    assert_eq!(receiver.changed().await, Ok(()));
    assert_eq!(*receiver.borrow(), 1);
    assert_eq!(sender.send_replace(2), 1);
    sender.send_modify(|value| *value += 1);
    assert!(!sender.send_if_modified(|_| false));
    assert_eq!(*receiver.borrow_and_update(), *sender.borrow());
    let seen: watch::Ref<'_, u8> = sender.borrow();
    assert_eq!(*seen, 3);
    drop(seen);
    let three = receiver.wait_for(|value| *value == 3).await;
    assert!(three.is_ok_and(|value| *value == 3));
    let other = sender.subscribe();
    assert_eq!(sender.receiver_count(), 2);
    drop((receiver, other));
    sender.closed().await;
    assert!(sender.is_closed());
    assert_eq!(sender.send(4), Err(watch::error::SendError(4)));
    let mut late = sender.subscribe();
    drop(sender);
    let gone: watch::error::RecvError = late.changed().await.expect_err("no sender is left");
    let _ = mirage_rt::device::StartError::from(gone);
}

async fn lock() {
    let mut mutex = Mutex::new(1);
    let guard: MutexGuard<'_, u8> = mutex.lock().await;
    let refused: Option<TryLockError> = mutex.try_lock().err();
    assert!(refused.is_some());
    assert_eq!(guard.deref(), &1);
    drop(guard);
    *mutex.get_mut() = 2;
    assert_eq!(mutex.into_inner(), 2);
}

async fn notify() {
    let notify = Rc::new(Notify::new());
    notify.notify_one();
    let notified: Notified<'_> = notify.notified();
    notified.await;
    let waiting = notify.clone();
    let task = spawn(async move { waiting.notified().await });
    yield_now().await;
    notify.notify_waiters();
    assert_eq!(task.await, Ok(()));
}
