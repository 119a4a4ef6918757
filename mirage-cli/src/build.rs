//! `cargo mirage build`

use crate::{
    arguments::{Build, MessageFormat, RELEASE},
    compile::{self, Image},
    failure::Result,
    oci::{self, Archive},
    package::Unikernel,
};
use mirage_graph::{
    json::{Value, object},
    target::Target,
};
use std::{path::Path, process::ExitCode};

/// Builds the images of each unikernel and lists them.
pub fn build(arguments: &Build) -> Result {
    oci::check(arguments)?;
    let unikernels = Unikernel::find_all(&arguments.package, arguments.workspace)?;
    let mut images = Vec::new();
    for unikernel in &unikernels {
        for image in self::images(unikernel, arguments)? {
            let archive = arguments.oci.then(|| oci::write(&image)).transpose()?;
            images.push((image, archive, unikernel.name()));
        }
    }
    for (image, archive, package) in &images {
        print(image, archive.as_ref(), package, arguments.message_format);
    }
    Ok(ExitCode::SUCCESS)
}

/// Builds the image of each target that is asked for, or else declared.
fn images(unikernel: &Unikernel, arguments: &Build) -> Result<Vec<Image>> {
    let profile = arguments.profile.name(RELEASE);
    let compile = |target| compile::compile(unikernel, &arguments.package, profile, target);
    if !arguments.targets.is_empty() {
        for target in &arguments.targets {
            compile::check_target(unikernel, *target)?;
        }
        return arguments.targets.iter().copied().map(compile).collect();
    }
    // Every unikernel builds as a process. Its manifest lists the declared targets.
    let process = compile(Target::Unix)?;
    let declared = process.graph.targets.clone();
    let mut images = Vec::new();
    if declared.contains(&Target::Unix) {
        images.push(process);
    }
    for target in declared {
        if target != Target::Unix {
            images.push(compile(target)?);
        }
    }
    Ok(images)
}

fn print(image: &Image, archive: Option<&Archive>, package: &str, format: MessageFormat) {
    match format {
        MessageFormat::Human => {
            let line = |what: &str, path: &Path, bytes: usize| {
                println!("{what:8} {} ({bytes} bytes)", path.display());
            };
            line(image.target.name(), &image.path, image.contents.len());
            if let Some(Archive { path, bytes }) = archive {
                line("oci", path, *bytes);
            }
        }
        MessageFormat::Json => {
            let path = |path: &Path| path.to_string_lossy().as_ref().into();
            let oci = archive.map(|archive| path(&archive.path));
            let line = object([
                ("package", package.into()),
                ("target", image.target.name().into()),
                ("path", path(&image.path)),
                ("symbols", path(&image.symbols)),
                ("bytes", (image.contents.len() as u64).into()),
                ("oci", oci.unwrap_or(Value::Null)),
            ]);
            println!("{line}");
        }
    }
}
