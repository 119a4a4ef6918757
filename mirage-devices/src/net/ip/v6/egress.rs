//! The interface through which transport protocols send packets of both families.

use super::{
    fragmenter::is_fragmented,
    interface::Ipv6,
    output::{Ipv6Output, ipv6_of},
    packet::HOP_LIMIT,
};
use crate::{
    net::{
        ip::{
            datagram_info::DatagramInfo,
            egress::Egress,
            interface::Ip,
            output::IpEgress,
            packet::{Address, NextHopHint, PacketHeader, TransmitError},
            template::Template,
        },
        link::Transmit,
    },
    time::Instant,
};
use core::cell::RefMut;

/// Sends packets of both families on an interface, at a time.
pub(super) struct DualStackEgress<'a, T> {
    pub(super) ipv6: RefMut<'a, Ipv6>,
    pub(super) ip: &'a mut Ip,
    pub(super) now: Instant,
    pub(super) transmitter: &'a mut T,
}

impl<T: Transmit> DualStackEgress<'_, T> {
    #[inline(always)]
    fn ipv4(&mut self) -> IpEgress<'_, T> {
        IpEgress::new(self.ip, self.now, self.transmitter)
    }

    #[inline(always)]
    fn ipv6(&mut self) -> Ipv6Output<'_, T> {
        Ipv6Output::new(&mut self.ipv6, self.ip, self.now, self.transmitter)
    }
}

impl<T: Transmit> Egress for DualStackEgress<'_, T> {
    #[inline]
    fn has_room(&mut self) -> bool {
        self.transmitter.has_room()
    }

    #[inline]
    fn confirm(&mut self, remote: Address, hint: &mut NextHopHint) {
        match ipv6_of(remote) {
            Some(remote) => self.ipv6().confirm(remote, hint),
            None => self.ipv4().confirm(remote, hint),
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
        match (ipv6_of(header.local), ipv6_of(header.remote)) {
            (Some(local), Some(remote)) => {
                if let Some(mac) = self.ipv6().reachable_mac(local, remote, hint, length) {
                    let ends = (local, remote);
                    return self
                        .ipv6()
                        .push(mac, HOP_LIMIT, ends, header, length, write);
                }
                let mut write = Some(write);
                let mut write = |payload: &mut [u8]| {
                    if let Some(write) = write.take() {
                        write(payload);
                    }
                };
                let ends = (local, remote);
                self.ipv6().transmit(ends, header, hint, length, &mut write)
            }
            _ => self.ipv4().transmit(header, hint, length, write),
        }
    }

    #[inline]
    fn transmit_datagram(
        &mut self,
        local_port: u16,
        info: &DatagramInfo,
        template: &mut Template,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        match info.remote.as_ipv4() {
            Some(_) => self
                .ipv4()
                .transmit_datagram(local_port, info, template, data),
            None if info.remote.as_bytes()[0] == 0xff => self
                .ipv6()
                .transmit_to_group(local_port, info, template, data),
            None if is_fragmented(template.mtu_discover, self.ip.mtu, data.len()) => {
                self.ipv6().transmit_in_fragments(local_port, info, data)
            }
            None => self
                .ipv6()
                .transmit_datagram(local_port, info, template, data),
        }
    }
}
