//! Which port of the host stands for which port of the unikernel.

use std::str::FromStr;

/// A port of the host and the port of the unikernel that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The port on 127.0.0.1.
    pub host: u16,
    /// The unikernel's port.
    pub guest: u16,
}

impl Forward {
    /// The way to the port `guest`: as one of `asked` says, else by the rule that needs no
    /// privilege.
    pub fn to(guest: u16, asked: &[Self]) -> Self {
        let by_rule = Self {
            host: if guest < 1024 { guest + 8000 } else { guest },
            guest,
        };
        let asked = asked.iter().find(|forward| forward.guest == guest);
        asked.copied().unwrap_or(by_rule)
    }
}

impl FromStr for Forward {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let port = |text: &str| text.parse().ok().filter(|port| *port != 0);
        text.split_once(':')
            .and_then(|(host, guest)| {
                Some(Self {
                    host: port(host)?,
                    guest: port(guest)?,
                })
            })
            .ok_or_else(|| "expected HOST:GUEST, two ports from 1 to 65535, such as 8080:80".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_forwarded_by_rule_or_as_asked() {
        let asked = ["9000:80".parse().expect("two ports")];
        assert_eq!(Forward::to(80, &asked).host, 9000);
        assert_eq!(Forward::to(7, &asked).host, 8007);
        assert_eq!(Forward::to(1023, &[]).host, 9023);
        assert_eq!(Forward::to(1024, &[]).host, 1024);
    }

    #[test]
    fn what_is_not_two_ports_is_refused() {
        for text in ["80", "0:80", "80:", "8080:65536", "a:b", "1:2:3"] {
            assert!(text.parse::<Forward>().is_err(), "{text}");
        }
    }
}
