//! The entry of the process.

use super::arguments;
use crate::{
    arguments::{Argument, ParsedArgs},
    graph::{Image, Outcome, StartContext, run},
};

/// Runs a unikernel as this process. Called by the `main` that [`entry!`](crate::entry) makes.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(StartContext) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    start_with_arguments(image, &[], |context, _| unikernel(context))
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
    let arguments = arguments::read(image.name, lists);
    let report = std::panic::take_hook();
    std::panic::set_hook(alloc::boxed::Box::new(move |panic| {
        report(panic);
        super::exit(255);
    }));
    run(image, |context| unikernel(context, arguments))
}

/// Makes a function the program's entry: `entry!(IMAGE, unikernel)`, where `IMAGE` is a constant
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
        $crate::entry!(@ $crate::__start(&$image, $unikernel));
    };
    ($image:path, $arguments:path, $unikernel:path) => {
        $crate::entry!(@ $crate::__start_with_arguments(&$image, $arguments, $unikernel));
    };
    (@ $start:expr) => {
        const _: () = {
            #[cfg_attr(not(test), unsafe(export_name = "main"))]
            #[allow(dead_code)]
            extern "C" fn start() -> ! {
                $start
            }
        };
    };
}
