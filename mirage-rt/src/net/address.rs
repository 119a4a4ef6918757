//! What a network is called: addresses, which it may have from a DHCP server.

use super::{InterfaceAddress, Network};
use alloc::vec::Vec;
use core::net::Ipv4Addr;

impl Network {
    /// The interface's address; `None` while it has none, because its lease is lost, and with the
    /// host's sockets on `unix`.
    pub fn address(&self) -> Option<InterfaceAddress> {
        let (stack, _) = self.leased()?;
        let config = stack.config()?;
        Some(InterfaceAddress {
            address: config.address,
            prefix_length: config.prefix_length,
        })
    }

    /// The name servers (DNS) that the DHCP server has said, the best first. None without DHCP,
    /// and while there is no lease.
    ///
    /// ```
    /// use mirage_rt::net::{Network, Error};
    ///
    /// async fn ask(net: &Network, question: &[u8]) -> Result<(), Error> {
    ///     let socket = net.open_udp()?;
    ///     for server in net.name_servers() {
    ///         socket.send_to(question, (server, 53).into()).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn name_servers(&self) -> Vec<Ipv4Addr> {
        let lease = self.leased().and_then(|(_, tenancy)| tenancy.lease());
        lease.map_or_else(Vec::new, |lease| lease.name_servers)
    }
}
