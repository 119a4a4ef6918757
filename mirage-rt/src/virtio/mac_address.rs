//! The MAC address of an interface whose device has none, as on Firecracker without `guest_mac`.

use core::net::Ipv4Addr;

/// Returns the locally administered address that belongs to an IPv4 address, as Firecracker's documentation
/// derives it: in one network, it is as unique.
pub(super) fn of_ipv4(address: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = address.octets();
    [0x06, 0, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_locally_administered_and_of_one_station() {
        let address = of_ipv4(Ipv4Addr::new(172, 16, 0, 2));
        assert_eq!(address, [0x06, 0x00, 0xac, 0x10, 0x00, 0x02]);
        assert_eq!(address[0] & 3, 2);
    }
}
