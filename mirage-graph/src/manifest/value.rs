//! Values of a configuration in a manifest: the value itself, or `{"boot": DEFAULT}` for one that is given
//! at boot.

use crate::{
    address::{DHCP, InterfaceAddress},
    conflict_detection::ConflictDetection,
    congestion::Congestion,
    ecn::Ecn,
    graph::{Addressing, ConfigValue},
    ipv6::AddressOrSlaac,
    json::{Later, Value, object},
    mac_address::MacAddress,
    name_servers::NameServers,
};
use alloc::string::ToString;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A value that can be in a manifest.
pub(super) trait ToJson {
    /// Returns the value as JSON.
    fn to_json(&self) -> Value;
}

impl<T: ToJson> ToJson for ConfigValue<T> {
    fn to_json(&self) -> Value {
        match self {
            Self::Known(value) => value.to_json(),
            Self::Constant(position) => Value::Later(Later::Constant(*position)),
            Self::Boot(default) => {
                let default = default.as_ref().map_or(Value::Null, ToJson::to_json);
                object([("boot", default)])
            }
            Self::BootOrConstant(position) => {
                object([("boot", Value::Later(Later::Constant(*position)))])
            }
            Self::Unread => Value::Null,
        }
    }
}

impl ToJson for Addressing {
    fn to_json(&self) -> Value {
        match self {
            Self::Static(address) => address.to_json(),
            Self::Dhcp => DHCP.into(),
            Self::BootOrDhcp => object([("boot", DHCP.into())]),
            Self::Absent => Value::Null,
        }
    }
}

impl ToJson for u64 {
    fn to_json(&self) -> Value {
        (*self).into()
    }
}

impl ToJson for u16 {
    fn to_json(&self) -> Value {
        u64::from(*self).into()
    }
}

impl ToJson for Ipv4Addr {
    fn to_json(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToJson for InterfaceAddress {
    fn to_json(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToJson for Ipv6Addr {
    fn to_json(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToJson for AddressOrSlaac {
    fn to_json(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToJson for MacAddress {
    fn to_json(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToJson for NameServers {
    fn to_json(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl ToJson for ConflictDetection {
    fn to_json(&self) -> Value {
        self.name().into()
    }
}

impl ToJson for Ecn {
    fn to_json(&self) -> Value {
        self.name().into()
    }
}

impl ToJson for Congestion {
    fn to_json(&self) -> Value {
        self.name().into()
    }
}
