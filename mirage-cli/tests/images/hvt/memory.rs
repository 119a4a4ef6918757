//! The guest's memory, which is shared with QEMU.

use rustix::{
    fs::{MemfdFlags, memfd_create},
    io::{FdFlags, fcntl_setfd},
};
use std::{fs::File, io, os::fd::AsRawFd, os::unix::fs::FileExt};

/// A file in memory, which child processes open by [`SharedFile::path`].
pub struct SharedFile {
    file: File,
    length: u64,
}

impl SharedFile {
    /// Creates a file of `length` zeros.
    pub fn new(name: &str, length: u64) -> io::Result<Self> {
        let file = File::from(memfd_create(name, MemfdFlags::CLOEXEC)?);
        fcntl_setfd(&file, FdFlags::empty())?;
        file.set_len(length)?;
        Ok(Self { file, length })
    }

    /// Returns its path, in this process and its children.
    pub fn path(&self) -> String {
        format!("/proc/self/fd/{}", self.file.as_raw_fd())
    }

    /// Returns its length in bytes.
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
    /// The end of the memory that a hypercall may refer to.
    end: u64,
}

/// Why the guest is terminated.
const INVALID: &str = "Invalid guest access";

impl Memory {
    /// Creates the memory of a guest with `end` bytes, and `more` bytes that hypercalls may not refer to.
    pub fn new(end: u64, more: u64) -> io::Result<Self> {
        let file = SharedFile::new("guest", end + more)?;
        Ok(Self { file, end })
    }

    /// Returns the underlying file.
    pub fn file(&self) -> &SharedFile {
        &self.file
    }

    /// Returns the end of the memory that a hypercall may refer to.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Checks that a hypercall may refer to these bytes. Like Solo5's tender, this rejects a range that
    /// touches the end of the memory.
    fn check(&self, address: u64, length: u64) -> io::Result<()> {
        let end = address.checked_add(length);
        let inside = address < self.end && end.is_some_and(|end| end < self.end);
        inside
            .then_some(())
            .ok_or_else(|| io::Error::other(INVALID))
    }

    /// Reads bytes that a hypercall refers to.
    pub fn read(&self, address: u64, length: u64) -> io::Result<Vec<u8>> {
        self.check(address, length)?;
        let mut bytes = vec![0; length as usize];
        self.file.file.read_exact_at(&mut bytes, address)?;
        Ok(bytes)
    }

    /// Writes bytes that a hypercall refers to.
    pub fn write(&self, address: u64, bytes: &[u8]) -> io::Result<()> {
        self.check(address, bytes.len() as u64)?;
        self.file.write(address, bytes)
    }

    /// Reads a 64-bit field of the arguments at `address`.
    pub fn u64(&self, address: u64) -> io::Result<u64> {
        self.check(address, 8)?;
        self.any_u64(address)
    }

    /// Reads 64 bits at any address.
    pub fn any_u64(&self, address: u64) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.file.file.read_exact_at(&mut bytes, address)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// Reads 32 bits at any address.
    pub fn any_u32(&self, address: u64) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.file.file.read_exact_at(&mut bytes, address)?;
        Ok(u32::from_le_bytes(bytes))
    }
}
