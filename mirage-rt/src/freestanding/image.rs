//! The image as a program: its entry, its executor, its end.

use super::one_core::OneCore;
use crate::{
    arguments::{self, Argument, ParsedArgs},
    console::Console,
    executor::Executor,
    graph::{Image, Outcome, StartContext, TARGET, run},
    platform,
    shutdown::ShutdownRequest,
};
use alloc::boxed::Box;
use core::fmt::Write;
use mirage_graph::argument::BAD_ARGUMENT;
use spin::Once;

static SHUTDOWN_REQUEST: OneCore<ShutdownRequest> = OneCore(ShutdownRequest::new());
static EXECUTOR: Once<OneCore<Box<Executor>>> = Once::new();

/// The executor.
pub(crate) fn executor() -> &'static Executor {
    &EXECUTOR.call_once(|| OneCore(Box::new(Executor::new()))).0
}

/// The host's request for shutdown.
pub(crate) fn shutdown_request() -> &'static ShutdownRequest {
    &SHUTDOWN_REQUEST.0
}

/// Makes `future` a part of the unikernel, which is all that runs here.
pub(crate) fn adopt<F: Future>(future: F) -> F {
    future
}

/// Would wake the executor from another core. An image has one core, so it does nothing.
pub(crate) struct Unparker;

impl Unparker {
    pub(crate) fn new() -> Self {
        Self
    }

    pub(crate) fn unpark(&self) {}
}

unsafe extern "Rust" {
    /// What the image's `entry!` defines.
    fn __mirage_unikernel() -> !;
}

/// The unikernel, once the machine is set up.
pub(crate) fn unikernel() -> ! {
    // SAFETY: defined by `entry!` with this signature; the only one of its name in an image.
    unsafe { __mirage_unikernel() }
}

/// Refuses a machine that the unikernel is not declared for.
pub(crate) fn initialise(image: &Image) {
    if !image.is_declared_for(TARGET.name()) {
        let _ = writeln!(
            Console,
            "error: `{}` is not declared for the target `{}`",
            image.name,
            TARGET.name()
        );
        platform::exit(1);
    }
}

/// Runs a unikernel on this machine. Called by the function that [`entry!`](crate::entry) makes.
///
/// It takes no arguments, so what looks like one is refused.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(StartContext) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    if platform::has_arguments() {
        Console.write_all(b"error: this unikernel takes no arguments\n");
        platform::exit(BAD_ARGUMENT);
    }
    run(image, unikernel)
}

/// Runs a unikernel that takes arguments, those of `lists`.
pub fn start_with_arguments<F>(
    image: &'static Image,
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(StartContext, ParsedArgs<'static>) -> F,
) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    let arguments = arguments::read(image.name, platform::boot_arguments(), lists);
    run(image, |context| unikernel(context, arguments))
}

/// Makes a function the image's entry: `entry!(IMAGE, unikernel)`, where `IMAGE` is a constant
/// [`Image`](crate::graph::Image) and `unikernel` an `async fn(StartContext) -> Outcome`.
///
/// A unikernel that takes arguments is `entry!(IMAGE, ARGUMENTS, unikernel)`: `ARGUMENTS` is a constant list of lists
/// of [`Argument`](crate::arguments::Argument), and `unikernel` an
/// `async fn(StartContext, ParsedArgs<'static>) -> Outcome`.
///
/// Under `cargo test` the test harness has its own entry, and this makes none.
#[doc(hidden)]
#[macro_export]
macro_rules! entry {
    ($image:path, $unikernel:path) => {
        $crate::entry!(@ $image, $crate::__start(&$image, $unikernel));
    };
    ($image:path, $arguments:path, $unikernel:path) => {
        $crate::entry!(@ $image, $crate::__start_with_arguments(&$image, $arguments, $unikernel));
    };
    (@ $image:path, $start:expr) => {
        const _: () = {
            $crate::__notes!($image);
            // Its name begins as that of memory that is in no file.
            #[cfg(not(test))]
            #[used]
            #[unsafe(link_section = ".bss.stack")]
            static STACK: $crate::__stack::Stack<{ $crate::__stack::pages($image.stack) }> =
                $crate::__stack::Stack::new();
            #[cfg_attr(not(test), unsafe(no_mangle))]
            #[allow(dead_code)]
            extern "Rust" fn __mirage_unikernel() -> ! {
                $start
            }
        };
    };
}
