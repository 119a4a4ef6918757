//! IGMP: reports of the groups that an interface is in, for switches and routers that forward only what
//! somebody receives. Version 3 (RFC 9776), and versions 2 and 1 (RFC 2236, RFC 1112) while there is a router
//! with one of these.
//!
//! No source is excluded from a group, nor is one included alone.

mod message;
mod pending;
mod version;

pub(super) use message::PROTOCOL;

use super::{
    addresses::Addresses,
    datagram_info::DatagramInfo,
    groups::Groups,
    loopback::Loopback,
    members::{Member, Members, MembershipError},
    output::{Completion, write_once},
    packet::UDP_HEADER_LEN,
    template::write_datagram,
    v4::{self, Ipv4Packet},
};
use crate::{
    net::{
        drops::{DropReason, Drops},
        jitter,
        neighbour::MacAddress,
    },
    random::Random,
    time::Instant,
};
use alloc::{collections::TryReserveError, vec::Vec};
use core::{net::Ipv4Addr, time::Duration};
use message::{ALL_SYSTEMS, Frame, LEAVE, Message, Query, REPORT_V1, REPORT_V2, Record};
use pending::PendingReports;
use version::Version;

/// The routers that receive reports of version 3, and those that are told by version 2 that a group was left.
const ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 22);
const ALL_ROUTERS: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 2);

/// How long a version is used after a query of it (RFC 2236, section 8.11).
const QUERIER_PRESENT: Duration = Duration::from_secs(400);

/// The groups that an interface is in, and their reports.
#[derive(Debug)]
pub(super) struct Igmp {
    members: Members<Ipv4Addr>,
    pending: PendingReports,
    /// When a general query is answered by version 3, which takes one report.
    answer_at: Option<Instant>,
    /// Until when the older versions are used.
    version_1_until: Option<Instant>,
    version_2_until: Option<Instant>,
    frame: Frame,
    random: Random,
}

impl Igmp {
    /// Creates the state of an interface that is in no group.
    pub(super) fn new(mac: MacAddress, random: Random) -> Result<Self, TryReserveError> {
        Ok(Self {
            members: Members::default(),
            pending: PendingReports::new()?,
            answer_at: None,
            version_1_until: None,
            version_2_until: None,
            frame: Frame::new(mac),
            random,
        })
    }

    /// Returns the version that is used.
    fn version(&self, now: Instant) -> Version {
        let is_present = |until: Option<Instant>| until.is_some_and(|until| now < until);
        if is_present(self.version_1_until) {
            Version::One
        } else if is_present(self.version_2_until) {
            Version::Two
        } else {
            Version::Three
        }
    }

    /// Notes that the first member of a group has come, or the last one gone.
    fn on_change(&mut self, now: Instant, group: Ipv4Addr) {
        if group != ALL_SYSTEMS {
            let members = &self.members;
            self.pending
                .on_change(now, group, |group| members.is_joined(group));
        }
    }

    fn on_query(&mut self, now: Instant, query: &Query) {
        let before = self.version(now);
        let until = Some(now + QUERIER_PRESENT);
        match query.version {
            Version::One => self.version_1_until = until,
            Version::Two => self.version_2_until = until,
            Version::Three => {}
        }
        let version = self.version(now);
        if version != before {
            // RFC 9776, section 7.2.1.
            self.pending.clear();
            self.answer_at = None;
        }
        let (max_delay, latest) = (query.max_delay, now + query.max_delay);
        if self.answer_at.is_some_and(|at| at <= latest) {
            // That one answers all queries.
            return;
        }
        if query.group.is_none() && version == Version::Three {
            let delay = jitter::between(&mut self.random, Duration::ZERO, max_delay);
            self.answer_at = Some(now + delay);
            return;
        }
        let Self {
            members,
            pending,
            random,
            ..
        } = self;
        for group in members.groups().filter(|group| *group != ALL_SYSTEMS) {
            if query.group.is_none_or(|asked| asked == group) {
                pending.on_query(now, group, max_delay, random);
            }
        }
    }

    /// Writes the report of version 3 that is due; returns whether there is one.
    fn write_report(&mut self, now: Instant, source: Ipv4Addr) -> bool {
        let Self {
            members,
            pending,
            frame,
            random,
            ..
        } = self;
        frame.start_report();
        pending.take_changes(now, Version::Three.report_interval(), random, |group| {
            let record = match members.is_joined(group) {
                true => Record::ChangeToExclude,
                false => Record::ChangeToInclude,
            };
            frame.add_record(record, group);
        });
        if !frame.has_records() {
            let answers_all = self.answer_at.take_if(|at| *at <= now).is_some();
            for group in members.groups().filter(|group| *group != ALL_SYSTEMS) {
                if pending.take_answer(now, group) || answers_all {
                    frame.add_record(Record::IsExclude, group);
                }
            }
        }
        let has_records = frame.has_records();
        if has_records {
            frame.finish(source, ROUTERS);
        }
        has_records
    }

    /// Writes the next message of an older version that is due; returns whether there is one.
    fn write_message(&mut self, now: Instant, source: Ipv4Addr, version: Version) -> bool {
        let interval = version.report_interval();
        while let Some(group) = self.pending.take_next(now, interval, &mut self.random) {
            let is_joined = self.members.is_joined(group);
            if !is_joined {
                // That a group was left is reported once, and by version 1 not at all.
                self.pending.forget(group);
            }
            let (message, destination) = match (is_joined, version) {
                (true, Version::One) => (REPORT_V1, group),
                (true, _) => (REPORT_V2, group),
                (false, Version::One) => continue,
                (false, _) => (LEAVE, ALL_ROUTERS),
            };
            self.frame.write_message(message, group);
            self.frame.finish(source, destination);
            return true;
        }
        false
    }
}

impl Groups for Igmp {
    fn join(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        if self.members.join(group, member)? {
            self.on_change(now, group);
        }
        Ok(())
    }

    fn leave(
        &mut self,
        now: Instant,
        group: Ipv4Addr,
        member: Member,
    ) -> Result<(), MembershipError> {
        if self.members.leave(group, member)? {
            self.on_change(now, group);
        }
        Ok(())
    }

    fn leave_all(&mut self, now: Instant, member: Member) {
        while let Some(group) = self.members.group_of(member) {
            let _ = self.leave(now, group, member);
        }
    }

    fn is_joined(&self, group: Ipv4Addr) -> bool {
        group == ALL_SYSTEMS || self.members.is_joined(group)
    }

    fn input(&mut self, now: Instant, packet: &Ipv4Packet<'_>) -> Result<(), DropReason> {
        match Message::parse(packet)? {
            Message::Query(query) => self.on_query(now, &query),
            // Another host has answered the router. Version 3 does not suppress answers.
            Message::Report(group) if self.version(now) < Version::Three => {
                self.pending.suppress(group);
            }
            Message::Report(_) => {}
        }
        Ok(())
    }

    fn loop_back(
        &self,
        (loopback, drops): (&mut Loopback, &mut Drops),
        local_port: u16,
        info: &DatagramInfo,
        data: &[u8],
    ) {
        let (Some(local), Some(remote)) = (info.local.as_ipv4(), info.remote.as_ipv4()) else {
            return;
        };
        if !self.is_joined(remote) {
            return;
        }
        let udp = info.udp_header(local_port, data.len());
        let mut packet = Vec::new();
        let length = v4::HEADER_LEN + UDP_HEADER_LEN + data.len();
        if packet.try_reserve_exact(length).is_err() {
            return drops.count(DropReason::OutOfMemory);
        }
        packet.resize(length, 0);
        let (header, ends) = (info.packet(), (local, remote));
        let mut write = |datagram: &mut [u8]| write_datagram(datagram, udp, data);
        write_once(&mut packet, &header, ends, Completion::Omitted, &mut write);
        let pushed = loopback.push(packet);
        pushed.unwrap_or_else(|reason| drops.count(reason));
    }

    fn next_frame(&mut self, now: Instant, addresses: &Addresses) -> Option<&[u8]> {
        let source = addresses.source_for(ROUTERS);
        let source = source.unwrap_or(Ipv4Addr::UNSPECIFIED);
        let is_written = match self.version(now) {
            Version::Three => self.write_report(now, source),
            older => self.write_message(now, source, older),
        };
        is_written.then(|| self.frame.bytes())
    }

    fn earlier_deadline(&self, deadline: Option<Instant>) -> Option<Instant> {
        let reports = Instant::earlier(self.answer_at, self.pending.next_deadline());
        Instant::earlier(deadline, reports)
    }
}
