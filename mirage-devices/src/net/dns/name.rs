//! Domain names (RFC 1035, section 2.3).

use super::LookupError;
use alloc::vec::Vec;
use core::fmt;

/// The longest label, in bytes.
const MAX_LABEL_LEN: usize = 63;
/// The longest name in a message, in bytes: lengths, labels, and the root's empty label.
const MAX_LEN: usize = 255;

/// A domain name, in lower case. Names are equal if they differ in case only (RFC 4343).
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    /// The name as messages have it, without compression.
    wire: Vec<u8>,
}

impl Name {
    /// Parses the name of a host, such as `example.com` or `example.com.`. Internationalised names are
    /// written in their ASCII form, `xn--…`.
    ///
    /// # Errors
    /// Returns [`LookupError::InvalidName`] for an empty name, for a label that is empty, longer than 63
    /// bytes or has anything but letters, digits, hyphens and underscores, for a name of more than 253
    /// bytes, and if the last label is a number, so that a mistyped address is not taken for a name.
    pub fn parse(text: &str) -> Result<Self, LookupError> {
        let text = text.as_bytes();
        let text = text.strip_suffix(b".").unwrap_or(text);
        let mut wire = Vec::new();
        let mut is_number = true;
        for label in text.split(|&byte| byte == b'.') {
            if !label.iter().all(|&byte| is_allowed(byte)) {
                return Err(LookupError::InvalidName);
            }
            is_number = label.iter().all(u8::is_ascii_digit);
            push(&mut wire, label)?;
        }
        if is_number {
            return Err(LookupError::InvalidName);
        }
        wire.push(0);
        Ok(Self { wire })
    }

    /// Returns the name of these labels, which may have any bytes (RFC 2181, section 11).
    pub(super) fn from_labels<'a, E>(
        labels: impl Iterator<Item = Result<&'a [u8], E>>,
    ) -> Result<Self, LookupError> {
        let mut wire = Vec::new();
        for label in labels {
            push(&mut wire, label.map_err(|_| LookupError::InvalidName)?)?;
        }
        wire.push(0);
        Ok(Self { wire })
    }

    /// The name as messages have it.
    pub(super) fn wire(&self) -> &[u8] {
        &self.wire
    }

    /// Whether these are its labels.
    pub(super) fn has_labels<'a, E>(
        &self,
        labels: impl Iterator<Item = Result<&'a [u8], E>>,
    ) -> bool {
        let mut own = self.labels();
        for label in labels {
            let (Ok(label), Some(own)) = (label, own.next()) else {
                return false;
            };
            if !label.eq_ignore_ascii_case(own) {
                return false;
            }
        }
        own.next().is_none()
    }

    /// Whether the name is `domain`, a single label, or below it.
    pub(super) fn is_in(&self, domain: &[u8]) -> bool {
        self.labels().last() == Some(domain)
    }

    fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.wire[..];
        core::iter::from_fn(move || {
            let (&length, after) = rest.split_first()?;
            let (label, after) = after.split_at_checked(length.into())?;
            rest = after;
            (length > 0).then_some(label)
        })
    }
}

/// Appends a label in lower case.
fn push(wire: &mut Vec<u8>, label: &[u8]) -> Result<(), LookupError> {
    // The root's label follows the last one.
    let is_short = wire.len() + 1 + label.len() < MAX_LEN;
    if label.is_empty() || label.len() > MAX_LABEL_LEN || !is_short {
        return Err(LookupError::InvalidName);
    }
    wire.push(label.len() as u8);
    wire.extend(label.iter().map(u8::to_ascii_lowercase));
    Ok(())
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Writes the name with dots, and bytes that are not printable as escapes.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, label) in self.labels().enumerate() {
            let dot = if index > 0 { "." } else { "" };
            write!(f, "{dot}{}", label.escape_ascii())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};
    use proptest::prelude::*;
    use std::vec::Vec;

    #[test]
    fn names_are_checked() {
        let longest_label = "a".repeat(63);
        let longest = format!("{0}.{0}.{0}.{1}", longest_label, "a".repeat(61));
        assert_eq!(longest.len(), 253);
        for (text, name) in [
            ("example.com", "example.com"),
            ("Example.COM.", "example.com"),
            ("_sip._tcp.x-1", "_sip._tcp.x-1"),
            ("1.example", "1.example"),
            (&longest, &longest),
        ] {
            let parsed = Name::parse(text).map(|name| name.to_string());
            assert_eq!(parsed.as_deref(), Ok(name), "{text}");
        }
        for text in [
            "",
            ".",
            "..",
            "a..b",
            ".a",
            "a b",
            "ä.example",
            "a\\.b",
            "10.0.0.256",
            "1",
            &format!("{longest_label}a.b"),
            &format!("a{longest}"),
        ] {
            assert_eq!(Name::parse(text), Err(LookupError::InvalidName), "{text}");
        }
    }

    #[test]
    fn a_domain_is_the_last_label() {
        let localhost = |text| Name::parse(text).map(|name| name.is_in(b"localhost"));
        assert_eq!(localhost("localhost"), Ok(true));
        assert_eq!(localhost("a.LocalHost."), Ok(true));
        assert_eq!(localhost("localhost.example"), Ok(false));
    }

    proptest! {
        /// A name is the labels that it was made of, in any case, and no others.
        #[test]
        fn names_have_their_labels(
            labels in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..70), 0..6),
            other in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..70), 0..6),
        ) {
            let of = |labels: &[Vec<u8>]| -> Vec<Vec<u8>> {
                labels.iter().map(|label| label.to_ascii_lowercase()).collect()
            };
            let iterate = |labels| std::iter::Iterator::map(
                <[Vec<u8>]>::iter(labels), |label| Ok::<_, ()>(&label[..]));
            let length = labels.iter().map(|label| label.len() + 1).sum::<usize>() + 1;
            let is_valid = length <= 255 && labels.iter().all(|label| label.len() <= 63);
            let name = Name::from_labels(iterate(&labels[..]));
            prop_assert_eq!(name.is_ok(), is_valid);
            if let Ok(name) = name {
                prop_assert!(name.wire().len() == length);
                prop_assert!(name.has_labels(iterate(&labels[..])));
                prop_assert_eq!(name.has_labels(iterate(&other[..])), of(&labels) == of(&other));
            }
        }
    }
}
