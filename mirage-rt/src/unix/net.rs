//! The network on the host: the host's own sockets, or the unikernel's own stack on a TAP or, in a
//! test, on a link in memory.
//!
//! Which of them is known only when the process starts, so each type here is an enumeration.

mod descriptor_link;
mod host;
mod tap;

use super::{
    arguments::{self, Backend},
    hardware,
    test::End,
};
use crate::{
    device::StartError,
    net::{
        Error, MacAddress, attached::Attached, host_resolver::HostResolver,
        interface::InterfaceConfig,
    },
    random::Random,
    time::{Clock, Duration},
};
use alloc::rc::Rc;
use core::{
    cell::Cell,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    task::{Context, Poll},
};
use descriptor_link::DescriptorLink;
use futures_util::future::Either;
use host::HostInterface;
use mirage_devices::net::{
    self as stack, Budget, Datagram, MtuDiscover, Reach, RecvMeta, TcpLimits, UdpLimits,
    dhcp::CurrentLease, ethernet, ip::Families,
};
use mirage_graph::name_servers::NameServers;
use rand_core::Rng;
use std::{thread_local, vec::Vec};

/// Memory for the data of a unikernel's connections, in bytes: a quarter of what a machine has by
/// default.
pub(crate) const CONNECTION_MEMORY: usize = 16 << 20;

thread_local! {
    static BUDGET: Budget = Budget::new(CONNECTION_MEMORY);
}

/// The sockets of an interface.
#[derive(Debug, Clone)]
pub(crate) enum Stack {
    Host(HostInterface),
    Link(Attached<DescriptorLink>),
    /// With the name servers that the test declares.
    InMemory(Attached<End>, Rc<Cell<NameServers>>),
}

/// Starts the network of an interface.
pub(crate) fn start(
    interface: &InterfaceConfig,
    clock: Clock,
    mut random: Random,
) -> Result<Stack, StartError> {
    let hardware = hardware::current();
    if let Some(link) = hardware
        .as_ref()
        .and_then(|hardware| hardware.link(interface.node))
    {
        let budget = Budget::new(CONNECTION_MEMORY);
        let stack = Attached::new(interface, End::new(link), budget, clock, random)?;
        return Ok(Stack::InMemory(
            stack,
            Rc::new(Cell::new(NameServers::NONE)),
        ));
    }
    let Some(backend) = arguments::current().backend(interface.node) else {
        return Ok(Stack::Host(HostInterface {
            index: interface.index,
            has_ipv4: interface.has_ipv4,
            congestion: interface.congestion,
            ports: interface.ports,
        }));
    };
    let mac = interface.mac.unwrap_or_else(|| {
        let mut mac = [0; 6];
        random.fill_bytes(&mut mac);
        MacAddress::locally_administered(mac)
    });
    let (device, mtu) = match backend {
        Backend::Tap(name) => tap::open(name, interface.mtu)?,
        Backend::Descriptor(number) => {
            let mtu = interface.mtu.unwrap_or(ethernet::DEFAULT_MTU);
            (descriptor_link::inherited(*number)?, mtu.into())
        }
    };
    let link = DescriptorLink::new(device, mac, mtu)?;
    let budget = BUDGET.with(Budget::clone);
    let stack = Attached::new(interface, link, budget, clock, random)?;
    Ok(Stack::Link(stack))
}

impl Stack {
    pub(crate) fn run(
        &self,
        families: impl Families,
    ) -> Option<impl Future<Output = ()> + 'static> {
        match self {
            Self::Host(..) => None,
            Self::Link(stack) => stack.run(families).map(Either::Left),
            // The stack of a test's host runs already.
            Self::InMemory(stack, _) => stack.run(families).map(Either::Right),
        }
    }

    /// Returns our own stack and its lease, unless the host's sockets are used.
    pub(crate) fn stack_and_lease(&self) -> Option<(&stack::Stack, &CurrentLease)> {
        match self {
            Self::Host(..) => None,
            Self::Link(stack) => stack.stack_and_lease(),
            Self::InMemory(stack, _) => stack.stack_and_lease(),
        }
    }

    /// Returns the name servers of the interface at `index`, unless the host's are used.
    pub(crate) fn name_servers(&self, index: usize) -> Vec<Ipv4Addr> {
        match self {
            Self::Host(_) => Vec::new(),
            Self::Link(stack) => stack.name_servers(index),
            Self::InMemory(_, declared) => declared.get().as_slice().to_vec(),
        }
    }

    /// Returns whether connections can have IPv6 addresses.
    pub(crate) fn has_ipv6(&self) -> bool {
        match self {
            Self::Host(_) => true,
            Self::Link(stack) => stack.has_ipv6(),
            Self::InMemory(stack, _) => stack.has_ipv6(),
        }
    }

    /// Returns what the host knows about names, if its sockets are used.
    pub(crate) fn host(&self) -> Option<HostResolver> {
        match self {
            Self::Host(_) => Some(host::resolver()),
            Self::Link(stack) => stack.host(),
            Self::InMemory(stack, _) => stack.host(),
        }
    }

    pub(crate) fn listen(&self, port: u16, limits: TcpLimits) -> Result<TcpListener, StartError> {
        Ok(match self {
            Self::Host(interface) => {
                let congestion = limits.congestion.unwrap_or(interface.congestion);
                let slots = limits.connections;
                TcpListener::Host(host::TcpListener::bind(
                    *interface, port, slots, congestion,
                )?)
            }
            Self::Link(stack) => TcpListener::Stack(stack.listen(port, limits)?),
            Self::InMemory(stack, _) => TcpListener::Stack(stack.listen(port, limits)?),
        })
    }

    pub(crate) fn bind_udp(&self, port: u16, limits: UdpLimits) -> Result<UdpSocket, StartError> {
        Ok(match self {
            Self::Host(interface) => UdpSocket::Host(host::UdpSocket::bind(*interface, port)?),
            Self::Link(stack) => UdpSocket::Stack(stack.bind_udp(port, limits)?),
            Self::InMemory(stack, _) => UdpSocket::Stack(stack.bind_udp(port, limits)?),
        })
    }

    pub(crate) async fn connect(&self, peer: SocketAddr) -> Result<TcpStream, Error> {
        Ok(match self {
            Self::Host(interface) => {
                TcpStream::Host(host::TcpStream::connect(peer, interface.congestion).await?)
            }
            Self::Link(stack) => TcpStream::Stack(stack.connect(peer).await?),
            Self::InMemory(stack, _) => TcpStream::Stack(stack.connect(peer).await?),
        })
    }

    pub(crate) fn open_udp(&self) -> Result<UdpSocket, Error> {
        Ok(match self {
            Self::Host(..) => UdpSocket::Host(host::UdpSocket::open()?),
            Self::Link(stack) => UdpSocket::Stack(stack.open_udp()?),
            Self::InMemory(stack, _) => UdpSocket::Stack(stack.open_udp()?),
        })
    }
}

/// Defines methods that the host's sockets and those of our stack have in common.
macro_rules! either {
    ($type:ty { $(fn $name:ident($($argument:ident: $of:ty),*) $(-> $output:ty)?;)* }) => {
        impl $type {
            $(pub(crate) fn $name(&self $(, $argument: $of)*) $(-> $output)? {
                match self {
                    Self::Host(socket) => socket.$name($($argument),*),
                    Self::Stack(socket) => socket.$name($($argument),*),
                }
            })*
        }
    };
}

/// A TCP port that is listened on.
#[derive(Debug)]
pub(crate) enum TcpListener {
    Host(host::TcpListener),
    Stack(stack::TcpListener),
}

impl TcpListener {
    pub(crate) fn poll_accept(&self, context: &mut Context<'_>) -> Poll<Result<TcpStream, Error>> {
        match self {
            Self::Host(socket) => socket.poll_accept(context).map_ok(TcpStream::Host),
            Self::Stack(socket) => socket.poll_accept(context).map_ok(TcpStream::Stack),
        }
    }
}

either!(TcpListener {
    fn local_addr() -> SocketAddr;
    fn port() -> u16;
});

/// A TCP connection.
#[derive(Debug)]
pub(crate) enum TcpStream {
    Host(host::TcpStream),
    Stack(stack::TcpStream),
}

either!(TcpStream {
    fn local_addr() -> SocketAddr;
    fn peer_addr() -> SocketAddr;
    fn try_read(buffer: &mut [u8]) -> Result<usize, Error>;
    fn try_write(data: &[u8]) -> Result<usize, Error>;
    fn try_write_vectored(buffers: &[&[u8]]) -> Result<usize, Error>;
    fn poll_read(context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Error>>;
    fn poll_fill(context: &mut Context<'_>, bytes: &mut Vec<u8>) -> Poll<Result<usize, Error>>;
    fn poll_read_ready(context: &mut Context<'_>) -> Poll<()>;
    fn poll_write_ready(context: &mut Context<'_>) -> Poll<()>;
    fn poll_reserve(context: &mut Context<'_>, bytes: &mut Vec<u8>, count: usize) -> Poll<Result<(), Error>>;
    fn poll_commit(context: &mut Context<'_>, bytes: &mut Vec<u8>) -> Poll<Result<(), Error>>;
    fn release_reservation(bytes: &mut Vec<u8>);
    fn set_nodelay(nodelay: bool) -> Result<(), Error>;
    fn set_keepalive(idle: Option<Duration>) -> Result<(), Error>;
    fn urgent() -> Option<usize>;
    fn shutdown();
    fn abort();
});

/// A UDP port.
#[derive(Debug)]
pub(crate) enum UdpSocket {
    Host(host::UdpSocket),
    Stack(stack::UdpSocket),
}

type Received = Result<(usize, SocketAddr), Error>;

either!(UdpSocket {
    fn local_addr() -> SocketAddr;
    fn port() -> u16;
    fn try_recv_from(buffer: &mut [u8]) -> Received;
    fn poll_recv_from(context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Received>;
    fn try_send_to(data: &[u8], peer: SocketAddr) -> Result<usize, Error>;
    fn try_send_many(datagrams: &[Datagram<'_>]) -> Result<usize, Error>;
    fn connect(peer: SocketAddr) -> Result<(), Error>;
    fn take_error() -> Option<(Error, SocketAddr)>;
    fn set_broadcast(broadcast: bool) -> Result<(), Error>;
    fn broadcast() -> Result<bool, Error>;
    fn set_mtu_discover(mtu_discover: MtuDiscover) -> Result<(), Error>;
    fn mtu_discover() -> Result<MtuDiscover, Error>;
    fn join_multicast_v4(group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error>;
    fn leave_multicast_v4(group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Error>;
    fn set_multicast_loop_v4(is_looped: bool) -> Result<(), Error>;
    fn multicast_loop_v4() -> Result<bool, Error>;
    fn set_multicast_ttl_v4(ttl: u32) -> Result<(), Error>;
    fn multicast_ttl_v4() -> Result<u32, Error>;
    fn join_multicast_v6(group: &Ipv6Addr) -> Result<(), Error>;
    fn leave_multicast_v6(group: &Ipv6Addr) -> Result<(), Error>;
    fn set_multicast_loop_v6(is_looped: bool) -> Result<(), Error>;
    fn multicast_loop_v6() -> Result<bool, Error>;
    fn set_multicast_hops_v6(hops: u32) -> Result<(), Error>;
    fn multicast_hops_v6() -> Result<u32, Error>;
    fn poll_recv_ready(context: &mut Context<'_>) -> Poll<Result<(), Error>>;
    fn poll_send_ready(context: &mut Context<'_>) -> Poll<Result<(), Error>>;
});

impl UdpSocket {
    pub(crate) fn try_recv_many(
        &self,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Result<usize, Error> {
        match self {
            Self::Host(socket) => socket.try_recv_many(buffers, meta),
            Self::Stack(socket) => socket.try_recv_many(buffers, meta),
        }
    }

    pub(crate) fn poll_recv_many(
        &self,
        context: &mut Context<'_>,
        buffers: &mut [impl AsMut<[u8]>],
        meta: &mut [RecvMeta],
    ) -> Poll<Result<usize, Error>> {
        match self {
            Self::Host(socket) => socket.poll_recv_many(context, buffers, meta),
            Self::Stack(socket) => socket.poll_recv_many(context, buffers, meta),
        }
    }

    pub(crate) fn reach(&self, peer: SocketAddr) -> Reach {
        match self {
            // The host chooses the route.
            Self::Host(_) => Reach::Gateway,
            Self::Stack(socket) => socket.reach(peer),
        }
    }
}
