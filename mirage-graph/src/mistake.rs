//! The table of errors: the code of each, its message and its help.
//!
//! The book's chapter on errors has a section for each code.

use crate::{
    address::{self, NotAHost},
    argument,
    graph::Place,
    port, size,
    target::{Driver, Target},
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::net::Ipv4Addr;

/// A mistake and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub mistake: Mistake,
    /// The tokens that are wrong.
    pub place: Place,
    /// The other side of a conflict, and what it is there.
    pub other: Option<(Place, &'static str)>,
}

impl Finding {
    /// `mistake` at `place`.
    pub const fn new(mistake: Mistake, place: Place) -> Self {
        Self {
            mistake,
            place,
            other: None,
        }
    }

    /// With the other side of the conflict, such as `the first is`.
    pub fn with(self, place: Place, is: &'static str) -> Self {
        Self {
            other: Some((place, is)),
            ..self
        }
    }
}

/// A name that is not known, the nearest that is, and all that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What was written.
    pub name: String,
    /// What was perhaps meant.
    pub nearest: Option<String>,
    /// All there is to choose from.
    pub known: Vec<String>,
}

impl Unknown {
    fn help(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`? {}", self.choices()),
            None => self.choices(),
        }
    }

    fn choices(&self) -> String {
        match self.known.as_slice() {
            [] => "there is none".into(),
            [only] => format!("there is only `{only}`"),
            all => format!("there are {}", list(all.iter().map(String::as_str))),
        }
    }
}

/// What kind of literal a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A text in quotes.
    Text,
    /// A whole number.
    Number,
}

impl Wanted {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Number => "a whole number",
        }
    }
}

macro_rules! mistakes {
    ($(
        $(#[$doc:meta])*
        $code:literal $name:ident $(($($field:ident: $type:ty),*))?
    )*) => {
        /// What can be wrong with a configuration or with `main`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Mistake {
            $($(#[$doc])* $name $(($($type),*))?,)*
        }

        impl Mistake {
            /// Every code, in order.
            pub const CODES: &[&str] = &[$($code),*];

            /// The code, which the book's chapter on errors explains.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }
        }
    };
}

mistakes! {
    /// An item of the attribute that is none of its forms.
    "MIR001" Syntax(expected: String)
    /// A key that there is not.
    "MIR002" UnknownKey(unknown: Unknown)
    /// A key that is given twice.
    "MIR003" DuplicateKey(key: String)
    /// A value of the wrong kind, or without its quotes.
    "MIR004" WrongValue(key: String, wanted: Wanted, example: String)
    /// A key without its value.
    "MIR005" NoValue(key: String, example: String)
    /// A group where a value stands, or a value where a group stands.
    "MIR006" WrongForm(key: String, example: String)
    /// A property of the network interface, and there is none.
    "MIR007" NoInterface(key: String)
    /// A network interface without an address.
    "MIR008" NoAddress
    /// Two nodes of one name.
    "MIR010" DuplicateName(name: String)
    /// A parameter that names no node.
    "MIR011" UnknownNode(unknown: Unknown)
    /// A node that nobody uses.
    "MIR012" Unused(name: String)
    /// Two parameters for one node.
    "MIR013" ReceivedTwice(name: String)
    /// A name that an image cannot have.
    "MIR014" ImageName(name: String)
    /// A device that is built on itself; the names of the way round.
    "MIR015" Cycle(path: Vec<String>)
    /// A text that is not an IPv4 address.
    "MIR020" Address(text: String)
    /// A prefix length that is not from 0 to 32.
    "MIR021" PrefixLength(text: String)
    /// An address that no host can have.
    "MIR022" NotAHost(address: Ipv4Addr, is: NotAHost, prefix_length: u8)
    /// A gateway outside the network.
    "MIR023" GatewayOutside(gateway: Ipv4Addr, address: Ipv4Addr, prefix_length: u8)
    /// A gateway that is the unikernel's own address.
    "MIR024" GatewayIsSelf(gateway: Ipv4Addr)
    /// A text that is not an Ethernet address.
    "MIR025" HardwareAddress(text: String)
    /// An Ethernet address that is not of one station.
    "MIR026" NotAStation(text: String)
    /// A packet size that no link has.
    "MIR027" Mtu(written: String)
    /// A number that is not a port.
    "MIR030" Port(written: String)
    /// One port twice.
    "MIR031" DuplicatePort(protocol: &'static str, port: u16)
    /// A driver that there is not.
    "MIR040" UnknownDriver(unknown: Unknown)
    /// A driver that a declared target lacks.
    "MIR041" DriverNotOnTarget(driver: Driver, target: Target)
    /// A target that there is not.
    "MIR042" UnknownTarget(unknown: Unknown)
    /// No target at all.
    "MIR043" NoTarget
    /// A text that is not an amount of memory.
    "MIR050" Memory(text: String)
    /// Memory that cannot hold an image.
    "MIR051" TooLittleMemory(bytes: u64)
    /// A log level that there is not.
    "MIR052" UnknownLogLevel(unknown: Unknown)
    /// The attribute on something that is not a function.
    "MIR060" NotAFunction
    /// A `main` that is not async.
    "MIR061" NotAsync
    /// A `main` with type, lifetime or constant parameters.
    "MIR062" Generic
    /// A parameter of an `impl Trait` type.
    "MIR063" ImplTrait(name: String)
    /// A `main` with `self`.
    "MIR064" Receiver
    /// A `main` that is `unsafe`, `extern`, `const` or variadic.
    "MIR065" Qualifier(qualifier: &'static str)
    /// A pattern for a parameter.
    "MIR066" Pattern
    /// Boot arguments of something that is not a struct with named fields.
    "MIR070" NotAStruct
    /// Boot arguments of a generic struct.
    "MIR071" GenericArguments
    /// Two boot arguments of one name.
    "MIR072" DuplicateArgument(name: String)
    /// A boot argument of a name that the runtime has.
    "MIR073" ReservedArgument(name: String)
    /// A name that a boot argument cannot have.
    "MIR074" ArgumentName(name: String)
    /// A default that is not a value of its argument, and what would be.
    "MIR075" ArgumentDefault(text: String, wanted: &'static str)
    /// A key of `#[arg(…)]` that there is not.
    "MIR076" UnknownArgumentKey(unknown: Unknown)
    /// A key of `#[arg(…)]` that says nothing of this argument.
    "MIR077" NoEffect(key: &'static str, argument: &'static str)
}

impl Mistake {
    /// Whether the unikernel is built nevertheless.
    pub const fn is_warning(&self) -> bool {
        matches!(self, Self::Unused(_))
    }

    /// What is wrong, in a sentence.
    pub fn message(&self) -> String {
        match self {
            Self::Syntax(expected) => format!("expected {expected}"),
            Self::UnknownKey(unknown) => format!("there is no key `{}`", unknown.name),
            Self::DuplicateKey(key) => format!("`{key}` is given twice"),
            Self::WrongValue(key, wanted, _) => format!("`{key}` takes {}", wanted.name()),
            Self::NoValue(key, _) => format!("`{key}` needs a value"),
            Self::WrongForm(key, _) => format!("`{key}` is not written like this"),
            Self::NoInterface(key) => format!("`{key}` needs a network interface"),
            Self::NoAddress => "the network interface has no address".into(),
            Self::DuplicateName(name) => format!("`{name}` names two nodes"),
            Self::UnknownNode(unknown) => format!("there is no node `{}`", unknown.name),
            Self::Unused(name) => format!("nobody uses `{name}`"),
            Self::ReceivedTwice(name) => format!("`main` receives `{name}` twice"),
            Self::ImageName(name) => format!("`{name}` is not a name for an image"),
            Self::Cycle(path) => format!("`{}` is built on itself", path[0]),
            Self::Address(text) => format!("`{text}` is not an IPv4 address"),
            Self::PrefixLength(text) => {
                format!("the prefix length of `{text}` is not a number from 0 to 32")
            }
            Self::NotAHost(address, is, prefix_length) => match is {
                NotAHost::Network | NotAHost::NetworkBroadcast => {
                    format!("{address} is {} (/{prefix_length})", is.what())
                }
                _ => format!("{address} is {}", is.what()),
            },
            Self::GatewayOutside(gateway, address, prefix_length) => format!(
                "the gateway {gateway} is outside the network {}/{prefix_length}",
                address::network(*address, *prefix_length)
            ),
            Self::GatewayIsSelf(gateway) => {
                format!("the gateway {gateway} is the unikernel's own address")
            }
            Self::HardwareAddress(text) => format!("`{text}` is not an Ethernet address"),
            Self::NotAStation(text) => {
                format!("`{text}` is not the Ethernet address of one station")
            }
            Self::Mtu(written) => format!("{written} bytes is not a packet size that a link has"),
            Self::Port(written) => format!("{written} is not a port"),
            Self::DuplicatePort(protocol, port) => {
                format!("{} port {port} is declared twice", protocol.to_uppercase())
            }
            Self::UnknownDriver(unknown) => format!("there is no driver `{}`", unknown.name),
            Self::DriverNotOnTarget(driver, target) => format!(
                "the target `{}` has no driver `{}`",
                target.name(),
                driver.name()
            ),
            Self::UnknownTarget(unknown) => format!("there is no target `{}`", unknown.name),
            Self::NoTarget => "the unikernel has no target".into(),
            Self::Memory(text) => format!("`{text}` is not an amount of memory"),
            Self::TooLittleMemory(bytes) => {
                format!("an image does not fit in {}", size::display(*bytes))
            }
            Self::UnknownLogLevel(unknown) => format!("there is no log level `{}`", unknown.name),
            Self::NotAFunction => "only a function can be a unikernel's `main`".into(),
            Self::NotAsync => "a unikernel's `main` is async".into(),
            Self::Generic => "a unikernel's `main` has no generic parameters".into(),
            Self::ImplTrait(name) => {
                format!("the type of `{name}` must be written out, not `impl Trait`")
            }
            Self::Receiver => "a unikernel's `main` has no `self`".into(),
            Self::Qualifier(qualifier) => {
                format!("a unikernel's `main` cannot be {qualifier}")
            }
            Self::Pattern => "a parameter of `main` is a name".into(),
            Self::NotAStruct => "boot arguments are the fields of a struct".into(),
            Self::GenericArguments => "boot arguments have no generic parameters".into(),
            Self::DuplicateArgument(name) => format!("two fields are the argument `{name}`"),
            Self::ReservedArgument(name) => format!("the runtime has an argument `{name}`"),
            Self::ArgumentName(name) => format!("`{name}` is not a name for an argument"),
            Self::ArgumentDefault(text, wanted) => format!("the default `{text}` is not {wanted}"),
            Self::UnknownArgumentKey(unknown) => format!("there is no key `{}`", unknown.name),
            Self::NoEffect(key, argument) => format!("`{key}` says nothing of this {argument}"),
        }
    }

    /// What can be done about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::UnknownKey(unknown)
            | Self::UnknownNode(unknown)
            | Self::UnknownDriver(unknown)
            | Self::UnknownTarget(unknown)
            | Self::UnknownLogLevel(unknown)
            | Self::UnknownArgumentKey(unknown) => unknown.help(),
            Self::WrongValue(_, _, example)
            | Self::NoValue(_, example)
            | Self::WrongForm(_, example) => format!("write `{example}`"),
            Self::NoInterface(_) => "declare one: `net = \"auto\"`".into(),
            Self::NoAddress => "give it one: `ip = \"10.0.0.2\"`".into(),
            Self::DuplicateKey(_) => "give it once; a group takes all its items".into(),
            Self::DuplicateName(name)
                if matches!(name.as_str(), "console" | "clock" | "random") =>
            {
                format!("every machine has a `{name}`: choose another name")
            }
            Self::DuplicateName(_) => "a parameter of `main` receives a node by its name".into(),
            Self::Unused(name) => {
                format!("receive it in `main`, as a parameter `{name}`, or leave it out")
            }
            Self::ImageName(_) => "it takes letters, digits, `-` and `_`".into(),
            Self::Cycle(path) => format!("the way round is {}", path.join(" -> ")),
            Self::Address(_) => "it is four numbers from 0 to 255, such as `10.0.0.2`".into(),
            Self::PrefixLength(_) => "no prefix length means 24".into(),
            Self::NotAHost(..) => "a unikernel needs an address that one host can have".into(),
            Self::GatewayOutside(..) => {
                "a gateway must be reachable without one: check the prefix length".into()
            }
            Self::GatewayIsSelf(_) => "it is the address of the router".into(),
            Self::HardwareAddress(_) => {
                "it is six pairs of hexadecimal digits, such as `02:00:00:00:00:01`".into()
            }
            Self::NotAStation(_) => {
                "the first byte is even, and `02` for an address of your own".into()
            }
            Self::Mtu(_) => bounds(&port::MTUS),
            Self::Port(_) => bounds(&port::PORTS),
            Self::DriverNotOnTarget(_, target) => {
                let has = Driver::ALL
                    .into_iter()
                    .filter(|driver| driver.is_on(*target));
                format!("it has {}", list(has.map(Driver::name)))
            }
            Self::NoTarget => {
                format!(
                    "the targets are {}",
                    list(Target::ALL.iter().map(|target| target.name()))
                )
            }
            Self::Memory(_) => "it is a number and `KiB`, `MiB` or `GiB`, such as `16MiB`".into(),
            Self::TooLittleMemory(_) => {
                format!("the least is {}", size::display(size::LEAST_MEMORY))
            }
            Self::NotAsync => "write `async fn main`".into(),
            Self::NotAFunction => "put the attribute on `async fn main`".into(),
            Self::Pattern => "take the whole value, and take it apart in the body".into(),
            Self::ImplTrait(_) => "write the type that the node has, such as `TcpListener`".into(),
            Self::NotAStruct => "put the derive on a struct with named fields".into(),
            Self::GenericArguments => "write the types out".into(),
            Self::DuplicateArgument(_) => "choose another: `#[arg(name = \"…\")]`".into(),
            Self::ReservedArgument(_) => {
                format!(
                    "choose another: `#[arg(name = \"…\")]`; it has {}",
                    list(argument::RESERVED.into_iter())
                )
            }
            Self::ArgumentName(_) => {
                "it takes lower-case letters, digits and single `-` between: `#[arg(name = \"…\")]`"
                    .into()
            }
            Self::ArgumentDefault(..) => "the default is read as a boot argument is".into(),
            Self::NoEffect("default", "flag") => "a flag that is not given is `false`".into(),
            Self::NoEffect("default", "list") => "a list that is not given is empty".into(),
            Self::NoEffect("default", _) => "with a default it need not be an `Option`".into(),
            Self::NoEffect(..) => "a flag has no value".into(),
            Self::Syntax(_)
            | Self::DuplicatePort(..)
            | Self::ReceivedTwice(_)
            | Self::Generic
            | Self::Receiver
            | Self::Qualifier(_) => return None,
        })
    }
}

fn bounds(range: &core::ops::RangeInclusive<u64>) -> String {
    format!("it is a number from {} to {}", range.start(), range.end())
}

/// `a`, `b` and `c`, in backquotes.
fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}
