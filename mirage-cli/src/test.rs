//! `cargo mirage test`

mod summary;

use crate::{
    arguments::{DEV, RELEASE, Test},
    cargo, compile, doctor,
    failure::{Context, FAILED, Failure, Result},
    package::{self, Unikernel},
    process,
};
use mirage_graph::target::Target;
use std::{
    io::{self, BufReader},
    process::{Command, ExitCode, Stdio},
};
use summary::Summary;

/// Runs all tests of this project; or a package's tests, after building its images.
pub fn test(arguments: &Test) -> Result {
    if arguments.package.names().next().is_none() && package::is_this_project(&arguments.package)? {
        project(arguments)
    } else {
        unikernels(arguments)
    }
}

/// Runs all tests of this project: unit tests, doctests, rejected programs and images.
fn project(arguments: &Test) -> Result {
    doctor::require(doctor::EVERYTHING, arguments.setup.install)?;
    if arguments.setup.install {
        let directory = package::target_directory(&arguments.package)?;
        doctor::unpack_kernel(&directory.join("linux"))?;
    }
    let mut cargo = cargo::command("test", &arguments.package);
    if let Some(manifest) = &arguments.package.manifest_path {
        cargo.arg("--manifest-path").arg(manifest);
    }
    cargo.arg("--workspace");
    if !arguments.package.locked {
        cargo.arg("--locked");
    }
    run(cargo, &arguments.filters)
}

fn unikernels(arguments: &Test) -> Result {
    doctor::require(doctor::PROGRAMS, arguments.setup.install)?;
    let unikernels = Unikernel::find_all(&arguments.package, arguments.workspace)?;
    let mut cargo = cargo::command("test", &arguments.package);
    if let Some(unikernel) = unikernels.first() {
        cargo.arg("--manifest-path").arg(unikernel.manifest());
    }
    if arguments.workspace {
        cargo.arg("--workspace");
    }
    if let Some(binary) = &arguments.package.bin {
        cargo.args(["--bin", binary]);
    }
    // Build errors for declared targets come before the summary, which is the last line.
    for unikernel in &unikernels {
        if !arguments.workspace {
            cargo.args(["--package", unikernel.id()]);
        }
        let compile =
            |profile, target| compile::compile(unikernel, &arguments.package, profile, target);
        // With the profile of the tests, its dependencies are compiled once.
        for target in compile(DEV, Target::Unix)?.graph.targets {
            if target != Target::Unix {
                compile(RELEASE, target)?;
            }
        }
    }
    run(cargo, &arguments.filters)
}

/// Runs the tests, forwards their output, and prints one summary line.
fn run(mut cargo: Command, filters: &[String]) -> Result {
    cargo.arg("--no-fail-fast").arg("--").args(filters);
    let mut child = process::dies_with_tool(&mut cargo)
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start cargo")?;
    let output = child.stdout.take().expect("the output is piped");
    let mut summary = Summary::default();
    summary
        .copy(BufReader::new(output), io::stdout())
        .context("the tests' output")?;
    if !child.wait().context("cargo")?.success() {
        summary.failed_silently();
    }
    println!("{summary}");
    if summary.failed == 0 {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(Failure::already_reported(FAILED))
    }
}
