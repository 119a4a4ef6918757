//! Page tables: every address maps to itself, with the minimum access that it needs.
//!
//! Pages have 4 KiB where a range begins or ends inside a 2 MiB page, and 2 MiB elsewhere. The tables are
//! allocated on the heap, where virtual and physical addresses are equal, so that tests on the host can
//! build and walk them as well.

use crate::freestanding::range::Range;
use alloc::boxed::Box;

/// Size of a small page in bytes.
pub(crate) const PAGE: u64 = 4096;

/// Size of a large page in bytes, which an entry of level 2 covers.
const LARGE_PAGE: u64 = 2 << 20;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 1 << 1;
const WRITE_THROUGH: u64 = 1 << 3;
const CACHE_DISABLED: u64 = 1 << 4;
const LARGE: u64 = 1 << 7;
const NO_EXECUTE: u64 = 1 << 63;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;

/// The allowed access to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// None: every access is a page fault.
    None,
    /// Read.
    Read,
    /// Read and execute.
    Execute,
    /// Read and write.
    Write,
    /// Read and write device registers, not cached.
    Device,
}

impl Access {
    const fn flags(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Read => PRESENT | NO_EXECUTE,
            Self::Execute => PRESENT,
            Self::Write => PRESENT | WRITABLE | NO_EXECUTE,
            Self::Device => PRESENT | WRITABLE | WRITE_THROUGH | CACHE_DISABLED | NO_EXECUTE,
        }
    }
}

#[repr(C, align(4096))]
struct Table([u64; 512]);

impl Table {
    /// Allocates an empty table. It is never freed: the processor may walk it at any time.
    fn allocate() -> &'static mut Self {
        // SAFETY: all zeroes is a table without entries.
        Box::leak(unsafe { Box::<Self>::new_zeroed().assume_init() })
    }

    /// Returns the entry of a higher level for this table. The entries of pages restrict access.
    fn entry(&mut self) -> u64 {
        (&raw mut *self as u64) | PRESENT | WRITABLE
    }

    /// Returns the table that the entry for `address` points to. Allocates it if there is none, and splits a
    /// large page into 512 small pages. `level` is the level of `self`, 4 to 2.
    fn below(&mut self, address: u64, level: u32) -> &mut Self {
        let entry = &mut self.0[index(address, level)];
        if *entry & PRESENT == 0 {
            *entry = Self::allocate().entry();
        } else if *entry & LARGE != 0 {
            let table = Self::allocate();
            for (page, small) in (0..).zip(&mut table.0) {
                *small = (*entry & !LARGE) + page * PAGE;
            }
            *entry = table.entry();
        }
        // SAFETY: a present entry that is not a page points to a table from `allocate`, and `self` is
        // borrowed as long as the result.
        unsafe { &mut *((*entry & ADDRESS) as *mut Self) }
    }
}

/// Returns the index of the entry for `address` in a table of `level`.
fn index(address: u64, level: u32) -> usize {
    (address >> (12 + 9 * (level - 1))) as usize % 512
}

/// Enables the no-execute bit of page table entries.
#[cfg(mirage_target)]
pub(crate) fn enable_no_execute() {
    use x86_64::registers::model_specific::{Efer, EferFlags};
    // SAFETY: no table has the bit set until this module sets it.
    unsafe { Efer::update(|flags| flags.insert(EferFlags::NO_EXECUTE_ENABLE)) };
}

/// A set of page tables.
pub(crate) struct PageTables(&'static mut Table);

impl PageTables {
    /// Returns tables that map nothing.
    pub(crate) fn new() -> Self {
        Self(Table::allocate())
    }

    /// Returns the physical address of the table of level 4.
    fn root(&self) -> u64 {
        &raw const *self.0 as u64
    }

    /// Activates the tables and flushes the TLB.
    ///
    /// # Safety
    /// The tables map all memory that the image uses, with the access that it needs.
    #[cfg(mirage_target)]
    pub(crate) unsafe fn load(&self) {
        use x86_64::{
            PhysAddr,
            registers::control::{Cr3, Cr3Flags},
            structures::paging::PhysFrame,
        };
        let root = PhysFrame::containing_address(PhysAddr::new(self.root()));
        // SAFETY: as the caller states.
        unsafe { Cr3::write(root, Cr3Flags::empty()) };
    }

    /// Sets the access of `range`, rounded outwards to whole pages.
    pub(crate) fn map(&mut self, range: Range, access: Access) {
        let mut address = range.start & !(PAGE - 1);
        while address < range.end {
            let directory = self.0.below(address, 4).below(address, 3);
            if address.is_multiple_of(LARGE_PAGE) && range.end - address >= LARGE_PAGE {
                let entry = match access {
                    Access::None => 0,
                    _ => address | access.flags() | LARGE,
                };
                directory.0[index(address, 2)] = entry;
                address += LARGE_PAGE;
                continue;
            }
            let table = directory.below(address, 2);
            let end = range.end.min((address | (LARGE_PAGE - 1)) + 1);
            while address < end {
                table.0[index(address, 1)] = match access {
                    Access::None => 0,
                    _ => address | access.flags(),
                };
                address += PAGE;
            }
        }
    }

    /// Sets the access of those pages of `range` that have none.
    #[allow(dead_code, reason = "not every machine maps what it finds")]
    pub(crate) fn map_missing(&mut self, range: Range, access: Access) {
        let mut address = range.start & !(PAGE - 1);
        while address < range.end {
            if self.entry(address) & PRESENT == 0 {
                let end = address + PAGE;
                self.map(
                    Range {
                        start: address,
                        end,
                    },
                    access,
                );
            }
            address += PAGE;
        }
    }

    /// Returns the entry that maps `address`; 0 if there is none.
    fn entry(&self, address: u64) -> u64 {
        let mut table: &Table = self.0;
        for level in [4, 3, 2] {
            let entry = table.0[index(address, level)];
            if entry & PRESENT == 0 || entry & LARGE != 0 {
                return entry;
            }
            // SAFETY: as in `below`.
            table = unsafe { &*((entry & ADDRESS) as *const Table) };
        }
        table.0[index(address, 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn range(start: u64, end: u64) -> Range {
        Range { start, end }
    }

    #[test]
    fn large_pages_inside_and_small_ones_at_the_edges() {
        let mut tables = PageTables::new();
        tables.map(range(0x1f_f000, 0x60_1000), Access::Write);
        assert_eq!(tables.entry(0x1f_e000), 0);
        assert_eq!(tables.entry(0x1f_f000), 0x1f_f000 | 3 | NO_EXECUTE);
        assert_eq!(tables.entry(0x20_0000), 0x20_0000 | 3 | LARGE | NO_EXECUTE);
        assert_eq!(tables.entry(0x5f_ffff), 0x40_0000 | 3 | LARGE | NO_EXECUTE);
        assert_eq!(tables.entry(0x60_0000), 0x60_0000 | 3 | NO_EXECUTE);
        assert_eq!(tables.entry(0x60_1000), 0);
        assert_eq!(tables.root() % PAGE, 0);
    }

    #[test]
    fn a_hole_splits_a_large_page_and_leaves_the_rest() {
        let mut tables = PageTables::new();
        tables.map(range(0x20_0000, 0x40_0000), Access::Write);
        tables.map(range(0x30_0000, 0x30_1000), Access::None);
        tables.map(range(0x30_1000, 0x30_2000), Access::Execute);
        assert_eq!(tables.entry(0x2f_f000), 0x2f_f000 | 3 | NO_EXECUTE);
        assert_eq!(tables.entry(0x30_0000), 0);
        assert_eq!(tables.entry(0x30_1000), 0x30_1000 | 1);
        assert_eq!(tables.entry(0x3f_f000), 0x3f_f000 | 3 | NO_EXECUTE);
        tables.map_missing(range(0x2f_f800, 0x30_1001), Access::Read);
        assert_eq!(tables.entry(0x2f_f000), 0x2f_f000 | 3 | NO_EXECUTE);
        assert_eq!(tables.entry(0x30_0000), 0x30_0000 | 1 | NO_EXECUTE);
        assert_eq!(tables.entry(0x30_1000), 0x30_1000 | 1);
    }

    #[test]
    fn registers_above_4_gib_are_not_cached() {
        let mut tables = PageTables::new();
        tables.map(range(0x38_0000_0010, 0x38_0000_0014), Access::Device);
        assert_eq!(
            tables.entry(0x38_0000_0000),
            0x38_0000_0000 | 0x1b | NO_EXECUTE
        );
        assert_eq!(tables.entry(0x38_0000_1000), 0);
    }
}
