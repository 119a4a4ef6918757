#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{net::{LookupError, Network}, unikernel};

mod plan {
    pub const DNS: &str = "10.3.0.9";
}

#[unikernel(net(
    wan(ip = "dhcp", dns = boot),
    lan(ip = "10.1.0.1", dns = "10.1.0.9, 9.9.9.9, 127.0.0.1"),
    dmz(ip = "10.2.0.1", dns = match target { unix => boot("10.2.0.9"), _ => "10.2.0.8" }),
    far(ip = boot("dhcp"), dns = plan::DNS),
))]
async fn main(wan: Network, lan: Network, dmz: Network, far: Network) {
    // The sockets are the host's, and so are the name servers.
    assert!(lan.name_servers().is_empty());
    let localhost = lan.lookup_host("localhost", 80).await.unwrap();
    assert!(localhost.contains(&([127, 0, 0, 1], 80).into()));
    let invalid = lan.lookup_host("a.invalid", 80).await;
    assert_eq!(invalid, Err(LookupError::NoSuchName));
    let _ = (wan, dmz, far);
}
