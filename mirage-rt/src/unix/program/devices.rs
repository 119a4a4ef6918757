//! The start and the end of the devices of a program, on another thread than its `main`.

use super::super::device_thread;
use crate::process::Parameter;
use alloc::vec::Vec;
use core::{
    future::poll_fn,
    task::{Poll, Waker},
};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How far the devices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Starting,
    Running,
    /// A thread of the program waits for them to stop.
    Stopping,
    Stopped,
}

/// What both sides share.
struct State {
    phase: Phase,
    /// What `main` receives, until it begins.
    parameters: Option<Vec<Parameter>>,
    /// Wakes the task that stops the devices.
    waiting: Option<Waker>,
}

/// The devices of the process.
pub(super) struct Devices {
    state: Mutex<State>,
    changed: Condvar,
}

pub(super) static DEVICES: Devices = Devices::new();

impl Devices {
    const fn new() -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::Starting,
                parameters: None,
                waiting: None,
            }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: &mut State, phase: Phase) {
        state.phase = phase;
        self.changed.notify_all();
    }

    /// Waits while `is_waiting` says so.
    fn wait(&self, is_waiting: impl Fn(Phase) -> bool) {
        let waited = self
            .changed
            .wait_while(self.state(), |state| is_waiting(state.phase));
        drop(waited);
    }

    /// Lets `main` begin with its parameters.
    pub(super) fn start(&self, parameters: Vec<Parameter>) {
        let mut state = self.state();
        state.parameters = Some(parameters);
        self.set(&mut state, Phase::Running);
    }

    /// Waits until all devices have started.
    pub(super) fn wait_for_start(&self) {
        self.wait(|phase| phase == Phase::Starting);
    }

    /// Returns what `main` receives, once.
    pub(super) fn take_parameters(&self) -> Option<Vec<Parameter>> {
        self.state().parameters.take()
    }

    /// Completes when the process ends.
    pub(super) fn requested(&self) -> impl Future<Output = ()> + '_ {
        poll_fn(|context| {
            let mut state = self.state();
            match state.phase {
                Phase::Stopping => Poll::Ready(()),
                _ => {
                    state.waiting = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }

    /// Notes that the devices have stopped. Returns whether a thread has waited for that.
    pub(super) fn finish(&self) -> bool {
        let mut state = self.state();
        let is_awaited = state.phase == Phase::Stopping;
        self.set(&mut state, Phase::Stopped);
        is_awaited
    }

    /// Stops the devices, unless they have stopped, and waits until they have.
    fn stop(&self) {
        let mut state = self.state();
        if state.phase != Phase::Running {
            return;
        }
        self.set(&mut state, Phase::Stopping);
        let waiting = state.waiting.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        self.wait(|phase| phase == Phase::Stopping);
    }
}

/// Makes the process stop its devices when it exits: when `main` returns, or by `std::process::exit`.
pub(super) fn stop_devices_at_exit() {
    extern "C" fn stop() {
        // A device that ends the process cannot wait for itself.
        if !device_thread::is_current() {
            DEVICES.stop();
        }
    }
    // SAFETY: the function has this type, and is there until the end.
    let registered = unsafe { libc::atexit(stop) };
    if registered != 0 {
        log::warn!("the devices will not be stopped: there is no memory");
    }
}

/// Ends the process and stops no device, as an image that panics.
pub(super) fn end_without_stopping(status: u8) -> ! {
    if DEVICES.finish() {
        // A thread is ending the process already, and would end it with another status.
        // SAFETY: the call has no conditions.
        unsafe { libc::_exit(status.into()) }
    }
    super::process::exit(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{sync::Arc, task::Wake, vec};
    use core::{pin::pin, task::Context};
    use std::thread;

    struct Thread(thread::Thread);

    impl Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Runs the task that waits for the end, as the executor does.
    fn block_on_request(devices: &Devices) {
        let waker = Arc::new(Thread(thread::current())).into();
        let mut requested = pin!(devices.requested());
        while requested
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            thread::park();
        }
    }

    #[test]
    fn the_end_waits_for_the_devices() {
        static DEVICES: Devices = Devices::new();
        let devices = thread::spawn(|| {
            DEVICES.start(vec![Parameter::new(7_u8)]);
            block_on_request(&DEVICES);
            assert!(DEVICES.finish());
        });
        DEVICES.wait_for_start();
        let parameters = DEVICES.take_parameters().expect("parameters");
        let received: Vec<u8> = parameters.into_iter().map(Parameter::receive).collect();
        assert_eq!(received, [7]);
        assert!(DEVICES.take_parameters().is_none());
        DEVICES.stop();
        assert_eq!(DEVICES.state().phase, Phase::Stopped);
        devices.join().expect("no panic");
        // The end has come: nothing waits a second time.
        DEVICES.stop();
    }

    #[test]
    fn devices_that_have_stopped_are_not_awaited() {
        static DEVICES: Devices = Devices::new();
        DEVICES.start(Vec::new());
        assert!(!DEVICES.finish());
        DEVICES.stop();
    }
}
