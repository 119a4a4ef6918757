//! Statuses of unikernels that fail, and exceptions of the processor.

use super::{case::Case, machine::Machine};

/// The tests.
pub const CASES: &[Case] = &[
    Case::new("an_error_is_1", "fails", |machine| {
        ends(machine, 1, "error: no such luck");
    }),
    Case::new("a_panic_is_255", "panics", |machine| {
        ends(machine, 255, "number 3 is unlucky");
    }),
    Case::new("an_exhausted_heap_is_255", "exhausts", |machine| {
        ends(machine, 255, "memory allocation of 1048576 bytes failed");
    }),
    overstep("stack_overflow", &["--how=overflow-stack"], |machine| {
        ends(machine, 255, "exception: page fault: stack overflow");
    }),
    overstep("write_to_code", &["--how=write-code"], |machine| {
        ends(
            machine,
            255,
            "exception: page fault: write to read-only memory",
        );
    }),
    overstep("execution_of_data", &["--how=execute-heap"], |machine| {
        ends(machine, 255, "exception: page fault: execution of data");
    }),
    overstep("null_pointer", &["--how=write-null"], |machine| {
        ends(machine, 255, "exception: page fault: null pointer");
    }),
];

const fn overstep(name: &'static str, args: &'static [&'static str], test: fn(&Machine)) -> Case {
    Case {
        args,
        ..Case::new(name, "oversteps", test)
    }
}

fn ends(machine: &Machine, status: i32, expected: &str) {
    let (ended, console) = machine.run();
    assert!(console.contains(expected), "{console}");
    assert_eq!(ended, machine.vmm.exit_status(status), "{console}");
}
