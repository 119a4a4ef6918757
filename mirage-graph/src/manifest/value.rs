//! Values of a configuration in a manifest: as they are, or `{"boot": …}` with what they are unless
//! boot says otherwise.

use crate::{
    address::InterfaceAddress,
    graph::{Addressing, ConfigValue},
    json::{Later, Value, object},
    mac_address::MacAddress,
};
use alloc::string::ToString;
use core::net::Ipv4Addr;

/// Stands for the address in the manifest of an interface that uses DHCP.
pub(super) const DHCP: &str = "dhcp";

/// A value that can be written to a manifest.
pub(super) trait Written {
    /// Returns the value as JSON.
    fn written(&self) -> Value;
}

impl<T: Written> Written for ConfigValue<T> {
    fn written(&self) -> Value {
        match self {
            Self::Known(value) => value.written(),
            Self::Constant(position) => Value::Later(Later::Constant(*position)),
            Self::Boot(default) => {
                let default = default.as_ref().map_or(Value::Null, Written::written);
                object([("boot", default)])
            }
            Self::Unread => Value::Null,
        }
    }
}

impl Written for Addressing {
    fn written(&self) -> Value {
        match self {
            Self::Static(address) => address.written(),
            Self::Dhcp => DHCP.into(),
        }
    }
}

impl Written for u64 {
    fn written(&self) -> Value {
        (*self).into()
    }
}

impl Written for u16 {
    fn written(&self) -> Value {
        u64::from(*self).into()
    }
}

impl Written for Ipv4Addr {
    fn written(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl Written for InterfaceAddress {
    fn written(&self) -> Value {
        Value::Text(self.to_string())
    }
}

impl Written for MacAddress {
    fn written(&self) -> Value {
        Value::Text(self.to_string())
    }
}
