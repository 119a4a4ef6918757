//! Runs the target `unix`: the unikernel's process replaces the tool.

use super::boot::Boot;
use crate::{
    arguments::NetBackend,
    attached::{AttachedDisk, AttachedInterface},
    failure::{Failure, Result},
};
use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

/// The option of the process that attaches an interface.
pub fn net_option(name: &str, backend: &NetBackend) -> Option<String> {
    match backend {
        NetBackend::User => None,
        NetBackend::Tap(tap) => Some(format!("--net={name}:tap={tap}")),
        NetBackend::Descriptor(number) => Some(format!("--net={name}:fd={number}")),
    }
}

/// The option of the process that attaches a disk.
pub fn disk_option(AttachedDisk { name, path }: &AttachedDisk<'_>) -> String {
    format!("--block={name}:file={}", path.to_string_lossy())
}

/// Executes the unikernel.
pub fn run(boot: &Boot<'_>) -> Result {
    let mut line = vec![boot.image.path.to_string_lossy().into_owned()];
    for forward in &boot.options.ports {
        line.extend([format!("--publish={}:{}", forward.host, forward.guest)]);
    }
    for AttachedInterface { name, backend, .. } in boot.interfaces {
        line.extend(net_option(name, backend));
    }
    line.extend(boot.disks.iter().map(disk_option));
    line.extend_from_slice(boot.args);
    if boot.print_command(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.check_backends()?;
    let cause = Command::new(&line[0]).args(&line[1..]).exec();
    Err(Failure::new(format_args!("{}: {cause}", line[0])))
}
