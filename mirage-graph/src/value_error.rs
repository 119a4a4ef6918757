//! The errors of values, and the conflicts between two. They are apart from the other diagnostics because
//! constant evaluation reports them too: a value may be a constant expression.

mod hint;

use crate::{
    address::{InterfaceAddress, NotAHost},
    need,
    number::{self, NumberRange},
    port::{self, Protocol},
    size,
    target::Target,
    text::Text,
};
use core::{fmt, net::Ipv4Addr, ops::RangeInclusive};

pub use crate::text::Excerpt;

/// The text of a message.
pub type Message = Text<256>;

/// A table of errors, a row for each: the code, the data, the message, and how to fix it, which is empty
/// if the message is enough.
macro_rules! value_errors {
    (
        $(#[$of_all:meta])*
        $all:ident:
        $(
            $(#[$doc:meta])*
            $code:literal $name:ident $(($($field:ident: $type:ty),*))? => $message:expr, $help:expr;
        )*
    ) => {
        $(#[$of_all])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $all {
            $($(#[$doc])* $name $(($($type),*))?,)*
        }

        impl $all {
            /// The codes in order.
            pub const CODES: &[&str] = &[$($code),*];

            /// The code, which is explained in the book's chapter on errors.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// The message.
            #[allow(unused_variables)]
            pub const fn message(&self) -> Message {
                match self {
                    $(Self::$name $(($($field),*))? => $message,)*
                }
            }

            /// How to fix it; empty if the message is enough.
            #[allow(unused_variables)]
            pub const fn help(&self) -> Message {
                match self {
                    $(Self::$name $(($($field),*))? => $help,)*
                }
            }

            /// Panics with this error. In constant evaluation, rustc reports that at the evaluated
            /// expression. `other` states the position of the other side of a conflict.
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

        impl fmt::Display for $all {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.message().as_str())
            }
        }

        impl core::error::Error for $all {}
    };
}

value_errors! {
    /// An error of a value, or a conflict between two.
    ValueError:
    /// A text that is not an IPv4 address.
    "MIR020" Address(written: Excerpt) =>
        quote("", written).with(" is not an IPv4 address"), text(hint::address(written.as_str()));
    /// A prefix length that is not from 0 to 32.
    "MIR021" PrefixLength(written: Excerpt) =>
        quote("the prefix length of ", written).with(" is not a number from 0 to 32"),
        text(hint::prefix_length(written.as_str()));
    /// An address that no host can have.
    "MIR022" NotAHost(address: Ipv4Addr, is: NotAHost, prefix_length: u8) => {
        let text = text("").with_address(*address).with(" is ").with(is.what());
        match is {
            NotAHost::Network | NotAHost::NetworkBroadcast => {
                text.with(" (/").with_number(*prefix_length as u64).with(")")
            }
            _ => text,
        }
    }, text("use an address that a single host can have");
    /// A gateway outside the network.
    "MIR023" GatewayOutside(gateway: Ipv4Addr, interface: InterfaceAddress) =>
        text("the gateway ")
            .with_address(*gateway)
            .with(" is outside the network ")
            .with_interface(interface.network()),
        text("the gateway must be in the interface's own network: check the prefix length. With `/32` it can be any host on the link");
    /// A gateway that is the unikernel's own address.
    "MIR024" GatewayIsSelf(gateway: Ipv4Addr) =>
        text("the gateway ").with_address(*gateway).with(" is the unikernel's own address"),
        text("use the router's address");
    /// A text that is not a MAC address.
    "MIR025" MacAddress(written: Excerpt) =>
        quote("", written).with(" is not a MAC address"),
        text("write six pairs of hexadecimal digits, such as `02:00:00:00:00:01`");
    /// A MAC address that is not unicast.
    "MIR026" NotUnicast(written: Excerpt) =>
        quote("", written).with(" is not a unicast MAC address"),
        text("the first byte must be even; use `02` for an address of your choice");
    /// An invalid MTU.
    "MIR027" Mtu(written: Excerpt) =>
        text(written.as_str()).with(" bytes is not a valid MTU"), range(number::MTU);
    /// Two interfaces whose networks overlap.
    "MIR028" Overlap(one: InterfaceAddress, other: InterfaceAddress) =>
        text("the networks ")
            .with_interface(one.network())
            .with(" and ")
            .with_interface(other.network())
            .with(" overlap"),
        text("each interface needs its own network: check the prefix lengths");
    /// Two interfaces with the same MAC address.
    "MIR029" DuplicateMacAddress(written: Excerpt) =>
        quote("", written).with(" is the MAC address of two interfaces"),
        text("each interface needs its own MAC address");
    /// A number that is not a port.
    "MIR030" Port(written: Excerpt) =>
        text(written.as_str()).with(" is not a port number"), range(number::PORT);
    /// A port that is declared twice.
    "MIR031" DuplicatePort(protocol: Protocol, port: u16) =>
        text(protocol.acronym()).with(" port ").with_number(*port as u64).with(" is declared twice"),
        text("");
    /// The port of the DHCP client, on an interface with DHCP.
    "MIR034" PortOfDhcp =>
        text("UDP port ")
            .with_number(port::DHCP_CLIENT as u64)
            .with(" is used by the DHCP client"),
        text("choose another port, or give the interface a static address");
    /// A text that is not a size.
    "MIR050" Memory(written: Excerpt) =>
        quote("", written).with(" is not a size"),
        text(hint::size(written.as_str()));
    /// Memory that is too small for an image.
    "MIR051" TooLittleMemory(bytes: u64) =>
        text("an image does not fit in ").with_size(*bytes),
        text("the minimum is ").with_size(size::MIN_MEMORY);
    /// More memory than a machine of the target can have.
    "MIR057" TooMuchMemory(bytes: u64, target: Target) =>
        text("a machine of the target `")
            .with(target.name())
            .with("` cannot have ")
            .with_size(*bytes)
            .with(" of memory"),
        text("the maximum is ")
            .with_size(target.max_memory())
            .with("; `targets(…)` selects the targets");
    /// Less memory than the unikernel needs.
    "MIR053" NotEnoughMemory(memory: u64, needed: u64) =>
        text("the unikernel needs ")
            .with_size(*needed)
            .with(" of memory, more than the ")
            .with_size(*memory)
            .with(" it has"),
        text("give it ").with_size(need::declarable(*needed)).with(", or reduce what is listed");
    /// A number outside the range of its key, and that range.
    "MIR054" OutOfRange(key: &'static str, written: Excerpt, min: u16, max: u16) =>
        text("`").with(key).with("` cannot be ").with(written.as_str()),
        range(NumberRange::for_key(key, *min, *max));
    /// An invalid buffer size.
    "MIR055" Buffer(bytes: u64) =>
        text("a port cannot have a buffer of ").with_size(*bytes), sizes(&size::BUFFERS);
    /// An invalid stack size.
    "MIR056" Stack(bytes: u64) =>
        text("the stack cannot be ").with_size(*bytes), sizes(&size::STACKS);
}

value_errors! {
    /// An error of a list of name servers. It is apart from the others because images that can have those at
    /// run time have the messages of all.
    NameServersError:
    /// A text that is not an IPv4 address.
    "MIR047" NotAnAddress(written: Excerpt) =>
        quote("", written).with(" is not the IPv4 address of a name server"),
        text("write one to three addresses, such as `10.0.0.1` or `10.0.0.1, 10.0.0.2`");
    /// An address that cannot be in the list, and why.
    "MIR048" Unusable(address: Ipv4Addr, why: &'static str) =>
        text("the name server ").with_address(*address).with(" ").with(why),
        text("each name server is one host, and needs to be declared once");
    /// More name servers than an interface can have.
    "MIR049" TooMany =>
        text("an interface has more than three name servers"), text("use one to three");
}

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

// Not inlined: every row calls it.
#[inline(never)]
const fn text(text: &str) -> Message {
    Message::new().with(text)
}

const fn quote(before: &str, written: &Excerpt) -> Message {
    text(before).with("`").with(written.as_str()).with("`")
}

const fn sizes(allowed: &RangeInclusive<u64>) -> Message {
    text("use ")
        .with_size(*allowed.start())
        .with(" to ")
        .with_size(*allowed.end())
}

const fn range(range: NumberRange) -> Message {
    text("use a number from ")
        .with_number(range.min as u64)
        .with(" to ")
        .with_number(range.max as u64)
}
