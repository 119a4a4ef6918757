//! Runs the target `virtio`: QEMU boots the image.

use super::Boot;
use crate::{
    arguments::{Accel, QemuMachine},
    failure::Result,
    guest::Guest,
    memory, qemu,
};
use std::process::ExitCode;

/// Boots the image and returns the unikernel's status.
pub fn run(boot: &Boot<'_>) -> Result {
    let options = qemu::Options {
        machine: boot.arguments.machine.unwrap_or(QemuMachine::Q35),
        accel: boot.arguments.accel.unwrap_or(Accel::Auto),
        interfaces: boot.interfaces,
        disks: boot.disks,
        memory: memory::of(boot.graph, boot.arguments.memory)?,
        ports: &boot.arguments.ports,
        arguments: boot.words,
    };
    let line = qemu::command_line(&boot.image.path, boot.graph, &options)?;
    if boot.announced(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.attach()?;
    let guest = Guest::start(&line)?;
    qemu::ended(&boot.listen(guest)?)
}
