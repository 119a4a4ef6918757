//! Counters of what the stack dropped, one for each cause.

use core::fmt;

/// Why a frame, packet or datagram was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DropReason {
    /// A frame shorter than its headers, or with a group address as its source.
    FrameMalformed,
    /// A frame to another MAC address, or to a group that this host has not joined.
    FrameDestination,
    /// A frame with the tag of a VLAN.
    VlanTag,
    /// A frame of a protocol that is not implemented.
    EtherType,
    /// An ARP packet that is not about Ethernet and IPv4, or is malformed.
    ArpMalformed,
    /// An ARP packet with an impossible sender.
    ArpSender,
    /// An IPv4 packet whose version or lengths are wrong.
    Ipv4Malformed,
    /// An IPv4 packet with a wrong header checksum.
    Ipv4Checksum,
    /// A fragment whose lengths are wrong.
    FragmentMalformed,
    /// A fragment of a packet that is discarded because its fragments overlap or contradict each other.
    FragmentOverlap,
    /// A packet of which fragments did not come in time.
    ReassemblyTimeout,
    /// A packet of which fragments were missing when newer ones needed the memory, or a fragment of one with too
    /// many.
    ReassemblyEvicted,
    /// An IPv6 packet whose version or lengths are wrong.
    Ipv6Malformed,
    /// An IPv6 packet with an extension header or option that is refused, or with too many of them.
    Ipv6Extension,
    /// A packet whose source cannot be a host's address on this link.
    SourceMartian,
    /// A packet from the network whose source is an address of this host (LAND).
    SourceLocal,
    /// A packet whose source is a broadcast address.
    SourceBroadcast,
    /// A packet to another host, or to a group that this host has not joined.
    Destination,
    /// A packet to this host in a frame to all hosts.
    FrameBroadcast,
    /// A packet of a transport protocol that is not implemented.
    Protocol,
    /// A segment or datagram that is shorter than the length in its header.
    TransportMalformed,
    /// A segment or datagram with a wrong checksum.
    TransportChecksum,
    /// A segment or echo request to a broadcast address or a group.
    TransportBroadcast,
    /// A message of ICMP or IGMP that is shorter than its type requires.
    IcmpMalformed,
    /// A message of ICMP or IGMP with a wrong checksum.
    IcmpChecksum,
    /// A message of ICMP or IGMP that has no effect on a host.
    IcmpIgnored,
    /// An ICMP error about a packet that this host cannot have sent.
    IcmpForeign,
    /// A message of neighbour discovery that is malformed, or may come from another link.
    NdpMalformed,
    /// An echo request beyond its source's rate.
    EchoLimited,
    /// An ICMP error that was not sent because its destination had received too many.
    IcmpLimited,
    /// A packet or answer for which the link had no room.
    LinkFull,
    /// A packet to a neighbour for which enough of them were waiting.
    NeighbourQueueFull,
    /// A packet that waited for a neighbour when newer ones needed the memory.
    NeighbourEvicted,
    /// A packet to a neighbour that did not answer.
    NeighbourUnreachable,
    /// A packet to this host itself for which the queue was full.
    LoopbackFull,
    /// A packet for which memory could not be allocated.
    OutOfMemory,
    /// A datagram to a port that is not bound.
    PortClosed,
    /// A datagram for which its port's queue was full.
    PortFull,
    /// A datagram, or the first segment of a connection, that the policy did not admit.
    Policy,
}

impl DropReason {
    /// All reasons, in the order of the layers.
    pub const ALL: [Self; Self::Policy as usize + 1] = [
        Self::FrameMalformed,
        Self::FrameDestination,
        Self::VlanTag,
        Self::EtherType,
        Self::ArpMalformed,
        Self::ArpSender,
        Self::Ipv4Malformed,
        Self::Ipv4Checksum,
        Self::FragmentMalformed,
        Self::FragmentOverlap,
        Self::ReassemblyTimeout,
        Self::ReassemblyEvicted,
        Self::Ipv6Malformed,
        Self::Ipv6Extension,
        Self::SourceMartian,
        Self::SourceLocal,
        Self::SourceBroadcast,
        Self::Destination,
        Self::FrameBroadcast,
        Self::Protocol,
        Self::TransportMalformed,
        Self::TransportChecksum,
        Self::TransportBroadcast,
        Self::IcmpMalformed,
        Self::IcmpChecksum,
        Self::IcmpIgnored,
        Self::IcmpForeign,
        Self::NdpMalformed,
        Self::EchoLimited,
        Self::IcmpLimited,
        Self::LinkFull,
        Self::NeighbourQueueFull,
        Self::NeighbourEvicted,
        Self::NeighbourUnreachable,
        Self::LoopbackFull,
        Self::OutOfMemory,
        Self::PortClosed,
        Self::PortFull,
        Self::Policy,
    ];
}

/// How many packets were dropped for each reason.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Drops([u64; DropReason::ALL.len()]);

impl Default for Drops {
    fn default() -> Self {
        Self([0; DropReason::ALL.len()])
    }
}

impl Drops {
    /// Counts one.
    #[inline]
    pub fn count(&mut self, reason: DropReason) {
        self.0[reason as usize] += 1;
    }

    /// Returns how many were dropped for `reason`.
    pub fn get(&self, reason: DropReason) -> u64 {
        self.0[reason as usize]
    }

    /// Returns how many were dropped.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl fmt::Debug for Drops {
    /// Lists the reasons that occurred.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = DropReason::ALL.map(|reason| (reason, self.get(reason)));
        let counts = counts.iter().filter(|(_, count)| *count != 0);
        f.debug_map().entries(counts.copied()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_counter_and_is_listed_once() {
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
            let mut drops = Drops::default();
            drops.count(reason);
            assert_eq!((drops.get(reason), drops.total()), (1, 1));
            assert_eq!(std::format!("{drops:?}"), std::format!("{{{reason:?}: 1}}"));
        }
    }
}
