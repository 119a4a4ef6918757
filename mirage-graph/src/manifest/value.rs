//! Values of a configuration in a manifest: as they are, or `{"boot": …}` with what they are unless
//! boot says otherwise.

use crate::{
    address::InterfaceAddress,
    graph::{Addressing, ConfigValue},
    json::{Later, Value, object},
    mac_address::MacAddress,
    port,
};
use alloc::{
    format,
    string::{String, ToString},
};
use core::net::Ipv4Addr;

/// An address that a DHCP server says.
const DHCP: &str = "dhcp";

/// Something that a manifest holds.
pub(super) trait Written: Sized {
    /// As JSON.
    fn written(&self) -> Value;

    /// From JSON.
    fn read(value: &Value) -> Result<Self, String>;
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

    fn read(value: &Value) -> Result<Self, String> {
        match value.get("boot") {
            Some(Value::Null) => Ok(Self::Boot(None)),
            Some(default) => T::read(default).map(|default| Self::Boot(Some(default))),
            None => T::read(value).map(Self::Known),
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

    fn read(value: &Value) -> Result<Self, String> {
        match value.text() {
            Some(DHCP) => Ok(Self::Dhcp),
            _ => ConfigValue::read(value).map(Self::Static),
        }
    }
}

impl Written for u64 {
    fn written(&self) -> Value {
        (*self).into()
    }

    fn read(value: &Value) -> Result<Self, String> {
        let number = value.number();
        number.ok_or_else(|| format!("`{value}` is not a number"))
    }
}

impl Written for u16 {
    fn written(&self) -> Value {
        u64::from(*self).into()
    }

    fn read(value: &Value) -> Result<Self, String> {
        let number = u64::read(value)?;
        Self::try_from(number)
            .map_err(|_| format!("{number} is not a number up to {}", port::PORTS.end()))
    }
}

impl Written for Ipv4Addr {
    fn written(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn read(value: &Value) -> Result<Self, String> {
        let address = value.text().and_then(|text| text.parse().ok());
        address.ok_or_else(|| format!("`{value}` is not an address"))
    }
}

impl Written for InterfaceAddress {
    fn written(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn read(value: &Value) -> Result<Self, String> {
        let address = value.text().and_then(|text| Self::parse(text).ok());
        address.ok_or_else(|| format!("`{value}` is not an interface's address"))
    }
}

impl Written for MacAddress {
    fn written(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn read(value: &Value) -> Result<Self, String> {
        let address = value.text().and_then(Self::parse);
        address.ok_or_else(|| format!("`{value}` is not a MAC address"))
    }
}
