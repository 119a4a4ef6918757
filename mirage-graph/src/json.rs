//! JSON (RFC 8259), as much of it as a manifest needs: no fractions, no exponents.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::{self, Display};

/// How deep values may be nested.
const DEEPEST: usize = 32;

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
    /// A value that constant evaluation puts in. It is never read, and shown as `null`.
    Later(Later),
}

/// What only constant evaluation knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// A constant of the user's, by its position.
    Constant(usize),
    /// The memory that is needed.
    Needs,
    /// The boot arguments.
    Arguments,
}

/// A piece of a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that is known.
    Text(String),
    /// What constant evaluation knows, quotes included where it has them.
    Later(Later),
}

impl Value {
    /// The member `name` of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                let mut members = members.iter();
                members.find(|(key, _)| key == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub const fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The value that `text` is. `None` if it is not JSON, or has what this module leaves out.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Rest(text);
        let value = rest.value(0)?;
        rest.space();
        rest.0.is_empty().then_some(value)
    }
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
    /// With another value for the member `name` of an object.
    #[must_use]
    pub fn with(mut self, name: &str, value: Self) -> Self {
        if let Self::Object(members) = &mut self
            && let Some((_, member)) = members.iter_mut().find(|(key, _)| key == name)
        {
            *member = value;
        }
        self
    }

    /// The text in pieces, with what comes later between.
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

/// The text at the end of `pieces`: there is always one.
fn text(pieces: &mut [Piece]) -> &mut String {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text,
        _ => unreachable!("text follows what comes later"),
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
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
}

/// What has not been parsed yet.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes `token`, after space.
    fn take(&mut self, token: &str) -> Option<()> {
        self.space();
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth == DEEPEST {
            return None;
        }
        self.space();
        match self.0.as_bytes().first()? {
            b'"' => self.text().map(Value::Text),
            b'0'..=b'9' => self.number(),
            b'[' => {
                let mut elements = Vec::new();
                self.sequence(["[", "]"], |rest| {
                    elements.push(rest.value(depth + 1)?);
                    Some(())
                })?;
                Some(Value::List(elements))
            }
            b'{' => {
                let mut members = Vec::new();
                self.sequence(["{", "}"], |rest| {
                    rest.space();
                    let name = rest.text()?;
                    rest.take(":")?;
                    members.push((name, rest.value(depth + 1)?));
                    Some(())
                })?;
                Some(Value::Object(members))
            }
            b't' => self.take("true").map(|()| Value::Bool(true)),
            b'f' => self.take("false").map(|()| Value::Bool(false)),
            _ => self.take("null").map(|()| Value::Null),
        }
    }

    /// Elements with commas between.
    fn sequence(
        &mut self,
        [open, close]: [&str; 2],
        mut element: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.take(open)?;
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            element(self)?;
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(",")?;
        }
    }

    fn number(&mut self) -> Option<Value> {
        let end = self.0.find(|character: char| !character.is_ascii_digit());
        let (digits, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        if digits.len() > 1 && digits.starts_with('0') || rest.starts_with(['.', 'e', 'E']) {
            return None;
        }
        self.0 = rest;
        digits.parse().ok().map(Value::Number)
    }

    fn text(&mut self) -> Option<String> {
        let mut characters = self.0.strip_prefix('"')?.chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(match characters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => escape(&mut characters)?,
                    same @ ('"' | '\\' | '/') => same,
                    _ => return None,
                }),
                control if control < ' ' => return None,
                other => text.push(other),
            }
        }
        self.0 = characters.as_str();
        Some(text)
    }
}

/// The character of `\uXXXX`, or of two that make one (RFC 8259, section 7).
fn escape(characters: &mut core::str::Chars<'_>) -> Option<char> {
    let unit = |characters: &mut core::str::Chars<'_>| {
        (0..4).try_fold(0, |unit, _| {
            Some(unit << 4 | characters.next()?.to_digit(16)?)
        })
    };
    let first = unit(characters)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    let second = match (characters.next()?, characters.next()?) {
        ('\\', 'u') => unit(characters)?,
        _ => return None,
    };
    (0xdc00..0xe000)
        .contains(&second)
        .then(|| 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        .and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let value = object([
            ("text", "quote \" backslash \\ line \n tab \t µ 😀".into()),
            ("numbers", Vec::from([0, 7, u64::MAX]).into()),
            ("nothing", Value::Null),
            ("yes", Value::Bool(true)),
            ("empty", object([])),
            ("list", Value::List(Vec::new())),
        ]);
        assert_eq!(Value::parse(&value.to_string()), Some(value));
    }

    #[test]
    fn json_of_others_is_read() {
        let value = Value::parse(" { \"a\" : [ 1 , \"\\u00b5\\ud83d\\ude00\\/\" ] } ");
        let list = Vec::from([Value::Number(1), "µ😀/".into()]);
        assert_eq!(value, Some(object([("a", Value::List(list))])));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":1,}",
            "01",
            "1.5",
            "1e3",
            "-1",
            "tru",
            "\"",
            "\"\\x\"",
            "\"\n\"",
            "1 2",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "18446744073709551616",
            &deep,
        ] {
            assert_eq!(Value::parse(text), None, "{text:.20}");
        }
    }
}
