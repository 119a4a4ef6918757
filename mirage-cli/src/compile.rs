//! From package to image: runs cargo with the flags of the target.

mod flags;

use crate::{
    arguments::{Profile, Source},
    cargo,
    failure::{Context, Failure, Result},
    image,
    package::Unikernel,
};
use cargo_metadata::Message;
use mirage_graph::target::Target;
use std::{
    io::BufReader,
    path::PathBuf,
    process::{Command, Stdio},
};

/// What a build made.
#[derive(Debug)]
pub struct Image {
    /// What it runs on.
    pub target: Target,
    /// What is booted or executed.
    pub path: PathBuf,
    /// The same with symbols.
    pub symbols: PathBuf,
    /// Size of what is booted, in bytes.
    pub bytes: u64,
}

/// Compiles `unikernel` for `target`.
pub fn compile(
    unikernel: &Unikernel,
    source: &Source,
    profile: &Profile,
    target: Target,
) -> Result<Image> {
    let mut cargo = cargo(unikernel, source);
    match target {
        Target::Unix => {
            if !profile.debug {
                cargo.arg("--release");
            }
        }
        Target::Virtio => {
            let directory = unikernel.target_directory().join(target.name());
            cargo.arg("--target-dir").arg(directory);
            cargo.args(flags::virtio(&unikernel.runtime()?, profile));
        }
    }
    let symbols = executable(cargo, &unikernel.binary)?;
    let path = match target {
        Target::Unix => symbols.clone(),
        Target::Virtio => {
            let path = symbols.with_extension("image");
            image::cut(&symbols, &path)?;
            path
        }
    };
    let file = std::fs::metadata(&path).context(path.display())?;
    Ok(Image {
        target,
        path,
        symbols,
        bytes: file.len(),
    })
}

/// `cargo build` of the unikernel's program.
fn cargo(unikernel: &Unikernel, source: &Source) -> Command {
    let mut cargo = cargo::command("build", source);
    cargo
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(unikernel.manifest())
        .args(["--package", unikernel.name(), "--bin", &unikernel.binary]);
    cargo
}

/// Runs `cargo`, which prints its progress and errors itself, and finds the program it made.
fn executable(mut cargo: Command, binary: &str) -> Result<PathBuf> {
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo could not be started")?;
    let output = child.stdout.take().expect("the output is piped");
    let mut executable = None;
    for message in Message::parse_stream(BufReader::new(output)) {
        if let Message::CompilerArtifact(artifact) = message.context("reading from cargo")?
            && artifact.target.name == binary
            && let Some(path) = artifact.executable
        {
            executable = Some(path.into());
        }
    }
    if !child.wait().context("cargo")?.success() {
        return Err(Failure::said(crate::failure::FAILED));
    }
    executable.ok_or_else(|| Failure::new(format_args!("cargo made no program `{binary}`")))
}
