//! The executor on the host's clock, each test with an executor of its thread's own.

use crate::{executor, spawn, time::Clock, yield_now};
use alloc::{rc::Rc, sync::Arc, vec, vec::Vec};
use core::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    task::{Poll, Waker},
    time::Duration,
};
use std::{sync::Mutex, thread};

fn run<T: 'static>(main: impl Future<Output = T> + 'static) -> T {
    executor::current().run_until(main)
}

#[test]
fn a_task_may_be_spawned_by_a_task_and_all_run_in_the_order_of_waking() {
    let order = run(async {
        let order = Rc::new(RefCell::new(Vec::new()));
        for number in 0..3 {
            let order = order.clone();
            spawn(async move {
                order.borrow_mut().push(number);
                let inner = order.clone();
                spawn(async move { inner.borrow_mut().push(number + 10) });
            });
        }
        yield_now().await;
        yield_now().await;
        order.take()
    });
    assert_eq!(order, vec![0, 1, 2, 10, 11, 12]);
}

#[test]
fn timers_fire_in_the_order_of_their_deadlines() {
    let order = run(async {
        let order = Rc::new(RefCell::new(Vec::new()));
        for milliseconds in [15, 5, 10] {
            let order = order.clone();
            spawn(async move {
                Clock.sleep(Duration::from_millis(milliseconds)).await;
                order.borrow_mut().push(milliseconds);
            });
        }
        while order.borrow().len() < 3 {
            Clock.sleep(Duration::from_millis(1)).await;
        }
        order.take()
    });
    assert_eq!(order, vec![5, 10, 15]);
}

#[test]
fn a_dropped_sleep_leaves_no_timer() {
    run(async {
        let sleep = Clock.sleep(Duration::from_secs(3600));
        assert!(
            crate::time::timeout(Duration::from_millis(1), sleep)
                .await
                .is_err()
        );
    });
    assert_eq!(executor::current().timers().next_deadline(), None);
}

/// The task that waits is not polled by the one that changes the deadline.
#[test]
fn a_sleep_that_is_reset_wakes_its_task() {
    let woken = run(async {
        let sleep = Rc::new(RefCell::new(crate::time::sleep(Duration::from_secs(3600))));
        let waiting = sleep.clone();
        let task = spawn(poll_fn(move |context| {
            Pin::new(&mut *waiting.borrow_mut()).poll(context)
        }));
        yield_now().await;
        sleep
            .borrow_mut()
            .reset(Clock.now() + Duration::from_millis(1));
        crate::time::timeout(Duration::from_secs(10), task).await
    });
    assert!(woken.is_ok());
}

#[test]
fn a_busy_task_does_not_keep_a_timer_waiting() {
    run(async {
        let rounds = Rc::new(Cell::new(0_u64));
        let counter = rounds.clone();
        spawn(async move {
            loop {
                counter.set(counter.get() + 1);
                yield_now().await;
            }
        });
        // A host that is busy may let the 5 ms pass before the task has run once.
        while rounds.get() == 0 {
            Clock.sleep(Duration::from_millis(5)).await;
        }
    });
}

#[test]
fn another_thread_wakes_a_sleeping_executor() {
    let waker = Arc::new(Mutex::new(None::<Waker>));
    let done = Arc::new(AtomicBool::new(false));
    let (their_waker, their_done) = (waker.clone(), done.clone());
    let other = thread::spawn(move || {
        loop {
            if let Some(waker) = their_waker.lock().unwrap().take() {
                their_done.store(true, Ordering::SeqCst);
                return waker.wake();
            }
            thread::yield_now();
        }
    });
    run(poll_fn(move |context| {
        if done.load(Ordering::SeqCst) {
            return Poll::Ready(());
        }
        *waker.lock().unwrap() = Some(context.waker().clone());
        Poll::Pending
    }));
    other.join().unwrap();
}
