//! The process of an image: `main` runs on the main thread.

use super::{Parameter, Process, declared, drain};
use crate::{
    arguments,
    freestanding::one_core::OneCore,
    graph::{self, Failure, Image, Outcome, StartContext},
    libc::{environment, process, start},
    logger, name, platform, thread,
};
use alloc::{ffi::CString, string::String, vec::Vec};
use core::{cell::RefCell, ptr};
use mirage_graph::argument::{
    Argument, ParsedArgs,
    standard::{ENV, Variable, take_program_arguments},
};

/// The stacks of threads: address and size of each.
type Slots<'a> = &'a mut dyn Iterator<Item = (*mut u8, usize)>;

/// The program's own arguments, until it begins.
static ARGUMENTS: OneCore<RefCell<Vec<String>>> = OneCore(RefCell::new(Vec::new()));

/// Runs a program, which takes the arguments of `lists`. Called by the function that `std_entry!` defines.
pub fn boot<F>(
    image: &'static Image,
    process: &Process,
    stacks: Slots<'_>,
    lists: &[&[Argument<&'static str>]],
    unikernel: impl FnOnce(StartContext, ParsedArgs<'static>) -> F,
) -> !
where
    F: Future<Output = Outcome> + 'static,
{
    logger::leave_to_program();
    thread::initialise(stacks);
    environment::initialise(process.environment);
    let given = platform::boot_arguments().map(|mut given| {
        ARGUMENTS.0.replace(take_program_arguments(&mut given));
        given
    });
    let parsed = arguments::read(image.name, given, lists);
    match parsed.list::<Variable>(ENV) {
        Ok(variables) => {
            for Variable { name, value } in variables {
                if environment::set(name.as_bytes(), value.as_bytes(), true).is_err() {
                    platform::fail(format_args!("there is no memory for the environment"));
                }
            }
        }
        Err(error) => arguments::refuse(&error),
    }
    graph::run(image, |context| unikernel(context, parsed))
}

/// Runs `main`, which receives `parameters`, until the process ends.
///
/// # Errors
/// Returns [`Failure::Exited`] with the process's status if it is not 0.
pub async fn run<const COUNT: usize>(parameters: [Parameter; COUNT]) -> Outcome {
    declared::store(parameters.into());
    let mut arguments = Vec::new();
    let given = ARGUMENTS.0.take();
    for argument in [String::from(name::name())].into_iter().chain(given) {
        // The command line contains no zero byte.
        let argument = CString::new(argument).unwrap_or_default();
        arguments.push(argument.into_raw().cast_const());
    }
    arguments.push(ptr::null());
    start::start(arguments.leak());
    let status = process::exit_status().await;
    drain::drain().await;
    match status {
        0 => Ok(()),
        status => Err(Failure::Exited(status)),
    }
}

/// Defines the entry of a program with std, its stacks and the notes of its image.
#[doc(hidden)]
#[macro_export]
macro_rules! std_entry {
    ($image:path, $process:path, $arguments:path, $unikernel:path) => {
        #[cfg(not(test))]
        const _: () = {
            // The linker script places them one after the other.
            #[unsafe(link_section = ".bss.threads.main")]
            static MAIN: $crate::__Stacks<1, { $crate::__stack::pages($process.main_stack) }> =
                $crate::__Stacks::new();
            #[unsafe(link_section = ".bss.threads.others")]
            static OTHERS: $crate::__Stacks<
                { $process.threads as usize },
                { $crate::__stack::pages($process.stack) },
            > = $crate::__Stacks::new();
            $crate::__entry!($image, {
                let stacks = &mut $crate::__slots(&MAIN).chain($crate::__slots(&OTHERS));
                $crate::process::boot(&$image, &$process, stacks, $arguments, $unikernel)
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
