//! The Linux kernel with KVM that the tests of this project boot in an emulator. It is unpacked, not
//! installed, so that the kernels and boot files of this host stay as they are.

use super::{distribution, path_of};
use crate::failure::{Context, Failure, MISSING_PREREQUISITE, Result};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// The packages of Debian and of Ubuntu that depend on the newest kernel.
const PACKAGES: [&str; 2] = ["linux-image-amd64", "linux-image-generic"];

/// Unpacks a kernel in `directory`, unless there is one. Without `apt-get` there is none, and the tests are
/// ignored.
pub fn unpack(directory: &Path) -> Result<()> {
    if directory.exists() || path_of("apt-get").is_none() {
        return Ok(());
    }
    distribution::update()?;
    let packages = PACKAGES.iter().find_map(|package| {
        let packages = kernel_packages(&dependencies(package)?);
        (!packages.is_empty()).then_some(packages)
    });
    let packages = packages.ok_or_else(|| {
        let names = PACKAGES.join("` or `");
        Failure::with_status(
            MISSING_PREREQUISITE,
            format_args!("there is no package `{names}` with a kernel for the tests"),
        )
    })?;
    // A directory with the final name is complete.
    let partial = directory.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).context(partial.display())?;
    }
    fs::create_dir_all(&partial).context(partial.display())?;
    let mut download = Command::new("apt-get");
    download.args(["download", "--quiet"]).args(packages);
    succeed(download.current_dir(&partial))?;
    for file in fs::read_dir(&partial).context(partial.display())? {
        let file = file.context(partial.display())?.path();
        let mut extract = Command::new("dpkg-deb");
        succeed(extract.arg("--extract").arg(&file).arg(&partial))?;
        fs::remove_file(&file).context(file.display())?;
    }
    fs::rename(&partial, directory).context(directory.display())
}

/// Returns the list of the packages that `package` depends on, or `None` if there is no such package.
fn dependencies(package: &str) -> Option<String> {
    let mut list = Command::new("apt-cache");
    list.args(["depends", "--recurse", "--important", package]);
    let output = list.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

/// Returns those packages of a list of dependencies that contain a kernel or its modules.
fn kernel_packages(dependencies: &str) -> Vec<String> {
    let names = dependencies.lines().filter(|line| {
        let version = line
            .strip_prefix("linux-image-")
            .or_else(|| line.strip_prefix("linux-modules-"));
        version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
    });
    names.map(str::to_owned).collect()
}

fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.stdout(std::io::stderr()).status();
    if status.context(&program)?.success() {
        return Ok(());
    }
    Err(Failure::with_status(
        MISSING_PREREQUISITE,
        format_args!("`{program}` could not unpack a kernel for the tests"),
    )
    .help("see its output above"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debians_kernel_is_one_package() {
        let list = "\
linux-image-amd64
  Depends: linux-image-6.1.0-57-amd64
linux-image-6.1.0-57-amd64
  Depends: kmod
 |Depends: linux-initramfs-tool
kmod
";
        assert_eq!(kernel_packages(list), ["linux-image-6.1.0-57-amd64"]);
    }

    #[test]
    fn ubuntus_kernel_has_its_modules_in_another_package() {
        let list = "\
linux-image-generic
  Depends: linux-image-6.8.0-90-generic
  Depends: linux-modules-extra-6.8.0-90-generic
linux-image-6.8.0-90-generic
 |Depends: linux-modules-6.8.0-90-generic
linux-modules-6.8.0-90-generic
linux-modules-extra-6.8.0-90-generic
";
        assert_eq!(
            kernel_packages(list),
            [
                "linux-image-6.8.0-90-generic",
                "linux-modules-6.8.0-90-generic"
            ]
        );
    }
}
