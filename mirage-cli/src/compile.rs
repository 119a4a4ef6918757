//! Builds an image from a package: runs cargo with the flags of the target.

mod declared;
mod dependencies;
mod explain;
mod flags;
mod listing;
mod message;
mod undefined;

use crate::{
    arguments::PackageOptions,
    cargo,
    failure::{Context, FAILED, Failure, Result, note},
    image, manifest, memory,
    package::Unikernel,
    process,
};
use message::{Diagnostic, Message};
use mirage_graph::{files::LISTING_VARIABLE, graph::Graph, target::Target};
use std::{
    fs::{self, File, TryLockError},
    io::{BufRead, BufReader, IsTerminal, stderr},
    path::{Path, PathBuf},
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

/// Compiles `unikernel` for `target` with a profile of cargo.
pub fn compile(
    unikernel: &Unikernel,
    options: &PackageOptions,
    profile: &str,
    target: Target,
) -> Result<Image> {
    let mut cargo = cargo(unikernel, options);
    let (symbols, path, contents, graph) = match target {
        Target::Unix => {
            cargo.args(["--profile", profile]);
            let program = executable(cargo, unikernel, target, false)?;
            let contents = fs::read(&program).context(program.display())?;
            let graph = manifest::read(&program, &contents)?;
            (program.clone(), program, contents, graph)
        }
        _ => {
            // All targets share what is compiled for the host. Their own dependencies have other flags, by
            // which cargo tells them apart, but the programs have the same path.
            let has_std = dependencies::has_std(unikernel, options, target)?;
            check_no_std(unikernel, has_std)?;
            check_target(unikernel, target)?;
            let directory = unikernel.target_directory();
            let place = directory.join(target.name()).join(profile);
            fs::create_dir_all(&place).context(place.display())?;
            let _one_at_a_time = lock(&directory)?;
            cargo.arg("--target-dir").arg(&directory);
            let image = flags::ImageFlags {
                target,
                runtime: &unikernel.runtime()?,
                has_std,
            };
            let rustflags = flags::rustflags(&image, &flags::of_user());
            cargo.env(flags::VARIABLES[0], rustflags);
            cargo.args(flags::arguments(target, profile));
            let program = executable(cargo, unikernel, target, has_std)?;
            let linked = fs::read(&program).context(program.display())?;
            let symbols = place.join(&unikernel.binary);
            image::write(&symbols, &linked)?;
            let path = symbols.with_added_extension("image");
            let graph = manifest::read(&path, &linked)?;
            let guards = match target {
                Target::Spt => image::guards::addresses(&linked, &graph),
                // An image of another target protects its pages itself.
                _ => Ok(Vec::new()),
            };
            let guards = guards.context(program.display())?;
            let contents = image::strip(linked);
            let contents = contents.and_then(|contents| image::guards::add(contents, &guards));
            let contents = contents.context(program.display())?;
            image::write(&path, &contents)?;
            (symbols, path, contents, graph)
        }
    };
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
        image::check(&image.path, &image.contents, target, memory)?;
    }
    Ok(image)
}

/// Waits until no other process builds an image in this directory. The lock ends with the file.
fn lock(directory: &Path) -> Result<File> {
    let path = directory.join(".lock");
    let file = File::create(&path).context(path.display())?;
    if let Err(TryLockError::WouldBlock) = file.try_lock() {
        note("waiting for another process that builds an image");
        file.lock().context(path.display())?;
    }
    // Some file systems have no locks.
    Ok(file)
}

/// Refuses a program that uses the standard library before anything is compiled. The compiler would report two
/// panic handlers.
fn check_no_std(unikernel: &Unikernel, has_std: bool) -> Result<()> {
    if has_std {
        return Ok(());
    }
    let source = unikernel.source();
    let text = fs::read_to_string(source).context(source.display())?;
    if text.contains("no_std") {
        return Ok(());
    }
    Err(Failure::new(format_args!(
        "`{}` uses the standard library, which an image without std does not have",
        unikernel.binary
    ))
    .help(format_args!(
        "write `#![no_std]` at the top of {}, or make it a program with std, by the feature `std` of `mirage-rt`",
        source.display()
    )))
}

/// Refuses a target that the program's source excludes before anything is compiled. The macro refuses it too, but
/// only after the dependencies have been compiled. Every unikernel builds as a process.
pub fn check_target(unikernel: &Unikernel, target: Target) -> Result<()> {
    let source = unikernel.source();
    // What cannot be read is reported by the compiler.
    let text = fs::read_to_string(source).unwrap_or_default();
    let exclusion = declared::exclusion(&text, target);
    let Some(exclusion) = exclusion.filter(|_| target != Target::Unix) else {
        return Ok(());
    };
    Err(Failure::new(format_args!(
        "the unikernel does not support the target `{}`",
        target.name()
    ))
    .help(format_args!(
        "{}:{}:{}: {}",
        source.display(),
        exclusion.line,
        exclusion.column,
        exclusion.reason
    )))
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
        .args(["--package", unikernel.id(), "--bin", &unikernel.binary]);
    // What cannot be read is an error of the compiler's.
    let source = fs::read_to_string(unikernel.source()).unwrap_or_default();
    let package = unikernel.manifest().parent();
    match package.and_then(|package| listing::digest(package, &source)) {
        Some(digest) => cargo.env(LISTING_VARIABLE, digest),
        None => cargo.env_remove(LISTING_VARIABLE),
    };
    cargo
}

/// Runs `cargo`, prints the compiler's messages, and returns the program that was built.
fn executable(
    mut cargo: Command,
    unikernel: &Unikernel,
    target: Target,
    has_std: bool,
) -> Result<PathBuf> {
    let mut child = process::dies_with_tool(&mut cargo)
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start cargo")?;
    let output = child.stdout.take().expect("the output is piped");
    let (mut executable, mut explanation) = (None, None);
    for line in BufReader::new(output).lines() {
        match Message::read(&line.context("reading from cargo")?) {
            // A library of this name is no program.
            Message::Artifact {
                target,
                executable: program,
            } if target == unikernel.binary => executable = program.or(executable),
            Message::Diagnostic(diagnostic) => {
                let package_of = |path: &str| unikernel.package_of(path);
                match explain::explain(&diagnostic, target, has_std, package_of) {
                    Some(failure) => explanation = Some(failure),
                    None => print(&diagnostic),
                }
            }
            _ => {}
        }
    }
    if !child.wait().context("cargo")?.success() {
        return Err(explanation.unwrap_or(Failure::already_reported(FAILED)));
    }
    executable.ok_or_else(|| {
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
