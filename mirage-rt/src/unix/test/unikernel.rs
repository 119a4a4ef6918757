//! Unikernels that a test boots.

use super::{Outcome, World};
use crate::{
    Termination,
    graph::{self, StartContext},
    sync::oneshot,
    unix::{hardware::Hardware, scope::Scope},
};
use alloc::{boxed::Box, rc::Rc};
use core::{fmt, pin::Pin};

impl World {
    /// Boots a unikernel: calls `unikernel`, which makes its hosts and disks and calls `main`.
    ///
    /// Everything that the unikernel makes and spawns is dropped when it ends. Its world has the same
    /// link. Devices that it started with [`start`](Self::start) are stopped at the end.
    ///
    /// ```
    /// use mirage_rt::{block::{Block, Disk}, shutdown, test::{Storage, run}, yield_now};
    ///
    /// async fn main(disk: Disk) {
    ///     shutdown().await;
    ///     disk.write(0, &[1; 512]).await.unwrap();
    /// }
    ///
    /// run(async |world| {
    ///     let storage = Storage::new("64KiB");
    ///     let contents = storage.clone();
    ///     let mut unikernel = world.boot(async move |_| main(contents.disk()).await);
    ///     yield_now().await;
    ///     // A power cut: `main` has no chance to write.
    ///     unikernel.cut();
    ///     let mut block = [0; 512];
    ///     storage.disk().read(0, &mut block).await.unwrap();
    ///     assert_eq!(block, [0; 512]);
    ///     // Shutdown: `main` writes.
    ///     unikernel.reboot();
    ///     yield_now().await;
    ///     unikernel.stop().await.unwrap();
    ///     storage.disk().read(0, &mut block).await.unwrap();
    ///     assert_eq!(block, [1; 512]);
    /// });
    /// ```
    pub fn boot<T: Termination>(&self, unikernel: impl AsyncFn(Self) -> T + 'static) -> Unikernel {
        let unikernel = Rc::new(unikernel);
        let start = move |world| -> Life {
            let unikernel = unikernel.clone();
            Box::pin(async move { graph::exit_status(unikernel(world).await) })
        };
        self.boot_on(None, Box::new(start))
    }

    /// Boots a unikernel whose devices are attached to `hardware`.
    pub(super) fn boot_on(&self, hardware: Option<Rc<Hardware>>, start: Start) -> Unikernel {
        let mut booted = Unikernel {
            world: self.with_context(Rc::default()),
            hardware,
            start,
            running: None,
        };
        booted.reboot();
        booted
    }

    /// The context that starts the devices of this world's unikernel.
    pub(super) fn context(&self) -> StartContext {
        self.context.share()
    }
}

/// A unikernel that runs.
pub(super) type Life = Pin<Box<dyn Future<Output = Outcome>>>;

pub(super) type Start = Box<dyn Fn(World) -> Life>;

/// A unikernel that [`World::boot`] booted. Dropping the handle does not stop it.
pub struct Unikernel {
    world: World,
    hardware: Option<Rc<Hardware>>,
    start: Start,
    running: Option<Running>,
}

struct Running {
    scope: Rc<Scope>,
    stop: Option<oneshot::Sender<()>>,
    outcome: oneshot::Receiver<Outcome>,
}

impl Unikernel {
    /// Requests shutdown, like SIGTERM or the power button, waits for the end, and returns what `main`
    /// returned.
    ///
    /// `main` is dropped where it waits, unless the unikernel has called
    /// [`shutdown`](crate::shutdown()). Then the devices stop.
    ///
    /// # Errors
    /// Returns [`Failure::Main`](super::Failure::Main) if `main` returned an error.
    ///
    /// # Panics
    /// Panics if the unikernel does not run: it was cut, or its end was already returned.
    #[track_caller]
    pub fn stop(&mut self) -> impl Future<Output = Outcome> {
        let running = self.running.as_mut().expect(NOT_RUNNING);
        if let Some(stop) = running.stop.take() {
            // The unikernel may have ended in the meantime.
            let _ = stop.send(());
        }
        self.wait()
    }

    /// Waits until the unikernel ends, and returns what `main` returned.
    ///
    /// # Errors
    /// Returns [`Failure::Main`](super::Failure::Main) if `main` returned an error.
    ///
    /// # Panics
    /// Panics if the unikernel does not run: it was cut, or its end was already returned.
    #[track_caller]
    pub fn wait(&mut self) -> impl Future<Output = Outcome> {
        assert!(self.running.is_some(), "{NOT_RUNNING}");
        async {
            let running = self.running.as_mut().expect(NOT_RUNNING);
            let outcome = (&mut running.outcome).await.expect(NOT_RUNNING);
            self.running = None;
            outcome
        }
    }

    /// Cuts the power: drops everything that the unikernel has at once, with its hosts and connections.
    /// Its peers receive nothing more. Does nothing if the unikernel does not run.
    pub fn cut(&mut self) {
        if let Some(running) = self.running.take() {
            running.scope.cut();
        }
    }

    /// Boots the unikernel again, after a [`cut`](Self::cut) if it still runs.
    pub fn reboot(&mut self) {
        self.cut();
        let scope = Scope::new();
        let (stop, stopped) = oneshot::channel();
        let (end, outcome) = oneshot::channel();
        let context = Rc::<StartContext>::default();
        let world = self.world.with_context(context.clone());
        let hardware = self.hardware.clone();
        let life = scope.enter(|| {
            let plugged = hardware.map(|hardware| hardware.plug(scope.id()));
            let unikernel = (self.start)(world);
            crate::spawn(async move {
                let _plugged = plugged;
                let requested = async {
                    if stopped.await.is_err() {
                        core::future::pending().await
                    }
                };
                context.run_to_end(unikernel, requested).await
            })
        });
        let machine = scope.clone();
        crate::spawn(async move {
            if let Ok(outcome) = life.await {
                machine.cut();
                // The handle may be dropped.
                let _ = end.send(outcome);
            }
        });
        self.running = Some(Running {
            scope,
            stop: Some(stop),
            outcome,
        });
    }
}

const NOT_RUNNING: &str = "the unikernel does not run";

impl fmt::Debug for Unikernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unikernel").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
