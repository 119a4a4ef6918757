//! Arguments in the manifest, as JSON.

use super::{Argument, Kind, Presence};
use crate::{
    json::{Value, object},
    text::Text,
};
use alloc::{format, string::String};

/// Followed by the JSON of all arguments of `lists`, in one list. For constant evaluation, which
/// alone knows what a constant such as `Args::ARGUMENTS` is.
///
/// ```
/// use mirage_graph::{argument, text::Text};
///
/// const fn list<const LENGTH: usize>() -> Text<LENGTH> {
///     argument::written(Text::new(), &[])
/// }
/// const LENGTH: usize = list::<0>().length();
/// assert_eq!(list::<LENGTH>().as_str(), "[]");
/// ```
#[must_use]
pub const fn written<const CAPACITY: usize>(
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

const fn object_of<const CAPACITY: usize>(
    text: Text<CAPACITY>,
    argument: &Argument<&str>,
) -> Text<CAPACITY> {
    let text = quoted(text.with("{\"name\":"), argument.name);
    let text = quoted(text.with(",\"section\":"), argument.section);
    let text = quoted(text.with(",\"help\":"), argument.help);
    let text = quoted(text.with(",\"value\":"), argument.value);
    let text = quoted(text.with(",\"kind\":"), argument.kind.name());
    let text = quoted(text.with(",\"presence\":"), argument.presence.name());
    let text = text.with(",\"default\":");
    let text = match argument.presence {
        Presence::Default(default) => quoted(text, default),
        Presence::Required | Presence::Optional | Presence::List => text.with("null"),
    };
    text.with("}")
}

/// A JSON text (RFC 8259, section 7).
const fn quoted<const CAPACITY: usize>(mut text: Text<CAPACITY>, content: &str) -> Text<CAPACITY> {
    const DIGITS: &str = "0123456789abcdef";
    text = text.with("\"");
    let mut rest = content;
    let mut length = 0;
    while length < rest.len() {
        let byte = rest.as_bytes()[length];
        if byte != b'"' && byte != b'\\' && byte >= b' ' {
            length += 1;
            continue;
        }
        let (plain, special) = rest.split_at(length);
        text = text.with(plain);
        let (special, after) = special.split_at(1);
        text = match byte {
            b'"' | b'\\' => text.with("\\").with(special),
            _ => {
                let (high, low) = (byte as usize / 16, byte as usize % 16);
                let digit = DIGITS.split_at(low).1.split_at(1).0;
                text.with(if high == 0 { "\\u000" } else { "\\u001" })
                    .with(digit)
            }
        };
        rest = after;
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
pub fn value(argument: &Argument) -> Value {
    object([
        ("name", argument.name.as_str().into()),
        ("section", argument.section.as_str().into()),
        ("help", argument.help.as_str().into()),
        ("value", argument.value.as_str().into()),
        ("kind", argument.kind.name().into()),
        ("presence", argument.presence.name().into()),
        (
            "default",
            match &argument.presence {
                Presence::Default(text) => text.as_str().into(),
                _ => Value::Null,
            },
        ),
    ])
}

/// The argument whose JSON is `value`.
///
/// # Errors
/// It is none; the text says why.
pub fn from_value(value: &Value) -> Result<Argument, String> {
    let text = |name: &str| {
        let text = value.get(name).and_then(Value::text);
        text.ok_or_else(|| format!("`{name}` of an argument is not a text"))
    };
    let kind = text("kind")?;
    Ok(Argument {
        name: text("name")?.into(),
        section: text("section")?.into(),
        help: text("help")?.into(),
        value: text("value")?.into(),
        kind: Kind::named(kind)
            .ok_or_else(|| format!("it has an argument of the unknown kind `{kind}`"))?,
        presence: match text("presence")? {
            "required" => Presence::Required,
            "optional" => Presence::Optional,
            "default" => Presence::Default(text("default")?.into()),
            "list" => Presence::List,
            other => {
                return Err(format!(
                    "it has an argument of the unknown presence `{other}`"
                ));
            }
        },
    })
}
