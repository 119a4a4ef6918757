//! Packets from this host to itself.

use super::*;

impl Host {
    fn looped(&mut self) -> Vec<String> {
        let mut received = Vec::new();
        while let Some(packet) = self.ip.take_looped() {
            let input = self
                .ipv4
                .input_looped(&mut self.ip, self.now, &packet, &mut self.link);
            let Some(input) = input else { continue };
            received.push(describe(&input));
            if let Input::Udp(_, original) = input {
                let mut egress =
                    Ipv4Egress::new(&mut self.ipv4, &mut self.ip, self.now, &mut self.link);
                egress.refuse(&original, ErrorMessage::PortUnreachable);
            }
        }
        received
    }
}

#[test]
fn a_packet_to_this_host_does_not_reach_the_link() {
    let mut host = Host::new();
    for (local, remote) in [
        (LOCAL, LOCAL),
        (Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST),
        (Ipv4Addr::LOCALHOST, Ipv4Addr::new(127, 1, 2, 3)),
    ] {
        host.send(local, remote, b"self").unwrap();
        assert!(host.ip.has_looped());
        let received = host.looped();
        let expected = [
            format!("udp {local} -> {remote} self"),
            format!("PortUnreachable Udp {local} -> {remote}:1000"),
        ];
        assert_eq!(received, expected, "and the ICMP error comes back");
        assert!(!host.ip.has_looped());
    }
    assert!(host.sent().is_empty());
    assert_eq!(host.ip.drops().total(), 0);
}

#[test]
fn the_queue_is_bounded() {
    let mut host = Host::new();
    let sent = (0..1000).take_while(|_| host.send(LOCAL, LOCAL, b"x").is_ok());
    assert_eq!(sent.count(), 256);
    assert_eq!(host.send(LOCAL, LOCAL, b"x"), Err(TransmitError::NoRoom));
    host.ip.take_looped();
    assert_eq!(host.send(LOCAL, LOCAL, b"x"), Ok(()));
    while host.ip.take_looped().is_some() {}
    let large = [0; 1472];
    let sent = (0..1000).take_while(|_| host.send(LOCAL, LOCAL, &large).is_ok());
    assert_eq!(sent.count(), 175);
}

#[test]
fn a_packet_to_an_address_that_was_removed_is_dropped() {
    let mut host = Host::new();
    host.send(LOCAL, LOCAL, b"x").unwrap();
    host.ipv4.remove_address(&mut host.ip, LOCAL);
    assert!(host.looped().is_empty());
    assert_eq!(host.ip.drops().get(DropReason::Destination), 1);
}
