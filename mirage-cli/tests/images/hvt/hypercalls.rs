//! The hypercalls (`include/hvt_abi.h` of Solo5).

use super::{
    devices::{Device, Devices},
    link::Link,
    memory::Memory,
    processor::{Output, Processor},
    ring::Ring,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    io::{self, Write},
    os::unix::fs::FileExt,
    time::SystemTime,
};

/// The port of call 0, and the port of the ring.
const FIRST_PORT: u16 = 0x500;
const KICK_PORT: u16 = 0x600;

/// The results of hypercalls.
const OK: i32 = 0;
const AGAIN: i32 = 1;
const INVALID: i32 = 2;

/// Serves the hypercalls of a guest.
pub struct Tender<'a> {
    /// The guest's memory.
    pub memory: &'a Memory,
    /// Its devices.
    pub devices: &'a Devices,
    /// The ring, if there is one.
    pub ring: Option<Ring>,
}

impl Tender<'_> {
    /// Serves the guest until it ends with a status.
    ///
    /// # Errors
    /// Fails if the guest violates the ABI or QEMU has ended.
    pub fn serve(mut self, link: &mut Link, processor: &Processor) -> io::Result<u8> {
        loop {
            link.wait()?;
            let output = processor.output(self.memory)?;
            if let Some(status) = self.call(&output, link)? {
                return Ok(status);
            }
            link.answer(0)?;
        }
    }

    /// Answers a hypercall. Returns the status if the guest has ended.
    fn call(&mut self, output: &Output, link: &Link) -> io::Result<Option<u8>> {
        let Output { port, value } = *output;
        let value = u64::from(value);
        match port.wrapping_sub(FIRST_PORT) {
            1 => self.wall_time(value)?,
            2 => self.put(value)?,
            3 => self.poll(value, link)?,
            call @ (4 | 5) => self.block(value, call == 4)?,
            6 => self.net_write(value)?,
            7 => self.net_read(value)?,
            8 => return Ok(Some(self.memory.u64(value + 8)? as u8)),
            _ if port == KICK_PORT && self.ring.is_some() => self.kicked()?,
            _ => {
                return Err(io::Error::other(format!(
                    "Invalid guest port access: port={port:#x}"
                )));
            }
        }
        Ok(None)
    }

    fn wall_time(&self, arguments: u64) -> io::Result<()> {
        let time = SystemTime::UNIX_EPOCH.elapsed().map_err(io::Error::other)?;
        let nanoseconds = time.as_nanos() as u64;
        self.memory.write(arguments, &nanoseconds.to_le_bytes())
    }

    fn put(&self, arguments: u64) -> io::Result<()> {
        let (data, length) = (self.memory.u64(arguments)?, self.memory.u64(arguments + 8)?);
        let mut console = io::stdout().lock();
        console.write_all(&self.memory.read(data, length)?)?;
        console.flush()
    }

    /// Waits for a frame.
    fn poll(&mut self, arguments: u64, link: &Link) -> io::Result<()> {
        if let Some(ring) = &mut self.ring {
            ring.idle(self.memory, self.devices)?;
        }
        let nanoseconds = self.memory.u64(arguments)?;
        let timeout = Timespec {
            tv_sec: (nanoseconds / 1_000_000_000) as i64,
            tv_nsec: (nanoseconds % 1_000_000_000) as i64,
        };
        // If the machine has ended, there is nothing to wait for.
        let mut watched = vec![PollFd::from_borrowed_fd(link.readable(), PollFlags::IN)];
        let interfaces: Vec<_> = self.devices.interfaces().collect();
        for (_, interface) in &interfaces {
            watched.push(PollFd::from_borrowed_fd(
                interface.readable(),
                PollFlags::IN,
            ));
        }
        poll(&mut watched, Some(&timeout))?;
        let readable = watched[1..].iter().zip(interfaces);
        let readable = readable.filter(|(watched, _)| !watched.revents().is_empty());
        let ready = readable.fold(0_u64, |ready, (_, (handle, _))| ready | 1 << handle);
        self.memory.write(arguments + 8, &ready.to_le_bytes())?;
        self.result(arguments + 16, ready.count_ones() as i32)
    }

    fn block(&self, arguments: u64, write: bool) -> io::Result<()> {
        let number = |index: u64| self.memory.u64(arguments + 8 * index);
        let (handle, offset, data, length) = (number(0)?, number(1)?, number(2)?, number(3)?);
        let result = match self.devices.get(handle) {
            Some(Device::Block(disk, capacity))
                if offset < *capacity && length <= *capacity - offset =>
            {
                if write {
                    disk.write_all_at(&self.memory.read(data, length)?, offset)?;
                } else {
                    let mut bytes = vec![0; length as usize];
                    disk.read_exact_at(&mut bytes, offset)?;
                    self.memory.write(data, &bytes)?;
                }
                OK
            }
            Some(Device::Block(..)) => INVALID,
            _ => return Err(io::Error::other("there is no such disk")),
        };
        self.result(arguments + 32, result)
    }

    fn net_write(&self, arguments: u64) -> io::Result<()> {
        let number = |index: u64| self.memory.u64(arguments + 8 * index);
        let (handle, data, length) = (number(0)?, number(1)?, number(2)?);
        let Some(Device::Net(interface)) = self.devices.get(handle) else {
            return Err(io::Error::other("there is no such interface"));
        };
        let sent = interface.write(&self.memory.read(data, length)?)?;
        self.result(arguments + 24, if sent { OK } else { INVALID })
    }

    fn net_read(&self, arguments: u64) -> io::Result<()> {
        let number = |index: u64| self.memory.u64(arguments + 8 * index);
        let (handle, data, length) = (number(0)?, number(1)?, number(2)?);
        let Some(Device::Net(interface)) = self.devices.get(handle) else {
            return Err(io::Error::other("there is no such interface"));
        };
        let Some(frame) = interface.read(length as usize)? else {
            return self.result(arguments + 24, AGAIN);
        };
        self.memory.write(data, &frame)?;
        let length = frame.len() as u64;
        self.memory.write(arguments + 16, &length.to_le_bytes())?;
        self.result(arguments + 24, OK)
    }

    fn result(&self, address: u64, result: i32) -> io::Result<()> {
        self.memory.write(address, &result.to_le_bytes())
    }

    fn kicked(&mut self) -> io::Result<()> {
        match &mut self.ring {
            Some(ring) => ring.kicked(self.memory, self.devices),
            None => Ok(()),
        }
    }
}
