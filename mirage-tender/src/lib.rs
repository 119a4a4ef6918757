//! A tender for [Solo5](https://github.com/Solo5/solo5) images of the target `spt`.
//!
//! The tender checks the image, loads it at its addresses in this process, attaches the devices that its
//! manifest declares, gives up every system call but nine, and jumps to the guest. Its command line is
//! that of `solo5-spt`.
//!
//! [`main`] is that program; [`run`] is the same for options from elsewhere. [`image`] reads and checks
//! images without running them:
//!
//! ```
//! use mirage_tender::image::{Abi, Image, Refusal};
//!
//! let script = b"#!/bin/sh";
//! assert_eq!(Image::read(script, Abi::Spt, 64 << 20), Err(Refusal::NotElf));
//! ```

mod attached;
mod boot_info;
mod devices;
mod disk;
mod error;
mod events;
mod filter;
pub mod image;
mod launch;
mod memory;
mod options;
pub mod tap;

pub use self::{
    error::Error,
    options::{DeviceOption, HostInterface, Options, Request},
};

use self::{
    boot_info::BootInfo,
    events::Events,
    image::{Abi, Image},
    memory::Memory,
};
use std::{convert::Infallible, ffi::OsString, fs, io, path::Path};

/// Does what the command line `args` asks for, as the program `program`. Returns only if it does not run
/// a guest: the guest's exit status is the process's.
///
/// # Errors
/// The guest cannot be run.
pub fn main(program: &str, args: impl IntoIterator<Item = OsString>) -> Result<(), Error> {
    match Options::parse(args)? {
        Request::Help => print!("{}", options::help(program)),
        Request::Version => println!("{program} {}", env!("CARGO_PKG_VERSION")),
        Request::Run(options) => match run(&options)? {},
    }
    Ok(())
}

/// Runs a guest in this process, which does not return.
///
/// # Errors
/// The guest cannot be run.
pub fn run(options: &Options) -> Result<Infallible, Error> {
    launch::check_personality()?;
    let path = &options.kernel;
    let file = read_file(path).map_err(Error::host(path.display()))?;
    let image = Image::read(&file, Abi::Spt, options.memory).map_err(|source| Error::Image {
        path: path.clone(),
        source,
    })?;
    let devices = devices::attach(&image.manifest.devices, &options.devices)?;
    let events = Events::new(&devices).map_err(Error::host("the events of devices"))?;
    let mut memory = Memory::map(options.memory, options.executable_heap)?;
    let info = BootInfo {
        memory: options.memory,
        image: &image,
        devices: &devices,
        events: &events,
        arguments: &options.arguments,
    };
    memory.write(boot_info::ADDRESS, &info.bytes());
    for segment in &image.segments {
        memory.load(segment)?;
    }
    let filter = filter::program(&devices, &events)?;
    launch::launch(&filter, memory, image.entry, devices, events)
}

/// Reads a regular file. Reading a device might never end.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    fs::read(path)
}
