//! Unikernels that a test boots.

use super::World;
use crate::{
    Termination,
    graph::{self, Outcome, StartContext},
    sync::oneshot,
    unix::scope::Scope,
};
use alloc::{boxed::Box, rc::Rc};
use core::{fmt, pin::Pin};

impl World {
    /// Boots a unikernel: runs `unikernel`, which makes its hosts and disks and calls `main`.
    ///
    /// What it makes and spawns is the machine's: it is dropped when the unikernel ends. The world that
    /// it is given has the same link, and stops the devices that [`start`](Self::start) has started
    /// when the unikernel ends.
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
    ///     // A power cut: `main` writes nothing.
    ///     unikernel.cut();
    ///     let mut block = [0; 512];
    ///     storage.disk().read(0, &mut block).await.unwrap();
    ///     assert_eq!(block, [0; 512]);
    ///     // Shutdown: it does.
    ///     unikernel.reboot();
    ///     yield_now().await;
    ///     unikernel.stop().await.unwrap();
    ///     storage.disk().read(0, &mut block).await.unwrap();
    ///     assert_eq!(block, [1; 512]);
    /// });
    /// ```
    pub fn boot<T: Termination>(&self, unikernel: impl AsyncFn(Self) -> T + 'static) -> Unikernel {
        let unikernel = Rc::new(unikernel);
        let mut booted = Unikernel {
            world: self.with_context(Rc::default()),
            start: Box::new(move |world| {
                let unikernel = unikernel.clone();
                Box::pin(async move { graph::exit_status(unikernel(world).await) })
            }),
            running: None,
        };
        booted.reboot();
        booted
    }
}

type Start = Box<dyn Fn(World) -> Pin<Box<dyn Future<Output = Outcome>>>>;

/// A unikernel that [`World::boot`] has booted. Dropping the handle lets it run.
pub struct Unikernel {
    world: World,
    start: Start,
    running: Option<Running>,
}

struct Running {
    scope: Rc<Scope>,
    stop: Option<oneshot::Sender<()>>,
    ended: oneshot::Receiver<Outcome>,
}

impl Unikernel {
    /// Requests shutdown, as the host does by SIGTERM or the power button, and waits until the
    /// unikernel has ended. Returns how.
    ///
    /// `main` is dropped where it waits, unless the unikernel waits for
    /// [`shutdown`](crate::shutdown()); then its devices stop.
    ///
    /// # Errors
    /// Returns why the unikernel failed: `main` has returned an `Err`.
    ///
    /// # Panics
    /// If it does not run: it was cut, or was waited for.
    #[track_caller]
    pub fn stop(&mut self) -> impl Future<Output = Outcome> {
        let running = self.running.as_mut().expect(NOT_RUNNING);
        if let Some(stop) = running.stop.take() {
            // It may have ended by itself.
            let _ = stop.send(());
        }
        self.wait()
    }

    /// Waits until the unikernel ends by itself, and returns how.
    ///
    /// # Errors
    /// Returns why the unikernel failed: `main` has returned an `Err`.
    ///
    /// # Panics
    /// If it does not run: it was cut, or was waited for.
    #[track_caller]
    pub fn wait(&mut self) -> impl Future<Output = Outcome> {
        assert!(self.running.is_some(), "{NOT_RUNNING}");
        async {
            let running = self.running.as_mut().expect(NOT_RUNNING);
            let outcome = (&mut running.ended).await.expect(NOT_RUNNING);
            self.running = None;
            outcome
        }
    }

    /// Cuts the power: drops all of the unikernel at once, its hosts with their connections included.
    /// Its peers receive nothing more from it. Nothing happens if it does not run.
    pub fn cut(&mut self) {
        if let Some(running) = self.running.take() {
            running.scope.cut();
        }
    }

    /// Boots it again, after a [`cut`](Self::cut) if it runs.
    pub fn reboot(&mut self) {
        self.cut();
        let scope = Scope::new();
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let context = Rc::<StartContext>::default();
        let world = self.world.with_context(context.clone());
        let life = scope.enter(|| {
            let unikernel = (self.start)(world);
            crate::spawn(async move {
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
                // Nobody may wait for it.
                let _ = end.send(outcome);
            }
        });
        self.running = Some(Running {
            scope,
            stop: Some(stop),
            ended,
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
