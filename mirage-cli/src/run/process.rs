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

/// Executes the unikernel.
pub fn run(boot: &Boot<'_>) -> Result {
    let mut line = vec![boot.image.path.to_string_lossy().into_owned()];
    for forward in &boot.options.ports {
        line.extend([format!("--publish={}:{}", forward.host, forward.guest)]);
    }
    for AttachedInterface { name, backend, .. } in boot.interfaces {
        if let NetBackend::Tap(tap) = backend {
            line.extend(["--net".into(), format!("{name}:tap={tap}")]);
        }
    }
    for AttachedDisk { name, path } in boot.disks {
        let value = format!("{name}:file={}", path.to_string_lossy());
        line.extend(["--block".into(), value]);
    }
    line.extend_from_slice(boot.args);
    if boot.print_command(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.check_backends()?;
    let cause = Command::new(&line[0]).args(&line[1..]).exec();
    Err(Failure::new(format_args!("{}: {cause}", line[0])))
}
