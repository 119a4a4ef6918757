//! The errors of values, and the conflicts between two. They are apart from the other diagnostics because
//! constant evaluation reports them too: a value may be a constant expression.

use crate::{
    address::{InterfaceAddress, NotAHost},
    need,
    number::{self, NumberRange},
    port::{self, Protocol},
    size,
    text::Text,
};
use core::{fmt, net::Ipv4Addr, ops::RangeInclusive};

/// Source text in a message, truncated if it is longer.
pub type Excerpt = Text<64>;

macro_rules! value_errors {
    ($(
        $(#[$doc:meta])*
        $code:literal $name:ident $(($($field:ident: $type:ty),*))?
    )*) => {
        /// An error of a value, or a conflict between two.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ValueError {
            $($(#[$doc])* $name $(($($type),*))?,)*
        }

        impl ValueError {
            /// The codes in order.
            pub const CODES: &[&str] = &[$($code),*];

            /// The code, which is explained in the book's chapter on errors.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }
        }
    };
}

value_errors! {
    /// A text that is not an IPv4 address.
    "MIR020" Address(text: Excerpt)
    /// A prefix length that is not from 0 to 32.
    "MIR021" PrefixLength(text: Excerpt)
    /// An address that no host can have.
    "MIR022" NotAHost(address: Ipv4Addr, is: NotAHost, prefix_length: u8)
    /// A gateway outside the network.
    "MIR023" GatewayOutside(gateway: Ipv4Addr, interface: InterfaceAddress)
    /// A gateway that is the unikernel's own address.
    "MIR024" GatewayIsSelf(gateway: Ipv4Addr)
    /// A text that is not a MAC address.
    "MIR025" MacAddress(text: Excerpt)
    /// A MAC address that is not unicast.
    "MIR026" NotUnicast(text: Excerpt)
    /// An invalid MTU.
    "MIR027" Mtu(written: Excerpt)
    /// Two interfaces whose networks overlap.
    "MIR028" Overlap(one: InterfaceAddress, other: InterfaceAddress)
    /// Two interfaces with the same MAC address.
    "MIR029" DuplicateMacAddress(text: Excerpt)
    /// A number that is not a port.
    "MIR030" Port(written: Excerpt)
    /// A port that is declared twice.
    "MIR031" DuplicatePort(protocol: Protocol, port: u16)
    /// The port of the DHCP client, on an interface with DHCP.
    "MIR034" PortOfDhcp
    /// A text that is not a size.
    "MIR050" Memory(text: Excerpt)
    /// Memory that is too small for an image.
    "MIR051" TooLittleMemory(bytes: u64)
    /// Less memory than the unikernel needs.
    "MIR053" NotEnoughMemory(memory: u64, needed: u64)
    /// A number outside the range of its key, and that range.
    "MIR054" OutOfRange(key: &'static str, written: Excerpt, min: u16, max: u16)
    /// An invalid buffer size.
    "MIR055" Buffer(bytes: u64)
    /// An invalid stack size.
    "MIR056" Stack(bytes: u64)
}

/// The text of a message.
pub type Message = Text<256>;

impl ValueError {
    /// The message.
    pub const fn message(&self) -> Message {
        let text = Message::new();
        match self {
            Self::Address(written) => quote(text, written).with(" is not an IPv4 address"),
            Self::PrefixLength(written) => quote(text.with("the prefix length of "), written)
                .with(" is not a number from 0 to 32"),
            Self::NotAHost(address, is, prefix_length) => {
                let text = text.with_address(*address).with(" is ").with(is.what());
                match is {
                    NotAHost::Network | NotAHost::NetworkBroadcast => text
                        .with(" (/")
                        .with_number(*prefix_length as u64)
                        .with(")"),
                    _ => text,
                }
            }
            Self::GatewayOutside(gateway, interface) => text
                .with("the gateway ")
                .with_address(*gateway)
                .with(" is outside the network ")
                .with_interface(interface.network()),
            Self::GatewayIsSelf(gateway) => text
                .with("the gateway ")
                .with_address(*gateway)
                .with(" is the unikernel's own address"),
            Self::MacAddress(written) => quote(text, written).with(" is not a MAC address"),
            Self::NotUnicast(written) => quote(text, written).with(" is not a unicast MAC address"),
            Self::Mtu(written) => text
                .with(written.as_str())
                .with(" bytes is not a valid MTU"),
            Self::Overlap(one, other) => text
                .with("the networks ")
                .with_interface(one.network())
                .with(" and ")
                .with_interface(other.network())
                .with(" overlap"),
            Self::DuplicateMacAddress(written) => {
                quote(text, written).with(" is the MAC address of two interfaces")
            }
            Self::Port(written) => text.with(written.as_str()).with(" is not a port number"),
            Self::DuplicatePort(protocol, port) => text
                .with(protocol.acronym())
                .with(" port ")
                .with_number(*port as u64)
                .with(" is declared twice"),
            Self::PortOfDhcp => text
                .with("UDP port ")
                .with_number(port::DHCP_CLIENT as u64)
                .with(" is used by the DHCP client"),
            Self::Memory(written) => quote(text, written).with(" is not a size"),
            Self::TooLittleMemory(bytes) => {
                text.with("an image does not fit in ").with_size(*bytes)
            }
            Self::NotEnoughMemory(memory, needed) => text
                .with("the unikernel needs ")
                .with_size(*needed)
                .with(" of memory, more than the ")
                .with_size(*memory)
                .with(" it has"),
            Self::OutOfRange(key, written, ..) => text
                .with("`")
                .with(key)
                .with("` cannot be ")
                .with(written.as_str()),
            Self::Buffer(bytes) => text
                .with("a port cannot have a buffer of ")
                .with_size(*bytes),
            Self::Stack(bytes) => text.with("the stack cannot be ").with_size(*bytes),
        }
    }

    /// How to fix it; empty if the message is enough.
    pub const fn help(&self) -> Message {
        let text = Message::new();
        match self {
            Self::Address(written) if matches!(written.as_str().as_bytes(), b"dhcp") => {
                text.with("`ip = \"dhcp\"` is a literal: it cannot be a constant or given at boot")
            }
            Self::Address(_) => text.with("write four numbers from 0 to 255, such as `10.0.0.2`"),
            Self::PrefixLength(_) => text.with("the default prefix length is 24"),
            Self::NotAHost(..) => text.with("use an address that a single host can have"),
            Self::GatewayOutside(..) => text.with(
                "the gateway must be in the interface's own network: check the prefix length",
            ),
            Self::GatewayIsSelf(_) => text.with("use the router's address"),
            Self::MacAddress(_) => {
                text.with("write six pairs of hexadecimal digits, such as `02:00:00:00:00:01`")
            }
            Self::NotUnicast(_) => {
                text.with("the first byte must be even; use `02` for an address of your choice")
            }
            Self::Mtu(_) => range(text, number::MTU),
            Self::Overlap(..) => {
                text.with("each interface needs its own network: check the prefix lengths")
            }
            Self::DuplicateMacAddress(_) => text.with("each interface needs its own MAC address"),
            Self::Port(_) => range(text, number::PORT),
            Self::DuplicatePort(..) => text,
            Self::PortOfDhcp => {
                text.with("choose another port, or give the interface a static address")
            }
            Self::Memory(_) => {
                text.with("write a whole number and `KiB`, `MiB` or `GiB`, such as `16MiB`")
            }
            Self::TooLittleMemory(_) => text.with("the minimum is ").with_size(size::MIN_MEMORY),
            Self::NotEnoughMemory(_, needed) => text
                .with("give it ")
                .with_size(need::declarable(*needed))
                .with(", or reduce what is listed"),
            Self::OutOfRange(key, _, min, max) => {
                range(text, NumberRange::for_key(key, *min, *max))
            }
            Self::Buffer(_) => sizes(text.with("use "), &size::BUFFERS),
            Self::Stack(_) => sizes(text.with("use "), &size::STACKS),
        }
    }

    /// Panics with this error. In constant evaluation, rustc reports that at the evaluated expression.
    /// `other` states the position of the other side of a conflict.
    #[track_caller]
    pub const fn report(&self, other: &str) -> ! {
        let text = Report::new()
            .with(self.code())
            .with(": ")
            .with(self.message().as_str());
        let text = followed(text, "\n", other);
        let text = followed(text, "\nhelp: ", self.help().as_str());
        panic!("{}", text.as_str())
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().as_str())
    }
}

impl core::error::Error for ValueError {}

/// The text of a report. The note on the other side of a conflict can be a table.
type Report = Text<2048>;

/// Appends `more`, unless it is empty.
const fn followed(text: Report, between: &str, more: &str) -> Report {
    if more.is_empty() {
        text
    } else {
        text.with(between).with(more)
    }
}

const fn quote(text: Message, written: &Excerpt) -> Message {
    text.with("`").with(written.as_str()).with("`")
}

const fn sizes(text: Message, allowed: &RangeInclusive<u64>) -> Message {
    text.with_size(*allowed.start())
        .with(" to ")
        .with_size(*allowed.end())
}

const fn range(text: Message, range: NumberRange) -> Message {
    text.with("use a number from ")
        .with_number(range.min as u64)
        .with(" to ")
        .with_number(range.max as u64)
}
