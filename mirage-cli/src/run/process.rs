//! Runs the target `unix`: the tool executes the unikernel in its place.

use super::Boot;
use crate::{
    arguments::NetBackend,
    attachment::{AttachedDisk, AttachedInterface},
    failure::{Failure, Result},
};
use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

/// Executes the unikernel.
pub fn run(boot: &Boot<'_>) -> Result {
    let mut line = vec![boot.image.path.to_string_lossy().into_owned()];
    for forward in &boot.arguments.ports {
        line.extend(["-p".into(), format!("{}:{}", forward.host, forward.guest)]);
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
    line.extend_from_slice(boot.words);
    if boot.announced(&line) {
        return Ok(ExitCode::SUCCESS);
    }
    boot.attach()?;
    let cause = Command::new(&line[0]).args(&line[1..]).exec();
    Err(Failure::new(format_args!("{}: {cause}", line[0])))
}
