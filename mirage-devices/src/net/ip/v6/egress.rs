//! The interface through which transport protocols send packets of IPv6.

use super::{
    fragmenter::is_fragmented,
    output::{Ipv6Output, ipv6_of},
    packet::HOP_LIMIT,
};
use crate::net::{
    ip::{
        datagram_info::DatagramInfo,
        egress::Egress,
        packet::{Address, NextHopHint, PacketHeader, TransmitError},
        template::Template,
    },
    link::Transmit,
};

/// Sends packets of IPv6 on an interface, at a time.
pub(super) struct Ipv6Egress<'a, T>(pub(super) Ipv6Output<'a, T>);

impl<T: Transmit> Egress for Ipv6Egress<'_, T> {
    #[inline]
    fn has_room(&mut self) -> bool {
        self.0.transmitter.has_room()
    }

    #[inline]
    fn confirm(&mut self, remote: Address, hint: &mut NextHopHint) {
        if let Some(remote) = ipv6_of(remote) {
            self.0.confirm(remote, hint);
        }
    }

    #[inline]
    fn transmit(
        &mut self,
        header: &PacketHeader,
        hint: &mut NextHopHint,
        length: usize,
        write: impl FnOnce(&mut [u8]),
    ) -> Result<(), TransmitError> {
        let (Some(local), Some(remote)) = (ipv6_of(header.local), ipv6_of(header.remote)) else {
            return Err(TransmitError::Unreachable);
        };
        let ends = (local, remote);
        if let Some(mac) = self.0.reachable_mac(local, remote, hint, length) {
            return self.0.push(mac, HOP_LIMIT, ends, header, length, write);
        }
        let mut write = Some(write);
        let mut write = |payload: &mut [u8]| {
            if let Some(write) = write.take() {
                write(payload);
            }
        };
        self.0.transmit(ends, header, hint, length, &mut write)
    }

    #[inline]
    fn transmit_datagram(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        if info.remote.as_bytes()[0] == 0xff {
            return self.0.transmit_to_group(local_port, info, template, data);
        }
        match is_fragmented(template.mtu_discover, self.0.ip.mtu, data.len()) {
            true => self.0.transmit_in_fragments(local_port, info, data),
            false => self.0.transmit_datagram(local_port, info, template, data),
        }
    }
}
