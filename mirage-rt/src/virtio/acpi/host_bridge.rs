//! PCI host bridges, as AML describes them.

use super::ConfigurationSpace;
use super::aml::{self, NAME};
use crate::virtio::little_endian::u32_at;
use mirage_devices::virtio::pci::Window;

/// Opcode of a return from a method.
const RETURN: u8 = 0xa4;

/// The start of a resource descriptor with a range of bus numbers (section 6.4.3.5.3), which only host
/// bridges have.
const BUS_NUMBERS: &[u8] = &[0x88, 0x0d, 0, 2];

/// Returns the buses that are the root of a hierarchy (`_BBN`, section 6.5.5). Each host bridge has one.
pub(in crate::virtio) fn root_buses(dsdt: &[u8]) -> impl Iterator<Item = u8> {
    let [a, b, c, d] = *b"_BBN";
    let mut rest = dsdt;
    core::iter::from_fn(move || {
        let (_, behind) = aml::split(rest, &[NAME, a, b, c, d])?;
        rest = behind;
        Some(aml::integer(behind).and_then(|(bus, _)| u8::try_from(bus).ok()))
    })
    .flatten()
}

/// Returns the configuration space of a machine without an MCFG, from the address of the host bridge's
/// registers (`_CBA`, PCI firmware specification 3.0, section 4.1.3): a name, or a method that returns it.
pub(in crate::virtio) fn configuration_space(dsdt: &[u8]) -> Option<ConfigurationSpace> {
    let (_, object) = aml::split(dsdt, b"_CBA")?;
    let (base, _) = match object {
        [_flags, RETURN, value @ ..] => aml::integer(value)?,
        value => aml::integer(value)?,
    };
    (base != 0 && base.is_multiple_of(1 << 20)).then_some(ConfigurationSpace {
        base,
        first_bus: 0,
        last_bus: u8::MAX,
    })
}

/// Returns the first range of addresses below 4 GiB that the host bridge passes on to its devices. Every BAR
/// can have such an address.
pub(in crate::virtio) fn window(dsdt: &[u8]) -> Option<Window> {
    let (_, mut rest) = aml::split(dsdt, BUS_NUMBERS)?;
    rest = rest.get(12..)?;
    // Large descriptors, each with its length, until the end tag.
    while let [tag @ 0x80..=0xff, low, high, ..] = *rest {
        let length = 3 + usize::from(u16::from_le_bytes([low, high]));
        let descriptor = rest.get(..length)?;
        rest = rest.get(length..)?;
        let range = match tag {
            0x87 => u32_at(descriptor, 10).zip(u32_at(descriptor, 14)),
            _ => None,
        };
        // The type of memory, and an end that is within it.
        if let Some((min, max)) =
            range.filter(|(min, max)| descriptor.get(3) == Some(&0) && min <= max)
        {
            return Some(Window {
                start: min.into(),
                end: u64::from(max) + 1,
            });
        }
    }
    None
}

#[cfg(test)]
mod tests;
