//! Reads JSON (RFC 8259).

use super::Value;
use alloc::{string::String, vec::Vec};
use core::{error::Error, fmt, str::FromStr};

/// How deep lists and objects may be nested.
const MAX_DEPTH: usize = 100;

/// The error for a text that is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidJson {
    /// What is expected.
    expected: &'static str,
    /// The position of what is there instead, in bytes.
    position: usize,
}

impl fmt::Display for InvalidJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.position)
    }
}

impl Error for InvalidJson {}

impl Value {
    /// Returns the member `name` of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let member = members.iter().find(|(key, _)| key == name);
        member.map(|(_, value)| value)
    }

    /// Returns the text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the number, if it is whole and not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the elements of a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }
}

/// Reads a value. A number that is negative or not whole, or too large, is read as a text.
impl FromStr for Value {
    type Err = InvalidJson;

    fn from_str(text: &str) -> Result<Self, InvalidJson> {
        let mut reader = Reader { text, position: 0 };
        let value = reader.value(MAX_DEPTH)?;
        reader.skip_whitespace();
        match reader.peek() {
            None => Ok(value),
            Some(_) => Err(reader.expected("the end")),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn expected(&self, expected: &'static str) -> InvalidJson {
        InvalidJson {
            expected,
            position: self.position,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes()[self.position..].iter();
        self.position += rest.take_while(|byte| is_skipped(**byte)).count();
    }

    fn skip_whitespace(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    /// Takes the byte `wanted` after whitespace. Returns whether it was there.
    fn take(&mut self, wanted: u8) -> bool {
        self.skip_whitespace();
        let is_there = self.peek() == Some(wanted);
        self.position += usize::from(is_there);
        is_there
    }

    fn value(&mut self, depth: usize) -> Result<Value, InvalidJson> {
        self.skip_whitespace();
        let Some(below) = depth.checked_sub(1) else {
            return Err(self.expected("fewer nested values"));
        };
        match self.peek() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'[') => self.list(below),
            Some(b'{') => self.object(below),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Value, InvalidJson> {
        let rest = &self.text.as_bytes()[self.position..];
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
        ] {
            if rest.starts_with(word.as_bytes()) {
                self.position += word.len();
                return Ok(value);
            }
        }
        Err(self.expected("a value"))
    }

    fn number(&mut self) -> Result<Value, InvalidJson> {
        let start = self.position;
        self.position += usize::from(self.peek() == Some(b'-'));
        let whole = self.digits()?;
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(self.expected("a number without leading zeros"));
        }
        if self.peek() == Some(b'.') {
            self.position += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.position += 1;
            self.position += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        let written = &self.text[start..self.position];
        let number = written.parse().map(Value::Number);
        Ok(number.unwrap_or_else(|_| Value::Text(written.into())))
    }

    fn digits(&mut self) -> Result<&'a str, InvalidJson> {
        let start = self.position;
        self.skip(|byte| byte.is_ascii_digit());
        match &self.text[start..self.position] {
            "" => Err(self.expected("a digit")),
            digits => Ok(digits),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, InvalidJson> {
        self.position += 1;
        let mut elements = Vec::new();
        if self.take(b']') {
            return Ok(Value::List(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            if self.take(b']') {
                return Ok(Value::List(elements));
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `]`"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, InvalidJson> {
        self.position += 1;
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_whitespace();
            let name = self.string()?;
            if !self.take(b':') {
                return Err(self.expected("`:`"));
            }
            members.push((name, self.value(depth)?));
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.expected("`,` or `}`"));
            }
        }
    }

    fn string(&mut self) -> Result<String, InvalidJson> {
        if self.peek() != Some(b'"') {
            return Err(self.expected("a string"));
        }
        self.position += 1;
        let mut string = String::new();
        loop {
            let start = self.position;
            self.skip(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
            string += &self.text[start..self.position];
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    self.position += 1;
                    string.push(self.escaped()?);
                }
                _ => return Err(self.expected("the end of a string")),
            }
        }
    }

    /// Reads an escape sequence after its backslash (RFC 8259, section 7).
    fn escaped(&mut self) -> Result<char, InvalidJson> {
        let escaped = self.peek();
        self.position += usize::from(escaped.is_some_and(|byte| byte.is_ascii()));
        Ok(match escaped {
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(byte @ (b'"' | b'\\' | b'/')) => byte.into(),
            Some(b'u') => self.code_point()?,
            _ => return Err(self.expected("an escape sequence")),
        })
    }

    /// Reads the digits of `\u`, and a second one for the other half of a pair. A half alone is no character.
    fn code_point(&mut self) -> Result<char, InvalidJson> {
        let first = self.hexadecimal()?;
        let pair = self.text.as_bytes().get(self.position..self.position + 2);
        if (0xd800..0xdc00).contains(&first) && pair == Some(b"\\u") {
            self.position += 2;
            let second = self.hexadecimal()?;
            let mut decoded = char::decode_utf16([first, second]);
            return match decoded.next() {
                Some(Ok(character)) => Ok(character),
                _ => Err(self.expected("the second half of a pair")),
            };
        }
        char::from_u32(first.into()).ok_or_else(|| self.expected("a character"))
    }

    fn hexadecimal(&mut self) -> Result<u16, InvalidJson> {
        let digits = self.text.get(self.position..self.position + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
        let number = number.ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.position += 4;
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Value, String> {
        text.parse().map_err(|error: InvalidJson| error.to_string())
    }

    #[test]
    fn values_are_read() {
        let value = read(
            " { \"a\" : [ 1 , 18446744073709551615, -1, 1.5e-3, 1e3 ] ,\n\"b\":{},\"c\":[], \
             \"d\":null,\"e\":true, \"f\" : false, \"\":\"\" } ",
        );
        let value = value.expect("JSON");
        let list = value.get("a").and_then(Value::as_list).expect("a list");
        assert_eq!(list[0].as_u64(), Some(1));
        assert_eq!(list[1].as_u64(), Some(u64::MAX));
        let others: Vec<_> = list[2..].iter().map(Value::as_str).collect();
        assert_eq!(others, [Some("-1"), Some("1.5e-3"), Some("1e3")]);
        assert_eq!(value.get("b"), Some(&Value::Object(Vec::new())));
        assert_eq!(value.get("c"), Some(&Value::List(Vec::new())));
        assert_eq!(value.get("d"), Some(&Value::Null));
        assert_eq!(value.get("e"), Some(&Value::Bool(true)));
        assert_eq!(value.get("f"), Some(&Value::Bool(false)));
        assert_eq!(value.get("").and_then(Value::as_str), Some(""));
        assert_eq!((value.get("g"), list[0].get("a")), (None, None));
        let escaped = read(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀""#).expect("JSON");
        assert_eq!(escaped.as_str(), Some("\"\\/\u{8}\u{c}\n\r\t\u{e9}😀é😀"));
    }

    #[test]
    fn other_texts_are_refused_with_a_position() {
        for (text, error) in [
            ("", "expected a value at byte 0"),
            ("{", "expected a string at byte 1"),
            ("[1 2]", "expected `,` or `]` at byte 3"),
            ("{\"a\" 1}", "expected `:` at byte 5"),
            ("{\"a\":1,}", "expected a string at byte 7"),
            ("[1,]", "expected a value at byte 3"),
            ("1 1", "expected the end at byte 2"),
            ("01", "expected a number without leading zeros at byte 2"),
            ("1.", "expected a digit at byte 2"),
            ("nul", "expected a value at byte 0"),
            ("\"\n\"", "expected the end of a string at byte 1"),
            ("\"\\x\"", "expected an escape sequence at byte 3"),
            ("\"\\u00é\"", "expected four hexadecimal digits at byte 3"),
            ("\"\\u+123\"", "expected four hexadecimal digits at byte 3"),
            ("\"\\ud800\"", "expected a character at byte 7"),
            (
                "\"\\ud800\\u0041\"",
                "expected the second half of a pair at byte 13",
            ),
        ] {
            assert_eq!(read(text), Err(error.into()), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(
            read(&deep),
            Err("expected fewer nested values at byte 100".into())
        );
    }

    /// A value of serde_json, without the numbers that are read as texts.
    fn any_value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 30, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::vec((any::<String>(), inner), 0..5).prop_map(|members| {
                    let members: serde_json::Map<_, _> = members.into_iter().collect();
                    members.into()
                }),
            ]
        })
    }

    proptest! {
        /// What is read and written again is the same for another reader.
        #[test]
        fn any_json_is_read(value in any_value(), is_pretty: bool) {
            let text = match is_pretty {
                true => serde_json::to_string_pretty(&value).expect("JSON"),
                false => value.to_string(),
            };
            let read = read(&text).map_err(TestCaseError::fail)?;
            let again: serde_json::Value = serde_json::from_str(&format!("{read}")).expect("JSON");
            prop_assert_eq!(again, value);
        }

        #[test]
        fn both_readers_accept_the_same(text in r#"[\[\]{},:"\\u0-9e.+\-a-f ndtrl]{0,12}"#) {
            let is_read = match serde_json::from_str::<serde_json::Value>(&text) {
                Ok(_) => true,
                // We do not compute it.
                Err(error) if error.to_string().contains("out of range") => true,
                Err(_) => false,
            };
            prop_assert_eq!(read(&text).is_ok(), is_read, "{}", text);
        }
    }
}
