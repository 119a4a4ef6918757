//! A program with std as a process of the host, whose standard library calls `main`.
//!
//! `main` and its threads use the host's C library. [`sockets`] checks what they bind, and [`files`] replaces the
//! host's files. The devices run on a thread of the runtime, which stops them when the process ends.

mod arguments;
mod devices;
mod errno;
#[cfg(target_env = "gnu")]
pub(crate) mod files;
#[cfg(not(target_env = "gnu"))]
pub(crate) mod files_of_host;
#[cfg(target_env = "gnu")]
mod names;
mod ports;
mod signals;
mod sockets;

use self::devices::DEVICES;
#[cfg(not(target_env = "gnu"))]
pub(crate) use self::files_of_host as files;
pub use self::ports::{attach, declare};
use super::{device_thread, process};
use crate::{
    executor,
    graph::{self, Chain, Image, Outcome, StartContext},
    logger,
    process::{Parameter, Process},
};
use alloc::vec::Vec;
use mirage_graph::argument::{Argument, ParsedArgs};
use std::{io::Write, panic, thread};

/// The smallest stack of the thread of devices, in bytes, as std has it.
const STACK: usize = 2 << 20;

/// Starts the devices of a program, which takes the arguments of `lists`.
pub fn start<F>(
    image: &'static Image,
    process: &Process,
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(StartContext, ParsedArgs<'static>) -> F + Send + 'static,
) where
    F: Future<Output = Outcome> + 'static,
{
    logger::leave_to_program();
    let arguments = arguments::take(image.name, process, lists);
    graph::prepare(image);
    process::grow_stack(process.main_stack);
    start_devices(image, |context| unikernel(context, arguments));
}

/// Starts the devices on a thread of their own and waits until all have started.
fn start_devices<F>(
    image: &'static Image,
    unikernel: impl FnOnce(StartContext) -> F + Send + 'static,
) where
    F: Future<Output = Outcome> + 'static,
{
    end_by_panic();
    signals::install();
    let run = || run_devices(unikernel);
    let stack = usize::try_from(image.stack).unwrap_or(usize::MAX);
    let thread = thread::Builder::new()
        .name("mirage".into())
        .stack_size(stack.max(STACK))
        .spawn(run);
    if let Err(error) = thread {
        process::fail(format_args!("cannot start the devices: {error}"));
    }
    DEVICES.wait_for_start();
    // Once the devices have started, the process stops them before it ends.
    sockets::permit_declared();
    files::confine();
    devices::stop_devices_at_exit();
}

/// Runs the devices until the process ends, or ends it when the host requests shutdown.
fn run_devices<F>(unikernel: impl FnOnce(StartContext) -> F)
where
    F: Future<Output = Outcome> + 'static,
{
    device_thread::enter();
    executor::share_timers();
    let context = StartContext::default();
    let unikernel = unikernel(context.share());
    let life = async move {
        let requested = signals::shutdown_requested();
        context.run_to_end(unikernel, requested).await
    };
    let outcome = executor::current().run_until(life);
    if DEVICES.finish() {
        // Another thread ends the process.
        return;
    }
    match outcome {
        Ok(()) => process::exit(0),
        Err(failure) => {
            let _ = writeln!(std::io::stdout(), "error: {}", Chain(&failure));
            process::exit(failure.status())
        }
    }
}

/// Lets `main` begin, which receives `parameters`, and waits until the process ends.
///
/// # Errors
/// Never returns an error: the standard library reports those of `main`.
pub async fn run<const COUNT: usize>(parameters: [Parameter; COUNT]) -> Outcome {
    DEVICES.start(parameters.into());
    DEVICES.requested().await;
    Ok(())
}

/// Returns what `main` receives, once.
///
/// # Panics
/// Panics if it is called twice: the program cannot call its entry.
pub fn parameters<const COUNT: usize>() -> [Parameter; COUNT] {
    let parameters: Option<Vec<_>> = DEVICES.take_parameters();
    let parameters = parameters.and_then(|parameters| parameters.try_into().ok());
    parameters.expect("the entry calls `main` once")
}

/// Makes a panic on any thread end the process with the status that it has in an image.
fn end_by_panic() {
    let report = panic::take_hook();
    panic::set_hook(alloc::boxed::Box::new(move |panic| {
        report(panic);
        devices::end_without_stopping(process::PANIC)
    }));
}

/// Defines nothing: the program's own entry is that of the process.
#[doc(hidden)]
#[macro_export]
macro_rules! std_entry {
    ($($argument:tt)*) => {};
}

/// Starts the devices before `main`.
#[doc(hidden)]
#[macro_export]
macro_rules! std_start {
    ($image:path, $process:path, $arguments:path, $unikernel:path) => {
        $crate::process::start(&$image, &$process, $arguments, $unikernel);
    };
}
