//! Hypercalls: each writes the address of its arguments to a port.

use crate::arch::hypercall;

/// The port of call 0.
const FIRST_PORT: u16 = 0x500;

/// The port that notifies the tender of frames in the ring.
const KICK_PORT: u16 = 0x600;

/// Numbers of the calls.
const WALLTIME: u16 = 1;
const PUTS: u16 = 2;
const POLL: u16 = 3;
const BLOCK_WRITE: u16 = 4;
const BLOCK_READ: u16 = 5;
const NET_WRITE: u16 = 6;
const NET_READ: u16 = 7;
const HALT: u16 = 8;

/// `SOLO5_R_AGAIN`: no frame is available.
pub(super) const AGAIN: i32 = 1;

#[repr(C)]
struct Walltime {
    nanoseconds: u64,
}

#[repr(C)]
struct Puts {
    data: u64,
    length: u64,
}

#[repr(C)]
struct Poll {
    timeout: u64,
    ready: u64,
    result: i32,
}

#[repr(C)]
struct Blocks {
    handle: u64,
    offset: u64,
    data: u64,
    length: u64,
    result: i32,
}

#[repr(C)]
struct Frame {
    handle: u64,
    data: u64,
    length: u64,
    result: i32,
}

#[repr(C)]
struct Halt {
    cookie: u64,
    status: i32,
}

/// Makes a call.
///
/// # Safety
/// The arguments are those of the call, and the memory that they name may be used as it does.
unsafe fn call<T>(number: u16, arguments: &mut T) {
    // SAFETY: the tender reads and writes what the arguments name, as the caller states. All memory is
    // below 4 GiB.
    unsafe { hypercall::call(FIRST_PORT + number, &raw mut *arguments as u64 as u32) };
}

/// Returns the time since the Unix epoch in nanoseconds.
pub(super) fn walltime() -> u64 {
    let mut walltime = Walltime { nanoseconds: 0 };
    // SAFETY: the call names no other memory.
    unsafe { call(WALLTIME, &mut walltime) };
    walltime.nanoseconds
}

/// Prints on the console.
pub(super) fn puts(bytes: &[u8]) {
    let mut puts = Puts {
        data: bytes.as_ptr() as u64,
        length: bytes.len() as u64,
    };
    // SAFETY: the bytes are only read.
    unsafe { call(PUTS, &mut puts) };
}

/// Waits up to `timeout` nanoseconds for a readable device. Returns the handles of the readable devices
/// as a set of bits.
pub(super) fn poll(timeout: u64) -> u64 {
    let mut poll = Poll {
        timeout,
        ready: 0,
        result: 0,
    };
    // SAFETY: the call names no other memory.
    unsafe { call(POLL, &mut poll) };
    poll.ready
}

/// Reads from a disk, starting at byte `offset`. Returns `false` if the tender refuses.
pub(super) fn block_read(handle: u8, offset: u64, buffer: &mut [u8]) -> bool {
    // SAFETY: the buffer is borrowed for the call alone.
    unsafe {
        block(
            BLOCK_READ,
            handle,
            offset,
            buffer.as_mut_ptr(),
            buffer.len(),
        )
    }
}

/// Writes to a disk, starting at byte `offset`. Returns `false` if the tender refuses.
pub(super) fn block_write(handle: u8, offset: u64, data: &[u8]) -> bool {
    // SAFETY: the data are only read.
    unsafe { block(BLOCK_WRITE, handle, offset, data.as_ptr(), data.len()) }
}

/// # Safety
/// The memory at `data` may be used as the call does.
unsafe fn block(number: u16, handle: u8, offset: u64, data: *const u8, length: usize) -> bool {
    let mut blocks = Blocks {
        handle: handle.into(),
        offset,
        data: data as u64,
        length: length as u64,
        result: 0,
    };
    // SAFETY: as the caller states.
    unsafe { call(number, &mut blocks) };
    blocks.result == 0
}

/// Reads a frame. Returns its length, or the tender's result if there is none.
pub(super) fn net_read(handle: u8, buffer: &mut [u8]) -> Result<usize, i32> {
    // SAFETY: the buffer is borrowed for the call alone.
    let frame = unsafe { net(NET_READ, handle, buffer.as_mut_ptr(), buffer.len()) };
    match frame.result {
        0 => Ok(frame.length as usize),
        error => Err(error),
    }
}

/// Writes a frame.
pub(super) fn net_write(handle: u8, bytes: &[u8]) {
    // SAFETY: the bytes are only read.
    unsafe { net(NET_WRITE, handle, bytes.as_ptr(), bytes.len()) };
}

/// # Safety
/// The memory at `data` may be used as the call does.
unsafe fn net(number: u16, handle: u8, data: *const u8, length: usize) -> Frame {
    let mut frame = Frame {
        handle: handle.into(),
        data: data as u64,
        length: length as u64,
        result: 0,
    };
    // SAFETY: as the caller states.
    unsafe { call(number, &mut frame) };
    frame
}

/// Notifies the tender of frames in the ring.
pub(super) fn kick() {
    // SAFETY: the tender accesses only memory that is shared with it.
    unsafe { hypercall::call(KICK_PORT, 0) };
}

/// Ends the machine.
pub(crate) fn halt(status: u8) -> ! {
    let mut halt = Halt {
        cookie: 0,
        status: status.into(),
    };
    loop {
        // SAFETY: the machine ends here.
        unsafe { call(HALT, &mut halt) };
    }
}
