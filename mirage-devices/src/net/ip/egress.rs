//! The interface through which transport protocols send.

use super::{
    datagram_info::DatagramInfo,
    packet::{Address, NextHopHint, PacketHeader, TransmitError, UDP_HEADER_LEN},
    template::{Template, write_datagram},
};

/// Takes packets on their way to the link.
pub trait Egress {
    /// Whether the link has room for a frame.
    fn has_room(&mut self) -> bool;

    /// Notes that the transport protocol made progress with a peer, so that its next hop need not be
    /// probed (RFC 4861, section 7.3.1).
    fn confirm(&mut self, _remote: Address, _hint: &mut NextHopHint) {}

    /// Sends a packet whose transport header and payload have `length` bytes, which `write` writes.
    /// Their contents are undefined before. The checksum field is left 0: the IP layer fills it in.
    ///
    /// A packet whose next hop is being resolved counts as sent.
    ///
    /// # Errors
    /// Returns a [`TransmitError`], without calling `write`, if the packet cannot be sent.
    fn transmit(
        &mut self,
        header: &PacketHeader,
        hint: &mut NextHopHint,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError>;

    /// Sends a datagram from `local_port`, as [`transmit`](Self::transmit) does. `template` is that of the
    /// last datagram, which often went to the same peer.
    ///
    /// # Errors
    /// Returns a [`TransmitError`] if the datagram cannot be sent.
    fn transmit_datagram(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        transmit_without(self, template, local_port, info, data)
    }
}

/// Sends a datagram whose headers are not kept.
#[inline(never)]
pub(super) fn transmit_without(
    egress: &mut (impl Egress + ?Sized),
    template: &mut Template,
    local_port: u16,
    info: &DatagramInfo,
    data: &[u8],
) -> Result<(), TransmitError> {
    let udp = info.udp_header(local_port, data.len());
    let write = |datagram: &mut [u8]| write_datagram(datagram, udp, data);
    let length = UDP_HEADER_LEN + data.len();
    egress.transmit(&info.packet(), &mut template.next_hop, length, write)
}
