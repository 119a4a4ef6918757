//! Unikernels of devices that note when they stop, on the host's executor.

use super::*;
use crate::graph::{self, Chain, StartContext};
use crate::{
    device::{Device, StartError},
    executor,
};
use alloc::{string::ToString, vec::Vec};
use core::{
    cell::RefCell,
    future::{pending, ready},
};

/// What happened, in order.
type Notes = Rc<RefCell<Vec<&'static str>>>;

/// A device that notes its stop.
struct Noting(&'static str, Notes);

impl Device for Noting {
    type Output = &'static str;

    async fn start(&mut self) -> Result<(), StartError> {
        match self.0 {
            "broken" => Err(StartError::new("it is broken")),
            _ => Ok(()),
        }
    }

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        let (name, notes) = (self.0, self.1.clone());
        Some(async move {
            crate::yield_now().await;
            notes.borrow_mut().push(name);
        })
    }

    fn provide(self) -> Self::Output {
        self.0
    }
}

/// A device that needs no stop.
struct Plain;

impl Device for Plain {
    type Output = ();

    fn provide(self) {}
}

/// Starts these nodes, and notes that `main` begins.
async fn start(context: &StartContext, nodes: &[&'static str], notes: &Notes) -> Outcome {
    for node in nodes {
        let device = Noting(node, notes.clone());
        graph::start(context, node, device).await?;
        graph::start(context, "plain", Plain).await.unwrap();
    }
    notes.borrow_mut().push("main");
    Ok(())
}

/// Runs a unikernel, and returns its outcome and what happened.
fn run_to_end<F: Future<Output = Outcome> + 'static>(
    unikernel: impl FnOnce(StartContext, Notes) -> F,
    requested: impl Future<Output = ()> + 'static,
) -> (Outcome, Vec<&'static str>) {
    let (shutdown, notes) = (Rc::<Shutdown>::default(), Notes::default());
    let context = StartContext {
        shutdown: shutdown.clone(),
    };
    let life = super::run_to_end(unikernel(context, notes.clone()), requested, shutdown);
    let outcome = executor::current().run_until(life);
    (outcome, notes.take())
}

#[test]
fn devices_stop_in_reverse_order_when_main_returns() {
    let (outcome, notes) = run_to_end(
        async |context, notes| {
            start(&context, &["first", "second", "third"], &notes)
                .await
                .unwrap();
            graph::exit_status(Err::<(), _>("no such luck"))
        },
        pending(),
    );
    assert_eq!(outcome.unwrap_err().to_string(), "no such luck");
    assert_eq!(notes, ["main", "third", "second", "first"]);
}

#[test]
fn devices_stop_after_main_is_gone_when_the_host_asks() {
    struct Main(Notes);
    impl Drop for Main {
        fn drop(&mut self) {
            self.0.borrow_mut().push("main is gone");
        }
    }
    let (outcome, notes) = run_to_end(
        async |context, notes| {
            let _main = Main(notes.clone());
            start(&context, &["first", "second"], &notes).await.unwrap();
            pending().await
        },
        crate::yield_now(),
    );
    outcome.unwrap();
    assert_eq!(notes, ["main", "main is gone", "second", "first"]);
}

#[test]
fn the_host_may_ask_while_a_device_starts() {
    let (outcome, notes) = run_to_end(
        async |context, notes| {
            start(&context, &["first"], &notes).await.unwrap();
            struct Slow;
            impl Device for Slow {
                type Output = ();
                fn start(&mut self) -> impl Future<Output = Result<(), StartError>> {
                    pending()
                }
                fn provide(self) {}
            }
            graph::start(&context, "slow", Slow).await.unwrap();
            graph::exit_status(Err::<(), _>("it has started"))
        },
        ready(()),
    );
    outcome.unwrap();
    assert_eq!(notes, ["main", "first"]);
}

#[test]
fn a_start_that_fails_stops_what_was_started() {
    let (outcome, notes) = run_to_end(
        async |context, notes| {
            start(&context, &["first", "second", "broken", "last"], &notes).await
        },
        pending(),
    );
    let failure = outcome.unwrap_err();
    assert_eq!(
        Chain(&failure).to_string(),
        "`broken` did not start: it is broken"
    );
    assert_eq!(notes, ["second", "first"]);
}

#[test]
fn a_stop_that_is_stuck_does_not_keep_the_others() {
    let (outcome, notes) = run_to_end(
        async |context, notes| {
            start(&context, &["first"], &notes).await.unwrap();
            let limit = Duration::from_millis(1);
            context.shutdown.push_limited("stuck", pending(), limit);
            graph::start(&context, "last", Noting("last", notes))
                .await
                .unwrap();
            Ok(())
        },
        pending(),
    );
    outcome.unwrap();
    assert_eq!(notes, ["main", "last", "first"]);
}

#[test]
fn a_device_without_a_stop_leaves_no_trace() {
    let shutdown = Rc::<Shutdown>::default();
    let context = StartContext {
        shutdown: shutdown.clone(),
    };
    executor::current()
        .run_until(async move { graph::start(&context, "plain", Plain).await.unwrap() });
    assert!(shutdown.0.take().is_none());
}
