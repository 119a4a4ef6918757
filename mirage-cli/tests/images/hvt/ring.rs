//! The ring through which the guest sends frames without a hypercall for each.

use super::{
    devices::{Device, Devices},
    memory::Memory,
};
use std::io;

/// The ring. Solo5's tender polls it in a thread that sleeps while the ring is idle; here it is polled
/// from a kick until the guest waits.
pub struct Ring {
    start: u64,
    /// The next entry to take.
    head: u32,
}

/// Size of the ring in memory, in bytes.
pub const PART: u64 = 2 << 20;

/// Offsets in the ring: the indices of written and taken entries, whether the tender sleeps, the entries.
const TAIL: u64 = 0;
const HEAD: u64 = 64;
const NEEDS_KICK: u64 = 72;
const ENTRIES: u64 = 128;

/// The number of entries, and the length of one.
const COUNT: u32 = 1024;
const ENTRY: u64 = 32;

/// The operation of an entry that writes a frame.
const NET_WRITE: u32 = 1;

impl Ring {
    /// The ring at `start`.
    pub fn new(start: u64, memory: &Memory) -> io::Result<Self> {
        let ring = Self { start, head: 0 };
        ring.sleep(memory, true)?;
        Ok(ring)
    }

    fn sleep(&self, memory: &Memory, asleep: bool) -> io::Result<()> {
        let asleep = u32::from(asleep).to_le_bytes();
        memory.file().write(self.start + NEEDS_KICK, &asleep)
    }

    /// Starts polling, after a kick of the guest.
    pub fn kicked(&mut self, memory: &Memory, devices: &Devices) -> io::Result<()> {
        self.sleep(memory, false)?;
        self.take(memory, devices)
    }

    /// Stops polling, because the guest waits.
    pub fn idle(&mut self, memory: &Memory, devices: &Devices) -> io::Result<()> {
        self.sleep(memory, true)?;
        self.take(memory, devices)
    }

    /// Takes all entries.
    pub fn take(&mut self, memory: &Memory, devices: &Devices) -> io::Result<()> {
        let tail = memory.any_u32(self.start + TAIL)?;
        while self.head != tail {
            let entry = self.start + ENTRIES + u64::from(self.head % COUNT) * ENTRY;
            let number = |offset| memory.any_u32(entry + offset);
            let data = u64::from(number(12)?) << 32 | u64::from(number(8)?);
            match (number(0)?, devices.get(number(4)?.into())) {
                (NET_WRITE, Some(Device::Net(interface))) => {
                    interface.write(&memory.read(data, number(16)?.into())?)?;
                }
                (operation, _) => {
                    let message = format!("an entry of the ring asks for operation {operation}");
                    return Err(io::Error::other(message));
                }
            }
            self.head = self.head.wrapping_add(1);
        }
        memory
            .file()
            .write(self.start + HEAD, &self.head.to_le_bytes())
    }
}
