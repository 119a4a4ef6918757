//! Arguments in the manifest, as JSON.

use super::{Argument, Presence};
use crate::{
    json::{Value, escape, object},
    text::Text,
};

/// Appends the JSON of all arguments of `lists`, as one list. It is for constant evaluation, which
/// alone knows the value of a constant such as `Args::ARGUMENTS`.
///
/// ```
/// use mirage_graph::{argument, text::Text};
///
/// const fn list<const LENGTH: usize>() -> Text<LENGTH> {
///     argument::append_json(Text::new(), &[])
/// }
/// const LENGTH: usize = list::<0>().length();
/// assert_eq!(list::<LENGTH>().as_str(), "[]");
/// ```
#[must_use]
pub const fn append_json<const CAPACITY: usize>(
    mut text: Text<CAPACITY>,
    lists: &[&[Argument<&str>]],
) -> Text<CAPACITY> {
    text = text.with("[");
    let mut first = true;
    let mut list = 0;
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            if !first {
                text = text.with(",");
            }
            first = false;
            text = object_of(text, &lists[list][index]);
            index += 1;
        }
        list += 1;
    }
    text.with("]")
}

/// The members of an argument's JSON, in order. `None` is written as `null`.
const fn members<'a>(argument: &Argument<&'a str>) -> [(&'static str, Option<&'a str>); 7] {
    let default = match argument.presence {
        Presence::Default(default) => Some(default),
        Presence::Required | Presence::Optional | Presence::List => None,
    };
    [
        ("name", Some(argument.name)),
        ("section", Some(argument.section)),
        ("help", Some(argument.help)),
        ("value", Some(argument.value)),
        ("kind", Some(argument.kind.name())),
        ("presence", Some(argument.presence.name())),
        ("default", default),
    ]
}

const fn object_of<const CAPACITY: usize>(
    mut text: Text<CAPACITY>,
    argument: &Argument<&str>,
) -> Text<CAPACITY> {
    let members = members(argument);
    let mut index = 0;
    while index < members.len() {
        let (name, value) = members[index];
        text = quoted(text.with(if index > 0 { "," } else { "{" }), name).with(":");
        text = match value {
            Some(value) => quoted(text, value),
            None => text.with("null"),
        };
        index += 1;
    }
    text.with("}")
}

/// A JSON string.
const fn quoted<const CAPACITY: usize>(mut text: Text<CAPACITY>, content: &str) -> Text<CAPACITY> {
    text = text.with("\"");
    let mut rest = content;
    let mut length = 0;
    while length < rest.len() {
        let Some(escaped) = escape(rest.as_bytes()[length]) else {
            length += 1;
            continue;
        };
        text = text.with(rest.split_at(length).0).with(escaped.as_str());
        rest = rest.split_at(length + 1).1;
        length = 0;
    }
    text.with(rest).with("\"")
}

impl<Text> Presence<Text> {
    /// The presence's name in manifests.
    const fn name(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Default(_) => "default",
            Self::List => "list",
        }
    }
}

/// The JSON of an argument.
pub fn to_json(argument: &Argument) -> Value {
    object(members(&argument.as_ref()).map(|(name, value)| {
        let value = value.map_or(Value::Null, Value::from);
        (name, value)
    }))
}
