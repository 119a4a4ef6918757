//! Datagrams on their way to the link, with the headers of a template.

use super::{
    datagram_info::DatagramInfo,
    egress::transmit_without,
    mtu_discover::MtuDiscover,
    output::{Ipv4Egress, Target, partial_checksum},
    packet::{Protocol, TransmitError, UDP_HEADER_LEN},
    template::{HEADERS_LEN, Headers, Template, write_datagram},
    v4,
};
use crate::{
    net::{
        checksum::{self, Sum},
        ethernet,
        link::Transmit,
        offload::TransmitInfo,
    },
    time::Instant,
};

impl<T: Transmit> Ipv4Egress<'_, T> {
    /// Sends a datagram with the headers of the last one, if they are still right.
    #[inline(always)]
    pub(super) fn transmit_by(
        &mut self,
        template: &mut Template,
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let headers = match template.valid(self.ip.generation, self.now, info) {
            Some(headers) => headers,
            None => match self.renew(template, local_port, info, data) {
                Some(headers) => headers,
                None => return self.transmit_without_headers(template, local_port, info, data),
            },
        };
        let packet_len = v4::HEADER_LEN + UDP_HEADER_LEN + data.len();
        if packet_len > self.ip.mtu {
            return self.transmit_without_headers(template, local_port, info, data);
        }
        let udp = info.udp_header(local_port, data.len());
        let fill = |frame: &mut [u8]| headers.write(frame, packet_len as u16, udp, data);
        let frame_len = ethernet::HEADER_LEN + packet_len;
        let pushed = self.transmitter.push_with(frame_len, headers.info, fill);
        pushed.ok_or(TransmitError::NoRoom)
    }

    /// Sends a datagram whose headers are not kept, or that is longer than the MTU.
    #[cold]
    #[inline(never)]
    fn transmit_without_headers(
        &mut self,
        template: &mut Template,
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let remote = info.remote.as_ipv4();
        let is_to_group = remote.is_some_and(|remote| remote.is_multicast());
        let ttl = match is_to_group {
            true => template.multicast_v4.ttl,
            false => v4::TTL,
        };
        if ttl == 0 {
            // It does not leave this host (RFC 1112, section 6.1).
            return Ok(());
        }
        let length = UDP_HEADER_LEN + data.len();
        let is_fragmented = match template.mtu_discover {
            MtuDiscover::Do => false,
            MtuDiscover::Want => v4::HEADER_LEN + length > self.ip.mtu,
            MtuDiscover::Dont => true,
        };
        if !is_fragmented {
            return transmit_without(self, template, local_port, info, data);
        }
        let udp = info.udp_header(local_port, data.len());
        self.transmit_fragments(&info.packet(), ttl, length, &mut |datagram| {
            write_datagram(datagram, udp, data);
        })
    }

    /// Replaces the headers by those of datagrams with `info`; returns them. Returns `None` if each packet
    /// must be looked at: its next hop is being resolved, it is this host itself, it does not leave this host, or
    /// routers may fragment it.
    #[inline(never)]
    fn renew<'t>(
        &mut self,
        template: &'t mut Template,
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) -> Option<&'t Headers> {
        let (local, remote) = (info.local.as_ipv4()?, info.remote.as_ipv4()?);
        let Ok(Target::Frame(mac)) = self.target(local, remote, &mut template.next_hop) else {
            return None;
        };
        let is_to_group = remote.is_multicast();
        let is_looped = is_to_group && self.loop_back(template, local_port, info, data);
        // Each packet that may be fragmented has an identification of its own.
        if template.mtu_discover == MtuDiscover::Dont
            || is_to_group && template.multicast_v4.ttl == 0
        {
            return None;
        }
        let (ipv4, ip) = (&*self.ipv4, &*self.ip);
        let until = if is_looped {
            // The next datagram is looped back, too.
            self.now
        } else if is_to_group || ipv4.addresses.is_broadcast(remote) {
            Instant::from_nanos(u64::MAX)
        } else {
            let address = ipv4.routes.next_hop(remote)?;
            let index = template.next_hop.index();
            ipv4.neighbours.settled_until(self.now, index, address)?
        };
        let mut bytes = [0; HEADERS_LEN];
        let (link, packet) = bytes.split_first_chunk_mut()?;
        ethernet::write_header(link, mac, ip.mac, ethernet::IPV4);
        let packet = packet.first_chunk_mut()?;
        v4::write_header(packet, local, remote, Protocol::Udp, info.ecn, 0);
        if is_to_group {
            packet[v4::TTL_OFFSET] = template.multicast_v4.ttl;
        }
        // Both fields are added for each packet.
        packet[2..4].fill(0);
        packet[10..12].fill(0);
        let headers = Headers {
            generation: ip.generation,
            until,
            local: info.local,
            remote: info.remote,
            ecn: info.ecn,
            sum: Sum::from_bytes(packet).fold(),
            pseudo_header: checksum::pseudo_header_ipv4(local, remote, Protocol::Udp as u8, 0),
            info: TransmitInfo {
                checksum: ip
                    .offloads
                    .checksum
                    .then(|| partial_checksum(Protocol::Udp)),
                segment_size: None,
            },
            bytes,
        };
        Some(template.headers.insert(headers))
    }

    /// Queues a datagram to a group for this host, if it is in the group and the socket wants that. Returns whether
    /// each datagram is to be passed to this.
    #[inline]
    fn loop_back(
        &mut self,
        template: &Template,
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) -> bool {
        let ip = &mut *self.ip;
        let Some(groups) = self
            .ipv4
            .groups
            .as_ref()
            .filter(|_| template.multicast_v4.is_looped)
        else {
            return false;
        };
        // Otherwise the datagram is sent again, when the link has room.
        if self.transmitter.has_room() {
            groups.loop_back((&mut ip.loopback, &mut ip.drops), local_port, info, data);
        }
        true
    }
}
