//! The image as a program: its entry, its executor, its end.

use super::{command_line, memory, one_core::OneCore, power};
use crate::{
    arguments::{self, Argument, Given},
    console::Console,
    executor::Executor,
    graph::{Image, Machine, Outcome, run},
};
use alloc::boxed::Box;
use core::fmt::Write;
use mirage_graph::argument::BAD_ARGUMENT;
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
///
/// It takes no arguments, so what looks like one is refused. Nothing else of the command line is
/// read: this is in every image.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(Machine) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    let line = memory::command_line();
    if line.starts_with(b"--") || line.windows(3).any(|bytes| bytes == b" --") {
        Console.write_all(b"error: this unikernel takes no arguments\n");
        power::end(BAD_ARGUMENT);
    }
    run(image, unikernel)
}

/// Runs a unikernel that takes arguments, those of `lists`.
pub fn start_with_arguments<F>(
    image: &'static Image,
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(Machine, Given<'static>) -> F,
) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    let words = memory::whole_command_line().and_then(command_line::words_of_unikernel);
    let given = arguments::read(image.name, words, lists);
    run(image, |machine| unikernel(machine, given))
}

/// Makes a function the image's entry: `entry!(IMAGE, unikernel)`, where `IMAGE` is a constant
/// [`Image`](crate::graph::Image) and `unikernel` an `async fn(Machine) -> Outcome`.
///
/// A unikernel that takes arguments is `entry!(IMAGE, ARGUMENTS, unikernel)`: `ARGUMENTS` is a constant list of lists
/// of [`Argument`](crate::arguments::Argument), and `unikernel` an
/// `async fn(Machine, Given<'static>) -> Outcome`.
///
/// Under `cargo test` the test harness has its own entry, and this makes none.
#[macro_export]
macro_rules! entry {
    ($image:path, $unikernel:path) => {
        $crate::entry!(@ $crate::__start(&$image, $unikernel));
    };
    ($image:path, $arguments:path, $unikernel:path) => {
        $crate::entry!(@ $crate::__start_with_arguments(&$image, $arguments, $unikernel));
    };
    (@ $start:expr) => {
        const _: () = {
            #[cfg_attr(not(test), unsafe(no_mangle))]
            #[allow(dead_code)]
            extern "Rust" fn __mirage_unikernel() -> ! {
                $start
            }
        };
    };
}
