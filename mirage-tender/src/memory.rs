//! The guest's memory: a part of this process's address space, at the guest's own addresses.

use crate::{
    error::Error,
    image::{Protection, Segment},
};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use std::ptr;

/// The first address. Lower ones stay unmapped to catch null pointers.
const START: u64 = 0x1_0000;

/// All addresses from [`START`] to the guest's last. They stay mapped until the process ends.
#[derive(Debug)]
pub struct Memory {
    end: u64,
}

impl Memory {
    /// Maps memory up to the address `end`.
    ///
    /// # Errors
    /// The host has not enough memory, or the addresses are in use.
    pub fn map(end: u64, executable: bool) -> Result<Self, Error> {
        let mut protection = ProtFlags::READ | ProtFlags::WRITE;
        protection.set(ProtFlags::EXEC, executable);
        let length = end.checked_sub(START).ok_or(Error::Memory(end))?;
        // SAFETY: without replacement, only addresses that nothing in this process uses are mapped.
        let mapped = unsafe {
            mmap_anonymous(
                ptr::without_provenance_mut(START as usize),
                length as usize,
                protection,
                MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED_NOREPLACE,
            )
        };
        let mapped = mapped.map_err(Error::host(format_args!("a memory of {end} bytes")))?;
        // A kernel before 4.17 treats the address as a hint.
        if mapped.addr() as u64 != START {
            return Err(Error::Kernel);
        }
        Ok(Self { end })
    }

    /// The end of the guest's memory.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Writes `bytes` at `address`, in pages that no segment has been loaded into.
    ///
    /// # Panics
    /// If the range is not in this memory.
    pub fn write(&mut self, address: u64, bytes: &[u8]) {
        let end = address.checked_add(bytes.len() as u64);
        assert!(
            address >= START && end.is_some_and(|end| end <= self.end),
            "the range is in the guest's memory"
        );
        let to = ptr::with_exposed_provenance_mut::<u8>(address as usize);
        // SAFETY: `map` has mapped from START to the end for reading and writing, and nothing in
        // this process refers to it; `bytes` are elsewhere, since they were there before.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len()) }
    }

    /// Loads a segment into pages that nothing else has been loaded into.
    pub fn load(&mut self, segment: &Segment<'_>) -> Result<(), Error> {
        self.write(segment.address, segment.bytes);
        let Protection {
            read,
            write,
            execute,
        } = segment.protection;
        let mut flags = MprotectFlags::empty();
        flags.set(MprotectFlags::READ, read);
        flags.set(MprotectFlags::WRITE, write);
        flags.set(MprotectFlags::EXEC, execute);
        let start = ptr::without_provenance_mut(segment.pages.start as usize);
        let length = segment.pages.end - segment.pages.start;
        // SAFETY: the pages are in this memory, and nothing in this process refers to them.
        let done = unsafe { mprotect(start, length as usize, flags) };
        done.map_err(Error::host("the protection of memory"))
    }
}
