//! The machine: QEMU with one processor, memory and an I/O port.

use super::{
    command_line::CommandLine,
    devices::Devices,
    firmware,
    link::Link,
    memory::{Memory, SharedFile},
};
use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    io,
    os::{fd::AsRawFd, unix::net::UnixStream},
    process::{Child, Command, Stdio},
};

/// A running machine. It ends with the process that started it.
pub struct QemuMachine {
    qemu: Child,
    /// The link at which the machine waits for an answer.
    pub link: Link,
}

impl QemuMachine {
    /// Starts a machine with `memory`.
    pub fn start(line: &CommandLine, memory: &Memory, devices: &Devices) -> io::Result<Self> {
        let (ours, qemus) = UnixStream::pair()?;
        fcntl_setfd(&qemus, FdFlags::empty())?;
        let length = memory.file().length();
        let rom = firmware::contents();
        let firmware = SharedFile::new("firmware", rom.len() as u64)?;
        firmware.write(0, &rom)?;
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL", "qemu-system-x86_64"])
            .args([
                "-machine",
                "pc,accel=tcg,memory-backend=memory,hpet=off,usb=off",
            ])
            .args(["-cpu", &format!("{},+svm", line.cpu)])
            .args(["-m", &format!("{}M", length >> 20)])
            .args(["-nodefaults", "-no-user-config", "-no-reboot"])
            .args(["-display", "none", "-bios", &firmware.path(), "-object"])
            .arg(format!(
                "memory-backend-file,id=memory,size={length},mem-path={},share=on",
                memory.file().path()
            ))
            .arg("-device")
            .arg(format!("x-pci-proxy-dev,fd={},addr=2.0", qemus.as_raw_fd()));
        for (handle, interface) in devices.interfaces() {
            command.args(interface.options(handle));
        }
        // Its message about the end of the link is expected.
        let qemu = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        Ok(Self {
            qemu,
            link: Link::new(ours),
        })
    }
}

impl Drop for QemuMachine {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}
