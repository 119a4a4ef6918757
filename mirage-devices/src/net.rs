//! The network: links that carry Ethernet frames, and the stack on top of them.
//!
//! [`Stack`] speaks ARP, IPv4, IPv6, ICMP echo, TCP and UDP over one [`Link`](link::Link). Its sockets,
//! [`TcpListener`], [`TcpStream`] and [`UdpSocket`], do not know the link's type. ARCHITECTURE.md walks a frame through the layers.

pub mod checksum;
mod config;
mod connect;
mod counters;
pub mod datagrams;
pub mod dhcp;
mod displayed_address;
pub mod dns;
pub mod drops;
mod ephemeral;
mod error;
pub mod ethernet;
mod exchange;
pub mod ip;
mod ipv6;
mod jitter;
mod limits;
pub mod link;
mod listener;
mod memory;
pub mod neighbour;
pub mod offload;
pub mod policy;
pub mod rate_limit;
mod readiness;
#[cfg(test)]
mod recorder;
mod renumber;
mod signal;
mod sip_key;
mod spare;
mod stack;
mod state;
mod stream;
pub mod tap;
pub mod tcp;
#[cfg(test)]
mod tests;
mod udp;
mod wakers;

pub use config::StackConfig;
pub use counters::Counters;
pub use error::{BindError, Error};
pub use ip::MtuDiscover;
pub use ipv6::Ipv6Config;
pub use limits::{TcpLimits, UdpLimits};
pub use listener::TcpListener;
pub use readiness::Ready;
pub use stack::Stack;
pub use state::Reach;
pub use stream::TcpStream;
pub use tcp::{Budget, KeepAlive};
pub use udp::{Datagram, RecvMeta, UdpSocket};
