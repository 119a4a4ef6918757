//! The network: interfaces, TCP listeners and connections, UDP sockets.
//!
//! The names and meanings are those of std and tokio. Methods that wait are async; methods called
//! `try_…` return [`Error::WouldBlock`] instead of waiting.

pub(crate) mod attached;
#[cfg(feature = "edge-nal")]
pub mod edge_nal;
mod embedded_nal_async;
pub(crate) mod host_resolver;
pub(crate) mod interface;
mod listener;
#[cfg(all(mirage_target, feature = "std"))]
pub(crate) mod loopback;
pub(crate) mod name_servers;
mod network;
mod remote;
mod resolver;
mod several;
mod stream;
mod udp;

pub use self::{
    listener::TcpListener,
    network::Network,
    remote::{Remote, UdpRemote},
    resolver::Resolver,
    stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, TcpStream, WriteHalf},
    udp::{Service, UdpSocket},
};
pub use mirage_devices::net::{
    BindError, Counters, Datagram, Error, MtuDiscover, RecvMeta,
    dhcp::Lease,
    dns::{LookupError, RecordType},
    drops::{DropReason, Drops},
    ip::Route,
    tcp::Counters as TcpCounters,
};
pub use mirage_graph::{address::InterfaceAddress, mac_address::MacAddress};
