//! The initial contents of the guest's memory: image, boot information, page tables.

use super::{command_line::CommandLine, devices::Devices, memory::Memory, ring};
use mirage_solo5::boot_info::{Hvt, HvtRing};
use mirage_tender::image::Image;
use std::{
    arch::x86_64::_rdtsc,
    io, thread,
    time::{Duration, Instant},
};

/// The address of the boot information.
const BOOT_INFORMATION: u64 = 0x1_0000;

/// The segment descriptors: null, execute-only code, data.
pub const GDT: u64 = 0x1000;
const DESCRIPTORS: [u64; 3] = [0, 0x00af_9900_0000_ffff, 0x00cf_9300_0000_ffff];

/// The page tables of each level, the last for the first 2 MiB.
pub const LEVEL_4: u64 = 0x2000;
const LEVEL_3: u64 = 0x3000;
const LEVEL_2: u64 = 0x4000;
const LEVEL_1: u64 = 0x8000;

/// Flags of an entry: present, writable, a page of 2 MiB.
const PRESENT: u64 = 1;
const WRITABLE: u64 = 2;
const LARGE: u64 = 128;

const PAGE: u64 = 4096;
const LARGE_PAGE: u64 = 2 << 20;

/// The lowest address that the guest may write to.
const IMAGE: u64 = 0x10_0000;

/// Writes the initial contents. `ring` is the address of the ring.
pub fn prepare(
    memory: &Memory,
    image: &Image<'_>,
    devices: &Devices,
    line: &CommandLine,
    ring: Option<u64>,
) -> io::Result<()> {
    for segment in &image.segments {
        memory.write(segment.address, segment.bytes)?;
    }
    let file = memory.file();
    for (index, descriptor) in (0..).zip(DESCRIPTORS) {
        file.write(GDT + 8 * index, &descriptor.to_le_bytes())?;
    }
    for (address, entry) in tables(memory.end() + ring.map_or(0, |_| ring::PART)) {
        file.write(address, &entry.to_le_bytes())?;
    }
    file.write(
        BOOT_INFORMATION,
        &boot_information(memory, image, devices, line, ring),
    )
}

/// Returns the addresses and contents of the page table entries. They map every page below `end`, except
/// the lowest, to itself.
fn tables(end: u64) -> Vec<(u64, u64)> {
    let table = PRESENT | WRITABLE;
    let mut entries = vec![(LEVEL_4, LEVEL_3 | table)];
    for index in 0..4 {
        entries.push((LEVEL_3 + 8 * index, (LEVEL_2 + PAGE * index) | table));
    }
    entries.push((LEVEL_2, LEVEL_1 | table));
    for index in 1..end / LARGE_PAGE {
        let page = index * LARGE_PAGE;
        entries.push((LEVEL_2 + 8 * index, page | table | LARGE));
    }
    for page in (BOOT_INFORMATION..LARGE_PAGE).step_by(PAGE as usize) {
        let access = if page < IMAGE { PRESENT } else { table };
        entries.push((LEVEL_1 + page / PAGE * 8, page | access));
    }
    entries
}

/// The boot information, the manifest and the command line.
fn boot_information(
    memory: &Memory,
    image: &Image<'_>,
    devices: &Devices,
    line: &CommandLine,
    ring: Option<u64>,
) -> Vec<u8> {
    let ring = HvtRing {
        features: ring.map_or(0, |_| HvtRing::HAS_RING),
        address: ring.unwrap_or(0),
    };
    // Solo5 before 0.11 has no such field.
    let ring: &[u8] = if line.before_rings {
        &[]
    } else {
        &ring.to_bytes()
    };
    let manifest = BOOT_INFORMATION + (Hvt::LEN + ring.len()) as u64;
    let info = Hvt {
        memory_end: memory.end(),
        kernel_end: image.end,
        cycle_frequency: hertz(),
        command_line: manifest + devices.manifest.len() as u64,
        manifest,
    };
    let arguments = line.arguments.as_bytes();
    [&info.to_bytes(), ring, &devices.manifest, arguments, &[0]].concat()
}

/// Measures the frequency of the time stamp counter, which QEMU passes through.
fn hertz() -> u64 {
    const MOMENT: Duration = Duration::from_millis(10);
    // SAFETY: every processor of this target has the counter.
    let count = || unsafe { _rdtsc() };
    let (start, first) = (Instant::now(), count());
    thread::sleep(MOMENT);
    let (elapsed, counted) = (start.elapsed(), count() - first);
    (u128::from(counted) * 1_000_000_000 / elapsed.as_nanos()) as u64
}
