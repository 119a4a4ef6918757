//! A test setup: the forwarder, a client on each interface, and the name server that it asks.

use crate::{Arguments, cache::CacheConfig, framing, main, tests::zone};
use alloc::{rc::Rc, vec::Vec};
use core::{cell::Cell, net::SocketAddr};
use mirage_rt::{
    device::Config,
    graph::net::ServicePort,
    net::{TcpStream, UdpSocket},
    spawn,
    test::{Host, Link, World},
    time::{Clock, Duration, timeout},
};

/// An interface of the forwarder.
#[derive(Clone, Copy)]
pub enum Side {
    Wan,
    Lan,
}

pub struct Lab {
    wan: Link,
    clients: [Host; 2],
    upstream: Host,
    asked: Rc<Cell<u32>>,
}

impl Lab {
    /// Starts the forwarder. The name server does not answer yet.
    pub async fn new(world: &World) -> Self {
        let (wan, lan) = (world.link().clone(), world.new_link());
        let interfaces = [wan.host("10.0.0.2"), lan.host("10.1.0.1")];
        let networks = interfaces.each_ref().map(Host::network);
        let [to_upstream, _] = networks.clone();
        let dns = ServicePort::at(53).wire(networks);
        let dns = world.start(dns).await.unwrap();
        let cache = CacheConfig::DEFAULT.wire(Clock);
        let cache = world.start(cache).await.unwrap();
        let arguments = Arguments {
            upstream: [10, 0, 0, 9].into(),
            upstream_port: 53,
        };
        spawn(main(dns, to_upstream, cache, arguments, world.random()));
        Self {
            clients: [wan.host("10.0.0.3"), lan.host("10.1.0.3")],
            upstream: wan.host("10.0.0.9"),
            asked: Rc::default(),
            wan,
        }
    }

    /// The link to the name server.
    pub fn wan(&self) -> &Link {
        &self.wan
    }

    /// The number of queries that have reached the name server.
    pub fn asked(&self) -> u32 {
        self.asked.get()
    }

    /// Makes the name server answer each UDP query with these messages.
    pub fn serve(&self, answers: impl Fn(&[u8], SocketAddr) -> Vec<Vec<u8>> + 'static) {
        let socket = Rc::new(self.upstream.bind_udp(53));
        self.serve_from(socket.clone(), socket, answers);
    }

    /// Makes another host answer the UDP queries sent to the name server.
    pub fn serve_from_other_host(&self, answer: impl Fn(&[u8]) -> Vec<u8> + 'static) {
        let (other, _) = self.client(Side::Wan);
        let socket = Rc::new(self.upstream.bind_udp(53));
        self.serve_from(socket, Rc::new(other), move |query, _| {
            [answer(query)].into()
        });
    }

    fn serve_from(
        &self,
        receiver: Rc<UdpSocket>,
        sender: Rc<UdpSocket>,
        answers: impl Fn(&[u8], SocketAddr) -> Vec<Vec<u8>> + 'static,
    ) {
        let asked = self.asked.clone();
        spawn(async move {
            let mut query = [0; 512];
            loop {
                let (length, peer) = receiver.recv_from(&mut query).await.unwrap();
                asked.set(asked.get() + 1);
                for answer in answers(&query[..length], peer) {
                    sender.send_to(&answer, peer).await.unwrap();
                }
            }
        });
    }

    /// Makes the name server answer each TCP query with this message.
    pub fn serve_streams(&self, answer: impl Fn(&[u8]) -> Vec<u8> + 'static) {
        let (listener, asked) = (self.upstream.listen(53), self.asked.clone());
        spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                while let Some(query) = framing::read(&mut stream).await {
                    asked.set(asked.get() + 1);
                    framing::write(&mut stream, &answer(&query)).await;
                }
            }
        });
    }

    /// Makes the name server answer every UDP query with an address record.
    pub fn serve_addresses(&self, ttl: u32) {
        let records = [zone::address(ttl)];
        self.serve(move |query, _| [zone::answer(query, 0, &records)].into());
    }

    /// A client's socket, and the forwarder's address on the client's side.
    pub fn client(&self, side: Side) -> (UdpSocket, SocketAddr) {
        let socket = self.clients[side as usize].network().open_udp();
        (socket.unwrap(), forwarder(side))
    }

    /// Sends a client's query over UDP; `None` if there is no answer within five seconds.
    pub async fn try_ask(&self, side: Side, query: &[u8]) -> Option<Vec<u8>> {
        let (socket, forwarder) = self.client(side);
        socket.send_to(query, forwarder).await.unwrap();
        let mut answer = [0; 1500];
        let answered = timeout(Duration::from_secs(5), socket.recv_from(&mut answer));
        let (length, _) = answered.await.ok()?.unwrap();
        Some(answer[..length].to_vec())
    }

    /// Sends a client's query over UDP and waits for the answer.
    pub async fn ask(&self, side: Side, query: &[u8]) -> Vec<u8> {
        self.try_ask(side, query).await.unwrap()
    }

    /// Connects a client over TCP.
    pub async fn connect(&self, side: Side) -> TcpStream {
        let network = self.clients[side as usize].network();
        network.connect(forwarder(side)).await.unwrap()
    }
}

fn forwarder(side: Side) -> SocketAddr {
    match side {
        Side::Wan => ([10, 0, 0, 2], 53).into(),
        Side::Lan => ([10, 1, 0, 1], 53).into(),
    }
}
