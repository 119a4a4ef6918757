//! JSON (RFC 8259), with values that only constant evaluation knows.

mod read;

use crate::text::Text;
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::{self, Display};
pub use read::InvalidJson;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` and `false`
    Bool(bool),
    /// A whole number that is not negative.
    Number(u64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Members, in the order they are written.
    Object(Vec<(String, Value)>),
    /// A value that constant evaluation inserts. Displayed as `null`.
    Later(Later),
}

/// A value that only constant evaluation knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// A constant of the user's, by its position.
    Constant(usize),
    /// The memory that is needed.
    Needs,
    /// The boot arguments.
    Arguments,
    /// The stack of the main thread of a program with std.
    MainStack,
    /// The maximum number of its other threads.
    MaxThreads,
    /// The stack of each of them.
    ThreadStack,
}

/// A piece of a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that is known.
    Text(String),
    /// What constant evaluation knows, quotes included where it has them.
    Later(Later),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(elements: Vec<T>) -> Self {
        Self::List(elements.into_iter().map(Into::into).collect())
    }
}

/// An object of these members.
pub fn object<const COUNT: usize>(members: [(&str, Value); COUNT]) -> Value {
    Value::Object(
        members
            .map(|(name, value)| (name.to_string(), value))
            .into(),
    )
}

impl Value {
    /// Replaces the member `name` of an object.
    #[must_use]
    pub fn with(mut self, name: &str, value: Self) -> Self {
        if let Self::Object(members) = &mut self
            && let Some((_, member)) = members.iter_mut().find(|(key, _)| key == name)
        {
            *member = value;
        }
        self
    }

    /// Appends members to an object.
    #[must_use]
    pub fn followed_by<'a>(mut self, more: impl Iterator<Item = (&'a str, Self)>) -> Self {
        if let Self::Object(members) = &mut self {
            members.extend(more.map(|(name, value)| (name.into(), value)));
        }
        self
    }

    /// The text in pieces, separated by the values that constant evaluation inserts.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::from([Piece::Text(String::new())]);
        self.write(&mut pieces);
        pieces
    }

    fn write(&self, pieces: &mut Vec<Piece>) {
        match self {
            Self::Null => text(pieces).push_str("null"),
            Self::Bool(value) => text(pieces).push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => text(pieces).push_str(&number.to_string()),
            Self::Text(written) => quote(written, text(pieces)),
            Self::Later(later) => {
                pieces.extend([Piece::Later(*later), Piece::Text(String::new())]);
            }
            Self::List(elements) => {
                text(pieces).push('[');
                for (index, element) in elements.iter().enumerate() {
                    text(pieces).push_str(if index > 0 { "," } else { "" });
                    element.write(pieces);
                }
                text(pieces).push(']');
            }
            Self::Object(members) => {
                text(pieces).push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    text(pieces).push_str(if index > 0 { "," } else { "" });
                    quote(name, text(pieces));
                    text(pieces).push(':');
                    value.write(pieces);
                }
                text(pieces).push('}');
            }
        }
    }
}

/// The last piece, which is always text.
fn text(pieces: &mut [Piece]) -> &mut String {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text,
        _ => unreachable!("text follows every other piece"),
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Later(_) => f.write_str("null"),
        })
    }
}

fn quote(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match u8::try_from(character).ok().and_then(escape) {
            Some(escaped) => json.push_str(escaped.as_str()),
            None => json.push(character),
        }
    }
    json.push('"');
}

/// The escape sequence of a byte that a JSON string cannot contain (RFC 8259, section 7).
pub(crate) const fn escape(byte: u8) -> Option<Text<8>> {
    match byte {
        b'"' => Some(Text::new().with("\\\"")),
        b'\\' => Some(Text::new().with("\\\\")),
        0..b' ' => Some(Text::new().with("\\u00").with_hex(byte)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_value_is_written_as_json() {
        let text = "quote \" backslash \\ line \n tab \t control \u{1f} µ 😀";
        let value = object([
            ("text", text.into()),
            ("numbers", Vec::from([0, 7, u64::MAX]).into()),
            ("nothing", Value::Null),
            ("yes", Value::Bool(true)),
            ("empty", object([])),
            ("list", Value::List(Vec::new())),
            ("later", Value::Later(Later::Needs)),
        ]);
        let expected = json!({
            "text": text,
            "numbers": [0, 7, u64::MAX],
            "nothing": null,
            "yes": true,
            "empty": {},
            "list": [],
            "later": null,
        });
        let read: serde_json::Value = serde_json::from_str(&value.to_string()).expect("JSON");
        assert_eq!(read, expected);
    }
}
