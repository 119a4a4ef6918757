//! `cargo mirage doctor`: checks and installs prerequisites.

mod distribution;
mod kernel;
mod prerequisite;
mod toolchain;

pub use kernel::unpack as unpack_kernel;
use prerequisite::{CLIENTS, Prerequisite, RUNNING};
pub use prerequisite::{EVERYTHING, MACHINE, PROGRAMS, path_of};

use crate::{
    arguments::Doctor,
    failure::{Failure, MISSING_PREREQUISITE, Result},
};
use std::process::ExitCode;

/// Lists the prerequisites by what they are for, and installs missing ones if requested.
///
/// # Errors
/// Returns a failure with status 69 if something is missing that building or running a unikernel needs. What
/// only this project's own tests need is listed.
pub fn doctor(arguments: &Doctor) -> Result {
    let toolchain = toolchain::check();
    println!("to build unikernels and run them as processes:");
    match &toolchain {
        Ok(version) => println!("  ok       {version}"),
        Err(why) => println!("  missing  {why}"),
    }
    for (purpose, prerequisites) in [
        (None, PROGRAMS),
        (Some("to boot images of `virtio`:"), MACHINE),
        (Some("to run the tests of Mirage itself:"), CLIENTS),
    ] {
        if let Some(purpose) = purpose {
            println!("{purpose}");
        }
        for prerequisite in prerequisites {
            match prerequisite.path() {
                Some(path) => println!("  ok       {}", path.display()),
                None => println!(
                    "  missing  {} (Debian: {})",
                    prerequisite.program,
                    prerequisite.packages.join(" ")
                ),
            }
        }
    }
    let needed = if arguments.setup.install {
        EVERYTHING
    } else {
        RUNNING
    };
    require(needed, arguments.setup.install)?;
    toolchain
        .map_err(|why| Failure::with_status(MISSING_PREREQUISITE, why).help(toolchain::CURE))?;
    Ok(ExitCode::SUCCESS)
}

/// Checks `prerequisites`, and installs missing ones if `install` is set.
///
/// # Errors
/// Returns a failure with status 69 if something is still missing.
pub fn require(prerequisites: &[Prerequisite], install: bool) -> Result<()> {
    let absent = |prerequisite: &&Prerequisite| prerequisite.path().is_none();
    let missing: Vec<_> = prerequisites.iter().filter(absent).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !install {
        return Err(Failure::with_status(
            MISSING_PREREQUISITE,
            sentence(&missing),
        ));
    }
    distribution::install(&packages(&missing))?;
    match missing.into_iter().find(absent) {
        None => Ok(()),
        Some(Prerequisite {
            program, packages, ..
        }) => Err(Failure::with_status(
            MISSING_PREREQUISITE,
            format_args!(
                "`{program}` is not in the PATH, although `{}` is installed",
                packages.join(" ")
            ),
        )),
    }
}

fn packages(missing: &[&Prerequisite]) -> Vec<&'static str> {
    let each = missing
        .iter()
        .flat_map(|prerequisite| prerequisite.packages);
    each.copied().collect()
}

/// Returns a sentence that states what is missing and how to get it.
fn sentence(missing: &[&Prerequisite]) -> String {
    let programs: Vec<_> = missing
        .iter()
        .map(|prerequisite| format!("`{}`", prerequisite.program))
        .collect();
    let (verb, packages) = (
        if programs.len() == 1 { "is" } else { "are" },
        packages(missing),
    );
    let noun = if packages.len() == 1 {
        "package"
    } else {
        "packages"
    };
    format!(
        "{} {verb} not installed: install the {noun} `{}`, or on Debian and Ubuntu add `--install`",
        programs.join(", "),
        packages.join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_one_sentence() {
        assert_eq!(
            sentence(&[&MACHINE[0]]),
            "`qemu-system-x86_64` is not installed: install the package `qemu-system-x86`, or on \
             Debian and Ubuntu add `--install`"
        );
        let two: Vec<_> = EVERYTHING.iter().take(2).collect();
        assert_eq!(
            sentence(&two),
            "`cc`, `qemu-system-x86_64` are not installed: install the packages `gcc libc6-dev \
             qemu-system-x86`, or on Debian and Ubuntu add `--install`"
        );
    }
}
