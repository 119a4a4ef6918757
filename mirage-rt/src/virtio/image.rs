//! The image as a program: its entry, its executor, its end.

use super::{one_core::OneCore, power};
use crate::{
    console::Console,
    executor::Executor,
    graph::{Image, Machine, Outcome, run},
};
use alloc::boxed::Box;
use core::fmt::Write;
use spin::Once;

static EXECUTOR: Once<OneCore<Box<Executor>>> = Once::new();

/// The executor.
pub(crate) fn executor() -> &'static Executor {
    &EXECUTOR.call_once(|| OneCore(Box::new(Executor::new()))).0
}

/// How another core would make a sleeping executor look at its queue: there is none.
pub(crate) struct Alarm;

impl Alarm {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn ring(&self) {}
}

/// Refuses a machine that the unikernel is not declared for.
pub(crate) fn initialise(image: &Image) {
    if !image.is_declared_for(super::TARGET.name()) {
        let _ = writeln!(
            Console,
            "error: `{}` is not declared for the target `virtio`",
            image.name
        );
        power::end(1);
    }
}

/// Runs a unikernel on this machine. Called by the function that [`entry!`](crate::entry) makes.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(Machine) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    run(image, unikernel)
}

/// Makes a function the image's entry: `entry!(IMAGE, unikernel)`, where `IMAGE` is a constant
/// [`Image`](crate::graph::Image) and `unikernel` an `async fn(Machine) -> Outcome`.
///
/// Under `cargo test` the test harness has its own entry, and this makes none.
#[macro_export]
macro_rules! entry {
    ($image:path, $unikernel:path) => {
        const _: () = {
            #[cfg_attr(not(test), unsafe(no_mangle))]
            #[allow(dead_code)]
            extern "Rust" fn __mirage_unikernel() -> ! {
                $crate::__start(&$image, $unikernel)
            }
        };
    };
}
