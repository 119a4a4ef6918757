//! What is known without asking a server.

use super::{Cache, Hosts, LookupError, Name, RecordType};
use crate::time::Instant;
use alloc::{vec, vec::Vec};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The answer to a question, or the name to ask servers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// It is known.
    Known(Result<Vec<IpAddr>, LookupError>),
    /// Servers are to be asked.
    Unknown(Name),
}

/// Looks a host up without asking a server: in this order, addresses as text, `localhost` and the names below
/// it (RFC 6761, section 6.3), names below `invalid` (section 6.4), the file, and the cache.
pub fn find_local(
    host: &str,
    record_type: RecordType,
    hosts: &Hosts,
    cache: &Cache,
    now: Instant,
) -> Local {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Local::Known(match record_type.is_of(address) {
            true => Ok(vec![address]),
            false => Err(LookupError::NoAddress),
        });
    }
    let name = match Name::parse(host) {
        Ok(name) => name,
        Err(error) => return Local::Known(Err(error)),
    };
    if name.is_in(b"localhost") {
        return Local::Known(Ok(vec![match record_type {
            RecordType::A => Ipv4Addr::LOCALHOST.into(),
            RecordType::Aaaa => Ipv6Addr::LOCALHOST.into(),
        }]));
    }
    if name.is_in(b"invalid") {
        return Local::Known(Err(LookupError::NoSuchName));
    }
    let in_file = hosts.find(&name, record_type);
    let known = in_file.or_else(|| cache.find(&name, record_type, now).cloned());
    known.map_or(Local::Unknown(name), Local::Known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::dns::Outcome;
    use core::time::Duration;

    #[test]
    fn what_is_known_is_not_asked_for() {
        let hosts = Hosts::parse("10.0.0.7 web\n10.0.0.9 localhost");
        let mut cache = Cache::default();
        let now = Instant::BOOT;
        for (name, last) in [("web", 8), ("cached", 9)] {
            let outcome = Outcome {
                result: Ok(vec![[10, 0, 0, last].into()]),
                ttl: Some(Duration::from_secs(60)),
            };
            cache.insert(Name::parse(name).unwrap(), RecordType::A, &outcome, now);
        }
        let known = |host, record_type| match find_local(host, record_type, &hosts, &cache, now) {
            Local::Known(Ok(addresses)) => Ok(addresses[0]),
            Local::Known(Err(error)) => Err(Some(error)),
            Local::Unknown(_) => Err(None),
        };
        let address = |text: &str| Ok(text.parse::<IpAddr>().unwrap());
        assert_eq!(known("10.0.0.1", RecordType::A), address("10.0.0.1"));
        assert_eq!(known("::1", RecordType::Aaaa), address("::1"));
        assert_eq!(
            known("::1", RecordType::A),
            Err(Some(LookupError::NoAddress))
        );
        assert_eq!(known("localhost", RecordType::A), address("127.0.0.1"));
        assert_eq!(known("a.LOCALHOST.", RecordType::Aaaa), address("::1"));
        assert_eq!(
            known("a.invalid", RecordType::A),
            Err(Some(LookupError::NoSuchName))
        );
        assert_eq!(known("web", RecordType::A), address("10.0.0.7"));
        assert_eq!(known("cached", RecordType::A), address("10.0.0.9"));
        assert_eq!(known("other", RecordType::A), Err(None));
        assert_eq!(
            known("a b", RecordType::A),
            Err(Some(LookupError::InvalidName))
        );
    }
}
