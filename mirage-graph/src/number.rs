//! The numbers that keys can have.

mod validate;

/// The numbers that a key can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    /// The quantity, which selects the error for numbers outside the range.
    pub quantity: Quantity,
    /// The smallest number.
    pub min: u16,
    /// The largest number.
    pub max: u16,
}

/// The quantity that a number denotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// The largest IP packet of an interface, in bytes.
    Mtu,
    /// A port number.
    Port,
    /// The value of the key of this name.
    Key(&'static str),
}

/// From the packet that every host must accept (RFC 791, section 3.1) to a jumbo frame.
pub const MTU: NumberRange = NumberRange {
    quantity: Quantity::Mtu,
    min: 576,
    max: 9000,
};

/// Ports that a listener can be bound to; 0 means "any" to other systems.
pub const PORT: NumberRange = NumberRange {
    quantity: Quantity::Port,
    min: 1,
    max: u16::MAX,
};

impl NumberRange {
    /// The numbers from `min` to `max`, for the key `name`.
    pub const fn for_key(name: &'static str, min: u16, max: u16) -> Self {
        Self {
            quantity: Quantity::Key(name),
            min,
            max,
        }
    }
}
