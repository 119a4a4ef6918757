//! The process of an image: `main` runs on the main thread.

use crate::{
    entry,
    graph::{Failure, Image, Outcome, StartContext},
    libc::process,
    thread,
};
use alloc::boxed::Box;
use core::ptr;
use mirage_graph::argument::{Argument, ParsedArgs};

/// The stacks of threads: address and size of each.
type Slots<'a> = &'a mut dyn Iterator<Item = (*mut u8, usize)>;

/// Runs a program that declares no arguments. Called by the function that `std_entry!` defines.
pub fn boot<F>(
    image: &'static Image,
    stacks: Slots<'_>,
    unikernel: impl FnOnce(StartContext) -> F,
) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    thread::initialise(stacks);
    entry::start(image, unikernel)
}

/// Runs a program that takes the arguments of `lists`.
pub fn boot_with_arguments<F>(
    image: &'static Image,
    stacks: Slots<'_>,
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(StartContext, ParsedArgs<'static>) -> F,
) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    thread::initialise(stacks);
    entry::start_with_arguments(image, lists, unikernel)
}

/// Runs `main`, which receives `devices`, until the process ends.
///
/// # Errors
/// Returns [`Failure::Exited`] with the process's status if it is not 0.
pub async fn run<D: 'static>(devices: D) -> Outcome {
    super::store(Box::new(devices));
    let arguments = Box::leak(Box::new([c"unikernel".as_ptr(), ptr::null()]));
    process::start(arguments, &[ptr::null()]);
    match process::ended().await {
        0 => Ok(()),
        status => Err(Failure::Exited(status)),
    }
}

/// Defines the entry of a program with std, its stacks and the notes of its image.
#[doc(hidden)]
#[macro_export]
macro_rules! std_entry {
    ($image:path, $threads:expr, $stack:expr, $unikernel:path) => {
        $crate::__std_entry!($image, $threads, $stack, stacks => $crate::process::boot(&$image, stacks, $unikernel));
    };
    ($image:path, $threads:expr, $stack:expr, $arguments:path, $unikernel:path) => {
        $crate::__std_entry!($image, $threads, $stack, stacks => $crate::process::boot_with_arguments(&$image, stacks, $arguments, $unikernel));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __std_entry {
    ($image:path, $threads:expr, $stack:expr, $stacks:ident => $start:expr) => {
        #[cfg(not(test))]
        const _: () = {
            #[unsafe(link_section = ".bss.threads")]
            static MAIN: $crate::__Stacks<1, { $crate::__stack::pages($image.stack) }> =
                $crate::__Stacks::new();
            #[unsafe(link_section = ".bss.threads")]
            static OTHERS: $crate::__Stacks<{ $threads }, { $crate::__stack::pages($stack) }> =
                $crate::__Stacks::new();
            $crate::__entry!($image, {
                let $stacks = &mut $crate::__slots(&MAIN).chain($crate::__slots(&OTHERS));
                $start
            });
        };
    };
}

/// Starts nothing: an image has begun before `main`.
#[doc(hidden)]
#[macro_export]
macro_rules! std_start {
    ($($argument:tt)*) => {};
}
