//! The memory functions of the C library, which compiled code calls implicitly.
//!
//! They are written in assembly because a compiler recognises such loops and replaces them by calls to
//! themselves. They move 16 bytes at a time with SSE2: `rep movsb` is slow for short lengths, and under
//! an emulator each of its steps counts as an instruction.

use core::arch::naked_asm;
use core::ffi::c_int;

/// Copies `n` bytes from `source` to `destination`, which do not overlap.
///
/// # Safety
/// As C's `memcpy`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn memcpy(destination: *mut u8, source: *const u8, n: usize) -> *mut u8 {
    naked_asm!(
        "mov rax, rdi",
        "cmp rdx, 16",
        "jb 5f",
        // The last 16 bytes overlap what the loop copies, which avoids a loop for the remainder.
        "movups xmm1, [rsi + rdx - 16]",
        "lea r8, [rdi + rdx - 16]",
        "sub rdx, 64",
        "jbe 3f",
        "2: movups xmm0, [rsi]",
        "movups xmm2, [rsi + 16]",
        "movups xmm3, [rsi + 32]",
        "movups xmm4, [rsi + 48]",
        "movups [rdi], xmm0",
        "movups [rdi + 16], xmm2",
        "movups [rdi + 32], xmm3",
        "movups [rdi + 48], xmm4",
        "add rsi, 64",
        "add rdi, 64",
        "sub rdx, 64",
        "ja 2b",
        // Up to 64 bytes are left, the last 16 of them in xmm1.
        "3: cmp rdi, r8",
        "jae 4f",
        "movups xmm0, [rsi]",
        "movups [rdi], xmm0",
        "add rsi, 16",
        "add rdi, 16",
        "jmp 3b",
        "4: movups [r8], xmm1",
        "ret",
        "5: cmp edx, 8",
        "jb 6f",
        "mov rcx, [rsi]",
        "mov r8, [rsi + rdx - 8]",
        "mov [rdi], rcx",
        "mov [rdi + rdx - 8], r8",
        "ret",
        "6: cmp edx, 4",
        "jb 7f",
        "mov ecx, [rsi]",
        "mov r8d, [rsi + rdx - 4]",
        "mov [rdi], ecx",
        "mov [rdi + rdx - 4], r8d",
        "ret",
        "7: test edx, edx",
        "jz 8f",
        "movzx ecx, byte ptr [rsi]",
        "movzx r8d, byte ptr [rsi + rdx - 1]",
        "shr edx",
        "movzx r9d, byte ptr [rsi + rdx]",
        "mov [rdi + rdx], r9b",
        "mov [rdi], cl",
        "adc rdx, rdx",
        "mov [rdi + rdx - 1], r8b",
        "8: ret",
    )
}

/// Copies `n` bytes from `source` to `destination`, which may overlap.
///
/// # Safety
/// As C's `memmove`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn memmove(destination: *mut u8, source: *const u8, n: usize) -> *mut u8 {
    naked_asm!(
        // Forwards unless the destination begins inside the source; the copy of the last 16 bytes
        // before the loop makes `memcpy` unfit for overlap, so this has loops of its own.
        "mov rax, rdi",
        "mov rcx, rdi",
        "sub rcx, rsi",
        "cmp rcx, rdx",
        "jb 4f",
        "cmp rdx, 16",
        "jb 3f",
        "2: movups xmm0, [rsi]",
        "movups [rdi], xmm0",
        "add rsi, 16",
        "add rdi, 16",
        "sub rdx, 16",
        "cmp rdx, 16",
        "jae 2b",
        "3: sub rdx, 1",
        "jb 6f",
        "mov cl, [rsi]",
        "mov [rdi], cl",
        "inc rsi",
        "inc rdi",
        "jmp 3b",
        "4: cmp rdx, 16",
        "jb 5f",
        "movups xmm0, [rsi + rdx - 16]",
        "movups [rdi + rdx - 16], xmm0",
        "sub rdx, 16",
        "jmp 4b",
        "5: sub rdx, 1",
        "jb 6f",
        "mov cl, [rsi + rdx]",
        "mov [rdi + rdx], cl",
        "jmp 5b",
        "6: ret",
    )
}

/// Sets `n` bytes at `destination` to `byte`.
///
/// # Safety
/// As C's `memset`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn memset(destination: *mut u8, byte: c_int, n: usize) -> *mut u8 {
    naked_asm!(
        "mov rax, rdi",
        "cmp rdx, 16",
        "jb 4f",
        "movzx esi, sil",
        "mov rcx, 0x0101010101010101",
        "imul rsi, rcx",
        "movq xmm0, rsi",
        "punpcklqdq xmm0, xmm0",
        "lea r8, [rdi + rdx - 16]",
        "2: cmp rdi, r8",
        "jae 3f",
        "movups [rdi], xmm0",
        "add rdi, 16",
        "jmp 2b",
        "3: movups [r8], xmm0",
        "ret",
        "4: sub rdx, 1",
        "jb 5f",
        "mov [rdi + rdx], sil",
        "jmp 4b",
        "5: ret",
    )
}

/// Compares `n` bytes. The result is negative, zero or positive if `a` is less than, equal to or greater than
/// `b`.
///
/// # Safety
/// As C's `memcmp`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, n: usize) -> c_int {
    naked_asm!(
        "2: cmp rdx, 16",
        "jb 3f",
        "movups xmm0, [rdi]",
        "movups xmm1, [rsi]",
        "pcmpeqb xmm0, xmm1",
        "pmovmskb ecx, xmm0",
        "xor ecx, 0xffff",
        "jnz 4f",
        "add rdi, 16",
        "add rsi, 16",
        "sub rdx, 16",
        "jmp 2b",
        // Up to 15 bytes, one at a time.
        "3: sub rdx, 1",
        "jb 5f",
        "movzx eax, byte ptr [rdi]",
        "movzx ecx, byte ptr [rsi]",
        "inc rdi",
        "inc rsi",
        "sub eax, ecx",
        "jz 3b",
        "ret",
        // The first of 16 bytes that differs.
        "4: bsf ecx, ecx",
        "movzx eax, byte ptr [rdi + rcx]",
        "movzx edx, byte ptr [rsi + rcx]",
        "sub eax, edx",
        "ret",
        "5: xor eax, eax",
        "ret",
    )
}

/// Returns zero if `n` bytes are equal.
///
/// # Safety
/// As C's `bcmp`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, n: usize) -> c_int {
    naked_asm!("jmp {}", sym memcmp)
}

/// Returns the length of a string that ends with a zero byte.
///
/// # Safety
/// As C's `strlen`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[unsafe(naked)]
unsafe extern "C" fn strlen(string: *const u8) -> usize {
    naked_asm!(
        "xor eax, eax",
        "2: cmp byte ptr [rdi + rax], 0",
        "je 3f",
        "inc rax",
        "jmp 2b",
        "3: ret",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn pattern(n: usize, seed: u8) -> Vec<u8> {
        (0..n).map(|i| (i as u8).wrapping_mul(31) ^ seed).collect()
    }

    #[test]
    fn memcpy_copies_exactly_n_bytes() {
        for n in 0..300 {
            let source = pattern(n, 1);
            let mut destination = std::vec![0xaa; n + 2];
            // SAFETY: both buffers hold `n` bytes from these addresses on.
            unsafe { memcpy(destination.as_mut_ptr().add(1), source.as_ptr(), n) };
            assert_eq!(destination[1..=n], source[..], "length {n}");
            assert_eq!(
                (destination[0], destination[n + 1]),
                (0xaa, 0xaa),
                "length {n}"
            );
        }
    }

    #[test]
    fn memmove_survives_every_overlap() {
        for n in 0..100 {
            for (from, to) in [
                (0, 7),
                (7, 0),
                (0, 16),
                (16, 0),
                (3, 3),
                (0, 40),
                (40, 0),
                (1, 0),
            ] {
                let mut buffer = pattern(150, 2);
                let mut expected = buffer.clone();
                expected.copy_within(from..from + n, to);
                let start = buffer.as_mut_ptr();
                // SAFETY: `from + n` and `to + n` are at most 140 of 150 bytes.
                unsafe { memmove(start.add(to), start.add(from), n) };
                assert_eq!(buffer, expected, "length {n}, from {from} to {to}");
            }
        }
    }

    #[test]
    fn memset_sets_exactly_n_bytes() {
        for n in 0..100 {
            let mut buffer = std::vec![0xaa; n + 2];
            // SAFETY: the buffer holds `n` bytes from its second on.
            unsafe { memset(buffer.as_mut_ptr().add(1), 0x1_5b, n) };
            assert!(buffer[1..=n].iter().all(|byte| *byte == 0x5b), "length {n}");
            assert_eq!((buffer[0], buffer[n + 1]), (0xaa, 0xaa), "length {n}");
        }
    }

    #[test]
    fn memcmp_orders_by_the_first_difference() {
        for n in 1..70 {
            for difference in 0..n {
                let a = pattern(n, 3);
                let mut b = a.clone();
                b[difference] = a[difference].wrapping_add(1);
                // SAFETY: both buffers hold `n` bytes.
                let order = unsafe { memcmp(a.as_ptr(), b.as_ptr(), n) };
                assert_eq!(
                    order.signum(),
                    a.cmp(&b) as c_int,
                    "length {n} at {difference}"
                );
                // SAFETY: as above.
                assert_ne!(unsafe { bcmp(a.as_ptr(), b.as_ptr(), n) }, 0);
                // SAFETY: as above.
                assert_eq!(unsafe { bcmp(a.as_ptr(), a.as_ptr(), n) }, 0);
            }
        }
    }

    #[test]
    fn strlen_stops_at_the_zero() {
        // SAFETY: both literals end in a zero byte.
        assert_eq!(unsafe { strlen(c"".as_ptr().cast()) }, 0);
        // SAFETY: as above.
        assert_eq!(unsafe { strlen(c"console".as_ptr().cast()) }, 7);
    }
}
