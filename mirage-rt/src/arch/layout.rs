//! The image in memory, as the linker script lays it out.

use super::paging::{Access, PAGE, PageTables};
use crate::freestanding::range::Range;

unsafe extern "C" {
    static __image_start: u8;
    static __rodata_start: u8;
    static __rodata_end: u8;
    static __text_start: u8;
    static __text_end: u8;
    static __data_start: u8;
    static __main_stack_guard: u8;
    static __fault_stack_guard: u8;
    static __double_fault_stack_guard: u8;
    static __image_end: u8;
}

/// Addresses of the image.
pub(crate) fn image() -> Range {
    Range {
        start: &raw const __image_start as u64,
        end: &raw const __image_end as u64,
    }
}

/// Maps the image, each part with what it needs, and leaves out what is never mapped.
pub(crate) fn map(tables: &mut PageTables) {
    let parts = [
        (
            &raw const __rodata_start,
            &raw const __rodata_end,
            Access::Read,
        ),
        (
            &raw const __text_start,
            &raw const __text_end,
            Access::Execute,
        ),
        (
            &raw const __data_start,
            &raw const __image_end,
            Access::Write,
        ),
    ];
    for (start, end, access) in parts {
        let (start, end) = (start as u64, end as u64);
        tables.map(Range { start, end }, access);
    }
    for (start, _) in unmapped_pages() {
        let end = start + PAGE;
        tables.map(Range { start, end }, Access::None);
    }
}

/// Puts page tables in force.
pub(crate) fn enforce(tables: &PageTables) {
    // SAFETY: the tables map the image with what each part of it needs, and the heap.
    unsafe { tables.load() };
}

/// The pages that are never mapped: a null pointer and the end of each stack lead there.
fn unmapped_pages() -> [(u64, &'static str); 4] {
    [
        (0, "null pointer"),
        (&raw const __main_stack_guard as u64, "stack overflow"),
        (
            &raw const __fault_stack_guard as u64,
            "stack overflow in an exception",
        ),
        (
            &raw const __double_fault_stack_guard as u64,
            "stack overflow in a double fault",
        ),
    ]
}

/// Why an access to `address` must fault, if it is to a page that is kept unmapped on purpose.
pub(crate) fn unmapped_because(address: u64) -> Option<&'static str> {
    unmapped_pages()
        .into_iter()
        .find(|(page, _)| (*page..page + PAGE).contains(&address))
        .map(|(_, cause)| cause)
}
