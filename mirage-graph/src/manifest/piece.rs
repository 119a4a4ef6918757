//! A manifest in pieces, which constant evaluation assembles because values may be constant expressions.

use crate::{
    address::InterfaceAddress,
    argument::{self, Argument},
    mac_address::MacAddress,
    name_servers::NameServers,
    need::Need,
    text::Text,
};
use core::net::Ipv4Addr;

/// A piece of a manifest's JSON.
#[derive(Debug, Clone, Copy)]
pub enum Piece {
    /// Text as it stands.
    Text(&'static str),
    /// A number.
    Number(u64),
    /// An address.
    Address(Ipv4Addr),
    /// An address with its prefix length.
    Interface(InterfaceAddress),
    /// A MAC address.
    MacAddress(MacAddress),
    /// Name servers.
    NameServers(NameServers),
    /// The needs, as a list.
    Needs(&'static [Need]),
    /// The boot arguments, as a list.
    Arguments(&'static [&'static [Argument<&'static str>]]),
}

/// The length of the manifest of these pieces, in bytes.
pub const fn length(pieces: &[Piece]) -> usize {
    text::<0>(pieces).length()
}

/// The manifest of these pieces, where `LENGTH` is its [`length`].
pub const fn bytes<const LENGTH: usize>(pieces: &[Piece]) -> [u8; LENGTH] {
    text(pieces).into_bytes()
}

const fn text<const CAPACITY: usize>(pieces: &[Piece]) -> Text<CAPACITY> {
    let mut text = Text::new();
    let mut index = 0;
    while index < pieces.len() {
        text = match pieces[index] {
            Piece::Text(piece) => text.with(piece),
            Piece::Number(number) => text.with_number(number),
            Piece::Address(address) => text.with("\"").with_address(address).with("\""),
            Piece::Interface(address) => text.with("\"").with_interface(address).with("\""),
            Piece::MacAddress(address) => text.with("\"").with(address.text().as_str()).with("\""),
            Piece::NameServers(servers) => text.with("\"").with_name_servers(servers).with("\""),
            Piece::Needs(needs) => append_needs(text, needs),
            Piece::Arguments(lists) => argument::append_json(text, lists),
        };
        index += 1;
    }
    text
}

/// The needs as JSON. Their names are identifiers, in which nothing is escaped.
const fn append_needs<const CAPACITY: usize>(
    mut text: Text<CAPACITY>,
    needs: &[Need],
) -> Text<CAPACITY> {
    text = text.with("[");
    let mut index = 0;
    while index < needs.len() {
        text = text
            .with(if index > 0 { "," } else { "" })
            .with("{\"what\":\"")
            .with(needs[index].what)
            .with("\",\"bytes\":")
            .with_number(needs[index].bytes)
            .with("}");
        index += 1;
    }
    text.with("]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_put_together_by_constant_evaluation() {
        const PIECES: &[Piece] = &[
            Piece::Text("{\"ip\":"),
            Piece::Interface(InterfaceAddress {
                address: Ipv4Addr::new(10, 0, 0, 2),
                prefix_length: 24,
            }),
            Piece::Text(",\"mac\":"),
            Piece::MacAddress(MacAddress([2, 0, 0, 0, 0, 0xab])),
            Piece::Text(",\"port\":"),
            Piece::Number(8080),
            Piece::Text(",\"needs\":"),
            Piece::Needs(&[Need::new("stack", 4096), Need::new("http", 7)]),
            Piece::Text(",\"arguments\":"),
            Piece::Arguments(&[]),
            Piece::Text("}"),
        ];
        const JSON: [u8; length(PIECES)] = bytes(PIECES);
        let expected =
            br#"{"ip":"10.0.0.2/24","mac":"02:00:00:00:00:ab","port":8080,"needs":[{"what":"stack","bytes":4096},{"what":"http","bytes":7}],"arguments":[]}"#;
        assert_eq!(JSON, *expected);
    }
}
