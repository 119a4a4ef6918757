//! The programs that run images under KVM.

use crate::{harness::Runner, hvt};
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A program, and for QEMU a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vmm {
    /// QEMU's machine q35.
    Q35,
    /// QEMU's machine microvm.
    Microvm,
    /// Solo5's own tender.
    Hvt,
    /// Firecracker.
    Firecracker,
    /// Cloud Hypervisor.
    CloudHypervisor,
}

impl Vmm {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Q35,
        Self::Microvm,
        Self::Hvt,
        Self::Firecracker,
        Self::CloudHypervisor,
    ];
    /// The machines of QEMU.
    pub const QEMU: [Self; 2] = [Self::Q35, Self::Microvm];
    /// Those that can request shutdown.
    pub const WITH_A_BUTTON: [Self; 4] = [
        Self::Q35,
        Self::Microvm,
        Self::Firecracker,
        Self::CloudHypervisor,
    ];

    /// Returns its name in names of tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Q35 => "q35",
            Self::Microvm => "microvm",
            Self::Hvt | Self::Firecracker | Self::CloudHypervisor => self.program(),
        }
    }

    /// Returns the name of the program.
    pub fn program(self) -> &'static str {
        match self {
            Self::Q35 | Self::Microvm => "qemu-system-x86_64",
            Self::Hvt => hvt::NAME,
            Self::Firecracker => "firecracker",
            Self::CloudHypervisor => "cloud-hypervisor",
        }
    }

    /// Returns the runner with the same images.
    pub fn runner(self) -> Runner {
        match self {
            Self::Q35 | Self::Firecracker | Self::CloudHypervisor => Runner::Q35,
            Self::Microvm => Runner::Microvm,
            Self::Hvt => Runner::Hvt,
        }
    }

    /// Returns whether it needs TAP devices. QEMU has a user network.
    pub fn uses_taps(self) -> bool {
        !Self::QEMU.contains(&self)
    }

    /// Returns the status with which the program ends when the unikernel ends with `status`.
    pub fn exit_status(self, status: i32) -> i32 {
        match self {
            Self::Q35 | Self::Microvm | Self::Hvt => status,
            // They have no device that reports it.
            Self::Firecracker | Self::CloudHypervisor => 0,
        }
    }
}

/// Returns the path of a program. A link to this program, which replaces `solo5-hvt` in other tests, is not
/// the program.
pub fn path_of(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // On Debian, `ip` is only in root's PATH.
    let administration = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(administration)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file() && !is_this_program(path))
}

fn is_this_program(path: &Path) -> bool {
    let this = env::current_exe().and_then(fs::canonicalize);
    this.is_ok_and(|this| fs::canonicalize(path).is_ok_and(|path| path == this))
}
