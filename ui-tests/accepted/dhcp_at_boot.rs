#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::Network, unikernel};

#[unikernel(net(wan(ip = boot("dhcp"), gateway = boot), dmz(ip = match target { unix => "10.2.0.1", _ => boot("dhcp") }), lan(ip = "10.1.0.1"), far(ip = "dhcp")))]
async fn main(wan: Network, dmz: Network, lan: Network, far: Network) {
    assert!(wan.lease().is_none() && far.lease().is_none());
    let _ = (dmz, lan);
}
