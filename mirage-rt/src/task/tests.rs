//! Handles and sets, in virtual time.

use super::*;
use crate::{
    spawn,
    test::run,
    time::{Clock, Duration, sleep},
    yield_now,
};
use alloc::{rc::Rc, vec::Vec};
use core::{cell::Cell, future::pending};

/// Notes that it is dropped.
struct Dropped(Rc<Cell<bool>>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

/// A task that waits for ever, and whether it was dropped.
async fn waiting(dropped: &Rc<Cell<bool>>) -> JoinHandle<()> {
    let guard = Dropped(dropped.clone());
    let task = spawn(async move {
        let _guard = guard;
        pending().await
    });
    yield_now().await;
    task
}

#[test]
fn a_handle_gives_the_output_whether_it_is_awaited_before_or_after() {
    run(async |_| {
        let task = spawn(async {
            sleep(Duration::from_secs(5)).await;
            "late"
        });
        assert!(!task.is_finished());
        assert_eq!(task.await, Ok("late"));
        let task = spawn(async { "early" });
        yield_now().await;
        assert!(task.is_finished());
        task.abort();
        assert_eq!(task.await, Ok("early"));
    });
}

#[test]
fn a_task_whose_handle_is_dropped_goes_on() {
    run(async |_| {
        let done = Rc::new(Cell::new(false));
        let guard = Dropped(done.clone());
        drop(spawn(async move {
            sleep(Duration::from_secs(1)).await;
            drop(guard);
        }));
        sleep(Duration::from_millis(999)).await;
        assert!(!done.get());
        sleep(Duration::from_millis(2)).await;
        assert!(done.get());
    });
}

#[test]
fn an_aborted_task_is_gone_before_who_awaits_it_goes_on() {
    run(async |_| {
        let dropped = Rc::<Cell<bool>>::default();
        let task = waiting(&dropped).await;
        task.abort();
        assert!(task.is_finished());
        assert_eq!(task.await, Err(JoinError(())));
        assert!(dropped.get());
    });
}

#[test]
fn a_task_may_abort_itself() {
    run(async |_| {
        let handle = Rc::new(RefCell::new(None::<JoinHandle<()>>));
        let own = handle.clone();
        let dropped = Rc::<Cell<bool>>::default();
        let guard = Dropped(dropped.clone());
        *handle.borrow_mut() = Some(spawn(async move {
            let _guard = guard;
            own.borrow().as_ref().unwrap().abort();
            yield_now().await;
            unreachable!();
        }));
        yield_now().await;
        let task = handle.take().unwrap();
        assert_eq!(task.await, Err(JoinError(())));
        assert!(dropped.get());
    });
}

#[test]
fn a_set_gives_outputs_as_they_come() {
    run(async |_| {
        let mut set = JoinSet::new();
        assert_eq!(set.join_next().await, None);
        for seconds in [3, 1, 2] {
            set.try_spawn(async move {
                sleep(Duration::from_secs(seconds)).await;
                seconds
            })
            .unwrap();
        }
        let mut outputs = Vec::new();
        while let Some(output) = set.join_next().await {
            outputs.push(output.unwrap());
        }
        assert_eq!(outputs, [1, 2, 3]);
        assert_eq!((Clock.now().as_nanos(), set.len()), (3_000_000_000, 0));
    });
}

#[test]
fn a_set_that_is_dropped_or_shut_down_aborts_its_tasks() {
    run(async |_| {
        let (one, two) = (Rc::<Cell<bool>>::default(), Rc::<Cell<bool>>::default());
        let mut set = JoinSet::new();
        for dropped in [&one, &two] {
            let guard = Dropped(dropped.clone());
            set.spawn(async move {
                let _guard = guard;
                pending::<()>().await;
            });
        }
        yield_now().await;
        drop(set);
        yield_now().await;
        assert!(one.get() && two.get());

        let dropped = Rc::<Cell<bool>>::default();
        let mut set = JoinSet::new();
        let guard = Dropped(dropped.clone());
        set.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        set.shutdown().await;
        assert!(dropped.get() && set.is_empty());
    });
}

/// One task polls the handle twice in a round: `join_next` returns the completed task in between.
#[test]
fn a_set_that_is_shut_down_has_dropped_its_tasks_beside_completed_ones() {
    run(async |_| {
        let dropped = Rc::<Cell<bool>>::default();
        let mut set = JoinSet::new();
        let guard = Dropped(dropped.clone());
        set.spawn(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        set.spawn(async {});
        yield_now().await;
        set.shutdown().await;
        assert!(dropped.get() && set.is_empty());
    });
}

#[test]
fn detached_tasks_of_a_set_go_on() {
    run(async |_| {
        let done = Rc::<Cell<bool>>::default();
        let mut set = JoinSet::new();
        let guard = Dropped(done.clone());
        set.spawn(async move {
            sleep(Duration::from_secs(1)).await;
            drop(guard);
        });
        set.detach_all();
        drop(set);
        sleep(Duration::from_secs(2)).await;
        assert!(done.get());
    });
}
