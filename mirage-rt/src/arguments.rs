//! Boot arguments: values that are given each time a unikernel boots.
//!
//! ```
//! use mirage_rt::Args;
//! use core::net::Ipv4Addr;
//!
//! #[derive(Args)]
//! struct Forwarder {
//!     /// The server that is asked
//!     upstream: Ipv4Addr,
//!     /// The port to listen on
//!     #[arg(default = "53")]
//!     port: u16,
//!     /// Names that are not forwarded
//!     blocked: Vec<String>,
//!     /// Say what is asked
//!     verbose: bool,
//! }
//! ```
//!
//! The derive [`Args`](macro@crate::Args) reads such a struct from `--upstream=10.0.0.1 --verbose`.
//! The type of a field determines how its argument is given:
//!
//! | type | argument |
//! |---|---|
//! | `bool` | a flag: given or not |
//! | `Option<T>` | may be left out |
//! | `Vec<T>` | may be given several times |
//! | any other | required, unless it has a default |
//!
//! `T` is any type that implements `FromStr`, with an error that can be displayed.

use crate::{console::Console, platform, readiness};
use alloc::{string::String, vec::Vec};
use core::fmt::Write;
pub use mirage_graph::argument::ArgumentError;
use mirage_graph::argument::{Argument, BAD_ARGUMENT, HELP_SHOWN, Help, ParsedArgs};

/// A struct whose fields are boot arguments. Implemented by the derive [`Args`](macro@crate::Args).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be parsed from boot arguments",
    label = "expected boot arguments",
    note = "derive `mirage_rt::Args` for the struct"
)]
pub trait Args: Sized {
    /// The arguments.
    const ARGUMENTS: &'static [Argument<&'static str>];

    /// Reads the struct's fields from the arguments of this boot.
    ///
    /// # Errors
    /// Returns an error if a value cannot be parsed as its field's type.
    fn read(arguments: &ParsedArgs<'_>) -> Result<Self, ArgumentError>;
}

/// Parses and checks `args` by the arguments that `lists` describe. Ends the machine after `--help` and
/// after an error.
pub(crate) fn read<'a>(
    name: &str,
    args: Result<Vec<String>, ArgumentError>,
    lists: &[&[Argument<&'a str>]],
) -> ParsedArgs<'a> {
    let parsed = args.and_then(|mut args| {
        let request = |arg: &String| readiness::take_request(arg.as_bytes());
        if let Some(index) = args.iter().position(request) {
            args.remove(index);
        }
        let parsed = ParsedArgs::parse(name, args, lists)?;
        // Before anything starts.
        parsed.as_ref().map_or(Ok(()), ParsedArgs::check_values)?;
        Ok(parsed)
    });
    match parsed {
        Ok(Some(parsed)) => parsed,
        Ok(None) => {
            let _ = write!(Console, "{}", Help { name, lists });
            platform::exit(HELP_SHOWN)
        }
        Err(error) => refuse(&error),
    }
}

/// Prints an error and ends the machine.
pub(crate) fn refuse(error: &ArgumentError) -> ! {
    let _ = writeln!(Console, "error: {error}");
    platform::exit(BAD_ARGUMENT)
}
