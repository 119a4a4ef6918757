//! The kinds of values that arguments have.

use super::gateway::Gateway;
use crate::{
    address::{AddressOrDhcp, InterfaceAddress},
    target::LogLevel,
};
use core::{
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
};

/// The table of kinds: the name in manifests, a description of the accepted values for messages, and
/// the check.
macro_rules! kinds {
    ($(
        $(#[$doc:meta])*
        $kind:ident $name:literal $wanted:expr, $accepts:expr;
    )*) => {
        /// The kind of an argument's values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The kind's name in manifests.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// Describes the accepted values. `None` if every text is accepted or only the program
            /// knows.
            pub const fn wanted(self) -> Option<&'static str> {
                match self {
                    $(Self::$kind => $wanted,)*
                }
            }

            /// Whether `text` is a value of this kind. Always `true` for [`Kind::Other`], which only
            /// the program can parse.
            pub fn accepts(self, text: &str) -> bool {
                match self {
                    $(Self::$kind => ($accepts)(text),)*
                }
            }
        }
    };
}

const LOG_LEVELS: Option<&str> = Some("`off`, `error`, `warn`, `info`, `debug` or `trace`");

kinds! {
    /// A flag, which has no value.
    Flag "flag" None, any;
    /// Any text.
    Text "text" None, any;
    /// `true` or `false`.
    Bool "bool" Some("`true` or `false`"), parses::<bool>;
    /// One character.
    Character "character" Some("one character"), parses::<char>;
    /// An unsigned number of 8 bits.
    U8 "u8" Some("a number from 0 to 255"), parses::<u8>;
    /// An unsigned number of 16 bits.
    U16 "u16" Some("a number from 0 to 65535"), parses::<u16>;
    /// An unsigned number of 32 bits.
    U32 "u32" Some("a number from 0 to 4294967295"), parses::<u32>;
    /// An unsigned number of 64 bits.
    U64 "u64" Some("a number from 0 to 18446744073709551615"), parses::<u64>;
    /// A signed number of 8 bits.
    I8 "i8" Some("a number from -128 to 127"), parses::<i8>;
    /// A signed number of 16 bits.
    I16 "i16" Some("a number from -32768 to 32767"), parses::<i16>;
    /// A signed number of 32 bits.
    I32 "i32" Some("a number from -2147483648 to 2147483647"), parses::<i32>;
    /// A signed number of 64 bits.
    I64 "i64" Some("a number from -9223372036854775808 to 9223372036854775807"), parses::<i64>;
    /// An IPv4 address.
    Address "address" Some("an IPv4 address, such as `10.0.0.1`"), parses::<Ipv4Addr>;
    /// An IPv4 address that a host can have, with an optional prefix length.
    InterfaceAddress "interface address"
        Some("the IPv4 address of a host, perhaps with a prefix length, such as `10.0.0.2/24`"),
        parses::<InterfaceAddress>;
    /// The same, or `dhcp`.
    AddressOrDhcp "interface address or dhcp"
        Some("`dhcp`, or the IPv4 address of a host, perhaps with a prefix length, such as `10.0.0.2/24`"),
        parses::<AddressOrDhcp>;
    /// An IPv4 address of a router, or an empty text.
    Gateway "gateway"
        Some("an IPv4 address, such as `10.0.0.1`, or nothing for no gateway"), parses::<Gateway>;
    /// An address, IPv4 or IPv6, and a port.
    SocketAddress "socket address"
        Some("an address and a port, such as `10.0.0.1:53`"), parses::<SocketAddr>;
    /// A log level, in any case.
    LogLevel "log level" LOG_LEVELS, |text: &str| LogLevel::from_name(&text.to_ascii_lowercase()).is_some();
    /// A log level as `--logs` takes it, which may be spelt as MirageOS does.
    Logs "logs" LOG_LEVELS, parses::<LogLevel>;
    /// Any other value, which only the program can parse.
    Other "other" None, any;
}

impl Kind {
    /// Returns the kind with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kind of a type that is written with this name, and [`Kind::Other`] for any other type.
    ///
    /// ```
    /// use mirage_graph::argument::Kind;
    ///
    /// assert_eq!(Kind::for_type("usize"), Kind::U64);
    /// assert_eq!(Kind::for_type("Colour"), Kind::Other);
    /// ```
    pub fn for_type(name: &str) -> Self {
        macro_rules! find {
            ($($type:ident => $kind:ident)*) => {
                match name {
                    $(stringify!($type) => Self::$kind,)*
                    _ => Self::Other,
                }
            };
        }
        crate::argument_types!(find)
    }
}

/// Calls `$callback!` with every Rust type that has a [`Kind`](crate::argument::Kind) of its own, as
/// `TYPE => KIND` for each. The types are named as their users name them, so that the macro, which
/// knows names only, and the runtime, which knows types, agree.
#[macro_export]
macro_rules! argument_types {
    ($callback:ident) => {
        $callback! {
            String => Text
            bool => Bool
            char => Character
            u8 => U8
            u16 => U16
            u32 => U32
            u64 => U64
            usize => U64
            i8 => I8
            i16 => I16
            i32 => I32
            i64 => I64
            isize => I64
            Ipv4Addr => Address
            InterfaceAddress => InterfaceAddress
            SocketAddr => SocketAddress
            LevelFilter => LogLevel
        }
    };
}

fn any(_: &str) -> bool {
    true
}

fn parses<T: FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}
