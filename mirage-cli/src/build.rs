//! `cargo mirage build`

use crate::{
    arguments::{Build, MessageFormat},
    compile::{self, Image},
    failure::Result,
    package::Unikernel,
};
use mirage_graph::target::Target;
use std::process::ExitCode;

/// Builds the image of each target and lists them.
pub fn build(arguments: &Build) -> Result {
    let unikernel = Unikernel::find(&arguments.package)?;
    let compile =
        |target| compile::compile(&unikernel, &arguments.package, &arguments.profile, target);
    let mut images = Vec::new();
    if arguments.targets.is_empty() {
        // Every unikernel builds as a process. Its manifest lists the declared targets.
        let process = compile(Target::Unix)?;
        let declared = process.graph.targets.clone();
        if declared.contains(&Target::Unix) {
            images.push(process);
        }
        for target in declared {
            if target != Target::Unix {
                images.push(compile(target)?);
            }
        }
    } else {
        for &target in &arguments.targets {
            images.push(compile(target)?);
        }
    }
    for image in &images {
        print(image, unikernel.name(), arguments.message_format);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(image: &Image, package: &str, format: MessageFormat) {
    let path = image.path.display();
    match format {
        MessageFormat::Human => {
            println!(
                "{:8} {path} ({} bytes)",
                image.target.name(),
                image.contents.len()
            )
        }
        MessageFormat::Json => println!(
            "{}",
            serde_json::json!({
                "package": package,
                "target": image.target.name(),
                "path": image.path,
                "symbols": image.symbols,
                "bytes": image.contents.len(),
            })
        ),
    }
}
