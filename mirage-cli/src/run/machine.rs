//! Runs the target `virtio`: QEMU boots the image.

use super::boot::Boot;
use crate::{
    arguments::{Accel, QemuMachine},
    failure::{Context, Result},
    gdb,
    guest::Guest,
    interrupt::Interrupt,
    memory,
    power_button::PowerButton,
    qemu,
};
use std::{process::ExitCode, thread};

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
    let mut line = qemu::command_line(&boot.image.path, boot.graph, &options)?;
    if let Some(port) = boot.options.gdb {
        line.extend(["-S", "-gdb", &format!("tcp:{}", gdb::address(port))].map(String::from));
    }
    if boot.print_command(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.check_backends()?;
    // A machine that stands still for gdb does not notice its power button.
    let has_button = boot.options.gdb.is_none();
    let (mut button, option) = PowerButton::new().context("the power button")?;
    line.extend(option);
    // QEMU must not get the signals itself: it would end at once.
    let interrupt = Interrupt::new(!has_button).context("the signals")?;
    if let Some(port) = boot.options.gdb {
        gdb::check_port(port)?;
        eprintln!("The machine waits for gdb. In another terminal, run:");
        eprintln!(
            "    {}",
            gdb::command(&boot.image.symbols, boot.crate_name, port)?
        );
    }
    let guest = Guest::start_apart(&line)?;
    button.installed();
    let name = boot.graph.name.clone();
    thread::spawn(move || {
        if interrupt.wait() {
            eprintln!("asking `{name}` to stop; Ctrl-C again kills it");
            button.press();
        }
    });
    qemu::exit_status(&boot.run_to_end(guest)?)
}
