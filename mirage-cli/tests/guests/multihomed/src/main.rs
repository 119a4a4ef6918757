//! Two interfaces, one of which uses DHCP. A client receives a report with the port that it has connected
//! to, and the interfaces. A datagram is answered with the interface and the address that received it.
#![no_std]
#![cfg_attr(not(test), no_main)]

extern crate alloc;

use alloc::{format, rc::Rc, string::String, vec::Vec};
use mirage_rt::{
    io::Write,
    net::{Datagram, Error, Network, RecvMeta, Service, TcpListener},
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
    let (mut questions, mut meta) = ([[0; 64]; 8], [RecvMeta::default(); 8]);
    loop {
        let count = dns.udp.recv_many(&mut questions, &mut meta).await?;
        let received = questions.iter().zip(&meta[..count]);
        let answers: Vec<_> = received
            .map(|(question, meta)| {
                let name = match meta.interface {
                    index if index == interfaces.0.index() => "wan",
                    index if index == interfaces.1.index() => "lan",
                    _ => "no interface",
                };
                let question = String::from_utf8_lossy(&question[..meta.len]);
                let address = meta.dst_ip.map(|address| format!("{address}"));
                format!("{name} {} {question}", address.unwrap_or_default())
            })
            .collect();
        let answers = answers.iter().zip(&meta).map(|(answer, meta)| {
            let mut answer = Datagram::new(answer.as_bytes(), meta.addr);
            answer.src_ip = meta.dst_ip;
            answer.interface = Some(meta.interface);
            answer
        });
        let answers: Vec<_> = answers.collect();
        let mut unsent = &answers[..];
        while !unsent.is_empty() {
            // A client that cannot be reached any more has no use for it.
            let sent = dns.udp.send_many(unsent).await.unwrap_or(1);
            unsent = &unsent[sent..];
        }
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
