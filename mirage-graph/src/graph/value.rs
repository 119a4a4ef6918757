//! Values of keys, and the properties of nodes that have one.

use crate::{
    conflict_detection::ConflictDetection, congestion::Congestion, ecn::Ecn, ipv6::AddressOrSlaac,
    mac_address::MacAddress, name_servers::NameServers,
};
use core::net::{Ipv4Addr, Ipv6Addr};

/// A span of the source, by its position in [`Graph::locations`](super::Graph::locations).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanId(pub usize);

/// A value and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: SpanId,
}

impl<T> Spanned<T> {
    /// `value` at `span`.
    pub const fn new(value: T, span: SpanId) -> Self {
        Self { value, span }
    }

    /// Converts the value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned::new(convert(self.value), self.span)
    }
}

impl<T> Spanned<Option<T>> {
    /// The value, if there is one, with its span.
    pub fn transpose(self) -> Option<Spanned<T>> {
        self.value.map(|value| Spanned::new(value, self.span))
    }
}

/// The value of a key, as far as the macro can evaluate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfigValue<T> {
    /// A literal.
    Known(T),
    /// A constant expression, by its position among the unikernel's. Only constant evaluation knows
    /// its value.
    Constant(usize),
    /// Given at boot; required, if there is no default.
    Boot(Option<T>),
    /// Given at boot, with a constant expression as its default.
    BootOrConstant(usize),
    /// Invalid, which has been reported. It conflicts with nothing.
    Unread,
}

impl<T> ConfigValue<T> {
    /// Whether the value is given at boot.
    pub const fn is_at_boot(&self) -> bool {
        matches!(self, Self::Boot(_) | Self::BootOrConstant(_))
    }

    /// Whether only constant evaluation knows the value, or its default.
    pub const fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_) | Self::BootOrConstant(_))
    }
}

impl<T: Clone> ConfigValue<T> {
    /// Returns the literal or the default; `None` if only constant evaluation or boot knows the value.
    pub fn get(&self) -> Option<T> {
        match self {
            Self::Known(value) | Self::Boot(Some(value)) => Some(value.clone()),
            Self::Constant(_) | Self::BootOrConstant(_) | Self::Boot(None) | Self::Unread => None,
        }
    }

    /// How the value is known.
    pub(crate) fn erased(&self) -> ConfigValue<()> {
        match self {
            Self::Known(_) => ConfigValue::Known(()),
            Self::Constant(position) => ConfigValue::Constant(*position),
            Self::Boot(default) => ConfigValue::Boot(default.as_ref().map(|_| ())),
            Self::BootOrConstant(position) => ConfigValue::BootOrConstant(*position),
            Self::Unread => ConfigValue::Unread,
        }
    }
}

/// A property that need not be declared.
pub type Optional<T> = Option<Spanned<ConfigValue<T>>>;

/// The value of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// A number.
    Number(ConfigValue<u16>),
    /// A size in bytes.
    Size(ConfigValue<u64>),
    /// An IPv4 address.
    Address(ConfigValue<Ipv4Addr>),
    /// A MAC address.
    MacAddress(ConfigValue<MacAddress>),
    /// An algorithm of congestion control.
    Congestion(ConfigValue<Congestion>),
    /// A mode of ECN.
    Ecn(ConfigValue<Ecn>),
    /// A mode of conflict detection.
    ConflictDetection(ConfigValue<ConflictDetection>),
    /// Name servers.
    NameServers(ConfigValue<NameServers>),
    /// The source of the IPv6 address of an interface.
    Ipv6Interface(ConfigValue<AddressOrSlaac>),
    /// An IPv6 address.
    Ipv6Address(ConfigValue<Ipv6Addr>),
}

/// The field of a property.
#[derive(Debug)]
pub enum PropertyMut<'a> {
    /// A number.
    Number(&'a mut Optional<u16>),
    /// A size in bytes.
    Size(&'a mut Optional<u64>),
    /// An IPv4 address.
    Address(&'a mut Optional<Ipv4Addr>),
    /// A MAC address.
    MacAddress(&'a mut Optional<MacAddress>),
    /// An algorithm of congestion control.
    Congestion(&'a mut Optional<Congestion>),
    /// A mode of ECN.
    Ecn(&'a mut Optional<Ecn>),
    /// A mode of conflict detection.
    ConflictDetection(&'a mut Optional<ConflictDetection>),
    /// Name servers.
    NameServers(&'a mut Optional<NameServers>),
    /// The source of the IPv6 address of an interface.
    Ipv6Interface(&'a mut Optional<AddressOrSlaac>),
    /// An IPv6 address.
    Ipv6Address(&'a mut Optional<Ipv6Addr>),
}

macro_rules! property_types {
    ($($variant:ident($type:ty),)*) => {
        $(
            impl From<ConfigValue<$type>> for Property {
                fn from(value: ConfigValue<$type>) -> Self {
                    Self::$variant(value)
                }
            }

            impl<'a> From<&'a mut Optional<$type>> for PropertyMut<'a> {
                fn from(field: &'a mut Optional<$type>) -> Self {
                    Self::$variant(field)
                }
            }
        )*
    };
}

property_types! {
    Number(u16),
    Size(u64),
    Address(Ipv4Addr),
    MacAddress(MacAddress),
    Congestion(Congestion),
    Ecn(Ecn),
    ConflictDetection(ConflictDetection),
    NameServers(NameServers),
    Ipv6Interface(AddressOrSlaac),
    Ipv6Address(Ipv6Addr),
}

/// Defines a configuration: fields, and after them the optional properties, whose names are those of
/// their keys and of their members in the manifest.
macro_rules! configuration {
    (
        $(#[$doc:meta])*
        pub struct $name:ident {
            $($(#[$field_doc:meta])* pub $field:ident: $type:ty,)*
            properties: $($(#[$property_doc:meta])* $property:ident: $property_type:ty,)*
        }
    ) => {
        $(#[$doc])*
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
            $($(#[$property_doc])* pub $property: Optional<$property_type>,)*
        }

        impl $name {
            /// The properties, in the order of the manifest.
            pub fn properties(&self) -> impl Iterator<Item = (&'static str, Option<Property>)> {
                [$((stringify!($property), self.$property.map(|value| value.value.into())),)*]
                    .into_iter()
            }

            /// The fields of the properties, in the same order.
            pub fn properties_mut(
                &mut self,
            ) -> impl Iterator<Item = (&'static str, PropertyMut<'_>)> {
                [$((stringify!($property), (&mut self.$property).into()),)*].into_iter()
            }
        }
    };
}

pub(super) use configuration;
