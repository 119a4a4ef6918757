//! How to fix a text that is not a value: what is wrong with it, if that is obvious.

use crate::address;

/// For a text that is not an IPv4 address: that of an interface or a gateway.
pub(super) const fn address(text: &str) -> &'static str {
    let bytes = text.as_bytes();
    match bytes {
        b"dhcp" => {
            return "`ip = \"dhcp\"` and `ip = boot(\"dhcp\")` ask a DHCP server, and only as literals";
        }
        b"boot" => return "write `boot` without quotes for a value that is given at boot",
        b"auto" => return "a DHCP server assigns the address with `ip = \"dhcp\"`",
        _ if text.eq_ignore_ascii_case("dhcp") => {
            return "write it in small letters, `ip = \"dhcp\"`";
        }
        _ => {}
    }
    if contains(bytes, b' ') {
        return "remove the space";
    }
    match count(bytes, b':') {
        _ if count(bytes, b'/') > 1 => return "write the address alone, such as `10.0.0.2`",
        0 => {}
        1 => return "an address has no port: declare ports with `tcp(NAME = PORT)`",
        _ => return "IPv6 addresses have the keys `ip6` and `gateway6`",
    }
    if contains(bytes, b'\\') {
        return "write only digits and dots, such as `10.0.0.2`";
    }
    if has_letters(bytes) {
        return "names are not resolved: write an address, such as `10.0.0.2`";
    }
    if !text.is_ascii() {
        return "write only ASCII digits and dots, such as `10.0.0.2`";
    }
    if contains(bytes, b'/') && address::parse_with_prefix(text).is_ok() {
        return "write it without a prefix length, which is that of the interface's `ip`";
    }
    if has_leading_zero(bytes) {
        return "write its numbers without leading zeros, which some systems read as octal";
    }
    "write four numbers from 0 to 255, such as `10.0.0.2`"
}

/// For an address whose prefix length is not a number from 0 to 32.
pub(super) const fn prefix_length(text: &str) -> &'static str {
    if count(text.as_bytes(), b'.') > 3 {
        return "write the number of one bits in the mask: `/24` for 255.255.255.0";
    }
    "the default prefix length is 24"
}

/// For a text that is not a size.
pub(super) const fn size(text: &str) -> &'static str {
    let bytes = text.as_bytes();
    if contains(bytes, b' ') {
        return "write it without spaces, such as `16MiB`";
    }
    if contains(bytes, b'.') {
        return "write a whole number of a smaller unit, such as `1536KiB` for 1.5 MiB";
    }
    if super::size::has_digits_and_unit(text) {
        return "it is more than 64 bits can count";
    }
    "write a whole number and `KiB`, `MiB` or `GiB`, such as `16MiB`"
}

const fn has_letters(bytes: &[u8]) -> bool {
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index].is_ascii_alphabetic() {
            return true;
        }
        index += 1;
    }
    false
}

/// Whether a number has a leading zero.
const fn has_leading_zero(bytes: &[u8]) -> bool {
    let mut index = 0;
    while index + 1 < bytes.len() {
        let is_first = index == 0 || !bytes[index - 1].is_ascii_digit();
        if is_first && bytes[index] == b'0' && bytes[index + 1].is_ascii_digit() {
            return true;
        }
        index += 1;
    }
    false
}

const fn contains(bytes: &[u8], byte: u8) -> bool {
    count(bytes, byte) > 0
}

const fn count(bytes: &[u8], byte: u8) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < bytes.len() {
        if bytes[index] == byte {
            count += 1;
        }
        index += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_mistake_has_its_hint() {
        for (text, word) in [
            ("DHCP", "small letters"),
            ("auto", "ip = \"dhcp\""),
            ("dhcp", "literal"),
            ("boot", "without quotes"),
            ("http://10.0.0.2", "alone"),
            ("10.0.0.2 ", "space"),
            ("10.0.0.2\\n", "digits and dots"),
            ("１0.0.0.2", "ASCII"),
            ("10.0.0.2:80", "port"),
            ("fd00::2/64", "IPv6"),
            ("example.org", "resolved"),
            ("10.0.0.1/24", "prefix length"),
            ("010.0.0.2", "octal"),
            ("10.0.0.300", "255"),
            ("10.0.0.300/24", "255"),
            ("a.long.name.that.is.cut…", "resolved"),
            ("10.0.0.0", "255"),
        ] {
            let hint = super::address(text);
            assert!(hint.contains(word), "{text}: {hint}");
        }
        assert!(super::prefix_length("10.0.0.2/255.255.255.0").contains("/24"));
        for (text, word) in [
            ("1.5MiB", "1536KiB"),
            ("16 MiB", "spaces"),
            ("99999999999999999999GiB", "64 bits"),
            ("16MB", "whole number"),
            ("16_000KiB", "whole number"),
            ("0x10MiB", "whole number"),
            ("MiB", "whole number"),
            ("", "whole number"),
        ] {
            let hint = super::size(text);
            assert!(hint.contains(word), "{text}: {hint}");
        }
    }
}
