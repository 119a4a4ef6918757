//! Text that constant evaluation assembles, for messages and manifests.

use core::net::Ipv4Addr;

/// A text of at most `CAPACITY` bytes. What does not fit is left out, but counted: a text of
/// capacity 0 measures how long one is.
///
/// ```
/// use mirage_graph::text::Text;
///
/// const GREETING: Text<16> = Text::new().with("port ").with_number(80);
/// assert_eq!(GREETING.as_str(), "port 80");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<const CAPACITY: usize> {
    bytes: [u8; CAPACITY],
    /// The length of the pieces that fit.
    written: usize,
    /// The length of all pieces.
    length: usize,
}

/// The maximum length of an [`Excerpt`], in bytes.
const EXCERPT_LEN: usize = 64;

/// Source text in a message.
pub type Excerpt = Text<EXCERPT_LEN>;

impl<const CAPACITY: usize> Text<CAPACITY> {
    /// The empty text.
    pub const fn new() -> Self {
        Self {
            bytes: [0; CAPACITY],
            written: 0,
            length: 0,
        }
    }

    /// The length of all pieces in bytes, including those that did not fit.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Appends `text`.
    #[must_use]
    pub const fn with(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let fits = self.length + bytes.len() <= CAPACITY;
        if fits {
            let (_, rest) = self.bytes.split_at_mut(self.length);
            let (place, _) = rest.split_at_mut(bytes.len());
            place.copy_from_slice(bytes);
        }
        self.length += bytes.len();
        if fits {
            self.written = self.length;
        }
        self
    }

    /// Appends `number`, in decimal.
    #[must_use]
    pub const fn with_number(self, number: u64) -> Self {
        let before = if number >= 10 {
            self.with_number(number / 10)
        } else {
            self
        };
        before.with(digit((number % 10) as u8))
    }

    /// Appends `byte`, in two hexadecimal digits.
    #[must_use]
    pub const fn with_hex(self, byte: u8) -> Self {
        self.with(digit(byte >> 4)).with(digit(byte & 15))
    }

    /// Appends `address`.
    #[must_use]
    pub const fn with_address(self, address: Ipv4Addr) -> Self {
        let [a, b, c, d] = address.octets();
        self.with_number(a as u64)
            .with(".")
            .with_number(b as u64)
            .with(".")
            .with_number(c as u64)
            .with(".")
            .with_number(d as u64)
    }

    /// The text, up to the first piece that did not fit.
    pub const fn as_str(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.written);
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => "",
        }
    }

    /// The bytes of a text that fills its capacity.
    pub const fn into_bytes(self) -> [u8; CAPACITY] {
        self.bytes
    }
}

/// A hexadecimal digit.
const fn digit(value: u8) -> &'static str {
    // Not split from one `str`, which would have the panic of an invalid split in images: 6 KB.
    const DIGITS: [&str; 16] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f",
    ];
    DIGITS[value as usize]
}

impl Text<EXCERPT_LEN> {
    /// An excerpt of `text` as its source has it: control characters are escaped. What does not fit is
    /// replaced by an ellipsis.
    ///
    /// ```
    /// use mirage_graph::text::Excerpt;
    ///
    /// assert_eq!(Excerpt::from_source("10.0.0.2\n").as_str(), "10.0.0.2\\n");
    /// ```
    pub const fn from_source(text: &str) -> Self {
        const ELLIPSIS: &str = "…";
        let mut rest = text;
        let mut excerpt = Self::new();
        // The last one with room for the ellipsis.
        let mut shortened = excerpt;
        while !rest.is_empty() {
            let (character, others) = split_character(rest);
            rest = others;
            excerpt = excerpt.with(escape(character));
            if excerpt.length > EXCERPT_LEN {
                return shortened.with(ELLIPSIS);
            }
            if excerpt.length + ELLIPSIS.len() <= EXCERPT_LEN {
                shortened = excerpt;
            }
        }
        excerpt
    }
}

/// The first character of a text that is not empty, and the rest.
const fn split_character(text: &str) -> (&str, &str) {
    let mut length = 1;
    while !text.is_char_boundary(length) {
        length += 1;
    }
    text.split_at(length)
}

/// A character as source code has it.
const fn escape(character: &str) -> &str {
    match character.as_bytes() {
        b"\0" => "\\0",
        b"\n" => "\\n",
        b"\r" => "\\r",
        b"\t" => "\\t",
        [0..=0x1f | 0x7f] => "\\u{…}",
        _ => character,
    }
}

impl<const CAPACITY: usize> Default for Text<CAPACITY> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_text_is_put_together_of_pieces() {
        const TEXT: Text<64> = Text::new()
            .with("at ")
            .with_address(Ipv4Addr::new(10, 0, 255, 1))
            .with("/")
            .with_number(24);
        assert_eq!(TEXT.as_str(), "at 10.0.255.1/24");
        assert_eq!(TEXT.length(), 16);
    }

    #[test]
    fn an_excerpt_is_the_beginning_as_it_was_written() {
        assert_eq!(Excerpt::from_source("").as_str(), "");
        assert_eq!(Excerpt::from_source("a\0b\u{1b}").as_str(), "a\\0b\\u{…}");
        let (fits, longer) = ("ä".repeat(32), "ä".repeat(33));
        assert_eq!(Excerpt::from_source(&fits).as_str(), fits);
        let excerpt = Excerpt::from_source(&longer);
        assert_eq!(excerpt.as_str(), format!("{}…", "ä".repeat(30)));
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        assert_eq!(
            Text::<4>::new().with("abc").with("de").with("f").as_str(),
            "abc"
        );
        const LENGTH: usize = Text::<0>::new().with("ärmel").with_number(1023).length();
        assert_eq!(LENGTH, 10);
        assert_eq!(
            Text::<LENGTH>::new()
                .with("ärmel")
                .with_number(1023)
                .as_str(),
            "ärmel1023"
        );
    }
}
