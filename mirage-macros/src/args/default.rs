//! Defaults of boot arguments whose types are known by name.

use mirage_graph::argument::Kind;
use std::{
    net::{IpAddr, Ipv6Addr, SocketAddrV4, SocketAddrV6},
    num,
    str::FromStr,
};

/// What a value of the type `name` is, if `text` is none. `None` also for a type that is not known.
pub(super) fn wanted(name: String, text: &str) -> Option<&'static str> {
    let kind = Kind::for_type(&name);
    match kind.wanted() {
        Some(wanted) => (!kind.accepts(text)).then_some(wanted),
        None => other_type(&name, text),
    }
}

/// The same for a type that has no [`Kind`]: an image does not check its values before the program reads
/// them.
fn other_type(name: &str, text: &str) -> Option<&'static str> {
    fn unless<T: FromStr>(wanted: &'static str, text: &str) -> Option<&'static str> {
        text.parse::<T>().is_err().then_some(wanted)
    }
    match name {
        "f32" => unless::<f32>("a number", text),
        "f64" => unless::<f64>("a number", text),
        "u128" => unless::<u128>("a whole number that is not negative", text),
        "i128" => unless::<i128>("a whole number", text),
        "IpAddr" => unless::<IpAddr>("an IP address", text),
        "Ipv6Addr" => unless::<Ipv6Addr>("an IPv6 address", text),
        "SocketAddrV4" => unless::<SocketAddrV4>("an IPv4 address and a port", text),
        "SocketAddrV6" => unless::<SocketAddrV6>("an IPv6 address and a port", text),
        "NonZeroU8" => unless::<num::NonZeroU8>("a number from 1 to 255", text),
        "NonZeroU16" => unless::<num::NonZeroU16>("a number from 1 to 65535", text),
        "NonZeroU32" => unless::<num::NonZeroU32>("a number from 1 to 4294967295", text),
        "NonZeroU64" | "NonZeroUsize" => {
            unless::<num::NonZeroU64>("a number from 1 to 18446744073709551615", text)
        }
        "NonZeroU128" => unless::<num::NonZeroU128>("a whole number from 1", text),
        "NonZeroI8" => unless::<num::NonZeroI8>("a number from -128 to 127 other than 0", text),
        "NonZeroI16" => {
            unless::<num::NonZeroI16>("a number from -32768 to 32767 other than 0", text)
        }
        "NonZeroI32" => {
            unless::<num::NonZeroI32>("a number from -2147483648 to 2147483647 other than 0", text)
        }
        "NonZeroI64" | "NonZeroIsize" => unless::<num::NonZeroI64>(
            "a number from -9223372036854775808 to 9223372036854775807 other than 0",
            text,
        ),
        "NonZeroI128" => {
            unless::<num::NonZeroI128>("a whole number of 128 bits other than 0", text)
        }
        _ => None,
    }
}
