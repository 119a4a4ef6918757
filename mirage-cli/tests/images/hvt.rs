//! A machine for images of `hvt`: this program itself, under the name `solo5-hvt`, with that program's
//! command line.
//!
//! Solo5's own tender needs hardware virtualisation. This one uses QEMU's TCG emulation, which includes
//! AMD's SVM: firmware of a few instructions in QEMU's machine runs the guest, and waits for this process
//! at each exit.

mod command_line;
mod devices;
mod firmware;
mod hypercalls;
mod link;
mod machine;
mod memory;
mod network;
mod processor;
mod ring;
mod start;

use command_line::CommandLine;
use devices::Devices;
use hypercalls::Tender;
use machine::QemuMachine;
use memory::Memory;
use mirage_tender::image::{Abi, Image};
use processor::Processor;
use ring::Ring;
use std::{env, ffi::OsString, fs, io, os::unix::fs::symlink, path::Path, process::ExitCode};
use tempfile::TempDir;

/// The program that this one replaces.
pub const NAME: &str = "solo5-hvt";

/// Returns whether this program was called by that name.
pub fn is_called() -> bool {
    let program = env::args_os().next();
    program.is_some_and(|program| Path::new(&program).ends_with(NAME))
}

/// Runs a guest and returns its status, or 1 on failure.
pub fn main() -> ExitCode {
    match CommandLine::read(env::args().skip(1))
        .map_err(io::Error::other)
        .and_then(|line| run(&line))
    {
        Ok(status) => ExitCode::from(status),
        Err(cause) => {
            eprintln!("{NAME}: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn run(line: &CommandLine) -> io::Result<u8> {
    let file = fs::read(&line.image)?;
    let image = Image::read(&file, Abi::Hvt, line.memory).map_err(io::Error::other)?;
    let devices = Devices::attach(&image.manifest, line)?;
    let rings = devices.interfaces().next().is_some() && !line.before_rings;
    let part = if rings { ring::PART } else { 0 };
    let memory = Memory::new(line.memory, part + Processor::PART)?;
    let ring = rings.then_some(line.memory);
    start::prepare(&memory, &image, &devices, line, ring)?;
    let processor = Processor::new(line.memory + part, image.entry, &memory)?;
    let mut machine = QemuMachine::start(line, &memory, &devices)?;
    let tender = Tender {
        memory: &memory,
        devices: &devices,
        ring: ring.map(|start| Ring::new(start, &memory)).transpose()?,
    };
    tender.serve(&mut machine.link, &processor)
}

/// A directory with this program under that name, and the PATH that begins with it.
pub fn installed() -> (TempDir, OsString) {
    let folder = tempfile::tempdir().expect("a folder");
    let own = env::current_exe().expect("a path");
    symlink(own, folder.path().join(NAME)).expect("a link");
    let others = env::var_os("PATH").expect("a PATH");
    let folders = [folder.path().to_owned()]
        .into_iter()
        .chain(env::split_paths(&others));
    let path = env::join_paths(folders).expect("paths");
    (folder, path)
}
