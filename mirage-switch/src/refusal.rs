//! What the switch does not carry.

use mirage_graph::port::Protocol;
use std::{
    collections::{HashMap, HashSet},
    fmt,
    net::Ipv4Addr,
};

/// How many different refusals are reported for each unikernel.
const MAX_REPORTED: usize = 64;

/// Why a frame is not carried.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Its source is not the MAC address of the unikernel.
    SourceMac([u8; 6]),
    /// Its source is not the address of the unikernel.
    SourceAddress(Ipv4Addr),
    /// It is a fragment.
    Fragment,
    /// Its protocol is none of those that links have.
    Protocol(u8),
    /// It is malformed.
    Malformed,
    /// No link leads there: the name of a unikernel or an address, and the port if it is known.
    NoLink(String, Option<(Protocol, u16)>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SourceMac([a, b, c, d, e, g]) => write!(
                f,
                "its MAC address is not {a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}"
            ),
            Self::SourceAddress(address) => write!(f, "its address is not {address}"),
            Self::Fragment => f.write_str("fragments are not carried"),
            Self::Protocol(number) => write!(f, "the IP protocol {number} is not carried"),
            Self::Malformed => f.write_str("a packet is malformed"),
            Self::NoLink(to, None) => write!(f, "it has no link to {to}"),
            Self::NoLink(to, Some((protocol, port))) => {
                write!(
                    f,
                    "it has no link to {to}, {} port {port}",
                    protocol.acronym()
                )
            }
        }
    }
}

/// Reports each refusal once.
pub(crate) struct Refusals<R> {
    report: R,
    /// By unikernel.
    reported: HashMap<usize, HashSet<Refusal>>,
}

impl<R: FnMut(&str, &Refusal)> Refusals<R> {
    pub(crate) fn new(report: R) -> Self {
        Self {
            report,
            reported: HashMap::new(),
        }
    }

    pub(crate) fn report(&mut self, unikernel: usize, name: &str, refusal: Refusal) {
        let reported = self.reported.entry(unikernel).or_default();
        if reported.contains(&refusal) || reported.len() >= MAX_REPORTED {
            return;
        }
        (self.report)(name, &refusal);
        reported.insert(refusal);
    }
}
