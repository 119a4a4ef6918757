//! IPv6 in QEMU's user network.

use mirage_user_network::Ipv6Addresses;

/// Returns the options for the network of an interface, in which QEMU is the gateway and stands for the host. QEMU
/// chooses the gateway's link-local address by itself, and advertises the network to guests with SLAAC.
pub fn options(addresses: &Ipv6Addresses) -> String {
    let Ipv6Addresses {
        network,
        gateway,
        name_server,
        ..
    } = addresses;
    let (prefix, length) = (network.address, network.prefix_length);
    format!(
        ",ipv6-prefix={prefix},ipv6-prefixlen={length},ipv6-host={gateway},ipv6-dns={name_server}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateway_is_the_host() {
        let gateway = Some("fd00::3".parse().expect("an address"));
        let guest = "fd00::2".parse().expect("an address");
        assert_eq!(
            options(&Ipv6Addresses::for_static(guest, gateway)),
            ",ipv6-prefix=fd00::,ipv6-prefixlen=64,ipv6-host=fd00::3,ipv6-dns=fd00::4"
        );
        assert_eq!(
            options(&Ipv6Addresses::for_slaac(0, &[])),
            ",ipv6-prefix=fd4a:699:d48c::,ipv6-prefixlen=64,ipv6-host=fd4a:699:d48c::2,\
            ipv6-dns=fd4a:699:d48c::3"
        );
    }
}
