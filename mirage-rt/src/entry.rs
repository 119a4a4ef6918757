//! The entry of a unikernel.

use crate::{
    graph::{Image, Outcome, StartContext, run},
    platform,
};
use alloc::string::String;
use mirage_graph::argument::{Argument, ParsedArgs};

/// Runs a unikernel that declares no arguments. Called by the function that `entry!` defines.
pub fn start<F>(image: &'static Image, unikernel: impl FnOnce(StartContext) -> F) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    platform::refuse_arguments(image.name);
    run(image, unikernel)
}

/// Runs a unikernel that takes the arguments of `lists`.
pub fn start_with_arguments<F>(
    image: &'static Image,
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(StartContext, ParsedArgs<'static>) -> F,
) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    let arguments = platform::read_arguments(image.name, lists);
    run(image, |context| unikernel(context, arguments))
}

/// Boots a unikernel that declares no arguments in a test. Called by the function of its type.
pub fn boot<F>(
    context: StartContext,
    args: &[&str],
    unikernel: impl FnOnce(StartContext) -> F,
) -> F {
    assert!(args.is_empty(), "the unikernel has no boot arguments");
    unikernel(context)
}

/// Boots a unikernel that takes the arguments of `lists` in a test.
pub fn boot_with_arguments<F>(
    context: StartContext,
    (image, args): (&Image, &[&str]),
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(StartContext, ParsedArgs<'static>) -> F,
) -> F {
    let args = args.iter().map(|arg| String::from(*arg)).collect();
    let parsed = ParsedArgs::parse(image.name, args, lists);
    let parsed = parsed.and_then(|parsed| {
        parsed.as_ref().map_or(Ok(()), ParsedArgs::check_values)?;
        Ok(parsed)
    });
    match parsed {
        Ok(Some(parsed)) => unikernel(context, parsed),
        Ok(None) => panic!("`--help` boots no unikernel"),
        Err(error) => panic!("{error}"),
    }
}

/// Makes a function the program's entry: `entry!(IMAGE, unikernel)`, where `IMAGE` is a constant
/// [`Image`](crate::graph::Image) and `unikernel` an `async fn(StartContext) -> Outcome`.
///
/// A unikernel that takes arguments is `entry!(IMAGE, ARGUMENTS, unikernel)`: `ARGUMENTS` is a
/// constant list of lists of [`Argument`](crate::graph::argument::Argument), and `unikernel` an
/// `async fn(StartContext, ParsedArgs<'static>) -> Outcome`.
///
/// Under `cargo test` the test harness has its own entry, and this defines none.
#[doc(hidden)]
#[macro_export]
macro_rules! entry {
    ($image:path, $unikernel:path) => {
        $crate::__entry!($image, $crate::__start(&$image, $unikernel));
    };
    ($image:path, $arguments:path, $unikernel:path) => {
        $crate::__entry!(
            $image,
            $crate::__start_with_arguments(&$image, $arguments, $unikernel)
        );
    };
}
