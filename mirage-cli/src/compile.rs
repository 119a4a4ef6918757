//! Builds an image from a package: runs cargo with the flags of the target.

mod explain;
mod flags;

use crate::{
    arguments::{PackageOptions, Profile},
    cargo,
    failure::{Context, FAILED, Failure, Result},
    image, manifest, memory,
    package::Unikernel,
};
use cargo_metadata::{Message, diagnostic::Diagnostic};
use mirage_graph::{graph::Graph, target::Target};
use mirage_tender::image::{Abi, Image as TenderImage};
use std::{
    env, fs,
    io::{BufReader, IsTerminal, stderr},
    path::PathBuf,
    process::{Command, Stdio},
};

/// A built unikernel.
#[derive(Debug)]
pub struct Image {
    /// The target that it was built for.
    pub target: Target,
    /// The file that is booted or executed.
    pub path: PathBuf,
    /// The same file with symbols.
    pub symbols: PathBuf,
    /// The contents of the file at `path`.
    pub contents: Vec<u8>,
    /// The device graph in its note. Its needs include the memory of the linked image.
    pub graph: Graph,
}

/// Compiles `unikernel` for `target`.
pub fn compile(
    unikernel: &Unikernel,
    options: &PackageOptions,
    profile: &Profile,
    target: Target,
) -> Result<Image> {
    let mut cargo = cargo(unikernel, options);
    match target {
        Target::Unix => {
            if !profile.debug {
                cargo.arg("--release");
            }
        }
        _ => {
            let directory = unikernel.target_directory().join(target.name());
            cargo.arg("--target-dir").arg(directory);
            let user = flags::of_user(flags::VARIABLES.map(|name| env::var(name).ok()));
            let rustflags = flags::rustflags(target, &unikernel.runtime()?, &user);
            cargo.env(flags::VARIABLES[0], rustflags);
            cargo.args(flags::arguments(target, profile));
        }
    }
    let symbols = executable(cargo, unikernel, target)?;
    let linked = fs::read(&symbols).context(symbols.display())?;
    let (path, contents) = match target {
        Target::Unix => (symbols.clone(), linked),
        _ => {
            let contents = image::strip(linked).context(symbols.display())?;
            let path = symbols.with_extension("image");
            image::write(&path, &contents)?;
            (path, contents)
        }
    };
    let graph = manifest::read(&path, &contents)?;
    check_declared(&graph, target)?;
    let mut image = Image {
        target,
        path,
        symbols,
        contents,
        graph,
    };
    if target != Target::Unix {
        let length = image::loaded_length(&image.contents).context(image.path.display())?;
        memory::add_image(&mut image.graph.needs, length);
        let memory = memory::choose(&image.graph, None)?;
        // A build fails if every tender would refuse the image.
        if let Some(abi) = Abi::for_target(target) {
            TenderImage::read(&image.contents, abi, memory).context(image.path.display())?;
        }
    }
    Ok(image)
}

/// Refuses an image of a target that the unikernel does not support: booting it would only print that. A
/// process is compiled for its graph too.
fn check_declared(graph: &Graph, target: Target) -> Result<()> {
    if target == Target::Unix || graph.targets.contains(&target) {
        return Ok(());
    }
    let declared: Vec<_> = graph.targets.iter().map(|target| target.name()).collect();
    Err(Failure::usage(format_args!(
        "`{}` is not declared for the target `{}`",
        graph.name,
        target.name()
    ))
    .help(format_args!("it is declared for {}", declared.join(", "))))
}

/// `cargo build` of the unikernel's program.
fn cargo(unikernel: &Unikernel, options: &PackageOptions) -> Command {
    let format = if stderr().is_terminal() {
        "json-diagnostic-rendered-ansi"
    } else {
        "json"
    };
    let mut cargo = cargo::command("build", options);
    cargo
        .args(["--message-format", format])
        .arg("--manifest-path")
        .arg(unikernel.manifest())
        .args(["--package", unikernel.name(), "--bin", &unikernel.binary]);
    cargo
}

/// Runs `cargo`, prints the compiler's messages, and returns the program that was built.
fn executable(mut cargo: Command, unikernel: &Unikernel, target: Target) -> Result<PathBuf> {
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start cargo")?;
    let output = child.stdout.take().expect("the output is piped");
    let (mut executable, mut explanation) = (None, None);
    for message in Message::parse_stream(BufReader::new(output)) {
        match message.context("reading from cargo")? {
            Message::CompilerArtifact(artifact) if artifact.target.name == unikernel.binary => {
                executable = artifact.executable.or(executable);
            }
            Message::CompilerMessage(diagnostic) => {
                let package_of = |path: &str| unikernel.package_of(path);
                let explained = explain::explain(&diagnostic.message, package_of);
                match explained.filter(|_| target != Target::Unix) {
                    Some(failure) => explanation = Some(failure),
                    None => print(&diagnostic.message),
                }
            }
            _ => {}
        }
    }
    if !child.wait().context("cargo")?.success() {
        return Err(explanation.unwrap_or(Failure::already_reported(FAILED)));
    }
    executable.map(PathBuf::from).ok_or_else(|| {
        Failure::new(format_args!(
            "cargo built no program `{}`",
            unikernel.binary
        ))
    })
}

/// Prints a message of the compiler above cargo's progress.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::example;

    #[test]
    fn only_declared_targets_have_images() {
        let mut graph = example();
        graph.targets = vec![Target::Virtio, Target::Spt];
        for target in [Target::Unix, Target::Virtio, Target::Spt] {
            assert!(check_declared(&graph, target).is_ok());
        }
        let refused = check_declared(&graph, Target::Hvt).expect_err("not declared");
        let message = "is not declared for the target `hvt`";
        assert!(refused.to_string().contains(message), "{refused}");
    }
}
