//! Exceptions of the processor. Each is reported and ends the machine.
//!
//! The format continues that of a panic (see [`report`](crate::freestanding::report)):
//!
//! ```text
//! exception: page fault: stack overflow
//! error code 0x2, address 0x0000000000105ff8
//! rax 0x… rbx 0x… …
//! at: 0x0000000000101c3b
//! backtrace: 0x0000000000101a12
//! ```
//!
//! The address on the line `at:` is the instruction that faulted; those on the lines
//! `backtrace:` are return addresses.

use crate::{
    arch::layout,
    freestanding::{
        backtrace,
        report::{STATUS, begin_report},
    },
    platform,
};
use core::arch::naked_asm;
use core::fmt::Write;
use x86_64::VirtAddr;
use x86_64::registers::control::Cr2;

/// The vectors for which the processor pushes an error code: 8, 10 to 14, 17, 21, 29, 30.
const WITH_ERROR_CODE: u32 = 0x6022_7d00;

/// The vector of a page fault.
const PAGE_FAULT: u64 = 14;

/// The registers at an exception, in the reverse order of the stub's pushes.
#[repr(C)]
struct Frame {
    r15: u64,
    r14: u64,
    r13: u64,
    r12: u64,
    r11: u64,
    r10: u64,
    r9: u64,
    r8: u64,
    rbp: u64,
    rdi: u64,
    rsi: u64,
    rdx: u64,
    rcx: u64,
    rbx: u64,
    rax: u64,
    vector: u64,
    error_code: u64,
    rip: u64,
    cs: u64,
    rflags: u64,
    rsp: u64,
    ss: u64,
}

/// Returns the address of the handler for exception `VECTOR`.
pub(super) fn stub_address<const VECTOR: u8>() -> VirtAddr {
    VirtAddr::from_ptr(stub::<VECTOR> as *const ())
}

/// Completes the frame with the vector, and with an error code if the processor pushes none.
#[unsafe(naked)]
extern "C" fn stub<const VECTOR: u8>() {
    naked_asm!(
        ".if {without_error_code}",
        "push 0",
        ".endif",
        "push {vector}",
        "jmp {save}",
        without_error_code = const (!WITH_ERROR_CODE >> VECTOR) & 1,
        vector = const VECTOR,
        save = sym save,
    )
}

#[unsafe(naked)]
extern "C" fn save() {
    naked_asm!(
        "push rax",
        "push rbx",
        "push rcx",
        "push rdx",
        "push rsi",
        "push rdi",
        "push rbp",
        "push r8",
        "push r9",
        "push r10",
        "push r11",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov rdi, rsp",
        "and rsp, -16",
        "cld",
        "call {report}",
        "ud2",
        report = sym report,
    )
}

extern "C" fn report(frame: &Frame) -> ! {
    let mut console = begin_report();
    let _ = print(&mut console, frame);
    backtrace::write(&mut console, frame.rbp);
    platform::exit(STATUS)
}

fn print(out: &mut impl Write, frame: &Frame) -> core::fmt::Result {
    write!(out, "exception: {}", name(frame.vector))?;
    let address = Cr2::read_raw();
    if frame.vector == PAGE_FAULT {
        #[cfg(feature = "std")]
        let of_thread = crate::thread::overflowed(address);
        #[cfg(not(feature = "std"))]
        let of_thread = None::<(usize, &str)>;
        let cause = layout::unmapped_because(address).unwrap_or(match frame.error_code & 0x13 {
            code if code & 0x10 != 0 => "execution of data",
            code if code & 1 == 0 => "no memory there",
            code if code & 2 != 0 => "write to read-only memory",
            _ => "access not allowed",
        });
        match of_thread {
            Some((number, name)) => write!(out, ": stack overflow in thread {number}{name}")?,
            None => write!(out, ": {cause}")?,
        }
    }
    writeln!(
        out,
        "\nerror code {:#x}, address {address:#018x}",
        frame.error_code
    )?;
    let registers = [
        ("rax", frame.rax),
        ("rbx", frame.rbx),
        ("rcx", frame.rcx),
        ("rdx", frame.rdx),
        ("rsi", frame.rsi),
        ("rdi", frame.rdi),
        ("rbp", frame.rbp),
        ("rsp", frame.rsp),
        ("r8 ", frame.r8),
        ("r9 ", frame.r9),
        ("r10", frame.r10),
        ("r11", frame.r11),
        ("r12", frame.r12),
        ("r13", frame.r13),
        ("r14", frame.r14),
        ("r15", frame.r15),
        ("cs ", frame.cs),
        ("ss ", frame.ss),
        ("flags", frame.rflags),
    ];
    for line in registers.chunks(4) {
        for (name, value) in line {
            write!(out, "{name} {value:#018x} ")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "at: {:#018x}", frame.rip)
}

fn name(vector: u64) -> &'static str {
    match vector {
        0 => "divide error",
        1 => "debug",
        2 => "non-maskable interrupt",
        3 => "breakpoint",
        4 => "overflow",
        5 => "bound range exceeded",
        6 => "invalid opcode",
        7 => "device not available",
        8 => "double fault",
        10 => "invalid task state segment",
        11 => "segment not present",
        12 => "stack segment fault",
        13 => "general protection fault",
        PAGE_FAULT => "page fault",
        16 => "x87 floating-point exception",
        17 => "alignment check",
        18 => "machine check",
        19 => "SIMD floating-point exception",
        _ => "unknown",
    }
}
