//! The virtual machine's generation ID (Microsoft, "Virtual Machine Generation ID"): 16 bytes in memory
//! that differ in each machine that is started from the same snapshot.

use super::aml::{self, ADD, NAME, PACKAGE};

/// The compatible identifier of the device, as a string in AML, in the two ways in which it is written.
const IDENTIFIERS: [&[u8]; 2] = [b"VM_Gen_Counter\0", b"VM_GEN_COUNTER\0"];

/// How both begin: what most tables do not contain.
const IDENTIFIER: &[u8] = b"VM_G";

/// The name of the object that evaluates to the physical address.
const ADDRESS: &[u8] = b"ADDR";

/// Returns the physical address of the generation ID from a table with AML; `None` if the table has no
/// such device, or would have to be interpreted.
pub(in crate::virtio) fn find(table: &[u8]) -> Option<u64> {
    aml::split(table, IDENTIFIER)?;
    let mut identifiers = IDENTIFIERS.into_iter();
    let (_, behind) = identifiers.find_map(|identifier| aml::split(table, identifier))?;
    let device = aml::split(behind, aml::NEXT).map_or(behind, |(device, _)| device);
    let (_, object) = aml::split(device, ADDRESS)?;
    let address = package(object).or_else(|| sum(object, table))?;
    // The specification demands the alignment, by which the machine replaces the bytes at once.
    (address != 0 && address.is_multiple_of(8)).then_some(address)
}

/// The address as a package of its lower and its upper half, as on Firecracker and Hyper-V.
fn package(object: &[u8]) -> Option<u64> {
    let (&opcode, rest) = object.split_first()?;
    let (&count, halves) = aml::skip_length(rest)?.split_first()?;
    if opcode != PACKAGE || count != 2 {
        return None;
    }
    let (low, rest) = aml::integer(halves)?;
    let (high, _) = aml::integer(rest)?;
    join(low, high)
}

/// The address as a method that adds a constant to a named one, as on QEMU: firmware stores the address of
/// a page there, and the ID is at an offset in it.
fn sum(object: &[u8], table: &[u8]) -> Option<u64> {
    let at = object.iter().position(|opcode| *opcode == ADD)?;
    let (name, rest) = object.get(at + 1..)?.split_first_chunk::<4>()?;
    let (offset, _) = aml::integer(rest)?;
    let [a, b, c, d] = *name;
    let (_, value) = aml::split(table, &[NAME, a, b, c, d])?;
    let (base, _) = aml::integer(value)?;
    if base == 0 {
        return None;
    }
    join(base.checked_add(offset)?, 0)
}

fn join(low: u64, high: u64) -> Option<u64> {
    let [low, high] = [low, high].map(|half| u32::try_from(half).ok());
    Some(u64::from(low?) | u64::from(high?) << 32)
}

#[cfg(test)]
mod tests;
