//! The machine's memory: its parts, and the active page tables.

use super::acpi::Tables;
use super::start_info::StartInfo;
use crate::arch::{
    layout,
    paging::{Access, PAGE, PageTables},
};
use crate::freestanding::{heap, physical::PhysicalMemory, range::Range};
use mirage_graph::argument::ArgumentError;
use spin::{Mutex, Once};

/// The active page tables, once [`initialise`] has replaced those of the entry code.
static TABLES: Mutex<Option<PageTables>> = Mutex::new(None);

/// The start information of the loader.
static START_INFO: Once<StartInfo> = Once::new();

/// The size of the memory that the entry code maps.
const BOOT_MAPPING: u64 = 1 << 30;

/// The end of the lower half of the address space.
const ADDRESSES: u64 = 1 << 47;

/// Reads the start information at `start_info`, gives all memory to the heap, and activates the final page
/// tables. Called once. Returns `None` if the start information is invalid.
pub(super) fn initialise(start_info: u64) -> Option<()> {
    let info = StartInfo::read(&Firmware, start_info)?;
    let info = START_INFO.call_once(|| info);
    let below = |limit| {
        move |range: Range| Range {
            start: range.start,
            end: range.end.min(limit),
        }
    };
    // The tables are allocated from the heap, which first receives the memory that the entry code maps.
    free_memory(info).map(below(BOOT_MAPPING)).for_each(claim);
    let mut tables = PageTables::new();
    free_memory(info).for_each(|range| tables.map(range, Access::Write));
    layout::map(&mut tables);
    layout::activate(&tables);
    *TABLES.lock() = Some(tables);
    free_memory(info)
        .map(|range| Range {
            start: range.start.max(BOOT_MAPPING),
            end: range.end,
        })
        .for_each(claim);
    Some(())
}

/// Returns the kernel command line, perhaps truncated.
pub(super) fn command_line() -> &'static [u8] {
    START_INFO.get().map_or(&[], StartInfo::command_line)
}

/// Returns the kernel command line.
///
/// # Errors
/// Returns an error if the command line was truncated.
pub(super) fn whole_command_line() -> Result<&'static [u8], ArgumentError> {
    match START_INFO.get() {
        Some(info) if info.command_line_is_cut() => Err(ArgumentError::TooLong),
        _ => Ok(command_line()),
    }
}

/// Returns the ACPI tables; `None` if the machine has none.
pub(super) fn acpi_tables() -> Option<Tables<'static, Firmware>> {
    Tables::find(&Firmware, START_INFO.get()?.rsdp())
}

/// Returns the memory except page 0 and the image, in whole pages.
fn free_memory(info: &StartInfo) -> impl Iterator<Item = Range> {
    let image = layout::image();
    info.memory()
        .iter()
        .flat_map(move |range| {
            let range = Range {
                start: range.start.max(PAGE).next_multiple_of(PAGE),
                end: range.end & !(PAGE - 1),
            };
            [
                Range {
                    start: range.start,
                    end: range.end.min(image.start),
                },
                Range {
                    start: range.start.max(image.end),
                    end: range.end,
                },
            ]
        })
        .filter(|range| range.start < range.end)
}

fn claim(range: Range) {
    // SAFETY: the range is usable memory by the loader's map, outside the image, mapped, and claimed once.
    unsafe { heap::claim(range) };
}

/// Maps `length` bytes of device registers at `physical`. Returns `None` if the address is invalid or is
/// memory.
pub(super) fn map_registers(physical: u64, length: u64) -> Option<*mut u8> {
    let range = Range {
        start: physical,
        end: physical.checked_add(length)?,
    };
    let is_memory = |memory: &Range| range.start < memory.end && memory.start < range.end;
    let in_memory = START_INFO.get()?.memory().iter().any(is_memory);
    if in_memory || range.end > ADDRESSES {
        return None;
    }
    if let Some(tables) = TABLES.lock().as_mut() {
        tables.map(range, Access::Device);
        layout::activate(tables);
    }
    Some(physical as *mut u8)
}

/// Maps `length` bytes of the firmware's memory at `physical`, which can then be read. Returns `None` if the
/// address is invalid.
pub(super) fn map_firmware(physical: u64, length: usize) -> Option<*const u8> {
    let end = physical.checked_add(length as u64)?;
    if physical == 0 || end > ADDRESSES {
        return None;
    }
    match TABLES.lock().as_mut() {
        Some(tables) => {
            tables.map_missing(
                Range {
                    start: physical,
                    end,
                },
                Access::Read,
            );
            layout::activate(tables);
        }
        None if end > BOOT_MAPPING => return None,
        None => {}
    }
    Some(physical as *const u8)
}

/// Makes accesses to the page at `address` fault.
#[cfg(feature = "std")]
pub(crate) fn protect_page(address: u64) {
    let page = Range {
        start: address,
        end: address + PAGE,
    };
    if let Some(tables) = TABLES.lock().as_mut() {
        tables.map(page, Access::None);
        layout::activate(tables);
    }
}

/// The tables of firmware and loader in memory, which are mapped when they are read.
pub(super) struct Firmware;

impl PhysicalMemory for Firmware {
    // Inlined into each read of the start information, it takes 2 KB.
    #[inline(never)]
    fn bytes(&self, address: u64, length: usize) -> Option<&[u8]> {
        let start = map_firmware(address, length)?;
        // SAFETY: the range is mapped now. The image writes only to the heap and to its own memory.
        Some(unsafe { core::slice::from_raw_parts(start, length) })
    }
}
