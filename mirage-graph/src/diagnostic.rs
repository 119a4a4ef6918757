//! The table of errors: the code of each, its message and its help.
//!
//! The book's chapter on errors has a section for each code.

use crate::{
    argument,
    graph::SpanId,
    nearest::nearest,
    target::{Driven, Driver, Target},
    value_error::ValueError,
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

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

/// An unknown name, the most similar valid one, and all valid ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The unknown name.
    pub name: String,
    /// The most similar valid name.
    pub nearest: Option<String>,
    /// All valid names.
    pub choices: Vec<String>,
}

impl Unknown {
    /// The name `name`, which is not one of `choices`.
    pub fn new(name: String, choices: Vec<String>) -> Self {
        let nearest = nearest(&name, choices.iter().map(String::as_str));
        Self {
            nearest: nearest.map(Into::into),
            name,
            choices,
        }
    }

    fn help(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`? {}", self.list()),
            None => self.list(),
        }
    }

    fn list(&self) -> String {
        match self.choices.as_slice() {
            [] => "there are no choices".into(),
            [only] => format!("the only choice is `{only}`"),
            all => format!("the choices are {}", list(all.iter().map(String::as_str))),
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

macro_rules! kinds {
    ($(
        $(#[$doc:meta])*
        $code:literal $name:ident $(($($field:ident: $type:ty),*))?
    )*) => {
        /// The kinds of diagnostics of a configuration and of `main`.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum DiagnosticKind {
            $($(#[$doc])* $name $(($($type),*))?,)*
            /// An error of a value, or a conflict between two.
            Value(ValueError),
        }

        impl DiagnosticKind {
            /// The codes in order, except those of values ([`ValueError::CODES`]).
            pub const CODES: &[&str] = &[$($code),*];

            /// The code, which is explained in the book's chapter on errors.
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                    Self::Value(error) => error.code(),
                }
            }
        }
    };
}

kinds! {
    /// An item of the attribute with invalid syntax.
    "MIR001" Syntax(expected: String)
    /// An unknown key.
    "MIR002" UnknownKey(unknown: Unknown)
    /// A key that is given twice.
    "MIR003" DuplicateKey(key: String)
    /// A value of the wrong kind, or without quotes.
    "MIR004" WrongValue(key: String, wanted: Wanted, example: String)
    /// A key without its value.
    "MIR005" NoValue(key: String, example: String)
    /// A group instead of a value, or a value instead of a group.
    "MIR006" WrongForm(key: String, example: String)
    /// A property of a network interface without an interface.
    "MIR007" NoInterface(key: String)
    /// A network interface without an address.
    "MIR008" NoAddress
    /// A property of one interface beside several.
    "MIR009" OfOneInterface(key: String, interface: String)
    /// Two nodes with the same name.
    "MIR010" DuplicateName(name: String)
    /// A parameter that names no node.
    "MIR011" UnknownNode(unknown: Unknown)
    /// A node that is not used.
    "MIR012" Unused(name: String)
    /// Two parameters for one node.
    "MIR013" ReceivedTwice(name: String)
    /// A name that an image cannot have.
    "MIR014" ImageName(name: String)
    /// A device that is built on itself, and the names in the cycle.
    "MIR015" Cycle(path: Vec<String>)
    /// A key whose value cannot be given at boot.
    "MIR016" NotAtBoot(key: String)
    /// A custom device without `.on(…)`.
    "MIR017" NoOn(name: String)
    /// A name that a device of a target cannot have.
    "MIR018" DeviceName(name: String, target: Target)
    /// More devices than a target supports.
    "MIR019" TooManyDevices(count: usize, target: Target)
    /// A second default gateway.
    "MIR032" SecondGateway
    /// A port without its number.
    "MIR033" NoPortNumber(name: String)
    /// An unknown driver.
    "MIR040" UnknownDriver(unknown: Unknown)
    /// A driver that a declared target lacks.
    "MIR041" DriverNotOnTarget(driver: Driver, driven: Driven, target: Target)
    /// An unknown target.
    "MIR042" UnknownTarget(unknown: Unknown)
    /// An empty list of targets.
    "MIR043" NoTarget
    /// A `match target` without an arm for a target.
    "MIR044" NoArm(targets: Vec<Target>)
    /// An arm of a `match target` for a target that is not declared.
    "MIR045" Arm(target: Target)
    /// An unknown log level.
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
    /// A parameter with `#[cfg(…)]`.
    "MIR067" Conditional(name: String)
    /// A second attribute on one function.
    "MIR068" SecondAttribute
    /// The derive `Args` on something that is not a struct with named fields.
    "MIR070" NotAStruct
    /// The derive `Args` on a generic struct.
    "MIR071" GenericArguments
    /// Two boot arguments with the same name.
    "MIR072" DuplicateArgument(name: String)
    /// A boot argument with a name that is reserved for the runtime.
    "MIR073" ReservedArgument(name: String)
    /// A name that a boot argument cannot have.
    "MIR074" ArgumentName(name: String)
    /// A default that is not a value of its argument, and a description of such values.
    "MIR075" ArgumentDefault(text: String, wanted: &'static str)
    /// An unknown key of `#[arg(…)]`.
    "MIR076" UnknownArgumentKey(unknown: Unknown)
    /// A key of `#[arg(…)]` without an effect on this kind of argument.
    "MIR077" NoEffect(key: &'static str, argument: &'static str)
}

impl From<ValueError> for DiagnosticKind {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}

impl DiagnosticKind {
    /// Whether it is a warning, which does not stop the build.
    pub const fn is_warning(&self) -> bool {
        matches!(self, Self::Unused(_))
    }

    /// The message.
    pub fn message(&self) -> String {
        match self {
            Self::Value(error) => error.message().as_str().into(),
            Self::Syntax(expected) => format!("expected {expected}"),
            Self::UnknownKey(unknown) => format!("unknown key `{}`", unknown.name),
            Self::DuplicateKey(key) => format!("`{key}` is given twice"),
            Self::WrongValue(key, wanted, _) => format!("`{key}` takes {}", wanted.name()),
            Self::NoValue(key, _) => format!("`{key}` needs a value"),
            Self::WrongForm(key, _) => format!("`{key}` cannot be written this way"),
            Self::NoInterface(key) => format!("`{key}` needs a network interface"),
            Self::NoAddress => "the network interface has no address".into(),
            Self::OfOneInterface(key, _) => {
                format!("`{key}` applies to one interface, but there are several")
            }
            Self::DuplicateName(name) => format!("`{name}` names two nodes"),
            Self::UnknownNode(unknown) => format!("unknown node `{}`", unknown.name),
            Self::Unused(name) => format!("`{name}` is never used"),
            Self::ReceivedTwice(name) => format!("`main` receives `{name}` twice"),
            Self::ImageName(name) => format!("`{name}` is not a valid image name"),
            Self::Cycle(path) => format!("`{}` is built on itself", path[0]),
            Self::NotAtBoot(key) => format!("`{key}` cannot be given at boot"),
            Self::NoOn(name) => format!("`{name}` has no `.on(…)`"),
            Self::DeviceName(name, target) => {
                format!(
                    "a device of the target `{}` cannot be named `{name}`",
                    target.name()
                )
            }
            Self::TooManyDevices(count, target) => {
                format!(
                    "the target `{}` does not support {count} devices",
                    target.name()
                )
            }
            Self::UnknownDriver(unknown) => format!("unknown driver `{}`", unknown.name),
            Self::DriverNotOnTarget(driver, _, target) => format!(
                "the target `{}` has no driver `{}`",
                target.name(),
                driver.name()
            ),
            Self::UnknownTarget(unknown) => format!("unknown target `{}`", unknown.name),
            Self::NoTarget => "the unikernel has no target".into(),
            Self::SecondGateway => "the unikernel has two default gateways".into(),
            Self::NoPortNumber(name) => format!("the port `{name}` has no number"),
            Self::NoArm(targets) => {
                let names = list(targets.iter().map(|target| target.name()));
                format!("`match target` has no arm for {names}")
            }
            Self::Arm(target) => format!("the unikernel does not support `{}`", target.name()),
            Self::UnknownLogLevel(unknown) => format!("unknown log level `{}`", unknown.name),
            Self::NotAFunction => "a unikernel's `main` must be a function".into(),
            Self::NotAsync => "a unikernel's `main` must be async".into(),
            Self::Generic => "a unikernel's `main` cannot be generic".into(),
            Self::ImplTrait(name) => {
                format!("the type of `{name}` cannot be `impl Trait`")
            }
            Self::Receiver => "a unikernel's `main` cannot take `self`".into(),
            Self::Qualifier(qualifier) => {
                format!("a unikernel's `main` cannot be {qualifier}")
            }
            Self::Pattern => "a parameter of `main` must be a plain name".into(),
            Self::Conditional(name) => format!("the parameter `{name}` cannot be conditional"),
            Self::SecondAttribute => "a function can have only one `#[unikernel]`".into(),
            Self::NotAStruct => "boot arguments must be a struct with named fields".into(),
            Self::GenericArguments => "boot arguments cannot be generic".into(),
            Self::DuplicateArgument(name) => format!("two fields define the argument `{name}`"),
            Self::ReservedArgument(name) => format!("the argument name `{name}` is reserved"),
            Self::ArgumentName(name) => format!("`{name}` is not a valid argument name"),
            Self::ArgumentDefault(text, wanted) => format!("the default `{text}` is not {wanted}"),
            Self::UnknownArgumentKey(unknown) => format!("unknown key `{}`", unknown.name),
            Self::NoEffect(key, argument) => format!("`{key}` has no effect on this {argument}"),
        }
    }

    /// How to fix it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::Value(error) => match error.help().as_str() {
                "" => return None,
                help => help.into(),
            },
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
            Self::OfOneInterface(_, interface) => {
                format!("move it into an interface's group, such as `{interface}(…)`")
            }
            Self::SecondGateway => {
                "only one interface can have a `gateway`: remove the other".into()
            }
            Self::NoPortNumber(name) => format!("add it: `{name}(port = 80)`"),
            Self::NoArm(_) => "add an arm for it or `_`, or remove it from `targets(…)`".into(),
            Self::Arm(_) => "remove the arm, or add the target to `targets(…)`".into(),
            Self::NoAddress => "add one: `ip = \"10.0.0.2\"`".into(),
            Self::DuplicateKey(_) => "give it once; one group holds all its items".into(),
            Self::DuplicateName(name)
                if matches!(name.as_str(), "console" | "clock" | "random") =>
            {
                format!("every machine has a `{name}`: choose another name")
            }
            Self::DuplicateName(_) => "`main` receives nodes by name, so each needs its own".into(),
            Self::Unused(name) => {
                format!("add a parameter `{name}` to `main`, or remove the node")
            }
            Self::ImageName(_) => "use letters, digits, `-` and `_`".into(),
            Self::NotAtBoot(_) => {
                "only `ip`, `gateway`, `log`, `name` and the fields of `args` can".into()
            }
            Self::NoOn(_) => {
                "append `.on(…)` with the nodes that it is built on, or `.on()` if there are none"
                    .into()
            }
            Self::DeviceName(_, target) => target
                .device_limits()
                .map(|limits| format!("use 1 to {} letters and digits", limits.name_length))?,
            Self::TooManyDevices(_, target) => target
                .device_limits()
                .map(|limits| format!("it supports at most {}", limits.devices))?,
            Self::Cycle(path) => format!("the cycle is {}", path.join(" -> ")),
            Self::DriverNotOnTarget(_, driven, target) => {
                let has = Driver::for_device(*driven).filter(|driver| driver.is_on(*target));
                format!("it has {}", list(has.map(Driver::name)))
            }
            Self::NoTarget => {
                format!(
                    "the targets are {}",
                    list(Target::ALL.iter().map(|target| target.name()))
                )
            }
            Self::NotAsync => "write `async fn main`".into(),
            Self::NotAFunction => "put the attribute on `async fn main`".into(),
            Self::Pattern => "take the whole value, and destructure it in the body".into(),
            Self::Conditional(_) => "put the `#[cfg(…)]` on its uses in the body".into(),
            Self::SecondAttribute => "move all items into one attribute".into(),
            Self::ImplTrait(_) => "write the node's type, such as `TcpListener`".into(),
            Self::NotAStruct => "derive `Args` for a struct with named fields".into(),
            Self::GenericArguments => "use concrete types".into(),
            Self::DuplicateArgument(_) => "rename one of them: `#[arg(name = \"…\")]`".into(),
            Self::ReservedArgument(_) => {
                format!(
                    "choose another, `#[arg(name = \"…\")]`; the reserved names are {}",
                    list(argument::RESERVED.into_iter())
                )
            }
            Self::ArgumentName(_) => {
                "use lower-case letters, digits and single `-` between them: `#[arg(name = \"…\")]`"
                    .into()
            }
            Self::ArgumentDefault(..) => "defaults are parsed like boot arguments".into(),
            Self::NoEffect("default", "flag") => "an absent flag is `false`".into(),
            Self::NoEffect("default", "list") => "an absent list is empty".into(),
            Self::NoEffect("default", _) => {
                "an argument with a default need not be an `Option`".into()
            }
            Self::NoEffect(..) => "a flag has no value".into(),
            Self::Syntax(_)
            | Self::ReceivedTwice(_)
            | Self::Generic
            | Self::Receiver
            | Self::Qualifier(_) => return None,
        })
    }
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
