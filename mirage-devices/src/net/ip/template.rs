//! The headers of datagrams to a peer, kept from one datagram to the next.
//!
//! They are right for as long as nothing has changed on which they depend: addresses, routes, and where
//! the next hop is. A generation counts such changes for all templates of an interface together, and the
//! neighbour's state is known to last for a certain time.

use super::{
    datagram_info::DatagramInfo,
    interface::Ip,
    output::{HEADERS_LEN, IpEgress, Target, partial_checksum, write_ethernet},
    packet::{Address, Ecn, Egress, NextHopHint, Protocol, TransmitError, UDP_HEADER_LEN},
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

/// Where the total length and the checksum are in the headers of Ethernet and IPv4.
const TOTAL_LEN: usize = ethernet::HEADER_LEN + 2;
const CHECKSUM: usize = ethernet::HEADER_LEN + 10;

/// The headers of datagrams to a peer. The default is that of no peer.
#[derive(Debug, Clone, Default)]
pub struct Template {
    next_hop: NextHopHint,
    headers: Option<Headers>,
}

/// Headers, and how long they are right.
#[derive(Debug, Clone)]
struct Headers {
    generation: u64,
    until: Instant,
    local: Address,
    remote: Address,
    ecn: Ecn,
    /// The headers of Ethernet and IPv4, of a packet without payload.
    bytes: [u8; HEADERS_LEN],
    /// The sum of the IPv4 header without the total length.
    sum: u16,
    /// The sum of the pseudo-header without the length.
    pseudo_header: Sum,
    info: TransmitInfo,
}

impl Template {
    /// Returns the headers if they are right for a datagram with `info`.
    #[inline(always)]
    fn valid(&self, ip: &Ip, now: Instant, info: &DatagramInfo) -> Option<&Headers> {
        let headers = self.headers.as_ref()?;
        let is_valid = headers.generation == ip.generation
            && now < headers.until
            && headers.local == info.local
            && headers.remote == info.remote
            && headers.ecn == info.ecn;
        is_valid.then_some(headers)
    }
}

impl<T: Transmit> IpEgress<'_, T> {
    /// Sends a datagram with the headers of the last one, if they are still right.
    #[inline(always)]
    pub(super) fn transmit_by(
        &mut self,
        template: &mut Template,
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) -> Result<(), TransmitError> {
        let headers = match template.valid(self.ip, self.now, info) {
            Some(headers) => headers,
            None => match self.renew(template, info) {
                Some(headers) => headers,
                None => return transmit_without(self, template, local_port, info, data),
            },
        };
        let packet_len = v4::HEADER_LEN + UDP_HEADER_LEN + data.len();
        if packet_len > self.ip.mtu {
            return Err(TransmitError::TooLong);
        }
        let udp = info.udp_header(local_port, data.len());
        let fill = |frame: &mut [u8]| headers.write(frame, packet_len as u16, udp, data);
        let frame_len = ethernet::HEADER_LEN + packet_len;
        let pushed = self.transmitter.push_with(frame_len, headers.info, fill);
        pushed.ok_or(TransmitError::NoRoom)
    }

    /// Replaces the headers by those of datagrams with `info`; returns them. Returns `None` if each packet
    /// must be looked at: its next hop is being resolved, or it is this host itself.
    #[inline(never)]
    fn renew<'t>(
        &mut self,
        template: &'t mut Template,
        info: &DatagramInfo,
    ) -> Option<&'t Headers> {
        let (local, remote) = (info.local.as_ipv4()?, info.remote.as_ipv4()?);
        let Ok(Target::Frame(mac)) = self.target(local, remote, &mut template.next_hop) else {
            return None;
        };
        let ip = &*self.ip;
        let until = if ip.addresses.is_broadcast(remote) || remote.is_multicast() {
            Instant::from_nanos(u64::MAX)
        } else {
            let address = ip.routes.next_hop(remote)?;
            let index = template.next_hop.index();
            ip.neighbours.settled_until(self.now, index, address)?
        };
        let mut bytes = [0; HEADERS_LEN];
        let (link, packet) = bytes.split_first_chunk_mut()?;
        write_ethernet(link, mac, ip.mac);
        let packet = packet.first_chunk_mut()?;
        v4::write_header(packet, local, remote, Protocol::Udp, info.ecn, 0);
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
}

impl Headers {
    /// Writes a frame whose packet has `packet_len` bytes. `udp` is the UDP header without the checksum.
    #[inline(always)]
    fn write(&self, frame: &mut [u8], packet_len: u16, udp: u64, data: &[u8]) {
        let Some((headers, datagram)) = frame.split_first_chunk_mut::<HEADERS_LEN>() else {
            return;
        };
        *headers = self.bytes;
        headers[TOTAL_LEN..TOTAL_LEN + 2].copy_from_slice(&packet_len.to_be_bytes());
        let checksum = !checksum::add(self.sum, packet_len);
        headers[CHECKSUM..CHECKSUM + 2].copy_from_slice(&checksum.to_be_bytes());
        let sum = self
            .pseudo_header
            .add_u16(packet_len - v4::HEADER_LEN as u16);
        let checksum = match self.info.checksum {
            Some(_) => sum.fold(),
            None => {
                let header = Sum::from_bytes(&udp.to_be_bytes());
                (Sum::from_bytes(data) + header + sum).checksum()
            }
        };
        // A checksum of 0 would mean that there is none (RFC 768).
        let checksum = if checksum == 0 { u16::MAX } else { checksum };
        write_datagram(datagram, udp | u64::from(checksum), data);
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

#[inline(always)]
fn write_datagram(datagram: &mut [u8], udp: u64, data: &[u8]) {
    if let Some((header, payload)) = datagram.split_first_chunk_mut() {
        *header = udp.to_be_bytes();
        payload.copy_from_slice(data);
    }
}
