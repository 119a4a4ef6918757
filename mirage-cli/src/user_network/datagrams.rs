//! UDP: datagrams between the unikernel and sockets of the host.

use super::{
    Addresses,
    admission::is_reached,
    dhcp,
    link::MAX_FRAME_LEN,
    poller::{Poller, Ready, Token},
};
use crate::{failure::Result, ports::Published};
use smoltcp::{
    iface::{SocketHandle, SocketSet},
    phy::ChecksumCapabilities,
    socket::raw::{PacketBuffer, PacketMetadata, Socket},
    wire::{IpProtocol, IpVersion, Ipv4Packet, Ipv4Repr, UdpPacket, UdpRepr},
};
use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    time::{Duration, Instant},
};

/// Packets that wait, in each direction, and their bytes.
const PACKETS: usize = 256;
const BYTES: usize = PACKETS * MAX_FRAME_LEN;
/// The longest datagram that is one frame, in bytes.
const MAX_PAYLOAD_LEN: usize = MAX_FRAME_LEN - 14 - 20 - 8;
/// Who has not been spoken to for so long is forgotten.
const IDLE: Duration = Duration::from_secs(60);

/// All sockets for datagrams.
#[derive(Debug)]
pub struct Datagrams {
    addresses: Addresses,
    /// It has every UDP packet of the unikernel.
    socket: SocketHandle,
    doors: HashMap<Token, Door>,
    ways: HashMap<Token, Way>,
    /// Who has last been heard at which of the unikernel's ports.
    clients: HashMap<Ends, (Token, SocketAddr)>,
    /// Datagrams to the unikernel that were no frame, or for which there was no room.
    dropped: u64,
}

/// A port of the host that leads to the unikernel.
#[derive(Debug)]
struct Door {
    socket: UdpSocket,
    guest_port: u16,
    ready: Ready,
}

/// What the unikernel sends from one of its ports to somebody.
#[derive(Debug)]
struct Way {
    ends: Ends,
    socket: UdpSocket,
    ready: Ready,
    used: Instant,
}

/// The unikernel's port, and whom it speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Ends {
    pub guest_port: u16,
    pub remote: SocketAddrV4,
}

impl Datagrams {
    /// None yet; those to published ports are taken.
    pub fn new(
        addresses: &Addresses,
        published: &[Published],
        poller: &mut Poller,
        sockets: &mut SocketSet<'static>,
    ) -> Result<Self> {
        let mut doors = HashMap::new();
        for port in published.iter().filter(|port| port.protocol == "udp") {
            let Published { at, guest, .. } = port;
            let socket = UdpSocket::bind(at).and_then(|socket| {
                socket.set_nonblocking(true)?;
                Ok((poller.register(&socket)?, socket))
            });
            let (token, socket) = socket.map_err(|cause| port.taken(&cause))?;
            doors.insert(
                token,
                Door {
                    socket,
                    guest_port: *guest,
                    ready: Ready::default(),
                },
            );
        }
        let buffer = || PacketBuffer::new(vec![PacketMetadata::EMPTY; PACKETS], vec![0; BYTES]);
        let socket = Socket::new(
            Some(IpVersion::Ipv4),
            Some(IpProtocol::Udp),
            buffer(),
            buffer(),
        );
        Ok(Self {
            addresses: *addresses,
            socket: sockets.add(socket),
            doors,
            ways: HashMap::new(),
            clients: HashMap::new(),
            dropped: 0,
        })
    }

    /// Takes note if this is about a socket for datagrams.
    pub fn is_ready(&mut self, token: Token, ready: Ready) -> bool {
        let known = None
            .or_else(|| self.ways.get_mut(&token).map(|each| &mut each.ready))
            .or_else(|| self.doors.get_mut(&token).map(|each| &mut each.ready));
        known.map(|known| known.add(ready)).is_some()
    }

    /// How many datagrams to the unikernel were dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Carries the datagrams that are there; says whether there were any.
    pub fn advance(&mut self, poller: &mut Poller, sockets: &mut SocketSet<'static>) -> bool {
        let socket = sockets.get_mut::<Socket>(self.socket);
        let mut carried = false;
        while let Ok(packet) = socket.recv() {
            carried = true;
            if let Some((ends, payload)) = read(packet) {
                let payload = payload.to_vec();
                self.outward(ends, &payload, poller, socket);
            }
        }
        self.inward(socket) || carried
    }

    fn outward(
        &mut self,
        ends: Ends,
        payload: &[u8],
        poller: &mut Poller,
        socket: &mut Socket<'static>,
    ) {
        if ends.remote.port() == dhcp::SERVER_PORT {
            if let Some(answer) = dhcp::answer(payload, &self.addresses) {
                let from = SocketAddrV4::new(self.addresses.host, dhcp::SERVER_PORT);
                let to = SocketAddrV4::new(Ipv4Addr::BROADCAST, dhcp::CLIENT_PORT);
                self.dropped += u64::from(!send(socket, from, to, &answer));
            }
            return;
        }
        if let Some((door, client)) = self.clients.get(&ends)
            && let Some(door) = self.doors.get(door)
        {
            let _ = door.socket.send_to(payload, client);
            return;
        }
        if let Ok(way) = self.way(ends, poller) {
            way.used = Instant::now();
            let _ = way.socket.send(payload);
        }
    }

    /// The socket that stands for the unikernel's port when it speaks to `ends.remote`.
    fn way(&mut self, ends: Ends, poller: &mut Poller) -> io::Result<&mut Way> {
        let known = self.ways.iter().find(|(_, way)| way.ends == ends);
        let token = match known {
            Some((token, _)) => *token,
            None => {
                if !is_reached(*ends.remote.ip()) {
                    return Err(io::ErrorKind::AddrNotAvailable.into());
                }
                self.ways.retain(|_, way| way.used.elapsed() < IDLE);
                let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
                socket.set_nonblocking(true)?;
                socket.connect(self.addresses.on_host(ends.remote))?;
                let token = poller.register(&socket)?;
                self.ways.insert(
                    token,
                    Way {
                        ends,
                        socket,
                        ready: Ready::default(),
                        used: Instant::now(),
                    },
                );
                token
            }
        };
        Ok(self.ways.get_mut(&token).expect("it has been found"))
    }

    fn inward(&mut self, socket: &mut Socket<'static>) -> bool {
        let Addresses { host, guest, .. } = self.addresses;
        let mut carried = false;
        let mut payload = [0; 65536];
        for (token, door) in &mut self.doors {
            while door.ready.readable && socket.can_send() {
                let Ok((length, client)) = door.socket.recv_from(&mut payload) else {
                    door.ready.readable = false;
                    break;
                };
                carried = true;
                let from = (*token, client);
                let ends = ends_of(&self.clients, from, door.guest_port, host);
                self.clients.insert(ends, from);
                let to = SocketAddrV4::new(guest, ends.guest_port);
                let sent = send(socket, ends.remote, to, &payload[..length]);
                self.dropped += u64::from(!sent);
            }
        }
        for way in self.ways.values_mut() {
            while way.ready.readable && socket.can_send() {
                match way.socket.recv(&mut payload) {
                    Ok(length) => {
                        carried = true;
                        way.used = Instant::now();
                        let to = SocketAddrV4::new(guest, way.ends.guest_port);
                        let sent = send(socket, way.ends.remote, to, &payload[..length]);
                        self.dropped += u64::from(!sent);
                    }
                    // Nobody is there; what comes later is not lost by that.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                    Err(_) => way.ready.readable = false,
                }
            }
        }
        carried
    }
}

/// The ends by which the unikernel speaks to the client `from`: its own port on the host, or the next
/// that is no other client's. (Each has an address, and the unikernel sees only the host's.)
fn ends_of(
    clients: &HashMap<Ends, (Token, SocketAddr)>,
    from: (Token, SocketAddr),
    guest_port: u16,
    host: Ipv4Addr,
) -> Ends {
    let (_, client) = from;
    let ports = (client.port()..=u16::MAX).chain(1..client.port());
    let mut ends = ports.map(|port| Ends {
        guest_port,
        remote: SocketAddrV4::new(host, port),
    });
    let own = ends.find(|ends| clients.get(ends).is_none_or(|other| *other == from));
    // Of 65,535 clients one is forgotten.
    own.unwrap_or(Ends {
        guest_port,
        remote: SocketAddrV4::new(host, client.port()),
    })
}

/// The ends and the payload of a UDP packet of the unikernel, if it is not malformed.
pub(super) fn read(packet: &[u8]) -> Option<(Ends, &[u8])> {
    let packet = Ipv4Packet::new_checked(packet).ok()?;
    let (from, to) = (packet.src_addr(), packet.dst_addr());
    let datagram = UdpPacket::new_checked(packet.payload()).ok()?;
    let checks = ChecksumCapabilities::default();
    let ports = UdpRepr::parse(&datagram, &from.into(), &to.into(), &checks).ok()?;
    let ends = Ends {
        guest_port: ports.src_port,
        remote: SocketAddrV4::new(to, ports.dst_port),
    };
    Some((ends, datagram.payload()))
}

/// Sends a datagram to the unikernel, if it is one frame and there is room. Whether it was so.
pub(super) fn send(
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
