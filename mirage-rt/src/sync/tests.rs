//! Locks and notifications.

use super::*;
use crate::{
    spawn,
    test::run,
    time::{Clock, Duration, Instant, sleep, timeout},
    yield_now,
};
use alloc::{rc::Rc, vec::Vec};

#[test]
fn a_lock_goes_to_tasks_in_the_order_in_which_they_asked() {
    run(async |_| {
        let order = Rc::new(Mutex::new(Vec::new()));
        let guard = order.lock().await;
        let tasks = [1, 2, 3].map(|number| {
            let order = order.clone();
            spawn(async move {
                let mut order = order.lock().await;
                sleep(Duration::from_secs(1)).await;
                order.push(number);
            })
        });
        yield_now().await;
        assert_eq!(order.try_lock().err(), Some(TryLockError(())));
        drop(guard);
        // It belongs to the first that waits.
        assert!(order.try_lock().is_err());
        tasks[1].abort();
        for task in tasks {
            let _ = task.await;
        }
        assert_eq!(*order.try_lock().unwrap(), [1, 3]);
    });
}

#[test]
fn who_gives_up_waiting_for_a_lock_leaves_it_free() {
    run(async |_| {
        let mutex = Mutex::new(());
        let guard = mutex.lock().await;
        assert!(timeout(Duration::from_secs(1), mutex.lock()).await.is_err());
        drop(guard);
        assert!(mutex.try_lock().is_ok());
    });
}

/// Tasks that wait, and count how often they were woken.
fn waiting(notify: &Rc<Notify>, count: usize) -> Vec<crate::task::JoinHandle<()>> {
    let task = |notify: Rc<Notify>| spawn(async move { notify.notified().await });
    (0..count).map(|_| task(notify.clone())).collect()
}

#[test]
fn one_or_all_are_notified() {
    run(async |_| {
        let notify = Rc::new(Notify::new());
        let tasks = waiting(&notify, 4);
        let finished = || tasks.iter().filter(|task| task.is_finished()).count();
        yield_now().await;
        notify.notify_one();
        yield_now().await;
        assert_eq!((finished(), tasks[0].is_finished()), (1, true));
        notify.notify_waiters();
        yield_now().await;
        assert_eq!(finished(), 4);
    });
}

#[test]
fn a_notification_is_kept_for_the_next_but_not_that_of_all() {
    run(async |_| {
        let notify = Notify::new();
        notify.notify_one();
        notify.notify_one();
        notify.notified().await;
        let limit = Duration::from_secs(1);
        assert!(timeout(limit, notify.notified()).await.is_err());
        notify.notify_waiters();
        assert!(timeout(limit, notify.notified()).await.is_err());
        let before = notify.notified();
        notify.notify_waiters();
        assert_eq!(timeout(limit, before).await, Ok(()));
        assert_eq!(Clock.now(), Instant::BOOT + 2 * limit);
    });
}

#[test]
fn a_notification_of_a_task_that_is_gone_goes_to_the_next() {
    run(async |_| {
        let notify = Rc::new(Notify::new());
        let tasks = waiting(&notify, 2);
        yield_now().await;
        notify.notify_one();
        tasks[0].abort();
        yield_now().await;
        yield_now().await;
        assert!(tasks[1].is_finished());
    });
}
