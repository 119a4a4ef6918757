//! Groups of sockets: packets that are received and sent, and reports.

use super::{membership::*, *};
use crate::net::ip::{DatagramInfo, MembershipError, MulticastOptions, Template};

/// mDNS.
const GROUP: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0xfb);
const OTHER_GROUP: Ipv6Addr = Ipv6Addr::new(0xff05, 0, 0, 0, 0, 0, 0, 0xfb);
const OF_HOST: Ipv6Addr = Ipv6Addr::new(0xff01, 0, 0, 0, 0, 0, 0, 0xfb);

fn datagram(group: Ipv6Addr) -> Vec<u8> {
    let mut frame = frame(&udp(PEER, group, b"x"));
    frame[..6].copy_from_slice(&group_mac(group));
    frame
}

impl Host {
    fn join(&mut self, group: Ipv6Addr) -> Result<(), MembershipError> {
        self.families.sockets().join_group(self.now, group, 1)
    }

    fn leave(&mut self, group: Ipv6Addr) -> Result<(), MembershipError> {
        self.families.sockets().leave_group(self.now, group, 1)
    }

    /// Sends a datagram to a group; returns how many frames were sent, and what was looped back.
    fn send_to_group(
        &mut self,
        template: &mut Template,
        group: Ipv6Addr,
    ) -> (Vec<Vec<u8>>, Vec<String>) {
        let info = DatagramInfo {
            local: LINK_LOCAL.into(),
            remote: group.into(),
            remote_port: 1000,
            ecn: Ecn::NotCapable,
        };
        let (ip, link) = (&mut self.ip, &mut self.link);
        {
            let mut layers = self.families.layers();
            let mut egress = layers.egress(ip, self.now, link);
            egress
                .transmit_datagram(7, &info, template, b"own")
                .unwrap();
        }
        let mut looped = Vec::new();
        while let Some(packet) = self.ip.take_looped() {
            let (ip, link) = (&mut self.ip, &mut self.link);
            let input = self
                .families
                .layers()
                .input_looped(ip, self.now, &packet, link);
            looped.extend(input.as_ref().map(describe));
        }
        (self.sent(), looped)
    }
}

#[test]
fn datagrams_to_groups_are_received_by_members_only() {
    let mut host = Host::new();
    host.refuses(&datagram(GROUP), DropReason::Destination);
    host.join(GROUP).unwrap();
    let received = host.input(&datagram(GROUP));
    assert_eq!(received, Some(format!("udp {PEER} -> {GROUP} x")));
    host.refuses(&datagram(OTHER_GROUP), DropReason::Destination);
    host.leave(GROUP).unwrap();
    host.refuses(&datagram(GROUP), DropReason::Destination);
    assert_eq!(host.leave(GROUP), Err(MembershipError::NotJoined));
    assert_eq!(host.join(PEER), Err(MembershipError::NotAGroup));
}

#[test]
fn datagrams_to_groups_have_the_options_of_the_socket() {
    let mut host = Host::new();
    let mut template = Template::default();
    let (sent, looped) = host.send_to_group(&mut template, GROUP);
    assert_eq!((sent.len(), sent[0][21]), (1, 1));
    assert!(looped.is_empty());
    host.join(GROUP).unwrap();
    host.join(OF_HOST).unwrap();
    let copy = |group| std::vec![format!("udp {LINK_LOCAL} -> {group} own")];
    let options = |ttl, is_looped| MulticastOptions { ttl, is_looped };
    template.set_multicast_v6(options(255, true));
    let (sent, looped) = host.send_to_group(&mut template, GROUP);
    assert_eq!((sent.len(), sent[0][21]), (1, 255));
    assert_eq!(looped, copy(GROUP));
    template.set_multicast_v6(options(255, false));
    let (sent, looped) = host.send_to_group(&mut template, GROUP);
    assert_eq!((sent.len(), looped.len()), (1, 0));
    // Neither leaves the host.
    template.set_multicast_v6(options(0, true));
    let (sent, looped) = host.send_to_group(&mut template, GROUP);
    assert_eq!((sent.len(), looped), (0, copy(GROUP)));
    template.set_multicast_v6(options(1, true));
    let (sent, looped) = host.send_to_group(&mut template, OF_HOST);
    assert_eq!((sent.len(), looped), (0, copy(OF_HOST)));
}

#[test]
fn joining_and_leaving_are_reported_twice_beside_the_groups_of_the_addresses() {
    let mut host = Host::new();
    host.join(GROUP).unwrap();
    host.join(OF_HOST).unwrap();
    host.join(ALL_NODES).unwrap();
    // That of an address, which is reported once.
    host.join(solicited_node(LOCAL)).unwrap();
    host.wait(SECOND);
    let report = |records: &[(u8, Ipv6Addr)]| (LINK_LOCAL, ROUTERS, 143, records.to_vec());
    let of_address = solicited_node(LOCAL);
    let joined = report(&[(4, of_address), (4, GROUP)]);
    assert_eq!(reports(&mut host), [joined.clone(), joined]);
    host.answers(&query(LINK_LOCAL_PEER, 1, GROUP, 28));
    host.wait(SECOND);
    assert_eq!(reports(&mut host), [report(&[(2, of_address), (2, GROUP)])]);
    host.answers(&query(LINK_LOCAL_PEER, 1, OF_HOST, 28));
    host.wait(SECOND);
    assert!(reports(&mut host).is_empty());
    host.families.sockets().leave_groups(host.now, 1);
    host.wait(SECOND);
    let left = report(&[(4, of_address), (3, GROUP)]);
    assert_eq!(reports(&mut host), [left.clone(), left]);
    host.join(GROUP).unwrap();
    host.leave(GROUP).unwrap();
    host.join(GROUP).unwrap();
    host.wait(SECOND * 10);
    let joined = report(&[(4, of_address), (4, GROUP)]);
    assert_eq!(reports(&mut host), [joined.clone(), joined]);
}

#[test]
fn with_a_router_of_the_first_version_its_messages_are_used() {
    let mut host = Host::new();
    host.answers(&query(LINK_LOCAL_PEER, 1, Ipv6Addr::UNSPECIFIED, 24));
    host.wait(SECOND);
    reports(&mut host);
    let message = |kind, destination, group| (LINK_LOCAL, destination, kind, std::vec![(0, group)]);
    host.join(GROUP).unwrap();
    host.wait(SECOND);
    let sent = reports(&mut host);
    let joined = message(131, GROUP, GROUP);
    assert_eq!(
        sent.iter().filter(|sent| **sent == joined).count(),
        2,
        "{sent:?}"
    );
    host.leave(GROUP).unwrap();
    host.wait(SECOND);
    let sent = reports(&mut host);
    let all_routers = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
    let done = message(132, all_routers, GROUP);
    assert_eq!(
        sent.iter().filter(|sent| **sent == done).count(),
        1,
        "{sent:?}"
    );
    host.wait(SECOND * 260);
    host.join(GROUP).unwrap();
    host.wait(Duration::ZERO);
    assert_eq!(reports(&mut host)[0].2, 143);
}

#[test]
fn groups_have_a_bound() {
    let mut host = Host::new();
    let group = |index| Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 1, index);
    for index in 0..16 {
        assert_eq!(host.join(group(index)), Ok(()));
    }
    assert_eq!(host.join(group(16)), Err(MembershipError::TooMany));
    for round in 0..100 {
        host.leave(group(round)).unwrap();
        host.join(group(round + 16)).unwrap();
    }
    host.wait(Duration::ZERO);
    let sent = reports(&mut host);
    // The groups, that of the addresses, and the last that were left.
    assert_eq!(sent[0].3.len(), 16 + 1 + 16);
}
