//! Detects whether KVM works.

use crate::arguments::Accel;
use std::fs::{File, read_to_string};

/// The accelerator's name for QEMU.
pub fn choose(requested: Accel) -> &'static str {
    match requested {
        Accel::Kvm => "kvm",
        Accel::Tcg => "tcg",
        Accel::Auto if kvm_works() => "kvm",
        Accel::Auto => "tcg",
    }
}

/// Checks both: `/dev/kvm` may exist in a virtual machine without nested virtualisation.
fn kvm_works() -> bool {
    let device = File::options().read(true).write(true).open("/dev/kvm");
    device.is_ok() && read_to_string("/proc/cpuinfo").is_ok_and(|text| virtualises(&text))
}

fn virtualises(cpuinfo: &str) -> bool {
    let flags = cpuinfo.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|line| {
        line.split_whitespace()
            .any(|flag| flag == "vmx" || flag == "svm")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn virtualisation_is_read_from_the_flags() {
        assert!(virtualises("model\t: 1\nflags\t\t: fpu vmx sse\n"));
        assert!(virtualises("flags\t\t: fpu svm\n"));
        assert!(!virtualises("flags\t\t: fpu sse\nbugs\t: vmx_bug\n"));
        assert!(!virtualises("vmx flags\t: vnmi\n"));
    }
}
