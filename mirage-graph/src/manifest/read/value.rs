//! Values of a configuration.

use crate::{
    address::{DHCP, InterfaceAddress},
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    ecn::Ecn,
    graph::{Addressing, ConfigValue},
    ipv6::AddressOrSlaac,
    json::Value,
    mac_address::MacAddress,
    name_servers::NameServers,
};
use alloc::{format, string::String};
use core::net::{Ipv4Addr, Ipv6Addr};

/// A value that can be read from a manifest.
pub(super) trait Read: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// Returns the reason if `value` is not one of this type.
    fn read(value: &Value) -> Result<Self, String>;
}

impl<T: Read> Read for ConfigValue<T> {
    fn read(value: &Value) -> Result<Self, String> {
        match value.get("boot") {
            Some(Value::Null) => Ok(Self::Boot(None)),
            Some(default) => T::read(default).map(|default| Self::Boot(Some(default))),
            None => T::read(value).map(Self::Known),
        }
    }
}

impl Read for Addressing {
    fn read(value: &Value) -> Result<Self, String> {
        let is_dhcp = |value: &Value| value.as_str() == Some(DHCP);
        match value.get("boot") {
            Some(default) if is_dhcp(default) => Ok(Self::BootOrDhcp),
            _ if is_dhcp(value) => Ok(Self::Dhcp),
            None if matches!(value, Value::Null) => Ok(Self::Absent),
            _ => ConfigValue::read(value).map(Self::Static),
        }
    }
}

impl Read for u64 {
    fn read(value: &Value) -> Result<Self, String> {
        let number = value.as_u64();
        number.ok_or_else(|| format!("`{value}` is not a number"))
    }
}

impl Read for u16 {
    fn read(value: &Value) -> Result<Self, String> {
        let number = u64::read(value)?;
        Self::try_from(number).map_err(|_| format!("{number} is not a number up to {}", u16::MAX))
    }
}

impl Read for Ipv4Addr {
    fn read(value: &Value) -> Result<Self, String> {
        let address = value.as_str().and_then(|text| text.parse().ok());
        address.ok_or_else(|| format!("`{value}` is not an address"))
    }
}

impl Read for InterfaceAddress {
    fn read(value: &Value) -> Result<Self, String> {
        let address = value.as_str().and_then(|text| Self::parse(text).ok());
        address.ok_or_else(|| format!("`{value}` is not an interface's address"))
    }
}

impl Read for Ipv6Addr {
    fn read(value: &Value) -> Result<Self, String> {
        let address = value.as_str().and_then(|text| text.parse().ok());
        address.ok_or_else(|| format!("`{value}` is not an IPv6 address"))
    }
}

impl Read for AddressOrSlaac {
    fn read(value: &Value) -> Result<Self, String> {
        let address = value.as_str().and_then(|text| Self::parse(text).ok());
        address.ok_or_else(|| format!("`{value}` is not an interface's IPv6 address"))
    }
}

impl Read for MacAddress {
    fn read(value: &Value) -> Result<Self, String> {
        let address = value.as_str().and_then(Self::parse);
        address.ok_or_else(|| format!("`{value}` is not a MAC address"))
    }
}

impl Read for NameServers {
    fn read(value: &Value) -> Result<Self, String> {
        let servers = value.as_str().and_then(|text| Self::parse(text).ok());
        servers.ok_or_else(|| format!("`{value}` is not a list of name servers"))
    }
}

impl Read for ConflictDetection {
    fn read(value: &Value) -> Result<Self, String> {
        let mode = value.as_str().and_then(Self::from_name);
        mode.ok_or_else(|| format!("`{value}` is not a mode of conflict detection"))
    }
}

impl Read for Ecn {
    fn read(value: &Value) -> Result<Self, String> {
        let mode = value.as_str().and_then(Self::from_name);
        mode.ok_or_else(|| format!("`{value}` is not a mode of ECN"))
    }
}

impl Read for Congestion {
    fn read(value: &Value) -> Result<Self, String> {
        let algorithm = value.as_str().and_then(Self::from_name);
        algorithm.ok_or_else(|| format!("`{value}` is not an algorithm of congestion control"))
    }
}
