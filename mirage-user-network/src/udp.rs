//! UDP: address translation between datagrams of the guest and sockets of the host.

mod packet;

pub use packet::{Flow, parse, send};

use crate::{
    dhcp,
    error::Error,
    family::Family,
    filter::is_unicast,
    hosts::Hosts,
    link::MAX_FRAME_LEN,
    poller::{Poller, Ready, Token},
    published::PublishedPort,
};
use mirage_graph::port::Protocol;
use smoltcp::{
    iface::{SocketHandle, SocketSet},
    socket::raw::{PacketBuffer, PacketMetadata, Socket},
    wire::{IpProtocol, IpVersion},
};
use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// Packets that are buffered in each direction, and their bytes.
const BUFFER_PACKETS: usize = 256;
const BUFFER_SIZE: usize = BUFFER_PACKETS * MAX_FRAME_LEN;
/// How long a NAT entry lives after its last datagram.
const NAT_TIMEOUT: Duration = Duration::from_secs(60);
/// How many NAT entries there are, each of which has a descriptor of the host.
const MAX_NAT_ENTRIES: usize = 256;

/// All UDP sockets.
#[derive(Debug, Default)]
pub struct Datagrams {
    /// Each receives every UDP packet of the guest of its family.
    sockets: Vec<(Family, SocketHandle)>,
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
    /// The family of the guest's address.
    family: Family,
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

impl Datagrams {
    /// Receives the packets of `family`, and binds published ports, which lead to the guest's address of it.
    pub fn publish(
        &mut self,
        family: Family,
        ports: &[PublishedPort],
        poller: &mut Poller,
        sockets: &mut SocketSet<'static>,
    ) -> Result<(), Error> {
        for port in ports.iter().filter(|port| port.is(Protocol::Udp)) {
            let socket = UdpSocket::bind(port.host).and_then(|socket| {
                socket.set_nonblocking(true)?;
                Ok((poller.register(&socket)?, socket))
            });
            let (token, socket) = socket.map_err(|cause| port.not_bound(cause))?;
            self.listeners.insert(
                token,
                Listener {
                    socket,
                    family,
                    guest_port: port.guest,
                    ready: Ready::default(),
                },
            );
        }
        let version = match family {
            Family::Ipv4 => IpVersion::Ipv4,
            Family::Ipv6 => IpVersion::Ipv6,
        };
        let metadata = || vec![PacketMetadata::EMPTY; BUFFER_PACKETS];
        let buffer = || PacketBuffer::new(metadata(), vec![0; BUFFER_SIZE]);
        let socket = Socket::new(Some(version), Some(IpProtocol::Udp), buffer(), buffer());
        self.sockets.push((family, sockets.add(socket)));
        Ok(())
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
    pub fn advance(
        &mut self,
        hosts: &Hosts,
        poller: &mut Poller,
        sockets: &mut SocketSet<'static>,
    ) -> bool {
        let mut forwarded = false;
        for index in 0..self.sockets.len() {
            let (family, handle) = self.sockets[index];
            let socket = sockets.get_mut::<Socket>(handle);
            while let Ok(packet) = socket.recv() {
                forwarded = true;
                if let Some((flow, payload)) = parse(packet) {
                    let payload = payload.to_vec();
                    self.send_to_host(hosts, flow, &payload, poller, socket);
                }
            }
            forwarded |= self.send_to_guest(hosts, family, socket);
        }
        forwarded
    }

    fn send_to_host(
        &mut self,
        hosts: &Hosts,
        flow: Flow,
        payload: &[u8],
        poller: &mut Poller,
        socket: &mut Socket<'static>,
    ) {
        if flow.remote.is_ipv4() && flow.remote.port() == dhcp::SERVER_PORT {
            if let Some(reply) = dhcp::reply(payload, &hosts.ipv4) {
                let from = SocketAddr::new(hosts.ipv4.gateway.into(), dhcp::SERVER_PORT);
                let to = SocketAddr::new(Ipv4Addr::BROADCAST.into(), dhcp::CLIENT_PORT);
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
        if let Ok(entry) = self.nat_entry(hosts, flow, poller) {
            entry.last_used = Instant::now();
            let _ = entry.socket.send(payload);
        }
    }

    /// Returns the NAT entry of `flow`. Creates it if there is none, and removes those that timed out.
    fn nat_entry(
        &mut self,
        hosts: &Hosts,
        flow: Flow,
        poller: &mut Poller,
    ) -> io::Result<&mut NatEntry> {
        let found = self.nat.iter().find(|(_, entry)| entry.flow == flow);
        let token = match found {
            Some((token, _)) => *token,
            None => {
                // The filter has refused those of IPv6.
                if let (IpAddr::V4(guest), IpAddr::V4(remote)) = (flow.guest.ip(), flow.remote.ip())
                    && !(is_unicast(guest) && is_unicast(remote))
                {
                    return Err(io::ErrorKind::AddrNotAvailable.into());
                }
                if !hosts.may_reach(Protocol::Udp, flow.remote) {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                self.nat
                    .retain(|_, entry| entry.last_used.elapsed() < NAT_TIMEOUT);
                if self.nat.len() >= MAX_NAT_ENTRIES {
                    let oldest = self.nat.iter().min_by_key(|(_, entry)| entry.last_used);
                    let oldest = oldest.map(|(token, _)| *token);
                    oldest.and_then(|token| self.nat.remove(&token));
                }
                let remote = hosts.host_endpoint(flow.remote);
                let any: IpAddr = match remote {
                    SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                    SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
                };
                let socket = UdpSocket::bind((any, 0))?;
                socket.set_nonblocking(true)?;
                socket.connect(remote)?;
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

    /// Sends the guest the datagrams of `family`, whose packets `socket` sends.
    fn send_to_guest(
        &mut self,
        hosts: &Hosts,
        family: Family,
        socket: &mut Socket<'static>,
    ) -> bool {
        let mut forwarded = false;
        let mut payload = [0; 65536];
        // Until the guest has an address, its clients wait.
        if let Some((gateway, guest)) = hosts.gateway_and_guest(family) {
            let listeners = self.listeners.iter_mut();
            for (token, listener) in listeners.filter(|(_, each)| each.family == family) {
                while listener.ready.readable && socket.can_send() {
                    let Ok((length, client)) = listener.socket.recv_from(&mut payload) else {
                        listener.ready.readable = false;
                        break;
                    };
                    forwarded = true;
                    let from = (*token, client);
                    let guest = SocketAddr::new(guest, listener.guest_port);
                    let flow = flow_of_client(&self.clients, from, guest, gateway);
                    self.clients.insert(flow, from);
                    let sent = send(socket, flow.remote, flow.guest, &payload[..length]);
                    self.dropped += u64::from(!sent);
                }
            }
        }
        let is_ipv6 = family == Family::Ipv6;
        let nat = self.nat.values_mut();
        for NatEntry {
            flow,
            socket: host_socket,
            ready,
            last_used,
        } in nat.filter(|each| each.flow.guest.is_ipv6() == is_ipv6)
        {
            while ready.readable && socket.can_send() {
                match host_socket.recv(&mut payload) {
                    Ok(length) => {
                        forwarded = true;
                        *last_used = Instant::now();
                        let sent = send(socket, flow.remote, flow.guest, &payload[..length]);
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
    guest: SocketAddr,
    gateway: IpAddr,
) -> Flow {
    let (_, client) = from;
    let flow = |port| Flow {
        guest,
        remote: SocketAddr::new(gateway, port),
    };
    let ports = (client.port()..=u16::MAX).chain(1..client.port());
    let is_free = |flow: &Flow| clients.get(flow).is_none_or(|other| *other == from);
    // The 65,536th client replaces another.
    let free = ports.map(flow).find(is_free);
    free.unwrap_or_else(|| flow(client.port()))
}
