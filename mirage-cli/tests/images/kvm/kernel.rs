//! A Linux kernel with KVM for AMD's virtualisation, as Debian and Ubuntu package it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// Where `cargo mirage test --install` unpacks one.
const UNPACKED: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/../mirage/linux");

/// The modules in the order in which they are loaded. Of those other than `AMD`, a kernel may contain the
/// code, or not need it.
const MODULES: [&str; 5] = [
    "virt/lib/irqbypass",
    "drivers/crypto/ccp/ccp",
    "arch/x86/kvm/kvm",
    AMD,
    "drivers/net/tun",
];
const AMD: &str = "arch/x86/kvm/kvm-amd";

/// A kernel.
pub struct Kernel {
    /// The file that boots.
    pub image: PathBuf,
    /// The modules, in the order in which they are loaded.
    pub modules: Vec<PathBuf>,
}

/// Finds a kernel that this user can read.
pub fn find() -> Option<Kernel> {
    [UNPACKED, "/"]
        .iter()
        .find_map(|root| find_in(root.as_ref()))
}

fn find_in(root: &Path) -> Option<Kernel> {
    let files = fs::read_dir(root.join("boot")).ok()?;
    let versions = files.filter_map(|file| {
        let name = file.ok()?.file_name().into_string().ok()?;
        name.strip_prefix("vmlinuz-").map(str::to_owned)
    });
    let mut versions: Vec<_> = versions.collect();
    versions.sort();
    versions
        .iter()
        .find_map(|version| version_in(root, version))
}

fn version_in(root: &Path, version: &str) -> Option<Kernel> {
    let image = root.join("boot").join(format!("vmlinuz-{version}"));
    File::open(&image).ok()?;
    let trees = ["lib/modules", "usr/lib/modules"];
    let trees = trees.map(|tree| root.join(tree).join(version).join("kernel"));
    let module = |name: &str| {
        let mut files = trees.iter().flat_map(|tree| {
            let endings = ["ko", "ko.xz", "ko.zst", "ko.gz"];
            endings.map(|ending| tree.join(format!("{name}.{ending}")))
        });
        files.find(|file| file.is_file())
    };
    module(AMD)?;
    Some(Kernel {
        image,
        modules: MODULES.into_iter().filter_map(module).collect(),
    })
}
