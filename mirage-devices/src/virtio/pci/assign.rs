//! Addresses for functions to which no firmware has assigned any (PCI specification 3.0, section 6.2.5.1).

use super::{Function, MEMORY_AND_MASTER, space};
use pci_types::{ConfigRegionAccess, PciAddress};

/// The register with the header type, in its third byte.
const HEADER_TYPE: u16 = 0x0c;

/// The flags of a memory BAR: the type, whether it can be prefetched.
const FLAGS: u32 = 0xf;

/// Addresses that a host bridge passes on to its devices, and nobody uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first free address.
    pub start: u64,
    /// The end of the addresses.
    pub end: u64,
}

impl Window {
    /// Takes `size` bytes, a power of two, at a multiple of it.
    fn take(&mut self, size: u64) -> Option<u64> {
        let start = self.start.checked_next_multiple_of(size)?;
        let end = start.checked_add(size).filter(|end| *end <= self.end)?;
        self.start = end;
        Some(start)
    }
}

/// Returns whether a memory BAR of `function` has an address.
pub fn is_assigned(access: impl ConfigRegionAccess, function: PciAddress) -> bool {
    let function = Function { access, function };
    // A bridge has other registers there.
    let is_device = function.read(HEADER_TYPE) >> 16 & 0x7f == 0;
    let mut indices = 0..6;
    is_device && indices.any(|index| function.base_address(index).unwrap_or(0) != 0)
}

/// Assigns addresses of `window` to the memory BARs of `function`: to all of them, or to none if one does not fit.
/// A function that is enabled answers at the address in each of its BARs, and what is not assigned would be at 0.
pub fn assign(access: impl ConfigRegionAccess, function: PciAddress, window: &mut Window) {
    let mut function = Function { access, function };
    let command = function.read(space::COMMAND) & 0xffff;
    // While it is measured, a BAR has an address that is not its own.
    function.write(space::COMMAND, command & !MEMORY_AND_MASTER);
    let before = *window;
    if !function.assign_all(Some(window)) {
        *window = before;
        function.assign_all(None);
    }
}

impl<A: ConfigRegionAccess> Function<A> {
    /// Assigns addresses of `window` to all memory BARs, or 0 without one. Returns `false` at the first that does
    /// not fit.
    #[inline(never)]
    fn assign_all(&mut self, mut window: Option<&mut Window>) -> bool {
        let mut index = 0;
        while index < 6 {
            let register = space::BASE_ADDRESSES + 4 * index;
            let before = self.read(register);
            let is_memory = before & 1 == 0;
            let is_wide = is_memory && before >> 1 & 3 == 2 && index < 5;
            if is_memory {
                let address = match (self.measure(register, is_wide), &mut window) {
                    (Some(size), Some(window)) => window.take(size),
                    _ => Some(0),
                };
                let Some(address) = address else {
                    return false;
                };
                self.write(register, address as u32 | before & FLAGS);
                if is_wide {
                    self.write(register + 4, (address >> 32) as u32);
                }
            }
            index += if is_wide { 2 } else { 1 };
        }
        true
    }

    /// Returns the size of a memory BAR: the bits that can be set in it are those above the size.
    fn measure(&mut self, register: u16, is_wide: bool) -> Option<u64> {
        self.write(register, u32::MAX);
        let low = self.read(register) & !FLAGS;
        let high = if is_wide {
            self.write(register + 4, u32::MAX);
            self.read(register + 4)
        } else {
            u32::MAX
        };
        let size = (u64::from(high) << 32 | u64::from(low)).wrapping_neg();
        (low != 0 && size.is_power_of_two()).then_some(size)
    }
}

#[cfg(test)]
mod tests;
