//! A resolver, which asks a name server of the same program.

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfigGroup, ResolverConfig},
    name_server::TokioConnectionProvider,
};
use std::{
    error::Error,
    net::{Ipv4Addr, UdpSocket},
    thread,
};

#[mirage_rt::unikernel]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    let port = socket.local_addr()?.port();
    thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut query) {
            // The question ends after the name, its type and its class.
            let name = query[12..length]
                .iter()
                .position(|byte| *byte == 0)
                .unwrap_or(0);
            let mut answer = query[..12 + name + 5].to_vec();
            answer[2..12].copy_from_slice(&[0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
            answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]);
            let _ = socket.send_to(&answer, peer);
        }
    });
    let servers = NameServerConfigGroup::from_ips_clear(&[Ipv4Addr::LOCALHOST.into()], port, true);
    let config = ResolverConfig::from_parts(None, vec![], servers);
    let resolver =
        TokioResolver::builder_with_config(config, TokioConnectionProvider::default()).build();
    let found = resolver.ipv4_lookup("example.org.").await?;
    assert_eq!(
        found.iter().next().map(|address| address.0),
        Some(Ipv4Addr::new(192, 0, 2, 1))
    );
    Ok(())
}
