//! The first instructions: from the loader's 32-bit protected mode to 64-bit Rust.
//!
//! The loader enters by PVH (the Xen x86/HVM direct boot ABI): 32-bit, paging off, flat segments,
//! `ebx` = physical address of the start information. This code zeroes `.bss`, maps the first GiB one to one in
//! 2 MiB pages, switches SSE and long mode on, and calls Rust, which builds the final
//! page tables.

/// Defines the image's entry `_start`, which calls `$start` on the main stack with the physical address
/// of the start information: `entry_pvh!(start)`, where `start` is an `extern "C" fn(u64) -> !`.
macro_rules! entry_pvh {
    ($start:path) => {
        ::core::arch::global_asm!(
            // ELF note "Xen", type 18 (XEN_ELFNOTE_PHYS32_ENTRY): the physical address of the entry.
            // The descriptor has 8 bytes because QEMU reads 8 bytes from a 64-bit image.
            ".section .note.pvh, \"a\", @note",
            ".balign 4",
            ".long 4, 8, 18",
            ".asciz \"Xen\"",
            ".quad _start",

            ".section .text.entry, \"ax\", @progbits",
            ".code32",
            ".global _start",
            "_start:",
            "cli",
            "cld",
            "movl $__main_stack_top, %esp",
            "movl %ebx, %ebp",
            // The loader zeroes .bss only before the first boot: a reset leaves memory as it is.
            "movl $__bss_start, %edi",
            "movl $__image_end, %ecx",
            "subl %edi, %ecx",
            "shrl $2, %ecx",
            "xorl %eax, %eax",
            "rep stosl",
            // Level 4 entry 0 -> level 3 entry 0 -> 512 pages of 2 MiB.
            "movl $({BOOT_TABLES} + 0x1003), %eax",
            "movl %eax, {BOOT_TABLES}",
            "addl $0x1000, %eax",
            "movl %eax, {BOOT_TABLES} + 0x1000",
            "movl $({BOOT_TABLES} + 0x2000), %edi",
            "movl $0x83, %eax", // present, writable, 2 MiB
            "movl $512, %ecx",
            "2: movl %eax, (%edi)",
            "addl $0x200000, %eax",
            "addl $8, %edi",
            "decl %ecx",
            "jnz 2b",
            "movl ${BOOT_TABLES}, %eax",
            "movl %eax, %cr3",
            // Physical address extension, SSE and its exceptions: Rust code uses SSE2 from here on.
            "movl %cr4, %eax",
            "orl $0x620, %eax",
            "movl %eax, %cr4",
            // EFER: long mode, no-execute.
            "movl $0xc0000080, %ecx",
            "rdmsr",
            "orl $0x900, %eax",
            "wrmsr",
            // Paging, write protection also for ring 0, native FPU errors, no emulation, caches on.
            "movl $0x80010033, %eax",
            "movl %eax, %cr0",
            "lgdt 3f",
            "ljmpl $8, $4f",
            ".balign 8",
            "5: .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff",
            "3: .word 23",
            ".long 5b",
            ".code64",
            "4: movl $16, %eax",
            "movl %eax, %ds",
            "movl %eax, %es",
            "movl %eax, %fs",
            "movl %eax, %gs",
            "movl %eax, %ss",
            "movl %ebp, %edi", // the start information, zero-extended
            "xorl %ebp, %ebp", // the end of every backtrace
            "call {START}",
            "ud2",
            ".text",
            BOOT_TABLES = sym $crate::arch::pvh::BOOT_TABLES,
            START = sym $start,
            options(att_syntax),
        );
    };
}

pub(crate) use entry_pvh;

/// Levels 4, 3 and 2 of the page tables that the entry code fills and `paging` replaces.
#[repr(C, align(4096))]
pub(crate) struct BootTables([u64; 3 * 512]);

pub(crate) static mut BOOT_TABLES: BootTables = BootTables([0; 3 * 512]);
