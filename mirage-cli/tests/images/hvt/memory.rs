//! The guest's memory, which QEMU maps too.

use rustix::{
    fs::{MemfdFlags, memfd_create},
    io::{FdFlags, fcntl_setfd},
};
use std::{fs::File, io, os::fd::AsRawFd, os::unix::fs::FileExt};

/// A file in memory, which child processes find by [`SharedFile::path`].
pub struct SharedFile {
    file: File,
    length: u64,
}

impl SharedFile {
    /// One of `length` zeros.
    pub fn new(name: &str, length: u64) -> io::Result<Self> {
        let file = File::from(memfd_create(name, MemfdFlags::CLOEXEC)?);
        fcntl_setfd(&file, FdFlags::empty())?;
        file.set_len(length)?;
        Ok(Self { file, length })
    }

    /// Its path, in this process and its children.
    pub fn path(&self) -> String {
        format!("/proc/self/fd/{}", self.file.as_raw_fd())
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Writes at `offset`.
    pub fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }
}

/// Memory from address 0 on.
pub struct Memory {
    file: SharedFile,
    /// The end of what the guest may name in a call.
    end: u64,
}

/// Why the guest is ended.
const INVALID: &str = "Invalid guest access";

impl Memory {
    /// Memory of a guest with `end` bytes, and `more` that it may not name.
    pub fn new(end: u64, more: u64) -> io::Result<Self> {
        let file = SharedFile::new("guest", end + more)?;
        Ok(Self { file, end })
    }

    /// The file that it is.
    pub fn file(&self) -> &SharedFile {
        &self.file
    }

    /// The end of what the guest may name.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Makes sure that the guest may name these bytes. The end of the memory belongs to nobody:
    /// Solo5's tender compares so.
    fn check(&self, address: u64, length: u64) -> io::Result<()> {
        let end = address.checked_add(length);
        let inside = address < self.end && end.is_some_and(|end| end < self.end);
        inside
            .then_some(())
            .ok_or_else(|| io::Error::other(INVALID))
    }

    /// What the guest names.
    pub fn read(&self, address: u64, length: u64) -> io::Result<Vec<u8>> {
        self.check(address, length)?;
        let mut bytes = vec![0; length as usize];
        self.file.file.read_exact_at(&mut bytes, address)?;
        Ok(bytes)
    }

    /// Fills what the guest names.
    pub fn write(&self, address: u64, bytes: &[u8]) -> io::Result<()> {
        self.check(address, bytes.len() as u64)?;
        self.file.write(address, bytes)
    }

    /// A number of 64 bits of the arguments at `address`.
    pub fn u64(&self, address: u64) -> io::Result<u64> {
        self.check(address, 8)?;
        self.any_u64(address)
    }

    /// A number of 64 bits that the guest need not have named.
    pub fn any_u64(&self, address: u64) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.file.file.read_exact_at(&mut bytes, address)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// The same of 32 bits.
    pub fn any_u32(&self, address: u64) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.file.read_exact_at(&mut bytes, address)?;
        Ok(u32::from_le_bytes(bytes))
    }
}
