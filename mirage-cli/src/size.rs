//! `cargo mirage size`

mod owner;
mod parts;

use crate::{
    arguments::{RELEASE, Size},
    compile,
    failure::{Context, Result},
    package::Unikernel,
};
use parts::{Part, Parts};
use std::process::ExitCode;

/// Prints the size of each section and each crate of an image in bytes.
pub fn size(arguments: &Size) -> Result {
    let unikernel = Unikernel::find(&arguments.package)?;
    let profile = arguments.profile.name(RELEASE);
    let image = compile::compile(&unikernel, &arguments.package, profile, arguments.target)?;
    let elf = std::fs::read(&image.symbols).context(image.symbols.display())?;
    let parts = Parts::from_elf(&elf).context(image.symbols.display())?;
    println!("{:9}  section", "bytes");
    for Part { name, bytes } in &parts.sections {
        println!("{bytes:9}  {name}");
    }
    for Part { name, bytes } in &parts.only_memory {
        println!("{bytes:9}  {name} (memory only)");
    }
    println!("\n{:9}  crate", "bytes");
    for Part { name, bytes } in &parts.owners {
        println!("{bytes:9}  {name}");
    }
    let bytes = image.contents.len() as u64;
    let named: u64 = parts.owners.iter().map(|part| part.bytes).sum();
    println!(
        "{:9}  without a symbol: headers, padding, unwind tables",
        bytes.saturating_sub(named)
    );
    println!("\n{bytes:9}  {}", image.path.display());
    Ok(ExitCode::SUCCESS)
}
