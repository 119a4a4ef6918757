//! From package to image: runs cargo with the flags of the target.

mod explain;
mod flags;

use crate::{
    arguments::{Profile, Source},
    cargo,
    failure::{Context, FAILED, Failure, Result},
    image, manifest, memory,
    package::Unikernel,
    tender,
};
use cargo_metadata::{Message, diagnostic::Diagnostic};
use mirage_graph::{graph::Graph, target::Target};
use std::{
    io::{BufReader, IsTerminal, stderr},
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
    /// The device graph that it carries; what the linked image takes is among its needs.
    pub graph: Graph,
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
        _ => {
            let directory = unikernel.target_directory().join(target.name());
            cargo.arg("--target-dir").arg(directory);
            cargo.args(flags::image(target, &unikernel.runtime()?, profile));
        }
    }
    let symbols = executable(cargo, unikernel, target)?;
    let path = match target {
        Target::Unix => symbols.clone(),
        _ => {
            let path = symbols.with_extension("image");
            image::cut(&symbols, &path)?;
            path
        }
    };
    let file = std::fs::metadata(&path).context(path.display())?;
    let mut graph = manifest::read(&path)?;
    if target != Target::Unix {
        memory::add_image(&mut graph.needs, image::length(&path)?);
        // What no tender would run is not built.
        tender::devices(&path, target, memory::of(&graph, None)?)?;
    }
    Ok(Image {
        target,
        path,
        symbols,
        bytes: file.len(),
        graph,
    })
}

/// `cargo build` of the unikernel's program.
fn cargo(unikernel: &Unikernel, source: &Source) -> Command {
    let format = if stderr().is_terminal() {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    };
    let mut cargo = cargo::command("build", source);
    cargo
        .args(["--message-format", format])
        .arg("--manifest-path")
        .arg(unikernel.manifest())
        .args(["--package", unikernel.name(), "--bin", &unikernel.binary]);
    cargo
}

/// Runs `cargo`, prints what the compiler says, and finds the program that was made.
fn executable(mut cargo: Command, unikernel: &Unikernel, target: Target) -> Result<PathBuf> {
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo could not be started")?;
    let output = child.stdout.take().expect("the output is piped");
    let (mut executable, mut explained) = (None, None);
    for message in Message::parse_stream(BufReader::new(output)) {
        match message.context("reading from cargo")? {
            Message::CompilerArtifact(artifact) if artifact.target.name == unikernel.binary => {
                executable = artifact.executable.or(executable);
            }
            Message::CompilerMessage(diagnostic) => {
                let package_of = |path: &str| unikernel.package_of(path);
                let why = explain::explain(&diagnostic.message, package_of);
                match why.filter(|_| target != Target::Unix) {
                    Some(why) => explained = Some(why),
                    None => print(&diagnostic.message),
                }
            }
            _ => {}
        }
    }
    if !child.wait().context("cargo")?.success() {
        return Err(explained.unwrap_or(Failure::said(FAILED)));
    }
    let made = executable.map(PathBuf::from);
    made.ok_or_else(|| Failure::new(format_args!("cargo made no program `{}`", unikernel.binary)))
}

/// Prints what the compiler says, above the progress of cargo.
fn print(diagnostic: &Diagnostic) {
    let erased = if stderr().is_terminal() {
        "\r\x1b[K"
    } else {
        ""
    };
    if let Some(rendered) = &diagnostic.rendered {
        eprint!("{erased}{rendered}");
    }
}
