#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    net::{Remote, UdpRemote},
    unikernel,
};

#[unikernel(
    net(
        lan(ip = "10.1.0.2"),
        wan(ip = "10.0.0.2", gateway = "10.0.0.1"),
    ),
    connect(
        payments = "192.0.2.7:443",
        syslog(udp = "10.1.0.9:514"),
        web = "any:80",
        dns(udp = "any:53"),
    ),
)]
async fn main(payments: Remote, syslog: UdpRemote) {
    let _ = (payments, syslog);
}
