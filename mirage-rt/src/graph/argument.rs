//! Boot arguments as the derive [`Args`](macro@crate::Args) and the attribute describe them.

use alloc::string::String;
use core::{
    marker::PhantomData,
    net::{Ipv4Addr, SocketAddr},
};
use log::LevelFilter;
pub use mirage_graph::{
    address::AddressOrDhcp,
    argument::{
        Argument, Gateway, Kind, ParsedArgs, Presence, Value, command_line::Unfinished, standard,
    },
    value_error::ValueError,
};
use mirage_graph::{address::InterfaceAddress, argument::ArgumentError};

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

/// Returns why an interface cannot use its gateway, if it has both: a DHCP server may lease its address.
pub fn gateway_conflict(
    address: Option<InterfaceAddress>,
    gateway: Option<Ipv4Addr>,
) -> Option<ValueError> {
    address?.cannot_use(gateway?)
}

/// Returns why two interfaces cannot have their addresses, if both have one: a DHCP server may lease them.
pub fn network_conflict(
    one: Option<InterfaceAddress>,
    other: Option<InterfaceAddress>,
) -> Option<ValueError> {
    one?.conflicts_with(other?)
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
