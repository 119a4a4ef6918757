//! The boot arguments of one boot.

use super::{Argument, ArgumentError, IPV4, Kind, Presence, program::names_program};
use crate::address::DHCP;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt::Display, str::FromStr};

/// A type that a boot argument can have: one that implements `FromStr`, with an error that can be
/// displayed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a boot argument",
    label = "a boot argument is read from a text",
    note = "implement `FromStr` for it, with an error that implements `Display`"
)]
pub trait Value: Sized {
    /// Parses a value.
    ///
    /// # Errors
    /// Returns the cause if `text` is not a value of this type.
    fn read(text: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Display>> Value for T {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|cause: T::Err| cause.to_string())
    }
}

/// The boot arguments of one boot, matched to their descriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedArgs<'a> {
    entries: Vec<Entry<'a>>,
}

/// An argument and its values, as they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry<'a> {
    argument: Argument<&'a str>,
    values: Vec<String>,
}

impl<'a> ParsedArgs<'a> {
    /// Matches `args` to the arguments that `lists` describe. Returns `None` if `--help` is among
    /// them. A word that [names](names_program) the unikernel `program` may precede them, alone or after the
    /// arguments for addresses, as container runtimes pass the command of a container.
    ///
    /// Values are checked when they are read, or by [`check_values`](Self::check_values).
    ///
    /// # Errors
    /// Returns an error for an unknown argument, a missing or superfluous value, and an absent required
    /// argument.
    pub fn parse(
        program: &str,
        args: Vec<String>,
        lists: &[&[Argument<&'a str>]],
    ) -> Result<Option<Self>, ArgumentError> {
        if args.iter().any(|arg| arg == "--help") {
            return Ok(None);
        }
        let arguments = lists.iter().copied().flatten();
        let entries = arguments.map(|&argument| Entry {
            argument,
            values: Vec::new(),
        });
        let mut parsed = Self {
            entries: entries.collect(),
        };
        let mut args = args.into_iter().peekable();
        let mut may_be_program = true;
        while let Some(arg) = args.next() {
            let (option, attached) = match arg.split_once('=') {
                Some((option, value)) => (option, Some(value.to_string())),
                None => (arg.as_str(), None),
            };
            let Some(entry) = parsed.entry(option) else {
                if may_be_program && names_program(arg.as_bytes(), program) {
                    may_be_program = false;
                    continue;
                }
                return Err(if option.starts_with('-') {
                    ArgumentError::unknown(option, lists)
                } else {
                    ArgumentError::Stray(arg)
                });
            };
            may_be_program &= matches!(
                entry.argument.kind,
                Kind::InterfaceAddress | Kind::AddressOrDhcp | Kind::Gateway
            );
            // A value that begins like an argument must be attached.
            let mut following = || args.next_if(|arg| !arg.starts_with("--"));
            entry.give(match entry.argument.kind {
                Kind::Flag => attached,
                _ => Some(attached.or_else(&mut following).ok_or_else(|| {
                    ArgumentError::NoValue {
                        option: option.into(),
                        form: entry.argument.to_string(),
                    }
                })?),
            })?;
        }
        parsed.entries.iter().try_for_each(Entry::is_complete)?;
        Ok(Some(parsed))
    }

    /// The entry of the argument that is written `option`.
    fn entry(&mut self, option: &str) -> Option<&mut Entry<'a>> {
        let name = option.trim_start_matches('-');
        let mut entries = self.entries.iter_mut();
        entries.find(|entry| {
            entry.argument.name == name && super::dashes(name).len() + name.len() == option.len()
        })
    }

    fn find(&self, name: &str) -> Option<&Entry<'a>> {
        self.entries
            .iter()
            .find(|entry| entry.argument.name == name)
    }

    /// Whether the argument `name` is given.
    pub fn flag(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|entry| !entry.values.is_empty())
    }

    /// The value of the argument `name`, which is required or has a default.
    ///
    /// # Errors
    /// Returns an error if it is not a `T` or is absent.
    pub fn value<T: Value>(&self, name: &str) -> Result<T, ArgumentError> {
        let missing = || ArgumentError::Missing(format!("{}{name}", super::dashes(name)));
        self.optional(name)?.ok_or_else(missing)
    }

    /// The value of the argument `name`, if it is given or has a default.
    ///
    /// # Errors
    /// Returns an error if it is not a `T`.
    pub fn optional<T: Value>(&self, name: &str) -> Result<Option<T>, ArgumentError> {
        let Some(entry) = self.find(name) else {
            return Ok(None);
        };
        entry
            .texts()
            .next()
            .map(|text| entry.read(text))
            .transpose()
    }

    /// The values of the argument `name`, in the order they are given.
    ///
    /// # Errors
    /// Returns an error if one is not a `T`.
    pub fn list<T: Value>(&self, name: &str) -> Result<Vec<T>, ArgumentError> {
        let Some(entry) = self.find(name) else {
            return Ok(Vec::new());
        };
        entry.texts().map(|text| entry.read(text)).collect()
    }

    /// Checks every value whose kind is known without the program.
    ///
    /// # Errors
    /// Returns an error if a value is not of its argument's kind.
    pub fn check_values(&self) -> Result<(), ArgumentError> {
        for entry in &self.entries {
            let kind = entry.argument.kind;
            if let Some(text) = entry.texts().find(|text| !kind.accepts(text)) {
                return Err(entry.wrong(text, String::new()));
            }
        }
        Ok(())
    }

    /// Returns the arguments in a canonical form, in which each value is attached to its argument:
    /// `--port=80`.
    pub fn to_args(&self) -> Vec<String> {
        let of_entry = |entry: &Entry<'_>| {
            let option = entry.argument.option().to_string();
            let flag = entry.argument.kind == Kind::Flag;
            let arg = move |value: &String| match flag {
                true => option.clone(),
                false => format!("{option}={value}"),
            };
            entry.values.iter().map(arg).collect::<Vec<_>>()
        };
        self.entries.iter().flat_map(of_entry).collect()
    }
}

const NO_DHCP_CLIENT: &str =
    "the image contains no DHCP client; `ip = boot(\"dhcp\")` in its source adds one";

impl Entry<'_> {
    /// Adds a value; a flag has none.
    fn give(&mut self, value: Option<String>) -> Result<(), ArgumentError> {
        let option = || self.argument.option().to_string();
        if !self.values.is_empty() && self.argument.presence != Presence::List {
            return Err(ArgumentError::Twice(option()));
        }
        self.values.push(match (self.argument.kind, value) {
            (Kind::Flag, Some(value)) => {
                return Err(ArgumentError::NeedlessValue {
                    option: option(),
                    value,
                });
            }
            (_, value) => value.unwrap_or_default(),
        });
        Ok(())
    }

    fn is_complete(&self) -> Result<(), ArgumentError> {
        if self.values.is_empty() && self.argument.presence == Presence::Required {
            return Err(ArgumentError::Missing(self.argument.to_string()));
        }
        Ok(())
    }

    /// The values, or else the default.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let default = match self.argument.presence {
            Presence::Default(text) if self.values.is_empty() => Some(text),
            _ => None,
        };
        self.values.iter().map(String::as_str).chain(default)
    }

    fn read<T: Value>(&self, text: &str) -> Result<T, ArgumentError> {
        T::read(text).map_err(|cause| self.wrong(text, cause))
    }

    /// Whether `text` asks for an address by DHCP, and the image has no client.
    fn asks_in_vain(&self, text: &str) -> bool {
        let Argument { name, kind, .. } = self.argument;
        text == DHCP && kind == Kind::InterfaceAddress && name.ends_with(IPV4)
    }

    /// The error for an invalid `text`. `cause` is part of it if the kind has no description.
    fn wrong(&self, text: &str, cause: String) -> ArgumentError {
        let (option, value) = (self.argument.option().to_string(), text.into());
        let cause = match self.argument.kind.wanted() {
            _ if self.asks_in_vain(text) => NO_DHCP_CLIENT.into(),
            Some(wanted) => format!("expected {wanted}"),
            None => cause,
        };
        match self.values.is_empty() {
            true => ArgumentError::WrongDefault {
                option,
                value,
                cause,
            },
            false => ArgumentError::WrongValue {
                option,
                value,
                cause,
            },
        }
    }
}
