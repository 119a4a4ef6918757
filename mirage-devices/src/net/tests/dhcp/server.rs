//! A scripted DHCP server.

use super::super::{
    cable::{Cable, End},
    client::POOL,
    world::{Clock, World},
};
use crate::{
    net::{
        Budget, RecvMeta, Stack, StackConfig, UdpSocket,
        dhcp::{CurrentLease, DhcpClient, Lease, LeasePolicy, Release},
        neighbour::{Claiming, Defence},
        tcp::Algorithm,
    },
    random::Random,
    time::Monotonic,
};
use core::{
    future::poll_fn,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};
use smoltcp::wire::{
    ArpHardware, DhcpMessageType, DhcpOpCode, DhcpOption, DhcpPacket, DhcpRepr, EthernetAddress,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    string::{String, ToString},
    vec,
    vec::Vec,
};

pub(super) const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
pub(super) const LEASED: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 50);

/// A client at one end of a cable, which obtains and renews a lease, and a server at the other.
pub(super) struct Bench {
    pub(super) cable: Cable,
    pub(super) world: World,
    pub(super) stack: Stack,
    pub(super) lease: CurrentLease,
    pub(super) release: Release<Clock>,
    /// The server's machine.
    pub(super) other: Stack,
    pub(super) server: Rc<Server>,
}

/// Takes every lease but one.
#[derive(Default)]
pub(super) struct Owner {
    pub(super) refused: Option<Ipv4Addr>,
    /// Whether an address is probed before its use.
    pub(super) probes_first: bool,
}

impl LeasePolicy for Owner {
    fn refusal(&self, lease: &Lease) -> Option<String> {
        (self.refused == Some(lease.address)).then(|| "it is not wanted".to_string())
    }

    fn changed(&self, _lease: Option<&Lease>) {}

    fn claiming(&self) -> Claiming {
        match self.probes_first {
            true => Claiming::Tentative,
            false => Claiming::Optimistic,
        }
    }
}

impl Bench {
    pub(super) fn new(owner: Owner) -> Self {
        let world = World::default();
        let clock = world.clock();
        let (cable, near, far) = Cable::new(&clock);
        let stack = |link: &End, config, seed| {
            let random = Random::from_seed([seed; 32]);
            let stack = Stack::new(
                link,
                Budget::new(POOL),
                Algorithm::CUBIC,
                random.clone(),
                clock.clone(),
            )
            .unwrap();
            stack.add_ipv4(config, random).unwrap();
            stack
        };
        let ours = stack(&near, None, 7);
        let config = StackConfig {
            address: SERVER,
            prefix_length: 16,
            gateway: None,
        };
        let other = stack(&far, Some(config), 8);
        world.spawn(ours.run(ours.ipv4().unwrap(), near, world.clock()));
        world.spawn(other.run(other.ipv4().unwrap(), far, world.clock()));
        let random = Random::from_seed([9; 32]);
        let names = ("wan", "gateway");
        let lease = CurrentLease::default();
        let owner = (owner, lease.clone());
        let mut client =
            DhcpClient::new(ours.clone(), names, owner, world.clock(), random).unwrap();
        let release = client.release();
        world.spawn(async move {
            client.acquire().await;
            client.keep().await;
        });
        let socket = other.bind_udp(67).unwrap();
        socket.set_broadcast(true).unwrap();
        let server = Rc::new(Server {
            socket,
            clock: world.clock(),
            received: Cell::new(0),
        });
        Self {
            cable,
            world,
            stack: ours,
            lease,
            release,
            other,
            server,
        }
    }

    /// A bench whose client has a lease.
    pub(super) fn leased() -> Self {
        let bench = Self::new(Owner::default());
        let server = bench.server.clone();
        bench
            .world
            .run(async move { server.lease(&Reply::default()).await });
        bench.world.pass(core::time::Duration::from_millis(10));
        assert_eq!(bench.address(), Some(LEASED));
        bench
    }

    /// The client's address.
    pub(super) fn address(&self) -> Option<Ipv4Addr> {
        let config = self.stack.config();
        let address = config.map(|config| config.address);
        let leased = self.lease.get().map(|lease| lease.address);
        assert_eq!(address, leased);
        address
    }

    /// Gives another host an address that may be the client's, which it never gives up.
    pub(super) fn have_other_use(&self, address: Ipv4Addr) {
        let claiming = (Claiming::Optimistic, Defence::Always);
        let now = self.server.now();
        let added = self
            .other
            .with_ipv4(|ipv4, ip| ipv4.add_address(ip, now, (address, 16), claiming));
        added.unwrap();
        self.other.shared.work.raise();
    }

    /// Answers all messages from now on.
    pub(super) fn serve(&self, answer: impl Fn(&Message) -> Option<Reply> + 'static) {
        let server = self.server.clone();
        self.world.spawn(async move {
            loop {
                let message = server.receive().await;
                if let Some(reply) = answer(&message) {
                    server.reply(&message, &reply).await;
                }
            }
        });
    }
}

/// The server's port.
pub(super) struct Server {
    socket: UdpSocket,
    clock: Clock,
    received: Cell<usize>,
}

/// A message that the server has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: DhcpMessageType,
    pub(super) transaction: u32,
    pub(super) from: Ipv4Addr,
    /// The server's address, or the broadcast address.
    pub(super) to: IpAddr,
    /// The address that the client already has (`ciaddr`).
    pub(super) client_ip: Ipv4Addr,
    pub(super) requested: Option<Ipv4Addr>,
    pub(super) server: Option<Ipv4Addr>,
    pub(super) wants_broadcast: bool,
    pub(super) name: Option<Vec<u8>>,
    /// The parameter request list.
    pub(super) parameters: Vec<u8>,
    pub(super) client: EthernetAddress,
}

/// A reply of the server. By default it offers a valid address for one hour.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub(super) kind: DhcpMessageType,
    pub(super) address: Ipv4Addr,
    pub(super) server: Option<Ipv4Addr>,
    pub(super) mask: Option<Ipv4Addr>,
    pub(super) router: Option<Ipv4Addr>,
    /// Of option 121, in as many parts.
    pub(super) routes: Vec<Vec<u8>>,
    pub(super) name_servers: Vec<Ipv4Addr>,
    /// Other options, by code.
    pub(super) options: Vec<(u8, Vec<u8>)>,
    pub(super) seconds: Option<u32>,
    /// T1 and T2.
    pub(super) times: Option<(u32, u32)>,
}

impl Default for Reply {
    fn default() -> Self {
        Self {
            kind: DhcpMessageType::Offer,
            address: LEASED,
            server: Some(SERVER),
            mask: Some(Ipv4Addr::new(255, 255, 255, 0)),
            router: Some(SERVER),
            routes: Vec::new(),
            name_servers: Vec::new(),
            options: Vec::new(),
            seconds: Some(3600),
            times: None,
        }
    }
}

impl Reply {
    /// Returns the same reply as an acknowledgement.
    pub(super) fn acknowledged(&self) -> Self {
        Self {
            kind: DhcpMessageType::Ack,
            ..self.clone()
        }
    }

    /// Returns the reply of a correct server: an offer or an acknowledgement.
    pub(super) fn to(&self, message: &Message) -> Option<Self> {
        match message.kind {
            DhcpMessageType::Discover => Some(self.clone()),
            DhcpMessageType::Request => Some(self.acknowledged()),
            _ => None,
        }
    }
}

impl Server {
    /// Returns the number of messages received so far.
    pub(super) fn received(&self) -> usize {
        self.received.get()
    }

    pub(super) fn now(&self) -> crate::time::Instant {
        self.clock.now()
    }

    pub(super) async fn receive(&self) -> Message {
        let mut bytes = vec![0; 1500];
        let mut meta = [RecvMeta::default()];
        let received = poll_fn(|context| {
            let buffers = &mut [&mut bytes[..]];
            self.socket.poll_recv_many(context, buffers, &mut meta)
        });
        assert_eq!(received.await, Ok(1));
        let [RecvMeta { len: length, .. }] = meta;
        self.received.set(self.received.get() + 1);
        assert!(length >= 300, "{length}");
        let SocketAddr::V4(peer) = meta[0].addr else {
            panic!("{:?}", meta[0]);
        };
        assert_eq!(peer.port(), 68);
        let packet = DhcpPacket::new_checked(&bytes[..length]).unwrap();
        let option = |kind| {
            let mut options = packet.options();
            let option = options.find(|option| option.kind == kind);
            option.map(|option| option.data.to_vec())
        };
        let message = DhcpRepr::parse(&packet).unwrap();
        assert_eq!(
            message.client_identifier,
            Some(message.client_hardware_address)
        );
        Message {
            kind: message.message_type,
            transaction: message.transaction_id,
            from: *peer.ip(),
            client_ip: message.client_ip,
            requested: message.requested_ip,
            server: message.server_identifier,
            wants_broadcast: message.broadcast,
            name: option(12),
            parameters: option(55).unwrap_or_default(),
            to: meta[0].dst_ip.unwrap(),
            client: message.client_hardware_address,
        }
    }

    pub(super) async fn reply(&self, message: &Message, reply: &Reply) {
        let times = reply.times.map(|(renewal, rebinding)| {
            [(58, renewal.to_be_bytes()), (59, rebinding.to_be_bytes())]
        });
        let times = times.iter().flatten();
        let times = times.map(|(kind, data)| DhcpOption { kind: *kind, data });
        let routes = reply.routes.iter();
        let routes = routes.map(|data| DhcpOption { kind: 121, data });
        let others = reply.options.iter();
        let others = others.map(|(kind, data)| DhcpOption { kind: *kind, data });
        let options: Vec<_> = times.chain(routes).chain(others).collect();
        let written = DhcpRepr {
            message_type: reply.kind,
            transaction_id: message.transaction,
            secs: 0,
            client_hardware_address: message.client,
            client_ip: message.client_ip,
            your_ip: reply.address,
            server_ip: SERVER,
            router: reply.router,
            subnet_mask: reply.mask,
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: message.wants_broadcast,
            requested_ip: None,
            client_identifier: None,
            server_identifier: reply.server,
            parameter_request_list: None,
            dns_servers: (!reply.name_servers.is_empty())
                .then(|| reply.name_servers.iter().copied().collect()),
            max_size: None,
            lease_duration: reply.seconds,
            renew_duration: None,
            rebind_duration: None,
            additional_options: &options,
        };
        let mut bytes = vec![0; written.buffer_len()];
        let mut packet = DhcpPacket::new_unchecked(&mut bytes[..]);
        written.emit(&mut packet).unwrap();
        self.send(message, &bytes).await;
    }

    /// Replies with an offer whose options are these bytes.
    pub(super) async fn reply_with_options(&self, message: &Message, options: &[u8]) {
        let mut bytes = vec![0; 240];
        let mut packet = DhcpPacket::new_unchecked(&mut bytes[..]);
        packet.set_opcode(DhcpOpCode::Reply);
        packet.set_hardware_type(ArpHardware::Ethernet);
        packet.set_hardware_len(6);
        packet.set_transaction_id(message.transaction);
        packet.set_client_hardware_address(message.client);
        packet.set_your_ip(LEASED);
        packet.set_magic_number(0x6382_5363);
        bytes.extend_from_slice(options);
        self.send(message, &bytes).await;
    }

    async fn send(&self, message: &Message, bytes: &[u8]) {
        let to = match message.wants_broadcast {
            true => Ipv4Addr::BROADCAST,
            false => message.client_ip,
        };
        self.socket.send_to(bytes, (to, 68).into()).await.unwrap();
    }

    /// Leases the address of `reply` to the next client that asks.
    pub(super) async fn lease(&self, reply: &Reply) -> (Message, Message) {
        let discover = self.receive().await;
        assert_eq!(discover.kind, DhcpMessageType::Discover);
        self.reply(&discover, reply).await;
        let request = self.receive().await;
        assert_eq!(request.kind, DhcpMessageType::Request);
        self.reply(&request, &reply.acknowledged()).await;
        (discover, request)
    }
}

/// What a task of a test notes.
pub(super) type Notes<T> = Rc<RefCell<Vec<T>>>;
