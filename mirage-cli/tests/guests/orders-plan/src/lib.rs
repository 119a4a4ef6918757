//! The plan of an application whose unikernels are packages of their own.
#![no_std]

mirage_rt::application! {
    name = "orders",
    networks(lan(ip = "10.9.0.0/24")),
    unikernels(
        front(lan, tcp(http = 80)),
        store(lan, udp(ledger = 9), block(count(size = "4KiB")), restart = "on-failure"),
    ),
    links(outside -> front.http, front -> store.ledger),
}
