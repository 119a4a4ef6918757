//! The interface through which transport protocols send packets of IPv6.

use super::output::{Ipv6Output, ipv6_of};
use crate::net::{
    ip::{
        datagram_info::DatagramInfo,
        egress::{Egress, transmit_without},
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
        let mut write = Some(write);
        let mut write = |payload: &mut [u8]| {
            if let Some(write) = write.take() {
                write(payload);
            }
        };
        let ends = (local, remote);
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
        match info.remote.as_bytes()[0] {
            0xff => self.0.transmit_to_group(local_port, info, template, data),
            _ => transmit_without(self, template, local_port, info, data),
        }
    }
}
