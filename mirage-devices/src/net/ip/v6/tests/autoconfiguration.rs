//! Stateless address autoconfiguration, with routers by hand.

mod addresses;
mod fuzz;
mod hostile;
mod routers;
mod solicitations;

use super::*;
use crate::net::ip::Change;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

const ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const OTHER_ROUTER: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0xb);
const NETWORK: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 0);
const OTHER_NETWORK: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 2, 0, 0, 0, 0);
/// In `NETWORK`.
const NEIGHBOUR: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, 9);
const INFINITE: u32 = u32::MAX;

/// An advertisement, of which the parts can be changed.
#[derive(Clone)]
struct Advertisement {
    source: Ipv6Addr,
    destination: Ipv6Addr,
    hop_limit: u8,
    code: u8,
    flags: u8,
    lifetime: u16,
    options: Vec<u8>,
}

impl Advertisement {
    /// That of a default router, without options.
    fn from_router(source: Ipv6Addr) -> Self {
        Self {
            source,
            destination: ALL_NODES,
            hop_limit: 255,
            code: 0,
            flags: 0,
            lifetime: 1800,
            options: Vec::new(),
        }
    }

    fn lifetime(mut self, lifetime: u16) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Adds the prefix of a network with 64 bits, which is on the link and autonomous.
    fn prefix(self, network: Ipv6Addr, valid: u32, preferred: u32) -> Self {
        self.prefix_with(network, (64, 0xc0), valid, preferred)
    }

    fn prefix_with(
        mut self,
        network: Ipv6Addr,
        (length, flags): (u8, u8),
        valid: u32,
        preferred: u32,
    ) -> Self {
        self.options.extend([3, 4, length, flags]);
        self.options.extend(valid.to_be_bytes());
        self.options.extend(preferred.to_be_bytes());
        self.options.extend([0; 4]);
        self.options.extend(network.octets());
        self
    }

    fn mtu(mut self, mtu: u32) -> Self {
        self.options.extend([5, 1, 0, 0]);
        self.options.extend(mtu.to_be_bytes());
        self
    }

    fn name_servers(mut self, lifetime: u32, servers: &[Ipv6Addr]) -> Self {
        self.options.extend([25, 1 + 2 * servers.len() as u8, 0, 0]);
        self.options.extend(lifetime.to_be_bytes());
        for server in servers {
            self.options.extend(server.octets());
        }
        self
    }

    fn mac(mut self) -> Self {
        self.options.extend(option(1, PEER_MAC));
        self
    }

    fn message(&self) -> Vec<u8> {
        let mut message = std::vec![134, self.code, 0, 0, 64, self.flags];
        message.extend(self.lifetime.to_be_bytes());
        message.extend([0; 8]);
        message.extend(&self.options);
        with_checksum(self.source, self.destination, 58, &message, 2)
    }

    fn frame(&self) -> Vec<u8> {
        let (source, destination) = (self.source, self.destination);
        let message = self.message();
        frame(&ipv6(source, destination, 58, self.hop_limit, &message))
    }
}

/// An advertisement of `ROUTER` with `NETWORK`.
fn default_advertisement() -> Advertisement {
    Advertisement::from_router(ROUTER)
        .prefix(NETWORK, 86_400, 14_400)
        .mac()
}

type Autoconfiguring = Host<Autoconfigured<Ipv6Only>>;

impl Autoconfiguring {
    /// A host that begins to ask.
    fn asking(claiming: Claiming) -> Self {
        let random = Random::from_seed([5; 32]);
        let mut ipv6 = Ipv6::new(MAC, random.clone());
        ipv6.add_link_local_address(START, claiming).unwrap();
        let family = Ipv6Only::new(ipv6);
        let state = Autoconfiguration::new("net", START, claiming, random.clone()).unwrap();
        Self {
            ip: Ip::new(MAC, 1500, Offloads::default(), random),
            families: Autoconfigured::new(family.clone(), state),
            family,
            link: Recorder::with_room(usize::MAX),
            now: START,
            info: ReceiveInfo::default(),
        }
    }

    /// A host that has been told `advertisement`, and whose addresses are known to be its own.
    fn configured(advertisement: &Advertisement) -> Self {
        let mut host = Self::asking(Claiming::Optimistic);
        host.wait(SECOND * 2);
        host.hears(advertisement);
        host.wait(SECOND * 2);
        host.link.frames.clear();
        host
    }

    /// Processes an advertisement, which must not be dropped.
    fn hears(&mut self, advertisement: &Advertisement) {
        let before = self.ip.drops().total();
        assert_eq!(self.input(&advertisement.frame()), None);
        assert_eq!(self.ip.drops().total(), before, "{:?}", self.ip.drops());
    }

    /// The source of packets to `remote`.
    fn source(&self, remote: Ipv6Addr) -> Option<Ipv6Addr> {
        self.family.sockets().source_for(remote)
    }

    /// The address in `NETWORK` that is in use.
    fn address(&self) -> Option<Ipv6Addr> {
        let address = self.family.sockets().address()?;
        self.usable(address).then_some(address)
    }

    fn usable(&self, address: Ipv6Addr) -> bool {
        self.family.sockets().is_usable(address)
    }

    fn next_hop(&self, remote: Ipv6Addr) -> Option<Ipv6Addr> {
        self.family.sockets().next_hop(remote)
    }

    fn name_servers(&self) -> Vec<Ipv6Addr> {
        self.family.sockets().name_servers()
    }

    fn changes(&self) -> Vec<Change> {
        core::iter::from_fn(|| self.families.layers().take_change()).collect()
    }

    /// Takes the solicitations of routers that were sent: source and option.
    fn solicitations(&mut self) -> Vec<(Ipv6Addr, Vec<u8>)> {
        let frames = self.sent();
        let sent = frames.iter().map(|frame| read(frame));
        let routers = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
        sent.filter(|sent| sent.payload[0] == 133)
            .map(|sent| {
                assert_eq!((sent.destination, sent.hop_limit), (routers, 255));
                assert_eq!(sent.to, group_mac(routers));
                (sent.source, sent.payload[8..].to_vec())
            })
            .collect()
    }
}

/// The prefix of an address with 64 bits.
fn network(address: Ipv6Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)
}
