//! The table of errors: the code of each, its message and its help.
//!
//! The book's chapter on errors has a section for each code.

pub(crate) mod table;
mod unknown;

use crate::{
    application::PlanError,
    argument,
    files::EntryError,
    graph::SpanId,
    ipv6::Ipv6Error,
    target::{Driven, Driver, Target},
    value_error::{Excerpt, NameServersError, ValueError},
};
use alloc::{format, string::String, vec::Vec};
use table::errors;
pub use unknown::Unknown;
pub(crate) use unknown::list;

/// The maximum length of an image's name: that of a label in a host name (RFC 1035, section 2.3.4), which
/// a DHCP client sends.
pub const MAX_NAME_LEN: usize = 63;

/// An error or a warning, and the tokens it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of error or warning.
    pub kind: DiagnosticKind,
    /// The tokens at which it is reported.
    pub span: SpanId,
    /// The other side of a conflict, and its description, such as `the first is`.
    pub other: Option<(SpanId, &'static str)>,
}

impl Diagnostic {
    /// `kind` at `span`.
    pub const fn new(kind: DiagnosticKind, span: SpanId) -> Self {
        Self {
            kind,
            span,
            other: None,
        }
    }

    /// With the other side of the conflict, such as `the first is`.
    pub fn with(self, span: SpanId, is: &'static str) -> Self {
        Self {
            other: Some((span, is)),
            ..self
        }
    }
}

/// The kind of literal that a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A quoted string.
    Text,
    /// A whole number.
    Number,
    /// The name of a type.
    Type,
}

impl Wanted {
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "a quoted string",
            Self::Number => "a whole number",
            Self::Type => "a type name",
        }
    }
}

errors! {
    /// The kinds of diagnostics of a configuration and of `main`.
    DiagnosticKind:
    /// An item of the attribute with invalid syntax.
    "MIR001" Syntax(expected: String, help: String) =>
        format!("expected {expected}"), help.as_str();
    /// An unknown key.
    "MIR002" UnknownKey(unknown: Unknown) => unknown.message("key"), unknown.help();
    /// A key that is given twice.
    "MIR003" DuplicateKey(key: String) =>
        format!("`{key}` is given twice"), "give it once; one group holds all its items";
    /// A value of the wrong kind, or without quotes.
    "MIR004" WrongValue(key: String, wanted: Wanted, example: String) =>
        format!("`{key}` takes {}", wanted.name()), format!("write `{example}`");
    /// A key without its value.
    "MIR005" NoValue(key: String, example: String) =>
        format!("`{key}` needs a value"), format!("write `{example}`");
    /// A group instead of a value, or a value instead of a group.
    "MIR006" WrongForm(key: String, example: String) =>
        format!("`{key}` cannot be written this way"), format!("write `{example}`");
    /// A property of a network interface without an interface.
    "MIR007" NoInterface(key: String) =>
        format!("`{key}` needs a network interface"), "declare one: `net = \"auto\"`";
    /// A network interface without an address.
    "MIR008" NoAddress =>
        "the network interface has no address",
        "add one: `ip = \"10.0.0.2\"`, `ip6 = \"fd00::2/64\"`, or both";
    /// A property of one interface beside several.
    "MIR009" OfOneInterface(key: String, interface: String) =>
        format!("`{key}` applies to one interface, but there are several"),
        format!("move it into an interface's group, such as `{interface}(…)`");
    /// A declaration of a node that every machine has.
    "MIR038" BuiltIn(name: String) =>
        format!("`{name}` needs no declaration"),
        format!("every machine has it: add a parameter `{name}` to `main`");
    /// A node in a constant or in the configuration of a custom device.
    "MIR039" NodeInValue(name: String, is_device: bool) =>
        format!("a value cannot use the node `{name}`"),
        match is_device {
            true => format!(
                "build the device on the node: `.on({name})` passes it to `wire`; a constant of this name is `self::{name}`"
            ),
            false => format!(
                "values are known when the image is built; only `ip`, `gateway`, `ip6`, `gateway6`, `dns`, `log` and `name` can be given at boot, with `boot`; a constant of this name is `self::{name}`"
            ),
        };
    /// Two nodes with the same name.
    "MIR010" DuplicateName(name: String) => format!("`{name}` names two nodes"), match name.as_str() {
        "console" | "clock" | "random" => {
            format!("every machine has a `{name}`: choose another name")
        }
        _ => "`main` receives nodes by name, so each needs its own".into(),
    };
    /// A parameter that names no node.
    "MIR011" UnknownNode(unknown: Unknown, declaration: Option<&'static str>) =>
        unknown.message("node"), match declaration {
            Some(declaration) => format!("declare it: `{declaration}`"),
            None => unknown.help(),
        };
    /// A node that is not used.
    "MIR012" Unused(name: String, is_custom: bool) =>
        format!("`{name}` is never used"),
        match is_custom {
            true => format!("add a parameter `{name}` to `main`, or, if the device only works in the background, rename it `_{name}`"),
            false => format!("add a parameter `{name}` to `main`, or remove the node"),
        };
    /// Two parameters for one node.
    "MIR013" ReceivedTwice(name: String) => format!("`main` receives `{name}` twice"), "";
    /// A name that an image cannot have.
    "MIR014" ImageName(name: String) =>
        format!("`{}` is not a valid image name", Excerpt::from_source(name).as_str()),
        format!("use 1 to {MAX_NAME_LEN} letters, digits, `-` and `_`");
    /// A device that is built on itself, and the names in the cycle.
    "MIR015" Cycle(path: Vec<String>) =>
        format!("`{}` is built on itself", path[0]), format!("the cycle is {}", path.join(" -> "));
    /// A key whose value cannot be given at boot.
    "MIR016" NotAtBoot(key: String) =>
        format!("`{key}` cannot be given at boot"),
        "only `ip`, `gateway`, `ip6`, `gateway6`, `dns`, `log`, `name` and the fields of `args` can";
    /// A custom device without `.on(…)`.
    "MIR017" NoOn(name: String) =>
        format!("the device `{name}` has no `.on(…)`"),
        format!(
            "write `{name} = CONFIGURATION.on(NODE, …)` with the nodes that it is built on, or `.on()` if there are none"
        );
    /// A name that a device of a target cannot have.
    "MIR018" DeviceName(name: String, target: Target) =>
        format!("a device of the target `{}` cannot be named `{name}`", target.name()),
        target.device_limits().map_or_else(String::new, |limits| {
            format!("use 1 to {} letters and digits", limits.name_length)
        });
    /// More devices than a target supports.
    "MIR019" TooManyDevices(count: usize, target: Target) =>
        format!("the target `{}` does not support {count} devices", target.name()),
        target.device_limits().map_or_else(String::new, |limits| {
            format!("it supports at most {}", limits.devices)
        });
    /// A second default gateway.
    "MIR032" SecondGateway =>
        "the unikernel has two default gateways",
        "only one interface can have a `gateway`: remove the other";
    /// A port without its number.
    "MIR033" NoPortNumber(name: String) =>
        format!("the port `{name}` has no number"), format!("add it: `{name}(port = 80)`");
    /// An unknown algorithm of congestion control.
    "MIR035" UnknownCongestion(unknown: Unknown) =>
        unknown.message("congestion control"), unknown.help();
    /// An unknown mode of conflict detection.
    "MIR036" UnknownConflictDetection(unknown: Unknown) =>
        unknown.message("conflict detection"), unknown.help();
    /// An unknown driver.
    "MIR040" UnknownDriver(unknown: Unknown) => unknown.message("driver"), unknown.help();
    /// A driver that a declared target lacks.
    "MIR041" DriverNotOnTarget(driver: Driver, driven: Driven, target: Target) =>
        format!("the target `{}` has no driver `{}`", target.name(), driver.name()), {
            let drivers = Driver::for_device(*driven).filter(|driver| driver.is_on(*target));
            format!("it has {}", list(drivers.map(Driver::name)))
        };
    /// An unknown target.
    "MIR042" UnknownTarget(unknown: Unknown) => unknown.message("target"), unknown.help();
    /// An empty list of targets.
    "MIR043" NoTarget =>
        "the unikernel has no target",
        format!("the targets are {}", list(Target::ALL.into_iter().map(Target::name)));
    /// A `match target` without an arm for a target.
    "MIR044" NoArm(targets: Vec<Target>) =>
        format!("`match target` has no arm for {}", list(targets.iter().map(|each| each.name()))),
        "add an arm for it or `_`, or remove it from `targets(…)`";
    /// An arm of a `match target` for a target that is not declared.
    "MIR045" Arm(target: Target) =>
        format!("the unikernel does not support `{}`", target.name()),
        "remove the arm, or add the target to `targets(…)`";
    /// An arm of a `match target` that no target chooses.
    "MIR046" UnreachableArm(reason: &'static str) => "no target chooses this arm", *reason;
    /// An unknown log level.
    "MIR052" UnknownLogLevel(unknown: Unknown) => unknown.message("log level"), unknown.help();
    /// An unknown mode of ECN.
    "MIR058" UnknownEcn(unknown: Unknown) => unknown.message("ECN mode"), unknown.help();
    /// The attribute on something that is not a function, or that has no body.
    "MIR060" NotAFunction =>
        "a unikernel's `main` must be a function with a body", "put the attribute on `async fn main`";
    /// A `main` that is not async, or that this attribute makes so, without the feature of programs with std.
    "MIR061" NotAsync(attribute: Option<String>) => match attribute {
        None => "a unikernel's `main` must be async".into(),
        Some(attribute) => format!("`#[{attribute}]` needs the feature `std` of `mirage-rt`"),
    }, match attribute {
        None => "write `async fn main`, or enable the feature `std` of `mirage-rt`",
        Some(_) => "add it to `Cargo.toml`: `mirage-rt = { …, features = [\"std\"] }`",
    };
    /// A `main` with type, lifetime or constant parameters.
    "MIR062" Generic => "a unikernel's `main` cannot be generic", "";
    /// A parameter of an `impl Trait` type.
    "MIR063" ImplTrait(name: String) =>
        format!("the type of `{name}` cannot be `impl Trait`"),
        "write the node's type, such as `TcpListener`";
    /// A `main` with `self`.
    "MIR064" Receiver => "a unikernel's `main` cannot take `self`", "";
    /// A `main` that is `unsafe`, `extern`, `const` or variadic.
    "MIR065" Qualifier(qualifier: &'static str) =>
        format!("a unikernel's `main` cannot be {qualifier}"), "";
    /// A pattern for a parameter.
    "MIR066" Pattern(is_wildcard: bool) => "a parameter of `main` must be a plain name", match is_wildcard {
        true => "the name selects the node: write `_http` for a node `http` that `main` does not use",
        false => "take the whole value, and destructure it in the body",
    };
    /// A parameter with `#[cfg(…)]`.
    "MIR067" Conditional(name: String) =>
        format!("the parameter `{name}` cannot be conditional"),
        "put the `#[cfg(…)]` on its uses in the body";
    /// A second attribute on one function.
    "MIR068" SecondAttribute =>
        "a function can have only one `#[unikernel]`", "move all items into one attribute";
    /// A parameter whose type no node has, and the type of the node.
    "MIR069" ParameterType(name: String, type_: String) =>
        format!("`{name}` is received as `{type_}`"), format!("write `{name}: {type_}`");
    /// The derive `Args` on something that is not a struct with named fields.
    "MIR070" NotAStruct =>
        "boot arguments must be a struct with named fields",
        "derive `Args` for a struct with named fields";
    /// The derive `Args` on a generic struct.
    "MIR071" GenericArguments => "boot arguments cannot be generic", "use concrete types";
    /// Two boot arguments with the same name.
    "MIR072" DuplicateArgument(name: String) =>
        format!("two fields define the argument `{name}`"),
        "rename one of them: `#[arg(name = \"…\")]`";
    /// A boot argument with a name that is reserved for the runtime.
    "MIR073" ReservedArgument(name: String) =>
        format!("the argument name `{name}` is reserved"),
        format!(
            "choose another, `#[arg(name = \"…\")]`; the reserved names are {}",
            list(argument::RESERVED.into_iter()),
        );
    /// A name that a boot argument cannot have.
    "MIR074" ArgumentName(name: String) =>
        format!("`{name}` is not a valid argument name"),
        "begin with a lower-case letter, then use these, digits and single `-` between them: `#[arg(name = \"…\")]`";
    /// A default that is not a value of its argument, and a description of such values.
    "MIR075" ArgumentDefault(text: String, wanted: &'static str) =>
        format!("the default `{}` is not {wanted}", Excerpt::from_source(text).as_str()), "defaults are parsed like boot arguments";
    /// An unknown key of `#[arg(…)]`.
    "MIR076" UnknownArgumentKey(unknown: Unknown) => unknown.message("key"), unknown.help();
    /// A key of `#[arg(…)]` without an effect on this kind of argument.
    "MIR077" NoEffect(key: &'static str, argument: &'static str) =>
        format!("`{key}` has no effect on this {argument}"), match (*key, *argument) {
            ("default", "flag") => "an absent flag is `false`",
            ("default", "list") => "an absent list is empty",
            ("default", _) => "an argument with a default need not be an `Option`",
            _ => "a flag has no value",
        };
    /// A field of a type that is not read from a text, and what to use instead.
    "MIR078" ArgumentType(instead: &'static str) =>
        "a boot argument cannot have this type", *instead;
    /// A function of a program with std that the standard library does not call.
    "MIR079" NotMain(name: String) =>
        format!("`{name}` is not the `main` of the program"), "name it `main`: the standard library calls no other function";
    /// The attribute in a crate that is not a program.
    "MIR080" NotAProgram =>
        "a unikernel is a program, not a library", "put the attribute on a function in `src/main.rs`, or name a unikernel of a plan: `#[unikernel(crate::plan::web)]`";
    /// A key of programs with std, in another program.
    "MIR081" OnlyWithStd(key: String) =>
        format!("`{key}` is for programs with std"),
        "write `fn main` without `async`, or `#[tokio::main]` on it, and enable the feature `std` of `mirage-rt`";
    /// A directory of files that is not within the package.
    "MIR090" RootPath(path: String) =>
        format!("`{}` is not a directory of the package", Excerpt::from_source(path).as_str()),
        "write a path from the package's `Cargo.toml` without `..`, such as `root = \"files/\"`";
    /// A directory of files that cannot be read, and the reason.
    "MIR091" NoRoot(path: String, reason: String) =>
        format!("`{}` cannot be read: {reason}", Excerpt::from_source(path).as_str()),
        "the path is that of a directory, from the package's `Cargo.toml`";
    /// A file that cannot be compiled into the image.
    "MIR092" RootEntry(path: String, error: EntryError) =>
        format!("`{path}` {}", error.message()), error.help();
    /// An unknown value of `outgoing`.
    "MIR110" UnknownOutgoing(unknown: Unknown) => unknown.message("kind of outgoing connections"), unknown.help();
    /// Something that is about IPv4, of an interface with IPv6 only.
    "MIR120" NeedsIpv4(what: String) =>
        format!("{what} needs an interface with an IPv4 address"), "add one: `ip = \"10.0.0.2\"`";
    others:
    /// An error of a value, or a conflict between two.
    Value(error: ValueError) => error.message().as_str(), error.help().as_str();
    /// An error of a list of name servers.
    NameServers(error: NameServersError) => error.message().as_str(), error.help().as_str();
    /// An error of an IPv6 address.
    Ipv6(error: Ipv6Error) => error.message(), error.help();
    /// An error of the plan of an application.
    Plan(error: PlanError) => error.message(), error.help().unwrap_or_default();
}

impl From<ValueError> for DiagnosticKind {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

impl From<Ipv6Error> for DiagnosticKind {
    fn from(error: Ipv6Error) -> Self {
        Self::Ipv6(error)
    }
}

impl From<NameServersError> for DiagnosticKind {
    fn from(error: NameServersError) -> Self {
        Self::NameServers(error)
    }
}

impl From<PlanError> for DiagnosticKind {
    fn from(error: PlanError) -> Self {
        Self::Plan(error)
    }
}

impl DiagnosticKind {
    /// Whether it is a warning, which does not stop the build.
    pub const fn is_warning(&self) -> bool {
        matches!(self, Self::Unused(..))
    }
}
