//! The guest interfaces (`include/elf_abi.h`).

use mirage_graph::target::{Machine, Target};

/// A guest interface of Solo5 (`enum abi_target`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abi {
    /// A hardware-virtualised machine.
    Hvt = 1,
    /// A sandboxed process.
    Spt = 2,
}

impl Abi {
    /// The supported `abi_version`, the same for both interfaces.
    pub const VERSION: u32 = 2;

    /// Returns the interface of `target`, if it is a target of Solo5.
    pub const fn for_target(target: Target) -> Option<Self> {
        match target.machine() {
            Machine::Process | Machine::Virtio => None,
            Machine::Hvt => Some(Self::Hvt),
            Machine::Spt => Some(Self::Spt),
        }
    }

    /// Returns the target's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hvt => "hvt",
            Self::Spt => "spt",
        }
    }

    /// Returns the name of any `abi_target`, also of those that are not supported.
    pub fn name_of(number: u32) -> Option<&'static str> {
        const NAMES: [&str; 6] = ["hvt", "spt", "virtio", "muen", "genode", "xen"];
        NAMES.get((number as usize).checked_sub(1)?).copied()
    }
}
