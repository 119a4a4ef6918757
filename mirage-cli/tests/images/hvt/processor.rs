//! The guest's processor: its state when it begins, and why it has stopped (AMD64 Architecture
//! Programmer's Manual, volume 2, appendix B).

use super::{
    firmware,
    memory::Memory,
    start::{GDT, LEVEL_4},
};
use std::io;

/// The control block of the guest.
pub struct Processor(u64);

/// What the guest has put out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// The port.
    pub port: u16,
    /// The value, of 32 bits.
    pub value: u32,
}

/// In the control block: what stops the guest, the set of ports that do and the set of registers, the
/// number of its address space, why it has stopped.
const INTERCEPTED: u64 = 0x00c;
const PORTS: u64 = 0x040;
const REGISTERS: u64 = 0x048;
const ADDRESS_SPACE: u64 = 0x058;
const REASON: u64 = 0x070;
const DETAILS: u64 = 0x078;
const NEXT: u64 = 0x080;

/// And the state: segments, tables, registers.
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

/// `hlt`, ports, the end of a processor that cannot report a fault, and `vmrun`, which must be there.
const INTERCEPTS: u64 = 1 << 24 | 1 << 27 | 1 << 31 | 1 << 32;

/// Reasons.
const PORT: u64 = 0x7b;
const SHUTDOWN: u64 = 0x7f;

/// The exit qualification of a 32-bit `out`, without the bit for how the port was encoded.
const OUTPUT: u64 = 1 << 6;
const KIND: u64 = 0x7d;

/// Behind the control block: the set of ports, all of which stop the guest, and that of registers.
const ALL_PORTS: u64 = 0x2000;
const NO_REGISTERS: u64 = 0x6000;

impl Processor {
    /// The bytes that the control block and what belongs to it take.
    pub const PART: u64 = 2 << 20;

    /// A processor whose control block is at `block`, and which begins at `entry`, as Solo5's tender has
    /// it.
    pub fn new(block: u64, entry: u64, memory: &Memory) -> io::Result<Self> {
        let file = memory.file();
        file.write(firmware::CONTROL_BLOCK, &block.to_le_bytes())?;
        file.write(block + ALL_PORTS, &[0xff; 0x2001])?;
        let put = |at: u64, value: u64| file.write(block + at, &value.to_le_bytes());
        // ES, CS, SS and DS: selector, attributes and limit. The code cannot be read.
        let data = 0xffff_ffff_0c93_0010;
        let code = 0xffff_ffff_0a99_0008;
        for (segment, value) in (0..).zip([data, code, data, data]) {
            put(SEGMENTS + 16 * segment, value)?;
        }
        // Its limit is above selector and attributes, which it has not.
        put(GDTR, 23 << 32)?;
        put(GDTR + 8, GDT)?;
        for (at, value) in [
            (INTERCEPTED, INTERCEPTS),
            (PORTS, block + ALL_PORTS),
            (REGISTERS, block + NO_REGISTERS),
            (ADDRESS_SPACE, 1),
            // SVME, which a guest must have, LMA, LME.
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
            // As behind a call.
            (RSP, memory.end() - 8),
        ] {
            put(at, value)?;
        }
        Ok(Self(block))
    }

    /// What it has put out, and it goes on behind that.
    ///
    /// # Errors
    /// It has stopped for another reason.
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
