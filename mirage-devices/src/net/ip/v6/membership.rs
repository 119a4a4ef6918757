//! Reports of the groups that an interface is in, for switches and routers that forward only what somebody
//! receives: MLDv2 (RFC 3810), and MLDv1 (RFC 2710) to those who ask by it.
//!
//! The groups are those in which the addresses are asked for, and those that sockets have joined.

use super::{
    addresses::is_of_host,
    packet::{HEADER_LEN, ICMPV6},
};
use crate::{
    net::{
        checksum::{self, Sum},
        drops::DropReason,
        ethernet,
        ip::members::{MAX_GROUPS, Member, Members, MembershipError},
        jitter,
        link::Transmit,
        neighbour::{ALL_NODES, MacAddress, group_mac},
    },
    random::Random,
    time::Instant,
};
use alloc::vec::Vec;
use core::{net::Ipv6Addr, time::Duration};

/// The types of the messages.
pub(super) const QUERY: u8 = 130;
const REPORT_V1: u8 = 131;
const DONE_V1: u8 = 132;
const REPORT: u8 = 143;

/// The length of a query of MLDv1, and of one of MLDv2 at least, in bytes.
const QUERY_V1_LEN: usize = 24;
const QUERY_LEN: usize = 28;

/// How long messages of MLDv1 are used after a query by it: Older Version Querier Present Timeout.
const QUERIER_PRESENT: Duration = Duration::from_secs(260);

/// The routers that are told by MLDv1 that a group was left, `ff02::2`.
const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);

/// The routers that receive reports, `ff02::16`.
const ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x16);

/// The header of options that has the router alert of MLD (RFC 2711).
const OPTIONS: [u8; 8] = [ICMPV6, 0, 5, 2, 0, 0, 1, 0];

/// How often a change is reported, the robustness variable, and the interval: UNSOLICITED_REPORT_INTERVAL.
const CHANGE_REPORTS: u8 = 2;
const CHANGE_INTERVAL: Duration = Duration::from_secs(1);

/// The records of a report: an answer, and a change.
const MODE_IS_EXCLUDE: u8 = 2;
const CHANGE_TO_INCLUDE: u8 = 3;
const CHANGE_TO_EXCLUDE: u8 = 4;

/// How many records a report has: groups of sockets, those that they have left, and more than an interface has
/// addresses.
const MAX_RECORDS: usize = 2 * MAX_GROUPS + 8;

/// What is to be reported, and when.
#[derive(Debug, Default)]
pub(super) struct Membership {
    /// The groups that sockets are in.
    members: Members<Ipv6Addr>,
    /// Groups that they have left, until that is reported.
    left: Vec<Ipv6Addr>,
    /// How many reports of a change are left, and when the next one is due.
    changes: u8,
    change_at: Option<Instant>,
    answer_at: Option<Instant>,
    /// Until when messages of MLDv1 are used.
    v1_until: Option<Instant>,
}

/// An interface, as reports have it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reporter {
    pub(super) mac: MacAddress,
    /// The link-local address, or `::` while it must not be used.
    pub(super) source: Ipv6Addr,
}

impl Membership {
    /// Returns whether a socket is in a group.
    pub(super) fn is_joined(&self, group: Ipv6Addr) -> bool {
        self.members.is_joined(group)
    }

    /// Adds a socket to a group.
    pub(super) fn join(
        &mut self,
        now: Instant,
        group: Ipv6Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        if !group.is_multicast() {
            return Err(MembershipError::NotAGroup);
        }
        if self.members.join(group, member)? {
            self.left.retain(|left| *left != group);
            self.on_change(now);
        }
        Ok(())
    }

    /// Removes a socket from a group.
    pub(super) fn leave(
        &mut self,
        now: Instant,
        group: Ipv6Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        if self.members.leave(group, member)? && is_reported(group) {
            // Without room, the routers notice it by their queries.
            if self.left.len() < MAX_GROUPS && self.left.try_reserve(1).is_ok() {
                self.left.push(group);
            }
            self.on_change(now);
        }
        Ok(())
    }

    /// Removes a socket from all its groups.
    pub(super) fn leave_all(&mut self, now: Instant, member: Member) {
        while let Some(group) = self.members.group_of(member) {
            let _ = self.leave(now, group, member);
        }
    }

    fn is_v1(&self, now: Instant) -> bool {
        self.v1_until.is_some_and(|until| now < until)
    }

    /// Notes that a group was joined or left.
    pub(super) fn on_change(&mut self, now: Instant) {
        self.changes = CHANGE_REPORTS;
        self.change_at = Some(now);
    }

    /// Processes a query, which has a hop limit of 1 and a router alert, and comes from the link.
    pub(super) fn on_query(
        &mut self,
        now: Instant,
        message: &[u8],
        is_joined: impl Fn(Ipv6Addr) -> bool,
        random: &mut Random,
    ) -> Result<(), DropReason> {
        let is_v1 = message.len() == QUERY_V1_LEN;
        let header: &[u8; QUERY_V1_LEN] = message.first_chunk().ok_or(DropReason::IcmpMalformed)?;
        if !is_v1 && message.len() < QUERY_LEN {
            return Err(DropReason::IcmpMalformed);
        }
        let [_, _, _, _, high, low, _, _, group @ ..] = *header;
        let group = Ipv6Addr::from_octets(group);
        if is_v1 {
            self.v1_until = Some(now + QUERIER_PRESENT);
        }
        let is_ours = is_joined(group) || self.is_joined(group) && is_reported(group);
        if !group.is_unspecified() && !is_ours {
            return Ok(());
        }
        let code = u16::from_be_bytes([high, low]);
        let delay = match is_v1 {
            true => u32::from(code),
            false => milliseconds(code),
        };
        let max = Duration::from_millis(delay.into());
        let answer_at = now + jitter::between(random, Duration::ZERO, max);
        // An answer to an earlier query answers this one, too.
        self.answer_at = Some(self.answer_at.map_or(answer_at, |at| at.min(answer_at)));
        Ok(())
    }

    /// Sends the reports that are due.
    pub(super) fn expire(
        &mut self,
        now: Instant,
        reporter: Reporter,
        groups: impl Iterator<Item = Ipv6Addr> + Clone,
        random: &mut Random,
        transmitter: &mut impl Transmit,
    ) {
        let is_v1 = self.is_v1(now);
        let (members, of_addresses) = (&self.members, groups.clone());
        let of_sockets = members.groups().filter(move |group| {
            is_reported(*group) && !of_addresses.clone().any(|other| other == *group)
        });
        let of_addresses = groups.clone();
        let groups = groups.chain(of_sockets);
        if self.change_at.is_some_and(|at| at <= now) {
            // An address may be asked for in a group that a socket has left.
            let left = self.left.iter().copied();
            let left = left.filter(|group| !of_addresses.clone().any(|other| other == *group));
            if is_v1 {
                let joined = groups.clone();
                joined.for_each(|group| message_v1(reporter, REPORT_V1, group, transmitter));
                left.for_each(|group| message_v1(reporter, DONE_V1, group, transmitter));
            } else {
                let joined = groups.clone().map(|group| (CHANGE_TO_EXCLUDE, group));
                let left = left.map(|group| (CHANGE_TO_INCLUDE, group));
                report(reporter, joined.chain(left), transmitter);
            }
            self.changes = self.changes.saturating_sub(1);
            if self.changes == 0 || is_v1 {
                self.left.clear();
            }
            let interval = jitter::between(random, CHANGE_INTERVAL / 10, CHANGE_INTERVAL);
            self.change_at = (self.changes > 0).then_some(now + interval);
        }
        if self.answer_at.is_some_and(|at| at <= now) {
            self.answer_at = None;
            match is_v1 {
                true => {
                    groups.for_each(|group| message_v1(reporter, REPORT_V1, group, transmitter))
                }
                false => report(
                    reporter,
                    groups.map(|group| (MODE_IS_EXCLUDE, group)),
                    transmitter,
                ),
            }
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        [self.change_at, self.answer_at].into_iter().flatten().min()
    }
}

/// The maximum response delay of a code (RFC 3810, section 5.1.3).
const fn milliseconds(code: u16) -> u32 {
    match code {
        0x8000.. => ((code & 0xfff) as u32 | 0x1000) << ((code >> 12 & 7) + 3),
        _ => code as u32,
    }
}

/// Returns whether a group is reported: not that of all nodes, nor one of this host alone (RFC 3810, section 6).
fn is_reported(group: Ipv6Addr) -> bool {
    group != ALL_NODES && !is_of_host(group)
}

/// Sends a report with these records, which may be none.
fn report(
    reporter: Reporter,
    all: impl Iterator<Item = (u8, Ipv6Addr)>,
    transmitter: &mut impl Transmit,
) {
    let mut message = [0; 8 + MAX_RECORDS * 20];
    let mut length = 8;
    let (header, records) = message.split_at_mut(8);
    header[0] = REPORT;
    for (bytes, (record, group)) in records.as_chunks_mut::<20>().0.iter_mut().zip(all) {
        bytes[0] = record;
        bytes[4..].copy_from_slice(&group.octets());
        header[7] += 1;
        length += bytes.len();
    }
    transmit(reporter, ROUTERS, &mut message[..length], transmitter);
}

/// Sends a message of MLDv1 about a group.
fn message_v1(reporter: Reporter, kind: u8, group: Ipv6Addr, transmitter: &mut impl Transmit) {
    let mut message = [0; QUERY_V1_LEN];
    message[0] = kind;
    message[8..].copy_from_slice(&group.octets());
    let destination = match kind {
        DONE_V1 => ALL_ROUTERS,
        _ => group,
    };
    transmit(reporter, destination, &mut message, transmitter);
}

/// Sends a message, whose checksum is filled in. Without room it is lost, as by the link.
fn transmit(
    Reporter { mac, source }: Reporter,
    destination: Ipv6Addr,
    message: &mut [u8],
    transmitter: &mut impl Transmit,
) {
    let length = message.len() as u16;
    let sum = checksum::pseudo_header_ipv6(source, destination, ICMPV6, length);
    let checksum = (sum + Sum::from_bytes(message)).checksum();
    message[2..4].copy_from_slice(&checksum.to_be_bytes());
    let payload_len = (OPTIONS.len() as u16 + length).to_be_bytes();
    let fields: [&[u8]; 9] = [
        &group_mac(destination),
        &mac,
        &ethernet::IPV6.to_be_bytes(),
        &[0x60, 0, 0, 0],
        &payload_len,
        // The options first, and no router forwards it.
        &[0, 1],
        &source.octets(),
        &destination.octets(),
        &OPTIONS,
    ];
    let write = |mut frame: &mut [u8]| {
        for field in fields.into_iter().chain([&*message]) {
            let (start, rest) = frame.split_at_mut(field.len());
            start.copy_from_slice(field);
            frame = rest;
        }
    };
    let frame_len = ethernet::HEADER_LEN + HEADER_LEN + OPTIONS.len() + usize::from(length);
    transmitter.push(frame_len, write);
}
