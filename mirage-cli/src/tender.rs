//! `cargo mirage tender`: runs an image of the target `spt`, with the command line of `solo5-spt`.
//!
//! The tender attaches what the image's manifest names, gives up every system call but nine, and
//! becomes the guest.

mod attached;
mod boot_information;
mod command_line;
mod devices;
mod disk;
mod events;
mod filter;
mod image;
mod launch;
mod memory;
mod tap;

use crate::failure::{Context, Failure, Result};
use boot_information::BootInformation;
use command_line::{CommandLine, Request};
use events::Events;
pub use image::DeviceKind;
use image::{Abi, Image};
use memory::Memory;
use mirage_graph::target::Target;
use std::{ffi::OsString, path::Path, process::ExitCode};
pub use tap::is_there as tap_is_there;

/// Runs the image that `words` name. Returns only if it does not run.
pub fn tender(words: &[OsString]) -> Result {
    match command_line::read(words).map_err(|cause| Failure::new(cause).of_tender())? {
        Request::Help => print!("{}", command_line::HELP),
        Request::Version => println!("cargo mirage tender {}", env!("CARGO_PKG_VERSION")),
        Request::Run(command_line) => run(&command_line).map_err(Failure::of_tender)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The names and kinds of the devices that the image at `path` declares to the tender of `target`,
/// if it has one.
///
/// # Errors
/// The tender would refuse the image.
pub fn devices(path: &Path, target: Target, memory: u64) -> Result<Vec<(String, DeviceKind)>> {
    let Some(abi) = Abi::of(target) else {
        return Ok(Vec::new());
    };
    let file = contents(path)?;
    let image = Image::read(&file, abi, memory).context(path.display())?;
    let devices = image.manifest.devices.iter();
    Ok(devices
        .map(|device| (device.name.into(), device.kind))
        .collect())
}

/// What is in the file at `path`. A device may have no end.
fn contents(path: &Path) -> Result<Vec<u8>> {
    let metadata = std::fs::metadata(path).context(path.display())?;
    if !metadata.is_file() {
        return Err(Failure::new(format_args!(
            "{}: it is no file",
            path.display()
        )));
    }
    std::fs::read(path).context(path.display())
}

fn run(command_line: &CommandLine) -> Result<()> {
    launch::check_personality()?;
    let path = command_line.kernel.display();
    let file = contents(&command_line.kernel)?;
    let image = Image::read(&file, Abi::Spt, command_line.memory).context(&path)?;
    let devices = devices::attach(&image.manifest.devices, &command_line.devices)?;
    let events = Events::of(&devices).context("the events of devices")?;
    let mut memory = Memory::map(command_line.memory, command_line.executable_heap)?;
    let information = BootInformation {
        memory: command_line.memory,
        image: &image,
        devices: &devices,
        events: &events,
        arguments: &command_line.arguments,
    };
    memory.write(boot_information::ADDRESS, &information.bytes());
    for segment in &image.segments {
        memory.load(segment)?;
    }
    let filter = filter::program(&devices, &events)?;
    launch::launch(&filter, memory, image.entry, devices, events)
}
