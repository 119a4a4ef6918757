//! Files of hosts and their addresses, as `/etc/hosts` (RFC 952, hosts(5)).

use super::{LookupError, Name, RecordType};
use alloc::vec::Vec;
use core::net::IpAddr;

/// The names and addresses of a file.
#[derive(Debug, Clone, Default)]
pub struct Hosts {
    entries: Vec<(Name, IpAddr)>,
}

impl Hosts {
    /// Reads a file. Each line has an address and names, separated by blanks; `#` begins a comment. What is
    /// not an address or a name is skipped, as elsewhere.
    pub fn parse(text: &str) -> Self {
        let mut entries = Vec::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_ascii_whitespace();
            let Some(Ok(address)) = words.next().map(str::parse) else {
                continue;
            };
            entries.extend(words.filter_map(|word| Some((Name::parse(word).ok()?, address))));
        }
        Self { entries }
    }

    /// Returns the addresses of a name, in the order of the file. `None` if the file does not have the name.
    pub fn find(
        &self,
        name: &Name,
        record_type: RecordType,
    ) -> Option<Result<Vec<IpAddr>, LookupError>> {
        let mut is_known = false;
        let mut addresses = Vec::new();
        for (_, address) in self.entries.iter().filter(|(other, _)| other == name) {
            is_known = true;
            if record_type.is_of(*address) {
                addresses.push(*address);
            }
        }
        match (is_known, addresses.is_empty()) {
            (false, _) => None,
            (true, true) => Some(Err(LookupError::NoAddress)),
            (true, false) => Some(Ok(addresses)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};
    use proptest::prelude::*;

    #[test]
    fn a_file_has_addresses_names_and_comments() {
        let hosts = Hosts::parse(
            "# comment\n127.0.0.1\tlocalhost\n10.0.0.7 web Web.Example. # here\n\n\
             10.0.0.8 web\r\nfe80::1%eth0 scoped\nfd00::7 web six\n10.0.0.300 nobody\n10.0.0.9 a..b c\n",
        );
        let find = |name, record_type| hosts.find(&Name::parse(name).unwrap(), record_type);
        let [seven, eight] = [7, 8].map(|last| IpAddr::from([10, 0, 0, last]));
        assert_eq!(find("WEB", RecordType::A), Some(Ok(vec![seven, eight])));
        assert_eq!(find("web.example", RecordType::A), Some(Ok(vec![seven])));
        assert_eq!(
            find("web.example", RecordType::Aaaa),
            Some(Err(LookupError::NoAddress))
        );
        let six = "fd00::7".parse().unwrap();
        assert_eq!(find("web", RecordType::Aaaa), Some(Ok(vec![six])));
        assert_eq!(find("six", RecordType::Aaaa), Some(Ok(vec![six])));
        assert_eq!(
            find("c", RecordType::A),
            Some(Ok(vec![[10, 0, 0, 9].into()]))
        );
        for name in ["nobody", "here", "scoped", "other"] {
            assert_eq!(find(name, RecordType::A), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_file(text in any::<alloc::string::String>(), name in "[a-z]{1,9}") {
            let hosts = Hosts::parse(&format!("{text}\n10.0.0.7 {name}"));
            let found = hosts.find(&Name::parse(&name).unwrap(), RecordType::A);
            prop_assert!(found.unwrap().unwrap().contains(&[10, 0, 0, 7].into()));
        }
    }
}
