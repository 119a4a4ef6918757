//! A plan, and a unikernel that follows it. No program starts it: this one has another entry.

use mirage_rt::{
    application,
    net::{Error, Remote, UdpRemote},
    unikernel,
};

application! {
    name = "exercise",
    networks(back(ip = "10.0.1.0/24")),
    unikernels(client(back), server(back, tcp(stream = 7000), udp(datagram = 7000))),
    links(client -> server.stream, client -> server.datagram as other),
}

/// Asks both ports.
#[unikernel(self::client)]
pub async fn ask(server: Remote, other: UdpRemote) -> Result<(), Error> {
    crate::net::asked(&server, &other).await
}
