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
use core::{
    fmt::Write,
    marker::PhantomData,
    net::{Ipv4Addr, SocketAddr},
};
use log::LevelFilter;
use mirage_graph::argument::{BAD_ARGUMENT, HELP_SHOWN, Help};
pub use mirage_graph::{
    address::InterfaceAddress,
    argument::{Argument, ArgumentError, Kind, ParsedArgs, Presence, Value, standard},
    value_error::ValueError,
};

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

/// Maps a type to the kind of its argument: `KindOf::<u16>::KIND`. The tool checks values by their
/// kind.
#[derive(Debug)]
pub struct KindOf<T>(PhantomData<T>);

/// The kind of all types that have none of their own. An inherent constant takes precedence over
/// this one.
pub trait OtherKind {
    /// [`Kind::Other`], unless the type has a constant of this name.
    const KIND: Kind = Kind::Other;
}

impl<T> OtherKind for KindOf<T> {}

macro_rules! kinds_of_types {
    ($($type:ident => $kind:ident)*) => {
        $(
            impl KindOf<$type> {
                /// The kind of this type.
                pub const KIND: Kind = Kind::$kind;
            }
        )*
    };
}

mirage_graph::argument_types!(kinds_of_types);

/// Converts the result of a check between two values of which one is given at boot.
///
/// # Errors
/// Returns [`ArgumentError::Conflict`] if the values do not agree.
pub fn agree(error: Option<ValueError>) -> Result<(), ArgumentError> {
    match error {
        Some(error) => Err(ArgumentError::Conflict(error)),
        None => Ok(()),
    }
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
        let parsed = ParsedArgs::parse(args, lists)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_under_every_name() {
        type Port = u16;
        struct Colour;
        assert_eq!(KindOf::<Port>::KIND, Kind::U16);
        assert_eq!(KindOf::<core::primitive::char>::KIND, Kind::Character);
        assert_eq!(KindOf::<Colour>::KIND, Kind::Other);
        assert_eq!(KindOf::<Option<u16>>::KIND, Kind::Other);
    }

    /// The tool and the macro check a value by the kind of its type, the program by parsing it.
    #[test]
    fn kinds_accept_what_types_parse() {
        const TEXTS: [&str; 28] = [
            "",
            " ",
            "a",
            "ab",
            "ß",
            "true",
            "True",
            "0",
            "-1",
            "+1",
            "127",
            "128",
            "255",
            "256",
            "65536",
            "4294967296",
            "18446744073709551616",
            "-9223372036854775809",
            "1.5",
            "10.0.0.1",
            "10.0.0.0",
            "10.0.0.2/24",
            "10.0.0.1:53",
            "[::1]:53",
            "info",
            "INFO",
            "*:info",
            "quiet",
        ];
        macro_rules! check {
            ($($type:ident => $kind:ident)*) => {$(
                assert_eq!(KindOf::<$type>::KIND, Kind::$kind);
                assert_eq!(Kind::for_type(stringify!($type)), Kind::$kind);
                for text in TEXTS {
                    let parsed = <$type as Value>::read(text).is_ok();
                    assert_eq!(Kind::$kind.accepts(text), parsed, "{text:?} as {}", stringify!($type));
                }
            )*};
        }
        mirage_graph::argument_types!(check);
    }
}
