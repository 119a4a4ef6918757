//! Two interfaces, one of which uses DHCP. A client receives a report with the port that it has connected
//! to, and the interfaces.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{format, rc::Rc, string::String};
use mirage_rt::{
    io::Write,
    net::{Error, Network, Service, TcpListener},
    unikernel,
};

#[unikernel(
    net(
        wan(ip = "dhcp", tcp(outside = 7001)),
        lan(ip = "10.1.0.1/24", tcp(inside = 7002)),
    ),
    tcp(everywhere = 7000),
    port(dns = 7003)
)]
async fn main(
    wan: Network,
    lan: Network,
    outside: TcpListener,
    inside: TcpListener,
    everywhere: TcpListener,
    dns: Service,
) -> Result<(), Error> {
    let interfaces = Rc::new((wan, lan));
    for (name, listener) in [
        ("outside", outside),
        ("inside", inside),
        ("everywhere", everywhere),
        ("dns", dns.tcp),
    ] {
        mirage_rt::spawn(serve(name, listener, interfaces.clone()));
    }
    let mut question = [0; 512];
    loop {
        let (length, peer) = dns.udp.recv_from(&mut question).await?;
        // A client that cannot be reached any more has no use for it.
        let _ = dns.udp.send_to(&question[..length], peer).await;
    }
}

async fn serve(name: &str, listener: TcpListener, interfaces: Rc<(Network, Network)>) {
    let (wan, lan) = &*interfaces;
    while let Ok((mut client, _)) = listener.accept().await {
        let text = format!("{name}\n{}\n{}\n", description(wan), description(lan));
        // The client may have disconnected.
        let _ = client.write_all(text.as_bytes()).await;
    }
}

fn description(network: &Network) -> String {
    match network.address() {
        Some(address) => format!("{address} {:?}", network.name_servers()),
        None => "the host's".into(),
    }
}
