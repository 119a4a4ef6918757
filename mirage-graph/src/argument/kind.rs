//! What the values of an argument are.

use crate::{address::InterfaceAddress, target::LogLevel};
use core::{
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
};

/// What the values of an argument are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It has none: it is given or not.
    Flag,
    /// Any text.
    Text,
    /// `true` or `false`.
    Bool,
    /// One character.
    Character,
    /// A number from 0 to 255.
    U8,
    /// A number from 0 to 65535.
    U16,
    /// A number of 32 bits.
    U32,
    /// A number of 64 bits.
    U64,
    /// A number from -128 to 127.
    I8,
    /// A number from -32768 to 32767.
    I16,
    /// A number of 32 bits, with a sign.
    I32,
    /// A number of 64 bits, with a sign.
    I64,
    /// An IPv4 address.
    Address,
    /// An IPv4 address that a host can have, perhaps with a prefix length.
    InterfaceAddress,
    /// An address, IPv4 or IPv6, and a port.
    SocketAddress,
    /// A log level.
    LogLevel,
    /// Something else, which only the program can read.
    Other,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Flag,
        Self::Text,
        Self::Bool,
        Self::Character,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::Address,
        Self::InterfaceAddress,
        Self::SocketAddress,
        Self::LogLevel,
        Self::Other,
    ];

    /// The kind's name in manifests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Character => "character",
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::Address => "address",
            Self::InterfaceAddress => "interface address",
            Self::SocketAddress => "socket address",
            Self::LogLevel => "log level",
            Self::Other => "other",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Describes the accepted values. `None` if every text is accepted or only the program knows.
    pub const fn wanted(self) -> Option<&'static str> {
        Some(match self {
            Self::Bool => "`true` or `false`",
            Self::Character => "one character",
            Self::U8 => "a number from 0 to 255",
            Self::U16 => "a number from 0 to 65535",
            Self::U32 => "a number from 0 to 4294967295",
            Self::U64 => "a number from 0 to 18446744073709551615",
            Self::I8 => "a number from -128 to 127",
            Self::I16 => "a number from -32768 to 32767",
            Self::I32 => "a number from -2147483648 to 2147483647",
            Self::I64 => "a number from -9223372036854775808 to 9223372036854775807",
            Self::Address => "an IPv4 address, such as `10.0.0.1`",
            Self::InterfaceAddress => {
                "the IPv4 address of a host, perhaps with a prefix length, such as `10.0.0.2/24`"
            }
            Self::SocketAddress => "an address and a port, such as `10.0.0.1:53`",
            Self::LogLevel => "`off`, `error`, `warn`, `info`, `debug` or `trace`",
            Self::Flag | Self::Text | Self::Other => return None,
        })
    }

    /// Whether `text` is a value of this kind. Always `true` for [`Kind::Other`], which only the
    /// program can parse.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Flag | Self::Text | Self::Other => true,
            Self::Bool => is::<bool>(text),
            Self::Character => is::<char>(text),
            Self::U8 => is::<u8>(text),
            Self::U16 => is::<u16>(text),
            Self::U32 => is::<u32>(text),
            Self::U64 => is::<u64>(text),
            Self::I8 => is::<i8>(text),
            Self::I16 => is::<i16>(text),
            Self::I32 => is::<i32>(text),
            Self::I64 => is::<i64>(text),
            Self::Address => is::<Ipv4Addr>(text),
            Self::InterfaceAddress => is::<InterfaceAddress>(text),
            Self::SocketAddress => is::<SocketAddr>(text),
            Self::LogLevel => text.to_ascii_lowercase().parse::<LogLevel>().is_ok(),
        }
    }
}

fn is<T: FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}
