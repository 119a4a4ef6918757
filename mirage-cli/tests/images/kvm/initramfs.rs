//! The files of the outer guest.

use super::{
    archive::Archive,
    case::MachineCase,
    guest::{INIT, LINES, MODULES},
    kernel::Kernel,
    line::{self, PreparedLine},
    vmm::{self, Vmm},
};
use crate::harness::client;
use std::{
    env, io,
    path::{Path, PathBuf},
    process::Command,
};

/// Where programs other than QEMU are in the guest. QEMU finds its firmware relative to its own path.
const PROGRAMS: &str = "/usr/local/bin";
/// Firmware of QEMU's machines, and of their network device.
const FIRMWARE: [&str; 6] = [
    "bios-256k.bin",
    "bios-microvm.bin",
    "efi-virtio.rom",
    "kvmvapic.bin",
    "linuxboot_dma.bin",
    "pvh.bin",
];

/// Writes an initramfs with the images and command lines of `cases`, and whatever runs them.
pub fn write(path: &Path, kernel: &Kernel, cases: &[MachineCase], folder: &Path) -> io::Result<()> {
    let mut archive = Archive::create(path)?;
    for directory in ["/dev", "/proc", "/sys", "/tmp"] {
        archive.add_directory(directory.as_ref())?;
    }
    let this = env::current_exe()?;
    archive.copy_to(&this, INIT.as_ref())?;
    libraries(&mut archive, &this)?;
    for (index, module) in kernel.modules.iter().enumerate() {
        let name = module.file_name().unwrap_or_default().to_string_lossy();
        let to = Path::new(MODULES).join(format!("{index}-{name}"));
        archive.copy_to(module, &to)?;
    }
    program(&mut archive, "ip")?;
    for case in cases {
        program(&mut archive, case.vmm.program())?;
        let PreparedLine { line, files } = line::prepare(*case, folder);
        for file in files {
            archive.copy(&file)?;
        }
        for client in case.case.clients {
            program(&mut archive, client)?;
        }
        for file in case.case.files {
            archive.copy(file.as_ref())?;
        }
        let text = line.arguments().join("\n");
        archive.add(&Path::new(LINES).join(case.name()), text.as_bytes())?;
    }
    firmware(&mut archive)?;
    archive.finish()
}

/// Returns the folders in which programs are in the guest, as the value of PATH.
pub fn path() -> String {
    let qemu = qemu();
    let folder = qemu.parent().unwrap_or(Path::new("/"));
    format!("{PROGRAMS}:{}", folder.display())
}

fn qemu() -> PathBuf {
    vmm::path_of(Vmm::Q35.program()).expect("QEMU")
}

fn program(archive: &mut Archive, name: &str) -> io::Result<()> {
    let missing = || io::Error::other(format!("no `{name}` in the PATH"));
    let path = vmm::path_of(name).ok_or_else(missing)?;
    if path == qemu() {
        archive.copy(&path)?;
    } else {
        archive.copy_to(&path, &Path::new(PROGRAMS).join(name))?;
    }
    libraries(archive, &path)
}

/// Adds the libraries that a program is linked with. A static one has none, and `ldd` fails.
fn libraries(archive: &mut Archive, program: &Path) -> io::Result<()> {
    let output = Command::new("ldd").arg(program).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut paths = text.split_whitespace().filter(|word| word.starts_with('/'));
    paths.try_for_each(|path| archive.copy(path.as_ref()))
}

/// Adds the firmware that QEMU has, at its paths.
fn firmware(archive: &mut Archive) -> io::Result<()> {
    let folders = client::run(&qemu().to_string_lossy(), &["-L", "help"]);
    for name in FIRMWARE {
        let mut paths = folders.lines().map(|folder| Path::new(folder).join(name));
        if let Some(path) = paths.find(|path| path.is_file()) {
            archive.copy(&path)?;
        }
    }
    Ok(())
}
