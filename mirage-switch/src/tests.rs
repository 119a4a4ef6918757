use super::*;
use mirage_graph::port::Protocol;
use proptest::prelude::*;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socketpair,
};
use smoltcp::{
    phy::ChecksumCapabilities,
    wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, IpProtocol, Ipv4Packet, Ipv4Repr, TcpControl, TcpPacket, TcpRepr,
        TcpSeqNumber, UdpPacket, UdpRepr,
    },
};
use std::{
    os::fd::AsFd,
    sync::mpsc::{self, Receiver},
    thread::JoinHandle,
};

/// Addresses outside of the application.
const GATEWAY: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 254);
const BANK: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 7);
const STRANGER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 9);

fn address_of(unikernel: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 0, 0, unikernel as u8 + 1)
}

fn mac_of(unikernel: usize) -> [u8; 6] {
    [2, 0, 10, 0, 0, unikernel as u8 + 1]
}

fn ethernet(source: [u8; 6], ethertype: EthernetProtocol, payload: &[u8]) -> Vec<u8> {
    let header = EthernetRepr {
        src_addr: EthernetAddress(source),
        dst_addr: EthernetAddress::BROADCAST,
        ethertype,
    };
    let mut bytes = vec![0; header.buffer_len() + payload.len()];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes[..]);
    header.emit(&mut frame);
    frame.payload_mut().copy_from_slice(payload);
    bytes
}

fn ipv4(
    mac: [u8; 6],
    (from, to): (Ipv4Addr, Ipv4Addr),
    next_header: IpProtocol,
    payload: &[u8],
) -> Vec<u8> {
    let header = Ipv4Repr {
        src_addr: from,
        dst_addr: to,
        next_header,
        payload_len: payload.len(),
        hop_limit: 64,
    };
    let mut bytes = vec![0; header.buffer_len() + payload.len()];
    let mut packet = Ipv4Packet::new_unchecked(&mut bytes[..]);
    header.emit(&mut packet, &ChecksumCapabilities::default());
    packet.payload_mut().copy_from_slice(payload);
    ethernet(mac, EthernetProtocol::Ipv4, &bytes)
}

/// The kinds of packets that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It opens a connection.
    Syn,
    /// It answers one.
    SynAck,
    /// It is a part of one.
    Data,
    Datagram,
}

fn packet(
    mac: [u8; 6],
    (from, to): (Ipv4Addr, Ipv4Addr),
    kind: Kind,
    (source, destination): (u16, u16),
) -> Vec<u8> {
    let checksums = ChecksumCapabilities::default();
    let mut bytes;
    let protocol = if kind == Kind::Datagram {
        let datagram = UdpRepr {
            src_port: source,
            dst_port: destination,
        };
        bytes = vec![0; datagram.header_len() + 4];
        let mut packet = UdpPacket::new_unchecked(&mut bytes[..]);
        let (from, to) = (from.into(), to.into());
        datagram.emit(&mut packet, &from, &to, 4, |data| data.fill(0), &checksums);
        IpProtocol::Udp
    } else {
        let (control, ack) = match kind {
            Kind::Syn => (TcpControl::Syn, None),
            Kind::SynAck => (TcpControl::Syn, Some(TcpSeqNumber(2))),
            _ => (TcpControl::Psh, Some(TcpSeqNumber(2))),
        };
        let segment = TcpRepr {
            src_port: source,
            dst_port: destination,
            control,
            seq_number: TcpSeqNumber(1),
            ack_number: ack,
            window_len: 1000,
            window_scale: None,
            max_seg_size: None,
            sack_permitted: false,
            sack_ranges: [None; 3],
            timestamp: None,
            payload: &[],
        };
        bytes = vec![0; segment.buffer_len()];
        let mut packet = TcpPacket::new_unchecked(&mut bytes[..]);
        segment.emit(&mut packet, &from.into(), &to.into(), &checksums);
        IpProtocol::Tcp
    };
    ipv4(mac, (from, to), protocol, &bytes)
}

fn arp(mac: [u8; 6], sender: Ipv4Addr, target: Ipv4Addr) -> Vec<u8> {
    let request = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: EthernetAddress(mac),
        source_protocol_addr: sender,
        target_hardware_addr: EthernetAddress::BROADCAST,
        target_protocol_addr: target,
    };
    let mut bytes = vec![0; request.buffer_len()];
    request.emit(&mut ArpPacket::new_unchecked(&mut bytes[..]));
    ethernet(mac, EthernetProtocol::Arp, &bytes)
}

fn link(client: Client, server: Server, protocol: Protocol, port: u16) -> Link {
    Link {
        client,
        server,
        protocol,
        port,
    }
}

/// 0 is a front that everyone uses; 1 to 5 are linked in a row; 6 asks a bank; 7 has no link.
fn links() -> Vec<Link> {
    let mut links = vec![
        link(Client::Outside, Server::Unikernel(0), Protocol::Tcp, 80),
        link(Client::Outside, Server::Unikernel(0), Protocol::Both, 53),
        link(
            Client::Unikernel(6),
            Server::Address(BANK),
            Protocol::Tcp,
            443,
        ),
        link(
            Client::Unikernel(6),
            Server::Address(GATEWAY),
            Protocol::Udp,
            123,
        ),
        link(
            Client::Unikernel(0),
            Server::Unikernel(6),
            Protocol::Udp,
            7000,
        ),
    ];
    links.extend((0..5).map(|from| {
        let (from, to) = (Client::Unikernel(from), Server::Unikernel(from + 1));
        link(from, to, Protocol::Tcp, 7000)
    }));
    links
}

const UNIKERNELS: usize = 8;

fn rules() -> Rules {
    let unikernel = |unikernel| Unikernel {
        name: format!("u{unikernel}"),
        mac: mac_of(unikernel),
        address: address_of(unikernel),
        has_outside: [0, 6].contains(&unikernel),
    };
    Rules::new(
        (0..UNIKERNELS).map(unikernel).collect(),
        Links::new(links()),
    )
}

/// What the links say about a packet, written down in another way than the rules.
fn is_allowed(from: usize, to: Result<usize, Ipv4Addr>, kind: Kind, ports: (u16, u16)) -> bool {
    let (source, destination) = ports;
    let is_tcp = kind != Kind::Datagram;
    let matches = |link: &Link, client, server, port| {
        link.client == client
            && link.server == server
            && link.port == port
            && matches!(
                (link.protocol, is_tcp),
                (Protocol::Both, _) | (Protocol::Tcp, true) | (Protocol::Udp, false)
            )
    };
    let own = (Client::Unikernel(from), Server::Unikernel(from));
    let other = match to {
        Ok(to) => (Client::Unikernel(to), Server::Unikernel(to)),
        Err(address) => (Client::Outside, Server::Address(address)),
    };
    links().iter().any(|link| {
        let forwards = matches(link, own.0, other.1, destination);
        let backwards = kind != Kind::Syn && matches(link, other.0, own.1, source);
        forwards || backwards
    })
}

#[test]
fn the_matrix_of_the_plan_is_what_is_carried() {
    let rules = rules();
    let outside = [GATEWAY, BANK, STRANGER].map(Err);
    let (mut carried, mut refused) = (0, 0);
    for from in 0..UNIKERNELS {
        let others = (0..UNIKERNELS).filter(|to| *to != from).map(Ok);
        for to in others.chain(outside) {
            for kind in [Kind::Syn, Kind::SynAck, Kind::Data, Kind::Datagram] {
                for source in [53, 80, 123, 443, 7000, 40000] {
                    for destination in [53, 80, 123, 443, 7000, 40000] {
                        let ports = (source, destination);
                        let ends = (address_of(from), to.map_or_else(|it| it, address_of));
                        let verdict = rules.verdict(from, &packet(mac_of(from), ends, kind, ports));
                        let case = format!("{from} {to:?} {kind:?} {ports:?}");
                        if is_allowed(from, to, kind, ports) {
                            let to = to.map_or(Destination::Outside, Destination::Unikernel);
                            assert_eq!(verdict, Verdict::Carry(to), "{case}");
                            carried += 1;
                        } else {
                            assert!(
                                matches!(verdict, Verdict::Refuse(Refusal::NoLink(..))),
                                "{case}"
                            );
                            refused += 1;
                        }
                    }
                }
            }
        }
    }
    assert!(
        carried > 100 && refused > 10 * carried,
        "{carried} {refused}"
    );
}

#[test]
fn what_comes_from_outside_goes_along_links_too() {
    let rules = rules();
    let admits = |from, to: usize, kind, ports| {
        let ends = (from, address_of(to));
        rules.admits(to, &packet([2; 6], ends, kind, ports))
    };
    assert!(admits(STRANGER, 0, Kind::Syn, (40000, 80)));
    assert!(admits(STRANGER, 0, Kind::Datagram, (40000, 53)));
    assert!(!admits(STRANGER, 0, Kind::Syn, (40000, 22)));
    assert!(!admits(STRANGER, 6, Kind::Syn, (40000, 80)));
    assert!(admits(BANK, 6, Kind::SynAck, (443, 40000)));
    assert!(!admits(BANK, 6, Kind::Syn, (443, 40000)));
    assert!(!admits(STRANGER, 6, Kind::SynAck, (443, 40000)));
    assert!(
        !admits(address_of(1), 0, Kind::Syn, (40000, 80)),
        "a member"
    );
    let asks = |sender| rules.admits(0, &arp([2; 6], sender, address_of(0)));
    assert!(asks(GATEWAY));
    assert!(!asks(address_of(1)));
    assert!(!rules.admits(0, &ethernet([2; 6], EthernetProtocol::Ipv6, &[0; 40])));
}

#[test]
fn nobody_has_the_addresses_of_others() {
    let rules = rules();
    let (own, other) = (address_of(0), address_of(1));
    let ends = (own, other);
    let ports = (40000, 7000);
    let refused = |frame: Vec<u8>| match rules.verdict(0, &frame) {
        Verdict::Refuse(refusal) => refusal.to_string(),
        verdict => panic!("{verdict:?}"),
    };
    let by_other = packet(mac_of(2), ends, Kind::Syn, ports);
    assert_eq!(
        refused(by_other),
        "its MAC address is not 02:00:0a:00:00:03"
    );
    let forged = packet(mac_of(0), (address_of(2), other), Kind::Syn, ports);
    assert_eq!(refused(forged), "its address is not 10.0.0.3");
    let claim = arp(mac_of(0), address_of(2), other);
    assert_eq!(refused(claim), "its address is not 10.0.0.3");
    assert_eq!(refused(vec![0; 7]), "a packet is malformed");
    let gre = ipv4(mac_of(0), ends, IpProtocol::Unknown(47), &[0; 8]);
    assert_eq!(refused(gre), "the IP protocol 47 is not carried");
    let mut fragment = packet(mac_of(0), ends, Kind::Syn, ports);
    fragment[20] |= 0x20;
    assert_eq!(refused(fragment), "fragments are not carried");
    let far = packet(mac_of(0), (own, address_of(7)), Kind::Syn, (40000, 22));
    assert_eq!(refused(far), "it has no link to `u7`, TCP port 22");
}

#[test]
fn arp_goes_to_the_owner_of_the_address() {
    let rules = rules();
    let ask = |from: usize, sender, target| rules.verdict(from, &arp(mac_of(from), sender, target));
    let own = address_of(0);
    let to = |unikernel| Verdict::Carry(Destination::Unikernel(unikernel));
    assert_eq!(ask(0, own, address_of(1)), to(1));
    assert_eq!(ask(1, address_of(1), own), to(0), "backwards, too");
    assert_eq!(ask(0, own, GATEWAY), Verdict::Carry(Destination::Outside));
    // A probe, and an announcement.
    assert_eq!(ask(0, Ipv4Addr::UNSPECIFIED, own), Verdict::Ignore);
    assert_eq!(ask(0, own, own), Verdict::Ignore);
    let no_link = |to: &str| Verdict::Refuse(Refusal::NoLink(to.into(), None));
    assert_eq!(ask(0, own, address_of(7)), no_link("`u7`"));
    assert_eq!(ask(1, address_of(1), GATEWAY), no_link("10.0.0.254"));
}

#[test]
fn broadcasts_are_dropped() {
    let rules = rules();
    for to in [Ipv4Addr::BROADCAST, Ipv4Addr::new(224, 0, 0, 251)] {
        let frame = packet(mac_of(0), (address_of(0), to), Kind::Datagram, (53, 53));
        assert_eq!(rules.verdict(0, &frame), Verdict::Ignore);
    }
    let ipv6 = ethernet(mac_of(0), EthernetProtocol::Ipv6, &[0; 40]);
    assert_eq!(rules.verdict(0, &ipv6), Verdict::Ignore);
}

proptest! {
    #[test]
    fn any_bytes_have_a_verdict(mut bytes: Vec<u8>, ethertype in 0usize..3) {
        if bytes.len() >= 14 {
            bytes[6..12].copy_from_slice(&mac_of(0));
            let ethertype = [0x0800u16, 0x0806, 0x86dd][ethertype];
            bytes[12..14].copy_from_slice(&ethertype.to_be_bytes());
        }
        rules().verdict(0, &bytes);
    }
}

/// A running switch with `u0` and `u1`, and the outside of `u0`.
struct Bench {
    unikernels: [OwnedFd; 2],
    outside: OwnedFd,
    refusals: Receiver<String>,
    thread: JoinHandle<io::Result<Counters>>,
}

fn pair() -> (OwnedFd, OwnedFd) {
    let flags = SocketFlags::CLOEXEC;
    socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).expect("sockets")
}

fn bench() -> Bench {
    let (ends, unikernels): (Vec<_>, Vec<_>) = (0..2).map(|_| pair()).unzip();
    let (outer, outside) = pair();
    let mut outer = Some(outer);
    let members = ends
        .into_iter()
        .enumerate()
        .map(|(unikernel, link)| Member {
            name: format!("u{unikernel}"),
            mac: mac_of(unikernel),
            address: address_of(unikernel),
            link,
            outside: outer.take(),
        });
    let (report, refusals) = mpsc::channel();
    let report = move |name: &str, refusal: &Refusal| {
        report
            .send(format!("{name}: {refusal}"))
            .expect("the test waits");
    };
    let switch = Switch::new(members.collect(), links(), report).expect("descriptors");
    Bench {
        unikernels: unikernels.try_into().expect("two"),
        outside,
        refusals,
        thread: std::thread::spawn(|| switch.run()),
    }
}

fn transmit(link: impl AsFd, frame: &[u8]) {
    let sent = send(link, frame, SendFlags::NOSIGNAL).expect("the switch runs");
    assert_eq!(sent, frame.len());
}

fn receive(link: impl AsFd) -> Vec<u8> {
    let mut frame = vec![0; 2000];
    let (length, _) = recv(link, &mut frame[..], RecvFlags::empty()).expect("a frame");
    frame.truncate(length);
    frame
}

#[test]
fn frames_are_carried_between_sockets() {
    let Bench {
        unikernels,
        outside,
        refusals,
        thread,
    } = bench();
    let inside = packet(
        mac_of(0),
        (address_of(0), address_of(1)),
        Kind::Syn,
        (40000, 7000),
    );
    transmit(&unikernels[0], &inside);
    assert_eq!(receive(&unikernels[1]), inside);
    let from_outside = packet([2; 6], (STRANGER, address_of(0)), Kind::Syn, (40000, 80));
    transmit(&outside, &from_outside);
    assert_eq!(receive(&unikernels[0]), from_outside);
    let answer = packet(
        mac_of(0),
        (address_of(0), STRANGER),
        Kind::SynAck,
        (80, 40000),
    );
    transmit(&unikernels[0], &answer);
    assert_eq!(receive(&outside), answer);

    let refused = packet(
        mac_of(1),
        (address_of(1), address_of(0)),
        Kind::Syn,
        (40000, 22),
    );
    for _ in 0..3 {
        transmit(&unikernels[1], &refused);
    }
    transmit(&unikernels[1], &[0; 4000]);
    assert_eq!(
        refusals.recv().expect("a refusal"),
        "u1: it has no link to `u0`, TCP port 22"
    );
    let gone = unikernels;
    drop(gone);
    let counters = thread.join().expect("no panic").expect("epoll");
    assert_eq!((counters.carried, counters.refused), (3, 4));
    assert_eq!(refusals.recv(), Err(mpsc::RecvError), "each once");
}

/// It has not received everything, and sends an empty message before the last frame.
#[test]
fn the_last_frames_of_one_that_ends_are_carried() {
    let Bench {
        unikernels: [first, second],
        outside,
        thread,
        refusals,
    } = bench();
    let ports = (40000, 80);
    transmit(
        &outside,
        &packet([2; 6], (STRANGER, address_of(0)), Kind::Syn, ports),
    );
    transmit(&first, &[]);
    let last = packet(
        mac_of(0),
        (address_of(0), address_of(1)),
        Kind::Syn,
        (40000, 7000),
    );
    transmit(&first, &last);
    drop(first);
    assert_eq!(receive(&second), last);
    drop(second);
    thread.join().expect("no panic").expect("epoll");
    assert_eq!(
        refusals.recv().expect("the empty one"),
        "u0: a packet is malformed"
    );
}

#[test]
fn nobody_waits_for_one_that_does_not_receive() {
    let Bench {
        unikernels: [first, second],
        outside,
        thread,
        ..
    } = bench();
    let flood = packet(
        mac_of(0),
        (address_of(0), address_of(1)),
        Kind::Syn,
        (40000, 7000),
    );
    // More than any socket holds.
    for _ in 0..20_000 {
        transmit(&first, &flood);
    }
    let from_outside = packet([2; 6], (STRANGER, address_of(0)), Kind::Syn, (40000, 80));
    transmit(&outside, &from_outside);
    assert_eq!(receive(&first), from_outside);
    // One that is gone takes nobody else with it.
    drop(second);
    let again = packet([2; 6], (STRANGER, address_of(0)), Kind::Syn, (40001, 80));
    transmit(&outside, &again);
    assert_eq!(receive(&first), again);
    drop(first);
    let counters = thread.join().expect("no panic").expect("epoll");
    assert!(counters.lost > 10_000, "{counters:?}");
}
