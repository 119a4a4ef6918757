//! An interface whose address is leased, unless it is given at boot. The unikernel logs what was leased, and
//! ends when the first client has connected.
#![no_std]
#![cfg_attr(not(test), no_main)]

use mirage_rt::{
    log,
    net::{Error, Network, TcpListener},
    unikernel,
};

#[unikernel(net = "auto", ip = boot("dhcp"), gateway = boot, tcp(end = 7000))]
async fn main(net: Network, end: TcpListener) -> Result<(), Error> {
    match net.lease() {
        Some(lease) => log::info!(
            "leased: router {:?}, MTU {:?}, domain {:?}, host name {:?}, DNS {:?}, NTP {:?}",
            lease.router,
            lease.mtu,
            lease.domain,
            lease.host_name,
            lease.name_servers,
            lease.ntp_servers
        ),
        None => log::info!("nothing is leased"),
    }
    end.accept().await?;
    Ok(())
}
