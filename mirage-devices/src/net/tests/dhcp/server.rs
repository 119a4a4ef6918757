//! A DHCP server that says what a test wants.

use super::super::{
    cable::{Cable, MTU},
    world::{Clock, World},
};
use crate::{
    net::{
        Stack, StackConfig, UdpSocket,
        dhcp::{CurrentLease, DhcpClient, Lease, LeasePolicy},
        link::Link,
    },
    random::Random,
    time::Monotonic,
};
use core::net::Ipv4Addr;
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

/// A client on one end of a cable, which asks and keeps what it gets, and a server on the other.
pub(super) struct Bench {
    pub(super) world: World,
    pub(super) stack: Stack,
    pub(super) lease: CurrentLease,
    /// The server's machine.
    pub(super) other: Stack,
    pub(super) server: Rc<Server>,
}

/// Takes every lease but one.
#[derive(Default)]
pub(super) struct Owner {
    pub(super) refused: Option<Ipv4Addr>,
}

impl LeasePolicy for Owner {
    fn refusal(&self, lease: &Lease) -> Option<String> {
        (self.refused == Some(lease.address)).then(|| "it is not wanted".to_string())
    }

    fn changed(&self, _lease: Option<&Lease>) {}
}

impl Bench {
    pub(super) fn new(owner: Owner) -> Self {
        let world = World::default();
        let clock = world.clock();
        let (_, near, far) = Cable::new(&clock);
        let stack = |link: &dyn Fn() -> [u8; 6], config, seed| {
            let random = Random::from_seed([seed; 32]);
            Stack::new(config, link(), MTU, random, clock.now()).unwrap()
        };
        let ours = stack(&|| near.mac_address(), None, 7);
        let config = StackConfig {
            address: SERVER,
            prefix_length: 16,
            gateway: None,
        };
        let other = stack(&|| far.mac_address(), Some(config), 8);
        world.spawn(ours.run(near, world.clock()));
        world.spawn(other.run(far, world.clock()));
        let random = Random::from_seed([9; 32]);
        let names = ("wan", "gateway");
        let lease = CurrentLease::default();
        let owner = (owner, lease.clone());
        let mut client =
            DhcpClient::new(ours.clone(), names, owner, world.clock(), random).unwrap();
        world.spawn(async move {
            client.acquire().await;
            client.keep().await;
        });
        let server = Rc::new(Server {
            socket: other.bind_udp(67).unwrap(),
            clock: world.clock(),
            heard: Cell::new(0),
        });
        Self {
            world,
            stack: ours,
            lease,
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
            .run(async move { server.lease(&Says::default()).await });
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

    /// The server answers whatever is asked from now on.
    pub(super) fn serve(&self, answer: impl Fn(&Heard) -> Option<Says> + 'static) {
        let server = self.server.clone();
        self.world.spawn(async move {
            loop {
                let heard = server.hear().await;
                if let Some(says) = answer(&heard) {
                    server.say(&heard, &says).await;
                }
            }
        });
    }
}

/// The server's port.
pub(super) struct Server {
    socket: UdpSocket,
    clock: Clock,
    heard: Cell<usize>,
}

/// What a server has heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) kind: DhcpMessageType,
    pub(super) transaction: u32,
    pub(super) from: Ipv4Addr,
    /// The client's own address.
    pub(super) client_ip: Ipv4Addr,
    pub(super) requested: Option<Ipv4Addr>,
    pub(super) server: Option<Ipv4Addr>,
    pub(super) wants_broadcast: bool,
    pub(super) name: Option<Vec<u8>>,
    pub(super) client: EthernetAddress,
}

/// A scripted DHCP server. By default it leases a valid address for one hour.
#[derive(Debug, Clone)]
pub(super) struct Says {
    pub(super) kind: DhcpMessageType,
    pub(super) address: Ipv4Addr,
    pub(super) server: Option<Ipv4Addr>,
    pub(super) mask: Option<Ipv4Addr>,
    pub(super) router: Ipv4Addr,
    pub(super) name_servers: Vec<Ipv4Addr>,
    pub(super) seconds: Option<u32>,
    /// T1 and T2.
    pub(super) times: Option<(u32, u32)>,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            kind: DhcpMessageType::Offer,
            address: LEASED,
            server: Some(SERVER),
            mask: Some(Ipv4Addr::new(255, 255, 255, 0)),
            router: SERVER,
            name_servers: Vec::new(),
            seconds: Some(3600),
            times: None,
        }
    }
}

impl Says {
    /// The same as an answer to a request.
    pub(super) fn acknowledged(&self) -> Self {
        Self {
            kind: DhcpMessageType::Ack,
            ..self.clone()
        }
    }

    /// What a server that keeps the rules says: an offer, or that it is granted.
    pub(super) fn to(&self, heard: &Heard) -> Option<Self> {
        match heard.kind {
            DhcpMessageType::Discover => Some(self.clone()),
            DhcpMessageType::Request => Some(self.acknowledged()),
            _ => None,
        }
    }
}

impl Server {
    /// Questions so far.
    pub(super) fn heard(&self) -> usize {
        self.heard.get()
    }

    pub(super) fn now(&self) -> crate::time::Instant {
        self.clock.now()
    }

    pub(super) async fn hear(&self) -> Heard {
        let mut bytes = vec![0; 1500];
        let (length, peer) = self.socket.recv_from(&mut bytes).await.unwrap();
        self.heard.set(self.heard.get() + 1);
        assert!(length >= 300, "{length}");
        let core::net::SocketAddr::V4(peer) = peer else {
            panic!("{peer}");
        };
        assert_eq!(peer.port(), 68);
        let packet = DhcpPacket::new_checked(&bytes[..length]).unwrap();
        let mut options = packet.options();
        let name = options.find(|option| option.kind == 12);
        let name = name.map(|option| option.data.to_vec());
        let heard = DhcpRepr::parse(&packet).unwrap();
        assert_eq!(heard.client_identifier, Some(heard.client_hardware_address));
        Heard {
            kind: heard.message_type,
            transaction: heard.transaction_id,
            from: *peer.ip(),
            client_ip: heard.client_ip,
            requested: heard.requested_ip,
            server: heard.server_identifier,
            wants_broadcast: heard.broadcast,
            name,
            client: heard.client_hardware_address,
        }
    }

    pub(super) async fn say(&self, heard: &Heard, says: &Says) {
        let times = says.times.map(|(renewal, rebinding)| {
            [(58, renewal.to_be_bytes()), (59, rebinding.to_be_bytes())]
        });
        let times = times.iter().flatten();
        let options: Vec<_> = times
            .map(|(kind, data)| DhcpOption { kind: *kind, data })
            .collect();
        let written = DhcpRepr {
            message_type: says.kind,
            transaction_id: heard.transaction,
            secs: 0,
            client_hardware_address: heard.client,
            client_ip: heard.client_ip,
            your_ip: says.address,
            server_ip: SERVER,
            router: Some(says.router),
            subnet_mask: says.mask,
            relay_agent_ip: Ipv4Addr::UNSPECIFIED,
            broadcast: heard.wants_broadcast,
            requested_ip: None,
            client_identifier: None,
            server_identifier: says.server,
            parameter_request_list: None,
            dns_servers: Some(says.name_servers.iter().copied().collect()),
            max_size: None,
            lease_duration: says.seconds,
            renew_duration: None,
            rebind_duration: None,
            additional_options: &options,
        };
        let mut bytes = vec![0; written.buffer_len()];
        let mut packet = DhcpPacket::new_unchecked(&mut bytes[..]);
        written.emit(&mut packet).unwrap();
        self.send(heard, &bytes).await;
    }

    /// Says what begins as an offer, with these bytes for its options.
    pub(super) async fn say_bytes(&self, heard: &Heard, options: &[u8]) {
        let mut bytes = vec![0; 240];
        let mut packet = DhcpPacket::new_unchecked(&mut bytes[..]);
        packet.set_opcode(DhcpOpCode::Reply);
        packet.set_hardware_type(ArpHardware::Ethernet);
        packet.set_hardware_len(6);
        packet.set_transaction_id(heard.transaction);
        packet.set_client_hardware_address(heard.client);
        packet.set_your_ip(LEASED);
        packet.set_magic_number(0x6382_5363);
        bytes.extend_from_slice(options);
        self.send(heard, &bytes).await;
    }

    async fn send(&self, heard: &Heard, bytes: &[u8]) {
        let to = match heard.wants_broadcast {
            true => Ipv4Addr::BROADCAST,
            false => heard.client_ip,
        };
        self.socket.send_to(bytes, (to, 68).into()).await.unwrap();
    }

    /// Leases what is said to whoever asks next.
    pub(super) async fn lease(&self, says: &Says) -> (Heard, Heard) {
        let discover = self.hear().await;
        assert_eq!(discover.kind, DhcpMessageType::Discover);
        self.say(&discover, says).await;
        let request = self.hear().await;
        assert_eq!(request.kind, DhcpMessageType::Request);
        self.say(&request, &says.acknowledged()).await;
        (discover, request)
    }
}

/// What a task of a test notes.
pub(super) type Notes<T> = Rc<RefCell<Vec<T>>>;
