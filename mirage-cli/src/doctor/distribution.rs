//! Installs packages of the distribution.

use super::path_of;
use crate::failure::{Failure, MISSING_PREREQUISITE, Result};
use std::process::Command;

/// Installs `packages`, as root or through sudo.
pub fn install(packages: &[&str]) -> Result<()> {
    if path_of("apt-get").is_none() {
        return Err(Failure::with_status(
            MISSING_PREREQUISITE,
            "packages can only be installed with `apt-get`, on Debian and Ubuntu",
        )
        .help(format_args!(
            "Debian's names of the missing packages are `{}`",
            packages.join(" ")
        )));
    }
    update()?;
    let options = ["install", "--quiet", "--yes", "--no-install-recommends"];
    apt_get(&[options.as_slice(), packages].concat())
}

/// Updates the package lists, which may be absent or outdated.
pub fn update() -> Result<()> {
    apt_get(&["update", "--quiet"])
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    // Packages must not ask questions.
    const SILENT: (&str, &str) = ("DEBIAN_FRONTEND", "noninteractive");
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("apt-get");
        command.env(SILENT.0, SILENT.1);
        command
    } else {
        let mut command = Command::new("sudo");
        let (name, value) = SILENT;
        command.args(["env", &format!("{name}={value}"), "apt-get"]);
        command
    };
    let status = command
        .args(arguments)
        .stdout(std::io::stderr())
        .status()
        .map_err(|cause| {
            Failure::with_status(
                MISSING_PREREQUISITE,
                format_args!("`apt-get` could not be run: {cause}"),
            )
            .help("installing packages requires root or `sudo`")
        })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::with_status(
        MISSING_PREREQUISITE,
        format_args!("`apt-get {}` failed", arguments.join(" ")),
    )
    .help("see its output above"))
}
