//! `cargo mirage test`

mod summary;

use crate::{
    arguments::{Profile, Test},
    cargo, compile, doctor,
    failure::{Context, FAILED, Failure, Result},
    package::{self, Unikernel},
};
use mirage_graph::target::Target;
use std::{
    io::{self, BufReader},
    process::{Command, ExitCode, Stdio},
};
use summary::Summary;

/// Runs all tests of this project; or a package's tests, after building its images.
pub fn test(arguments: &Test) -> Result {
    if arguments.package.name.is_none() && package::is_this_project(&arguments.package)? {
        project(arguments)
    } else {
        unikernel(arguments)
    }
}

/// Runs all tests of this project: unit tests, doctests, rejected programs and images.
fn project(arguments: &Test) -> Result {
    doctor::require(doctor::EVERYTHING, arguments.setup.install)?;
    let mut cargo = cargo::command("test", &arguments.package);
    if let Some(manifest) = &arguments.package.manifest.manifest_path {
        cargo.arg("--manifest-path").arg(manifest);
    }
    cargo.args(["--workspace", "--locked"]);
    run(cargo, &arguments.filters)
}

fn unikernel(arguments: &Test) -> Result {
    doctor::require(doctor::PROGRAMS, arguments.setup.install)?;
    let unikernel = Unikernel::find(&arguments.package)?;
    let mut cargo = cargo::command("test", &arguments.package);
    cargo.arg("--manifest-path").arg(unikernel.manifest());
    cargo.args(["--package", unikernel.name()]);
    // Build errors for declared targets come before the summary, which is the last line.
    let profile = Profile::default();
    let compile = |target| compile::compile(&unikernel, &arguments.package, &profile, target);
    for target in compile(Target::Unix)?.graph.targets {
        if target != Target::Unix {
            compile(target)?;
        }
    }
    run(cargo, &arguments.filters)
}

/// Runs the tests, forwards their output, and prints one summary line.
fn run(mut cargo: Command, filters: &[String]) -> Result {
    cargo.arg("--no-fail-fast").arg("--").args(filters);
    let mut child = cargo
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
