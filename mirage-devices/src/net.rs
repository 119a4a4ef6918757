//! The network: links that carry Ethernet frames, and the stack on top of them.
//!
//! [`Stack`] speaks ARP, IPv4, ICMP echo, TCP and UDP over one [`Link`](link::Link). Its sockets,
//! [`TcpListener`], [`TcpStream`] and [`UdpSocket`], do not know the link's type. The protocols are
//! smoltcp's; that it is smoltcp is not visible from outside.

mod admission;
mod backlog;
pub mod checksum;
mod config;
mod connect;
mod connections;
mod counters;
pub mod datagrams;
mod device;
pub mod dhcp;
pub mod drops;
mod ephemeral;
mod error;
pub mod ethernet;
mod exchange;
mod instant;
pub mod ip;
mod jitter;
mod limits;
pub mod link;
mod listener;
mod memory;
pub mod neighbour;
pub mod offload;
mod outbox;
pub mod policy;
pub mod rate_limit;
#[cfg(test)]
mod recorder;
mod refusals;
mod renumber;
mod segment;
mod signal;
mod stack;
mod state;
mod stream;
pub mod tap;
pub mod tcp;
#[cfg(test)]
mod tests;
mod udp;

pub use config::StackConfig;
pub use counters::Counters;
pub use error::{BindError, Error};
pub use limits::{TcpLimits, UdpLimits};
pub use listener::TcpListener;
pub use stack::Stack;
pub use state::Reach;
pub use stream::TcpStream;
pub use udp::UdpSocket;
