//! Options of sockets.

use super::{
    super::{
        Errno,
        description::{Direction, OptionValue},
    },
    Family,
};
use crate::net::{MtuDiscover, TcpStream};
use core::{cell::Cell, ffi::c_int, net::SocketAddr, time::Duration};
use mirage_devices::net::KeepAlive;

/// The idle time of Linux after which a peer is probed.
const KEEP_IDLE: c_int = 7200;
/// Linux's number of probes and their interval.
const KEEP_COUNT: c_int = 9;
const KEEP_INTERVAL: c_int = 75;
/// The sizes of buffers that are reported, which those of the stack exceed when they are needed.
const BUFFER: c_int = 212_992;
/// The smallest size of a buffer.
const MIN_BUFFER: c_int = 4608;
/// The default time to live (RFC 1700).
const TTL: c_int = 64;

/// The options of a socket. Those without effect are stored and returned.
#[derive(Clone)]
pub(in super::super) struct Options {
    family: Family,
    read_timeout: Cell<Option<Duration>>,
    write_timeout: Cell<Option<Duration>>,
    linger: Cell<Option<Duration>>,
    pub(super) broadcast: Cell<bool>,
    reuse_address: Cell<c_int>,
    reuse_port: Cell<c_int>,
    no_delay: Cell<Option<bool>>,
    keep_alive: Cell<Option<bool>>,
    keep_idle: Cell<c_int>,
    keep_count: Cell<c_int>,
    keep_interval: Cell<c_int>,
    receive_buffer: Cell<c_int>,
    send_buffer: Cell<c_int>,
    ttl: Cell<c_int>,
    type_of_service: Cell<c_int>,
    mtu_discover: Cell<c_int>,
    is_ipv6_only: Cell<c_int>,
    multicast_loop: Cell<c_int>,
    multicast_ttl: Cell<c_int>,
    multicast_loop_v6: Cell<c_int>,
    multicast_hops: Cell<c_int>,
    out_of_band_inline: Cell<c_int>,
    quick_acknowledgement: Cell<c_int>,
    user_timeout: Cell<c_int>,
}

impl Options {
    /// The defaults of Linux.
    pub(in super::super) fn new(family: Family) -> Self {
        Self {
            family,
            is_ipv6_only: Cell::new(0),
            read_timeout: Cell::new(None),
            write_timeout: Cell::new(None),
            linger: Cell::new(None),
            broadcast: Cell::new(false),
            reuse_address: Cell::new(0),
            reuse_port: Cell::new(0),
            no_delay: Cell::new(None),
            keep_alive: Cell::new(None),
            keep_idle: Cell::new(KEEP_IDLE),
            keep_count: Cell::new(KEEP_COUNT),
            keep_interval: Cell::new(KEEP_INTERVAL),
            receive_buffer: Cell::new(BUFFER),
            send_buffer: Cell::new(BUFFER),
            ttl: Cell::new(TTL),
            type_of_service: Cell::new(0),
            mtu_discover: Cell::new(::libc::IP_PMTUDISC_WANT),
            multicast_loop: Cell::new(1),
            multicast_ttl: Cell::new(1),
            multicast_loop_v6: Cell::new(1),
            multicast_hops: Cell::new(1),
            out_of_band_inline: Cell::new(0),
            quick_acknowledgement: Cell::new(1),
            user_timeout: Cell::new(0),
        }
    }

    /// The family of the socket.
    pub(super) const fn family(&self) -> Family {
        self.family
    }

    /// Whether peers with IPv4 are not for this socket.
    pub(super) fn excludes(&self, peer: SocketAddr) -> bool {
        peer.is_ipv4() && self.is_ipv6_only.get() != 0
    }

    /// How long reading or writing waits.
    pub(in super::super) fn timeout(&self, direction: Direction) -> Option<Duration> {
        match direction {
            Direction::Reading => self.read_timeout.get(),
            Direction::Writing => self.write_timeout.get(),
        }
    }

    /// Whether closing resets the connection.
    pub(in super::super) fn resets(&self) -> bool {
        self.linger.get() == Some(Duration::ZERO)
    }

    /// Returns whether datagrams are fragmented. By default they are, as on Linux. There is no difference between
    /// the values of Linux that do not allow it, and between those that allow it to routers.
    pub(super) fn mtu_discover(&self) -> MtuDiscover {
        match self.mtu_discover.get() {
            ::libc::IP_PMTUDISC_WANT => MtuDiscover::Want,
            ::libc::IP_PMTUDISC_DONT | ::libc::IP_PMTUDISC_OMIT => MtuDiscover::Dont,
            _ => MtuDiscover::Do,
        }
    }

    /// Returns the time to live of datagrams to IPv4 groups, and whether they are looped back.
    pub(super) fn multicast_v4(&self) -> (u32, bool) {
        (
            self.multicast_ttl.get() as u32,
            self.multicast_loop.get() != 0,
        )
    }

    /// Returns the hop limit of datagrams to IPv6 groups, and whether they are looped back.
    pub(super) fn multicast_v6(&self) -> (u32, bool) {
        (
            self.multicast_hops.get() as u32,
            self.multicast_loop_v6.get() != 0,
        )
    }

    /// Sets what a connection knows. What was not set stays as the stack has it: small segments are sent at once, and
    /// a silent peer is probed.
    pub(in super::super) fn apply(&self, stream: &TcpStream) {
        // Our own stack returns no error.
        if let Some(no_delay) = self.no_delay.get() {
            let _ = stream.set_nodelay(no_delay);
        }
        let seconds = |value: &Cell<c_int>| Duration::from_secs(value.get().max(1) as u64);
        if let Some(is_probed) = self.keep_alive.get() {
            stream.set_probes(is_probed.then(|| KeepAlive {
                idle: seconds(&self.keep_idle),
                interval: seconds(&self.keep_interval),
                probes: u8::try_from(self.keep_count.get()).unwrap_or(u8::MAX),
            }));
        }
        if let milliseconds @ 1.. = self.user_timeout.get() {
            stream.set_user_timeout(Duration::from_millis(milliseconds as u64));
        }
    }

    /// Returns where an integer is stored.
    fn number(&self, level: c_int, name: c_int) -> Option<&Cell<c_int>> {
        Some(match (level, name) {
            (::libc::SOL_SOCKET, ::libc::SO_REUSEADDR) => &self.reuse_address,
            (::libc::SOL_SOCKET, ::libc::SO_REUSEPORT) => &self.reuse_port,
            (::libc::SOL_SOCKET, ::libc::SO_OOBINLINE) => &self.out_of_band_inline,
            (::libc::SOL_SOCKET, ::libc::SO_RCVBUF) => &self.receive_buffer,
            (::libc::SOL_SOCKET, ::libc::SO_SNDBUF) => &self.send_buffer,
            (::libc::IPPROTO_TCP, ::libc::TCP_KEEPIDLE) => &self.keep_idle,
            (::libc::IPPROTO_TCP, ::libc::TCP_KEEPCNT) => &self.keep_count,
            (::libc::IPPROTO_TCP, ::libc::TCP_KEEPINTVL) => &self.keep_interval,
            (::libc::IPPROTO_TCP, ::libc::TCP_QUICKACK) => &self.quick_acknowledgement,
            (::libc::IPPROTO_TCP, ::libc::TCP_USER_TIMEOUT) => &self.user_timeout,
            (::libc::IPPROTO_IP, ::libc::IP_TTL) => &self.ttl,
            (::libc::IPPROTO_IP, ::libc::IP_MULTICAST_LOOP) => &self.multicast_loop,
            (::libc::IPPROTO_IP, ::libc::IP_MULTICAST_TTL) => &self.multicast_ttl,
            (::libc::IPPROTO_IP, ::libc::IP_TOS) => &self.type_of_service,
            (::libc::IPPROTO_IP, ::libc::IP_MTU_DISCOVER) => &self.mtu_discover,
            (::libc::IPPROTO_IPV6, _) if self.family == Family::Ipv6 => match name {
                ::libc::IPV6_V6ONLY => &self.is_ipv6_only,
                ::libc::IPV6_UNICAST_HOPS => &self.ttl,
                ::libc::IPV6_MULTICAST_LOOP => &self.multicast_loop_v6,
                ::libc::IPV6_MULTICAST_HOPS => &self.multicast_hops,
                ::libc::IPV6_TCLASS => &self.type_of_service,
                ::libc::IPV6_MTU_DISCOVER => &self.mtu_discover,
                _ => return None,
            },
            _ => return None,
        })
    }

    pub(in super::super) fn set(
        &self,
        level: c_int,
        name: c_int,
        value: OptionValue,
    ) -> Result<(), Errno> {
        if let Some(place) = self.number(level, name) {
            let number = value.number()?;
            let valid = match (level, name) {
                (::libc::IPPROTO_TCP, ::libc::TCP_KEEPIDLE | ::libc::TCP_KEEPINTVL) => 1..=32_767,
                (::libc::IPPROTO_TCP, ::libc::TCP_KEEPCNT) => 1..=127,
                (::libc::IPPROTO_IP, ::libc::IP_TTL) => 1..=255,
                (::libc::IPPROTO_IP, ::libc::IP_MTU_DISCOVER) => {
                    ::libc::IP_PMTUDISC_DONT..=::libc::IP_PMTUDISC_OMIT
                }
                (::libc::IPPROTO_IP, ::libc::IP_MULTICAST_TTL)
                | (::libc::IPPROTO_IPV6, ::libc::IPV6_MULTICAST_HOPS) => -1..=255,
                (::libc::IPPROTO_IPV6, ::libc::IPV6_TCLASS) => 0..=255,
                (::libc::IPPROTO_IPV6, ::libc::IPV6_UNICAST_HOPS) => 0..=255,
                (::libc::IPPROTO_IPV6, ::libc::IPV6_MTU_DISCOVER) => {
                    ::libc::IPV6_PMTUDISC_DONT..=::libc::IPV6_PMTUDISC_OMIT
                }
                (::libc::IPPROTO_TCP, _) => 0..=c_int::MAX,
                _ => c_int::MIN..=c_int::MAX,
            };
            if !valid.contains(&number) {
                return Err(Errno(::libc::EINVAL));
            }
            place.set(match (level, name) {
                // As Linux, which doubles them, and has a maximum (`net.core.rmem_max`).
                (::libc::SOL_SOCKET, ::libc::SO_RCVBUF | ::libc::SO_SNDBUF) => {
                    number.clamp(MIN_BUFFER / 2, BUFFER) * 2
                }
                (::libc::IPPROTO_IP, ::libc::IP_MULTICAST_TTL)
                | (::libc::IPPROTO_IPV6, ::libc::IPV6_MULTICAST_HOPS)
                    if number == -1 =>
                {
                    // The default.
                    1
                }
                // Flags, as the others of the level.
                (::libc::SOL_SOCKET, _)
                | (::libc::IPPROTO_IP, ::libc::IP_MULTICAST_LOOP)
                | (::libc::IPPROTO_IPV6, ::libc::IPV6_V6ONLY | ::libc::IPV6_MULTICAST_LOOP)
                | (::libc::IPPROTO_TCP, ::libc::TCP_QUICKACK) => (number != 0).into(),
                _ => number,
            });
            return Ok(());
        }
        match (level, name, value) {
            (::libc::SOL_SOCKET, ::libc::SO_RCVTIMEO, OptionValue::Time(time)) => {
                self.read_timeout.set(time);
            }
            (::libc::SOL_SOCKET, ::libc::SO_SNDTIMEO, OptionValue::Time(time)) => {
                self.write_timeout.set(time);
            }
            (::libc::SOL_SOCKET, ::libc::SO_LINGER, OptionValue::Linger(linger)) => {
                self.linger.set(linger);
            }
            (::libc::SOL_SOCKET, ::libc::SO_BROADCAST, value) => {
                self.broadcast.set(value.number()? != 0);
            }
            (::libc::SOL_SOCKET, ::libc::SO_KEEPALIVE, value) => {
                self.keep_alive.set(Some(value.number()? != 0));
            }
            (::libc::IPPROTO_TCP, ::libc::TCP_NODELAY, value) => {
                self.no_delay.set(Some(value.number()? != 0));
            }
            // As Linux, for what is not a socket of UDP.
            (_, _, OptionValue::Membership(_)) => return Err(Errno(::libc::EPROTO)),
            _ => return Err(Errno(::libc::ENOPROTOOPT)),
        }
        Ok(())
    }

    pub(in super::super) fn get(&self, level: c_int, name: c_int) -> Result<OptionValue, Errno> {
        if let Some(place) = self.number(level, name) {
            return Ok(OptionValue::Number(place.get()));
        }
        let flag = |value: bool| OptionValue::Number(value.into());
        Ok(match (level, name) {
            (::libc::SOL_SOCKET, ::libc::SO_RCVTIMEO) => OptionValue::Time(self.read_timeout.get()),
            (::libc::SOL_SOCKET, ::libc::SO_SNDTIMEO) => {
                OptionValue::Time(self.write_timeout.get())
            }
            (::libc::SOL_SOCKET, ::libc::SO_LINGER) => OptionValue::Linger(self.linger.get()),
            (::libc::SOL_SOCKET, ::libc::SO_BROADCAST) => flag(self.broadcast.get()),
            (::libc::SOL_SOCKET, ::libc::SO_KEEPALIVE) => {
                flag(self.keep_alive.get().unwrap_or(false))
            }
            (::libc::IPPROTO_TCP, ::libc::TCP_NODELAY) => {
                flag(self.no_delay.get().unwrap_or(false))
            }
            (::libc::SOL_SOCKET, ::libc::SO_DOMAIN) => OptionValue::Number(self.family.number()),
            (::libc::SOL_SOCKET, ::libc::SO_ACCEPTCONN) => flag(false),
            (::libc::SOL_SOCKET | ::libc::IPPROTO_IP | ::libc::IPPROTO_TCP, _) => {
                return Err(Errno(::libc::ENOPROTOOPT));
            }
            (::libc::IPPROTO_IPV6, _) if self.family == Family::Ipv6 => {
                return Err(Errno(::libc::ENOPROTOOPT));
            }
            // As Linux, for a level that is not there.
            _ => return Err(Errno(::libc::EOPNOTSUPP)),
        })
    }
}
