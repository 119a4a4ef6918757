//! The first process of the outer guest: this program, under the name `/init`.

use super::{cases, machine::Machine, taps};
use crate::harness::Line;
use libtest_mimic::{Arguments, Trial};
use rustix::{
    mount::{MountFlags, mount},
    system::{RebootCommand, finit_module, reboot},
};
use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// The program, in the initramfs.
pub const INIT: &str = "/init";
/// The folder of the kernel's modules, whose names are in the order in which they are loaded.
pub const MODULES: &str = "/modules";
/// The folder of the command lines. Each file has the name of a test.
pub const LINES: &str = "/lines";
/// What precedes the name of a test on the console.
pub const ANNOUNCEMENT: &str = "test: ";
/// Where the results are printed.
const RESULTS: &str = "/dev/ttyS0";

/// Returns whether this is the first process of the outer guest.
pub fn is_called() -> bool {
    env::args_os().next().is_some_and(|program| program == INIT)
}

/// Runs the tests and powers off. A panic before ends the kernel, and therefore the machine.
pub fn main() {
    let flags = MountFlags::empty();
    for (kind, target) in [("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev")] {
        mount(kind, target, kind, flags, None).expect("a file system of the kernel");
    }
    for module in files(MODULES) {
        load(&module).unwrap_or_else(|cause| panic!("{}: {cause}", module.display()));
    }
    taps::ip(&["link", "set", "dev", "lo", "up"]);
    let results = File::options().write(true).open(RESULTS);
    rustix::stdio::dup2_stdout(results.expect("a serial port")).expect("a descriptor");
    let trials = files(LINES).iter().map(|file| trial(file)).collect();
    // One after another, because they share addresses.
    let options = ["images", "--test-threads=1", "--format=json"];
    // Its results are in what it prints.
    let _ = libtest_mimic::run(&Arguments::from_iter(options), trials);
    reboot(RebootCommand::PowerOff).expect("the power is off");
}

/// Returns the line that precedes what a test prints on the console.
pub fn announcement(name: &str) -> String {
    format!("{ANNOUNCEMENT}{name} begins")
}

/// Returns the files of a folder in the order of their names.
fn files(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("a folder");
    let files = files.map(|file| file.expect("a file").path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

fn load(module: &Path) -> io::Result<()> {
    /// `MODULE_INIT_COMPRESSED_FILE`
    const COMPRESSED: i32 = 4;
    let plain = module.extension().is_some_and(|ending| ending == "ko");
    let flags = if plain { 0 } else { COMPRESSED };
    Ok(finit_module(File::open(module)?, c"", flags)?)
}

fn trial(file: &Path) -> Trial {
    let name = file.file_name().expect("a name").to_string_lossy();
    let case = cases().find(|case| case.name() == name);
    let case = case.expect("a test of this program");
    let line = fs::read_to_string(file).expect("a command line");
    let announcement = announcement(&name);
    Trial::test(name, move || {
        eprintln!("{announcement}");
        (case.case.test)(&Machine::new(case, Line::new(line.lines())));
        Ok(())
    })
}
