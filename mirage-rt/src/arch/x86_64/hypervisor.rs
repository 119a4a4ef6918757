//! Which hypervisor runs the machine.

use super::cpuid::leaf;

/// The hypervisors whose properties matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hypervisor {
    /// Linux's kernel virtual machine.
    Kvm,
    /// QEMU's emulator.
    Tcg,
    /// Another, or none.
    Unknown,
}

/// Returns the hypervisor and the features of KVM (`KVM_FEATURE_…`).
pub(crate) fn hypervisor() -> (Hypervisor, u32) {
    let [_, _, features, _] = leaf(1);
    if features & (1 << 31) == 0 {
        return (Hypervisor::Unknown, 0);
    }
    let [_, b, c, d] = leaf(0x4000_0000);
    match [b, c, d].map(u32::to_le_bytes).as_flattened() {
        b"KVMKVMKVM\0\0\0" => (Hypervisor::Kvm, leaf(0x4000_0001)[0]),
        b"TCGTCGTCGTCG" => (Hypervisor::Tcg, 0),
        _ => (Hypervisor::Unknown, 0),
    }
}
