//! UDP (RFC 768): the ports of a host, which know no address family.
//!
//! The IP layer has verified the checksum of what is received, or found that there is none, and
//! computes that of what is sent.

mod output;
mod port;
mod port_table;
mod queue;
mod table;
#[cfg(test)]
mod tests;

pub use super::ip::DatagramInfo;
pub use port::PortError;
pub(super) use port::memory as port_memory;
pub use queue::QueueFull;
pub use table::{Datagrams, PortId, ReceiveError, SendError};
