//! Discovery of memory-mapped virtio devices, from the kernel command line and the ACPI tables.

/// The registers and the interrupt of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MmioDevice {
    /// Physical address of the registers.
    pub address: u64,
    /// Length of the registers in bytes.
    pub length: u64,
    /// The global system interrupt.
    pub interrupt: u32,
}

/// Returns the devices on a kernel command line: `virtio_mmio.device=LENGTH@ADDRESS:INTERRUPT`.
/// Ignores everything else.
///
/// ```
/// use mirage_devices::virtio::discovery::{MmioDevice, on_command_line};
///
/// let line = b"console=ttyS0 virtio_mmio.device=4K@0xc0001000:5";
/// let device = MmioDevice { address: 0xc000_1000, length: 4096, interrupt: 5 };
/// assert!(on_command_line(line).eq([device]));
/// ```
pub fn on_command_line(line: &[u8]) -> impl Iterator<Item = MmioDevice> {
    line.split(u8::is_ascii_whitespace).filter_map(|word| {
        let word = core::str::from_utf8(word).ok()?;
        let device = word.strip_prefix("virtio_mmio.device=")?;
        let (length, rest) = device.split_once('@')?;
        let mut rest = rest.split(':');
        let device = MmioDevice {
            length: number(length)?,
            address: number(rest.next()?)?,
            interrupt: u32::try_from(number(rest.next()?)?).ok()?,
        };
        // Linux also accepts a device number.
        let known = match rest.next() {
            Some(id) => number(id).is_some() && rest.next().is_none(),
            None => true,
        };
        (known && device.is_possible()).then_some(device)
    })
}

/// Parses a number, decimal or hexadecimal, with an optional unit.
fn number(text: &str) -> Option<u64> {
    let (digits, unit) = match text.as_bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 10),
        b'm' | b'M' => (&text[..text.len() - 1], 20),
        _ => (text, 0),
    };
    let value = match digits.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => digits.parse(),
    };
    value.ok()?.checked_mul(1 << unit)
}

/// The hardware identifier of a virtio device, as a string in AML.
const IDENTIFIER: &[u8] = b"LNRO0005\0";

/// How many bytes after the identifier are searched for resource descriptors.
const REACH: usize = 256;

/// Small and large resource descriptors (ACPI specification 6.5, section 6.4).
const MEMORY_32_FIXED: [u8; 3] = [0x86, 9, 0];
const EXTENDED_INTERRUPT: [u8; 3] = [0x89, 6, 0];

/// Returns the devices in a differentiated system description table (DSDT). AML is not interpreted: a
/// device is its identifier, followed by a memory range and an interrupt before the next identifier.
pub fn in_dsdt(aml: &[u8]) -> impl Iterator<Item = MmioDevice> {
    let mut rest = aml;
    core::iter::from_fn(move || {
        let start = find(rest, IDENTIFIER)?;
        rest = &rest[start + IDENTIFIER.len()..];
        let end = find(rest, IDENTIFIER).unwrap_or(rest.len()).min(REACH);
        Some(resources(&rest[..end]))
    })
    .flatten()
    .filter(MmioDevice::is_possible)
}

fn resources(aml: &[u8]) -> Option<MmioDevice> {
    let memory = &aml[find(aml, &MEMORY_32_FIXED)? + MEMORY_32_FIXED.len()..];
    let interrupt = &memory[find(memory, &EXTENDED_INTERRUPT)? + EXTENDED_INTERRUPT.len()..];
    // The numbers are preceded by the read-write flag, and by flags and a count of one.
    Some(MmioDevice {
        address: word(memory, 1)?.into(),
        length: word(memory, 5)?.into(),
        interrupt: (*interrupt.get(1)? == 1).then(|| word(interrupt, 2))??,
    })
}

fn word(bytes: &[u8], offset: usize) -> Option<u32> {
    let word = bytes.get(offset..)?.first_chunk()?;
    Some(u32::from_le_bytes(*word))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

impl MmioDevice {
    /// Returns whether registers can be at this address: not at 0, and within the address space.
    fn is_possible(&self) -> bool {
        self.address != 0
            && self.length != 0
            && self.address.is_multiple_of(4)
            && self.address.checked_add(self.length).is_some()
    }
}

#[cfg(test)]
mod tests;
