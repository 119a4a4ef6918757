//! The link to QEMU. The machine waits at it until a port access is answered.
//!
//! QEMU can delegate a PCI device to another process (`x-pci-proxy-dev`, "Multi-process QEMU" in its
//! documentation). Each access to the device is a message on a socket, and the processor waits until it is
//! answered. Our device has only one port.

use std::{
    io::{self, Read, Write},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
};

/// The kinds of messages (`include/hw/remote/mpqemu-link.h` of QEMU).
const MPQEMU_CMD_RET: u32 = 1;
const MPQEMU_CMD_PCI_CFGWRITE: u32 = 2;
const MPQEMU_CMD_PCI_CFGREAD: u32 = 3;
const MPQEMU_CMD_BAR_WRITE: u32 = 4;
const MPQEMU_CMD_DEVICE_RESET: u32 = 7;

/// Offsets of a message's kind and length, with padding.
const HEADER: usize = 16;

/// The number of ports of the device, of which only the first is used, and the register with their
/// address.
const PORTS: u32 = 16;
const WHERE: usize = 0x10;

/// The device's end of the link.
pub struct Link {
    stream: UnixStream,
    /// The PCI configuration of the device.
    configuration: [u8; 256],
}

impl Link {
    /// Creates a device whose messages arrive on `stream`.
    pub fn new(stream: UnixStream) -> Self {
        let mut configuration = [0; 256];
        // A valid vendor, and a device without a class.
        configuration[..4].copy_from_slice(&[0x36, 0x1b, 0xff, 0xff]);
        configuration[0xb] = 0xff;
        configuration[WHERE] = 1;
        Self {
            stream,
            configuration,
        }
    }

    /// Returns the descriptor that is readable when QEMU has sent a message or has ended.
    pub fn readable(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }

    /// Waits for a port access. The machine then waits for [`answer`](Self::answer).
    ///
    /// # Errors
    /// Fails if QEMU has ended.
    pub fn wait(&mut self) -> io::Result<()> {
        loop {
            let mut header = [0; HEADER];
            self.stream.read_exact(&mut header)?;
            let length = u64::from_le_bytes(header[8..].try_into().expect("8 bytes"));
            let mut data = vec![0; length as usize];
            self.stream.read_exact(&mut data)?;
            let half =
                |at: usize| u32::from_le_bytes(data[at..at + 4].try_into().expect("4 bytes"));
            match u32::from_le_bytes(header[..4].try_into().expect("4 bytes")) {
                MPQEMU_CMD_PCI_CFGWRITE => {
                    self.configure(half(0) as usize, half(4));
                    self.answer(0)?;
                }
                MPQEMU_CMD_PCI_CFGREAD => {
                    let value = self.configuration(half(0) as usize, half(8) as usize);
                    self.answer(value)?;
                }
                MPQEMU_CMD_DEVICE_RESET => self.answer(0)?,
                MPQEMU_CMD_BAR_WRITE => return Ok(()),
                // The memory, which is shared already, and interrupts, which are not used.
                _ => {}
            }
        }
    }

    /// Answers the access, so that the machine continues.
    pub fn answer(&mut self, value: u64) -> io::Result<()> {
        let mut message = [0; HEADER + 8];
        message[..4].copy_from_slice(&MPQEMU_CMD_RET.to_le_bytes());
        message[8] = 8;
        message[HEADER..].copy_from_slice(&value.to_le_bytes());
        self.stream.write_all(&message)
    }

    /// Handles a write to the configuration. Only the address of the ports has an effect.
    fn configure(&mut self, register: usize, value: u32) {
        if register == WHERE {
            let base = value & !(PORTS - 1) | 1;
            self.configuration[WHERE..WHERE + 4].copy_from_slice(&base.to_le_bytes());
        }
    }

    fn configuration(&self, register: usize, length: usize) -> u64 {
        let bytes = self.configuration.iter().skip(register).take(length);
        bytes
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte))
    }
}
