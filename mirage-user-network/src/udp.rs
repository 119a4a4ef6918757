//! UDP: address translation between datagrams of the guest and sockets of the host.

use crate::{
    addresses::Addresses,
    dhcp,
    error::Error,
    filter::is_unicast,
    link::{ETHERNET_HEADER_LEN, MAX_FRAME_LEN},
    poller::{Poller, Ready, Token},
    published::PublishedPort,
};
use mirage_graph::port::Protocol;
use smoltcp::{
    iface::{SocketHandle, SocketSet},
    phy::ChecksumCapabilities,
    socket::raw::{PacketBuffer, PacketMetadata, Socket},
    wire::{
        IPV4_HEADER_LEN, IpProtocol, IpVersion, Ipv4Packet, Ipv4Repr, UDP_HEADER_LEN, UdpPacket,
        UdpRepr,
    },
};
use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    time::{Duration, Instant},
};

/// Packets that are buffered in each direction, and their bytes.
const BUFFER_PACKETS: usize = 256;
const BUFFER_SIZE: usize = BUFFER_PACKETS * MAX_FRAME_LEN;
/// The largest payload that fits one frame, in bytes.
const MAX_PAYLOAD_LEN: usize =
    MAX_FRAME_LEN - ETHERNET_HEADER_LEN - IPV4_HEADER_LEN - UDP_HEADER_LEN;
/// How long a NAT entry lives after its last datagram.
const NAT_TIMEOUT: Duration = Duration::from_secs(60);

/// All UDP sockets.
#[derive(Debug)]
pub struct Datagrams {
    addresses: Addresses,
    /// Receives every UDP packet of the guest.
    socket: SocketHandle,
    listeners: HashMap<Token, Listener>,
    nat: HashMap<Token, NatEntry>,
    /// Clients of published ports, by the flow that the guest sees.
    clients: HashMap<Flow, (Token, SocketAddr)>,
    /// Datagrams to the guest that did not fit one frame or the buffer.
    dropped: u64,
}

/// A published port.
#[derive(Debug)]
struct Listener {
    socket: UdpSocket,
    guest_port: u16,
    ready: Ready,
}

/// A flow that the guest has opened, and the host's socket that it leaves by.
#[derive(Debug)]
struct NatEntry {
    flow: Flow,
    socket: UdpSocket,
    ready: Ready,
    last_used: Instant,
}

/// A port of the guest and the remote endpoint, as the guest sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flow {
    pub guest_port: u16,
    pub remote: SocketAddrV4,
}

impl Datagrams {
    /// Binds the published ports.
    pub fn new(
        addresses: &Addresses,
        ports: &[PublishedPort],
        poller: &mut Poller,
        sockets: &mut SocketSet<'static>,
    ) -> Result<Self, Error> {
        let mut listeners = HashMap::new();
        for port in ports.iter().filter(|port| port.is(Protocol::Udp)) {
            let socket = UdpSocket::bind(port.host).and_then(|socket| {
                socket.set_nonblocking(true)?;
                Ok((poller.register(&socket)?, socket))
            });
            let (token, socket) = socket.map_err(|cause| port.not_bound(cause))?;
            listeners.insert(
                token,
                Listener {
                    socket,
                    guest_port: port.guest,
                    ready: Ready::default(),
                },
            );
        }
        let metadata = || vec![PacketMetadata::EMPTY; BUFFER_PACKETS];
        let buffer = || PacketBuffer::new(metadata(), vec![0; BUFFER_SIZE]);
        let socket = Socket::new(
            Some(IpVersion::Ipv4),
            Some(IpProtocol::Udp),
            buffer(),
            buffer(),
        );
        Ok(Self {
            addresses: *addresses,
            socket: sockets.add(socket),
            listeners,
            nat: HashMap::new(),
            clients: HashMap::new(),
            dropped: 0,
        })
    }

    /// Records that `token` is ready, if it is of a UDP socket. Returns whether it is.
    pub fn set_ready(&mut self, token: Token, ready: Ready) -> bool {
        let recorded = None
            .or_else(|| self.nat.get_mut(&token).map(|each| &mut each.ready))
            .or_else(|| self.listeners.get_mut(&token).map(|each| &mut each.ready));
        recorded.map(|recorded| recorded.add(ready)).is_some()
    }

    /// How many datagrams to the guest were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forwards the datagrams that have arrived. Returns whether there were any.
    pub fn advance(&mut self, poller: &mut Poller, sockets: &mut SocketSet<'static>) -> bool {
        let socket = sockets.get_mut::<Socket>(self.socket);
        let mut forwarded = false;
        while let Ok(packet) = socket.recv() {
            forwarded = true;
            if let Some((flow, payload)) = parse(packet) {
                let payload = payload.to_vec();
                self.send_to_host(flow, &payload, poller, socket);
            }
        }
        self.send_to_guest(socket) || forwarded
    }

    fn send_to_host(
        &mut self,
        flow: Flow,
        payload: &[u8],
        poller: &mut Poller,
        socket: &mut Socket<'static>,
    ) {
        if flow.remote.port() == dhcp::SERVER_PORT {
            if let Some(reply) = dhcp::reply(payload, &self.addresses) {
                let from = SocketAddrV4::new(self.addresses.gateway, dhcp::SERVER_PORT);
                let to = SocketAddrV4::new(Ipv4Addr::BROADCAST, dhcp::CLIENT_PORT);
                self.dropped += u64::from(!send(socket, from, to, &reply));
            }
            return;
        }
        if let Some((listener, client)) = self.clients.get(&flow)
            && let Some(listener) = self.listeners.get(listener)
        {
            let _ = listener.socket.send_to(payload, client);
            return;
        }
        if let Ok(entry) = self.nat_entry(flow, poller) {
            entry.last_used = Instant::now();
            let _ = entry.socket.send(payload);
        }
    }

    /// Returns the NAT entry of `flow`. Creates it if there is none, and removes those that timed out.
    fn nat_entry(&mut self, flow: Flow, poller: &mut Poller) -> io::Result<&mut NatEntry> {
        let found = self.nat.iter().find(|(_, entry)| entry.flow == flow);
        let token = match found {
            Some((token, _)) => *token,
            None => {
                if !is_unicast(*flow.remote.ip()) {
                    return Err(io::ErrorKind::AddrNotAvailable.into());
                }
                self.nat
                    .retain(|_, entry| entry.last_used.elapsed() < NAT_TIMEOUT);
                let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
                socket.set_nonblocking(true)?;
                socket.connect(self.addresses.to_host(flow.remote))?;
                let token = poller.register(&socket)?;
                self.nat.insert(
                    token,
                    NatEntry {
                        flow,
                        socket,
                        ready: Ready::default(),
                        last_used: Instant::now(),
                    },
                );
                token
            }
        };
        Ok(self.nat.get_mut(&token).expect("found or inserted"))
    }

    fn send_to_guest(&mut self, socket: &mut Socket<'static>) -> bool {
        let Addresses { gateway, guest, .. } = self.addresses;
        let mut forwarded = false;
        let mut payload = [0; 65536];
        for (token, listener) in &mut self.listeners {
            while listener.ready.readable && socket.can_send() {
                let Ok((length, client)) = listener.socket.recv_from(&mut payload) else {
                    listener.ready.readable = false;
                    break;
                };
                forwarded = true;
                let from = (*token, client);
                let flow = flow_of_client(&self.clients, from, listener.guest_port, gateway);
                self.clients.insert(flow, from);
                let to = SocketAddrV4::new(guest, flow.guest_port);
                let sent = send(socket, flow.remote, to, &payload[..length]);
                self.dropped += u64::from(!sent);
            }
        }
        for NatEntry {
            flow,
            socket: host_socket,
            ready,
            last_used,
        } in self.nat.values_mut()
        {
            while ready.readable && socket.can_send() {
                match host_socket.recv(&mut payload) {
                    Ok(length) => {
                        forwarded = true;
                        *last_used = Instant::now();
                        let to = SocketAddrV4::new(guest, flow.guest_port);
                        let sent = send(socket, flow.remote, to, &payload[..length]);
                        self.dropped += u64::from(!sent);
                    }
                    // An ICMP error for an earlier datagram. Later ones may still arrive.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                    Err(_) => ready.readable = false,
                }
            }
        }
        forwarded
    }
}

/// Returns the flow by which the guest sees the client `from`. The guest sees every client at the
/// gateway's address, so the port distinguishes clients at different addresses with equal ports: it is
/// the client's own, or the next that no other client has.
fn flow_of_client(
    clients: &HashMap<Flow, (Token, SocketAddr)>,
    from: (Token, SocketAddr),
    guest_port: u16,
    gateway: Ipv4Addr,
) -> Flow {
    let (_, client) = from;
    let flow = |port| Flow {
        guest_port,
        remote: SocketAddrV4::new(gateway, port),
    };
    let ports = (client.port()..=u16::MAX).chain(1..client.port());
    let is_free = |flow: &Flow| clients.get(flow).is_none_or(|other| *other == from);
    // The 65,536th client replaces another.
    let free = ports.map(flow).find(is_free);
    free.unwrap_or_else(|| flow(client.port()))
}

/// Returns the flow and the payload of a UDP packet of the guest, or `None` if it is malformed.
pub(crate) fn parse(packet: &[u8]) -> Option<(Flow, &[u8])> {
    let packet = Ipv4Packet::new_checked(packet).ok()?;
    let (from, to) = (packet.src_addr(), packet.dst_addr());
    let datagram = UdpPacket::new_checked(packet.payload()).ok()?;
    let checks = ChecksumCapabilities::default();
    let ports = UdpRepr::parse(&datagram, &from.into(), &to.into(), &checks).ok()?;
    let flow = Flow {
        guest_port: ports.src_port,
        remote: SocketAddrV4::new(to, ports.dst_port),
    };
    Some((flow, datagram.payload()))
}

/// Sends a datagram to the guest. Returns whether it fits one frame and the buffer.
pub(crate) fn send(
    socket: &mut Socket<'static>,
    from: SocketAddrV4,
    to: SocketAddrV4,
    payload: &[u8],
) -> bool {
    const HOP_LIMIT: u8 = 64;
    if payload.len() > MAX_PAYLOAD_LEN {
        return false;
    }
    let ports = UdpRepr {
        src_port: from.port(),
        dst_port: to.port(),
    };
    let header = Ipv4Repr {
        src_addr: *from.ip(),
        dst_addr: *to.ip(),
        next_header: IpProtocol::Udp,
        payload_len: ports.header_len() + payload.len(),
        hop_limit: HOP_LIMIT,
    };
    let length = header.buffer_len() + header.payload_len;
    let Ok(room) = socket.send(length) else {
        return false;
    };
    let checks = ChecksumCapabilities::default();
    let mut packet = Ipv4Packet::new_unchecked(room);
    header.emit(&mut packet, &checks);
    let mut datagram = UdpPacket::new_unchecked(packet.payload_mut());
    let (source, destination) = (header.src_addr.into(), header.dst_addr.into());
    let copy = |room: &mut [u8]| room.copy_from_slice(payload);
    ports.emit(
        &mut datagram,
        &source,
        &destination,
        payload.len(),
        copy,
        &checks,
    );
    true
}
