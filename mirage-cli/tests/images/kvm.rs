//! Images under KVM, on hosts with and without it: in a Linux guest in QEMU's TCG emulation, which includes
//! AMD's virtualisation.
//!
//! The tests share one boot of that guest. Its first process is this program, which runs them there one
//! after another ([`guest`]), and reports to the process that booted it ([`outer`]).

mod archive;
mod book;
mod case;
mod control;
mod examples;
mod failures;
mod guest;
mod initramfs;
mod kernel;
mod line;
mod machine;
mod outer;
mod taps;
mod vmm;

pub use guest::{is_called, main};
pub use outer::Outer;

use case::MachineCase;
use libtest_mimic::Trial;
use std::sync::Arc;

/// Every test in every machine.
fn cases() -> impl Iterator<Item = MachineCase> {
    let lists = [examples::CASES, failures::CASES, control::CASES];
    lists.into_iter().flatten().flat_map(|case| {
        let machines = case.vmms.iter();
        machines.map(move |&vmm| MachineCase { case, vmm })
    })
}

/// The tests. Those that this host cannot run are ignored, with the reason.
pub fn list(outer: &Arc<Outer>) -> Vec<Trial> {
    let trial = |case: MachineCase| {
        let outer = Arc::clone(outer);
        Trial::ignorable_test(case.name(), move || outer.completion(case))
    };
    cases().map(trial).collect()
}
