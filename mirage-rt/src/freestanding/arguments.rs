//! The boot arguments of an image.

use crate::{arguments, console::Console, platform};
use mirage_graph::argument::{Argument, BAD_ARGUMENT, ParsedArgs};

/// Ends the machine if the command line has arguments: the unikernel `name` takes none.
pub(crate) fn refuse_arguments(name: &str) {
    if platform::has_arguments(name) {
        Console.write_all(b"error: this unikernel takes no arguments\n");
        platform::exit(BAD_ARGUMENT);
    }
}

/// Parses the arguments of `lists`. Ends the machine after `--help` and after an error.
pub(crate) fn read_arguments(
    name: &str,
    lists: &[&[Argument<&'static str>]],
) -> ParsedArgs<'static> {
    arguments::read(name, platform::boot_arguments(), lists)
}
