//! Interfaces with rules: to whom the unikernel opens connections, and who opens connections to it.

use super::{Interface, Ipv6Interface, NetworkConfiguration, NetworkDevice};
use crate::{
    device::{Device, StartError},
    logger::report,
    net::Network,
    random::Random,
    time::Clock,
};
use core::marker::PhantomData;
use mirage_devices::net::policy::{Direction, Policy, Request};

pub use mirage_devices::net::{
    ip::Protocol,
    policy::{Accept, Client, Peer, Rules},
};

/// The configuration `I` of an interface, and the rules for it.
#[derive(Debug)]
pub struct Guarded<I> {
    interface: I,
    rules: &'static Rules,
}

impl<A> Interface<A> {
    /// Returns the interface with rules. They hold from its start, and not with the host's sockets on `unix`.
    #[must_use]
    pub const fn with_rules(self, rules: &'static Rules) -> Guarded<Self> {
        Guarded {
            interface: self,
            rules,
        }
    }
}

impl<A, S> Ipv6Interface<A, S> {
    /// Returns the interface with rules, which hold for all its address families.
    #[must_use]
    pub const fn with_rules(self, rules: &'static Rules) -> Guarded<Self> {
        Guarded {
            interface: self,
            rules,
        }
    }
}

impl<I: NetworkConfiguration> Guarded<I> {
    /// Makes the network that this configuration describes, not yet started.
    pub fn wire(&self, clock: Clock, random: Random) -> GuardedNetwork<I::Network> {
        GuardedNetwork {
            network: self.interface.network(clock, random),
            rules: self.rules,
        }
    }
}

/// A network with rules.
#[derive(Debug)]
pub struct GuardedNetwork<D> {
    network: D,
    rules: &'static Rules,
}

#[diagnostic::do_not_recommend]
impl<D: NetworkDevice> Device for GuardedNetwork<D> {
    type Output = Network;

    async fn start(&mut self) -> Result<(), StartError> {
        self.network.start().await?;
        match self.network.network().stack_and_lease() {
            Some((stack, _)) => stack.set_policy(Logged::<D>(self.rules, PhantomData)),
            None if cfg!(mirage_target) || self.rules.members.is_empty() => {}
            None => report!(
                Warn,
                "links by {} lead to the addresses of the plan in the host's networks; `--net` attaches it to a TAP device",
                self.network.network().node()
            ),
        }
        Ok(())
    }

    fn run(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.network.run()
    }

    fn stop(&self) -> Option<impl Future<Output = ()> + 'static> {
        self.network.stop()
    }

    fn provide(self) -> Network {
        self.network.provide()
    }
}

/// Logs what the rules refuse to the unikernel itself. What they refuse to others is counted.
struct Logged<D>(&'static Rules, PhantomData<D>);

impl<D: NetworkDevice> Policy for Logged<D> {
    fn admits(&mut self, request: &Request) -> bool {
        let is_allowed = self.0.allow(request);
        if !is_allowed && request.direction == Direction::Out {
            let protocol = match request.protocol {
                Protocol::Udp => "UDP",
                _ => "TCP",
            };
            let address = D::displayed(request.remote);
            let port = request.remote_port;
            report!(
                Warn,
                "{} has no link to {address}, {protocol} port {port}",
                crate::name()
            );
        }
        is_allowed
    }
}

#[cfg(all(test, not(mirage_target)))]
mod tests {
    use super::*;
    use crate::{
        net::{Error, TcpListener},
        test::run,
    };
    use core::net::{Ipv4Addr, SocketAddr};

    const DB: Ipv4Addr = Ipv4Addr::new(10, 0, 1, 4);

    /// A unikernel that has a link to the TCP port 5432 of `DB`, and no other.
    const RULES: Rules = Rules {
        connects: Some(&[Peer {
            protocol: Protocol::Tcp,
            address: Some(DB),
            port: 5432,
        }]),
        accepts: &[],
        members: &[DB],
    };

    async fn accept(listener: TcpListener) {
        let mut connections = alloc::vec::Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            connections.push(connection);
        }
    }

    #[test]
    fn a_unikernel_connects_along_its_links_only() {
        run(async |world| {
            let (own, db) = (world.host("10.0.1.3"), world.host("10.0.1.4"));
            for port in [5432, 5433] {
                crate::spawn(accept(db.listen(port)));
            }
            let network = own.network();
            let (stack, _) = network.stack_and_lease().expect("a stack");
            stack.set_policy(Logged::<Network>(&RULES, PhantomData));
            let connect = async |port| {
                let connected = network.connect(SocketAddr::from((DB, port))).await;
                connected.map(|_| ())
            };
            assert_eq!(connect(5432).await, Ok(()));
            assert_eq!(connect(5433).await, Err(Error::PermissionDenied));
            let socket = network.open_udp().expect("a port");
            let sent = socket.send_to(b"x", (DB, 5432).into()).await;
            assert_eq!(sent.map(|_| ()), Err(Error::PermissionDenied));
        });
    }
}
