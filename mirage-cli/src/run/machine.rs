//! Runs the target `virtio`: QEMU boots the image.

use super::boot::Boot;
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
        machine: boot.options.machine.unwrap_or(QemuMachine::Q35),
        accel: boot.options.accel.unwrap_or(Accel::Auto),
        interfaces: boot.interfaces,
        disks: boot.disks,
        memory: memory::choose(boot.graph, boot.options.memory)?,
        ports: &boot.options.ports,
        args: boot.args,
    };
    let line = qemu::command_line(&boot.image.path, boot.graph, &options)?;
    if boot.print_command(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.check_backends()?;
    let guest = Guest::start(&line)?;
    qemu::exit_status(&boot.run_to_end(guest)?)
}
