//! Tests that run in the outer guest.

use super::{machine::Machine, vmm::Vmm};

/// A test of one image, in several machines.
#[derive(Clone, Copy)]
pub struct Case {
    /// What is tested.
    pub name: &'static str,
    /// The unikernel's package.
    pub package: &'static str,
    /// The names of its interfaces.
    pub interfaces: &'static [&'static str],
    /// The size of its disk in bytes, if it has one.
    pub disk: Option<u64>,
    /// Its boot arguments.
    pub args: &'static [&'static str],
    /// The programs that the test runs as clients.
    pub clients: &'static [&'static str],
    /// The files that these read.
    pub files: &'static [&'static str],
    /// The machines.
    pub vmms: &'static [Vmm],
    /// The test.
    pub test: fn(&Machine),
}

impl Case {
    /// Creates a test in all machines, of an image without devices.
    pub const fn new(name: &'static str, package: &'static str, test: fn(&Machine)) -> Self {
        Self {
            name,
            package,
            interfaces: &[],
            disk: None,
            args: &[],
            clients: &[],
            files: &[],
            vmms: &Vmm::ALL,
            test,
        }
    }
}

/// A test in one machine.
#[derive(Clone, Copy)]
pub struct MachineCase {
    /// The test.
    pub case: &'static Case,
    /// The machine.
    pub vmm: Vmm,
}

impl MachineCase {
    /// Returns the name of the trial.
    pub fn name(self) -> String {
        format!("kvm::{}::{}", self.case.name, self.vmm.name())
    }

    /// Returns the name as a part of a file's name.
    pub fn file_name(self) -> String {
        format!("{}-{}", self.case.name, self.vmm.name())
    }
}
