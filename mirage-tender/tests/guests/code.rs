//! Instructions of a guest: system calls, one after another.

/// An argument of a system call.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// This number.
    Is(u64),
    /// The 32 bits at this address.
    Half(u32),
    /// The 64 bits at this address.
    Full(u32),
}

use Value::{Full, Half, Is};

/// The registers of arguments, in order: a prefix bit, and a number.
const REGISTERS: [(u8, u8); 6] = [(0, 7), (0, 6), (0, 2), (1, 2), (1, 0), (1, 1)];

/// The instructions of a guest.
#[derive(Clone, Debug, Default)]
pub struct Code(Vec<u8>);

impl Code {
    /// Appends a system call.
    pub fn call(mut self, number: u32, arguments: &[Value]) -> Self {
        for ((high, register), argument) in REGISTERS.iter().zip(arguments) {
            match argument {
                Is(value) => {
                    self.0.extend([0x48 | high, 0xb8 | register]);
                    self.0.extend(value.to_le_bytes());
                }
                Half(address) | Full(address) => {
                    let full = matches!(argument, Full(_)) as u8;
                    let prefix = 0x40 | full << 3 | high << 2;
                    self.0.extend([prefix, 0x8b, 0x04 | register << 3, 0x25]);
                    self.0.extend(address.to_le_bytes());
                }
            }
        }
        self.0.push(0xb8);
        self.0.extend(number.to_le_bytes());
        self.0.extend([0x0f, 0x05]);
        self
    }

    /// Appends other instructions.
    pub fn then(mut self, instructions: &[u8]) -> Self {
        self.0.extend(instructions);
        self
    }

    /// Exits with the low bits of the result of the last system call.
    pub fn exit_with_result(self) -> Vec<u8> {
        // mov rdi, rax
        self.then(&[0x48, 0x89, 0xc7]).call(231, &[]).0
    }

    /// Exits with `status`.
    pub fn exit(self, status: u64) -> Vec<u8> {
        self.call(231, &[Is(status)]).0
    }
}
