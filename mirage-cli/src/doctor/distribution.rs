//! Installing packages of the distribution.

use crate::failure::{Context, Failure, Result};
use std::process::Command;

/// Installs `packages`, as root or through sudo.
pub fn install(packages: &[&str]) -> Result<()> {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !is_debian(&release) {
        return Err(Failure::missing(format_args!(
            "only on Debian and Ubuntu can packages be installed from here; Debian's names for what is missing are `{}`",
            packages.join(" ")
        )));
    }
    // A fresh machine has no lists of packages, and old lists name packages that are gone.
    apt_get(&["update", "--quiet"])?;
    let options = ["install", "--quiet", "--yes", "--no-install-recommends"];
    apt_get(&[options.as_slice(), packages].concat())
}

fn is_debian(release: &str) -> bool {
    let value = |line: &str| {
        let (key, value) = line.split_once('=')?;
        matches!(key, "ID" | "ID_LIKE").then(|| value.trim_matches(['"', '\'']).to_owned())
    };
    release.lines().filter_map(value).any(|value| {
        value
            .split_whitespace()
            .any(|name| name == "debian" || name == "ubuntu")
    })
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new("env")
    } else {
        let mut command = Command::new("sudo");
        command.arg("env");
        command
    };
    // Nobody is there to answer a package's questions.
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(arguments)
        .stdout(std::io::stderr());
    let status = command
        .status()
        .context("sudo, which installing packages takes for those who are not root")?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::missing(format_args!(
        "`apt-get {}` failed",
        arguments.join(" ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_what_is_like_it_are_known() {
        assert!(is_debian("PRETTY_NAME=\"Debian\"\nID=debian\n"));
        assert!(is_debian("ID=pop\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian("ID=fedora\nHOME_URL=\"https://debian.org\"\n"));
        assert!(!is_debian(""));
    }
}
