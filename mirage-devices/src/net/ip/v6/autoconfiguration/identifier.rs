//! Stable interface identifiers that do not reveal the MAC address (RFC 7217).
//!
//! A unikernel stores nothing, so that there is no secret key: the identifier is a hash of the MAC address,
//! the prefix and the number of conflicts. It is the same at each boot, and another one in each network.

use crate::net::{neighbour::MacAddress, sip_key::SipKey};
use core::net::Ipv6Addr;

/// Identifiers of this kind are computed with this key, which is no secret.
const KEY: SipKey = SipKey::from_words(0x6d69_7261_6765_2d69, 0x7066_7636_2d69_6964);

/// The prefix length of networks whose hosts choose identifiers (RFC 4291, section 2.5.1).
pub(super) const PREFIX_LENGTH: u8 = 64;

/// Returns the address with the first 64 bits of `network` that follows from so many conflicts; `None` if it
/// is reserved.
pub(super) fn address(network: Ipv6Addr, mac: MacAddress, conflicts: u8) -> Option<Ipv6Addr> {
    let [a, b, c, d, e, f] = mac;
    let mac = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let prefix = (network.to_bits() >> 64) as u64;
    let identifier = KEY.hash([prefix, mac, conflicts.into(), 0]);
    let address = u128::from(prefix) << 64 | u128::from(identifier);
    (!is_reserved(identifier)).then_some(Ipv6Addr::from_bits(address))
}

/// Returns whether an identifier has a meaning of its own (RFC 5453): that of all routers, and those of
/// anycast addresses.
const fn is_reserved(identifier: u64) -> bool {
    matches!(
        identifier,
        0 | 0xfdff_ffff_ffff_ff80..=0xfdff_ffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: MacAddress = [2, 0, 0, 0, 0, 2];
    const NETWORK: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0);

    #[test]
    fn an_identifier_is_the_same_at_each_boot() {
        let expected = "2001:db8:0:1:7eea:cdf7:109d:5079";
        assert_eq!(address(NETWORK, MAC, 0), expected.parse().ok());
    }

    #[test]
    fn it_depends_on_the_network_the_interface_and_the_conflicts() {
        let other = Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 0);
        let all = [
            address(NETWORK, MAC, 0),
            address(NETWORK, MAC, 1),
            address(NETWORK, [2, 0, 0, 0, 0, 3], 0),
            address(other, MAC, 0),
        ];
        let identifiers = all.map(|address| address.expect("it is not reserved").to_bits() as u64);
        for (index, identifier) in identifiers.iter().enumerate() {
            assert!(!identifiers[..index].contains(identifier), "{all:?}");
        }
    }

    #[test]
    fn reserved_identifiers_are_not_used() {
        assert!(is_reserved(0));
        assert!(is_reserved(0xfdff_ffff_ffff_ff80) && is_reserved(0xfdff_ffff_ffff_ffff));
        assert!(!is_reserved(0xfdff_ffff_ffff_ff7f) && !is_reserved(1));
    }
}
