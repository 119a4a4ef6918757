//! The guest's processor: its initial state, and its exit codes (AMD64 Architecture
//! Programmer's Manual, volume 2, appendix B).

use super::{
    firmware,
    memory::Memory,
    start::{GDT, LEVEL_4},
};
use std::io;

/// The control block of the guest.
pub struct Processor(u64);

/// An `out` instruction of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// The port.
    pub port: u16,
    /// The value, of 32 bits.
    pub value: u32,
}

/// Offsets in the control block: intercepts, the addresses of the I/O and MSR permission maps, the
/// address space identifier, the exit code.
const INTERCEPTED: u64 = 0x00c;
const PORTS: u64 = 0x040;
const REGISTERS: u64 = 0x048;
const ADDRESS_SPACE: u64 = 0x058;
const REASON: u64 = 0x070;
const DETAILS: u64 = 0x078;
const NEXT: u64 = 0x080;

/// Offsets of the saved state: segments, descriptor tables, registers.
const SEGMENTS: u64 = 0x400;
const GDTR: u64 = 0x460;
const EFER: u64 = 0x4d0;
const CR4: u64 = 0x548;
const CR3: u64 = 0x550;
const CR0: u64 = 0x558;
const DR7: u64 = 0x560;
const DR6: u64 = 0x568;
const RFLAGS: u64 = 0x570;
const RIP: u64 = 0x578;
const RSP: u64 = 0x5d8;
const RAX: u64 = 0x5f8;

/// Intercepts: `hlt`, I/O ports, shutdown after a triple fault, and `vmrun`, which is mandatory.
const INTERCEPTS: u64 = 1 << 24 | 1 << 27 | 1 << 31 | 1 << 32;

/// Exit codes.
const PORT: u64 = 0x7b;
const SHUTDOWN: u64 = 0x7f;

/// The exit qualification of a 32-bit `out`, without the bit for how the port was encoded.
const OUTPUT: u64 = 1 << 6;
const KIND: u64 = 0x7d;

/// Offsets after the control block: the I/O permission map, which intercepts all ports, and the MSR
/// permission map.
const ALL_PORTS: u64 = 0x2000;
const NO_REGISTERS: u64 = 0x6000;

impl Processor {
    /// Size of the control block and the permission maps, in bytes.
    pub const PART: u64 = 2 << 20;

    /// Creates a processor with its control block at `block`, which starts at `entry` in the same state as
    /// in Solo5's tender.
    pub fn new(block: u64, entry: u64, memory: &Memory) -> io::Result<Self> {
        let file = memory.file();
        file.write(firmware::CONTROL_BLOCK, &block.to_le_bytes())?;
        file.write(block + ALL_PORTS, &[0xff; 0x2001])?;
        let put = |at: u64, value: u64| file.write(block + at, &value.to_le_bytes());
        // ES, CS, SS and DS: selector, attributes and limit. The code is execute-only.
        let data = 0xffff_ffff_0c93_0010;
        let code = 0xffff_ffff_0a99_0008;
        for (segment, value) in (0..).zip([data, code, data, data]) {
            put(SEGMENTS + 16 * segment, value)?;
        }
        // Only the limit: it has neither selector nor attributes.
        put(GDTR, 23 << 32)?;
        put(GDTR + 8, GDT)?;
        for (at, value) in [
            (INTERCEPTED, INTERCEPTS),
            (PORTS, block + ALL_PORTS),
            (REGISTERS, block + NO_REGISTERS),
            (ADDRESS_SPACE, 1),
            // SVME, which is mandatory, LMA, LME.
            (EFER, 0x1500),
            // PAE, OSFXSR, OSXMMEXCPT.
            (CR4, 0x620),
            (CR3, LEVEL_4),
            // PG, WP, NE, PE.
            (CR0, 0x8001_0021),
            (DR7, 0x400),
            (DR6, 0xffff_0ff0),
            (RFLAGS, 2),
            (RIP, entry),
            // As after a call instruction.
            (RSP, memory.end() - 8),
        ] {
            put(at, value)?;
        }
        Ok(Self(block))
    }

    /// Returns the `out` instruction that has stopped the guest, and advances past it.
    ///
    /// # Errors
    /// Fails if the guest has stopped for another reason.
    pub fn output(&self, memory: &Memory) -> io::Result<Output> {
        let get = |at: u64| memory.any_u64(self.0 + at);
        let details = get(DETAILS)?;
        match get(REASON)? {
            PORT if details & KIND == OUTPUT => {
                memory
                    .file()
                    .write(self.0 + RIP, &get(NEXT)?.to_le_bytes())?;
                Ok(Output {
                    port: (details >> 16) as u16,
                    value: get(RAX)? as u32,
                })
            }
            PORT => Err(io::Error::other("Invalid guest port access")),
            SHUTDOWN => Err(io::Error::other("the guest cannot report a fault")),
            reason => Err(io::Error::other(format!(
                "the guest has stopped: {reason:#x}"
            ))),
        }
    }
}
