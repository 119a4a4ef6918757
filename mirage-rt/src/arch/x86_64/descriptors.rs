//! The descriptor tables: segments, stacks of exceptions, and handlers.

use super::exceptions;
use spin::Once;
use x86_64::VirtAddr;
use x86_64::instructions::tables::load_tss;
use x86_64::structures::gdt::{Descriptor, GlobalDescriptorTable};
use x86_64::structures::idt::InterruptDescriptorTable;
use x86_64::structures::tss::TaskStateSegment;

static TSS: Once<TaskStateSegment> = Once::new();
static GDT: Once<GlobalDescriptorTable> = Once::new();
static IDT: Once<InterruptDescriptorTable> = Once::new();

/// Index of the stack for exceptions, and of the one for a fault in their handling.
const FAULT_STACK: u16 = 0;
const DOUBLE_FAULT_STACK: u16 = 1;

unsafe extern "C" {
    static __fault_stack_top: u8;
    static __double_fault_stack_top: u8;
}

/// Loads the tables. Exceptions have their own stacks: the interrupted code may use the 128 bytes below
/// its stack pointer (the red zone), or have overflowed its stack. `interrupts` are the handlers of the
/// vectors above those of exceptions.
pub(crate) fn initialise(interrupts: impl Iterator<Item = (u8, VirtAddr)>) {
    let tss = TSS.call_once(|| {
        let mut tss = TaskStateSegment::new();
        tss.interrupt_stack_table[usize::from(FAULT_STACK)] =
            VirtAddr::from_ptr(&raw const __fault_stack_top);
        tss.interrupt_stack_table[usize::from(DOUBLE_FAULT_STACK)] =
            VirtAddr::from_ptr(&raw const __double_fault_stack_top);
        tss
    });
    let mut selector = None;
    let gdt = GDT.call_once(|| {
        let mut gdt = GlobalDescriptorTable::new();
        // The order is that of the entry code's table, whose selectors remain loaded.
        gdt.append(Descriptor::kernel_code_segment());
        gdt.append(Descriptor::kernel_data_segment());
        selector = Some(gdt.append(Descriptor::tss_segment(tss)));
        gdt
    });
    gdt.load();
    if let Some(selector) = selector {
        // SAFETY: the selector is the task state segment's in the table just loaded.
        unsafe { load_tss(selector) };
    }
    IDT.call_once(|| handlers(interrupts)).load();
}

fn handlers(interrupts: impl Iterator<Item = (u8, VirtAddr)>) -> InterruptDescriptorTable {
    let mut table = InterruptDescriptorTable::new();
    macro_rules! exceptions {
        ($($field:ident = $vector:literal on $stack:ident),* $(,)?) => {$(
            // SAFETY: the stub is written for this vector, and the stack is in the TSS.
            unsafe {
                table
                    .$field
                    .set_handler_addr(exceptions::stub_address::<$vector>())
                    .set_stack_index($stack);
            }
        )*};
    }
    exceptions! {
        divide_error = 0 on FAULT_STACK,
        debug = 1 on FAULT_STACK,
        non_maskable_interrupt = 2 on DOUBLE_FAULT_STACK,
        breakpoint = 3 on FAULT_STACK,
        overflow = 4 on FAULT_STACK,
        bound_range_exceeded = 5 on FAULT_STACK,
        invalid_opcode = 6 on FAULT_STACK,
        device_not_available = 7 on FAULT_STACK,
        double_fault = 8 on DOUBLE_FAULT_STACK,
        invalid_tss = 10 on FAULT_STACK,
        segment_not_present = 11 on FAULT_STACK,
        stack_segment_fault = 12 on FAULT_STACK,
        general_protection_fault = 13 on FAULT_STACK,
        page_fault = 14 on FAULT_STACK,
        x87_floating_point = 16 on FAULT_STACK,
        alignment_check = 17 on FAULT_STACK,
        machine_check = 18 on DOUBLE_FAULT_STACK,
        simd_floating_point = 19 on FAULT_STACK,
    }
    for (vector, stub) in interrupts {
        // SAFETY: the stub handles an interrupt. Interrupts are enabled only where the stack allows it.
        unsafe { table[vector].set_handler_addr(stub) };
    }
    table
}
