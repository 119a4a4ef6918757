//! The return addresses on the stack, found by frame pointers.

use core::fmt::Write;

/// Maximum number of frames.
const DEPTH: usize = 64;

unsafe extern "C" {
    static __text_start: u8;
    static __text_end: u8;
    static __data_start: u8;
    static __image_end: u8;
}

/// Prints one line `backtrace: 0x…` for each frame from `frame` outwards.
///
/// It stops at a frame that is not in the image's writable memory or not above the previous one, and at a
/// return address that is not in the code, so that a corrupt stack causes no further exception.
pub(crate) fn write(out: &mut impl Write, mut frame: u64) {
    let code = &raw const __text_start as u64..&raw const __text_end as u64;
    let stacks = &raw const __data_start as u64..&raw const __image_end as u64 - 16;
    for _ in 0..DEPTH {
        if !stacks.contains(&frame) || !frame.is_multiple_of(8) {
            return;
        }
        // SAFETY: 16 bytes from `frame` on lie in the image's data, which is mapped, save for the
        // guard pages, which no frame pointer of a running function points into.
        let [next, address] = unsafe { *(frame as *const [u64; 2]) };
        if !code.contains(&address) {
            return;
        }
        let _ = writeln!(out, "backtrace: {address:#018x}");
        if next <= frame {
            return;
        }
        frame = next;
    }
}
